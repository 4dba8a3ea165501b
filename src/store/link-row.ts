// A link as a row of the `link` table and back. What a scan needs for every row (ids, state, hashes,
// stamps) lies in columns; bases, pending edits and the rest in one JSON document a link.
// Checked by hand in both directions, for the sake of speed: see `value-guard.ts`.
import { InvariantError } from "../core/assert.ts";
import { linkId, pairId, parseCellKey, recordId, runId, type CellKey } from "../core/ids.ts";
import type {
  Archival,
  BaseCell,
  Link,
  LinkIndexEntry,
  LinkState,
  PendingEdit,
} from "../core/link.ts";
import type { Sided } from "../core/side.ts";
import type { Value } from "../core/value.ts";
import { archival, damaged, parseJson } from "./document.ts";
import type { LinkTable } from "./tables.ts";
import { isObject, isValue, isWhole, type JsonObject } from "./value-guard.ts";

const states: Record<LinkState, true> = {
  live: true,
  creating: true,
  archived: true,
  tombstone: true,
  detached: true,
};

/** The columns that a link's index entry is made of. */
export const indexColumns = [
  "id",
  "left_id",
  "right_id",
  "state",
  "left_hash",
  "right_hash",
  "left_stamp",
  "right_stamp",
  "is_flagged",
] as const;

type IndexRow = Pick<LinkTable, (typeof indexColumns)[number]>;

/** Throws `InvariantError` for a link that could not be read back. */
export function encodeLink(link: Link): LinkTable {
  const doc = JSON.stringify({
    archival: link.archival,
    cells: Object.fromEntries([...link.cells].map(([key, cell]) => [key, encodeCell(cell)])),
    pending: {
      left: Object.fromEntries(link.pending.left),
      right: Object.fromEntries(link.pending.right),
    },
    ownStamps: link.ownStamps,
    wokenAtMs: link.wokenAtMs,
    scopeTold: link.scopeTold,
  });
  const row: LinkTable = {
    id: link.id,
    pair: link.pair,
    left_id: link.ids.left,
    right_id: link.ids.right,
    state: link.state,
    left_hash: link.hashes.left,
    right_hash: link.hashes.right,
    left_stamp: link.stamps.left,
    right_stamp: link.stamps.right,
    is_flagged: link.isFlagged ? 1 : 0,
    title: link.title,
    title_key: titleKey(link.title),
    born_at: link.bornAtMs,
    doc,
  };
  try {
    decodeLink(row);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unreadable";
    throw new InvariantError(`link ${link.id} cannot be stored: ${why}`);
  }
  return row;
}

/** Most cells hold the same on both sides: such a cell has no `right`, for a third less to load. */
function encodeCell(cell: BaseCell): object {
  const { right, ...others } = cell;
  return JSON.stringify(right) === JSON.stringify(cell.left) ? others : cell;
}

/** How a title is looked up: without case. */
export function titleKey(title: string): string {
  return title.normalize("NFC").toLowerCase();
}

const noPending = { left: {}, right: {} };
const noStamps = { left: null, right: null };

/** Throws `store_corrupt`. */
export function decodeLink(row: LinkTable): Link {
  const what = `link ${row.id}`;
  const doc = parseJson(what, row.doc);
  if (!isObject(doc)) throw damaged(what, "document");
  // A store of an earlier version may lack keys; what nobody wrote down is not known.
  const { pending = noPending, archival: put = null, ownStamps = noStamps } = doc;
  if (!isObject(pending)) throw damaged(what, "document");
  const { scopeTold } = doc;
  return {
    ...decodeIndexEntry(row),
    pair: pairId(row.pair),
    archival: decodeArchival(what, put),
    title: row.title,
    cells: decodeCells(what, doc["cells"]),
    pending: {
      left: decodePending(what, pending["left"]),
      right: decodePending(what, pending["right"]),
    },
    ownStamps: decodeStamps(what, ownStamps),
    bornAtMs: row.born_at,
    // Stores of the first version do not have it: their rows have stood for long.
    wokenAtMs: isInstant(doc["wokenAtMs"]) ? doc["wokenAtMs"] : 0,
    ...(typeof scopeTold === "string" ? { scopeTold } : {}),
  };
}

