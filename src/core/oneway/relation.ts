// Relations name rows by key; a service wants row ids. What is there is linked at once, the rest waits
// for its row.
//
// A target in the trash is a case of its own: the link to it was written while it lived, the service
// hides it, and shows it again when the row comes back. So a cell written before counts as unchanged,
// while a cell written now leaves the row out and waits.
import type { RecordId } from "../ids.ts";

/** The row a relation can point at. */
export interface TargetRow {
  readonly id: RecordId;
  readonly isTrashed: boolean;
}

export interface ResolvedRelation {
  /** Live rows, in the order of the keys, each once. */
  readonly ids: readonly RecordId[];
  /** Keys without a live row, each once. */
  readonly missing: readonly string[];
  /** Tells apart what is written now. */
  readonly fingerprint: string;
  /** The same, had it been written while the rows in the trash were alive. */
  readonly linkedFingerprint: string;
}

/** Looks the keys up among `targets`. */
export function resolveRelation(
  keys: readonly string[],
  targets: ReadonlyMap<string, TargetRow>,
): ResolvedRelation {
  const wanted = [...new Set(keys)];
  const live = (key: string): RecordId | null => {
    const target = targets.get(key);
    return target === undefined || target.isTrashed ? null : target.id;
  };
  const print = (idOf: (key: string) => RecordId | null): string =>
    `r:${JSON.stringify(wanted.map((key) => [key, idOf(key)]))}`;
  return {
    ids: wanted.flatMap((key) => live(key) ?? []),
    missing: wanted.filter((key) => live(key) === null),
    fingerprint: print(live),
    linkedFingerprint: print((key) => targets.get(key)?.id ?? null),
  };
}
