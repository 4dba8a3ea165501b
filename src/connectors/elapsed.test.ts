import { expect, test } from "vitest";
import { makeElapsed } from "./elapsed.ts";
import { systemTiming } from "./timing.ts";

function counters() {
  const at = { fineMs: 5_000, coarseMs: 900_000 };
  const elapsedMs = makeElapsed({
    fineMs: () => at.fineMs,
    coarseMs: () => Math.floor(at.coarseMs / 1_000) * 1_000,
  });
  const pass = (byMs: number): void => {
    at.fineMs += byMs;
    at.coarseMs += byMs;
  };
  return { at, elapsedMs, pass };
}

test("is as fine as the finer counter, however coarse the other one is", () => {
  const { elapsedMs, pass } = counters();
  for (let step = 1; step <= 100; step += 1) {
    pass(130);
    expect(elapsedMs()).toBe(step * 130);
  }
  pass(86_400_000);
  expect(elapsedMs()).toBe(86_413_000);
});

test("counts a standby in which the finer counter stood still, once", () => {
  const { at, elapsedMs, pass } = counters();
  pass(700);
  at.coarseMs += 3_600_000;
  pass(300);
  expect(Math.abs(elapsedMs() - 3_601_000)).toBeLessThan(1_000);
  const awakeMs = elapsedMs();
  pass(1_000);
  expect(elapsedMs()).toBe(awakeMs + 1_000);
});

test("the system's own goes on and never back", () => {
  const first = systemTiming.elapsedMs();
  expect(first).toBeGreaterThanOrEqual(0);
  expect(systemTiming.elapsedMs()).toBeGreaterThanOrEqual(first);
});
