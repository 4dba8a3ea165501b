// When a sync starts: every schedule against every standing, the pauses after failures, the words for
// how a sync is doing, and the shares of a budget.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Schedule } from "./declaration.ts";
import { healthOf, type Health, type HealthFacts } from "./health.ts";
import { backoffMs, dueAt, type Standing } from "./schedule.ts";
import { shareOf } from "./share.ts";

const minuteMs = 60_000;
const every: Schedule = { kind: "interval", everyMs: 30 * minuteMs };
const continuous: Schedule = { kind: "continuous" };
const manual: Schedule = { kind: "manual" };
const idle: Standing = {
  isPaused: false,
  isDisabled: false,
  isTriggered: false,
  isInCycle: false,
  cycleStartedAtMs: null,
  lastEndAtMs: null,
  notBeforeMs: null,
  isRateLimited: false,
};
const ran: Standing = { ...idle, cycleStartedAtMs: 1_000, lastEndAtMs: 5_000 };

test.each<[string, Schedule, Standing, number | null]>([
  ["never ran", every, idle, 0],
  ["never ran", continuous, idle, 0],
  ["never ran", manual, idle, null],
  ["an interval counts from the start of the cycle", every, ran, 1_000 + 30 * minuteMs],
  ["continuous rests ten seconds after the end", continuous, ran, 15_000],
  ["by hand only", manual, ran, null],
  ["a pause of the upstream puts it off", every, { ...ran, notBeforeMs: 9e9 }, 9e9],
  ["a pause that is over does not", every, { ...ran, notBeforeMs: 7 }, 1_000 + 30 * minuteMs],
  [
    "broken off: as soon as the pause is over",
    every,
    { ...ran, isInCycle: true, notBeforeMs: 8_000 },
    8_000,
  ],
  [
    "broken off, by hand: just the same",
    manual,
    { ...ran, isInCycle: true, notBeforeMs: 8_000 },
    8_000,
  ],
  ["stopped half-way: at once", manual, { ...ran, isInCycle: true }, 0],
  ["triggered", manual, { ...ran, isTriggered: true }, 0],
  ["triggered while it backs off", every, { ...ran, isTriggered: true, notBeforeMs: 9e9 }, 0],
  ["triggered while paused", every, { ...ran, isTriggered: true, isPaused: true }, 0],
  [
    "triggered while the upstream asked for a pause",
    every,
    { ...ran, isTriggered: true, notBeforeMs: 9e9, isRateLimited: true },
    9e9,
  ],
  ["paused", every, { ...ran, isPaused: true }, null],
  ["paused in a cycle", continuous, { ...ran, isPaused: true, isInCycle: true }, null],
  ["disabled", continuous, { ...ran, isDisabled: true, isTriggered: true }, null],
])("%s (%j)", (_, schedule, standing, dueAtMs) => {
  expect(dueAt(schedule, standing)).toBe(dueAtMs);
});

test("pauses double from one minute to an hour, and are at least what the upstream asked for", () => {
  const minutes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 60].map((count) => backoffMs(count, null) / minuteMs);
  expect(minutes).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(backoffMs(1, 10 * minuteMs)).toBe(10 * minuteMs);
  expect(backoffMs(5, 10 * minuteMs)).toBe(16 * minuteMs);
  expect(backoffMs(60, 100 * minuteMs)).toBe(100 * minuteMs);
});

describe("how a sync is doing", () => {
  const well: HealthFacts = { isDisabled: false, isPaused: false, failures: 0, cyclesDone: 3 };

  test.each<[Partial<HealthFacts>, Health]>([
    [{}, "HEALTHY"],
    [{ cyclesDone: 0 }, "INITIALIZING"],
    [{ cyclesDone: 0, failures: 1 }, "WARNING"],
    [{ failures: 1 }, "WARNING"],
    [{ failures: 2 }, "WARNING"],
    [{ failures: 3 }, "ERROR"],
    [{ failures: 300 }, "ERROR"],
    [{ isPaused: true, failures: 3 }, "PAUSED"],
    [{ isPaused: true, isDisabled: true }, "DISABLED"],
  ])("%j: %s", (change, health) => {
    expect(healthOf({ ...well, ...change })).toBe(health);
  });
});

test("shares of a budget are whole requests, and together exactly the budget", () => {
  expect(shareOf({ allowedRequests: 10, intervalMs: 1_000 }, 0)).toEqual({
    allowedRequests: 10,
    intervalMs: 1_000,
  });
  expect(shareOf({ allowedRequests: 10, intervalMs: 1_000 }, 2)).toEqual({
    allowedRequests: 5,
    intervalMs: 1_000,
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.integer({ min: 1, max: 60_000 }),
      fc.integer({ min: 1, max: 20 }),
      (allowedRequests, intervalMs, among) => {
        const share = shareOf({ allowedRequests, intervalMs }, among);
        expect(Number.isInteger(share.allowedRequests)).toBe(true);
        expect((share.allowedRequests * among) / share.intervalMs).toBeCloseTo(
          allowedRequests / intervalMs,
          9,
        );
      },
    ),
  );
});
