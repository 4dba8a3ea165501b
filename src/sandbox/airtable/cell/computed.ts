// The JSON a computed field shows, or `undefined` when its cell is left out of the record.
import { fieldValue, lastTouchedMs, linkedRows, watchedFieldIds } from "../formula/field-value.ts";
import { isDate, isError, isList, type FormulaValue } from "../formula/value.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Sight } from "../sight.ts";
import { wholeSecond } from "../time.ts";
import type { Field, Person, Row } from "../world.ts";
import { showCell } from "./show.ts";

export function showComputed(sight: Sight, field: Field, row: Row): Json | undefined {
  const fixed = row.fixed.get(field.id);
  if (fixed !== undefined) return fixed ?? undefined;
  switch (field.type) {
    case "createdTime":
      return showInstant(field, row.createdMs);
    case "lastModifiedTime": {
      const ms = lastTouchedMs(row, watchedFieldIds(field));
      return ms === null ? undefined : showInstant(field, ms);
    }
    case "createdBy":
      return showPerson(row.createdBy);
    case "lastModifiedBy":
      return showPerson(row.modifiedBy);
    case "multipleLookupValues":
      return showLookup(sight, field, row);
    case "formula":
    case "rollup":
    case "count":
      return showValue(field, fieldValue(sight, field, row));
    case "aiText":
      return field.constant ?? { state: "empty", value: null, isStale: false };
    default:
      return field.constant ?? undefined;
  }
}

/** A person as cells show one. */
function showPerson(person: Person | null): JsonObject | undefined {
  return person === null ? undefined : { id: person.id, email: person.email, name: person.name };
}

function showInstant(field: Field, ms: number): string {
  return resultType(field) === "date" ? wholeSecond(ms).slice(0, 10) : wholeSecond(ms);
}

function resultType(field: Field): string | null {
  const result = field.options?.["result"];
  const type = isObject(result) ? result["type"] : null;
  return typeof type === "string" ? type : null;
}

/** Zero shows, a blank does not; NaN and errors show as objects in place of the declared type (recorded). */
function showValue(field: Field, value: FormulaValue): Json | undefined {
  if (value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : { specialValue: String(value) };
  }
  if (isError(value)) return { error: "#ERROR!" };
  if (isDate(value)) {
    const text = new Date(value.ms).toISOString();
    return resultType(field) === "date" ? text.slice(0, 10) : text;
  }
  if (!isList(value)) return undefined;
  return value.map((item) => showValue(field, item) ?? null);
}

/** Lookups show the cells themselves, opened by one level. */
function showLookup(sight: Sight, field: Field, row: Row): Json | undefined {
  const targetId = field.options?.["fieldIdInLinkedTable"];
  const shown = linkedRows(sight, field, row).flatMap((linked) => {
    const target = linked.sight.table.fields.find((candidate) => candidate.id === targetId);
    if (target === undefined) return [];
    const cell = linked.row.cells.get(target.id);
    const value =
      cell === undefined
        ? showComputed(linked.sight, target, linked.row)
        : showCell(linked.sight, target, cell);
    return value === undefined ? [] : value;
  });
  return shown.length === 0 ? undefined : shown;
}
