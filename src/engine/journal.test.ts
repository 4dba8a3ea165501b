// The journal's entry of a call, whole, and the history lines that a known outcome leaves behind.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  makeBase,
  makeField,
  makeFold,
  makePairLink,
  makeSmallSetup,
  mappingOf,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import type { ChangeEntry, ConflictEntry } from "../core/entry.ts";
import { opId, recordId, runId } from "../core/ids.ts";
import type { Intent } from "../core/intent.ts";
import { undoRule, type Archival, type BaseCell } from "../core/link.ts";
import type { PlannedCell, RowAction } from "../core/reconcile.ts";
import { sides, withSide, type Side } from "../core/side.ts";
import { choice, empty, text, unknown, type Value } from "../core/value.ts";
import type { StoreChange } from "../store/store.ts";
import {
  confirmEntries,
  fated,
  isLift,
  isMove,
  loserEntries,
  makeIntent,
  turnEntry,
  type LinkFate,
} from "./journal.ts";

const setup = makeSmallSetup();
const link = makePairLink(setup, { Name: alpha }, { title: "Alpha" });
const fold = makeFold(setup, { toldAtMs: nowMs + 7 });
const name = mappingOf(setup, "Name");

const planned = (side: Side, change: Partial<PlannedCell> = {}): PlannedCell => ({
  mapping: name,
  field: name.fields[side],
  before: alpha,
  after: beta,
  source: text("Beta, there"),
  rule: "F4",
  isLossy: true,
  isBase: false,
  ...change,
});

const conflict: ConflictEntry = {
  type: "conflict",
  link: link.id,
  ids: { left: null, right: null },
  title: "Alpha",
  field: "Name",
  base: alpha,
  values: { left: { value: beta, atMs: 1 }, right: { value: alpha, atMs: null } },
  winner: "left",
  rule: "F11",
  label: "proven",
};

function intentOf(action: RowAction, fate: LinkFate = null, change: Partial<Intent> = {}): Intent {
  const op = { id: opId("op-1"), action, link, conflicts: [conflict], attempt: 2 };
  return { ...makeIntent(op, { run: runId("run-2"), sentAtMs: nowMs, fate }), ...change };
}

const update = (
  side: Side,
  part: Partial<Extract<RowAction, { kind: "update" }>> = {},
): RowAction => ({
  kind: "update",
  side,
  cells: [planned(side)],
  marker: "page-1",
  archival: null,
  ...part,
});
const create = (side: Side): RowAction => ({
  kind: "create",
  side,
  cells: [planned(side)],
  marker: "page-1",
});
const removed = (side: Side): Archival => ({ side, how: { kind: "removed" } });
const remove = (side: Side): RowAction => ({ kind: "remove", side, archival: removed(side) });
const restore = (side: Side): RowAction => ({ kind: "restore", side });

describe("P12 P16: the entry that is stored before the call", () => {
  const whole = (side: Side): Intent => ({
    id: opId("op-1"),
    run: runId("run-2"),
    pair: link.pair,
    link: link.id,
    side,
    kind: "update",
    target: recordId(side === "left" ? "page-1" : "rec1"),
    cells: [
      {
        name: "Name",
        key: name.key,
        field: name.fields[side].id,
        before: alpha,
        after: beta,
        source: text("Beta, there"),
        rule: "F4",
        isLossy: true,
        isBase: false,
      },
    ],
    marker: "page-1",
    archival: null,
    isParting: false,
    title: "Alpha",
    conflicts: [conflict],
    sentAtMs: nowMs,
    attempt: 2,
    status: "sent",
  });

  test.each(sides)("an update names its row, and every cell with what stood there: %s", (side) => {
    expect(intentOf(update(side))).toEqual(whole(side));
  });

  test.each(sides)("a create has no row yet, and names the one that it replaces: %s", (side) => {
    const { target, ...rest } = whole(side);
    const made = { ...rest, kind: "create", target: null };
    expect(intentOf(create(side))).toEqual({ ...made, replaces: target });
    const fresh = { ...link, ids: withSide(link.ids, side, null) };
    const op = { id: opId("op-1"), action: create(side), link: fresh, conflicts: [], attempt: 2 };
    const at = { run: runId("run-2"), sentAtMs: nowMs, fate: null };
    expect(makeIntent(op, at)).toEqual({ ...made, conflicts: [] });
  });

  test.each(sides)("a row put away or brought back carries no cells and no marker: %s", (side) => {
    const bare = { ...whole(side), cells: [], marker: null };
    expect(intentOf(remove(side))).toEqual({ ...bare, kind: "remove", archival: removed(side) });
    expect(intentOf(restore(side))).toEqual({ ...bare, kind: "restore" });
  });

  test("a mark is kept as what becomes of the link; the mark taken off is told by itself", () => {
    const archival = removed("right");
    expect(intentOf(update("right", { archival }))).toEqual({ ...whole("right"), archival });
    const lift = intentOf(update("right", { archival: "lift" }));
    expect(lift).toEqual({ ...whole("right"), isLift: true });
  });

  test("a cell of no mapping goes by its field's own name", () => {
    const field = makeField("right", "Synced", kinds.line);
    const cells = [planned("right", { mapping: null, field })];
    expect(intentOf(update("right", { cells })).cells).toMatchObject([
      { name: "Synced", key: null, field: "fldSynced" },
    ]);
  });

  test("what shall become of the two rows besides is in it", () => {
    expect(intentOf(remove("left"), "part")).toMatchObject({ isParting: true });
    expect(intentOf(remove("left"), "part")).not.toHaveProperty("isJoining");
    expect(intentOf(restore("left"), "join")).toMatchObject({ isParting: false, isJoining: true });
  });
});

