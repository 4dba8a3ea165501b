import { expect, test } from "vitest";
import { steppedTiming } from "../../test/fixture/stepped-timing.ts";
import { makePacer, sharedPacer } from "./pacer.ts";
import { systemTiming, type Timing } from "./timing.ts";

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
  expect(sharedPacer({ ...options, token: "a", service: "another" })).not.toBe(one);
  expect(sharedPacer({ ...options, token: "a" })).toBe(one);
  expect(sharedPacer({ ...options, token: "b" })).not.toBe(one);
  expect(sharedPacer({ ...options, token: "a", scope: "other" })).not.toBe(one);
  expect(sharedPacer({ ...options, token: "a", timing: steppedTiming() })).not.toBe(one);
});

test("calls that ask together are spaced like calls that follow each other, first come first served", async () => {
  const timing = steppedTiming();
  const pacer = makePacer({ requests: 2, windowMs: 1_000 }, timing);
  const order: string[] = [];
  const take = async (name: string): Promise<void> => {
    await pacer.take(Number.POSITIVE_INFINITY);
    order.push(`${name} ${timing.atMs - 1_000_000}`);
  };
  await Promise.all(["a", "b", "c", "d", "e"].map(take));
  expect(order).toEqual(["a 0", "b 0", "c 1000", "d 1000", "e 2000"]);
});

test("a sleep that ends early or fails is no turn, and holds up nobody else", async () => {
  const timing = steppedTiming();
  let isStopped = false;
  const early: Timing = {
    ...timing,
    nowMs: () => timing.atMs,
    sleep: (delayMs) => {
      if (isStopped) return Promise.reject(new Error("stopped"));
      timing.atMs += Math.ceil(delayMs / 2);
      return Promise.resolve();
    },
  };
  const pacer = makePacer({ requests: 1, windowMs: 1_000 }, early);
  await pacer.take(Number.POSITIVE_INFINITY);
  await pacer.take(Number.POSITIVE_INFINITY);
  expect(timing.atMs).toBe(1_001_000);
  isStopped = true;
  await expect(pacer.take(Number.POSITIVE_INFINITY)).rejects.toThrow("stopped");
  isStopped = false;
  expect(await pacer.take(Number.POSITIVE_INFINITY)).toBe(true);
  expect(timing.atMs).toBe(1_002_000);
});

test("a turn that comes just at the deadline is in time", async () => {
  const timing = steppedTiming();
  const pacer = makePacer({ requests: 1, windowMs: 1_000 }, timing);
  await pacer.take(timing.atMs);
  expect(await pacer.take(1_000_999)).toBe(false);
  expect(await pacer.take(1_001_000)).toBe(true);
});

test("a clock that stands still ends in a refusal, not in an endless wait", async () => {
  const still: Timing = {
    nowMs: () => 5_000,
    elapsedMs: () => 5_000,
    sleep: () => Promise.resolve(),
    random: () => 0,
  };
  const pacer = makePacer({ requests: 1, windowMs: 1_000 }, still);
  expect(await pacer.take(Number.POSITIVE_INFINITY)).toBe(true);
  expect(await pacer.take(Number.POSITIVE_INFINITY)).toBe(false);
});
