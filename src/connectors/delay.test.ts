import { expect, test } from "vitest";
import { delayMs, parseRetryAfterMs } from "./delay.ts";

test("waits double, stay within a quarter of the step, and are capped", () => {
  const least = [1, 2, 3, 4, 9].map((failures) =>
    delayMs({ failures, retryAfterMs: null, random: 0 }),
  );
  const most = [1, 2, 3, 4, 9].map((failures) =>
    delayMs({ failures, retryAfterMs: null, random: 0.999_999 }),
  );
  expect(least).toEqual([375, 750, 1_500, 3_000, 6_000]);
  expect(most).toEqual([625, 1_250, 2_500, 5_000, 10_000]);
});

test("a backoff of one's own is kept to, and a first try that was none counts as the first", () => {
  const backoff = { firstMs: 100, capMs: 150 };
  const waits = [0, 1, 2].map((failures) =>
    delayMs({ failures, retryAfterMs: null, random: 0.5, backoff }),
  );
  expect(waits).toEqual([100, 100, 150]);
});

test("the server's word wins, also over the cap", () => {
  expect(delayMs({ failures: 3, retryAfterMs: 120_000, random: 0.5 })).toBe(120_000);
  expect(delayMs({ failures: 3, retryAfterMs: 0, random: 0.5 })).toBe(0);
  expect(delayMs({ failures: 3, retryAfterMs: -1, random: 0.5 })).toBe(0);
});

test("Retry-After is read as seconds or as a date", () => {
  const nowMs = Date.parse("2026-06-01T00:00:00Z");
  expect(parseRetryAfterMs("12", nowMs)).toBe(12_000);
  expect(parseRetryAfterMs(" 0 ", nowMs)).toBe(0);
  // Rounded up: coming back too early costs another refusal.
  expect(parseRetryAfterMs("1.0001", nowMs)).toBe(1_001);
  expect(parseRetryAfterMs("-5", nowMs)).not.toBe(-5_000);
  expect(parseRetryAfterMs("Mon, 01 Jun 2026 00:00:30 GMT", nowMs)).toBe(30_000);
  expect(parseRetryAfterMs("Sun, 31 May 2026 00:00:30 GMT", nowMs)).toBe(0);
  expect(parseRetryAfterMs("soon", nowMs)).toBeNull();
  expect(parseRetryAfterMs("", nowMs)).toBeNull();
  expect(parseRetryAfterMs(null, nowMs)).toBeNull();
});
