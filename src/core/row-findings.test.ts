// Rows out of scope: what a history line about one is known by, so that it is told once.
import { expect, test } from "vitest";
import {
  alpha,
  beta,
  live,
  makeContext,
  makeFacts,
  makePairLink,
  makeRow,
  makeSmallSetup,
} from "../../test/fixture/pair.ts";
import { recordId } from "./ids.ts";
import { reconcile, type RowPlan } from "./reconcile.ts";
import { hiddenScope, scopeOf, withScope } from "./row-findings.ts";
import type { RowReading } from "./row.ts";
import { sides, type Side } from "./side.ts";
import { empty } from "./value.ts";

const setup = makeSmallSetup();
const link = makePairLink(setup, { Name: alpha, Status: empty });

function planWith(side: Side, reading: RowReading, name = alpha): RowPlan {
  const rows = {
    left: live(makeRow(setup, "left", { Name: name })),
    right: live(makeRow(setup, "right", { Name: name })),
    [side]: reading,
  };
  return reconcile(makeFacts(link, rows), makeContext(setup));
}

test.each(sides)("a row out of scope is known by its side and the reason: %s", (side) => {
  for (const why of ["archived", "moved", "filtered"] as const) {
    expect(scopeOf(planWith(side, { state: "left", why, row: null }))).toBe(`${side} ${why}`);
  }
  expect(hiddenScope(side)).toBe(`${side} hidden`);
});

test("a row in scope, or one that waits for another reason, is not known as out of it", () => {
  expect(scopeOf(planWith("left", live(makeRow(setup, "left", { Name: beta }))))).toBeNull();
  expect(scopeOf(planWith("left", { state: "unknown", why: "404" }))).toBeNull();
  expect(scopeOf(planWith("left", { state: "gone", evidence: "" }, beta))).toBeNull();
});

test.each(sides)(
  "a row that is not made on the %s is out of scope; one that is made is not",
  (side) => {
    const ids = { left: recordId("page-1"), right: recordId("rec1"), [side]: null };
    const creating = makePairLink(setup, {}, { state: "creating", ids });
    const told = (isAllowed: boolean): string | null => {
      const used = makeSmallSetup({
        policy: { creates: { left: true, right: true, [side]: isAllowed } },
      });
      const source = side === "left" ? "right" : "left";
      const rows = {
        left: null,
        right: null,
        [source]: live(makeRow(used, source, { Name: alpha })),
      };
      return scopeOf(reconcile(makeFacts(creating, rows), makeContext(used)));
    };
    expect([told(false), told(true)]).toEqual([`${side} not made`, null]);
  },
);

test("what was told last is remembered, and forgotten when the row is back", () => {
  const told = withScope(link, "left moved");
  expect(told).toEqual({ ...link, scopeTold: "left moved" });
  expect(withScope(told, "left moved")).toBe(told);
  expect(withScope(told, "right filtered")).toEqual({ ...link, scopeTold: "right filtered" });
  expect(withScope(told, null)).toEqual(link);
  expect(withScope(told, null)).not.toHaveProperty("scopeTold");
  expect(withScope(link, null)).toBe(link);
});