test("a link whose rows were to part or to join does so once that is confirmed", () => {
  expect(fated(link, intentOf(restore("left")))).toBe(link);
  expect(fated(link, intentOf(remove("left"), "part"))).toEqual({ ...link, state: "detached" });
  const archived = { ...link, state: "archived", archival: removed("left") } as const;
  expect(fated(archived, intentOf(restore("left"), "join"))).toEqual({
    ...link,
    state: "live",
    archival: null,
    isFlagged: true,
  });
});

describe("P7: the history lines of a confirmed call", () => {
  const line = (body: ChangeEntry | ConflictEntry): StoreChange => ({
    kind: "entry",
    entry: { run: runId("run-2"), pair: link.pair, atMs: nowMs + 7, body },
  });
  const change = (side: Side, op: ChangeEntry["op"], isFilled = false): ChangeEntry => ({
    type: "change",
    op,
    side,
    link: link.id,
    opId: opId("op-1"),
    ids: link.ids,
    title: "Alpha",
    fields: isFilled ? { Name: { before: alpha, after: beta, rule: "F4" } } : {},
  });
  const told = { ...conflict, ids: link.ids };
  const entries = (intent: Intent, canRestore = true): readonly StoreChange[] =>
    confirmEntries(intent, link, { ...fold, canRestore: { left: canRestore, right: canRestore } });

  test.each(sides)(
    "edits that gave way come first, with the rows as they are known now: %s",
    (side) => {
      expect(entries(intentOf(update(side)))).toEqual([
        line(told),
        line(change(side, "update", true)),
      ]);
      expect(entries(intentOf(create(side)))).toEqual([
        line(told),
        line(change(side, "create", true)),
      ]);
    },
  );

  test.each(sides)("each call goes by what it came to: %s", (side) => {
    const op = (intent: Intent, canRestore?: boolean): unknown => {
      const bodies = entries({ ...intent, conflicts: [] }, canRestore);
      return bodies.map((entry) => (entry.kind === "entry" ? entry.entry.body : null));
    };
    expect(op(intentOf(remove(side)))).toEqual([change(side, "archive")]);
    expect(op(intentOf(remove(side)), false)).toEqual([change(side, "delete")]);
    expect(op(intentOf(restore(side)))).toEqual([change(side, "restore")]);
    const marked = intentOf(update(side, { archival: removed(side) }));
    expect(op(marked)).toEqual([change(side, "archive", true)]);
    const lifted = intentOf(update(side, { archival: "lift" }));
    expect(op(lifted)).toEqual([change(side, "restore", true)]);
    expect(op(intentOf(update(side, { cells: [] })))).toEqual([change(side, "link")]);
  });

  test("only the side that was written tells whether a removed row can come back", () => {
    const context = { ...fold, canRestore: { left: true, right: false } };
    const op = (side: Side): unknown =>
      confirmEntries(intentOf(remove(side)), link, context).map((entry) =>
        entry.kind === "entry" && entry.entry.body.type === "change" ? entry.entry.body.op : null,
      );
    expect([op("left"), op("right")]).toEqual([
      [null, "archive"],
      [null, "delete"],
    ]);
  });

  test("rows that part or join are told of after it, on the right and without a call", () => {
    const turn = (op: "link" | "unlink"): ChangeEntry => ({
      ...change("right", op),
      opId: null,
    });
    expect(turnEntry(link, "unlink")).toEqual(turn("unlink"));
    expect(entries(intentOf(remove("left"), "part"))).toEqual([
      line(told),
      line(change("left", "archive")),
      line(turn("unlink")),
    ]);
    expect(entries(intentOf(restore("left"), "join"))).toEqual([
      line(told),
      line(change("left", "restore")),
      line(turn("link")),
    ]);
  });

  test("a link without a title goes by the one the call had", () => {
    const nameless = { ...link, title: "" };
    const intent = { ...intentOf(restore("left")), title: "As it was" };
    expect(confirmEntries(intent, nameless, fold)).toMatchObject([
      {},
      { entry: { body: { title: "As it was" } } },
    ]);
    expect(confirmEntries(intent, link, fold)).toMatchObject([
      {},
      { entry: { body: { title: "Alpha" } } },
    ]);
  });
});

