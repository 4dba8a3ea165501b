// Calendar arithmetic against the language's own: whole spans of days, and the zones whose clocks are
// changed at midnight, where a day has no 00:00 or has it twice.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayIn, instantIn, isZone, midnightIn, utcMidnightMs } from "./calendar.ts";

const dayMs = 86_400_000;
const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Sao_Paulo" /* sprang forward at midnight until 2018 */,
  "America/Havana" /* falls back from 01:00 to 00:00: two midnights */,
  "America/Santiago" /* falls back from midnight to 23:00 */,
  "Asia/Beirut",
  "Asia/Amman",
  "Africa/Cairo",
  "Atlantic/Azores",
  "Asia/Kolkata",
  "Australia/Lord_Howe" /* half an hour of summer time */,
  "Pacific/Kiritimati" /* +14 */,
  "Pacific/Pago_Pago" /* -11 */,
] as const;

describe("utcMidnightMs", () => {
  test("is what the language says, for every day of four centuries", () => {
    const wrong: string[] = [];
    for (let ms = Date.UTC(1800, 0, 1); ms < Date.UTC(2200, 0, 1); ms += dayMs) {
      if (utcMidnightMs(isoDay(ms)) !== ms) wrong.push(isoDay(ms));
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    "2026-02-29",
    "2026-02-30",
    "1900-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-1-1",
    "26-01-01",
    "2026-01-01T00:00",
    "",
  ])("%j is no day", (content) => {
    expect(utcMidnightMs(content)).toBeNull();
  });

  test("leap days are days", () => {
    expect(utcMidnightMs("2028-02-29")).toBe(Date.UTC(2028, 1, 29));
    expect(utcMidnightMs("2000-02-29")).toBe(Date.UTC(2000, 1, 29));
  });
});

/** Why an instant is not the first one of a day in a zone; null when it is. */
function fault(zone: string, day: string): string | null {
  const ms = midnightIn(zone, day);
  if (ms === null) return `${zone} ${day}: null`;
  const sv = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
  const [at, before] = [sv.format(ms), sv.format(ms - 1)];
  return at === day && before < day ? null : `${zone} ${day}: ${at} after ${before}`;
}

describe("instantIn", () => {
  test("a time on the wall, in summer and in winter", () => {
    expect(instantIn("Europe/Berlin", "2026-07-01", "10:30")).toBe(Date.UTC(2026, 6, 1, 8, 30));
    expect(instantIn("Europe/Berlin", "2026-01-01", "23:59")).toBe(Date.UTC(2026, 0, 1, 22, 59));
    expect(instantIn("America/New_York", "2026-07-01", "22:00")).toBe(Date.UTC(2026, 6, 2, 2));
  });

  test("a time that clocks skip is as far behind the change; of two equal ones the first counts", () => {
    expect(instantIn("Europe/Berlin", "2026-03-29", "02:30")).toBe(Date.UTC(2026, 2, 29, 1, 30));
    expect(instantIn("Europe/Berlin", "2026-10-25", "02:30")).toBe(Date.UTC(2026, 9, 25, 0, 30));
  });

  test("what is no time is no instant", () => {
    expect(instantIn("UTC", "2026-07-01", "24:00")).toBeNull();
    expect(instantIn("UTC", "2026-07-01", "9:00")).toBeNull();
  });
});

describe("midnightIn", () => {
  test.each(zones)("P15: every day in %s starts where it says", (zone) => {
    const wrong: (string | null)[] = [];
    for (let ms = Date.UTC(2017, 0, 1); ms < Date.UTC(2020, 0, 1); ms += dayMs) {
      const found = fault(zone, isoDay(ms));
      if (found !== null) wrong.push(found);
    }
    expect(wrong).toEqual([]);
  });

  test("a clock put forward at midnight: the day starts at one", () => {
    // America/Sao_Paulo went from -03 to -02 at 2018-11-04T00:00.
    expect(midnightIn("America/Sao_Paulo", "2018-11-04")).toBe(Date.UTC(2018, 10, 4, 3));
  });

  test("two midnights: the first one counts", () => {
    // America/Havana went from -04 to -05 at 2019-11-03T01:00.
    expect(midnightIn("America/Havana", "2019-11-03")).toBe(Date.UTC(2019, 10, 3, 4));
  });

  test("what is no day has no midnight", () => {
    expect(midnightIn("Europe/Berlin", "2026-02-30")).toBeNull();
    expect(midnightIn("Europe/Berlin", "soon")).toBeNull();
  });

  test("P15: the day of a day's midnight is that day, years and zones at random", () => {
    const dayText = fc.integer({ min: 0, max: 47_000 }).map((number) => isoDay(number * dayMs));
    fc.assert(
      fc.property(fc.constantFrom(...zones), dayText, (zone, day) => {
        const ms = midnightIn(zone, day);
        expect(ms === null ? null : dayIn(zone, ms)).toBe(day);
      }),
      { numRuns: 500 },
    );
  });

  test("years of fewer than four digits keep their place", () => {
    expect(midnightIn("UTC", "0987-06-05")).toBe(utcMidnightMs("0987-06-05"));
  });
});

test("dayIn is the language's day", () => {
  const instants = fc.integer({ min: 0, max: Date.UTC(2099, 0, 1) });
  fc.assert(
    fc.property(fc.constantFrom(...zones), instants, (zone, ms) => {
      const sv = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
      expect(dayIn(zone, ms)).toBe(sv.format(ms));
    }),
    { numRuns: 300 },
  );
});

test("zones are told from names that are none", () => {
  expect(zones.every((zone) => isZone(zone))).toBe(true);
  expect(isZone("Europe/Atlantis")).toBe(false);
  expect(isZone("")).toBe(false);
});
