// Cells of linked rows by example: what is carried, what is held and why, and what is remembered of
// the time at which a value was entered. The table behind the answers is tried in full elsewhere.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeBase,
  makeContext,
  makeFacts,
  makePairLink,
  makeRow,
  makeSmallSetup,
  mappingOf,
  nowMs,
  setupOf,
  type Cells,
  type FieldSpec,
} from "../../test/fixture/pair.ts";
import { foldSeen } from "./fold.ts";
import { undoRule, type BaseCell, type Link } from "./link.ts";
import { isRowEdited, planCells, watchCells, type CellPlan } from "./plan-cells.ts";
import type { Answer, ReconcileContext, RowFacts } from "./reconcile.ts";
import type { Row } from "./row.ts";
import type { PairSetup } from "./setup.ts";
import { other, sided, sides, type Side, type Sided } from "./side.ts";
import {
  boolean,
  choice,
  choices,
  empty,
  number,
  text,
  unknown,
  valueKey,
  type Value,
} from "./value.ts";

const gamma = text("Gamma");

interface Case {
  readonly setup?: PairSetup;
  readonly base?: Value | Sided<Value> | BaseCell;
  readonly left: Value;
  readonly right: Value;
  readonly rows?: Partial<Sided<Partial<Row>>>;
  readonly link?: Partial<Link>;
  readonly facts?: Partial<RowFacts>;
  readonly context?: Partial<ReconcileContext>;
}

const nameOnly = (spec: Partial<FieldSpec> = {}): PairSetup =>
  setupOf({ fields: { Name: { kind: kinds.lines, ...spec } } });

function laid({ setup = nameOnly(), base, left, right, ...rest }: Case): {
  readonly rows: Sided<Row>;
  readonly facts: RowFacts;
  readonly context: ReconcileContext;
} {
  const link = makePairLink(setup, base === undefined ? {} : { Name: base }, rest.link);
  const rows = {
    left: makeRow(setup, "left", { Name: left }, rest.rows?.left),
    right: makeRow(setup, "right", { Name: right }, rest.rows?.right),
  };
  const facts = makeFacts(link, { left: live(rows.left), right: live(rows.right) }, rest.facts);
  return { rows, facts, context: makeContext(setup, rest.context) };
}

/** The plan of the one cell that a case is about. */
function planOf(input: Case): CellPlan {
  const { rows, facts, context } = laid(input);
  const [plan] = planCells(rows, facts, context);
  if (plan === undefined) throw new Error("no cell was planned");
  return plan;
}

const writesOf = (plan: CellPlan): readonly string[] =>
  plan.writes.map(({ side, cell }) => `${side} ${valueKey(cell.after)}`);

