// The formula functions that need no laziness. An unknown name is `undefined`: unsupported.
import { addMonths, startOfDay, type Moment } from "../time.ts";
import { formatMoment } from "./format-date.ts";
import {
  asNumber,
  asText,
  compareValues,
  isMoment,
  isTruthy,
  type FormulaValue,
} from "./formula-value.ts";

const dayMs = 86_400_000;
const unitMs: Readonly<Record<string, number>> = {
  milliseconds: 1,
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
  days: dayMs,
  weeks: 7 * dayMs,
};
const unitMonths: Readonly<Record<string, number>> = { months: 1, quarters: 3, years: 12 };

export function callFunction(
  name: string,
  values: readonly FormulaValue[],
  nowMs: number,
): FormulaValue | undefined {
  const first = values[0] ?? null;
  switch (name) {
    case "now":
      return instant(Math.floor(nowMs / 60_000) * 60_000);
    case "today":
      return instant(startOfDay(nowMs));
    case "empty":
      return !isTruthy(first);
    case "not":
      return !isTruthy(first);
    case "format":
      return asText(first);
    case "toNumber":
      return asNumber(first);
    case "length":
      return Array.isArray(first) ? first.length : asText(first).length;
    case "lower":
      return asText(first).toLowerCase();
    case "upper":
      return asText(first).toUpperCase();
    case "trim":
      return asText(first).trim();
    case "concat":
      return values.map(asText).join("");
    case "join":
      return Array.isArray(first) ? first.map(asText).join(asText(values[1] ?? "")) : asText(first);
    case "includes":
      if (Array.isArray(first)) {
        return first.some((item) => compareValues(item, values[1] ?? null) === 0);
      }
      return asText(first).includes(asText(values[1] ?? ""));
    case "contains":
      return asText(first)
        .toLowerCase()
        .includes(asText(values[1] ?? "").toLowerCase());
    case "equal":
      return asText(first) === asText(values[1] ?? null);
    case "abs":
    case "floor":
    case "ceil":
    case "round":
    case "sign":
    case "sqrt":
      return mathOf(name, asNumber(first));
    case "min":
    case "max":
    case "sum":
    case "add":
      return ofAll(name, values);
  }
  return callDateFunction(name, values);
}

function mathOf(
  name: "abs" | "floor" | "ceil" | "round" | "sign" | "sqrt",
  value: number | null,
): FormulaValue {
  return value === null ? null : Math[name](value);
}

function ofAll(name: "min" | "max" | "sum" | "add", values: readonly FormulaValue[]): FormulaValue {
  const numbers = values.flat().flatMap((value) => asNumber(value) ?? []);
  if (numbers.length === 0) return null;
  if (name === "min") return Math.min(...numbers);
  if (name === "max") return Math.max(...numbers);
  return numbers.reduce((total, value) => total + value, 0);
}

function callDateFunction(name: string, values: readonly FormulaValue[]): FormulaValue | undefined {
  const first = values[0] ?? null;
  if (name === "fromTimestamp") {
    const atMs = asNumber(first);
    return atMs === null ? null : instant(atMs);
  }
  if (!dateFunctions.includes(name)) return undefined;
  if (!isMoment(first)) return null;
  const date = new Date(first.atMs);
  switch (name) {
    case "timestamp":
      return first.atMs;
    case "minute":
      return date.getUTCMinutes();
    case "hour":
      return date.getUTCHours();
    case "day":
      return ((date.getUTCDay() + 6) % 7) + 1;
    case "date":
      return date.getUTCDate();
    case "month":
      return date.getUTCMonth() + 1;
    case "year":
      return date.getUTCFullYear();
    case "formatDate":
      return formatMoment(first.atMs, asText(values[1] ?? ""));
    case "dateStart":
    case "dateEnd":
      return first;
    case "dateBetween":
      return between(first, values[1] ?? null, asText(values[2] ?? ""));
  }
  const amount = asNumber(values[1] ?? null);
  if (amount === null) return null;
  return shift(first, name === "dateSubtract" ? -amount : amount, asText(values[2] ?? ""));
}

const dateFunctions: readonly string[] = [
  "timestamp",
  "minute",
  "hour",
  "day",
  "date",
  "month",
  "year",
  "formatDate",
  "dateStart",
  "dateEnd",
  "dateBetween",
  "dateAdd",
  "dateSubtract",
];

function instant(atMs: number): Moment {
  return { kind: "time", atMs, offsetMinutes: 0 };
}

function shift(moment: Moment, amount: number, unit: string): FormulaValue {
  const months = unitMonths[unit];
  const sizeMs = unitMs[unit];
  if (months === undefined && sizeMs === undefined) return null;
  const atMs =
    months === undefined
      ? moment.atMs + amount * (sizeMs ?? 0)
      : addMonths(moment.atMs, amount * months);
  if (moment.kind === "day" && atMs % dayMs === 0) {
    return { kind: "day", day: new Date(atMs).toISOString().slice(0, 10), atMs };
  }
  return moment.kind === "day" ? instant(atMs) : { ...moment, atMs };
}

/** Whole units between two dates, cut toward zero, as the formula language counts. */
function between(left: Moment, right: FormulaValue, unit: string): FormulaValue {
  if (!isMoment(right)) return null;
  const sizeMs = unitMs[unit];
  if (sizeMs !== undefined) return Math.trunc((left.atMs - right.atMs) / sizeMs) + 0;
  const size = unitMonths[unit];
  if (size === undefined) return null;
  const from = new Date(right.atMs);
  const to = new Date(left.atMs);
  let months =
    (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  if (months > 0 && addMonths(right.atMs, months) > left.atMs) months -= 1;
  if (months < 0 && addMonths(right.atMs, months) < left.atMs) months += 1;
  return Math.trunc(months / size) + 0;
}
