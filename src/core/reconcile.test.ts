// Whole rows by example: what one link's plan comes to, as calls and as turns of the link.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeContext,
  makeFacts,
  makeField,
  makePairLink,
  makeRow,
  makeSmallSetup,
  mappingOf,
  setupOf,
  type Cells,
} from "../../test/fixture/pair.ts";
import { fieldId, recordId } from "./ids.ts";
import type { Link } from "./link.ts";
import { markerFix, reconcile, type Answer, type RowFacts, type RowPlan } from "./reconcile.ts";
import type { Row, RowReading } from "./row.ts";
import type { PairSetup } from "./setup.ts";
import { other, sides, type Side, type Sided } from "./side.ts";
import { boolean, choice, empty, text, unknown, valueKey, type Value } from "./value.ts";

const markerId = "page1";
const marker = makeField("right", "Notion Page ID", kinds.line);
const mark = { kind: "mark", field: "Status", value: "Archived" } as const;
const setup = makeSmallSetup({
  policy: {
    markers: { left: null, right: "Notion Page ID" },
    archive: { left: { kind: "remove" }, right: mark },
  },
  extra: { right: [marker] },
});
const base: Cells = { Name: alpha, Status: choice("Low") };
const trashed: RowReading = { state: "trashed", row: null };
const gone: RowReading = { state: "gone", evidence: "looked up beside a control row" };

const leftRow = (cells: Cells = base, change: Partial<Row> = {}): Row =>
  makeRow(setup, "left", cells, change);
const rightRow = (cells: Cells = base, change: Partial<Row> = {}): Row =>
  makeRow(setup, "right", cells, { marker: "page-1", ...change });

interface Case {
  readonly rows: Sided<RowReading | null>;
  readonly link?: Partial<Link>;
  readonly facts?: Partial<RowFacts>;
  readonly setup?: PairSetup;
  readonly base?: Cells;
  readonly canRestore?: Sided<boolean>;
}

function planOf(input: Case): RowPlan {
  const used = input.setup ?? setup;
  const link = makePairLink(used, input.base ?? base, input.link);
  const context = makeContext(used, {
    canRestore: input.canRestore ?? { left: true, right: false },
  });
  return reconcile(makeFacts(link, input.rows, input.facts), context);
}

/** Actions in a line each, short enough to be read. */
function told(plan: RowPlan): readonly string[] {
  return plan.actions.map((action) => {
    const cells =
      action.kind === "update" || action.kind === "create"
        ? action.cells.map(({ field, after }) => ` ${field.name}=${valueKey(after)}`).join("")
        : "";
    const tag = "marker" in action && action.marker !== null ? ` marker=${action.marker}` : "";
    return `${action.kind} ${action.side}${cells}${tag}`;
  });
}

describe("both rows there", () => {
  test("P3 R5: as both agreed, there is nothing to do, and no turn", () => {
    const plan = planOf({ rows: { left: live(leftRow()), right: live(rightRow()) } });
    expect(plan).toMatchObject({
      decision: { act: "cells", rule: "R5" },
      actions: [],
      turn: "none",
    });
  });

  test("R5 P20: edits on both sides are one update a side, whatever the mappings' order", () => {
    const left = live(leftRow({ ...base, Name: beta }));
    const right = live(rightRow({ ...base, Status: choice("High") }));
    const expected = ["update right Name=t:Beta", "update left Status=c:High"];
    expect(told(planOf({ rows: { left, right } }))).toEqual(expected);
    const reversed = { ...setup, mappings: setup.mappings.toReversed() };
    expect(told(planOf({ rows: { left, right }, setup: reversed }))).toEqual(expected);
  });

  test("P26: the same facts give the same plan, and are not touched", () => {
    const input = {
      rows: { left: live(leftRow({ Name: beta })), right: live(rightRow()) },
    };
    const copy = structuredClone(input);
    expect(planOf(input)).toEqual(planOf(copy));
    expect(input).toEqual(copy);
  });

  test("P12: the right row's marker is kept up, dashes or not", () => {
    const rows = (marker: string | null): Case => ({
      rows: { left: live(leftRow()), right: live(rightRow(base, { marker })) },
    });
    expect(told(planOf(rows(null)))).toEqual(["update right marker=page-1"]);
    expect(told(planOf(rows("page-9")))).toEqual(["update right marker=page-1"]);
    expect(told(planOf(rows(markerId)))).toEqual([]);
  });

  test("P12: the left marker is mended where it names a wrong row, and never written back", () => {
    const both = { ...setup, markers: { left: marker, right: marker } };
    const link = makePairLink(both, base);
    expect(markerFix(link, both, { side: "left", marker: null })).toBeNull();
    expect(markerFix(link, both, { side: "left", marker: "rec9" })).toBe("rec1");
    expect(markerFix(link, both, { side: "left", marker: "rec1" })).toBeNull();
    expect(markerFix(link, setup, { side: "left", marker: "rec9" })).toBeNull();
    const alone = { ...link, ids: { ...link.ids, left: null } };
    expect(markerFix(alone, both, { side: "right", marker: "page-9" })).toBeNull();
  });
});