describe("P7: a call that nobody can ask about any more", () => {
  const base = (values: Partial<BaseCell> = {}): BaseCell =>
    makeBase({ left: alpha, right: alpha }, values);
  const losers = (
    before: Value,
    at: {
      readonly side?: Side;
      readonly base?: BaseCell | null;
      readonly conflicts?: boolean;
    } = {},
  ): readonly unknown[] => {
    const side = at.side ?? "right";
    const intent = intentOf(update(side, { cells: [planned(side, { before })] }));
    const { base: given = base() } = at;
    const linked = makePairLink(setup, given === null ? {} : { Name: given });
    const conflicts = at.conflicts === true ? [conflict] : [];
    return loserEntries({ ...intent, conflicts }, linked, fold).map((entry) =>
      entry.kind === "entry" ? entry.entry : entry,
    );
  };
  const source = { value: text("Beta, there"), atMs: null };
  const lost = (side: Side, value: Value): unknown => ({
    run: runId("run-2"),
    pair: link.pair,
    atMs: nowMs + 7,
    body: {
      type: "conflict",
      link: link.id,
      ids: link.ids,
      title: "Alpha",
      field: "Name",
      base: null,
      values: withSide({ left: source, right: source }, side, { value, atMs: null }),
      winner: side === "left" ? "right" : "left",
      rule: "F4",
      label: "policy",
    },
  });

  test.each(sides)(
    "tells what it may have written over, where that stands nowhere else: %s",
    (side) => {
      expect(losers(text("Typed"), { side })).toEqual([lost(side, text("Typed"))]);
      expect(losers(text("Typed"), { side, base: null })).toEqual([lost(side, text("Typed"))]);
    },
  );

  test("says nothing of what was agreed, was blank, or could not be read", () => {
    expect(losers(alpha)).toEqual([]);
    // Blanks at the end mean nothing.
    expect(losers(text("Alpha "))).toEqual([]);
    expect(losers(empty, { base: null })).toEqual([]);
    expect(losers(unknown("error"), { base: null })).toEqual([]);
  });

  test("what a copied row brought along is half of a base, and was agreed by nobody", () => {
    const inherited = base({ left: empty });
    expect(losers(alpha, { base: inherited })).toEqual([lost("right", alpha)]);
    expect(losers(alpha, { base: base({ left: empty, rule: undoRule }) })).toEqual([]);
  });

  test("an edit that gave way is told once, by its own line", () => {
    expect(losers(text("Typed"), { conflicts: true })).toEqual([
      {
        run: runId("run-2"),
        pair: link.pair,
        atMs: nowMs + 7,
        body: { ...conflict, ids: link.ids },
      },
    ]);
  });

  test("marks and stamps of no mapping are nobody's edit", () => {
    const field = makeField("right", "Synced", kinds.line);
    const cells = [planned("right", { mapping: null, field, before: text("Old") })];
    const intent = { ...intentOf(update("right", { cells })), conflicts: [] };
    expect(loserEntries(intent, link, fold)).toEqual([]);
  });

  test("each side is compared in its own words", () => {
    const renamed = setupOf({
      fields: { Status: { kind: kinds.choice, renames: [{ left: "Low", right: "High" }] } },
    });
    const status = mappingOf(renamed, "Status");
    const agreed = { left: choice("Low"), right: choice("High") };
    const linked = makePairLink(renamed, { Status: agreed });
    const count = (side: Side, before: Value): number => {
      const cell = planned(side, { mapping: status, field: status.fields[side], before });
      const intent = { ...intentOf(update(side, { cells: [cell] })), conflicts: [] };
      return loserEntries(intent, linked, makeFold(renamed)).length;
    };
    expect(sides.map((side) => count(side, agreed[side]))).toEqual([0, 0]);
    expect([count("left", choice("Archived")), count("right", choice("Low"))]).toEqual([1, 1]);
  });
});

describe("what kind of call it was", () => {
  test("one that takes a mark off, by its own word or, in older journals, by its rule", () => {
    expect(isLift(intentOf(update("right", { archival: "lift" })))).toBe(true);
    expect(isLift(intentOf(update("right")))).toBe(false);
    const ruled = intentOf(update("right", { cells: [planned("right", { rule: "R15" })] }));
    expect(isLift(ruled)).toBe(true);
  });

  test("one that moves a row, as against one that edits it", () => {
    const moves = [
      create("left"),
      remove("left"),
      restore("left"),
      update("right", { archival: removed("right") }),
      update("right", { archival: "lift" }),
    ];
    expect(moves.map((action) => isMove(intentOf(action)))).toEqual(moves.map(() => true));
    expect(isMove(intentOf(update("right")))).toBe(false);
    expect(isMove(intentOf(update("right", { cells: [] })))).toBe(false);
  });
});
