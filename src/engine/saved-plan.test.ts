// What of a run a saved plan lets pass: each single cell as it was approved, and nothing else.
import { describe, expect, test } from "vitest";
import { alpha, beta, kinds, makeRow, live, setupOf } from "../../test/fixture/pair.ts";
import {
  createOf,
  makeWork,
  markedOn,
  plannedCell,
  removeOf,
  updateOf,
} from "../../test/fixture/work.ts";
import type { ConflictEntry } from "../core/entry.ts";
import { fieldId, recordId } from "../core/ids.ts";
import { empty, text } from "../core/value.ts";
import { restrictTo, saveWorks, type SavedPlan, type SavedWork } from "./saved-plan.ts";
import type { Work } from "./work.ts";

const setup = setupOf({
  fields: { Name: { kind: kinds.line }, Notes: { kind: kinds.line }, Size: { kind: kinds.line } },
});
const work = (action: Work["action"]): Work => makeWork(setup, action);

const planOf = (...works: readonly Work[]): SavedPlan => ({
  version: 1,
  pair: "p",
  storeId: "s",
  madeAtMs: 0,
  works: saveWorks(works),
});

const right = updateOf(setup, "right", ["Name", "Notes"]);
const name = { field: "fldName", before: "t:Alpha", after: "t:Beta" };
const notes = { field: "fldNotes", before: "t:Alpha", after: "t:Beta" };

describe("a saved piece of work", () => {
  const rows = { left: null, right: null };

  test.each<[what: string, action: Work["action"], saved: Partial<SavedWork>]>([
    ["an update, by the row it writes", right, { row: "rec1", cells: [name, notes] }],
    [
      "an update on the left",
      updateOf(setup, "left", ["Size"]),
      { row: "page-1", cells: [{ field: "size", before: "t:Alpha", after: "t:Beta" }] },
    ],
    [
      "a create, by the row it is made from",
      createOf(setup, "right", ["Name"]),
      { row: "page-1", cells: [name] },
    ],
    ["a create on the left", createOf(setup, "left", []), { row: "rec1", cells: [] }],
    ["a removal", removeOf("right"), { row: "rec1", cells: [] }],
    ["a row brought back", { kind: "restore", side: "left" }, { row: "page-1", cells: [] }],
  ])("%s", (_what, action, saved) => {
    const { kind, side } = action;
    expect(saveWorks([work(action)])).toEqual([{ side, kind, title: "Alpha", ...saved }]);
  });

  test("of a row that is nowhere yet has no id", () => {
    const made = makeWork(setup, right, { link: { ids: rows } });
    expect(saveWorks([made])).toMatchObject([{ row: "" }]);
  });
});

