// Dates and stamps. A bare day has no zone and stays a day. A time is read as an instant and cut down
// to the minute, as the service cuts it when written (recorded traffic, ultimate-notion: 40 dates with
// seconds came back without). The service folds a named zone into an offset and forgets the name.
import { utcMidnightMs } from "../../../core/calendar.ts";
import { day, empty, instant, unknown, type Value } from "../../../core/value.ts";
import { limits } from "../limits.ts";
import { computedEncode, content, isRecord, refused, refusedKind, type Codec } from "./codec.ts";

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** An ISO instant with its zone as ms since 1970; null when the text is none. */
export function parseInstantMs(iso: unknown): number | null {
  if (typeof iso !== "string" || !isoInstant.test(iso)) return null;
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? null : ms;
}

export function floorToStep(ms: number): number {
  return Math.floor(ms / limits.stampStepMs) * limits.stampStepMs;
}

function minuteMs(iso: unknown): number | null {
  const ms = parseInstantMs(iso);
  return ms === null ? null : floorToStep(ms);
}

function isDay(thing: unknown): thing is string {
  return typeof thing === "string" && utcMidnightMs(thing) !== null;
}

function decodeDate(json: unknown): Value {
  if (json === null) return empty;
  if (!isRecord(json)) return unknown("undecodable");
  const { start, end } = json;
  // Roll-ups over no dates at all give a date object without a start (recorded).
  if (start === null && (end === null || end === undefined)) return empty;
  const isSingle = end === null || end === undefined;
  if (isDay(start)) {
    if (isSingle) return day(start);
    return isDay(end) ? day(start, end) : unknown("undecodable");
  }
  const startMs = minuteMs(start);
  const endMs = isSingle ? null : minuteMs(end);
  if (startMs === null || (!isSingle && endMs === null)) return unknown("undecodable");
  return instant(startMs, endMs);
}

/** ISO text in UTC; null when the year has no four digits. */
function isoMinute(ms: number): string | null {
  const at = new Date(floorToStep(ms));
  const year = at.getUTCFullYear();
  return Number.isNaN(year) || year < 0 || year > 9_999 ? null : at.toISOString();
}

export const dateCodec: Codec = {
  decode: decodeDate,
  encode: (value) => {
    if (value.kind === "empty") return content(null);
    if (value.kind === "day") return content({ start: value.start, end: value.end });
    if (value.kind !== "instant") return refusedKind(value, "dates");
    const start = isoMinute(value.startMs);
    const end = value.endMs === null ? null : isoMinute(value.endMs);
    if (start === null || (value.endMs !== null && end === null)) {
      return refused("the year is out of range");
    }
    return content({ start, end });
  },
};

/** `created_time` and `last_edited_time`: one bare instant. */
export const stampCodec: Codec = {
  decode: (json) => {
    const ms = minuteMs(json);
    return ms === null ? unknown("undecodable") : instant(ms);
  },
  encode: computedEncode,
};