describe("one row removed", () => {
  test("R6 P10: the counterpart is marked, with what the mark replaced", () => {
    const plan = planOf({ rows: { left: trashed, right: live(rightRow()) } });
    expect(told(plan)).toEqual(["update right Status=c:Archived"]);
    expect(plan.actions[0]).toMatchObject({
      cells: [{ rule: "R6", before: choice("Low"), isBase: false }],
      archival: {
        side: "right",
        how: { kind: "marked", before: choice("Low"), value: choice("Archived") },
      },
    });
  });

  test("R8 P10: the counterpart is removed where that is how rows are put away", () => {
    const plan = planOf({ rows: { left: live(leftRow()), right: gone } });
    expect(plan.actions).toEqual([
      { kind: "remove", side: "left", archival: { side: "left", how: { kind: "removed" } } },
    ]);
  });

  test("R8: a mark set on the left tells its own rule", () => {
    const marking = makeSmallSetup({ policy: { archive: { left: mark, right: mark } } });
    const plan = planOf({ setup: marking, rows: { left: live(leftRow()), right: gone } });
    expect(plan.actions[0]).toMatchObject({ cells: [{ rule: "R8" }] });
  });

  test("R6: deletes: delete removes, whatever archive: says; ignore does nothing", () => {
    const rows = { left: trashed, right: live(rightRow()) };
    const deleting = makeSmallSetup({
      policy: { deletes: "delete", archive: { left: mark, right: mark } },
    });
    expect(told(planOf({ setup: deleting, rows }))).toEqual(["remove right"]);
    const ignoring = makeSmallSetup({ policy: { deletes: "ignore" } });
    expect(told(planOf({ setup: ignoring, rows }))).toEqual([]);
  });

  test("R6: without a way of putting rows away nothing is done, and it is said", () => {
    const silent = makeSmallSetup({ policy: { archive: { left: null, right: null } } });
    const plan = planOf({ setup: silent, rows: { left: trashed, right: live(rightRow()) } });
    expect(plan).toMatchObject({ actions: [], isArchiveMissing: true });
  });

  test("R7 R9 P11: an edit, or a cell that nobody can read, holds the removal", () => {
    for (const cell of [beta, unknown("error")]) {
      const right = live(rightRow({ ...base, Name: cell }));
      expect(planOf({ rows: { left: trashed, right } })).toMatchObject({
        decision: { act: "hold", rule: "R7", why: "edit-vs-delete" },
        actions: [],
      });
      const left = live(leftRow({ ...base, Name: cell }));
      expect(planOf({ rows: { left, right: gone } }).decision.rule).toBe("R9");
    }
  });

  test("R7 R9: a person's answer keeps the edited row, or lets it go", () => {
    // An answer tells by its values which row was there when it was given.
    const answered = (rows: Sided<RowReading>, keep: Side): RowPlan => {
      const there = (side: Side): Value | null =>
        rows[side].state === "live" ? text("Row") : null;
      const values = { left: there("left"), right: there("right") };
      return planOf({ rows, facts: { answers: [{ cell: null, base: null, values, keep }] } });
    };
    const rightEdited = { left: trashed, right: live(rightRow({ ...base, Name: beta })) };
    expect(told(answered(rightEdited, "left"))).toEqual(["update right Status=c:Archived"]);
    expect(told(answered(rightEdited, "right"))).toEqual(["restore left"]);
    const leftEdited = { left: live(leftRow({ ...base, Name: beta })), right: gone };
    expect(told(answered(leftEdited, "right"))).toEqual(["remove left"]);
    expect(told(answered(leftEdited, "left"))).toEqual([
      "create right Name=t:Beta Status=c:Low marker=page-1",
    ]);
  });

  test("P3 R7 R9: an answer that the config does not let be carried out leaves the row waiting", () => {
    const barred = makeSmallSetup({
      policy: { archive: { left: null, right: null }, creates: { left: true, right: false } },
    });
    const rows = { left: live(leftRow({ ...base, Name: beta })), right: gone };
    const values = { left: text("Row"), right: null };
    const answered = (keep: Side): RowPlan =>
      planOf({
        setup: barred,
        rows,
        facts: { answers: [{ cell: null, base: null, values, keep }] },
      });
    const waits = { decision: { act: "hold", rule: "R9", why: "edit-vs-delete" }, actions: [] };
    const [kept, removed] = [answered("left"), answered("right")];
    expect(kept).toMatchObject({ ...waits, refusal: "the config creates no rows on that side" });
    expect(removed).toMatchObject({
      ...waits,
      refusal: "the config does not say how to put rows away there",
      isArchiveMissing: false,
    });
  });

  test("R6 R26: an answer that is not needed, or not due yet, is not said to have failed", () => {
    const silent = makeSmallSetup({ policy: { archive: { left: null, right: null } } });
    const values = { left: null, right: text("Row") };
    const facts = { answers: [{ cell: null, base: null, values, keep: "left" }] } as const;
    const unedited = { left: trashed, right: live(rightRow()) };
    expect(planOf({ setup: silent, rows: unedited, facts })).toMatchObject({
      decision: { act: "archive", rule: "R6" },
      isArchiveMissing: true,
      refusal: null,
    });
    expect(planOf({ rows: unedited, facts: { ...facts, isFrozen: true } })).toMatchObject({
      decision: { act: "hold", why: "frozen" },
      refusal: null,
    });
  });

  test("P11: an answer about a field, about another case, or to keep both decides no removal", () => {
    const rows = { left: trashed, right: live(rightRow({ ...base, Name: beta })) };
    const said = { cell: null, base: null, values: { left: null, right: text("Row") } } as const;
    const decided = (answer: Partial<Answer>): string =>
      planOf({ rows, facts: { answers: [{ ...said, keep: "left", ...answer }] } }).decision.act;
    expect(decided({})).toBe("archive");
    expect(decided({ cell: mappingOf(setup, "Name").key })).toBe("hold");
    expect(decided({ keep: "both" })).toBe("hold");
    expect(decided({ keep: { value: text("Row") } })).toBe("hold");
    expect(decided({ values: { left: text("Row"), right: null } })).toBe("hold");
    expect(decided({ values: { left: text("Row"), right: text("Row") } })).toBe("hold");
    expect(decided({ values: { left: null, right: null } })).toBe("hold");
  });

  test("P11 R6: an edit that means the same on both sides is none, on either side", () => {
    const renamed = setupOf({
      fields: {
        Name: { kind: kinds.line },
        Status: { kind: kinds.choice, renames: [{ left: "Low", right: "High" }] },
      },
    });
    const values = { left: choice("Low"), right: choice("High") };
    const agreed = { Name: alpha, Status: values };
    const rule = (side: Side, name: string): string => {
      const row = live(makeRow(renamed, side, { Name: text(name), Status: values[side] }));
      const rows = side === "left" ? { left: row, right: gone } : { left: trashed, right: row };
      const link = makePairLink(renamed, agreed);
      return reconcile(makeFacts(link, rows), makeContext(renamed)).decision.rule;
    };
    // A blank at the end of a line means nothing.
    expect([rule("left", "Alpha "), rule("right", "Alpha ")]).toEqual(["R8", "R6"]);
    expect([rule("left", "Beta"), rule("right", "Beta")]).toEqual(["R9", "R7"]);
  });

  test("P11: a field without a base keeps a row when it is filled, but for the mark itself", () => {
    const rule = (cells: Cells): string =>
      planOf({ base: {}, rows: { left: trashed, right: live(rightRow(cells)) } }).decision.rule;
    expect(rule({})).toBe("R6");
    expect(rule({ Status: choice("High") })).toBe("R6");
    expect(rule({ Name: alpha })).toBe("R7");
  });

  test("P8: a row that waits keeps the time of its edits", () => {
    const edited = live(rightRow({ ...base, Name: beta }));
    const held = planOf({ rows: { left: trashed, right: edited } });
    const name = held.watched.find(({ mapping }) => mapping.name === "Name");
    expect(name?.pending).toMatchObject({ left: { key: "?" }, right: { key: valueKey(beta) } });
    const frozen = planOf({ facts: { isFrozen: true }, rows: { left: null, right: edited } });
    expect(frozen.watched).toHaveLength(setup.mappings.length);
  });

  test("R13 R14 P25: an unknown or unread row does nothing to the other", () => {
    const blind: RowReading = { state: "unknown", why: "404" };
    for (const reading of [blind, null]) {
      const left = planOf({ rows: { left: reading, right: live(rightRow()) } });
      expect(left).toMatchObject({ decision: { act: "hold", rule: "R13" }, actions: [] });
      const right = planOf({ rows: { left: live(leftRow()), right: reading } });
      expect(right).toMatchObject({ decision: { act: "hold", rule: "R14" }, actions: [] });
    }
  });

  test("R10: both removed, the link is kept as a tombstone", () => {
    expect(planOf({ rows: { left: trashed, right: gone } })).toMatchObject({
      turn: "entomb",
      actions: [],
    });
  });

  test("R11 R12: a row out of scope keeps both from being written", () => {
    const away: RowReading = { state: "left", why: "filtered", row: null };
    const edited = live(rightRow({ ...base, Name: beta }));
    expect(planOf({ rows: { left: away, right: edited } }).actions).toEqual([]);
    for (const why of ["filtered", "moved", "archived"] as const) {
      const left: RowReading = { state: "left", why, row: null };
      const held = planOf({ rows: { left, right: live(rightRow()) } });
      expect(held).toMatchObject({ decision: { act: "hold", rule: "R11" }, actions: [] });
      const turned = planOf({ rows: { left: live(leftRow()), right: left } });
      expect(turned).toMatchObject({ decision: { act: "hold", rule: "R12" }, actions: [] });
    }
    expect(planOf({ rows: { left: live(leftRow({ Name: beta })), right: away } }).actions).toEqual(
      [],
    );
  });

  test("R26: a frozen row is left alone, edited or removed", () => {
    const facts = { isFrozen: true };
    const edited = live(leftRow({ ...base, Name: beta }));
    expect(planOf({ facts, rows: { left: edited, right: live(rightRow()) } }).actions).toEqual([]);
    expect(planOf({ facts, rows: { left: trashed, right: live(rightRow()) } }).actions).toEqual([]);
  });
});

