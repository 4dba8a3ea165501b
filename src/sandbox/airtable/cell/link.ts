// Link cells: record ids in order. With typecast, anything else is read as a primary text, and a row that
// does not exist is made (Airtable documentation, typecast).
import { isId } from "../chance.ts";
import { fieldValue } from "../formula/field-value.ts";
import { toText } from "../formula/value.ts";
import type { Json } from "../json.ts";
import { forbidden, invalidValue, missingRow } from "../refusal.ts";
import { linkedTable, type Field, type Table } from "../world.ts";
import type { WriteBatch } from "./batch.ts";
import type { Cell } from "./cell.ts";

export function readLinks(batch: WriteBatch, field: Field, value: Json): Cell | null {
  if (value === null || value === "") return null;
  const items =
    typeof value === "string" && batch.isTypecast
      ? value.split(",").map((part) => part.trim())
      : value;
  if (!Array.isArray(items)) throw invalidValue(field.name);
  const other = linkedTable(batch.sight.base, field);
  if (other === null) throw forbidden();
  const ids = new Set(items.map((item) => linkId(batch, field, other, item)));
  return ids.size === 0 ? null : { kind: "links", ids: [...ids] };
}

function linkId(batch: WriteBatch, field: Field, other: Table, item: Json): string {
  if (typeof item !== "string") throw invalidValue(field.name);
  if (isId(item, "rec")) {
    if (!other.rows.has(item)) throw missingRow(item);
    return item;
  }
  if (!batch.isTypecast) throw invalidValue(field.name);
  return rowByPrimaryText(batch, other, item);
}

function rowByPrimaryText(batch: WriteBatch, other: Table, text: string): string {
  const primary = other.fields.find((candidate) => candidate.id === other.primaryFieldId);
  const sight = { ...batch.sight, table: other };
  for (const row of other.rows.values()) {
    if (primary !== undefined && toText(fieldValue(sight, primary, row)) === text) return row.id;
  }
  const pending = batch.newRows.find((made) => made.table === other && made.primaryText === text);
  if (pending !== undefined) return pending.id;
  const id = batch.sight.world.chance.id("rec");
  batch.newRows.push({ table: other, id, primaryText: text });
  return id;
}
