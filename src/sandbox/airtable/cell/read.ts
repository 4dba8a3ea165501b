// From a written JSON value to a stored cell, by family; `null` is an empty cell. Refuses what the service
// refuses, and with typecast converts what it converts (Airtable reference, section 5.1).
//
// Numbers are stored as sent: whether the service rounds them to the field's precision is not known.
import { kindOf } from "../field/kind.ts";
import { isObject, stringAt, type Json } from "../json.ts";
import { computedField, invalidValue, unparsableValue } from "../refusal.ts";
import type { Field } from "../world.ts";
import type { WriteBatch } from "./batch.ts";
import type { Cell } from "./cell.ts";
import { readChoice, readChoices } from "./choice.ts";
import { readDay, readInstant } from "./date.ts";
import { readFiles } from "./file.ts";
import { readLinks } from "./link.ts";
import { readPeople, readPerson } from "./person.ts";
import { clearedRichText, normalizeRichText } from "./rich-text.ts";

const textCharsMax = 100_000;

export function readCell(batch: WriteBatch, field: Field, value: Json): Cell | null {
  const { family } = kindOf(field.type);
  switch (family) {
    case "text":
      return text(readText(batch, field, value));
    case "richText": {
      const written = readText(batch, field, value);
      return { kind: "text", text: written === "" ? clearedRichText : normalizeRichText(written) };
    }
    case "number":
      return readNumber(batch, field, value);
    case "rating":
      return readRating(batch, field, value);
    case "checkbox":
      return readCheckbox(batch, field, value);
    case "choice":
      return readChoice(batch, field, value);
    case "choices":
      return readChoices(batch, field, value);
    case "date":
      return readDay(batch, field, value);
    case "dateTime":
      return readInstant(batch, field, value);
    case "links":
      return readLinks(batch, field, value);
    case "files":
      return readFiles(batch, field, value);
    case "person":
      return readPerson(batch, field, value);
    case "people":
      return readPeople(batch, field, value);
    case "barcode":
      return readBarcode(batch, field, value);
    case "autoNumber":
    case "computed":
      throw computedField(field.name);
  }
}

function text(written: string): Cell | null {
  return written === "" ? null : { kind: "text", text: written };
}

function readText(batch: WriteBatch, field: Field, value: Json): string {
  const written = value === null ? "" : textOrNull(batch, value);
  if (written === null || written.length > textCharsMax) throw invalidValue(field.name);
  return written;
}

function textOrNull(batch: WriteBatch, value: Json): string | null {
  if (typeof value === "string") return value;
  if (!batch.isTypecast) return null;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? value.map(String).join(", ") : null;
}

function readNumber(batch: WriteBatch, field: Field, value: Json): Cell | null {
  if (value === null) return null;
  if (typeof value === "number") return { kind: "number", number: value };
  if (typeof value !== "string" || !batch.isTypecast) throw invalidValue(field.name);
  const isPercent = field.type === "percent" && value.trim().endsWith("%");
  const digits = value.replace(/[^0-9.eE+-]/g, "");
  const number = Number(digits);
  // Text that holds no number empties the cell: typecast is best-effort.
  if (digits === "" || Number.isNaN(number)) return null;
  return { kind: "number", number: isPercent ? number / 100 : number };
}

function readRating(batch: WriteBatch, field: Field, value: Json): Cell | null {
  const cell = readNumber(batch, field, value);
  const max = field.options?.["max"];
  const top = typeof max === "number" ? max : 10;
  if (cell?.kind !== "number") return null;
  if (!Number.isInteger(cell.number) || cell.number < 1 || cell.number > top) {
    throw invalidValue(field.name);
  }
  return cell;
}

function readCheckbox(batch: WriteBatch, field: Field, value: Json): Cell | null {
  if (value === null || value === false) return null;
  if (value === true) return { kind: "checked" };
  if (!batch.isTypecast) throw invalidValue(field.name);
  const isChecked =
    typeof value === "number"
      ? value !== 0
      : typeof value === "string" && /^(?:true|checked|yes|1|on)$/i.test(value.trim());
  return isChecked ? { kind: "checked" } : null;
}

function readBarcode(batch: WriteBatch, field: Field, value: Json): Cell | null {
  if (value === null) return null;
  if (typeof value === "string" && batch.isTypecast) {
    return value === "" ? null : { kind: "barcode", text: value, type: null };
  }
  if (!isObject(value)) throw invalidValue(field.name);
  const written = stringAt(value, "text");
  if (written === null) throw unparsableValue(field.name, value);
  return { kind: "barcode", text: written, type: stringAt(value, "type") };
}
