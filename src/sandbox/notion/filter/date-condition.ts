// Date conditions. A range counts by its start.
//
// Operands with seconds are cut to the minute, on both sides of the comparison, and the rolling windows
// (`past_week` … `next_year`) include this very moment (recorded, ultimate-notion test_date_query). An
// operand that is a bare day compares days, in UTC.
import { failedValidation } from "../errors.ts";
import type { Json } from "../json.ts";
import { addMonths, parseMoment, startOfDay, type Moment } from "../time.ts";
import type { DateValue } from "../value/cell.ts";
import { emptinessTest, unknownCondition, type Test } from "./condition.ts";

const dayMs = 86_400_000;

interface DateOperand {
  readonly condition: string;
  readonly operand: Json;
  readonly path: string;
  readonly nowMs: number;
}

export function dateTest(at: DateOperand): Test<DateValue | null> {
  const emptiness = emptinessTest(at);
  if (emptiness !== null) return (date) => emptiness(date === null);
  const window = windowOf(at.condition, at.nowMs);
  if (window !== null) {
    return onStart((start) => {
      const atMs = start.kind === "day" ? start.atMs : startOfMinute(start.atMs);
      return atMs >= window.fromMs && atMs <= window.untilMs;
    });
  }
  const order = orders[at.condition];
  if (order === undefined) throw unknownCondition(at);
  const wanted = readOperand(at);
  return onStart((start) => order(compareMoments(start, wanted)));
}

const orders: Readonly<Record<string, (order: number) => boolean>> = {
  equals: (order) => order === 0,
  before: (order) => order < 0,
  after: (order) => order > 0,
  on_or_before: (order) => order <= 0,
  on_or_after: (order) => order >= 0,
};

function onStart(test: (start: Moment) => boolean): Test<DateValue | null> {
  return (date) => {
    const start = date === null ? null : parseMoment(date.start);
    return start !== null && test(start);
  };
}

function startOfMinute(atMs: number): number {
  return Math.floor(atMs / 60_000) * 60_000;
}

function compareMoments(stored: Moment, wanted: Moment): number {
  if (wanted.kind === "day") return startOfDay(stored.atMs) - wanted.atMs;
  return stored.atMs - wanted.atMs;
}

const relativeDays: Readonly<Record<string, number>> = {
  today: 0,
  tomorrow: 1,
  yesterday: -1,
  one_week_ago: -7,
  one_week_from_now: 7,
};
const relativeMonths: Readonly<Record<string, number>> = {
  one_month_ago: -1,
  one_month_from_now: 1,
};

function readOperand(at: DateOperand): Moment {
  const { operand } = at;
  const place = `${at.path}.${at.condition}`;
  if (typeof operand !== "string") throw failedValidation(place, "a string", operand);
  const today = startOfDay(at.nowMs);
  const days = relativeDays[operand];
  if (days !== undefined) return dayMoment(today + days * dayMs);
  const months = relativeMonths[operand];
  if (months !== undefined) return dayMoment(addMonths(today, months));
  const moment = parseMoment(operand);
  if (moment === null) throw failedValidation(place, "a valid ISO 8601 date string", operand);
  return moment;
}

function dayMoment(atMs: number): Moment {
  return { kind: "day", day: new Date(atMs).toISOString().slice(0, 10), atMs };
}

interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The span a windowed condition means now, both ends included; `null` for other conditions. */
function windowOf(condition: string, nowMs: number): Window | null {
  const today = startOfDay(nowMs);
  const endOfToday = today + dayMs - 1;
  switch (condition) {
    case "this_week": {
      const sunday = today - new Date(today).getUTCDay() * dayMs;
      return { fromMs: sunday, untilMs: sunday + 7 * dayMs - 1 };
    }
    case "past_week":
      return { fromMs: today - 7 * dayMs, untilMs: endOfToday };
    case "past_month":
      return { fromMs: addMonths(today, -1), untilMs: endOfToday };
    case "past_year":
      return { fromMs: addMonths(today, -12), untilMs: endOfToday };
    case "next_week":
      return { fromMs: today, untilMs: endOfToday + 7 * dayMs };
    case "next_month":
      return { fromMs: today, untilMs: addMonths(today, 1) + dayMs - 1 };
    case "next_year":
      return { fromMs: today, untilMs: addMonths(today, 12) + dayMs - 1 };
  }
  return null;
}
