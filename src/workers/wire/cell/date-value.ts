// The content of a date token: four forms, with days as `YYYY-MM-DD` and wall times as `HH:mm`. The
// SDK's helper drops seconds and offsets (SDK 0.9.2, builder), so a time without a zone is one whose
// instant was lost on the way; the sync's own zone stands in.
import { isZone, utcMidnightMs } from "../../../core/calendar.ts";
import type { Cell, Moment } from "../../../core/oneway/cell.ts";
import { isRecord } from "../token.ts";
import { type Decoded, decoded, shown, unread } from "./decoded.ts";

export type DateCell = Extract<Cell, { kind: "date" }>;

/** `zone`: of times that come without one. */
export function readDateValue(raw: unknown, zone: string | null): Decoded {
  if (!isRecord(raw)) return unread("The date is no object.");
  const notes: string[] = [];
  const said = raw["time_zone"];
  const named = typeof said === "string" && said !== "" ? said : null;
  const isKnown = named === null || isZone(named);
  if (!isKnown) notes.push(`The time zone ${shown(named)} is not known, so it was left out.`);
  const inZone = isKnown ? (named ?? zone) : zone;
  const start = readMoment(raw["start_date"], raw["start_time"], inZone);
  if (start === null) return unread(`The date ${shown(say(raw))} is not in the calendar.`);
  if (raw["end_date"] === undefined || raw["end_date"] === null) {
    return decoded({ kind: "date", start, end: null }, ...notes);
  }
  const end = readMoment(raw["end_date"], raw["end_time"], inZone);
  if (end === null || isBefore(end, start)) {
    notes.push("The end is no date after the start, so it was left out.");
    return decoded({ kind: "date", start, end: null }, ...notes);
  }
  return decoded({ kind: "date", start, end }, ...notes);
}

function readMoment(day: unknown, time: unknown, zone: string | null): Moment | null {
  if (typeof day !== "string" || utcMidnightMs(day) === null) return null;
  if (time === undefined || time === null || time === "") return { kind: "day", day };
  const clock =
    typeof time === "string" ? /^(?:[01]\d|2[0-3]):[0-5]\d/u.exec(time)?.[0] : undefined;
  return clock === undefined ? null : { kind: "wall", day, time: clock, zone };
}

/** Both are in one zone, so their texts order them. A day begins with its first minute. */
function isBefore(one: Moment, other: Moment): boolean {
  return textOfMoment(one) < textOfMoment(other);
}

function textOfMoment(moment: Moment): string {
  return moment.kind === "day" ? moment.day : `${moment.day} ${moment.time}`;
}

/** For a date that stands where a text should. */
export function sayDate({ start, end }: DateCell): string {
  return end === null ? textOfMoment(start) : `${textOfMoment(start)} – ${textOfMoment(end)}`;
}

function say(raw: Readonly<Record<string, unknown>>): string {
  return [raw["start_date"], raw["start_time"]]
    .filter((part) => typeof part === "string")
    .join(" ");
}
