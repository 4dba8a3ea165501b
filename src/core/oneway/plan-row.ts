// What one change means for one row: the index entry and the change's parts give a plan, and nothing
// else does. A preview and a run ask the same function.
//
//   entry            upsert                                       delete
//   none             create                                       nothing
//   create in doubt  settle it first                              settle it first
//   live             update what differs, or unchanged, skipped   remove
//   in the trash     revive and rewrite, or skipped               nothing
//
// A part is skipped when the source says that it is strictly older than what was written before; equal
// times and absent ones are applied, because sources pin one time for a whole cycle, or have none.
import type { RecordId } from "../ids.ts";
import { bodyPart, type Part, type WrittenPart } from "./parts.ts";

/** What is known of a key. */
export interface KnownRow {
  /** Null: a create that is not known to be done, or a row that never came to be. */
  readonly rowId: RecordId | null;
  readonly parts: Readonly<Record<string, WrittenPart>>;
  readonly isTrashed: boolean;
  readonly createBegunAtMs: number | null;
}

export type RowPlan =
  | { readonly kind: "create"; readonly parts: readonly string[] }
  | {
      readonly kind: "update";
      readonly row: RecordId;
      readonly parts: readonly string[];
      readonly isRevival: boolean;
    }
  /** `isNewer`: the same content, said of a later time, which is remembered. */
  | { readonly kind: "unchanged"; readonly isNewer: boolean }
  /** Everything it says is older than what is there. */
  | { readonly kind: "skipped" }
  | { readonly kind: "remove"; readonly row: RecordId }
  /** A removal of what is not there. */
  | { readonly kind: "nothing" }
  /** An earlier create has to be looked for by its key before anything else. */
  | { readonly kind: "in-doubt" };

export interface WantedParts {
  readonly parts: ReadonlyMap<string, Part>;
  readonly updatedAtMs: number | null;
}

type Verdict = "changed" | "same" | "older";

/** Plans an upsert. Null stands for a key that is not in the index. */
export function planUpsert(known: KnownRow | null, wanted: WantedParts): RowPlan {
  const names = [...wanted.parts.keys()];
  if (known === null) return { kind: "create", parts: names };
  if (known.rowId === null) {
    return known.createBegunAtMs === null ? { kind: "create", parts: names } : { kind: "in-doubt" };
  }
  const verdicts = new Map(
    [...wanted.parts].map(([name, part]) => [
      name,
      verdict(known.parts[name], part, wanted.updatedAtMs),
    ]),
  );
  const isOlder = names.length > 0 && names.every((name) => verdicts.get(name) === "older");
  if (isOlder) return { kind: "skipped" };
  const changed = names.filter((name) => verdicts.get(name) === "changed");
  if (known.isTrashed) {
    const parts = revivedParts(names, verdicts);
    return { kind: "update", row: known.rowId, parts, isRevival: true };
  }
  if (changed.length > 0) {
    return { kind: "update", row: known.rowId, parts: changed, isRevival: false };
  }
  return { kind: "unchanged", isNewer: isNewer(known, wanted, verdicts) };
}

/** Plans a deletion. */
export function planDeletion(known: KnownRow | null): RowPlan {
  if (known === null || known.isTrashed) return { kind: "nothing" };
  if (known.rowId !== null) return { kind: "remove", row: known.rowId };
  return known.createBegunAtMs === null ? { kind: "nothing" } : { kind: "in-doubt" };
}

/**
 * The plan of an update that met its row in the trash: it is brought back, and rewritten with all that
 * the change says. A body of the same content stays, since a rewrite would cost what people added to it.
 */
export function reviving(
  known: KnownRow & { readonly rowId: RecordId },
  wanted: WantedParts,
): Extract<RowPlan, { kind: "update" }> {
  const names = [...wanted.parts.keys()];
  const verdicts = new Map(
    [...wanted.parts].map(([name, part]) => [
      name,
      verdict(known.parts[name], part, wanted.updatedAtMs),
    ]),
  );
  return {
    kind: "update",
    row: known.rowId,
    parts: revivedParts(names, verdicts),
    isRevival: true,
  };
}

function revivedParts(
  names: readonly string[],
  verdicts: ReadonlyMap<string, Verdict>,
): readonly string[] {
  return names.filter((name) => {
    const found = verdicts.get(name);
    return found === "changed" || (found === "same" && name !== bodyPart);
  });
}

function verdict(known: WrittenPart | undefined, part: Part, updatedAtMs: number | null): Verdict {
  if (known === undefined) return "changed";
  const isOlder =
    updatedAtMs !== null && known.updatedAtMs !== null && updatedAtMs < known.updatedAtMs;
  if (isOlder) return "older";
  return known.hash === part.hash || part.same.includes(known.hash) ? "same" : "changed";
}

function isNewer(
  known: KnownRow,
  wanted: WantedParts,
  verdicts: ReadonlyMap<string, Verdict>,
): boolean {
  const { updatedAtMs } = wanted;
  if (updatedAtMs === null) return false;
  return [...verdicts].some(
    ([name, found]) =>
      found === "same" && updatedAtMs > (known.parts[name]?.updatedAtMs ?? -Infinity),
  );
}

/**
 * The parts as they stand after `written` of them were sent. A time once said is kept when a later change
 * says none: it still tells older changes from newer ones.
 */
export function partsAfter(
  known: Readonly<Record<string, WrittenPart>>,
  wanted: WantedParts,
  written: readonly string[],
): Readonly<Record<string, WrittenPart>> {
  const parts: Record<string, WrittenPart> = { ...known };
  for (const [name, part] of wanted.parts) {
    const before = known[name];
    const found = verdict(before, part, wanted.updatedAtMs);
    const isWritten = written.includes(name);
    if (!isWritten && found !== "same") continue;
    const updatedAtMs = wanted.updatedAtMs ?? before?.updatedAtMs ?? null;
    parts[name] = {
      hash: isWritten || before === undefined ? part.hash : before.hash,
      updatedAtMs,
    };
  }
  return parts;
}