describe("what is carried", () => {
  test("F3 P3: what neither side changed is left alone, whatever the two halves hold", () => {
    const plan = planOf({ base: { left: alpha, right: beta }, left: alpha, right: beta });
    expect(plan.decision).toEqual({ act: "none", rule: "F3" });
    expect(plan).toMatchObject({ writes: [], loser: null, label: "held", refusal: null });
    expect(plan.pending).toEqual({ left: null, right: null });
  });

  test("F6 F7: each side is held against its own half of the base", () => {
    const base = { left: alpha, right: beta };
    const rule = (left: Value, right: Value): string => planOf({ base, left, right }).decision.rule;
    expect([rule(beta, beta), rule(alpha, alpha)]).toEqual(["F6", "F7"]);
    expect([rule(beta, alpha), rule(gamma, beta), rule(alpha, gamma)]).toEqual(["F12", "F4", "F5"]);
  });

  test("F13: what an undo left different rests, and flows again once somebody edits it", () => {
    const undone = makeBase({ left: alpha, right: beta }, { rule: undoRule });
    const rests = planOf({ base: undone, left: alpha, right: beta });
    expect(rests.decision).toEqual({ act: "hold", rule: "F13", why: "undone" });
    expect(rests.writes).toEqual([]);
    expect(writesOf(planOf({ base: undone, left: gamma, right: beta }))).toEqual(["right t:Gamma"]);
    const agreed = makeBase({ left: alpha, right: alpha }, { rule: undoRule });
    expect(planOf({ base: agreed, left: alpha, right: alpha }).decision.rule).toBe("F3");
  });

  test("F4 F5: an edit on one side goes to the other, with what it replaces", () => {
    const plan = planOf({ base: alpha, left: beta, right: alpha });
    expect(plan.decision.rule).toBe("F4");
    expect(plan.writes).toMatchObject([
      { side: "right", cell: { before: alpha, after: beta, source: beta, isBase: true } },
    ]);
    expect(writesOf(planOf({ base: alpha, left: alpha, right: gamma }))).toEqual(["left t:Gamma"]);
  });

  test("F8: the same edit on both sides costs no call", () => {
    const plan = planOf({ base: alpha, left: beta, right: beta });
    expect(plan).toMatchObject({ decision: { act: "adopt", rule: "F8" }, writes: [] });
    expect(plan.pending).toEqual({ left: null, right: null });
  });

  test("F9: content wins over a cleared cell, and the clearing is told of", () => {
    const plan = planOf({ base: alpha, left: empty, right: gamma });
    expect(plan).toMatchObject({ decision: { rule: "F9" }, loser: "left" });
    expect(writesOf(plan)).toEqual(["left t:Gamma"]);
  });

  test("F15 F16 P28: rows that meet fill each other's blanks, and nothing filled is overwritten", () => {
    expect(writesOf(planOf({ left: alpha, right: empty }))).toEqual(["right t:Alpha"]);
    expect(writesOf(planOf({ left: empty, right: beta }))).toEqual(["left t:Beta"]);
    const differing = planOf({ left: alpha, right: beta });
    expect(differing.decision).toEqual({ act: "hold", rule: "F17", why: "alignment" });
    expect(differing.writes).toEqual([]);
    expect(planOf({ left: alpha, right: alpha }).decision.rule).toBe("F14");
    // Nobody saw either value being entered.
    expect(differing.times).toEqual({ left: null, right: null });
    expect(differing.pending).toEqual({ left: null, right: null });
  });

  test("F18: an edit of the flattened copy of formatted text is held", () => {
    const styled = text("Alpha", true);
    const base = makeBase({ left: styled, right: alpha }, { lossySide: "right" });
    const plan = planOf({ base, left: styled, right: beta });
    expect(plan.decision).toEqual({ act: "hold", rule: "F18", why: "lossy" });
    expect(plan.writes).toEqual([]);
    const back = planOf({ base, left: text("Beta", true), right: alpha });
    expect(back.writes).toMatchObject([{ side: "right", cell: { after: beta, isLossy: true } }]);
  });

  test("F18: with formatting: drop the copy is no lesser one", () => {
    const setup = nameOnly({ carry: { formatting: "drop" } });
    const styled = text("Alpha", true);
    const plan = planOf({ setup, base: { left: styled, right: alpha }, left: styled, right: beta });
    expect(writesOf(plan)).toEqual(["left t:Beta"]);
  });

  test("F19: a value that does not fit is held with the reason, and nothing is cut", () => {
    const short = { kind: "text", format: "plain", isMultiline: true, lengthMax: 4 } as const;
    const kind = { left: kinds.lines, right: short };
    const plan = planOf({ setup: nameOnly({ kind }), base: empty, left: alpha, right: empty });
    expect(plan.decision).toEqual({ act: "hold", rule: "F19", why: "refused" });
    expect(plan.refusal).toBe("the text has 5 characters, the field takes 4");
    expect(plan).toMatchObject({ writes: [], loser: null, label: "held" });
  });

  test("F20 P25: a cell that the row does not show is unknown, not empty", () => {
    const { rows, facts, context } = laid({ base: alpha, left: beta, right: alpha });
    for (const side of sides) {
      const blind = { ...rows, [side]: { ...rows[side], cells: new Map() } };
      const [plan] = planCells(blind, facts, context);
      const rule = side === "left" ? "F1" : "F2";
      expect(plan?.decision).toEqual({ act: "hold", rule, why: "unknown" });
      expect(plan?.values[side]).toEqual(unknown("undecodable"));
    }
  });

  test("P25: an unknown value is not as agreed, not even where that is what was stored", () => {
    for (const side of sides) {
      const both = { left: alpha, right: alpha, [side]: unknown("error") };
      const rule = side === "left" ? "F1" : "F2";
      expect(planOf({ base: both, ...both }).decision).toEqual({
        act: "hold",
        rule,
        why: "unknown",
      });
    }
  });

  test("P25: an unknown value in place of any other never adds a write or a base", () => {
    const value = fc.constantFrom(alpha, beta, gamma, empty, text("Alpha", true));
    const owner = fc.constantFrom("latest", "merge", "left", "ask");
    fc.assert(
      fc.property(value, value, fc.option(value), owner, (left, right, base, owned) => {
        const setup = nameOnly({ owner: owned as FieldSpec["owner"] & string });
        for (const side of sides) {
          const shown = { left, right, [side]: unknown("error") };
          const plan = planOf({ setup, ...(base === null ? {} : { base }), ...shown });
          expect(plan).toMatchObject({ decision: { act: "hold", why: "unknown" }, writes: [] });
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("merging", () => {
  const tags = setupOf({ fields: { Name: { kind: kinds.tags, owner: "merge" } } });

  test("F10 P16: a merge that differs from both sides is written to both and is no base yet", () => {
    const plan = planOf({
      setup: tags,
      base: choices(["a", "b"]),
      left: choices(["a", "b", "c"]),
      right: choices(["b"]),
    });
    expect(plan.decision).toEqual({ act: "merge", rule: "F10" });
    expect(writesOf(plan).toSorted()).toEqual(['left s:["b","c"]', 'right s:["b","c"]']);
    expect(plan.writes.map(({ cell }) => cell.isBase)).toEqual([false, false]);
  });

  test("F10: a merge that one side already holds is written to the other, and is the base then", () => {
    const plan = planOf({
      setup: tags,
      base: choices(["a"]),
      left: choices(["a", "b", "c"]),
      right: choices(["a", "b"]),
    });
    expect(plan.writes).toMatchObject([
      { side: "right", cell: { isBase: true, source: choices(["a", "b", "c"]) } },
    ]);
  });

  test("F17: two rows that meet have nothing to be merged from", () => {
    const plan = planOf({ setup: tags, left: choices(["a"]), right: choices(["b"]) });
    expect(plan.decision).toEqual({ act: "hold", rule: "F17", why: "alignment" });
  });

  test("F10 F19: what does not fit the other side, now or when both agreed, has no merge", () => {
    const added = choices(["a", "x"]);
    const odd = choices(["a", "b, c"]);
    const now = planOf({ setup: tags, base: choices(["a"]), left: added, right: odd });
    expect(now.decision.act).toBe("write");
    const then = { left: choices(["a"]), right: odd };
    const before = planOf({ setup: tags, base: then, left: added, right: choices(["a", "y"]) });
    expect(before.decision.act).toBe("write");
    const both = planOf({ setup: tags, base: then, left: added, right: choices(["b, c"]) });
    expect(both.decision.act).toBe("write");
  });

  test("F11 F12: what has no merge goes by time", () => {
    const setup = nameOnly({ owner: "merge" });
    const plan = planOf({ setup, base: alpha, left: beta, right: gamma });
    expect(plan.decision).toMatchObject({ act: "write", rule: "F12" });
  });
});

describe("whether a reading is believed", () => {
  const accepted = nowMs - 30_000;

  test("P5: an older stamp than one accepted makes changes unknown, until it can be stale no more", () => {
    const stale = {
      base: alpha,
      left: alpha,
      right: beta,
      link: { stamps: { left: null, right: accepted } },
      rows: { right: { stampMs: accepted - 10_000 } },
    };
    const soon = { context: { nowMs: { left: nowMs, right: accepted + 20_000 } } };
    const later = { context: { nowMs: { left: nowMs, right: accepted + 21_000 } } };
    expect(planOf({ ...stale, ...soon }).decision).toMatchObject({ act: "hold", why: "unknown" });
    expect(writesOf(planOf({ ...stale, ...later }))).toEqual(["left t:Beta"]);
  });

  test("P5: the same reading with the stamp accepted before, give or take its rounding, is news", () => {
    for (const stampMs of [accepted - 2_000, accepted, accepted + 1]) {
      const plan = planOf({
        base: alpha,
        left: alpha,
        right: beta,
        link: { stamps: { left: null, right: accepted } },
        rows: { right: { stampMs } },
        context: { nowMs: { left: nowMs, right: accepted + 1_000 } },
      });
      expect(writesOf(plan)).toEqual(["left t:Beta"]);
    }
  });

  test("P5: a value left a moment ago is fenced without a newer stamp, and heals with time", () => {
    const base = makeBase(
      { left: beta, right: beta },
      { previous: { left: alpha, right: alpha }, atMs: nowMs - 60_000, rev: 2 },
    );
    const undone: Case = { base, left: beta, right: alpha, rows: { right: { stampMs: null } } };
    expect(planOf(undone).decision).toMatchObject({ act: "hold", why: "unknown" });
    const healed = { nowMs: { left: nowMs, right: nowMs + 60_000 } };
    expect(writesOf(planOf({ ...undone, context: healed }))).toEqual(["left t:Alpha"]);
    const early = { nowMs: { left: nowMs, right: nowMs + 59_999 } };
    expect(planOf({ ...undone, context: early }).writes).toEqual([]);
    const moved = { link: { stamps: { left: null, right: nowMs - 60_000 } } };
    const stamped = { ...undone, ...moved, rows: { right: { stampMs: nowMs - 30_000 } } };
    expect(writesOf(planOf(stamped))).toEqual(["left t:Alpha"]);
    expect(writesOf(planOf({ ...undone, right: gamma }))).toEqual(["left t:Gamma"]);
  });

  test("F13 P11: what an undo left different on the two sides counts as an edit of either", () => {
    const edited = (side: Side, base: BaseCell): boolean => {
      const { rows, facts, context } = laid({ left: base.left, right: base.right, base });
      return isRowEdited(context, { link: facts.link, side, row: rows[side] });
    };
    for (const side of sides) {
      const apart = { left: alpha, right: beta };
      expect(edited(side, makeBase(apart, { rule: undoRule }))).toBe(true);
      expect(edited(side, makeBase(apart))).toBe(false);
      const alike = { left: alpha, right: alpha };
      expect(edited(side, makeBase(alike, { rule: undoRule }))).toBe(false);
    }
  });

  test("P11 P25: an old reading that happens to agree with the other side is an edit all the same", () => {
    const base = makeBase(
      { left: alpha, right: beta },
      { previous: { left: beta, right: beta }, atMs: nowMs - 60_000 },
    );
    const left = laid({ base, left: beta, right: beta, rows: { left: { stampMs: null } } });
    const at = { link: left.facts.link, side: "left", row: left.rows.left } as const;
    expect(isRowEdited(left.context, at)).toBe(true);
    const later = { ...left.context, nowMs: { left: nowMs + 60_000, right: nowMs } };
    expect(isRowEdited(later, at)).toBe(false);
  });

  test("P11: a row is edited when it holds what was not carried over, or what nobody can judge", () => {
    const edited = (right: Value, base: Case["base"]): boolean => {
      const { rows, facts, context } = laid({
        left: alpha,
        right,
        ...(base === undefined ? {} : { base }),
      });
      return isRowEdited(context, { link: facts.link, side: "right", row: rows.right });
    };
    expect(edited(alpha, alpha)).toBe(false);
    expect(edited(beta, alpha)).toBe(true);
    expect(edited(unknown("error"), alpha)).toBe(true);
    expect(edited(beta, { left: beta, right: alpha })).toBe(false);
    expect(edited(beta, undefined)).toBe(true);
    expect(edited(empty, undefined)).toBe(false);
  });

  test.each(sides)("P11: one edited cell is enough, and our own mark is none: %s", (side) => {
    const mark = { kind: "mark", field: "Status", value: "Archived" } as const;
    const archive = { left: null, right: null, [side]: mark };
    const setup = makeSmallSetup({ policy: { archive } });
    const link = makePairLink(setup, { Name: alpha });
    const edited = (cells: Cells): boolean =>
      isRowEdited(makeContext(setup), { link, side, row: makeRow(setup, side, cells) });
    expect(edited({ Name: alpha, Status: choice("Archived") })).toBe(false);
    expect(edited({ Name: beta, Status: choice("Archived") })).toBe(true);
    const elsewhere = makeSmallSetup({ policy: { archive: { ...archive, [side]: null } } });
    const row = makeRow(elsewhere, side, { Name: alpha, Status: choice("Archived") });
    expect(isRowEdited(makeContext(elsewhere), { link, side, row })).toBe(true);
  });
});

describe("which edit came later", () => {
  const both = { base: alpha, left: beta, right: gamma };
  const minute = 60_000;

  test("F11 P8: an edit first seen before the other side's last unchanged reading is earlier", () => {
    const key = mappingOf(nameOnly(), "Name").key;
    const pending = {
      left: new Map([
        [key, { key: valueKey(beta), loMs: nowMs - 60 * minute, hiMs: nowMs - 30 * minute }],
      ]),
      right: new Map(),
    };
    const plan = planOf({ ...both, link: { pending } });
    expect(plan.decision).toMatchObject({ rule: "F11", side: "left", label: "proven" });
    expect(plan.loser).toBe("left");
    expect(plan.times.left).toBe(nowMs - 30 * minute);
  });

  test("P8: a stamp older than the last unchanged reading proves nothing: it did not see the edit", () => {
    const rows = { left: { stampMs: nowMs - 60 * minute }, right: { stampMs: nowMs - minute } };
    const plan = planOf({ ...both, rows });
    expect(plan.decision).toMatchObject({ label: "tie" });
    expect(plan.times.left).toBe(nowMs - 1_000);
  });

  test("F12 P8: stamps alone are an estimate, and within a step of each other a tie", () => {
    const rows = { left: { stampMs: nowMs - 5 * minute }, right: { stampMs: nowMs - 4 * minute } };
    expect(planOf({ ...both, rows }).decision).toMatchObject({ side: "left", label: "estimated" });
    const near = { left: rows.left, right: { stampMs: nowMs - 5 * minute + 30_000 } };
    expect(planOf({ ...both, rows: near }).decision).toMatchObject({ side: "right", label: "tie" });
  });

  test("P8: what a service said about the order counts before stamps, and is no proof", () => {
    const laterSaid = new Map([[mappingOf(nameOnly(), "Name").key, "left" as const]]);
    const rows = { left: { stampMs: nowMs - 9 * minute }, right: { stampMs: nowMs - minute } };
    expect(planOf({ ...both, rows, facts: { laterSaid } }).decision).toMatchObject({
      side: "right",
      label: "estimated",
    });
  });

  test("F17 P8: between rows that were never in step, an old value is not taken for a new one", () => {
    // The right row was last edited long ago; the last scan says nothing about when.
    const rows = {
      left: { stampMs: nowMs - 60 * minute },
      right: { stampMs: nowMs - 24 * 60 * minute },
    };
    const plan = planOf({ left: alpha, right: beta, rows, context: { prefer: "newer" } });
    expect(plan.decision).toMatchObject({ rule: "F17", side: "right", label: "estimated" });
  });

  test("F17: an answer counts before what a resync prefers", () => {
    const { key } = mappingOf(nameOnly(), "Name");
    const values = { left: alpha, right: beta };
    const answers = [{ cell: key, base: null, values, keep: "right" }] as const;
    const asked = { left: alpha, right: beta, context: { prefer: "left" } } as const;
    expect(planOf({ ...asked, facts: { answers } }).decision).toMatchObject({
      act: "write",
      rule: "F12",
      side: "left",
    });
    expect(planOf(asked).decision).toMatchObject({ act: "write", rule: "F17", side: "right" });
  });

  test("P8: a reading that showed nothing does not bound the edit from below", () => {
    const setup = nameOnly();
    const key = mappingOf(setup, "Name").key;
    const blind = laid({ setup, base: alpha, left: unknown("error"), right: alpha });
    const cells = planCells(blind.rows, blind.facts, blind.context);
    const link = foldSeen(blind.facts.link, cells, { left: null, right: null });
    expect(link.pending.left.get(key)).toMatchObject({ loMs: nowMs - 917_000 });
    // A quarter of an hour later the value is there: it may have been there all the time.
    const laterMs = nowMs + 900_000;
    const next = planOf({
      setup,
      base: alpha,
      left: beta,
      right: gamma,
      link: {
        pending: {
          left: link.pending.left,
          right: new Map([
            [key, { key: valueKey(gamma), loMs: nowMs - 12 * minute, hiMs: nowMs - 10 * minute }],
          ]),
        },
      },
      rows: { left: { window: { startMs: laterMs, endMs: laterMs }, stampMs: laterMs } },
      context: { lastScans: sided(() => ({ startMs: nowMs, endMs: nowMs })) },
    });
    expect(next.pending.left?.loMs).toBe(nowMs - 917_000);
    expect(next.label).toBe("estimated");
    // Seen again without a value, it is remembered alike: a quiet run leaves no trace.
    const again = laid({
      setup,
      base: alpha,
      left: unknown("error"),
      right: alpha,
      link: { pending: link.pending },
      context: { lastScans: sided(() => ({ startMs: nowMs, endMs: nowMs })) },
    });
    const kept = foldSeen(again.facts.link, planCells(again.rows, again.facts, again.context), {
      left: null,
      right: null,
    });
    expect(kept.pending).toEqual(link.pending);
  });

  test("P8: an edit on a row that waits keeps the time it was first seen at", () => {
    const setup = nameOnly();
    const key = mappingOf(setup, "Name").key;
    const { rows, facts, context } = laid({ setup, base: alpha, left: beta, right: alpha });
    const watched = watchCells({ left: rows.left, right: null }, facts, context);
    const link = foldSeen(facts.link, watched, { left: rows.left, right: null });
    expect(link.pending.left.get(key)).toEqual({
      key: valueKey(beta),
      loMs: nowMs - 917_000,
      hiMs: nowMs - 235_000,
    });
    const later = makeContext(setup, {
      lastScans: sided(() => ({ startMs: nowMs, endMs: nowMs })),
      nowMs: { left: nowMs + 900_000, right: nowMs + 900_000 },
    });
    const seen = { left: rows.left, right: null };
    const kept = foldSeen(link, watchCells(seen, { ...facts, link }, later), seen);
    expect(kept.pending).toEqual(link.pending);
    const gone = { left: null, right: rows.right };
    const blind = foldSeen(link, watchCells(gone, { ...facts, link }, later), gone);
    const edit = { ...link.pending.left.get(key), isUnseen: true };
    expect(blind.pending.left).toEqual(new Map([[key, edit]]));
  });

  test("an edit taken back is forgotten", () => {
    const setup = nameOnly();
    const key = mappingOf(setup, "Name").key;
    const edit = { key: valueKey(beta), loMs: 1, hiMs: 2 };
    const pending = { left: new Map([[key, edit]]), right: new Map() };
    const back = laid({ setup, base: alpha, left: alpha, right: alpha, link: { pending } });
    const cells = planCells(back.rows, back.facts, back.context);
    expect(foldSeen(back.facts.link, cells, back.rows).pending.left.size).toBe(0);
  });
});

describe("what a person answered", () => {
  const setup = nameOnly({ owner: "ask" });
  const key = mappingOf(setup, "Name").key;
  const asked: Case = { setup, base: alpha, left: beta, right: gamma };
  const answer = (keep: Answer["keep"], change: Partial<Answer> = {}): Case => ({
    ...asked,
    facts: {
      answers: [{ cell: key, base: alpha, values: { left: beta, right: gamma }, keep, ...change }],
    },
  });

  test("F12: asked and not answered, both are left alone", () => {
    expect(planOf(asked).decision).toEqual({ act: "hold", rule: "F12", why: "ask" });
  });

  test("F12: the side that is kept overwrites the other, and the loser is told of", () => {
    for (const side of sides) {
      const plan = planOf(answer(side));
      expect(plan).toMatchObject({ loser: other(side), writes: [{ side: other(side) }] });
    }
  });

  test("F12: a value typed in goes to both sides", () => {
    const plan = planOf(answer({ value: text("Delta") }));
    expect(writesOf(plan).toSorted()).toEqual(["left t:Delta", "right t:Delta"]);
  });

  test("F12: a typed answer of which one write was done is finished, and nothing else is taken for it", () => {
    const half = (keep: Answer["keep"], right: Value): Case => ({ ...answer(keep), right });
    expect(writesOf(planOf(half({ value: text("Delta") }, text("Delta"))))).toEqual([
      "left t:Delta",
    ]);
    expect(planOf(half({ value: text("Delta") }, text("Epsilon"))).writes).toEqual([]);
    expect(planOf(half("left", text("Delta"))).writes).toEqual([]);
  });

  test("F12: keeping both, or an answer about other values, changes nothing", () => {
    expect(planOf(answer("both")).writes).toEqual([]);
    expect(planOf(answer("left", { base: beta })).writes).toEqual([]);
    expect(planOf(answer("left", { values: { left: beta, right: alpha } })).writes).toEqual([]);
    expect(planOf(answer("left", { cell: null })).writes).toEqual([]);
  });

  test("F1 F12 P25: no answer makes up for what cannot be read, or turns what was decided", () => {
    const blind = unknown("error");
    const values = { left: blind, right: gamma };
    const unread = planOf({ ...answer("left", { values }), left: blind });
    expect(unread.decision).toEqual({ act: "hold", rule: "F1", why: "unknown" });
    expect(unread.writes).toEqual([]);
    for (const keep of ["right", { value: text("Delta") }] as const) {
      const other = planOf({ ...answer(keep, { values }), left: blind });
      expect(other).toMatchObject({ decision: unread.decision, writes: [], loser: null });
    }
    const decided: Case = { ...answer("left"), setup: nameOnly({ owner: "right" }) };
    expect(planOf(decided)).toMatchObject({ decision: { act: "write", side: "left" } });
    expect(writesOf(planOf(decided))).toEqual(["left t:Gamma"]);
  });

  test("F12: of two answers to the same question the later one counts", () => {
    const one = { cell: key, base: alpha, values: { left: beta, right: gamma } };
    for (const side of sides) {
      const answers: readonly Answer[] = [
        { ...one, keep: other(side) },
        { ...one, keep: side },
      ];
      expect(planOf({ ...asked, facts: { answers } }).loser).toBe(other(side));
    }
  });

  test("F12: an option may be typed in either side's words", () => {
    const status = setupOf({
      fields: {
        Name: {
          kind: {
            left: kinds.choice,
            right: {
              ...kinds.choice,
              options: [{ id: "o1", name: "Hoch" }],
            } as typeof kinds.choice,
          },
          owner: "ask",
          renames: [{ left: "High", right: "Hoch" }],
        },
      },
    });
    for (const typed of ["High", "hoch"]) {
      const values = { left: choice("Low"), right: choice("Mittel") };
      const given = { cell: mappingOf(status, "Name").key, base: empty, values };
      const plan = planOf({
        setup: status,
        base: empty,
        ...values,
        facts: { answers: [{ ...given, keep: { value: text(typed) } }] },
      });
      expect(writesOf(plan).toSorted()).toEqual(["left c:High", "right c:Hoch"]);
    }
  });

  test("F12: a tick may be typed in as words", () => {
    const ticks = setupOf({ fields: { Name: { kind: kinds.tick } } });
    const { bridge } = mappingOf(ticks, "Name");
    expect(bridge.carry("left", text("Yes"))).toMatchObject({ value: boolean(true) });
    expect(bridge.carry("left", text("false"))).toMatchObject({ value: boolean(false) });
    expect(bridge.carry("left", text("maybe"))).toMatchObject({ kind: "refused" });
  });

  test("a value typed in that fits nowhere changes nothing, and the reason is kept", () => {
    const numbers = setupOf({ fields: { Name: { kind: kinds.number, owner: "ask" } } });
    const values = { left: number(2), right: number(3) };
    const given = { cell: mappingOf(numbers, "Name").key, base: number(1), values };
    const plan = planOf({
      setup: numbers,
      base: number(1),
      ...values,
      facts: { answers: [{ ...given, keep: { value: text("many") } }] },
    });
    expect(plan).toMatchObject({ decision: { act: "hold", why: "ask" }, writes: [] });
    expect(plan.refusal).toBe("the text is no number");
  });
});

test("P19 P20: cells are decided apart, in any order of the mappings", () => {
  const setup = makeSmallSetup();
  const cells: Cells = { Name: beta, Status: choice("High") };
  const rows = {
    left: makeRow(setup, "left", cells),
    right: makeRow(setup, "right", { Name: alpha, Status: unknown("error") }),
  };
  const link = makePairLink(setup, { Name: alpha, Status: choice("Low") });
  const facts = makeFacts(
    link,
    sided((side: Side) => live(rows[side])),
  );
  const told = (context: ReconcileContext): unknown =>
    planCells(rows, facts, context)
      .map((plan) => `${plan.mapping.name} ${plan.decision.rule} ${writesOf(plan).join()}`)
      .toSorted();
  const reversed = { ...setup, mappings: setup.mappings.toReversed() };
  expect(told(makeContext(setup))).toEqual(told(makeContext(reversed)));
  expect(told(makeContext(setup))).toEqual(["Name F4 right t:Beta", "Status F2 "]);
});
