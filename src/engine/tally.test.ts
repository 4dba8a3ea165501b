// What a run's line counts, outcome by outcome: each of them in full, so that a number that is counted
// twice, on the other side or not at all is seen.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  makeContext,
  makeFacts,
  makePairLink,
  makeSmallSetup,
} from "../../test/fixture/pair.ts";
import { makeIntent } from "../../test/fixture/store.ts";
import type { WriteOutcome } from "../connectors/connector.ts";
import type { ConflictEntry, ConflictLabel, EntryBody, RunCounts } from "../core/entry.ts";
import { fieldId, recordId } from "../core/ids.ts";
import type { Intent, IntentCell } from "../core/intent.ts";
import { reconcile, type RowAction } from "../core/reconcile.ts";
import type { Row } from "../core/row.ts";
import { sides, type Side } from "../core/side.ts";
import { boolean, empty, unknown, type Value } from "../core/value.ts";
import type { Sent } from "./sending.ts";
import { countsOf, isNews, makeTally, type Tally } from "./tally.ts";

const setup = makeSmallSetup();
const link = makePairLink(setup, {});
const plan = reconcile(makeFacts(link, { left: null, right: null }), makeContext(setup));
const row: Row = {
  id: recordId("rec1"),
  title: "Alpha",
  url: null,
  createdAtMs: null,
  stampMs: null,
  editedBy: "us",
  marker: null,
  cells: new Map(),
  window: { startMs: 0, endMs: 0 },
};
const done: WriteOutcome = { kind: "done", row, wasCreated: false };

const cellOf = (before: Value, after: Value): IntentCell => ({
  name: "Name",
  key: null,
  field: fieldId("name"),
  before,
  after,
  source: after,
  rule: "F4",
  isLossy: false,
  isBase: true,
});

const conflict = (
  label: ConflictLabel,
  winner: ConflictEntry["winner"] = "left",
): ConflictEntry => ({
  type: "conflict",
  link: link.id,
  ids: link.ids,
  title: "Alpha",
  field: "Name",
  base: null,
  values: { left: { value: alpha, atMs: null }, right: { value: beta, atMs: null } },
  winner,
  rule: "F12",
  label,
});

function sent(action: RowAction, outcome: WriteOutcome, change: Partial<Intent> = {}): Sent {
  const { side, kind } = action;
  const intent = makeIntent("op", link.id, { side, kind, cells: [], archival: null, ...change });
  return { work: { plan, action, conflicts: [] }, intent, outcome, link };
}

const update = (side: Side, archival: "lift" | null = null, count = 1): RowAction => {
  const mapping = setup.mappings[0] ?? null;
  const cell = { ...cellOf(empty, alpha), mapping };
  const field = setup.schemas[side].fields[0];
  if (field === undefined) throw new Error("a table without fields");
  const cells = Array.from({ length: count }, () => ({ ...cell, field }));
  return { kind: "update", side, cells, marker: null, archival };
};

const zero: RunCounts = {
  created: { left: 0, right: 0 },
  updated: { left: 0, right: 0 },
  archived: { left: 0, right: 0 },
  deleted: { left: 0, right: 0 },
  restored: { left: 0, right: 0 },
  linked: 0,
  unlinked: 0,
  conflicts: 0,
  failed: 0,
  waiting: 0,
  unchanged: 0,
};

/** All that a tally counts, for one to be compared as a whole. */
function told(tally: Tally): unknown {
  const { overwrites, conflictsBy, holds, writes, refused, rowsUnknown } = tally;
  const counts = countsOf(tally);
  const [held, again] = [Object.fromEntries(holds), [...refused]];
  return { counts, overwrites, conflictsBy, holds: held, writes, refused: again, rowsUnknown };
}

const nothing = {
  counts: zero,
  overwrites: { left: 0, right: 0 },
  conflictsBy: { proven: 0, estimated: 0, tie: 0, policy: 0, held: 0 },
  holds: {},
  writes: { clean: 0, indeterminate: 0, settledLate: 0 },
  refused: [],
  rowsUnknown: 0,
};

function noted(one: Sent, canRestore = true): unknown {
  const tally = makeTally();
  tally.note(one, canRestore);
  return told(tally);
}

const counted = (part: Partial<RunCounts>): unknown => ({
  ...nothing,
  counts: { ...zero, ...part },
  writes: { ...nothing.writes, clean: 1 },
});

test("a run that did nothing counts nothing", () => {
  const tally = makeTally();
  expect(told(tally)).toEqual(nothing);
  expect(tally).toMatchObject({
    lookedAtMs: 0,
    windowMsMax: 0,
    windowMsTotal: 0,
    compared: "not",
    guards: new Set(),
    told: new Set(),
  });
});

test("the longest time without a look is told, and all of them together", () => {
  const tally = makeTally();
  tally.noteWindow(500, 2);
  tally.noteWindow(300, 1);
  expect(tally.windowMsMax).toBe(500);
  expect(tally.windowMsTotal).toBe(1_300);
});