/** Throws `store_corrupt`. */
export function decodeIndexEntry(row: IndexRow): LinkIndexEntry {
  const state = row.state;
  if (!isState(state)) throw damaged(`link ${row.id}`, "state");
  return {
    id: linkId(row.id),
    ids: {
      left: row.left_id === null ? null : recordId(row.left_id),
      right: row.right_id === null ? null : recordId(row.right_id),
    },
    state,
    hashes: { left: row.left_hash, right: row.right_hash },
    stamps: { left: row.left_stamp, right: row.right_stamp },
    isFlagged: row.is_flagged === 1,
  };
}

function isState(state: string): state is LinkState {
  return Object.hasOwn(states, state);
}

function decodeArchival(what: string, data: unknown): Archival | null {
  if (data === null) return null;
  const check = archival.safeParse(data);
  if (!check.success) throw damaged(what, "archival");
  return check.data;
}

function decodeCells(what: string, data: unknown): ReadonlyMap<CellKey, BaseCell> {
  if (!isObject(data)) throw damaged(what, "cells");
  const cells = new Map<CellKey, BaseCell>();
  for (const key of Object.keys(data)) {
    const cell = data[key];
    if (!isObject(cell)) throw damaged(what, `cell ${key}`);
    cells.set(parseCellKey(key), decodeCell(`${what}, cell ${key}`, cell));
  }
  return cells;
}

function decodeCell(what: string, data: JsonObject): BaseCell {
  const { left, right = left, rev, lossySide = null, atMs, rule, run, previous = null } = data;
  if (!isValue(left) || !isValue(right)) throw damaged(what, "value");
  if (!isWhole(rev) || !isWhole(atMs)) throw damaged(what, "rev or atMs");
  if (lossySide !== null && lossySide !== "left" && lossySide !== "right")
    throw damaged(what, "lossySide");
  if (typeof rule !== "string" || typeof run !== "string") throw damaged(what, "rule or run");
  if (previous !== null && !isValues(previous)) throw damaged(what, "previous");
  const cell: BaseCell = { left, right, rev, lossySide, atMs, rule, run: runId(run), previous };
  const { replaced } = data;
  if (replaced === undefined) return cell;
  if (!isObject(replaced)) throw damaged(what, "replaced");
  const { side, value } = replaced;
  if ((side !== "left" && side !== "right") || !isValue(value)) throw damaged(what, "replaced");
  return { ...cell, replaced: { side, value } };
}

function isValues(data: unknown): data is Sided<Value> {
  return isObject(data) && isValue(data["left"]) && isValue(data["right"]);
}

function decodePending(what: string, data: unknown): ReadonlyMap<CellKey, PendingEdit> {
  if (!isObject(data)) throw damaged(what, "pending");
  const edits = new Map<CellKey, PendingEdit>();
  for (const [cell, edit] of Object.entries(data)) {
    if (!isObject(edit)) throw damaged(what, `pending ${cell}`);
    const { key, loMs, hiMs, isUnseen } = edit;
    if (typeof key !== "string" || !isInstant(loMs) || !isInstant(hiMs))
      throw damaged(what, `pending ${cell}`);
    const seen = { key, loMs, hiMs };
    edits.set(parseCellKey(cell), isUnseen === true ? { ...seen, isUnseen } : seen);
  }
  return edits;
}

function isInstant(data: unknown): data is number {
  return typeof data === "number";
}

function decodeStamps(what: string, data: unknown): Sided<number | null> {
  if (!isObject(data)) throw damaged(what, "ownStamps");
  const { left, right } = data;
  if ((left !== null && !isWhole(left)) || (right !== null && !isWhole(right)))
    throw damaged(what, "ownStamps");
  return { left, right };
}