describe("rows that come back", () => {
  const field = mappingOf(setup, "Status").fields.right.id;
  const marked: Partial<Link> = {
    state: "archived",
    archival: {
      side: "right",
      how: { kind: "marked", field, before: choice("Low"), value: choice("Archived") },
    },
  };
  const archivedRow = rightRow({ ...base, Status: choice("Archived") });

  test("R27 P13: put away and still removed, nothing happens", () => {
    const plan = planOf({ link: marked, rows: { left: trashed, right: live(archivedRow) } });
    expect(plan).toMatchObject({ decision: { rule: "R27" }, actions: [], turn: "none" });
  });

  test("R15: restored on one side, the mark is taken off with what it replaced", () => {
    const plan = planOf({
      link: marked,
      rows: { left: live(leftRow()), right: live(archivedRow) },
    });
    expect(told(plan)).toEqual(["update right Status=c:Low"]);
    expect(plan.actions[0]).toMatchObject({
      archival: "lift",
      marker: null,
      cells: [
        {
          rule: "R15",
          before: choice("Archived"),
          source: choice("Low"),
          isBase: false,
          isLossy: false,
        },
      ],
    });
  });

  test("R17: put away by us and gone besides, the link rests as it is", () => {
    const removed: Partial<Link> = {
      state: "archived",
      archival: { side: "left", how: { kind: "removed" } },
    };
    for (const link of [marked, removed]) {
      expect(planOf({ link, rows: { left: trashed, right: gone } })).toMatchObject({
        decision: { act: "nothing", rule: "R17" },
        actions: [],
        turn: "none",
      });
    }
  });

  test("R27: a mark that was not read counts as set", () => {
    const unread = live({ ...archivedRow, cells: new Map() });
    const plan = planOf({ link: marked, rows: { left: trashed, right: unread } });
    expect(plan).toMatchObject({ decision: { rule: "R27" }, turn: "none" });
  });

  test("R15 R18: a row that was removed, and not marked, comes back as a whole row", () => {
    const removed: Partial<Link> = {
      state: "archived",
      archival: { side: "left", how: { kind: "removed" } },
    };
    const left = planOf({ link: removed, rows: { left: trashed, right: live(rightRow()) } });
    expect(told(left)).toEqual(["restore left"]);
    // The person took ours out of the trash, and it is the other one that has to come back.
    const right = planOf({ link: removed, rows: { left: live(leftRow()), right: gone } });
    expect(right).toMatchObject({ decision: { act: "recreate", rule: "R18" } });
    expect(right.link.pending).toEqual({ left: new Map(), right: new Map() });
  });

  test("R15: both are back already, the link lives on with its kept base", () => {
    const edited = live(leftRow({ ...base, Name: beta }));
    const plan = planOf({ link: marked, rows: { left: edited, right: live(rightRow()) } });
    expect(plan.turn).toBe("revive");
    expect(told(plan)).toEqual(["update right Name=t:Beta"]);
  });

  test("R15: where the marked field is gone, or cannot be written, the rows live again as they stand", () => {
    const edited = live(leftRow({ ...base, Name: beta }));
    const at = (field: string): RowPlan => {
      const how = {
        kind: "marked",
        field: fieldId(field),
        before: empty,
        value: text("x"),
      } as const;
      const link: Partial<Link> = { state: "archived", archival: { side: "right", how } };
      const right = rightRow();
      const cells = new Map(right.cells).set(fieldId(field), text("x"));
      const locked = makeField("right", "Locked", kinds.line, { isWritable: false });
      const used = makeSmallSetup({
        policy: { markers: setup.policy.markers },
        extra: { right: [marker, locked] },
      });
      return planOf({
        setup: used,
        link,
        rows: { left: edited, right: live({ ...right, cells }) },
      });
    };
    for (const field of ["fldGone", "fldLocked"]) {
      const plan = at(field);
      expect(plan).toMatchObject({ decision: { act: "restore", rule: "R15" }, turn: "revive" });
      expect(told(plan)).toEqual(["update right Name=t:Beta"]);
    }
  });

  test("R16: a person took the mark off while the other is removed: the two part", () => {
    const plan = planOf({ link: marked, rows: { left: trashed, right: live(rightRow()) } });
    expect(plan).toMatchObject({ turn: "detach", actions: [] });
  });

  test("R18 R19 P13: from a tombstone, a restored row gets its counterpart back", () => {
    const tomb: Partial<Link> = { state: "tombstone" };
    const left = planOf({ link: tomb, rows: { left: live(leftRow()), right: gone } });
    expect(told(left)).toEqual(["create right Name=t:Alpha Status=c:Low marker=page-1"]);
    // Until the new row is there, the old one may come back with all that was agreed on.
    expect(left.link).toMatchObject({ state: "tombstone", ids: { left: "page-1", right: "rec1" } });
    expect(left.link.cells.size).toBeGreaterThan(0);
    const right = planOf({ link: tomb, rows: { left: trashed, right: live(rightRow()) } });
    expect(told(right)).toEqual(["restore left"]);
    expect(planOf({ link: tomb, rows: { left: trashed, right: gone } }).actions).toEqual([]);
  });

  test("R24: what a person took apart is never looked at again", () => {
    const rows = { left: live(leftRow({ Name: beta })), right: live(rightRow()) };
    expect(planOf({ link: { state: "detached" }, rows }).actions).toEqual([]);
  });
});

