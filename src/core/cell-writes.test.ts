// What a decision about a cell means for the two services, whole: each write with what it replaces,
// what stands behind it, and whether it becomes the base.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeContext,
  makeFacts,
  makePairLink,
  makeRow,
  mappingOf,
  setupOf,
  type FieldSpec,
} from "../../test/fixture/pair.ts";
import { planCells, type CellPlan } from "./plan-cells.ts";
import type { PlannedCell } from "./reconcile.ts";
import type { Kind } from "./schema.ts";
import type { PairSetup } from "./setup.ts";
import { other, sides, type Side, type Sided } from "./side.ts";
import { choice, choices, empty, text, type Value } from "./value.ts";

const at = (spec: Partial<FieldSpec> = {}): PairSetup =>
  setupOf({ fields: { Name: { kind: kinds.lines, ...spec } } });

function planOf(
  setup: PairSetup,
  base: Value | Sided<Value> | null,
  values: Sided<Value>,
): CellPlan {
  const link = makePairLink(setup, base === null ? {} : { Name: base });
  const rows = {
    left: makeRow(setup, "left", { Name: values.left }),
    right: makeRow(setup, "right", { Name: values.right }),
  };
  const facts = makeFacts(link, { left: live(rows.left), right: live(rows.right) });
  const [plan] = planCells(rows, facts, makeContext(setup));
  if (plan === undefined) throw new Error("no cell was planned");
  return plan;
}

function write(
  setup: PairSetup,
  side: Side,
  cell: Partial<PlannedCell>,
): CellPlan["writes"][number] {
  const mapping = mappingOf(setup, "Name");
  return {
    side,
    cell: {
      mapping,
      field: mapping.fields[side],
      before: alpha,
      after: beta,
      source: beta,
      rule: "F4",
      isLossy: false,
      isBase: true,
      ...cell,
    },
  };
}

describe.each(sides)("values that go to the %s", (side) => {
  const rule = side === "right" ? "F4" : "F5";
  const edited = (value: Value): Sided<Value> => ({ left: value, right: value, [side]: alpha });

  test("an edit goes as it is, with what it replaces, and becomes the base", () => {
    const setup = at();
    const plan = planOf(setup, alpha, edited(beta));
    expect(plan).toMatchObject({ refusal: null, loser: null, label: "policy" });
    expect(plan.writes).toEqual([write(setup, side, { rule })]);
  });

  test("formatting stays behind, and the copy is marked", () => {
    const setup = at();
    const styled = text("Beta", true);
    expect(planOf(setup, alpha, edited(styled)).writes).toEqual([
      write(setup, side, { source: styled, isLossy: true, rule }),
    ]);
  });

  test("an option goes by the name it has there", () => {
    const setup = at({ kind: kinds.choice, renames: [{ left: "Low", right: "High" }] });
    const [source, after] = side === "right" ? ["Low", "High"] : ["High", "Low"];
    const values = { left: empty, right: empty, [other(side)]: choice(source) };
    expect(planOf(setup, empty, values).writes).toEqual([
      write(setup, side, { before: empty, after: choice(after), source: choice(source), rule }),
    ]);
  });

  test("a blank is filled when two rows meet", () => {
    const setup = at();
    const plan = planOf(setup, null, { left: beta, right: beta, [side]: empty });
    const filled = { before: empty, rule: side === "right" ? "F15" : "F16" };
    expect(plan).toMatchObject({ loser: null, label: "policy" });
    expect(plan.writes).toEqual([write(setup, side, filled)]);
  });

  test("the value that gives way is what is replaced", () => {
    const setup = at({ owner: other(side) });
    const plan = planOf(setup, alpha, { left: beta, right: beta, [side]: text("Lost") });
    expect(plan).toMatchObject({ loser: side, label: "policy" });
    expect(plan.writes).toEqual([write(setup, side, { before: text("Lost"), rule: "F12" })]);
  });

  test("F19: what does not fit is not written, and says which side cannot hold it", () => {
    const short: Kind = { kind: "text", format: "plain", isMultiline: true, lengthMax: 3 };
    const setup = at({ kind: { left: kinds.lines, right: kinds.lines, [side]: short } });
    const values = { left: beta, right: beta, [side]: text("A") };
    const plan = planOf(setup, text("A"), values);
    expect(plan.mapping).toEqual(mappingOf(setup, "Name"));
    expect(plan).toMatchObject({
      base: { left: text("A"), right: text("A") },
      values,
      times: { [side]: null },
      pending: { [side]: null, [other(side)]: { key: "t:Beta" } },
      decision: { act: "hold", rule: "F19", why: "refused" },
      refusal: "the text has 4 characters, the field takes 3",
      refusedSide: side,
      writes: [],
      loser: null,
      label: "held",
    });
  });
});

