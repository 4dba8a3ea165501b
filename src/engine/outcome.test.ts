// The second transaction of a call, whole: the link as it is then, and everything that is stored.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  live,
  makeContext,
  makeFacts,
  makeFold,
  makePairLink,
  makeRow,
  makeSmallSetup,
  mappingOf,
  nowMs,
} from "../../test/fixture/pair.ts";
import { makeConflict } from "../../test/fixture/store.ts";
import type { WriteFailure, WriteOutcome } from "../connectors/connector.ts";
import type { ProblemEntry } from "../core/entry.ts";
import { foldBlanks, foldConfirmed, foldRowId, sealed } from "../core/fold.ts";
import { opId, recordId, runId, type FieldId } from "../core/ids.ts";
import type { Intent } from "../core/intent.ts";
import type { Archival, Link } from "../core/link.ts";
import { reconcile, type PlannedCell, type RowAction } from "../core/reconcile.ts";
import type { Row } from "../core/row.ts";
import { other, sides, type Side } from "../core/side.ts";
import { choice, empty, text } from "../core/value.ts";
import type { Quarantine, StoreChange } from "../store/store.ts";
import type { EngineDeps } from "./deps.ts";
import { confirmEntries, makeIntent } from "./journal.ts";
import { contentHash, settleOutcome } from "./outcome.ts";
import { quarantineKey, type Sending } from "./sending.ts";
import type { Work } from "./work.ts";

const setup = makeSmallSetup();
const fold = makeFold(setup, { atMs: nowMs, toldAtMs: nowMs + 7 });
const link = makePairLink(setup, { Name: alpha });
const name = mappingOf(setup, "Name");
const status = mappingOf(setup, "Status");
/** What each service's own clock says. */
const clocks = { left: nowMs + 1_000, right: nowMs + 2_000 };

const deps = {
  connectors: { left: { nowMs: () => clocks.left }, right: { nowMs: () => clocks.right } },
  digest: (content: string) => `digest of ${content}`,
} as unknown as EngineDeps;

function sending(change: Partial<Sending> = {}): Sending {
  const none = new Map();
  const rest = { lease: null, quarantine: none, attempts: none, words: none, links: new Map() };
  return { setup, fold, deps, ...rest, ...change };
}

const cell = (side: Side, field = name, change: Partial<PlannedCell> = {}): PlannedCell => ({
  mapping: field,
  field: field.fields[side],
  before: alpha,
  after: beta,
  source: beta,
  rule: "F4",
  isLossy: false,
  isBase: true,
  ...change,
});

const update = (side: Side, archival: Archival | "lift" | null = null): RowAction => ({
  kind: "update",
  side,
  cells: [cell(side)],
  marker: null,
  archival,
});
const create = (side: Side, cells: readonly PlannedCell[] = [cell(side)]): RowAction => ({
  kind: "create",
  side,
  cells,
  marker: null,
});

interface At {
  readonly work: Work;
  readonly intent: Intent;
  readonly outcome: WriteOutcome;
  readonly link: Link;
}

function at(action: RowAction, outcome: WriteOutcome, from: Link = link): At {
  const rows = {
    left: live(makeRow(setup, "left", { Name: beta })),
    right: live(makeRow(setup, "right", { Name: beta })),
  };
  const plan = reconcile(makeFacts(from, rows), makeContext(setup));
  const op = { id: opId("op-1"), action, link: from, conflicts: [], attempt: 1 };
  const sentAtMs = nowMs - 5_000;
  const intent = makeIntent(op, { run: runId("run-2"), sentAtMs, fate: null });
  return { work: { plan, action, conflicts: [] }, intent, outcome, link: from };
}

const done = (row: Row, isReadBack = false): WriteOutcome => ({
  kind: "done",
  row,
  wasCreated: false,
  ...(isReadBack ? { isReadBack } : {}),
});
const failed = (why: WriteFailure, field: FieldId | null = null): WriteOutcome => ({
  kind: "failed",
  why,
  message: "no such thing",
  field,
});

const drop: StoreChange = { kind: "intent-drop", id: opId("op-1") };
const problem = (side: Side, said: Partial<ProblemEntry>, of: Link = link): unknown => ({
  kind: "entry",
  entry: {
    run: runId("run-2"),
    pair: link.pair,
    atMs: nowMs + 7,
    body: { type: "problem", side, ids: of.ids, field: null, ...said },
  },
});

/** What a done call shall leave: the link as it should be, its lines, and nothing in the journal. */
function settledAs({ intent }: At, expected: Link, more: readonly unknown[] = []): unknown {
  const settled = sealed(expected, fold);
  return {
    link: settled,
    changes: [
      { kind: "link", link: settled },
      ...confirmEntries(intent, settled, fold),
      drop,
      ...more,
    ],
  };
}

