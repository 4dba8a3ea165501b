// Dates and times. A `date` is a bare calendar day; a `dateTime` is always given in UTC with
// milliseconds and takes the same (Airtable docs: Field types). Neither holds a range.
import { utcMidnightMs } from "../../../core/calendar.ts";
import { day, empty, instant, unknown, type Value } from "../../../core/value.ts";
import { cell, oddCell, refused, refusedKind, type Codec, type Encoded } from "./codec.ts";

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** An ISO instant with its zone as ms since 1970; null when the text is none. */
export function parseInstantMs(content: string): number | null {
  if (!isoInstant.test(content)) return null;
  const ms = Date.parse(content);
  return Number.isNaN(ms) ? null : ms;
}

/** By shape, not by declared type: computed date fields give either form. */
function decodeDate(content: unknown): Value {
  if (typeof content !== "string") return oddCell(content);
  if (utcMidnightMs(content) !== null) return day(content);
  const ms = parseInstantMs(content);
  return ms === null ? unknown("undecodable") : instant(ms);
}

const noRange = "Airtable dates have no end, and this one has";

function encodeDay(value: Value): Encoded {
  if (value.kind === "empty") return cell(null);
  if (value.kind !== "day") return refusedKind(value, "days");
  if (value.end !== null) return refused(noRange);
  return cell(value.start);
}

function encodeInstant(value: Value): Encoded {
  if (value.kind === "empty") return cell(null);
  if (value.kind !== "instant") return refusedKind(value, "instants");
  if (value.endMs !== null) return refused(noRange);
  const at = new Date(value.startMs);
  const year = at.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9_999) return refused("the year is out of range");
  return cell(at.toISOString());
}

export const dayCodec: Codec = { absent: empty, decode: decodeDate, encode: encodeDay };

export const instantCodec: Codec = { absent: empty, decode: decodeDate, encode: encodeInstant };
