// A row that is made from its counterpart, whole: every cell that goes along, and what stays behind.
import { describe, expect, test } from "vitest";
import {
  alpha,
  kinds,
  live,
  makeContext,
  makeFacts,
  makeField,
  makePairLink,
  makeRow,
  mappingOf,
  setupOf,
  type Cells,
} from "../../test/fixture/pair.ts";
import { recordId } from "./ids.ts";
import type { Link } from "./link.ts";
import { reconcile, type PlannedCell, type RowPlan } from "./reconcile.ts";
import type { Kind } from "./schema.ts";
import { other, sides } from "./side.ts";
import { boolean, choice, empty, number, text } from "./value.ts";

const short: Kind = { kind: "text", format: "plain", isMultiline: true, lengthMax: 3 };

describe.each(sides)("a row that is made on the %s", (side) => {
  const from = other(side);
  const marker = makeField(side, "Marker", kinds.line);
  const setup = setupOf({
    fields: {
      Name: { kind: kinds.lines },
      Note: { kind: { left: kinds.lines, right: kinds.lines, [side]: short } },
      Done: { kind: kinds.tick },
      Inward: { kind: kinds.line, flow: side === "left" ? "toRight" : "toLeft" },
      Outward: { kind: kinds.line, flow: side === "left" ? "toLeft" : "toRight" },
      Label: { kind: { left: kinds.line, right: kinds.line, [side]: kinds.choice } },
    },
    policy: { markers: { left: null, right: null, [side]: "Marker" } },
    extra: { [side]: [marker] },
  });
  const ids = { left: recordId("page-1"), right: recordId("rec1"), [side]: null };

  function planOf(cells: Cells, change: Partial<Link> = {}): RowPlan {
    const link = makePairLink(setup, {}, { state: "creating", ids, ...change });
    const source = live(makeRow(setup, from, cells));
    const gone = { state: "gone", evidence: "" } as const;
    const missing = link.ids[side] === null ? null : gone;
    const rows = { left: source, right: source, [side]: missing };
    const canRestore = { left: false, right: false };
    return reconcile(makeFacts(link, rows), makeContext(setup, { canRestore }));
  }

  const planned = (name: string, cell: Partial<PlannedCell>): PlannedCell => {
    const mapping = mappingOf(setup, name);
    return {
      mapping,
      field: mapping.fields[side],
      before: empty,
      after: alpha,
      source: alpha,
      rule: side === "right" ? "R1" : "R2",
      isLossy: false,
      isBase: true,
      ...cell,
    };
  };

  test("takes along what is filled and flows that way, with its marker, and nothing else", () => {
    const styled = text("Alpha", true);
    const plan = planOf({
      Name: styled,
      Done: boolean(true),
      Inward: text("stays"),
      Outward: text("goes"),
      Label: text(" low "),
    });
    const cells = [
      planned("Name", { source: styled, isLossy: true }),
      planned("Done", { after: boolean(true), source: boolean(true) }),
      planned("Outward", { after: text("goes"), source: text("goes") }),
      planned("Label", { after: choice("Low"), source: text(" low ") }),
    ];
    expect(plan.actions).toEqual([{ kind: "create", side, cells, marker: ids[from] }]);
    expect(plan).toMatchObject({ cells: [], watched: [], turn: "none", refusal: null });
  });

  test("leaves out what would come to nothing there", () => {
    const plan = planOf({ Name: alpha, Done: boolean(false), Label: text(" ") });
    expect(plan.actions).toMatchObject([{ cells: [{ after: alpha }] }]);
    expect(plan.actions[0]).toHaveProperty("cells.length", 1);
    expect(plan.cells).toEqual([]);
  });

  test("F19: is made without what does not fit, which is told", () => {
    const note = text("long");
    const plan = planOf({ Name: alpha, Note: note });
    expect(plan.actions).toMatchObject([{ cells: [{ after: alpha }] }]);
    expect(plan.cells).toEqual([
      {
        mapping: mappingOf(setup, "Note"),
        base: null,
        values: { left: empty, right: empty, [from]: note },
        decision: { act: "hold", rule: "F19", why: "refused" },
        refusal: "the text has 4 characters, the field takes 3",
        refusedSide: side,
        writes: [],
        loser: null,
        label: "held",
        times: { left: null, right: null },
        pending: { left: null, right: null },
      },
    ]);
  });

  test("carries no marker where rows have none", () => {
    const bare = setupOf({ fields: { Name: { kind: kinds.lines } } });
    const link = makePairLink(bare, {}, { state: "creating", ids });
    const source = live(makeRow(bare, from, { Name: alpha }));
    const rows = { left: source, right: source, [side]: null };
    const { actions } = reconcile(makeFacts(link, rows), makeContext(bare));
    expect(actions).toMatchObject([{ kind: "create", side, marker: null }]);
  });

  test("R18 R19: takes the old one's place when it is there: until then that may come back as it was", () => {
    const known = { left: recordId("page-1"), right: recordId("rec1") };
    const edit = { key: "t:x", loMs: 1, hiMs: 2 };
    const { key } = mappingOf(setup, "Name");
    const pending = { left: new Map([[key, edit]]), right: new Map([[key, edit]]) };
    const tomb: Partial<Link> = { state: "tombstone", ids: known, pending };
    const plan = planOf({ Name: alpha }, tomb);
    expect(plan.decision).toEqual({
      act: "recreate",
      rule: side === "right" ? "R18" : "R19",
      side,
    });
    expect(plan.link).toEqual(makePairLink(setup, {}, tomb));
  });
});

test("numbers, and zero among them, go along", () => {
  const setup = setupOf({ fields: { Name: { kind: kinds.line }, Count: { kind: kinds.number } } });
  const ids = { left: recordId("page-1"), right: null };
  const link = makePairLink(setup, {}, { state: "creating", ids });
  const left = live(makeRow(setup, "left", { Name: alpha, Count: number(0) }));
  const { actions } = reconcile(makeFacts(link, { left, right: null }), makeContext(setup));
  expect(actions).toMatchObject([{ cells: [{ after: alpha }, { after: number(0) }] }]);
});
