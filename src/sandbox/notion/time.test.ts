import { describe, expect, test } from "vitest";
import { addMonths, exactStamp, minuteStamp, parseMoment, printMoment } from "./time.ts";

function reread(text: string, zone: string | null = null): string | null {
  const moment = parseMoment(text, zone);
  return moment === null ? null : printMoment(moment);
}

describe("instants", () => {
  const atMs = Date.UTC(2026, 5, 27, 17, 4, 9, 626);

  test("pages show minutes, databases milliseconds", () => {
    expect(minuteStamp(atMs)).toBe("2026-06-27T17:04:00.000Z");
    expect(exactStamp(atMs)).toBe("2026-06-27T17:04:09.626+00:00");
  });
});

describe("date values", () => {
  test("seconds go and the zone becomes an offset, as recorded", () => {
    expect(reread("2026-06-27T18:01:15.377824", "Europe/London")).toBe(
      "2026-06-27T18:01:00.000+01:00",
    );
    expect(reread("2026-06-27T18:01:15Z", "UTC")).toBe("2026-06-27T18:01:00.000+00:00");
  });

  test("the offset is the one of the day, not of today", () => {
    expect(reread("2026-01-15T09:00:00", "America/Los_Angeles")).toBe(
      "2026-01-15T09:00:00.000-08:00",
    );
    expect(reread("2026-07-15T09:00:00", "America/Los_Angeles")).toBe(
      "2026-07-15T09:00:00.000-07:00",
    );
    expect(reread("2026-07-15T09:00:00", "Asia/Kolkata")).toBe("2026-07-15T09:00:00.000+05:30");
  });

  test("a day stays a day, and must exist", () => {
    expect(reread("2026-02-28")).toBe("2026-02-28");
    expect(reread("2026-02-30")).toBeNull();
    expect(reread("tomorrow")).toBeNull();
  });

  test("months are clamped to their last day", () => {
    const last = Date.UTC(2026, 0, 31);
    expect(new Date(addMonths(last, 1)).toISOString().slice(0, 10)).toBe("2026-02-28");
    expect(new Date(addMonths(last, -2)).toISOString().slice(0, 10)).toBe("2025-11-30");
  });
});
