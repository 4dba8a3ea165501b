import { expect, test } from "vitest";
import { makeServiceClock } from "./service-clock.ts";
import type { Timing } from "./timing.ts";

interface Ours extends Timing {
  /** What somebody set our clock to. */
  setMs: number;
  passedMs: number;
}

function at(setMs: number): Ours {
  const ours: Ours = {
    setMs,
    passedMs: 0,
    nowMs: () => ours.setMs + ours.passedMs,
    elapsedMs: () => ours.passedMs,
    sleep: () => Promise.resolve(),
    random: () => 0,
  };
  return ours;
}

/** An answer that took no time. */
const answer = (ours: Ours, dateMs: number) => ({
  sentAtMs: ours.passedMs,
  answeredAtMs: ours.passedMs,
  dateMs,
});

test("is our own clock until the first answer", () => {
  const ours = at(5_000);
  const clock = makeServiceClock(ours);
  expect(clock.nowMs()).toBe(5_000);
  ours.setMs = 3_605_000;
  expect(clock.nowMs()).toBe(3_605_000);
});

test("many answers narrow the difference below the header's second", () => {
  const ours = at(1_000_000);
  const serviceMs = (): number => 1_037_430 + ours.passedMs;
  const clock = makeServiceClock(ours);
  for (let i = 0; i < 40; i += 1) {
    const sentAtMs = ours.passedMs;
    ours.passedMs += 40;
    const dateMs = Math.floor(serviceMs() / 1_000) * 1_000;
    ours.passedMs += 40;
    clock.learn({ sentAtMs, answeredAtMs: ours.passedMs, dateMs });
    ours.passedMs += 137;
  }
  expect(Math.abs(clock.nowMs() - serviceMs())).toBeLessThan(100);
});

test("never runs backwards while it learns, and follows the service's clock when that is set", () => {
  const ours = at(1_000_000);
  const clock = makeServiceClock(ours);
  clock.learn(answer(ours, 1_000_000));
  const before = clock.nowMs();
  clock.learn(answer(ours, 999_500));
  expect(clock.nowMs()).toBeGreaterThanOrEqual(before);
  clock.learn(answer(ours, 400_000));
  expect(clock.nowMs()).toBe(400_500);
});

test("an answer bounds the service's clock from the sending to the end of its second", () => {
  const ours = at(1_000_000);
  ours.passedMs = 1_000;
  const clock = makeServiceClock(ours);
  // Sent at 0 and answered at 1,000: the header's second may have been at either end.
  clock.learn({ sentAtMs: 0, answeredAtMs: 1_000, dateMs: 5_000_000 });
  expect(clock.nowMs()).toBe(5_001_000);
});

test("bounds that only touch are narrowed, and those further apart begin anew", () => {
  const ours = at(1_000_000);
  const clock = makeServiceClock(ours);
  clock.learn(answer(ours, 1_000_000));
  expect(clock.nowMs()).toBe(1_000_500);
  clock.learn(answer(ours, 1_001_000));
  expect(clock.nowMs()).toBe(1_001_000);
  clock.learn(answer(ours, 1_002_001));
  expect(clock.nowMs()).toBe(1_002_501);
  clock.learn(answer(ours, 1_000_001));
  expect(clock.nowMs()).toBe(1_000_501);
});

test("stands still while our own clock is set back, as long as nothing was learned", () => {
  const ours = at(3_000_000);
  const clock = makeServiceClock(ours);
  expect(clock.nowMs()).toBe(3_000_000);
  ours.setMs -= 10_000;
  expect(clock.nowMs()).toBe(3_000_000);
});

test.each([45_000, -3_600_000])(
  "once learned, nothing moves it that our clock is set by %i",
  (byMs) => {
    const ours = at(1_000_000);
    const clock = makeServiceClock(ours);
    clock.learn(answer(ours, 2_000_000));
    ours.setMs += byMs;
    ours.passedMs += 10_000;
    expect(clock.nowMs()).toBe(2_010_500);
  },
);

test("the first answer also corrects a clock of ours that was ahead", () => {
  const ours = at(5_600_000);
  const clock = makeServiceClock(ours);
  expect(clock.nowMs()).toBe(5_600_000);
  clock.learn(answer(ours, 2_000_000));
  expect(clock.nowMs()).toBe(2_000_500);
});
