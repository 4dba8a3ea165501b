// Brakes. Each is a pure question about a whole plan, asked before its first write; a yes stops the
// run and waits for a person. None can be forced past silently: a release lets one run pass, for one
// guard, up to the amount that was looked at.
import { must } from "./assert.ts";
import type { GuardName, HaltEntry } from "./entry.ts";
import type { GuardLimit, PairPolicy } from "./policy.ts";
import type { RowPlan } from "./reconcile.ts";
import type { Mapping } from "./setup.ts";
import { sides, type Side, type Sided } from "./side.ts";
import { isBlank } from "./value.ts";

export interface Approved {
  readonly guard: GuardName;
  readonly amountMax: number;
}

/** Which of a halt's counts a release is measured by. */
const amountKeys: Record<GuardName, string> = {
  emptySide: "missing",
  maxRemove: "removals",
  maxCreate: "creates",
  massChange: "rows",
  massBlank: "rows",
};

/** How much the halted run wanted: what a release lets pass, and no more. */
export function amountOf(halt: HaltEntry): number {
  return must(halt.counts[amountKeys[halt.guard]], `a ${halt.guard} halt without its count`);
}

export interface ListingFacts {
  /** Links whose two rows were both there at the last run. */
  readonly liveLinks: number;
  /** Rows of live links that the listing showed, a side. */
  readonly seen: Sided<number>;
  readonly isComplete: Sided<boolean>;
}

/** A listing this short of rows it should show is not believed, whatever the single rows say. */
const shortListingShare = 0.5;
const shortListingLinksMin = 10;

/** Before any row is looked up by id: has a side (nearly) emptied? */
export function guardListing(
  facts: ListingFacts,
  policy: PairPolicy,
  approved: readonly Approved[],
): HaltEntry | null {
  if (policy.guards.emptySide === "off" || facts.liveLinks < 2) return null;
  // Where removals are ignored there is nothing to guard, and a filter empties a listing by itself:
  // there each missing row's own evidence and `maxRemove` decide.
  if (policy.deletes === "ignore") return null;
  for (const side of sides) {
    const isFiltered = policy.filters[side] !== null && policy.filters[side] !== undefined;
    if (!facts.isComplete[side] || isFiltered) continue;
    const seen = facts.seen[side];
    const isEmpty = seen === 0;
    const isShort =
      facts.liveLinks >= shortListingLinksMin && seen < facts.liveLinks * shortListingShare;
    if (!isEmpty && !isShort) continue;
    const missing = facts.liveLinks - seen;
    if (isApproved(approved, "emptySide", missing)) continue;
    return {
      type: "halt",
      guard: "emptySide",
      message: isEmpty
        ? `The table in ${policy.names[side]} came back empty, although ${facts.liveLinks} rows were linked.`
        : `The table in ${policy.names[side]} came back with ${seen} of ${facts.liveLinks} linked rows.`,
      remedy: `Check that the table, its sharing and the filter are as they should be. If the rows were really removed, let the run through with \`tandem pair release ${policy.id}\`.`,
      counts: { linked: facts.liveLinks, seen, missing },
    };
  }
  return null;
}

export interface PlanFacts {
  readonly plans: readonly RowPlan[];
  readonly liveLinks: number;
  readonly isFirstRun: boolean;
}

/** With the whole plan at hand: would it remove, create or change too much? */
export function guardPlan(
  facts: PlanFacts,
  policy: PairPolicy,
  approved: readonly Approved[],
): HaltEntry | null {
  return (
    guardRemovals(facts, policy, approved) ??
    guardCreates(facts, policy, approved) ??
    guardCells(facts, policy, approved)
  );
}

function isApproved(approved: readonly Approved[], guard: GuardName, amount: number): boolean {
  return approved.some((entry) => entry.guard === guard && amount <= entry.amountMax);
}

/** The most a limit allows at a table size. */
export function limitFor(limit: GuardLimit, rows: number): number {
  const allowed = Math.max(limit.floor, Math.floor((rows * limit.percent) / 100));
  return limit.cap === null ? allowed : Math.min(allowed, limit.cap);
}

