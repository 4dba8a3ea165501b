// Date patterns in Moment's letters, as DATETIME_FORMAT, DATETIME_PARSE and `cellFormat=string` use them.
import { fromWallClock, wallClock, type WallClock } from "./zone.ts";

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Locale shorthands, in their American form. */
const shorthands: Readonly<Record<string, string>> = {
  LT: "h:mm A",
  LTS: "h:mm:ss A",
  L: "MM/DD/YYYY",
  l: "M/D/YYYY",
  LL: "MMMM D, YYYY",
  ll: "MMM D, YYYY",
  LLL: "MMMM D, YYYY h:mm A",
  lll: "MMM D, YYYY h:mm A",
  LLLL: "dddd, MMMM D, YYYY h:mm A",
  llll: "ddd, MMM D, YYYY h:mm A",
};

const shorthandPattern = /\[[^\]]*\]|LTS?|LL?L?L?|ll?l?l?/g;
const tokenPattern =
  /\[[^\]]*\]|YYYY|YY|MMMM|MMM|MM|M|DD|Do|D|dddd|ddd|d|E|HH|H|hh|h|mm|m|ss|s|SSS|SS|S|A|a|ZZ|Z|X|x|Q|WW|W|ww|w/g;

function pad(number: number, width: number): string {
  return String(number).padStart(width, "0");
}

function ordinal(day: number): string {
  const isTeen = day >= 11 && day <= 13;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][day % 10] ?? "th");
  return `${day}${ending}`;
}

function offsetText(minutes: number, separator: string): string {
  const sign = minutes < 0 ? "-" : "+";
  const size = Math.abs(minutes);
  return `${sign}${pad(Math.floor(size / 60), 2)}${separator}${pad(size % 60, 2)}`;
}

/** Number of the ISO week. */
export function isoWeek(clock: WallClock): number {
  const day = Date.UTC(clock.year, clock.month - 1, clock.day);
  const thursday = day + (4 - (clock.weekday || 7)) * 86_400_000;
  const firstOfYear = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return Math.floor((thursday - firstOfYear) / (7 * 86_400_000)) + 1;
}

function tokenTable(clock: WallClock, atMs: number): Readonly<Record<string, string>> {
  const twelve = clock.hour % 12 === 0 ? 12 : clock.hour % 12;
  const month = months[clock.month - 1] ?? "";
  const day = days[clock.weekday] ?? "";
  return {
    YYYY: pad(clock.year, 4),
    YY: pad(clock.year % 100, 2),
    Q: String(Math.ceil(clock.month / 3)),
    MMMM: month,
    MMM: month.slice(0, 3),
    MM: pad(clock.month, 2),
    M: String(clock.month),
    DD: pad(clock.day, 2),
    D: String(clock.day),
    Do: ordinal(clock.day),
    dddd: day,
    ddd: day.slice(0, 3),
    d: String(clock.weekday),
    E: String(clock.weekday || 7),
    HH: pad(clock.hour, 2),
    H: String(clock.hour),
    hh: pad(twelve, 2),
    h: String(twelve),
    mm: pad(clock.minute, 2),
    m: String(clock.minute),
    ss: pad(clock.second, 2),
    s: String(clock.second),
    SSS: pad(clock.ms, 3),
    SS: pad(Math.floor(clock.ms / 10), 2),
    S: String(Math.floor(clock.ms / 100)),
    A: clock.hour < 12 ? "AM" : "PM",
    a: clock.hour < 12 ? "am" : "pm",
    Z: offsetText(clock.offsetMinutes, ":"),
    ZZ: offsetText(clock.offsetMinutes, ""),
    X: String(Math.floor(atMs / 1000)),
    x: String(atMs),
    W: String(isoWeek(clock)),
    WW: pad(isoWeek(clock), 2),
    w: String(isoWeek(clock)),
    ww: pad(isoWeek(clock), 2),
  };
}

function spellOut(pattern: string): string {
  return pattern.replace(shorthandPattern, (found) => shorthands[found] ?? found);
}

/** An instant in a pattern, on the clock of a zone. */
export function formatDate(atMs: number, pattern: string, zone: string): string {
  const table = tokenTable(wallClock(atMs, zone), atMs);
  return spellOut(pattern).replace(tokenPattern, (token) =>
    token.startsWith("[") ? token.slice(1, -1) : (table[token] ?? token),
  );
}

/** Reads text by a pattern, on the clock of a zone; `null` when it does not fit. */
export function parseByPattern(text: string, pattern: string, zone: string): number | null {
  const names: string[] = [];
  const source = spellOut(pattern)
    .replace(/[.*+?^${}()|\\]/g, String.raw`\$&`)
    .replace(tokenPattern, (token) => {
      if (token.startsWith("[")) return token.slice(1, -1);
      names.push(token);
      if (token === "MMMM" || token === "MMM" || token.startsWith("ddd")) return "([A-Za-z]+)";
      if (token === "A" || token === "a") return "([AaPp][Mm])";
      if (token === "Z" || token === "ZZ") return String.raw`(Z|[+-]\d{2}:?\d{2})`;
      if (token === "YYYY") return String.raw`(\d{4})`;
      if (token === "Do") return String.raw`(\d{1,2})(?:st|nd|rd|th)`;
      return String.raw`(\d+)`;
    });
  const match = new RegExp(`^\\s*${source}\\s*$`, "i").exec(text);
  if (match === null) return null;
  return assemble(new Map(names.map((name, index) => [name, match[index + 1] ?? ""])), zone);
}

function assemble(found: ReadonlyMap<string, string>, zone: string): number | null {
  const number = (...names: string[]): number | null => {
    const name = names.find((candidate) => found.has(candidate));
    return name === undefined ? null : Number(found.get(name));
  };
  const epochSeconds = number("X");
  if (epochSeconds !== null) return epochSeconds * 1000;
  const epochMs = number("x");
  if (epochMs !== null) return epochMs;
  const named = (found.get("MMMM") ?? found.get("MMM"))?.slice(0, 3).toLowerCase();
  const month =
    named === undefined
      ? (number("MM", "M") ?? 1)
      : months.findIndex((name) => name.slice(0, 3).toLowerCase() === named) + 1;
  const shortYear = number("YY");
  const year = number("YYYY") ?? (shortYear === null ? null : 2000 + shortYear);
  if (year === null || month < 1 || month > 12) return null;
  const half = (found.get("A") ?? found.get("a"))?.toLowerCase();
  const hour = number("HH", "H", "hh", "h") ?? 0;
  const hour24 = half === undefined ? hour : (hour % 12) + (half === "pm" ? 12 : 0);
  const asUtcMs = Date.UTC(
    year,
    month - 1,
    number("DD", "D", "Do") ?? 1,
    hour24,
    number("mm", "m") ?? 0,
    number("ss", "s") ?? 0,
    number("SSS") ?? 0,
  );
  const offset = found.get("Z") ?? found.get("ZZ");
  if (offset === undefined) return fromWallClock(asUtcMs, zone);
  if (offset.toUpperCase() === "Z") return asUtcMs;
  const digits = offset.replace(/\D/g, "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return asUtcMs - (offset.startsWith("-") ? -1 : 1) * minutes * 60_000;
}
