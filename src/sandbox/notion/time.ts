// The service's ways to print instants, and to read dates people and programs send.
//
// Notion keeps date-times to the minute and folds a zone name into an offset: what was sent as
// `18:01:15.377824` with `Europe/London` reads back as `18:01:00.000+01:00` with a null zone (recorded
// traffic, ultimate-notion test_date_query).

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Pages, blocks, data sources: minute precision, `Z`. */
export function minuteStamp(atMs: number): string {
  return new Date(floorToMinute(atMs)).toISOString();
}

/** Databases and views: milliseconds, `+00:00`. */
export function exactStamp(atMs: number): string {
  return new Date(atMs).toISOString().replace("Z", "+00:00");
}

export function floorToMinute(atMs: number): number {
  return Math.floor(atMs / minuteMs) * minuteMs;
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const timePattern =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** A calendar day, or an instant with the offset it is shown in. */
export type Moment =
  | { readonly kind: "day"; readonly day: string; readonly atMs: number }
  | { readonly kind: "time"; readonly atMs: number; readonly offsetMinutes: number };

/** Reads an ISO date or date-time, floored to the minute; `null` when it is neither. */
export function parseMoment(text: string, zone: string | null = null): Moment | null {
  if (dayPattern.test(text)) {
    const atMs = Date.parse(`${text}T00:00:00Z`);
    return Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 10) !== text
      ? null
      : { kind: "day", day: text, atMs };
  }
  const match = timePattern.exec(text);
  if (match === null) return null;
  const [, day = "", clock = "", , offset] = match;
  const wallMs = Date.parse(`${day}T${clock}:00Z`);
  if (Number.isNaN(wallMs)) return null;
  if (zone !== null) {
    // An offset beside a zone is the instant; the zone then only says how to show it.
    const atMs = offset === undefined ? wallInZone(wallMs, zone) : wallMs - readOffset(offset);
    return { kind: "time", atMs, offsetMinutes: zoneOffsetMs(atMs, zone) / minuteMs };
  }
  const offsetMs = offset === undefined ? 0 : readOffset(offset);
  return { kind: "time", atMs: wallMs - offsetMs, offsetMinutes: offsetMs / minuteMs };
}

/** A moment as date properties print it. */
export function printMoment(moment: Moment): string {
  if (moment.kind === "day") return moment.day;
  const wall = new Date(moment.atMs + moment.offsetMinutes * minuteMs).toISOString();
  const sign = moment.offsetMinutes < 0 ? "-" : "+";
  const minutes = Math.abs(moment.offsetMinutes);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${wall.slice(0, 16)}:00.000${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

export function isTimeZone(zone: string): boolean {
  try {
    zoneFormat(zone);
    return true;
  } catch {
    return false;
  }
}

/** Midnight UTC of the day an instant falls on. */
export function startOfDay(atMs: number): number {
  return Math.floor(atMs / dayMs) * dayMs;
}

/** Adds calendar months, clamped to the month's last day. */
export function addMonths(atMs: number, months: number): number {
  const date = new Date(atMs);
  const dayOfMonth = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(dayOfMonth, last));
  return date.getTime();
}

function readOffset(text: string): number {
  if (text.toUpperCase() === "Z") return 0;
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/[^\d]/g, "");
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * minuteMs;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  formats.set(zone, made);
  return made;
}

function zoneOffsetMs(atMs: number, zone: string): number {
  const name = zoneFormat(zone)
    .formatToParts(atMs)
    .find((part) => part.type === "timeZoneName")?.value;
  const offset = name?.replace("GMT", "") ?? "";
  return offset === "" ? 0 : readOffset(offset);
}

function wallInZone(wallMs: number, zone: string): number {
  // Two steps settle every case but the skipped hour, where the later reading is kept.
  const guess = wallMs - zoneOffsetMs(wallMs, zone);
  return wallMs - zoneOffsetMs(guess, zone);
}
