// Date cells. A `date` has no zone; a `dateTime` without one is read in the field's own zone.
import { parseByPattern } from "../formula/date-format.ts";
import { parseIso } from "../formula/value.ts";
import { fromWallClock } from "../formula/zone.ts";
import type { Json } from "../json.ts";
import { invalidValue, unparsableValue } from "../refusal.ts";
import type { Field } from "../world.ts";
import type { WriteBatch } from "./batch.ts";
import type { Cell } from "./cell.ts";

const loosePatterns = [
  "M/D/YYYY",
  "M/D/YYYY H:mm",
  "M/D/YYYY h:mma",
  "MMMM D, YYYY",
  "D MMMM YYYY",
];

/** A day. An ISO date-time is cut to its first ten letters. */
export function readDay(batch: WriteBatch, field: Field, value: Json): Cell | null {
  if (value === null || value === "") return null;
  if (typeof value !== "string") throw invalidValue(field.name);
  if (parseIso(value) !== null && /^\d{4}-\d{2}-\d{2}/.test(value)) {
    return { kind: "text", text: value.slice(0, 10) };
  }
  const ms = batch.isTypecast ? parseLoosely(value, "UTC") : null;
  if (ms !== null) return { kind: "text", text: new Date(ms).toISOString().slice(0, 10) };
  if (batch.isTypecast) return null;
  throw unparsableValue(field.name, value);
}

/** An instant; epoch milliseconds are taken too (recorded). */
export function readInstant(batch: WriteBatch, field: Field, value: Json): Cell | null {
  if (value === null || value === "") return null;
  if (typeof value === "number") return { kind: "instant", ms: value };
  if (typeof value !== "string") throw invalidValue(field.name);
  const zone = field.options?.["timeZone"];
  const ms = parseInstant(value, typeof zone === "string" ? zone : "utc");
  if (ms !== null) return { kind: "instant", ms };
  const loose = batch.isTypecast
    ? parseLoosely(value, typeof zone === "string" ? zone : "utc")
    : null;
  if (loose !== null) return { kind: "instant", ms: loose };
  if (batch.isTypecast) return null;
  throw unparsableValue(field.name, value);
}

function parseInstant(text: string, zone: string): number | null {
  const ms = parseIso(text);
  if (ms === null) return null;
  const hasZone = /(?:Z|\d{2}[+-]\d{2}:?\d{2})\s*$/i.test(text);
  return hasZone ? ms : fromWallClock(ms, zone);
}

function parseLoosely(text: string, zone: string): number | null {
  for (const pattern of loosePatterns) {
    const ms = parseByPattern(text, pattern, zone);
    if (ms !== null) return ms;
  }
  return null;
}