describe("what was planned", () => {
  const conflict = (field: string): ConflictEntry => ({
    type: "conflict",
    link: work(right).plan.link.id,
    ids: work(right).plan.link.ids,
    title: "Alpha",
    field,
    base: null,
    values: { left: { value: alpha, atMs: null }, right: { value: beta, atMs: null } },
    winner: "left",
    rule: "F11",
    label: "proven",
  });

  test.each<[string, Work["action"]]>([
    ["an update", right],
    ["a create", createOf(setup, "right", ["Name", "Notes"])],
    ["a removal", removeOf("left")],
    ["a row brought back", { kind: "restore", side: "left" }],
    ["a link marker alone", updateOf(setup, "right", [], { marker: "page-1" })],
  ])("passes as it is: %s", (_what, action) => {
    const all = work(action);
    const { restrict, skipped } = restrictTo(planOf(all));
    expect(restrict(all)).toEqual(all);
    expect(skipped()).toEqual([]);
  });

  test("and does not come up again is told as moved, with the plan's own words", () => {
    const plan = planOf(work(right));
    const moved = { title: "Alpha", field: null, why: "moved", planned: plan.works[0] };
    expect(restrictTo(plan).skipped()).toEqual([moved]);
  });

  test.each([
    ["before", { before: text("typed over") }],
    ["after", { after: text("meant otherwise") }],
  ])("with another value %s has moved; the other cells of the row pass", (_what, change) => {
    const cell = plannedCell(setup, { side: "right", name: "Notes" }, change);
    const [first] = right.cells;
    const now = { ...right, cells: [...(first === undefined ? [] : [first]), cell] };
    const conflicts = ["Name", "Notes", "Size"].map(conflict);
    const { restrict, skipped } = restrictTo(planOf(work(right)));
    expect(restrict({ ...work(now), conflicts })).toEqual({
      ...work({ ...now, cells: [first] } as Work["action"]),
      conflicts: [conflict("Name")],
    });
    expect(skipped()).toEqual([{ title: "Alpha", field: "Notes", why: "moved" }]);
  });

  test("of a row nothing is left of passes no call", () => {
    const cell = plannedCell(setup, { side: "right", name: "Name" }, { before: text("other") });
    const { restrict, skipped } = restrictTo(planOf(work(updateOf(setup, "right", ["Name"]))));
    expect(restrict(work({ ...right, cells: [cell] }))).toBeNull();
    expect(skipped()).toEqual([{ title: "Alpha", field: "Name", why: "moved" }]);
  });

  test("and is done about no more has moved, under the mapping's name where it still has one", () => {
    const planned = updateOf(setup, "right", ["Name", "Notes"]);
    const stray = plannedCell(
      setup,
      { side: "right", name: "Size" },
      {
        mapping: null,
        field: {
          ...plannedCell(setup, { side: "right", name: "Size" }).field,
          id: fieldId("fldGone"),
        },
      },
    );
    const plan = planOf(work({ ...planned, cells: [...planned.cells, stray] }));
    const [saved] = plan.works;
    const seen = {
      left: live(makeRow(setup, "left", { Name: beta, Notes: alpha })),
      right: live(makeRow(setup, "right", { Name: alpha, Notes: alpha })),
    };
    const now = makeWork(setup, updateOf(setup, "right", ["Name"]), { rows: seen });
    const { restrict, skipped } = restrictTo(plan);
    expect(restrict(now)).toEqual(now);
    const gone = { field: "fldGone", before: "t:Alpha", after: "t:Beta" };
    expect(skipped()).toEqual([
      { title: "Alpha", field: "Notes", why: "moved", planned: { ...saved, cells: [notes] } },
      { title: "Alpha", field: "fldGone", why: "moved", planned: { ...saved, cells: [gone] } },
    ]);
  });

  test("a row is made whole or not at all", () => {
    const planned = work(createOf(setup, "right", ["Name"]));
    const more = work(createOf(setup, "right", ["Name", "Size"]));
    const { restrict, skipped } = restrictTo(planOf(planned));
    expect(restrict(more)).toBeNull();
    expect(skipped()).toEqual([{ title: "Alpha", field: "Size", why: "not-planned" }]);
  });

  test("the archive mark passes under its field's own name", () => {
    const mark = plannedCell(
      setup,
      { side: "right", name: "Size" },
      { mapping: null, before: empty },
    );
    const put = work({ ...right, cells: [mark], archival: markedOn("right") });
    const { restrict, skipped } = restrictTo(planOf(put));
    expect(restrict(put)).toEqual(put);
    expect(skipped()).toEqual([]);
  });
});

describe("what was not planned is left for the next sync", () => {
  const planned = planOf(work(updateOf(setup, "right", ["Name"])));
  const passed = { title: "Alpha", field: null, why: "moved", planned: planned.works[0] };

  test.each<[string, Work]>([
    ["another side", work(updateOf(setup, "left", ["Name"]))],
    ["another kind of change", work(removeOf("right"))],
    [
      "another row",
      makeWork(setup, right, { link: { ids: { left: null, right: recordId("rec2") } } }),
    ],
  ])("%s", (_what, other) => {
    const { restrict, skipped } = restrictTo(planned);
    expect(restrict(other)).toBeNull();
    expect(skipped()).toEqual([{ title: "Alpha", field: null, why: "not-planned" }, passed]);
  });

  test("another cell of a planned row", () => {
    const { restrict, skipped } = restrictTo(planned);
    expect(restrict(work(right))).toEqual(work(updateOf(setup, "right", ["Name"])));
    expect(skipped()).toEqual([{ title: "Alpha", field: "Notes", why: "not-planned" }]);
  });
});
