// Looks rows up by id, marker or time of edit. Ids are looked up through listings of the mapped table:
// the call for a single record searches the whole base, and answers a missing row with the same 403 as
// a missing permission (Airtable docs: Get record; community reports), so it proves little.
import type { RecordId } from "../../core/ids.ts";
import { recordId } from "../../core/ids.ts";
import type { Row, RowReading } from "../../core/row.ts";
import { SyncError } from "../../errors.ts";
import type { EditQuestion, Wanted } from "../connector.ts";
import type { Caller } from "./caller.ts";
import { refusalError } from "./failure.ts";
import { rowsByText, rowsById, rowsEditedAfter } from "./formula.ts";
import { limits } from "./limits.ts";
import { listAll } from "./listing.ts";
import { decodeRow, fieldsToAsk } from "./row.ts";
import type { Table } from "./table.ts";
import { recordSchema } from "./wire.ts";

/** Parts of at most `sizeMax`. */
function chunks<T>(items: readonly T[], sizeMax: number): readonly (readonly T[])[] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += sizeMax) parts.push(items.slice(at, at + sizeMax));
  return parts;
}

interface Found {
  readonly rows: readonly Row[];
  /** Null when the listing was complete. */
  readonly incomplete: string | null;
}

async function find(
  caller: Caller,
  table: Table,
  query: { readonly formula: string; readonly wanted: Wanted },
): Promise<Found> {
  const { formula, wanted } = query;
  const listing = { fields: fieldsToAsk(table, wanted), formula };
  const { pages, end } = await listAll(caller, table, listing);
  if (end.kind === "refused") throw refusalError(end.refusal, `the table "${table.schema.name}"`);
  return {
    rows: pages.flatMap(({ records, window }) =>
      records.map((record) => decodeRow(table, record, { wanted, window })),
    ),
    incomplete: end.kind === "incomplete" ? end.reason : null,
  };
}

const none: Wanted = { fields: [], marker: null, filter: null };

/** Which of the rows are in the table. At most 100 ids. */
export async function existing(
  caller: Caller,
  table: Table,
  ids: readonly RecordId[],
): Promise<ReadonlySet<RecordId> | null> {
  const found = await find(caller, table, { formula: rowsById(ids), wanted: none });
  return found.incomplete === null ? new Set(found.rows.map((row) => row.id)) : null;
}

/** See `Connector.read`. The pair's filter plays no part: a row it hides is still there. */
export async function read(
  caller: Caller,
  table: Table,
  asked: {
    readonly ids: readonly RecordId[];
    readonly wanted: Wanted;
    readonly control: RecordId | null;
  },
): Promise<ReadonlyMap<RecordId, RowReading>> {
  const { wanted, control } = asked;
  const readings = new Map<RecordId, RowReading>();
  for (const ids of chunks(asked.ids, limits.idsMax - 1)) {
    const all = control === null ? ids : [...new Set([...ids, control])];
    const found = await find(caller, table, { formula: rowsById(all), wanted });
    const rows = new Map(found.rows.map((row) => [row.id, row]));
    // Any row of the same answer proves as much as the control does; a control that is not in it
    // makes the whole answer doubtful.
    const witness = control === null ? found.rows[0]?.id : rows.has(control) ? control : undefined;
    for (const id of ids) {
      const row = rows.get(id);
      if (row !== undefined) readings.set(id, { state: "live", row });
      else if (found.incomplete !== null) {
        readings.set(id, { state: "unknown", why: found.incomplete });
      } else if (witness !== undefined) readings.set(id, gone(witness));
      else if (control !== null) readings.set(id, { state: "unknown", why: noControl });
      else readings.set(id, await readSingle(caller, table, id));
    }
  }
  return readings;
}

const noControl = "the control row was not found either, so the lookup proves nothing";

function gone(witness: RecordId): RowReading {
  return {
    state: "gone",
    evidence: `not found by its id, while ${witness} was found in the same answer`,
  };
}

/** The last resort without any row to stand witness. The table's listing has not shown the row. */
async function readSingle(caller: Caller, table: Table, id: RecordId): Promise<RowReading> {
  const result = await caller.read(
    {
      kind: "read",
      method: "GET",
      stem: table.baseId,
      path: `/${table.tableId}/${id}`,
      query: { returnFieldsByFieldId: true },
    },
    recordSchema,
  );
  if (result.kind === "done") {
    // Found base-wide, but not in the table: one of the two answers is stale or the path is wrong.
    return { state: "unknown", why: "the row is in the base, but the table does not list it" };
  }
  const { status, type } = result.refusal;
  return status === 404
    ? { state: "gone", evidence: `Airtable answered 404 ${type} for the row` }
    : { state: "unknown", why: `Airtable answered ${status} ${type} for the row` };
}

/** See `Connector.recheck`: every row is read again, because one call covers a hundred. */
export async function recheck(
  caller: Caller,
  table: Table,
  asked: { readonly ids: readonly RecordId[]; readonly wanted: Wanted },
): Promise<ReadonlyMap<RecordId, RowReading>> {
  const readings = new Map<RecordId, RowReading>();
  for (const ids of chunks(asked.ids, limits.idsMax)) {
    const found = await find(caller, table, { formula: rowsById(ids), wanted: asked.wanted });
    for (const id of ids) {
      readings.set(id, { state: "unknown", why: found.incomplete ?? "not found by its id" });
    }
    for (const row of found.rows) readings.set(row.id, { state: "live", row });
  }
  return readings;
}

/** See `Connector.findByMarker`. */
export async function findByMarker(
  caller: Caller,
  table: Table,
  asked: { readonly markers: readonly string[]; readonly wanted: Wanted },
): Promise<readonly Row[]> {
  const { marker } = asked.wanted;
  if (marker === null) return [];
  const rows: Row[] = [];
  for (const markers of chunks([...new Set(asked.markers)], limits.idsMax)) {
    const formula = rowsByText(marker, markers);
    const found = await find(caller, table, { formula, wanted: asked.wanted });
    // An incomplete answer that passed for a whole one would have a row created a second time.
    if (found.incomplete !== null) {
      throw new SyncError({
        code: "unavailable",
        message: `Rows could not be looked up by their marker: ${found.incomplete}.`,
        remedy: "Try again later.",
      });
    }
    // Formulas compare loosely (a blank equals 0 and ""); only the exact text counts.
    rows.push(...found.rows.filter((row) => row.marker !== null && markers.includes(row.marker)));
  }
  return rows;
}

/**
 * See `Connector.editedAfter`. Null when a question is about a computed or pseudo-field, whose edits
 * have no time, or when the service does not take the formula.
 */
export async function editedAfter(
  caller: Caller,
  table: Table,
  questions: readonly EditQuestion[],
): Promise<ReadonlySet<RecordId> | null> {
  const edited = new Set<RecordId>();
  if (questions.some(({ field }) => table.fields.get(field)?.type.isWritable !== true)) return null;
  for (const terms of chunks(questions, limits.idsMax)) {
    const { pages, end } = await listAll(caller, table, {
      fields: fieldsToAsk(table, none),
      formula: rowsEditedAfter(terms),
    });
    if (end.kind === "incomplete") return null;
    if (end.kind === "refused") {
      if (end.refusal.kind === "formula") return null;
      throw refusalError(end.refusal, `the table "${table.schema.name}"`);
    }
    for (const { records } of pages) {
      for (const record of records) edited.add(recordId(record.id));
    }
  }
  return edited;
}