describe.each(sides)("P16: a call that was done, on the %s", (side) => {
  const row = makeRow(setup, side, { Name: text("Beta ") }, { stampMs: nowMs });

  test("an update moves the base to what the service gave back, and wakes nothing", () => {
    const one = at(update(side), done(row));
    const expected = foldConfirmed(link, one.intent, row, fold);
    expect(expected.cells.get(name.key)).toMatchObject({ [side]: text("Beta "), atMs: nowMs });
    expect(settleOutcome(one, sending())).toEqual(settledAs(one, expected));
  });

  test("what was read afterwards is no base: somebody may have edited it since", () => {
    const one = at(update(side), done(row, true));
    const expected = foldConfirmed(link, one.intent, null, fold);
    expect(expected.cells.get(name.key)).toMatchObject({ [side]: beta, atMs: nowMs - 5_000 });
    expect(settleOutcome(one, sending())).toEqual(settledAs(one, expected));
  });

  test("a mark puts the link away, and one that is taken off brings it back", () => {
    const archival: Archival = { side, how: { kind: "removed" } };
    const wokenAtMs = clocks[side];
    const away = at(update(side, archival), done(row));
    const marked = foldConfirmed(link, away.intent, row, fold);
    expect(settleOutcome(away, sending())).toEqual(
      settledAs(away, { ...marked, state: "archived", archival, wokenAtMs }),
    );
    const archived: Link = { ...link, state: "archived", archival };
    const back = at(update(side, "lift"), done(row), archived);
    const lifted = foldConfirmed(archived, back.intent, row, fold);
    const lives = { state: "live", archival: null, isFlagged: true, wokenAtMs } as const;
    expect(settleOutcome(back, sending())).toEqual(settledAs(back, { ...lifted, ...lives }));
  });

  test("a removed row is put away, and one brought back lives again", () => {
    const archival: Archival = { side, how: { kind: "removed" } };
    const wokenAtMs = clocks[side];
    const gone = at({ kind: "remove", side, archival }, done(row));
    const archived: Link = { ...link, state: "archived", archival, wokenAtMs };
    expect(settleOutcome(gone, sending())).toEqual(settledAs(gone, archived));
    const back = at({ kind: "restore", side }, done(row), archived);
    expect(settleOutcome(back, sending())).toEqual(
      settledAs(back, { ...link, isFlagged: true, wokenAtMs }),
    );
  });

  const ids = { ...link.ids, [side]: null };
  const creating = makePairLink(setup, {}, { state: "creating", ids, cells: new Map() });
  const made = makeRow(setup, side, { Name: beta }, { id: recordId("new") });
  const source = makeRow(setup, other(side), { Name: beta });

  test("a new row belongs to its link, with what was sent and the blanks that agree as base", () => {
    for (const isReadBack of [false, true]) {
      const one = at(create(side), done(made, isReadBack), creating);
      const known = foldRowId(creating, side, recordId("new"));
      const shown = isReadBack ? null : made;
      const confirmed = foldConfirmed(known, one.intent, shown, fold);
      const whole = foldBlanks(confirmed, { side, source, made, isLate: isReadBack }, fold);
      expect([...whole.cells.keys()]).toEqual([name.key, status.key]);
      const expected = { ...whole, wokenAtMs: clocks[side] };
      expect(settleOutcome(one, sending())).toEqual(settledAs(one, expected));
    }
  });

  test("a new row whose source is not to be seen has only what was sent as base", () => {
    const one = at(create(side), done(made), creating);
    const plan = { ...one.work.plan, rows: { left: null, right: null } };
    const { link: settled } = settleOutcome({ ...one, work: { ...one.work, plan } }, sending());
    expect([...settled.cells.keys()]).toEqual([name.key]);
    expect(settled).toMatchObject({ state: "live", ids: { ...ids, [side]: "new" } });
  });

  test("what the service refused before is tried no more later, on that side alone", () => {
    const one = at(update(side), done(row));
    const expected = foldConfirmed(link, one.intent, row, fold);
    const rests = (of: Side): ReadonlyMap<string, Quarantine> =>
      new Map([[quarantineKey(link.id, of), {} as Quarantine]]);
    const freed = { kind: "quarantine-drop", link: link.id, side };
    const here = settleOutcome(one, sending({ quarantine: rests(side) }));
    expect(here).toEqual(settledAs(one, expected, [freed]));
    const there = settleOutcome(one, sending({ quarantine: rests(other(side)) }));
    expect(there).toEqual(settledAs(one, expected));
  });

  test("a person's word about the row is kept once its row has moved, and by no edit of a cell", () => {
    const word = makeConflict("k1", link.id, { status: "answered" });
    const words = new Map([[link.id, word]]);
    const closed = { kind: "conflict", conflict: { ...word, status: "closed" } };
    const move = at({ kind: "restore", side }, done(row));
    expect(settleOutcome(move, sending({ words })).changes).toContainEqual(closed);
    const edit = at(update(side), done(row));
    expect(settleOutcome(edit, sending({ words })).changes).not.toContainEqual(closed);
  });
});

