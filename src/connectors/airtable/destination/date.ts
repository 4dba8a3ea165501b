// Moments as the API takes them: a day for a `date`, an instant in UTC for a `dateTime`. Neither holds a
// range or a zone of its own (Airtable docs: Field model).
import { instantIn, isZone, utcMidnightMs } from "../../../core/calendar.ts";
import type { Moment } from "../../../core/oneway/cell.ts";
import type { Column } from "./column.ts";

export type EncodedDate =
  | { readonly kind: "date"; readonly json: string; readonly losses: readonly string[] }
  | { readonly kind: "refused"; readonly why: string };

function lossesOf(moment: Moment, end: Moment | null, isUnknownZone: boolean): readonly string[] {
  const zone = moment.kind === "wall" ? moment.zone : null;
  return [
    ...(end === null ? [] : ["its end was left out: dates in Airtable have none"]),
    ...(isUnknownZone ? [`nobody knows the time zone ${zone}; taken as UTC`] : []),
  ];
}

/** A day in a field of times is the midnight that people see there. */
export function encodeDate(column: Column, start: Moment, end: Moment | null): EncodedDate {
  if (utcMidnightMs(start.day) === null) return { kind: "refused", why: "no day of the calendar" };
  if (column.type === "date") {
    return { kind: "date", json: start.day, losses: lossesOf(start, end, false) };
  }
  const said = start.kind === "day" ? column.zone : (start.zone ?? "utc");
  const isKnown = isZone(said);
  const time = start.kind === "day" ? "00:00" : start.time;
  const ms = instantIn(isKnown ? said : "utc", start.day, time);
  if (ms === null) return { kind: "refused", why: "no time of day" };
  const json = new Date(ms).toISOString();
  return { kind: "date", json, losses: lossesOf(start, end, !isKnown && start.kind === "wall") };
}
