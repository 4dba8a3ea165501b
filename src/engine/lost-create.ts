// Which rows a create whose answer was lost may have made. Judged by what the tables show now, in every
// run anew: a row that belongs to a link, or was there long before the call, is none of them.
import { idText } from "../core/fingerprint.ts";
import type { RecordId } from "../core/ids.ts";
import { isOfTime, isOlderThan, mayHaveMade, type Intent } from "../core/intent.ts";
import type { Row } from "../core/row.ts";
import { other } from "../core/side.ts";
import type { Observation } from "./observe.ts";

export interface LostCreates {
  /** All calls in doubt. */
  readonly intents: readonly Intent[];
  readonly observation: Observation;
  /** Rows that belong to a link since this run began. */
  readonly adopted: ReadonlySet<RecordId>;
  readonly settleMs: number;
}

/**
 * Rows that carry the create's marker. Earliest first: a later one is a person's copy. So is one that
 * was made by somebody else: the original is gone, and what the journal says was written never stood in
 * the copy.
 */
export function markedRows(intent: Intent, at: LostCreates): readonly Row[] {
  const marker = idText(intent.marker ?? "");
  return strangers(intent, at)
    .filter(
      (row) =>
        row.isOurs !== false && idText(row.marker ?? "") === marker && !isOlderThan(intent, row),
    )
    .toSorted(
      (one, two) => (one.createdAtMs ?? 0) - (two.createdAtMs ?? 0) || (one.id < two.id ? -1 : 1),
    );
}

/**
 * Those of the marked rows that it may have made: the earliest, and all that were made in the same unit of
 * the service's stamps where the service does not tell who made them. More than one: nobody can say which
 * is the copy.
 */
export function earliestMarked(intent: Intent, at: LostCreates): readonly Row[] {
  const rows = markedRows(intent, at);
  const [first] = rows;
  if (first === undefined || first.isOurs === true) return rows.slice(0, 1);
  return rows.filter((row) => row.createdAtMs === first.createdAtMs);
}

/**
 * Rows that it may have made although no marker says so. One that carries the marker of another create
 * in doubt is that one's.
 */
export function unmarkedRows(intent: Intent, at: LostCreates): readonly Row[] {
  const markers = new Set(
    at.intents.flatMap(({ kind, marker }) =>
      kind === "create" && marker !== null ? [idText(marker)] : [],
    ),
  );
  return strangers(intent, at).filter(
    (row) =>
      !markers.has(idText(row.marker ?? "")) &&
      (mayHaveMade(intent, row, at.settleMs) || isTampered(intent, row, at)),
  );
}

/**
 * Whether another create in doubt may have made the row just as well. One that still bears the title this
 * one gave it is this one's.
 */
export function isClaimedTwice(
  row: Row,
  intent: Intent,
  at: LostCreates & { readonly rivals: readonly Intent[] },
): boolean {
  if (row.title === intent.title) return false;
  return at.rivals.some((rival) => {
    if (rival.id === intent.id || rival.kind !== "create" || rival.side !== intent.side)
      return false;
    if (rival.marker !== null && earliestMarked(rival, at).length > 0) return false;
    return unmarkedRows(rival, at).includes(row);
  });
}

/**
 * A row of that time whose marker names nobody, where the service does not tell who made it. A person who
 * makes a row types nothing there, and a copy names its original's counterpart: somebody changed what a
 * call of ours had put in.
 */
function isTampered(intent: Intent, row: Row, { observation, settleMs }: LostCreates): boolean {
  const marker = idText(row.marker ?? "");
  if (intent.marker === null || marker === "" || row.isOurs !== undefined) return false;
  const facing = other(intent.side);
  const isNamed = [observation.byRow[facing], observation.kept[facing]].some((rows) =>
    [...rows.keys()].some((id) => idText(id) === marker),
  );
  return !isNamed && isOfTime(intent, row, settleMs);
}

/** Rows of no link on the side that was written. */
function strangers(intent: Intent, { observation, adopted }: LostCreates): readonly Row[] {
  return [...observation.kept[intent.side].values()].filter(
    (row) => !adopted.has(row.id) && !observation.byRow[intent.side].has(row.id),
  );
}
