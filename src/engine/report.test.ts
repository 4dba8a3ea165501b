import { expect, test } from "vitest";
import { makePolicy } from "../../test/fixture/pair.ts";
import { sided, type Sided } from "../core/side.ts";
import { reportOf } from "./report.ts";
import type { Run } from "./run.ts";
import { makeTally, type Tally } from "./tally.ts";

function runOf(tally: Tally, hides: Partial<Sided<boolean>> = {}): Run {
  const connectors = sided((side) => ({ capabilities: { hidesPrevious: hides[side] } }));
  return { tally, policy: makePolicy(), deps: { connectors } } as unknown as Run;
}

test("the report is what the run counted, each number in its place", () => {
  const tally = makeTally();
  Object.assign(tally, { windowMsTotal: 77, rowsUnknown: 3, compared: "whole" });
  Object.assign(tally.overwrites, { left: 1, right: 2 });
  Object.assign(tally.conflictsBy, { proven: 1, estimated: 2, tie: 3, policy: 4, held: 5 });
  Object.assign(tally.writes, { clean: 6, indeterminate: 7, settledLate: 8 });
  for (const reason of ["moved", "ask", "outOfScope", "ask"] as const) tally.hold(reason);
  tally.guards.add("hotRow").add("maxRemove");
  const report = reportOf(runOf(tally), true);
  expect(report).toEqual({
    overwrites: { left: 1, right: 2 },
    windowMsTotal: 77,
    conflicts: { proven: 1, estimated: 2, tie: 3, policy: 4, held: 5 },
    holds: { ask: 2, moved: 1, outOfScope: 1 },
    rowsUnknown: 3,
    guards: ["hotRow", "maxRemove"],
    writes: { clean: 6, indeterminate: 7, settledLate: 8 },
    readLagMs: 15_000,
    settleMs: 120_000,
    // What is out of scope is not meant to be in sync.
    agreement: "in sync except 3 held, 3 unknown",
    unseen: null,
  });
  // The same line for the same run, whatever was held first; and what is counted later changes no line.
  expect(Object.keys(report.holds)).toEqual(["ask", "moved", "outOfScope"]);
  tally.overwrites.left = 9;
  tally.writes.clean = 9;
  tally.conflictsBy.tie = 9;
  expect([report.overwrites.left, report.writes.clean, report.conflicts.tie]).toEqual([1, 6, 3]);
});

test.each<readonly [Tally["compared"], boolean, string | null]>([
  ["whole", true, "in sync"],
  ["whole", false, null],
  ["cut", true, "in sync except a listing cut short"],
  ["cut", false, null],
  ["not", true, null],
  ["not", false, null],
])(
  "whether both sides agree is said of listings that were compared by a run that got through: %s, %s",
  (compared, isWhole, said) => {
    const tally = makeTally();
    tally.compared = compared;
    expect(reportOf(runOf(tally), isWhole).agreement).toBe(said);
  },
);

test("each side that tells nothing of what was there, and was written over, is named", () => {
  const words = (name: string): string =>
    `${name} does not expose previous values; edits made within the listed windows on ${name} would not be visible to this tool.`;
  const said = (left: number, right: number, hides: Partial<Sided<boolean>>): string | null => {
    const tally = makeTally();
    Object.assign(tally.overwrites, { left, right });
    return reportOf(runOf(tally, hides), true).unseen;
  };
  const both = { left: true, right: true };
  expect(said(1, 1, both)).toBe(`${words("Notion")} ${words("Airtable")}`);
  expect(said(0, 1, both)).toBe(words("Airtable"));
  expect(said(1, 0, both)).toBe(words("Notion"));
  expect(said(0, 0, both)).toBeNull();
  expect(said(1, 1, { left: false })).toBeNull();
  expect(said(1, 1, { right: true })).toBe(words("Airtable"));
});
