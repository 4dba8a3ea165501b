import { expect, test, vi } from "vitest";
import { parseInstant } from "./instant.ts";

test.each([
  ["2026-03-19T12:00:00Z", "2026-03-19T12:00:00.000Z"],
  ["2026-03-19T12:00:00.123456Z", "2026-03-19T12:00:00.123Z"],
  ["2026-03-19T12:00:00+02:00", "2026-03-19T10:00:00.000Z"],
  // Without a zone it is UTC, wherever the machine stands.
  ["2026-03-19T12:00:00", "2026-03-19T12:00:00.000Z"],
  ["2026-03-19 12:00", "2026-03-19T12:00:00.000Z"],
  ["2026-03-19 12:00:00,5", "2026-03-19T12:00:00.500Z"],
  ["2026-03-19", "2026-03-19T00:00:00.000Z"],
])("%s is %s", (text, instant) => {
  expect(parseInstant(text)).toBe(Date.parse(instant));
});

test("offsets decide, not the text: the later one of two may read as the smaller", () => {
  expect(parseInstant("2026-03-19T01:00:00+05:00")).toBeLessThan(
    parseInstant("2026-03-18T21:00:00Z") ?? 0,
  );
});

test.each(["", "yesterday", "2026-13-01T00:00:00Z", "1700000000"])("%j is none", (text) => {
  expect(parseInstant(text)).toBeNull();
});

test("without a zone it is UTC also on a machine that stands elsewhere", () => {
  vi.stubEnv("TZ", "America/New_York");
  try {
    expect(new Date(0).getTimezoneOffset()).toBe(300);
    expect(parseInstant("2026-03-19 12:00")).toBe(Date.UTC(2026, 2, 19, 12));
    expect(parseInstant("2026-03-19")).toBe(Date.UTC(2026, 2, 19));
  } finally {
    vi.unstubAllEnvs();
  }
});
