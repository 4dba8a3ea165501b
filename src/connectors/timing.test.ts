import { expect, test } from "vitest";
import { systemTiming } from "./timing.ts";

test("the system's time is in milliseconds, its sleep lasts as long as asked, its chance differs", async () => {
  const before = Date.now();
  const startMs = systemTiming.nowMs();
  expect(startMs).toBeGreaterThanOrEqual(before);
  await systemTiming.sleep(20);
  const tookMs = systemTiming.nowMs() - startMs;
  // Timers may end a millisecond early.
  expect(tookMs).toBeGreaterThanOrEqual(19);
  expect(tookMs).toBeLessThan(5_000);
  const drawn = Array.from({ length: 20 }, () => systemTiming.random());
  expect(drawn.every((one) => one >= 0 && one < 1)).toBe(true);
  expect(new Set(drawn).size).toBeGreaterThan(10);
});
