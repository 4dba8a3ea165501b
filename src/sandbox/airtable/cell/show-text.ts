// Cells as text, for `cellFormat=string`: one-way, in the field's own format and the reader's zone.
import { formatDate } from "../formula/date-format.ts";
import { fieldValue } from "../formula/field-value.ts";
import { isDate, isError, isList, toText, type FormulaValue } from "../formula/value.ts";
import { isObject, objectAt, stringAt, type JsonObject } from "../json.ts";
import type { Sight } from "../sight.ts";
import type { Field, Row } from "../world.ts";

/** Text of a cell, or `undefined` when it is left out. */
export function showText(sight: Sight, field: Field, row: Row, zone: string): string | undefined {
  if (field.type === "checkbox") return row.cells.has(field.id) ? "checked" : undefined;
  const text = textOf(field, fieldValue(sight, field, row), zone);
  return text === "" ? undefined : text;
}

function textOf(field: Field, value: FormulaValue, zone: string): string {
  if (isList(value)) return value.map((item) => textOf(field, item, zone)).join(", ");
  if (isError(value)) return "#ERROR!";
  if (isDate(value)) return formatDate(value.ms, datePattern(field), dateZone(field, zone));
  if (typeof value === "number") return numberText(field, value);
  return toText(value);
}

/** The options that decide the format: a computed field has them under its result. */
function formatOptions(field: Field): JsonObject {
  const result = field.options?.["result"];
  const options = isObject(result) ? objectAt(result, "options") : field.options;
  return options ?? {};
}

function datePattern(field: Field): string {
  const options = formatOptions(field);
  const day = stringAt(objectAt(options, "dateFormat") ?? {}, "format") ?? "YYYY-MM-DD";
  const time = stringAt(objectAt(options, "timeFormat") ?? {}, "format");
  return time === null ? day : `${day} ${time}`;
}

/** A day has no zone; an instant shows in the field's zone, or in the reader's when that is `client`. */
function dateZone(field: Field, zone: string): string {
  if (field.type === "date") return "UTC";
  const own = stringAt(formatOptions(field), "timeZone");
  return own === null || own === "client" ? zone : own;
}

function numberText(field: Field, number: number): string {
  const options = formatOptions(field);
  const precision = options["precision"];
  const digits = typeof precision === "number" ? precision : null;
  switch (field.type) {
    case "percent":
      return `${(number * 100).toFixed(digits ?? 0)}%`;
    case "currency":
      return `${stringAt(options, "symbol") ?? "$"}${number.toFixed(digits ?? 2)}`;
    case "duration":
      return durationText(number);
    default:
      return digits === null ? String(number) : number.toFixed(digits);
  }
}

function durationText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}
