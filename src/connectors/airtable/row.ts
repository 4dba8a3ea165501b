// A record of the API as a row. Empty cells are left out of records, so absence means empty for every
// field that was asked for and is in the schema; a field of neither kind gets no cell at all.
import { recordId, type FieldId } from "../../core/ids.ts";
import type { ReadWindow, Row } from "../../core/row.ts";
import { instant, text, unknown, type Value } from "../../core/value.ts";
import type { Wanted } from "../connector.ts";
import { parseInstantMs } from "./codec/date.ts";
import { pseudo, type Table } from "./table.ts";
import type { WireRecord } from "./wire.ts";

/**
 * How far a stamp may lie from the edit. Times read whole seconds and were recorded half a second
 * after the transaction, so they are rounded to the nearest; nobody promises that they stay so. An
 * edit therefore lies within [shown - 500, shown + 1000).
 */
const stampBackMs = 500;
export const stampStepMs = 1_500;

function rowUrl(table: Table, id: string): string {
  return `https://airtable.com/${table.baseId}/${table.tableId}/${id}`;
}

/** The text that stands for a value in a title. */
function titleText(value: Value): string {
  switch (value.kind) {
    case "text":
      return value.text;
    case "rich":
      return value.markdown;
    case "number":
      return String(value.number);
    case "boolean":
      return value.isTrue ? "yes" : "";
    case "day":
      return value.start;
    case "instant":
      return new Date(value.startMs).toISOString();
    case "choice":
      return value.name;
    case "choices":
      return value.names.join(", ");
    case "people":
      return value.people.map((person) => person.name ?? person.email ?? person.id).join(", ");
    case "empty":
    case "links":
    case "files":
    case "unknown":
      return "";
  }
}

/** Decodes one cell. Total: whatever a codec should choke on holds the cell still. */
function decodeCell(table: Table, record: WireRecord, id: FieldId): Value | null {
  if (id === pseudo.id) return text(record.id);
  if (id === pseudo.url) return text(rowUrl(table, record.id));
  if (id === pseudo.created) {
    const ms = createdMs(record);
    return ms === null ? unknown("undecodable") : instant(ms);
  }
  const known = table.fields.get(id);
  if (known === undefined) return null;
  const content = record.fields[id];
  if (content === undefined || content === null) return known.type.codec.absent;
  return known.type.codec.decode(content);
}

function createdMs(record: WireRecord): number | null {
  return typeof record.createdTime === "string" ? parseInstantMs(record.createdTime) : null;
}

function stampOf(table: Table, record: WireRecord): number | null {
  const content = table.stamp === null ? undefined : record.fields[table.stamp];
  const shownMs = typeof content === "string" ? parseInstantMs(content) : null;
  return shownMs === null ? null : shownMs - stampBackMs;
}

export function decodeRow(
  table: Table,
  record: WireRecord,
  reading: { readonly wanted: Wanted; readonly window: ReadWindow },
): Row {
  const { wanted, window } = reading;
  const cells = new Map<FieldId, Value>();
  for (const id of wanted.fields) {
    const value = decodeCell(table, record, id);
    if (value !== null) cells.set(id, value);
  }
  const marker = wanted.marker === null ? null : decodeCell(table, record, wanted.marker);
  return {
    id: recordId(record.id),
    title: titleText(decodeCell(table, record, table.primary) ?? text("")),
    url: rowUrl(table, record.id),
    createdAtMs: createdMs(record),
    stampMs: stampOf(table, record),
    editedBy: "unknown",
    marker: marker === null ? null : titleText(marker) || null,
    cells,
    window,
  };
}

/** Ids of the real fields a listing must name, so that every absence in it means empty. */
export function fieldsToAsk(table: Table, wanted: Wanted): readonly string[] {
  const ids = new Set<FieldId>([table.primary]);
  for (const id of wanted.fields) if (!id.startsWith("@")) ids.add(id);
  if (wanted.marker !== null) ids.add(wanted.marker);
  if (table.stamp !== null) ids.add(table.stamp);
  return [...ids];
}