function guardRemovals(
  facts: PlanFacts,
  policy: PairPolicy,
  approved: readonly Approved[],
): HaltEntry | null {
  const max = limitFor(policy.guards.maxRemove, facts.liveLinks);
  for (const side of sides) {
    const count = facts.plans.filter(
      // What waits because nobody said how to put rows away would halt every run for ever.
      ({ decision, actions }) =>
        decision.act === "archive" && decision.side === side && actions.length > 0,
    ).length;
    if (count <= max || isApproved(approved, "maxRemove", count)) continue;
    return {
      type: "halt",
      guard: "maxRemove",
      message: `${count} of ${facts.liveLinks} linked rows were removed, and ${count} rows in ${policy.names[side]} would be put away; the limit is ${max}.`,
      remedy: `Look at \`tandem plan\`. If the removals are meant, let the run through with \`tandem pair release ${policy.id}\`, or raise guards.maxRemove.`,
      counts: { removals: count, limit: max, linked: facts.liveLinks },
    };
  }
  return null;
}

function guardCreates(
  facts: PlanFacts,
  policy: PairPolicy,
  approved: readonly Approved[],
): HaltEntry | null {
  if (facts.isFirstRun) return null;
  const max = limitFor(policy.guards.maxCreate, facts.liveLinks);
  for (const side of sides) {
    const count = facts.plans.filter((plan) =>
      plan.actions.some((action) => action.kind === "create" && action.side === side),
    ).length;
    if (count <= max || isApproved(approved, "maxCreate", count)) continue;
    return {
      type: "halt",
      guard: "maxCreate",
      message: `${count} rows would be created in ${policy.names[side]}; the limit is ${max}.`,
      remedy: `Look at \`tandem plan\`. If the new rows are meant, let the run through with \`tandem pair release ${policy.id}\`, or raise guards.maxCreate.`,
      counts: { creates: count, limit: max, linked: facts.liveLinks },
    };
  }
  return null;
}

interface FieldTally {
  readonly mapping: Mapping;
  readonly side: Side;
  changed: number;
  blanked: number;
}

function tallyFields(plans: readonly RowPlan[]): readonly FieldTally[] {
  const tallies = new Map<string, FieldTally>();
  for (const plan of plans) {
    for (const cell of plan.cells) {
      // Edits that are not carried over change nothing, however many there are.
      if (cell.writes.length === 0) continue;
      // Stryker disable next-line ConditionalExpression: without a base no side has a time either.
      if (cell.base === null) continue;
      for (const side of sides) {
        if (cell.times[side] === null) continue;
        const key = `${side} ${cell.mapping.key}`;
        const tally = tallies.get(key) ?? { mapping: cell.mapping, side, changed: 0, blanked: 0 };
        tally.changed += 1;
        if (isBlank(cell.values[side]) && !isBlank(cell.base[side])) tally.blanked += 1;
        tallies.set(key, tally);
      }
    }
  }
  return [...tallies.values()];
}

function guardCells(
  facts: PlanFacts,
  policy: PairPolicy,
  approved: readonly Approved[],
): HaltEntry | null {
  const changeMax = limitFor(policy.guards.massChange, facts.liveLinks);
  const blankMax = limitFor(policy.guards.massBlank, facts.liveLinks);
  for (const tally of tallyFields(facts.plans)) {
    const name = tally.mapping.fields[tally.side].name;
    if (tally.blanked > blankMax && !isApproved(approved, "massBlank", tally.blanked)) {
      return massHalt(policy.id, "massBlank", {
        message: `"${name}" was emptied in ${tally.blanked} rows in ${policy.names[tally.side]}; the limit is ${blankMax}.`,
        counts: { rows: tally.blanked, limit: blankMax, linked: facts.liveLinks },
      });
    }
    if (tally.changed > changeMax && !isApproved(approved, "massChange", tally.changed)) {
      return massHalt(policy.id, "massChange", {
        message: `"${name}" was changed in ${tally.changed} rows in ${policy.names[tally.side]}; the limit is ${changeMax}.`,
        counts: { rows: tally.changed, limit: changeMax, linked: facts.liveLinks },
      });
    }
  }
  return null;
}

function massHalt(
  pair: string,
  guard: "massBlank" | "massChange",
  found: { readonly message: string; readonly counts: Readonly<Record<string, number>> },
): HaltEntry {
  return {
    type: "halt",
    guard,
    message: found.message,
    remedy: `Look at \`tandem plan\`. If the edit is meant, let the run through with \`tandem pair release ${pair}\`, or raise guards.${guard}.`,
    counts: found.counts,
  };
}
