import { expect, test } from "vitest";
import { outcomeOf, planOutcome } from "../../test/fixture/services.ts";
import { emptyPlan, samplePlan } from "../../test/fixture/plan-view.ts";
import { InvariantError } from "../core/assert.ts";
import { SyncError, type ErrorCode } from "../errors.ts";
import {
  exitOfApplied,
  exitOfError,
  exitOfFinding,
  exitOfOutcome,
  exitOfPlan,
  worst,
} from "./exit.ts";

function errorOf(code: ErrorCode): SyncError {
  return new SyncError({ code, message: "m", remedy: "r" });
}

test.each([
  ["usage", 64],
  ["config_invalid", 78],
  ["schema_changed", 78],
  ["unauthorized", 77],
  ["not_shared", 77],
  ["forbidden", 77],
  ["rate_limited", 75],
  ["unavailable", 75],
  ["timeout", 75],
  ["lease_held", 75],
  ["store_newer", 70],
  ["store_corrupt", 70],
  ["halted", 3],
  ["aborted", 0],
] as const)("an error %s ends with %d", (code, exit) => {
  expect(exitOfError(errorOf(code))).toBe(exit);
  expect(exitOfOutcome(outcomeOf("error", { error: errorOf(code) }))).toBe(exit);
});

test("what is no error of ours to expect is a bug", () => {
  expect(exitOfError(new InvariantError("x"))).toBe(70);
  expect(exitOfError(new TypeError("x"))).toBe(70);
});

test.each([
  ["ok", 0],
  ["paused", 0],
  ["attention", 1],
  ["halted", 3],
] as const)("a run that is %s ends with %d", (status, exit) => {
  expect(exitOfOutcome(outcomeOf(status))).toBe(exit);
});

test("of several, what needs a person comes before what mends itself", () => {
  expect(worst([0, 1, 75])).toBe(75);
  expect(worst([75, 3, 1])).toBe(3);
  expect(worst([3, 77])).toBe(77);
  expect(worst([77, 78, 70])).toBe(70);
  expect(worst([])).toBe(0);
  // One that is in no table is better told than hidden.
  expect(worst([42])).toBe(42);
});

test("a plan is a success unless changes were asked about", () => {
  expect(exitOfPlan(planOutcome(samplePlan()), false)).toBe(0);
  expect(exitOfPlan(planOutcome(samplePlan()), true)).toBe(2);
  expect(exitOfPlan(planOutcome(emptyPlan()), true)).toBe(0);
  const waiting = { ...samplePlan(), rows: [] };
  expect(exitOfPlan(planOutcome(waiting), true)).toBe(1);
  const error = errorOf("unauthorized");
  expect(exitOfPlan({ kind: "error", pair: "p", error }, false)).toBe(77);
});

test("a cell that moved since the plan needs attention; a new one waits for the next sync", () => {
  const outcome = outcomeOf("ok");
  const skipped = (why: "moved" | "not-planned") => [{ title: "t", field: "f", why }];
  expect(exitOfApplied({ outcome, skipped: [] })).toBe(0);
  expect(exitOfApplied({ outcome, skipped: skipped("not-planned") })).toBe(0);
  expect(exitOfApplied({ outcome, skipped: skipped("moved") })).toBe(1);
});

test("a failed check ends as a run would", () => {
  const finding = { area: "a", message: "m", remedy: null };
  expect(exitOfFinding({ ...finding, level: "warn", code: null })).toBe(0);
  expect(exitOfFinding({ ...finding, level: "fail", code: "not_shared" })).toBe(77);
  expect(exitOfFinding({ ...finding, level: "fail", code: null })).toBe(1);
});
