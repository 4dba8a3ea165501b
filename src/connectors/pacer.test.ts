import { expect, test } from "vitest";
import { makePacer, sharedPacer } from "./pacer.ts";
import { systemTiming, type Timing } from "./timing.ts";

/** A clock that only sleeping moves. */
function steppedTiming(): Timing & { atMs: number } {
  const timing = {
    atMs: 1_000_000,
    nowMs: () => timing.atMs,
    sleep: (delayMs: number) => {
      timing.atMs += delayMs;
      return Promise.resolve();
    },
    random: () => 0.5,
  };
  return timing;
}

test("no window ever holds more requests than the budget", async () => {
  const timing = steppedTiming();
  const pacer = makePacer({ requests: 3, windowMs: 1_000 }, timing);
  const turns: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    timing.atMs += i % 2 === 0 ? 0 : 70;
    expect(await pacer.take(Number.POSITIVE_INFINITY)).toBe(true);
    turns.push(timing.atMs);
  }
  for (const start of turns) {
    expect(turns.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(3);
  }
  expect(turns.at(-1)).toBeLessThan(1_000_000 + 4_000);
});

test("a spread budget never lets two requests follow each other closely", async () => {
  const timing = steppedTiming();
  const pacer = makePacer({ requests: 5, windowMs: 1_100, spacingMs: 220 }, timing);
  const turns: number[] = [];
  for (let i = 0; i < 6; i += 1) {
    await pacer.take(Number.POSITIVE_INFINITY);
    turns.push(timing.atMs);
  }
  const gaps = turns.slice(1).map((at, index) => at - (turns[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(220);
});

test("a pause holds for every caller, and is never shortened", async () => {
  const timing = steppedTiming();
  const pacer = makePacer({ requests: 10, windowMs: 1_000 }, timing);
  pacer.pause(1_030_000);
  pacer.pause(1_005_000);
  await Promise.all([pacer.take(2_000_000), pacer.take(2_000_000)]);
  expect(timing.atMs).toBe(1_030_000);
});

test("a turn that cannot come in time is refused at once, and takes nothing from the others", async () => {
  const timing = steppedTiming();
  const pacer = makePacer({ requests: 1, windowMs: 60_000 }, timing);
  expect(await pacer.take(2_000_000)).toBe(true);
  expect(await pacer.take(1_030_000)).toBe(false);
  expect(timing.atMs).toBe(1_000_000);
  expect(await pacer.take(2_000_000)).toBe(true);
  expect(timing.atMs).toBe(1_060_000);
});

test("a clock set back does not stop the turns", async () => {
  const timing = steppedTiming();
  const pacer = makePacer({ requests: 1, windowMs: 1_000 }, timing);
  await pacer.take(Number.POSITIVE_INFINITY);
  timing.atMs -= 500_000;
  expect(await pacer.take(timing.atMs)).toBe(true);
});

test("one token has one pacer, and another token another", () => {
  const budget = { requests: 1, windowMs: 1 };
  const options = { service: "test", scope: "", budget, timing: systemTiming };
  const one = sharedPacer({ ...options, token: "a" });
  expect(sharedPacer({ ...options, token: "a" })).toBe(one);
  expect(sharedPacer({ ...options, token: "b" })).not.toBe(one);
  expect(sharedPacer({ ...options, token: "a", scope: "other" })).not.toBe(one);
  expect(sharedPacer({ ...options, token: "a", timing: steppedTiming() })).not.toBe(one);
});

test("a clock that stands still ends in a refusal, not in an endless wait", async () => {
  const still: Timing = { nowMs: () => 5_000, sleep: () => Promise.resolve(), random: () => 0 };
  const pacer = makePacer({ requests: 1, windowMs: 1_000 }, still);
  expect(await pacer.take(Number.POSITIVE_INFINITY)).toBe(true);
  expect(await pacer.take(Number.POSITIVE_INFINITY)).toBe(false);
});