describe.each(sides)("a call that was refused, on the %s", (side) => {
  const rests = (change: Partial<Quarantine>): StoreChange => ({
    kind: "quarantine",
    quarantine: {
      pair: link.pair,
      link: link.id,
      side,
      code: "invalid",
      message: "no such thing",
      contentHash: contentHash(at(update(side), failed("invalid")).work, deps),
      sinceMs: nowMs,
      retryAtMs: nowMs,
      attempts: 1,
      ...change,
    },
  });

  test.each([
    ["invalid", "rejected"],
    ["forbidden", "rejected"],
    ["missing", "row_missing"],
    ["trashed", "row_missing"],
  ] as const)("rests, and says what was said: %s", (why, code) => {
    const one = at(update(side), failed(why));
    expect(settleOutcome(one, sending())).toEqual({
      link,
      changes: [
        drop,
        rests({ code: why }),
        problem(side, {
          code,
          message: '"Alpha" was refused: no such thing',
          remedy: "Correct the value or the mapping; the row is tried again by itself.",
        }),
      ],
    });
  });

  test("the field that the service blames is named, one that was not sent is not", () => {
    const told = (field: FieldId): unknown =>
      settleOutcome(at(update(side), failed("invalid", field)), sending()).changes[2];
    expect(told(name.fields[side].id)).toMatchObject({ entry: { body: { field: "Name" } } });
    expect(told(status.fields[side].id)).toMatchObject({ entry: { body: { field: null } } });
  });

  test("comes at once twice, then ever more slowly, but at least once an hour", () => {
    const waits = [0, 1, 2, 3, 4, 7, 8, 9, 50].map((attempts) => {
      const before = { attempts, sinceMs: 17 } as Quarantine;
      const known = new Map(attempts === 0 ? [] : [[quarantineKey(link.id, side), before]]);
      const { changes } = settleOutcome(
        at(update(side), failed("invalid")),
        sending({ quarantine: known }),
      );
      const found = changes.find((change) => change.kind === "quarantine")?.quarantine;
      expect(found?.attempts).toBe(attempts + 1);
      expect(found?.sinceMs).toBe(attempts === 0 ? nowMs : 17);
      return ((found?.retryAtMs ?? 0) - nowMs) / 60_000;
    });
    expect(waits).toEqual([0, 0, 1, 2, 4, 32, 60, 60, 60]);
  });

  test("a part of a refused update rests under the whole of it", () => {
    const one = at(update(side), failed("invalid"));
    const cells = [cell(side), cell(side, status, { after: choice("Low") })];
    const whole = { ...one.work, action: { ...update(side), cells } as RowAction };
    const { changes } = settleOutcome({ ...one, work: { ...one.work, whole } }, sending());
    expect(changes[1]).toEqual(rests({ contentHash: contentHash(whole, deps) }));
  });

  test("with something left to try it only leaves the journal; a new row says what it lacks", () => {
    const cells = [cell(side), cell(side, status, { after: choice("Low") })];
    const two = at({ ...update(side), cells } as RowAction, failed("invalid"));
    expect(settleOutcome(two, sending())).toEqual({ link, changes: [drop] });
    const made = at(create(side, cells), failed("invalid", status.fields[side].id));
    expect(settleOutcome(made, sending())).toEqual({
      link,
      changes: [
        drop,
        problem(side, {
          code: "rejected",
          field: "Status",
          message: '"Alpha" was refused as it is: no such thing',
          remedy: "It is made with less, and the rest is tried cell by cell in the next run.",
        }),
      ],
    });
  });
});

test.each(sides)("a call that was surely not done leaves no trace: %s", (side) => {
  const one = at(update(side), { kind: "not-applied", message: "busy" });
  expect(settleOutcome(one, sending())).toEqual({ link, changes: [drop] });
});

test.each(sides)("P12 P14: a lost answer stays in the journal, and is told: %s", (side) => {
  const one = at(update(side), { kind: "unknown", message: "cut off", hint: null });
  expect(settleOutcome(one, sending())).toEqual({
    link,
    changes: [
      { kind: "intent", intent: { ...one.intent, status: "unknown" } },
      problem(side, {
        code: "outcome_unknown",
        message:
          'The answer to writing "Alpha" was lost (cut off); it may or may not have been done.',
        remedy: "Nothing to do: the row rests until a later run sees what became of it.",
      }),
    ],
  });
});

test("only other content is worth another try at once: another call, field or value", () => {
  const hash = (action: RowAction): string => contentHash(at(action, failed("invalid")).work, deps);
  const base = hash(update("right"));
  expect(
    hash({ ...update("right"), cells: [cell("right", name, { before: empty })] } as RowAction),
  ).toBe(base);
  const others = [
    create("right"),
    create("right", [cell("right", name, { after: alpha })]),
    { ...update("right"), cells: [cell("right", name, { after: alpha })] } as RowAction,
    { ...update("right"), cells: [cell("right", status)] } as RowAction,
    { ...update("right"), cells: [] } as RowAction,
    { kind: "restore", side: "right" } as RowAction,
  ].map(hash);
  expect(new Set([base, ...others]).size).toBe(7);
});