describe("new rows", () => {
  const creating = (side: Side): Partial<Link> => ({
    state: "creating",
    ids: {
      left: side === "left" ? null : recordId("page-1"),
      right: side === "right" ? null : recordId("rec1"),
    },
    cells: new Map(),
  });

  test("R1 R2: all that can be carried goes with the create, blanks left out", () => {
    const left = live(leftRow({ Name: alpha, Status: empty }));
    const right = planOf({ link: creating("right"), rows: { left, right: null } });
    expect(told(right)).toEqual(["create right Name=t:Alpha marker=page-1"]);
    expect(right.actions[0]).toMatchObject({ cells: [{ rule: "R1", before: empty }] });
    const made = planOf({ link: creating("left"), rows: { left: null, right: live(rightRow()) } });
    expect(told(made)).toEqual(["create left Name=t:Alpha Status=c:Low"]);
    expect(made.actions[0]).toMatchObject({ cells: [{ rule: "R2", isBase: true }, {}] });
  });

  test("R1: an unticked box is nothing to send", () => {
    const ticks = setupOf({ fields: { Name: { kind: kinds.line }, Done: { kind: kinds.tick } } });
    const cells = { Name: alpha, Done: boolean(false) };
    const rows = { left: live(makeRow(ticks, "left", cells)), right: null };
    const plan = planOf({ setup: ticks, link: creating("right"), rows, base: {} });
    expect(told(plan)).toEqual(["create right Name=t:Alpha"]);
  });

  test("F19 P19: a value that does not fit stays behind, and the row is made without it", () => {
    const left = live(leftRow({ Name: alpha, Status: choice("Lost") }));
    const plan = planOf({ link: creating("right"), rows: { left, right: null } });
    expect(told(plan)).toEqual(["create right Name=t:Alpha marker=page-1"]);
    expect(plan.cells).toMatchObject([
      {
        decision: { act: "hold", rule: "F19", why: "refused" },
        refusal: expect.stringContaining('"Lost"'),
        values: { left: choice("Lost"), right: empty },
        writes: [],
        times: { left: null, right: null },
        pending: { left: null, right: null },
      },
    ]);
    const right = live(rightRow({ Name: alpha, Status: choice("Lost") }));
    const turned = planOf({ link: creating("left"), rows: { left: null, right } });
    expect(turned.cells).toMatchObject([{ values: { left: empty, right: choice("Lost") } }]);
  });

  test("P25: an unknown cell is not carried as empty", () => {
    const left = live(leftRow({ Name: alpha, Status: unknown("error") }));
    const plan = planOf({ link: creating("right"), rows: { left, right: null } });
    expect(told(plan)).toEqual(["create right Name=t:Alpha marker=page-1"]);
    // Nothing is known of it, so there is nothing to tell either.
    expect(plan.cells).toEqual([]);
    const unread = new Map([...leftRow({ Name: alpha }).cells].slice(0, 1));
    const bare = live({ ...leftRow({ Name: alpha }), cells: unread });
    const made = planOf({ link: creating("right"), rows: { left: bare, right: null } });
    expect(told(made)).toEqual(["create right Name=t:Alpha marker=page-1"]);
    expect(made.cells).toEqual([]);
  });

  test("R1: where rows may not be created, none is", () => {
    const closed = makeSmallSetup({ policy: { creates: { left: true, right: false } } });
    const rows = { left: live(leftRow()), right: null };
    expect(planOf({ setup: closed, link: creating("right"), rows }).actions).toEqual([]);
  });

  test("R1: what flows only the other way is not sent along", () => {
    const oneWay = setupOf({
      fields: { Name: { kind: kinds.line }, Status: { kind: kinds.choice, flow: "toLeft" } },
    });
    const rows = { left: live(makeRow(oneWay, "left", base)), right: null };
    const plan = planOf({ setup: oneWay, link: creating("right"), rows });
    expect(told(plan)).toEqual(["create right Name=t:Alpha"]);
  });

  test("R13 R14 P25: a source that was not looked at is no reason to do anything", () => {
    const blind = { left: null, right: null };
    const hold = { act: "hold", why: "unknown" };
    expect(planOf({ link: creating("right"), rows: blind })).toMatchObject({
      decision: { ...hold, rule: "R13", side: "left" },
      actions: [],
    });
    expect(planOf({ link: creating("left"), rows: blind })).toMatchObject({
      decision: { ...hold, rule: "R14", side: "right" },
      actions: [],
    });
    const removed = { side: "right", how: { kind: "removed" } } as const;
    const link: Partial<Link> = { state: "archived", archival: removed };
    const back = planOf({ link, rows: { left: null, right: live(rightRow()) } });
    expect(back.decision).toMatchObject({ ...hold, rule: "R13", side: "left" });
  });

  test("R23: a source that is gone before its counterpart was made ends the link", () => {
    const plan = planOf({ link: creating("right"), rows: { left: trashed, right: null } });
    expect(plan).toMatchObject({ turn: "drop", actions: [] });
  });
});

test("P25: no unknown cell anywhere adds a write, an archive or a base", () => {
  for (const side of sides) {
    for (const name of ["Name", "Status"]) {
      const cells = { ...base, [name]: unknown("incomplete") };
      const blind = live(side === "left" ? leftRow(cells) : rightRow(cells));
      const whole = live(side === "left" ? rightRow({ ...base, [name]: text("Beta") }) : leftRow());
      const rows = side === "left" ? { left: blind, right: whole } : { left: whole, right: blind };
      const plan = planOf({ rows });
      expect(plan.cells.find((cell) => cell.mapping.name === name)?.writes).toEqual([]);
      const removed = { ...rows, [other(side)]: side === "left" ? gone : trashed };
      expect(planOf({ rows: removed }).actions).toEqual([]);
    }
  }
});
