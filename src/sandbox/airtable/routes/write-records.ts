// Creating, changing and deleting records. A request is carried out whole or not at all.
import { missingInBatch, missingRecord, needEditor, needScope, needTable } from "../access.ts";
import { isId } from "../chance.ts";
import { apiEdit, type Ask, type Desk } from "../desk.ts";
import type { Json } from "../json.ts";
import { invalidRecords, missingRow, notFound } from "../refusal.ts";
import { showRecord } from "../record.ts";
import { deleteRow } from "../row-change.ts";
import { writeRows, type RowWish, type WriteHow } from "../row-write.ts";
import type { Sight } from "../sight.ts";
import type { Row } from "../world.ts";
import {
  batchSizeMax,
  needBody,
  needFields,
  needRecords,
  readOptions,
  type WriteOptions,
} from "./record-body.ts";
import { upsert } from "./upsert.ts";

/** The table a write goes to, if the token may write there. */
function needWritable(desk: Desk, ask: Ask): Sight {
  needScope(desk, "data.records:write");
  const [baseId = "", tableName = ""] = ask.segments;
  const sight = needTable(desk, baseId, tableName);
  needEditor(sight.base, false);
  return sight;
}

export function createRecords(desk: Desk, ask: Ask): Json {
  const sight = needWritable(desk, ask);
  const body = needBody(ask.body);
  const options = readOptions(body);
  if (body["records"] === undefined) {
    const [row] = writeRows(sight, [newRow(needFields(body))], how(desk, options));
    return row === undefined ? null : showRecord(sight, row, options.format);
  }
  const wishes = needRecords(body, "forbidden").map((record) => newRow(record.fields));
  return showAll(sight, writeRows(sight, wishes, how(desk, options)), options);
}

/** PATCH keeps the fields that are not named, PUT clears them. */
export function updateRecords(desk: Desk, ask: Ask): Json {
  const sight = needWritable(desk, ask);
  const body = needBody(ask.body);
  const isReplacing = ask.method === "PUT";
  if (body["performUpsert"] !== undefined) return upsert(desk, sight, { body, isReplacing });
  const options = readOptions(body);
  const wishes = needRecords(body, "required").map(({ id, fields }): RowWish => {
    const row = sight.table.rows.get(id ?? "");
    if (row === undefined) throw missingRow(id ?? "");
    return { row, fields, isReplacing };
  });
  return showAll(sight, writeRows(sight, wishes, how(desk, options)), options);
}

export function updateRecord(desk: Desk, ask: Ask): Json {
  const sight = needWritable(desk, ask);
  const row = needRow(desk, sight, ask.segments[2] ?? "");
  const body = needBody(ask.body);
  const options = readOptions(body);
  const wish = { row, fields: needFields(body), isReplacing: ask.method === "PUT" };
  writeRows(sight, [wish], how(desk, options));
  return showRecord(sight, row, options.format);
}

export function deleteRecord(desk: Desk, ask: Ask): Json {
  const sight = needWritable(desk, ask);
  const row = needRow(desk, sight, ask.segments[2] ?? "");
  deleteRow(sight, row, apiEdit(desk));
  return { deleted: true, id: row.id };
}

/** `?records[]=…`, at most ten; without brackets it is refused (public reports). */
export function deleteRecords(desk: Desk, ask: Ask): Json {
  const sight = needWritable(desk, ask);
  const ids = ask.query["records"];
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > batchSizeMax) {
    throw invalidRecords('"records" must be an array of up to 10 record IDs.');
  }
  const rows = ids.map((id) => {
    if (typeof id !== "string" || !isId(id, "rec")) {
      throw invalidRecords('"records" must be an array of up to 10 record IDs.');
    }
    const row = sight.table.rows.get(id);
    if (row === undefined) throw missingInBatch(desk);
    return row;
  });
  for (const row of rows) deleteRow(sight, row, apiEdit(desk));
  return { records: rows.map((row) => ({ deleted: true, id: row.id })) };
}

function newRow(fields: RowWish["fields"]): RowWish {
  return { row: null, fields, isReplacing: false };
}

function needRow(desk: Desk, sight: Sight, rowId: string): Row {
  if (!isId(rowId, "rec")) throw notFound();
  const row = sight.table.rows.get(rowId);
  if (row === undefined) throw missingRecord(desk);
  return row;
}

function how(desk: Desk, options: WriteOptions): WriteHow {
  return { edit: apiEdit(desk), isTypecast: options.isTypecast };
}

function showAll(sight: Sight, rows: readonly Row[], options: WriteOptions): Json {
  return { records: rows.map((row) => showRecord(sight, row, options.format)) };
}
