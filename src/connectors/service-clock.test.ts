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
