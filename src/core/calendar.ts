// Days and instants without a clock: pure arithmetic on the proleptic Gregorian calendar, and zones
// through the language's own tables. A day has no zone; it becomes an instant only where a mapping
// says in which zone.

const dayMs = 86_400_000;

/** Days since 1970-01-01 of a calendar day. */
function dayNumber(year: number, month: number, dayOfMonth: number): number {
  // Years are counted from March, so that the leap day is a year's last day.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** `YYYY-MM-DD` to ms of its midnight in UTC; null when the text is no such day. */
export function utcMidnightMs(dayText: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(dayText);
  if (match === null) return null;
  const [year, month, dayOfMonth] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || dayOfMonth < 1) return null;
  const first = dayNumber(year, month, 1);
  const next = month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1);
  return dayOfMonth > next - first ? null : (first + dayOfMonth - 1) * dayMs;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-CA-u-hc-h23", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

function partsIn(zone: string, atMs: number): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const part of formatFor(zone).formatToParts(atMs)) parts[part.type] = part.value;
  return parts;
}

/** The calendar day an instant falls on in a zone. */
export function dayIn(zone: string, atMs: number): string {
  return dayOf(partsIn(zone, atMs));
}

function dayOf(parts: Readonly<Record<string, string>>): string {
  return `${parts["year"]?.padStart(4, "0")}-${parts["month"]}-${parts["day"]}`;
}

/** The first instant of a calendar day in a zone; null when the text is no day. */
export function midnightIn(zone: string, dayText: string): number | null {
  return instantIn(zone, dayText, "00:00");
}

/**
 * The first instant at which clocks in a zone show `HH:mm` on a day; where they skip it, the instant as
 * far behind the change as the time is. Null when the texts are no day or no time.
 */
export function instantIn(zone: string, dayText: string, time: string): number | null {
  const midnight = utcMidnightMs(dayText);
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  if (midnight === null || match === null) return null;
  const utc = midnight + Number(match[1]) * 3_600_000 + Number(match[2]) * 60_000;
  // Zones are less than a day off UTC and change at most once in these two days. Where a clock is put
  // back over midnight there are two, and the larger offset gives the first.
  const [before, after] = [offsetMs(zone, utc - dayMs), offsetMs(zone, utc + dayMs)];
  for (const offset of [Math.max(before, after), Math.min(before, after)]) {
    if (offsetMs(zone, utc - offset) === offset) return utc - offset;
  }
  // A clock put forward never shows the times it skips: a day without 00:00 starts at the change itself.
  return utc - before;
}

function offsetMs(zone: string, atMs: number): number {
  const parts = partsIn(zone, atMs);
  const wall =
    (utcMidnightMs(dayOf(parts)) ?? 0) +
    Number(parts["hour"]) * 3_600_000 +
    Number(parts["minute"]) * 60_000 +
    Number(parts["second"]) * 1_000;
  return wall - Math.floor(atMs / 1_000) * 1_000;
}

/** Whether the language knows the zone. */
export function isZone(zone: string): boolean {
  try {
    formatFor(zone);
    return true;
  } catch {
    return false;
  }
}
