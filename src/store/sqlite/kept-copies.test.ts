// Which copies of the store stay, walked through day by day as they are made.
import { expect, test } from "vitest";
import { outdatedCopies } from "./kept-copies.ts";

const dayMs = 86_400_000;
const dayAfter = (first: string, days: number): string =>
  new Date(Date.parse(first) + days * dayMs).toISOString().slice(0, 10);

/** The copies that are there after so many days, of which those of `idle` had no run. */
function lived(first: string, count: number, isIdle: (at: number) => boolean = () => false) {
  let copies: readonly string[] = [];
  for (let at = 0; at < count; at += 1) {
    if (isIdle(at)) continue;
    copies = [...copies, dayAfter(first, at)];
    const old = outdatedCopies(copies);
    copies = copies.filter((day) => !old.includes(day));
  }
  return copies;
}

test("the last seven days stay, and before them the first of each of four weeks", () => {
  // 2 November 2026 is a Monday.
  expect(lived("2026-11-02", 7)).toHaveLength(7);
  expect(lived("2026-11-02", 8)[0]).toBe("2026-11-02");
  expect(lived("2026-11-02", 9)).toEqual(
    ["02", "04", "05", "06", "07", "08", "09", "10"].map((day) => `2026-11-${day}`),
  );
  expect(lived("2026-11-02", 60)).toEqual([
    "2026-11-30",
    "2026-12-07",
    "2026-12-14",
    "2026-12-21",
    ...Array.from({ length: 7 }, (_, at) => dayAfter("2026-12-25", at)),
  ]);
});

test("a week begins on Monday, over the turn of a year too", () => {
  const week = ["04", "05", "06", "07", "08"].map((day) => `2027-01-${day}`);
  expect(outdatedCopies(["2026-12-30", "2027-01-03", ...week, "2027-01-09", "2027-01-10"])).toEqual(
    ["2027-01-03"],
  );
  expect(outdatedCopies(["2027-01-03", ...week, "2027-01-09", "2027-01-10"])).toEqual([]);
});

test("where runs are rare, every copy stays until there are eleven of them", () => {
  const weekly = lived("2026-11-02", 100, (at) => at % 7 !== 3);
  expect(weekly).toHaveLength(11);
  expect(weekly.at(-1)).toBe(dayAfter("2026-11-02", 94));
  expect(outdatedCopies([])).toEqual([]);
});

test("no more than eleven ever stay, and none of the last seven goes", () => {
  for (let count = 1; count <= 120; count += 1) {
    const copies = lived("2026-08-05", count, (at) => at % 11 === 2);
    expect(copies.length).toBeLessThanOrEqual(11);
    expect(outdatedCopies(copies)).toEqual([]);
  }
});
