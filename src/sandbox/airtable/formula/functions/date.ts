// Date functions. All arithmetic is in UTC; only formatting knows zones.
import { formatDate, isoWeek, parseByPattern } from "../date-format.ts";
import { define, type FormulaFunction } from "../function.ts";
import {
  date,
  formulaError,
  isDate,
  isError,
  toInstantMs,
  toNumber,
  toText,
  type FormulaValue,
} from "../value.ts";
import { isZone, wallClock, type WallClock } from "../zone.ts";

const unitMs: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};

const shortUnits: Readonly<Record<string, string>> = {
  ms: "millisecond",
  s: "second",
  m: "minute",
  h: "hour",
  d: "day",
  w: "week",
  M: "month",
  Q: "quarter",
  y: "year",
};

const unitMonths: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

function unitOf(value: FormulaValue): string {
  const written = toText(value);
  return shortUnits[written] ?? written.toLowerCase().replace(/s$/, "");
}

function addMonths(ms: number, months: number): number {
  const from = new Date(ms);
  const moved = new Date(ms);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  // 31 January and a month is the last of February.
  const daysInMonth = new Date(
    Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0),
  ).getUTCDate();
  moved.setUTCDate(Math.min(from.getUTCDate(), daysInMonth));
  return moved.getTime();
}

function add(args: readonly FormulaValue[]): FormulaValue {
  const [from = null, count = null, unitName = null] = args;
  const ms = toInstantMs(from);
  const unit = unitOf(unitName);
  if (ms === null) return formulaError;
  const months = unitMonths[unit];
  if (months !== undefined) return date(addMonths(ms, Math.trunc(toNumber(count)) * months));
  const each = unitMs[unit];
  return each === undefined ? formulaError : date(ms + toNumber(count) * each);
}

function wholeMonths(fromMs: number, toMs: number): number {
  const from = new Date(fromMs);
  const to = new Date(toMs);
  const months =
    (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  return addMonths(fromMs, months) > toMs ? months - 1 : months;
}

function difference(args: readonly FormulaValue[]): FormulaValue {
  const [left = null, right = null, unitName = "second"] = args;
  const toMs = toInstantMs(left);
  const fromMs = toInstantMs(right);
  if (toMs === null || fromMs === null) return formulaError;
  const unit = unitOf(unitName);
  const months = unitMonths[unit];
  if (months !== undefined) {
    const isForward = toMs >= fromMs;
    const count = isForward ? wholeMonths(fromMs, toMs) : -wholeMonths(toMs, fromMs);
    return Math.trunc(count / months);
  }
  const each = unitMs[unit];
  return each === undefined ? formulaError : Math.trunc((toMs - fromMs) / each);
}

function isSame(args: readonly FormulaValue[]): FormulaValue {
  const [left = null, right = null, unitName = "millisecond"] = args;
  const leftMs = toInstantMs(left);
  const rightMs = toInstantMs(right);
  if (leftMs === null || rightMs === null) return 0;
  const letters: Readonly<Record<string, number>> = {
    year: 4,
    month: 7,
    day: 10,
    hour: 13,
    minute: 16,
    second: 19,
  };
  const length = letters[unitOf(unitName)] ?? 24;
  const cut = (ms: number): string => new Date(ms).toISOString().slice(0, length);
  return cut(leftMs) === cut(rightMs) ? 1 : 0;
}

function ordered(args: readonly FormulaValue[], sign: 1 | -1): FormulaValue {
  const [left = null, right = null] = args;
  const leftMs = toInstantMs(left);
  const rightMs = toInstantMs(right);
  // Text that is no date makes the comparison an error; an empty date only makes it false.
  if (left !== null && left !== "" && leftMs === null) return formulaError;
  if (right !== null && right !== "" && rightMs === null) return formulaError;
  if (leftMs === null || rightMs === null) return 0;
  return (leftMs - rightMs) * sign > 0 ? 1 : 0;
}

function parse(args: readonly FormulaValue[]): FormulaValue {
  const [text = null, pattern = null] = args;
  if (isDate(text)) return text;
  const ms =
    pattern === null
      ? toInstantMs(toText(text))
      : parseByPattern(toText(text), toText(pattern), "UTC");
  return ms === null ? formulaError : date(ms);
}

function withDate(
  value: FormulaValue,
  run: (ms: number, zone: string) => FormulaValue,
): FormulaValue {
  const ms = toInstantMs(value);
  if (ms === null) return value === null || value === "" ? null : formulaError;
  return run(ms, (isDate(value) ? value.zone : null) ?? "UTC");
}

function part(read: (clock: WallClock) => number): FormulaFunction {
  return define(1, 2, ([value = null]) => withDate(value, (ms, zone) => read(wallClock(ms, zone))));
}

export const dateFunctions: Readonly<Record<string, FormulaFunction>> = {
  NOW: define(0, 0, (_args, { row }) => date(row.nowMs)),
  TODAY: define(0, 0, (_args, { row }) => date(row.nowMs - (row.nowMs % 86_400_000))),
  IS_AFTER: define(2, 2, (args) => ordered(args, 1)),
  IS_BEFORE: define(2, 2, (args) => ordered(args, -1)),
  IS_SAME: define(2, 3, isSame),
  DATEADD: define(3, 3, add),
  DATETIME_DIFF: define(2, 3, difference),
  DATETIME_PARSE: define(1, 3, parse),
  DATETIME_FORMAT: define(1, 2, ([value = null, pattern = null]) =>
    withDate(value, (ms, zone) =>
      formatDate(ms, pattern === null ? "YYYY-MM-DDTHH:mm:ssZ" : toText(pattern), zone),
    ),
  ),
  DATESTR: define(1, 1, ([value = null]) =>
    withDate(value, (ms, zone) => formatDate(ms, "YYYY-MM-DD", zone)),
  ),
  TIMESTR: define(1, 1, ([value = null]) =>
    withDate(value, (ms, zone) => formatDate(ms, "HH:mm:ss", zone)),
  ),
  SET_TIMEZONE: define(2, 2, ([value = null, zone = null]) =>
    withDate(value, (ms) => (isZone(toText(zone)) ? date(ms, toText(zone)) : formulaError)),
  ),
  SET_LOCALE: define(2, 2, ([value = null]) => (isError(value) ? formulaError : value)),
  YEAR: part((clock) => clock.year),
  MONTH: part((clock) => clock.month),
  DAY: part((clock) => clock.day),
  HOUR: part((clock) => clock.hour),
  MINUTE: part((clock) => clock.minute),
  SECOND: part((clock) => clock.second),
  WEEKDAY: part((clock) => clock.weekday),
  WEEKNUM: part(isoWeek),
};
