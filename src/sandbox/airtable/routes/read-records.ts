// Reading records: listings by GET and POST, and one record.
import { missingRecord, needScope, needTable } from "../access.ts";
import { isId } from "../chance.ts";
import type { Ask, Desk } from "../desk.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { listPage } from "../list/page.ts";
import { readCellFormat } from "../list/query.ts";
import { invalidRequest, notFound, refusal } from "../refusal.ts";
import { showRecord } from "../record.ts";
import { findRow } from "../world.ts";

export function listByQuery(desk: Desk, ask: Ask): Json {
  needScope(desk, "data.records:read");
  const [baseId = "", tableName = ""] = ask.segments;
  return listPage(needTable(desk, baseId, tableName), desk, ask.query);
}

/** The POST form takes the same parameters in its body; zone and locale may also be in the query. */
export function listByBody(desk: Desk, ask: Ask): Json {
  needScope(desk, "data.records:read");
  const [baseId = "", tableName = ""] = ask.segments;
  const sight = needTable(desk, baseId, tableName);
  if (!isObject(ask.body)) {
    throw refusal(422, "INVALID_REQUEST_BODY", "Could not parse request body");
  }
  const fromQuery: JsonObject = {};
  for (const key of ["timeZone", "userLocale"]) {
    const value = ask.query[key];
    if (value !== undefined) fromQuery[key] = value;
  }
  return listPage(sight, desk, { ...fromQuery, ...ask.body });
}

const getParameters = ["cellFormat", "timeZone", "userLocale", "returnFieldsByFieldId"];

/** One record; an id of another table of the base is found as well (Airtable documentation: Get record). */
export function getRecord(desk: Desk, ask: Ask): Json {
  needScope(desk, "data.records:read");
  const [baseId = "", tableName = "", rowId = ""] = ask.segments;
  const sight = needTable(desk, baseId, tableName);
  if (!isId(rowId, "rec")) throw notFound();
  if (Object.keys(ask.query).some((key) => !getParameters.includes(key))) throw invalidRequest();
  const format = readCellFormat(ask.query);
  const own = sight.table.rows.get(rowId);
  if (own !== undefined) return showRecord(sight, own, format);
  const place = findRow(sight.base, rowId);
  if (place === null) throw missingRecord(desk);
  return showRecord({ ...sight, table: place.table }, place.row, format);
}
