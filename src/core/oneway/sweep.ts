// The brakes of a sweep: rows that a complete cycle did not name are removed, unless the cycle looks
// like an upstream outage. Sources swallow errors and hand out empty lists, so an empty or suddenly
// small cycle is believed only when a person says so.
import type { DatabaseId } from "./ids.ts";

export interface SweepPolicy {
  /** The most rows one cycle may remove. `cap`: the most at any size, null for none. */
  readonly maxRemove: {
    readonly percent: number;
    readonly floor: number;
    readonly cap: number | null;
  };
  /** A cycle that leaves fewer of the known rows than this share is not believed. */
  readonly minSeen: { readonly percent: number };
  /** The first removal in a table that was there before us: ask, or go ahead. */
  readonly first: "ask" | "go";
}

export type SweepGuard = "empty" | "shrunk" | "cap" | "first-attached";

/** One database at the end of a replace cycle. */
export interface SweepFacts {
  readonly database: DatabaseId;
  /** Live rows that are the sync's to remove, named or not. */
  readonly known: number;
  /** Those of them that nobody named. */
  readonly removals: number;
  /** Keys of the database that this cycle named. */
  readonly named: number;
  /** The table was made by us, or a person let its first sweep pass. */
  readonly maySweep: boolean;
}

export interface SweepStop {
  readonly guard: SweepGuard;
  readonly database: DatabaseId;
  readonly removals: number;
  readonly seen: number;
  readonly message: string;
}

/** Tables this small shrink by half in the course of a day's work. */
const smallRowsMax = 4;

/** The first brake that a sweep of the databases trips; null: it may go ahead. */
export function guardSweep(
  facts: readonly SweepFacts[],
  policy: SweepPolicy,
  approval: number | null,
): SweepStop | null {
  const removals = facts.reduce((sum, one) => sum + one.removals, 0);
  if (removals === 0 || (approval !== null && removals <= approval)) return null;
  for (const one of facts) {
    const found = one.removals === 0 ? null : tripped(one, policy);
    if (found === null) continue;
    const seen = facts.reduce((sum, each) => sum + each.named, 0);
    return { ...found, database: one.database, removals, seen };
  }
  return null;
}

function tripped(
  facts: SweepFacts,
  policy: SweepPolicy,
): { readonly guard: SweepGuard; readonly message: string } | null {
  const { database, known, removals, named } = facts;
  if (named === 0) {
    return {
      guard: "empty",
      message: `The cycle named no row of ${database}, although ${rows(known)} there.`,
    };
  }
  const kept = known - removals;
  if (known > smallRowsMax && kept * 100 < known * policy.minSeen.percent) {
    return {
      guard: "shrunk",
      message: `The cycle left only ${kept} of ${known} rows of ${database}.`,
    };
  }
  const max = removalsMax(policy, known);
  if (removals > max) {
    return {
      guard: "cap",
      message: `The cycle would remove ${removals} of ${known} rows of ${database}; ${max} may go at once.`,
    };
  }
  if (!facts.maySweep && policy.first === "ask") {
    return {
      guard: "first-attached",
      message: `${database} was there before this sync; its first removal (${removals} of ${known} rows) waits for a word.`,
    };
  }
  return null;
}

function rows(count: number): string {
  return count === 1 ? "1 row is" : `${count} rows are`;
}

/** The most rows a cycle may remove from a table of this size. */
function removalsMax({ maxRemove }: SweepPolicy, known: number): number {
  const allowed = Math.max(maxRemove.floor, Math.floor((known * maxRemove.percent) / 100));
  return maxRemove.cap === null ? allowed : Math.min(allowed, maxRemove.cap);
}