describe("F10: a merge", () => {
  const tags = at({ kind: kinds.tags, owner: "merge" });
  const base = choices(["a", "b"]);
  const merged = choices(["b", "c"]);

  test("that neither side holds goes to both, and is no base before it was read there", () => {
    const values = { left: choices(["a", "b", "c"]), right: choices(["b"]) };
    const plan = planOf(tags, base, values);
    expect(plan).toMatchObject({ loser: null, label: "policy", refusal: null });
    const whole = { after: merged, source: merged, rule: "F10", isBase: false };
    expect(plan.writes).toEqual([
      write(tags, "left", { ...whole, before: values.left }),
      write(tags, "right", { ...whole, before: values.right }),
    ]);
  });

  test.each(sides)(
    "that one side holds already goes to the %s, with the other's value behind it",
    (side) => {
      const held = choices(["c", "b"]);
      const values = { left: held, right: held, [side]: choices(["b"]) };
      const after = choices(side === "left" ? ["b", "c"] : ["c", "b"]);
      expect(planOf(tags, base, values).writes).toEqual([
        write(tags, side, { before: choices(["b"]), after, source: held, rule: "F10" }),
      ]);
    },
  );

  test("goes to the right in the right side's words", () => {
    const renamed = at({
      kind: kinds.tags,
      owner: "merge",
      renames: [{ left: "c", right: "see" }],
    });
    const values = { left: choices(["a", "b", "c"]), right: choices(["b"]) };
    const plan = planOf(renamed, base, values);
    expect(plan.writes.map(({ side, cell }) => [side, cell.after, cell.source])).toEqual([
      ["left", merged, merged],
      ["right", choices(["b", "see"]), merged],
    ]);
    const half = planOf(renamed, base, { left: merged, right: choices(["b"]) });
    expect(half.writes.map(({ side, cell }) => [side, cell.after, cell.isBase])).toEqual([
      ["right", choices(["b", "see"]), true],
    ]);
    const there = planOf(renamed, base, { left: choices(["b"]), right: choices(["b", "see"]) });
    expect(there.writes.map(({ side, cell }) => [side, cell.after, cell.isBase])).toEqual([
      ["left", choices(["b", "c"]), true],
    ]);
  });

  test("starts from the left half of the base, where an option has two names", () => {
    const renamed = at({
      kind: kinds.tags,
      owner: "merge",
      renames: [{ left: "c", right: "see" }],
    });
    const halves = { left: choices(["a", "c"]), right: choices(["a", "see"]) };
    const values = { left: choices(["a"]), right: choices(["a", "see", "d"]) };
    const plan = planOf(renamed, halves, values);
    expect(plan.writes.map(({ side, cell }) => [side, cell.after])).toEqual([
      ["left", choices(["a", "d"])],
      ["right", choices(["a", "d"])],
    ]);
  });

  test("that one side cannot hold is written to neither", () => {
    const few: Kind = {
      kind: "choices",
      options: [],
      canAddOptions: true,
      refuses: [],
      countMax: 2,
    };
    const setup = at({ kind: { left: kinds.tags, right: few }, owner: "merge" });
    const values = { left: choices(["a", "c"]), right: choices(["a", "d"]) };
    expect(planOf(setup, choices(["a"]), values)).toMatchObject({
      decision: { act: "hold", rule: "F19", why: "refused" },
      refusal: "3 options, the field takes 2",
      refusedSide: "right",
      writes: [],
      label: "held",
    });
  });
});
