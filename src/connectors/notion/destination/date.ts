// Moments as the API takes them: a day, a wall time with the name of its zone, or, without a zone, a time
// in UTC. An offset and a zone may not stand together (Notion docs: Page property values).
import { isZone } from "../../../core/calendar.ts";
import type { Moment } from "../../../core/oneway/cell.ts";

export type EncodedDate =
  | { readonly kind: "date"; readonly json: unknown; readonly loss: string | null }
  | { readonly kind: "refused"; readonly why: string };

function zoneOf(moment: Moment): string | null {
  return moment.kind === "day" ? null : moment.zone;
}

/** A day beside a time counts from midnight: a range is either of days or of times. */
function wall(moment: Moment): string {
  return `${moment.day}T${moment.kind === "day" ? "00:00" : moment.time}:00`;
}

export function encodeDate(start: Moment, end: Moment | null): EncodedDate {
  if (start.kind === "day" && (end === null || end.kind === "day")) {
    return { kind: "date", json: { start: start.day, end: end?.day ?? null }, loss: null };
  }
  const zones = new Set([start, end].flatMap((one) => (one?.kind === "wall" ? [one.zone] : [])));
  if (zones.size > 1) return { kind: "refused", why: "its two ends are in different time zones" };
  const zone = zoneOf(start) ?? (end === null ? null : zoneOf(end));
  const isKnown = zone !== null && isZone(zone);
  const mark = isKnown ? "" : "Z";
  return {
    kind: "date",
    json: {
      start: wall(start) + mark,
      end: end === null ? null : wall(end) + mark,
      ...(isKnown ? { time_zone: zone } : {}),
    },
    loss: zone === null || isKnown ? null : `nobody knows the time zone ${zone}; taken as UTC`,
  };
}
