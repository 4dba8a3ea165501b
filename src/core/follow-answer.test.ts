// A person's answer to a cell that waits: which cell it is about, what it writes, and what it may not.
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
import { answerFor, inLeftWords } from "./follow-answer.ts";
import { planCells, type CellPlan } from "./plan-cells.ts";
import type { Answer } from "./reconcile.ts";
import type { Kind } from "./schema.ts";
import type { PairSetup } from "./setup.ts";
import { other, sides, type Sided } from "./side.ts";
import { choice, empty, number, text, type Value } from "./value.ts";

const gamma = text("Gamma");
const delta = text("Delta");
const at = (spec: Partial<FieldSpec> = {}): PairSetup =>
  setupOf({ fields: { Name: { kind: kinds.lines, owner: "ask", ...spec } } });
const asking = at();
const values: Sided<Value> = { left: beta, right: gamma };
const asked: Answer = {
  cell: mappingOf(asking, "Name").key,
  base: alpha,
  values,
  keep: "left",
};

function followed(
  answer: Partial<Answer>,
  found: {
    readonly setup?: PairSetup;
    readonly base?: Value | null;
    readonly values?: Sided<Value>;
  } = {},
): CellPlan {
  const setup = found.setup ?? asking;
  const shown = found.values ?? values;
  const base = found.base === undefined ? alpha : found.base;
  const rows = {
    left: makeRow(setup, "left", { Name: shown.left }),
    right: makeRow(setup, "right", { Name: shown.right }),
  };
  const link = makePairLink(setup, base === null ? {} : { Name: base });
  const answers = [{ ...asked, base, values: shown, ...answer }];
  const facts = makeFacts(link, { left: live(rows.left), right: live(rows.right) }, { answers });
  const [plan] = planCells(rows, facts, makeContext(setup));
  if (plan === undefined) throw new Error("no cell was planned");
  return plan;
}

describe("F12: the cell an answer is about", () => {
  const mapping = mappingOf(asking, "Name");
  const link = makePairLink(asking, { Name: alpha });
  const base = link.cells.get(mapping.key) ?? null;
  const cell = { mapping, base, values };

  test("is told by its base and both values", () => {
    expect(answerFor([asked], cell)).toBe(asked);
    const others: readonly Partial<Answer>[] = [
      { cell: null },
      { base: null },
      { base: beta },
      { values: { ...values, left: gamma } },
      { values: { ...values, right: beta } },
      { values: { left: null, right: null } },
    ];
    for (const change of others) expect(answerFor([{ ...asked, ...change }], cell)).toBeNull();
    expect(answerFor([], cell)).toBeNull();
  });

  test("has the left half of the base, where the two differ", () => {
    const halves = makePairLink(asking, { Name: { left: alpha, right: text("There") } });
    const found = { ...cell, base: halves.cells.get(mapping.key) ?? null };
    expect(answerFor([asked], found)).toBe(asked);
    expect(answerFor([{ ...asked, base: text("There") }], found)).toBeNull();
  });

  test("may have no base, and then only an answer without one is about it", () => {
    const bare = { ...cell, base: null };
    expect(answerFor([{ ...asked, base: null }], bare)).not.toBeNull();
    expect(answerFor([asked], bare)).toBeNull();
  });

  test("of two answers the later one counts", () => {
    const later: Answer = { ...asked, keep: "right" };
    expect(answerFor([asked, later, { ...asked, cell: null }], cell)).toBe(later);
  });

  test.each(sides)("a typed answer that has reached the %s already is still about it", (side) => {
    const typed: Answer = { ...asked, keep: { value: text("Delta ") } };
    const half = { ...cell, values: { ...values, [side]: delta } };
    expect(answerFor([typed], half)).toBe(typed);
    expect(answerFor([asked], half)).toBeNull();
    const both = { ...cell, values: { left: delta, right: delta } };
    expect(answerFor([typed], both)).toBe(typed);
  });
});

