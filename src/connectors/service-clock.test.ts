import { expect, test } from "vitest";
import { makeServiceClock } from "./service-clock.ts";

function at(start: number): { atMs: number; nowMs: () => number } {
  const clock = { atMs: start, nowMs: () => clock.atMs };
  return clock;
}
const rest = { sleep: () => Promise.resolve(), random: () => 0 };

test("is our own clock until the first answer", () => {
  const ours = at(5_000);
  expect(makeServiceClock({ ...ours, ...rest }).nowMs()).toBe(5_000);
});

test("many answers narrow the difference below the header's second", () => {
  const ours = at(1_000_000);
  const aheadMs = 37_430;
  const clock = makeServiceClock({ ...rest, nowMs: ours.nowMs });
  for (let i = 0; i < 40; i += 1) {
    const sentAtMs = ours.atMs;
    ours.atMs += 80;
    const dateMs = Math.floor((sentAtMs + 40 + aheadMs) / 1_000) * 1_000;
    clock.learn({ sentAtMs, answeredAtMs: ours.atMs, dateMs });
    ours.atMs += 137;
  }
  expect(Math.abs(clock.nowMs() - (ours.atMs + aheadMs))).toBeLessThan(100);
});

test("never runs backwards while it learns, and follows a clock that was set", () => {
  const ours = at(1_000_000);
  const clock = makeServiceClock({ ...rest, nowMs: ours.nowMs });
  clock.learn({ sentAtMs: 1_000_000, answeredAtMs: 1_000_000, dateMs: 1_000_000 });
  const before = clock.nowMs();
  clock.learn({ sentAtMs: 1_000_000, answeredAtMs: 1_000_000, dateMs: 999_500 });
  expect(clock.nowMs()).toBeGreaterThanOrEqual(before);
  clock.learn({ sentAtMs: 1_000_000, answeredAtMs: 1_000_000, dateMs: 400_000 });
  expect(clock.nowMs()).toBe(400_500);
});

test("an answer bounds the service's clock from the sending to the end of its second", () => {
  const clock = makeServiceClock({ ...rest, nowMs: () => 1_000_000 });
  // Sent at 999,000 and answered at 1,000,000: the header's second may have been at either end.
  clock.learn({ sentAtMs: 999_000, answeredAtMs: 1_000_000, dateMs: 5_000_000 });
  expect(clock.nowMs()).toBe(5_001_000);
});

test("bounds that only touch are narrowed, and those further apart begin anew", () => {
  const ours = at(1_000_000);
  const clock = makeServiceClock({ ...rest, nowMs: ours.nowMs });
  const learn = (dateMs: number): void => {
    clock.learn({ sentAtMs: ours.atMs, answeredAtMs: ours.atMs, dateMs });
  };
  learn(1_000_000);
  expect(clock.nowMs()).toBe(1_000_500);
  learn(1_001_000);
  expect(clock.nowMs()).toBe(1_001_000);
  learn(1_002_001);
  expect(clock.nowMs()).toBe(1_002_501);
  learn(1_000_001);
  expect(clock.nowMs()).toBe(1_000_501);
});

test("an answer from before it was sent teaches nothing: our own clock was set back", () => {
  const clock = makeServiceClock({ ...rest, nowMs: () => 1_000_000 });
  clock.learn({ sentAtMs: 1_000_000, answeredAtMs: 1_000_000, dateMs: 1_000_000 });
  clock.learn({ sentAtMs: 9_000_000, answeredAtMs: 1_000_000, dateMs: 1_000_000 });
  expect(clock.nowMs()).toBe(1_000_500);
});

test("runs on with our own clock, and stands still while that is set back", () => {
  const ours = at(1_000_000);
  const clock = makeServiceClock({ ...rest, nowMs: ours.nowMs });
  clock.learn({ sentAtMs: 1_000_000, answeredAtMs: 1_000_000, dateMs: 3_000_000 });
  ours.atMs += 60_000;
  expect(clock.nowMs()).toBe(3_060_500);
  ours.atMs -= 10_000;
  expect(clock.nowMs()).toBe(3_060_500);
});
