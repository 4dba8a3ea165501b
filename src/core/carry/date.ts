// Days and instants. A side that keeps no time of day makes both agree to the day, in the mapping's
// zone; a side that keeps whole minutes makes both agree to the minute. A range loses its end on a
// side that has none, and is then marked lossy.
import type { Bridge, BridgeInput, Carried } from "../bridge.ts";
import { dayIn, midnightIn, utcMidnightMs } from "../calendar.ts";
import type { Kind } from "../schema.ts";
import { sided } from "../side.ts";
import { day, empty, instant, valueKey, type Value } from "../value.ts";
import { fitText, plainText } from "./text.ts";

interface Precision {
  readonly zone: string;
  /** Both sides can hold a time of day. */
  readonly hasTime: boolean;
  readonly hasRange: boolean;
  readonly stepMs: number;
}

function precisionOf(input: BridgeInput): Precision {
  const kinds = [input.left, input.right];
  const dates = kinds.flatMap((kind) => (kind.kind === "date" ? [kind] : []));
  return {
    zone: input.carry.zone ?? "UTC",
    hasTime: dates.every((kind) => kind.time !== "none"),
    hasRange: dates.every((kind) => kind.hasRange),
    stepMs: Math.max(1, ...dates.map((kind) => kind.stepMs)),
  };
}

/** Between the start and the end of a range, in a text field. */
const rangeSign = " → ";

/** A date in a text field: an ISO day, an ISO instant with its zone, or a range of two alike. */
function parseDateText(content: string): Value | null {
  const [first, second, ...rest] = content.split(rangeSign.trim());
  const start = parseMoment(first ?? "");
  if (second === undefined || rest.length > 0) return second === undefined ? start : null;
  const end = parseMoment(second);
  if (start?.kind === "day" && end?.kind === "day") return day(start.start, end.start);
  if (start?.kind !== "instant" || end?.kind !== "instant") return null;
  return instant(start.startMs, end.startMs);
}

function parseMoment(content: string): Value | null {
  const trimmed = content.trim();
  if (utcMidnightMs(trimmed) !== null) return day(trimmed);
  const match =
    /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d{2}:\d{2})$/.exec(
      trimmed,
    );
  if (match === null) return null;
  const midnight = utcMidnightMs(match[1] ?? "");
  if (midnight === null) return null;
  const zone = match[6] ?? "Z";
  const offsetMin =
    zone === "Z"
      ? 0
      : (zone.startsWith("-") ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)));
  const timeMs =
    ((Number(match[2]) * 60 + Number(match[3])) * 60 + Number(match[4] ?? 0)) * 1_000 +
    Number((match[5] ?? "0").padEnd(3, "0"));
  return instant(midnight + timeMs - offsetMin * 60_000);
}

function asDate(value: Value): Value | null {
  if (value.kind === "day" || value.kind === "instant" || value.kind === "empty") return value;
  const content = plainText(value);
  return content === null ? null : parseDateText(content);
}

function floor(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}

function canonDate(value: Value, precision: Precision): string {
  const date = asDate(value);
  if (date === null) return valueKey(value);
  const { zone, stepMs } = precision;
  if (date.kind === "instant") {
    const endMs = precision.hasRange ? date.endMs : null;
    if (precision.hasTime) {
      return valueKey(
        instant(floor(date.startMs, stepMs), endMs === null ? null : floor(endMs, stepMs)),
      );
    }
    return valueKey(day(dayIn(zone, date.startMs), endMs === null ? null : dayIn(zone, endMs)));
  }
  if (date.kind !== "day") return valueKey(date);
  const end = precision.hasRange ? date.end : null;
  return valueKey(day(date.start, end));
}

/** Text of a date for a text field. */
function dateText(date: Value): string {
  if (date.kind === "day")
    return date.end === null ? date.start : `${date.start}${rangeSign}${date.end}`;
  if (date.kind !== "instant") return "";
  const iso = (ms: number): string => {
    const time = ((ms % 86_400_000) + 86_400_000) % 86_400_000;
    const part = (value: number, width = 2): string => String(value).padStart(width, "0");
    return `${dayIn("UTC", ms)}T${part(Math.floor(time / 3_600_000))}:${part(Math.floor(time / 60_000) % 60)}:${part(Math.floor(time / 1_000) % 60)}.${part(time % 1_000, 3)}Z`;
  };
  return date.endMs === null
    ? iso(date.startMs)
    : `${iso(date.startMs)}${rangeSign}${iso(date.endMs)}`;
}

function carryDate(target: Kind, date: Value, zone: string): Carried {
  if (date.kind === "empty") return { kind: "value", value: empty, isLossy: false };
  if (target.kind !== "date") return fitText(dateText(date), target, false);
  if (date.kind === "day") {
    const isLossy = date.end !== null && !target.hasRange;
    const end = target.hasRange ? date.end : null;
    if (target.time !== "required") return { kind: "value", value: day(date.start, end), isLossy };
    const startMs = midnightIn(zone, date.start);
    const endMs = end === null ? null : midnightIn(zone, end);
    if (startMs === null) return { kind: "refused", why: `${date.start} is no calendar day` };
    return { kind: "value", value: instant(startMs, endMs), isLossy };
  }
  if (date.kind !== "instant") return { kind: "refused", why: "the value is no date" };
  const isLossy = date.endMs !== null && !target.hasRange;
  const endMs = target.hasRange ? date.endMs : null;
  if (target.time === "none") {
    const end = endMs === null ? null : dayIn(zone, endMs);
    return { kind: "value", value: day(dayIn(zone, date.startMs), end), isLossy };
  }
  const cut = (ms: number): number => floor(ms, target.stepMs);
  const value = instant(cut(date.startMs), endMs === null ? null : cut(endMs));
  return { kind: "value", value, isLossy };
}

export function bridgeDates(input: BridgeInput): Bridge {
  const kinds = { left: input.left, right: input.right };
  const precision = precisionOf(input);
  // A day and an instant agree only where one side must have a time and so cannot hold a bare day.
  const mustHaveTime = [input.left, input.right].some(
    (kind) => kind.kind === "date" && kind.time === "required",
  );
  const canonOf = (value: Value): string => {
    const date = asDate(value);
    if (mustHaveTime && precision.hasTime && date?.kind === "day") {
      const startMs = midnightIn(precision.zone, date.start);
      const endMs = date.end === null ? null : midnightIn(precision.zone, date.end);
      return startMs === null ? valueKey(value) : canonDate(instant(startMs, endMs), precision);
    }
    return canonDate(value, precision);
  };
  const losses = [
    ...(precision.hasTime ? [] : ["the time of day"]),
    ...(precision.hasRange ? [] : ["the end of a range"]),
    ...(precision.hasTime && precision.stepMs >= 60_000 ? ["seconds"] : []),
  ];
  return {
    grade: losses.length === 0 ? "exact" : "lossy",
    loss: losses.length === 0 ? null : losses.join(", "),
    canon: sided(() => canonOf),
    carry: (to, value) => {
      const date = asDate(value);
      if (date === null) return { kind: "refused", why: "the text is no ISO date" };
      return carryDate(kinds[to], date, precision.zone);
    },
  };
}