describe.each(sides)("what was done counts for the side it was done on: %s", (side) => {
  const one = { left: 0, right: 0, [side]: 1 };

  test("rows made, updated, marked and taken out of the archive", () => {
    const create: RowAction = { kind: "create", side, cells: [], marker: null };
    expect(noted(sent(create, done))).toEqual(counted({ created: one }));
    expect(noted(sent(update(side), done))).toEqual(counted({ updated: one }));
    const how = { kind: "removed" } as const;
    const marked = { ...update(side), archival: { side, how } } as RowAction;
    expect(noted(sent(marked, done))).toEqual(counted({ archived: one }));
    expect(noted(sent(update(side, "lift"), done))).toEqual(counted({ restored: one }));
  });

  test("a link marker alone is no update", () => {
    expect(noted(sent(update(side, null, 0), done))).toEqual(counted({}));
  });

  test("a removed row is archived where there is a trash, else deleted; and one brought back", () => {
    const remove: RowAction = {
      kind: "remove",
      side,
      archival: { side, how: { kind: "removed" } },
    };
    expect(noted(sent(remove, done), true)).toEqual(counted({ archived: one }));
    expect(noted(sent(remove, done), false)).toEqual(counted({ deleted: one }));
    expect(noted(sent({ kind: "restore", side }, done))).toEqual(counted({ restored: one }));
  });

  test("filled cells that were replaced by something else, and no others", () => {
    const cells = [
      cellOf(alpha, beta),
      cellOf(beta, empty),
      cellOf(boolean(true), boolean(false)),
      cellOf(empty, alpha),
      cellOf(boolean(false), boolean(true)),
      cellOf(unknown("error"), alpha),
      cellOf(alpha, alpha),
    ];
    const overwrites = { left: 0, right: 0, [side]: 3 };
    expect(noted(sent(update(side), done, { cells }))).toEqual({
      ...(counted({ updated: one }) as object),
      overwrites,
    });
    const create: RowAction = { kind: "create", side, cells: [], marker: null };
    expect(noted(sent(create, done, { cells }))).toEqual(counted({ created: one }));
  });
});

test("rows that parted or were put together again by their write are counted as such", () => {
  const restore: RowAction = { kind: "restore", side: "left" };
  const restored = { left: 1, right: 0 };
  expect(noted(sent(restore, done, { isParting: true }))).toEqual(
    counted({ restored, unlinked: 1 }),
  );
  expect(noted(sent(restore, done, { isJoining: true }))).toEqual(counted({ restored, linked: 1 }));
});

test("edits that gave way are counted by how sure their order was, once they did", () => {
  const conflicts = [conflict("proven"), conflict("tie"), conflict("tie"), conflict("policy")];
  const tally = makeTally();
  tally.note(sent(update("left"), done, { conflicts }), true);
  tally.noteConflicts([conflict("estimated"), conflict("held", null)]);
  expect(tally.conflicts).toBe(6);
  expect(tally.conflictsBy).toEqual({ proven: 1, estimated: 1, tie: 2, policy: 1, held: 1 });
  const lost: WriteOutcome = { kind: "unknown", message: "", hint: null };
  tally.note(sent(update("left"), lost, { conflicts }), true);
  expect(tally.conflicts).toBe(6);
});

test("what was not done is told by why, and only what was refused is not tried again", () => {
  const failed: WriteOutcome = { kind: "failed", why: "invalid", message: "", field: null };
  expect(noted(sent(update("right"), failed))).toEqual({
    ...nothing,
    counts: { ...zero, failed: 1 },
    holds: { rejected: 1 },
    refused: ["link-1 right update"],
  });
  expect(noted(sent(update("right"), { kind: "not-applied", message: "busy" }))).toEqual({
    ...nothing,
    counts: { ...zero, waiting: 1 },
    holds: { unreached: 1 },
  });
  expect(noted(sent(update("right"), { kind: "unknown", message: "", hint: null }))).toEqual({
    ...nothing,
    counts: { ...zero, waiting: 1 },
    holds: { inDoubt: 1 },
    writes: { ...nothing.writes, indeterminate: 1 },
  });
});

test("a new look counts anew what waits, and keeps what was done", () => {
  const tally = makeTally();
  tally.note(sent(update("left"), done), true);
  tally.note(sent(update("left"), { kind: "not-applied", message: "" }), true);
  tally.note(
    sent(update("left"), { kind: "failed", why: "invalid", message: "", field: null }),
    true,
  );
  tally.rowsUnknown = 3;
  tally.hold("hot", 2);
  tally.hold("hot");
  tally.hold("moved", 0);
  expect(Object.fromEntries(tally.holds)).toEqual({ unreached: 1, rejected: 1, hot: 3 });
  tally.beginLook();
  expect(told(tally)).toEqual({
    ...(counted({ updated: { left: 1, right: 0 } }) as object),
    refused: ["link-1 left update"],
  });
});

test("the counts are a copy: what a later write adds does not change a line that was written", () => {
  const tally = makeTally();
  const before = countsOf(tally);
  for (const kept of [tally.created, tally.updated, tally.archived, tally.deleted, tally.restored])
    kept.left += 1;
  expect(before).toEqual(zero);
});

describe("what is news", () => {
  const problem = (change: object = {}): EntryBody => ({
    type: "problem",
    side: "left",
    ids: link.ids,
    field: null,
    code: "row_unknown",
    message: "m",
    remedy: "r",
    ...change,
  });

  test("a problem is told once a run, whichever side it is told of; another one is another", () => {
    const tally = makeTally();
    expect(isNews(tally, problem())).toBe(true);
    expect(isNews(tally, problem())).toBe(false);
    expect(isNews(tally, problem({ side: "right" }))).toBe(false);
    expect(isNews(tally, problem({ field: "Name" }))).toBe(true);
    expect(isNews(makeTally(), problem())).toBe(true);
  });

  test("so is a conflict that waits; one that was settled is told each time", () => {
    const tally = makeTally();
    const open = conflict("held", null);
    expect([isNews(tally, open), isNews(tally, open)]).toEqual([true, false]);
    const settled = conflict("policy");
    expect([isNews(tally, settled), isNews(tally, settled)]).toEqual([true, true]);
    const halt = { type: "halt", guard: "maxRemove", message: "", remedy: "", counts: {} } as const;
    expect([isNews(tally, halt), isNews(tally, halt)]).toEqual([true, true]);
  });
});
