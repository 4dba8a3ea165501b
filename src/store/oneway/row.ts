// An index entry as a row of `oneway_row` and back, and the keys it waits for.
import { recordId } from "../../core/ids.ts";
import { databaseId } from "../../core/oneway/ids.ts";
import { decodeDocument, encodeDocument } from "../document.ts";
import type { IndexedRow } from "../oneway-store.ts";
import { rowDocument } from "./documents.ts";
import type { OnewayTables, RowTable } from "./tables.ts";

/** Throws `InvariantError` for an entry that could not be read back. */
export function encodeRow(row: IndexedRow): RowTable {
  const { parts, waiting, problem } = row;
  return {
    database: row.database,
    key: row.key,
    row_id: row.rowId,
    is_trashed: row.isTrashed ? 1 : 0,
    touched_at: row.touchedAtMs,
    create_begun_at: row.createBegunAtMs,
    doc: encodeDocument(rowDocument, "a row of the index", { parts, waiting, problem }),
  };
}

/** Throws `store_corrupt`. */
export function decodeRow(row: RowTable): IndexedRow {
  return {
    database: databaseId(row.database),
    key: row.key,
    rowId: row.row_id === null ? null : recordId(row.row_id),
    isTrashed: row.is_trashed === 1,
    touchedAtMs: row.touched_at,
    createBegunAtMs: row.create_begun_at,
    ...decodeDocument(rowDocument, `a row of ${row.database}`, row.doc),
  };
}

/** What the row waits for, each missing key once. */
export function waitingRows(row: IndexedRow): readonly OnewayTables["oneway_waiting"][] {
  const found = new Map<string, OnewayTables["oneway_waiting"]>();
  for (const { target, missing } of Object.values(row.waiting)) {
    for (const key of missing) {
      const line = { target, target_key: key, database: row.database, key: row.key };
      found.set(JSON.stringify([target, key]), line);
    }
  }
  return [...found.values()];
}
