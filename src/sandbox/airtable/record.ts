// A row as the record API answers it.
//
// Empty cells have no key at all. Inside `fields` come the cells the row was made with in the order of the
// schema, then the computed ones, then cells filled later (recorded, 2022).
import { showComputed } from "./cell/computed.ts";
import { showCell } from "./cell/show.ts";
import { showText } from "./cell/show-text.ts";
import { computedRank, kindOf } from "./field/kind.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Sight } from "./sight.ts";
import { wholeSecond } from "./time.ts";
import type { Field, Row } from "./world.ts";

/** How a reader wants records. */
export interface RecordFormat {
  /** Keys of `fields` are field ids instead of names. */
  readonly isByFieldId: boolean;
  /** Zone for `cellFormat=string`, or `null` for JSON cells. */
  readonly textZone: string | null;
  /** Ids of the fields asked for, or `null` for all. */
  readonly fieldIds: ReadonlySet<string> | null;
  readonly hasCommentCount: boolean;
}

export const plainFormat: RecordFormat = {
  isByFieldId: false,
  textZone: null,
  fieldIds: null,
  hasCommentCount: false,
};

export function showRecord(sight: Sight, row: Row, format: RecordFormat): JsonObject {
  const fields: JsonObject = {};
  for (const field of fieldsInOrder(sight.table.fields, row)) {
    if (format.fieldIds !== null && !format.fieldIds.has(field.id)) continue;
    const value = showField(sight, field, row, format);
    if (value !== undefined) fields[format.isByFieldId ? field.id : field.name] = value;
  }
  const createdTime = wholeSecond(row.createdMs);
  const id = row.id;
  const count = format.hasCommentCount ? { commentCount: 0 } : {};
  return sight.world.dialect === "2022"
    ? { id, ...count, fields, createdTime }
    : { id, createdTime, ...count, fields };
}

function showField(sight: Sight, field: Field, row: Row, format: RecordFormat): Json | undefined {
  if (format.textZone !== null) return showText(sight, field, row, format.textZone);
  const cell = row.cells.get(field.id);
  return cell === undefined ? showComputed(sight, field, row) : showCell(sight, field, cell);
}

function fieldsInOrder(fields: readonly Field[], row: Row): Field[] {
  const isComputed = (field: Field): boolean => kindOf(field.type).family === "computed";
  const computed = fields
    .filter(isComputed)
    .sort((left, right) => computedRank(left.type) - computedRank(right.type));
  const stored = fields.filter((field) => !isComputed(field));
  const late = [...row.late].flatMap((id) => stored.find((field) => field.id === id) ?? []);
  return [...stored.filter((field) => !row.late.has(field.id)), ...computed, ...late];
}
