import { expect, test } from "vitest";
import { ago, duration, instantText, parseSince } from "./time.ts";

const now = Date.parse("2026-11-21T14:00:00Z");
const minute = 60_000;

test.each([
  [10_000, "just now"],
  [-90 * minute, "just now"],
  [44_999, "just now"],
  [45_000, "1 min ago"],
  [59.4 * minute, "59 min ago"],
  [60 * minute, "1 h ago"],
  [47 * 60 * minute, "47 h ago"],
  [48 * 60 * minute, "2 days ago"],
  [3 * minute, "3 min ago"],
  [100 * minute, "2 h ago"],
  [30 * 60 * minute, "30 h ago"],
  [12 * 24 * 60 * minute, "12 days ago"],
])("%d ms in the past is %s", (past, words) => {
  expect(ago(now - past, now)).toBe(words);
});

test.each([
  [420, "0.4 s"],
  [9_999, "10.0 s"],
  [10_000, "10 s"],
  [59_400, "59 s"],
  [59_500, "1 min 0 s"],
  [3_599_000, "59 min 59 s"],
  [3_600_000, "1 h 0 min"],
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
  expect(parseSince(" 10m ", now)).toBe(now - 10 * minute);
  expect(parseSince("2026-11-01T14:00Z", now)).toBe(Date.parse("2026-11-01T14:00Z"));
  for (const text of ["", "2", "h", "2y", "-2h", "1234567h", "x2026-11-01"]) {
    expect(parseSince(text, now)).toBeNull();
  }
  expect(parseSince("2026-11-01", now)).toBe(Date.parse("2026-11-01"));
  expect(parseSince("yesterday", now)).toBeNull();
  expect(parseSince("2026-13-45", now)).toBeNull();
});
