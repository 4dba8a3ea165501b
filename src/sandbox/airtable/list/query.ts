// What a reader asks of a listing: query string and JSON body come to the same parameters.
import { isId } from "../chance.ts";
import { compileFilter } from "../formula/compile.ts";
import type { Node } from "../formula/tree.ts";
import { isObject, stringAt, type Json, type JsonObject } from "../json.ts";
import { invalidRequest, refusal, unknownField } from "../refusal.ts";
import type { RecordFormat } from "../record.ts";
import type { Sight } from "../sight.ts";
import { findField, type SortKey, type View } from "../world.ts";

const pageSizeMax = 100;

/** Parameters of a listing, checked against the table. */
export interface ListQuery {
  readonly pageSize: number;
  readonly recordsMax: number | null;
  readonly filter: Node | null;
  readonly sort: readonly SortKey[];
  readonly view: View | null;
  readonly format: RecordFormat;
}

/** Turns `a[]=x`, `a[0]=x` and `sort[0][field]=x` into arrays and objects; the last plain value wins. */
export function nestQuery(query: URLSearchParams): JsonObject {
  const nested: JsonObject = {};
  for (const [key, value] of query) {
    const match = /^([^[\]]+)(?:\[(\d*)\](?:\[([^[\]]+)\])?)?$/.exec(key);
    const name = match?.[1] ?? key;
    if (match?.[2] === undefined) {
      nested[name] = value;
      continue;
    }
    const found = nested[name];
    const list: Json[] = Array.isArray(found) ? found : [];
    nested[name] = list;
    const at = match[2] === "" ? list.length : Number(match[2]);
    if (at > pageSizeMax + list.length) throw invalidRequest();
    const inner = match[3];
    if (inner === undefined) list[at] = value;
    else list[at] = { ...(isObject(list[at]) ? list[at] : {}), [inner]: value };
  }
  return nested;
}

const knownParameters = [
  "pageSize",
  "maxRecords",
  "offset",
  "fields",
  "filterByFormula",
  "sort",
  "view",
  "cellFormat",
  "timeZone",
  "userLocale",
  "returnFieldsByFieldId",
  "recordMetadata",
  // Stray keys of the published npm client, which work against the real service.
  "method",
  "limit",
];

export function readListQuery(sight: Sight, given: JsonObject): ListQuery {
  if (Object.keys(given).some((key) => !knownParameters.includes(key))) throw invalidRequest();
  const formula = stringAt(given, "filterByFormula") ?? "";
  const pageSize = readCount(given["pageSize"]) ?? readCount(given["limit"]) ?? pageSizeMax;
  if (pageSize > pageSizeMax) throw invalidRequest();
  return {
    pageSize,
    recordsMax: readCount(given["maxRecords"]),
    filter: formula === "" ? null : compileFilter(formula, sight.table),
    sort: readSort(sight, given["sort"]),
    view: readView(sight, stringAt(given, "view")),
    format: {
      ...readCellFormat(given),
      fieldIds: readFieldIds(sight, given["fields"]),
      hasCommentCount: readStrings(given["recordMetadata"]).includes("commentCount"),
    },
  };
}

/** The parameters that shape records, shared by listings, single reads and writes. */
export function readCellFormat(given: JsonObject): RecordFormat {
  const cellFormat = stringAt(given, "cellFormat") ?? "json";
  if (cellFormat !== "json" && cellFormat !== "string") throw invalidRequest();
  const zone = stringAt(given, "timeZone");
  const isText = cellFormat === "string";
  if (isText && (zone === null || stringAt(given, "userLocale") === null)) {
    throw invalidRequest(
      'Invalid request: "timeZone" and "userLocale" are needed with the string cell format',
    );
  }
  return {
    isByFieldId: readFlag(given["returnFieldsByFieldId"]),
    textZone: isText ? zone : null,
    fieldIds: null,
    hasCommentCount: false,
  };
}

/** `true`, `"true"` and their opposites; anything else is refused. */
export function readFlag(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw invalidRequest();
}

function readCount(value: Json | undefined): number | null {
  if (value === undefined || value === null || value === "") return null;
  const count = typeof value === "number" || typeof value === "string" ? Number(value) : 0;
  if (!Number.isInteger(count) || count < 1) throw invalidRequest();
  return count;
}

function readStrings(value: Json | undefined): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) throw invalidRequest();
  return value.map((item) => {
    if (typeof item !== "string") throw invalidRequest();
    return item;
  });
}

function readFieldIds(sight: Sight, value: Json | undefined): ReadonlySet<string> | null {
  const names = readStrings(value);
  if (names.length === 0) return null;
  return new Set(names.map((name) => needField(sight, name)));
}

function needField(sight: Sight, name: string): string {
  const field = findField(sight.table, name);
  if (field === null) throw unknownField(name);
  return field.id;
}

function readSort(sight: Sight, value: Json | undefined): SortKey[] {
  if (value === undefined || value === null || value === "") return [];
  if (!Array.isArray(value)) throw invalidRequest();
  return value.map((item) => {
    const name = isObject(item) ? stringAt(item, "field") : null;
    const direction = (isObject(item) ? stringAt(item, "direction") : null) ?? "asc";
    if (name === null || (direction !== "asc" && direction !== "desc")) throw invalidRequest();
    return { fieldId: needField(sight, name), direction };
  });
}

function readView(sight: Sight, idOrName: string | null): View | null {
  if (idOrName === null || idOrName === "") return null;
  const found = sight.table.views.find((view) => view.id === idOrName || view.name === idOrName);
  if (found !== undefined) return found;
  const message = `View ${idOrName} not found`;
  if (!isId(idOrName, "viw")) throw refusal(422, "VIEW_NAME_NOT_FOUND", message);
  const isElsewhere = sight.base.tables.some((table) =>
    table.views.some((view) => view.id === idOrName),
  );
  throw isElsewhere
    ? refusal(422, "FAILED_STATE_CHECK", `View ${idOrName} belongs to another table`)
    : refusal(422, "VIEW_ID_NOT_FOUND", message);
}
