// Keys of rows: the plain text of the primary key's cell. Listing asks for that property alone; finding
// rows by key lets the service look, and compares once more, because its filters ignore case.
import { recordId } from "../../../core/ids.ts";
import { SyncError } from "../../../errors.ts";
import type { KeyedRow, KeysEnd } from "../../destination.ts";
import type { Wanted } from "../../connector.ts";
import { isRecord } from "../codec/codec.ts";
import { shownText } from "../codec/shown.ts";
import { limits } from "../limits.ts";
import { runQuery } from "../query.ts";
import type { Reader } from "../row.ts";
import { listPages, refusedQuery } from "../scan.ts";
import { decodeId } from "../source.ts";
import type { WirePage } from "../wire.ts";
import type { Column, WireType } from "./column.ts";
import type { Table, TableState } from "./table.ts";

/** The key a page carries; null when its cell is empty or not there. */
export function keyOf(table: Table, page: WirePage): string | null {
  if (table.key === null) return null;
  const id = decodeId(table.key.wireId);
  const property = table.source.properties.get(id);
  const json = Object.values(page.properties ?? {})
    .filter(isRecord)
    .find((one) => typeof one["id"] === "string" && decodeId(one["id"]) === id);
  if (property === undefined || json === undefined) return null;
  const value = property.type.codec.decode(json[property.field.type]);
  if (value.kind === "number") return String(value.number);
  return shownText(value) || null;
}

function wantedOf(table: Table): Wanted {
  const fields = table.key === null ? [] : [decodeId(table.key.wireId)];
  return { fields, marker: null, filter: null };
}

function readerOf(state: TableState, table: Table): Reader {
  const { caller, directory } = state.connection;
  return { caller, directory, source: table.source };
}

function keyed(table: Table, page: WirePage): KeyedRow {
  return { id: recordId(page.id), key: keyOf(table, page) };
}

export async function* listKeys(state: TableState): AsyncGenerator<readonly KeyedRow[], KeysEnd> {
  const { table } = state;
  if (table === null) return { isComplete: true, reason: null };
  const listed = listPages(readerOf(state, table), wantedOf(table));
  // Bound: the listing's own.
  for (;;) {
    const step = await listed.next();
    if (step.done === true) {
      return { isComplete: step.value.isComplete, reason: step.value.reason };
    }
    yield step.value.pages.map((page) => keyed(table, page));
  }
}

/** The condition that a column holds a key; null when the service has none for its type. */
function condition(column: Column, key: string): unknown {
  const under = (type: WireType, operand: string | number): unknown => ({
    property: column.wireId,
    [type]: { equals: operand },
  });
  switch (column.type) {
    case "title":
    case "rich_text":
    case "url":
    case "email":
    case "phone_number":
    case "select":
    case "status":
      return under(column.type, key);
    case "number":
      return Number.isFinite(Number(key)) ? under("number", Number(key)) : null;
    case "multi_select":
    case "checkbox":
    case "files":
    case "date":
    case "people":
    case "place":
    case "relation":
      return null;
  }
}

/** All rows with their keys: for key columns that no filter can compare. */
async function findByListing(state: TableState, wanted: ReadonlySet<string>): Promise<KeyedRow[]> {
  const rows: KeyedRow[] = [];
  for await (const page of listKeys(state)) {
    rows.push(...page.filter(({ key }) => key !== null && wanted.has(key)));
  }
  return rows;
}

/** Live rows with one of these keys, exactly. */
export async function findRows(
  state: TableState,
  keys: readonly string[],
): Promise<readonly KeyedRow[]> {
  const { table } = state;
  if (table === null || table.key === null || keys.length === 0) return [];
  const column = table.key;
  const exact = new Set(keys);
  const conditions = [...exact].map((key) => condition(column, key)).filter((one) => one !== null);
  if (conditions.length === 0) return findByListing(state, exact);
  const reader = readerOf(state, table);
  const wanted = wantedOf(table);
  const rows: KeyedRow[] = [];
  for (let at = 0; at < conditions.length; at += limits.filterConditionsMax) {
    const filter = { or: conditions.slice(at, at + limits.filterConditionsMax) };
    const queried = runQuery(reader, { filter, wanted });
    // Bound: the query's own number of pages.
    for (;;) {
      const step = await queried.next();
      if (step.done !== true) {
        const found = step.value.pages.map((page) => keyed(table, page));
        rows.push(...found.filter(({ key }) => key !== null && exact.has(key)));
        continue;
      }
      if (step.value.kind === "complete") break;
      if (step.value.kind === "refused") {
        throw await refusedQuery(reader, wanted, step.value.refusal);
      }
      throw new SyncError({
        code: "unavailable",
        message: "A look-up of rows by their key did not come to its end.",
        remedy: "Nothing is lost; the next run tries again.",
      });
    }
  }
  return rows;
}
