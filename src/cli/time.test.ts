import { expect, test } from "vitest";
import { ago, duration, instantText, parseSince } from "./time.ts";

const now = Date.parse("2026-11-21T14:00:00Z");
const minute = 60_000;

test.each([
  [10_000, "just now"],
  [-90 * minute, "just now"],
  [3 * minute, "3 min ago"],
  [100 * minute, "2 h ago"],
  [30 * 60 * minute, "30 h ago"],
  [12 * 24 * 60 * minute, "12 days ago"],
])("%d ms in the past is %s", (past, words) => {
  expect(ago(now - past, now)).toBe(words);
});

test.each([
  [420, "0.4 s"],
  [12_400, "12 s"],
  [200_000, "3 min 20 s"],
  [7_500_000, "2 h 5 min"],
])("%d ms take %s", (length, words) => {
  expect(duration(length)).toBe(words);
});

test("instants are told to the minute, in UTC", () => {
  expect(instantText(now)).toBe("2026-11-21 14:00 UTC");
  expect(instantText(9e15)).toBe("9000000000000000 ms");
});

test("a point in the past is a span or a date", () => {
  expect(parseSince("2h", now)).toBe(now - 120 * minute);
  expect(parseSince("3d", now)).toBe(now - 3 * 24 * 60 * minute);
  expect(parseSince("90 min", now)).toBe(now - 90 * minute);
  expect(parseSince("5m", now)).toBe(now - 5 * minute);
  expect(parseSince("2w", now)).toBe(now - 14 * 24 * 60 * minute);
  expect(parseSince("2026-11-01", now)).toBe(Date.parse("2026-11-01"));
  expect(parseSince("yesterday", now)).toBeNull();
  expect(parseSince("2026-13-45", now)).toBeNull();
});