describe("F12: what an answer writes", () => {
  test.each(sides)("the side that is kept goes to the other one: %s", (keep) => {
    const side = other(keep);
    const plan = followed({ keep });
    expect(plan).toMatchObject({
      decision: { act: "write", rule: "F12", side, loser: side, label: "policy" },
      loser: side,
      label: "policy",
      refusal: null,
    });
    expect(plan.writes).toMatchObject([
      { side, cell: { before: values[side], after: values[keep], rule: "F12", isBase: true } },
    ]);
    expect(plan.writes).toHaveLength(1);
  });

  test("what was typed goes to both, and to the one that lacks it", () => {
    const plan = followed({ keep: { value: delta } });
    expect(plan).toMatchObject({ decision: { act: "merge", rule: "F12" }, loser: null });
    expect(plan.writes).toMatchObject([
      { side: "left", cell: { before: beta, after: delta, rule: "F12", isBase: false } },
      { side: "right", cell: { before: gamma, after: delta, rule: "F12", isBase: false } },
    ]);
    const half = followed(
      { keep: { value: delta }, values },
      { values: { left: delta, right: gamma } },
    );
    expect(half.writes).toMatchObject([
      { side: "right", cell: { after: delta, source: delta, isBase: true } },
    ]);
    expect(half.writes).toHaveLength(1);
  });

  test("to keep both changes nothing, and no reason is given", () => {
    expect(followed({ keep: "both" })).toMatchObject({
      decision: { act: "hold", rule: "F12", why: "ask" },
      writes: [],
      refusal: null,
      label: "held",
    });
  });

  test("F17: rows that differ when they meet are settled by it too", () => {
    const plan = followed({ keep: "right" }, { base: null });
    expect(plan).toMatchObject({ decision: { act: "write", rule: "F12" }, loser: "left" });
    expect(plan.writes).toMatchObject([{ side: "left", cell: { after: gamma } }]);
  });
});

describe("an answer that cannot be carried out leaves the cell waiting, with the reason", () => {
  const held = { decision: { act: "hold", rule: "F12", why: "ask" }, writes: [], loser: null };

  test.each(sides)("it does not fit the %s", (side) => {
    const short: Kind = { kind: "text", format: "plain", isMultiline: true, lengthMax: 4 };
    const setup = at({ kind: { left: kinds.lines, right: kinds.lines, [side]: short } });
    const shown = { left: gamma, right: gamma, [side]: beta };
    const why = "the text has 5 characters, the field takes 4";
    const kept = followed({ keep: other(side) }, { setup, values: shown });
    expect(kept).toMatchObject({ ...held, refusal: why });
    const typed = followed({ keep: { value: delta } }, { setup, values: shown });
    expect(typed).toMatchObject({ ...held, refusal: why });
  });

  test.each([
    ["toRight", "left"],
    ["toLeft", "right"],
  ] as const)("nobody's answer writes into the source of a one-way field: %s", (flow, source) => {
    const setup = at({ flow, drift: "warn" });
    const shown = { left: alpha, right: alpha, [other(source)]: beta };
    const plan = followed({ keep: other(source) }, { setup, values: shown });
    expect(plan).toMatchObject({
      decision: { act: "hold", why: "drift" },
      writes: [],
      refusal: '"Name" may not be written',
      refusedSide: source,
    });
    const kept = followed({ keep: source }, { setup, values: shown });
    expect(kept.writes).toMatchObject([{ side: other(source), cell: { after: alpha } }]);
  });

  test("what was typed is no value of the field", () => {
    const setup = at({ kind: kinds.number });
    const shown = { left: number(2), right: number(3) };
    const plan = followed(
      { keep: { value: text("many") } },
      { setup, base: number(1), values: shown },
    );
    expect(plan).toMatchObject({ ...held, refusal: "the text is no number" });
  });
});

test("an option may be typed in either side's words, and is told in the left side's", () => {
  const setup = at({ kind: kinds.choice, renames: [{ left: "Low", right: "High" }] });
  const mapping = mappingOf(setup, "Name");
  expect(inLeftWords(mapping, text("High"))).toMatchObject({ value: choice("Low") });
  expect(inLeftWords(mapping, text("Archived"))).toMatchObject({ value: choice("Archived") });
  expect(inLeftWords(mapping, text("Nowhere"))).toMatchObject({
    kind: "refused",
    why: expect.stringContaining('"Nowhere" does not exist'),
  });
  expect(inLeftWords(mapping, empty)).toMatchObject({ value: empty });
  // Where the two swap names, a name is taken as the right side means it.
  const renames = [
    { left: "Low", right: "High" },
    { left: "High", right: "Low" },
  ];
  const swapped = mappingOf(at({ kind: kinds.choice, renames }), "Name");
  expect(inLeftWords(swapped, text("High"))).toMatchObject({ value: choice("Low") });
});

test.each(sides)(
  "an option that was typed and has reached the %s is told by that side's name",
  (side) => {
    const setup = at({ kind: kinds.choice, renames: [{ left: "Low", right: "High" }] });
    const mapping = mappingOf(setup, "Name");
    const shown = { left: choice("Archived"), right: choice("Archived") };
    const typed: Answer = {
      cell: mapping.key,
      base: null,
      values: shown,
      keep: { value: text("Low") },
    };
    const reached = choice(side === "left" ? "Low" : "High");
    const half = { mapping, base: null, values: { ...shown, [side]: reached } };
    expect(answerFor([typed], half)).toBe(typed);
  },
);
