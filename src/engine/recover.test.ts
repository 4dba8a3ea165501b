// What became of a call that nobody heard of, judged by what the services show now: each kind of call,
// done, not done, still open, and written over; before and after the settling time.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeFold,
  makePairLink,
  makeRow,
  makeSmallSetup,
  mappingOf,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import { foldBlanks, foldConfirmed, foldRowId } from "../core/fold.ts";
import { fieldId, linkId, opId, recordId, runId, type RecordId } from "../core/ids.ts";
import type { Intent, IntentCell } from "../core/intent.ts";
import type { Link, LinkIndexEntry } from "../core/link.ts";
import type { Row, RowReading } from "../core/row.ts";
import { other, sided, sides, type Side } from "../core/side.ts";
import { boolean, choice, empty, text, unknown, type Value } from "../core/value.ts";
import { confirmEntries, loserEntries } from "./journal.ts";
import type { Observation } from "./observe.ts";
import { recover, type Recovery, type RecoverInput } from "./recover.ts";

const setup = makeSmallSetup();
const fold = makeFold(setup);
const { settleMs } = setup.policy.guards;
const name = mappingOf(setup, "Name");
const status = mappingOf(setup, "Status");
const link = makePairLink(setup, { Name: alpha });
/** The listings began as long after the call as it takes to settle. */
const sentAtMs = nowMs - settleMs;
const gone: RowReading = { state: "gone", evidence: "" };
const removed = (side: Side) => ({ side, how: { kind: "removed" } }) as const;

const cell = (side: Side, change: Partial<IntentCell> = {}): IntentCell => ({
  name: "Name",
  key: name.key,
  field: name.fields[side].id,
  before: alpha,
  after: beta,
  source: beta,
  rule: "F4",
  isLossy: false,
  isBase: true,
  ...change,
});

function intentOf(side: Side, change: Partial<Intent> = {}): Intent {
  return {
    id: opId("op-1"),
    run: runId("run-1"),
    pair: link.pair,
    link: link.id,
    side,
    kind: "update",
    target: link.ids[side],
    cells: [cell(side)],
    marker: null,
    archival: null,
    isParting: false,
    title: "Alpha",
    conflicts: [],
    sentAtMs,
    attempt: 1,
    status: "unknown",
    ...change,
  };
}

type Rows = Partial<Record<Side, RowReading>>;

interface At {
  readonly links?: readonly Link[];
  /** What is known of the rows of the link. */
  readonly rows?: Rows;
  /** Rows that the listings showed and that need a look. */
  readonly kept?: Partial<Record<Side, readonly Row[]>>;
  /** Rows that belong to a link. */
  readonly linked?: Partial<Record<Side, readonly RecordId[]>>;
  readonly isComplete?: Partial<Record<Side, boolean>>;
  /** When the listing of the side began; the other side's began an hour earlier. */
  readonly listed?: { readonly side: Side; readonly startMs: number };
  readonly said?: "there" | "never";
}

function inputOf(intents: readonly Intent[], at: At): RecoverInput {
  const { side, startMs } = at.listed ?? { side: intents[0]?.side ?? "left", startMs: nowMs };
  const links = new Map((at.links ?? [link]).map((one) => [one.id, one]));
  const entry: LinkIndexEntry = link;
  const observation: Observation = {
    index: new Map(),
    byRow: sided((one) => new Map((at.linked?.[one] ?? []).map((id) => [id, entry] as const))),
    kept: sided((one) => new Map((at.kept?.[one] ?? []).map((row) => [row.id, row] as const))),
    marks: { left: new Map(), right: new Map() },
    seen: { left: new Set(), right: new Set() },
    control: { left: null, right: null },
    ends: sided((one) => ({
      isComplete: at.isComplete?.[one] ?? true,
      reason: null,
      window: { startMs: one === side ? startMs : startMs - 3_600_000, endMs: nowMs },
    })),
  };
  const readings = new Map(
    [...links.keys()].map((id) => [
      id,
      { left: at.rows?.left ?? null, right: at.rows?.right ?? null },
    ]),
  );
  const saidOfCreates = new Map(at.said === undefined ? [] : [[link.id, at.said] as const]);
  return { intents, links, readings, observation, fold, saidOfCreates };
}

const recovered = (intent: Intent, at: At = {}): Recovery => recover(inputOf([intent], at));

const drop = { kind: "intent-drop", id: opId("op-1") };
const untouched = (from: Link): Recovery => ({
  links: new Map([[from.id, from]]),
  frozen: new Set(),
  doubtful: [],
  awaited: [],
  adopted: new Set(),
  confirmed: 0,
  changes: [],
});

/** A call that turned out to have been done. */
function confirmedAs(intent: Intent, expected: Link): Recovery {
  const row = expected.ids[intent.side];
  return {
    ...untouched(expected),
    adopted: new Set(row === null ? [] : [row]),
    confirmed: 1,
    changes: [
      { kind: "link", link: expected },
      ...confirmEntries(intent, expected, fold),
      { kind: "intent-drop", id: intent.id },
      { kind: "quarantine-drop", link: expected.id, side: intent.side },
    ],
  };
}
const frozen = (from: Link = link): Recovery => ({
  ...untouched(from),
  frozen: new Set([from.id]),
});
const forgotten = (from: Link = link, more: Recovery["changes"] = []): Recovery => ({
  ...untouched(from),
  changes: [drop, ...more] as Recovery["changes"],
});

const shows = (side: Side, value: Value, more: Partial<Row> = {}): Rows => ({
  [side]: live(makeRow(setup, side, { Name: value }, more)),
});

describe.each(sides)("P14 P16: an update of the %s row", (side) => {
  const early = { listed: { side, startMs: nowMs - 1 } };

  test("shows what was sent: done, whatever the time, and witnessed when it was sent", () => {
    const intent = intentOf(side);
    const expected = foldConfirmed(link, intent, null, fold);
    expect(expected.cells.get(name.key)).toMatchObject({ left: beta, right: beta, atMs: sentAtMs });
    // Blanks at the end mean nothing.
    const rows = shows(side, text("Beta "));
    expect(recovered(intent, { rows })).toEqual(confirmedAs(intent, expected));
    expect(recovered(intent, { rows, ...early })).toEqual(confirmedAs(intent, expected));
  });

  test("shows what was there before: open until it must have settled, then surely not done", () => {
    const rows = shows(side, alpha);
    expect(recovered(intentOf(side), { rows, ...early })).toEqual(frozen());
    expect(recovered(intentOf(side), { rows })).toEqual(forgotten());
  });

  test("shows something else, or is not to be seen: forgotten, and what it may have cost is told", () => {
    const intent = intentOf(side, { cells: [cell(side, { before: text("Typed") })] });
    const losers = loserEntries(intent, link, fold);
    expect(losers).toHaveLength(1);
    for (const rows of [shows(side, text("Gamma")), shows(side, unknown("error")), {}]) {
      expect(recovered(intent, { rows, ...early })).toEqual(frozen());
      expect(recovered(intent, { rows })).toEqual(forgotten(link, losers));
    }
    const blind = { ...makeRow(setup, side, { Name: beta }), cells: new Map() };
    expect(recovered(intent, { rows: { [side]: live(blind) } })).toEqual(forgotten(link, losers));
    const two = {
      ...intent,
      cells: [
        ...intent.cells,
        cell(side, { key: null, field: status.fields[side].id, before: choice("Low") }),
      ],
    };
    const half = live(makeRow(setup, side, { Name: text("Gamma"), Status: choice("Low") }));
    const lost = loserEntries(two, link, fold);
    expect(recovered(two, { rows: { [side]: half } })).toEqual(forgotten(link, lost));
    // It shows what was there before the call: nothing was written over.
    expect(recovered(intent, { rows: shows(side, text("Typed")) })).toEqual(forgotten());
  });

  test("every cell counts, and of the row that was written", () => {
    const second = cell(side, {
      key: status.key,
      field: status.fields[side].id,
      after: choice("Low"),
    });
    const intent = intentOf(side, { cells: [cell(side), second] });
    expect(recovered(intent, { rows: shows(side, beta), ...early })).toEqual(frozen());
    const whole = live(makeRow(setup, side, { Name: beta, Status: choice("Low") }));
    const expected = foldConfirmed(link, intent, null, fold);
    expect(recovered(intent, { rows: { [side]: whole } })).toEqual(confirmedAs(intent, expected));
    expect(recovered(intentOf(side), { rows: shows(other(side), beta), ...early })).toEqual(
      frozen(),
    );
  });

  test("a row thrown away meanwhile still shows an edit, and no mark", () => {
    const row = makeRow(setup, side, { Name: beta });
    const rows = { [side]: { state: "trashed", row } } as const;
    const intent = intentOf(side);
    const expected = foldConfirmed(link, intent, null, fold);
    expect(recovered(intent, { rows })).toEqual(confirmedAs(intent, expected));
    const marking = intentOf(side, { archival: removed(side) });
    expect(recovered(marking, { rows, ...early })).toEqual(frozen());
    const unread = { [side]: { state: "trashed", row: null } } as const;
    expect(recovered(intent, { rows: unread, ...early })).toEqual(frozen());
  });

  test("a mark puts the link away, one taken off brings it back, from now on", () => {
    const rows = shows(side, beta);
    const marking = intentOf(side, { archival: removed(side) });
    const woken = { ...link, wokenAtMs: nowMs };
    const away = { ...woken, state: "archived", archival: removed(side) } as const;
    expect(recovered(marking, { rows })).toEqual(
      confirmedAs(marking, foldConfirmed(away, marking, null, fold)),
    );
    const lift = intentOf(side, { isLift: true });
    const archived = { ...link, state: "archived", archival: removed(side) } as const;
    const lives = { ...woken, isFlagged: true };
    expect(recovered(lift, { rows, links: [archived] })).toEqual(
      confirmedAs(lift, foldConfirmed(lives, lift, null, fold)),
    );
  });

  test("a marker that was sent alone is compared without dashes", () => {
    const intent = intentOf(side, { cells: [], marker: "a-b" });
    const rows = shows(side, alpha, { marker: " ab" });
    expect(recovered(intent, { rows })).toEqual(confirmedAs(intent, link));
    const early = { listed: { side, startMs: nowMs - 1 } };
    const others = shows(side, alpha, { marker: "abc" });
    expect(recovered(intent, { rows: others, ...early })).toEqual(frozen());
    expect(recovered(intent, { rows: shows(side, alpha), ...early })).toEqual(frozen());
  });

  test("a cell of no mapping must show just what was sent", () => {
    const field = fieldId("stamp");
    const intent = intentOf(side, { cells: [cell(side, { key: null, field, isBase: false })] });
    const at = (value: Value): Rows => {
      const row = makeRow(setup, side, { Name: alpha });
      return { [side]: live({ ...row, cells: new Map(row.cells).set(field, value) }) };
    };
    expect(recovered(intent, { rows: at(beta) })).toEqual(confirmedAs(intent, link));
    expect(recovered(intent, { rows: at(text("Beta ")), ...early })).toEqual(frozen());
  });
});

test("an update is compared in the words of the side that was written", () => {
  const renamed = setupOf({
    fields: { Name: { kind: kinds.choice, renames: [{ left: "Low", right: "High" }] } },
  });
  const { fields, key } = mappingOf(renamed, "Name");
  const linked = makePairLink(renamed, {});
  const verdict = (side: Side, sent: string, shown: string): number => {
    const written = { key, field: fields[side].id, after: choice(sent), source: choice(sent) };
    const intent = intentOf(side, { cells: [cell(side, written)] });
    const rows = { [side]: live(makeRow(renamed, side, { Name: choice(shown) })) };
    return recover({
      ...inputOf([intent], { rows, links: [linked] }),
      fold: makeFold(renamed),
    }).confirmed;
  };
  expect(verdict("left", "Low", "low")).toBe(1);
  expect(verdict("right", "High", "high")).toBe(1);
  expect(verdict("left", "Low", "Archived")).toBe(0);
});

describe.each(sides)("P14: a %s row that was to go, or to come back", (side) => {
  const early = { listed: { side, startMs: nowMs - 1 } };
  const remove = intentOf(side, { kind: "remove", cells: [], archival: removed(side) });
  const archived: Link = { ...link, state: "archived", archival: removed(side) };
  const restore = intentOf(side, { kind: "restore", cells: [] });

  test("gone it is put away, there it was not done once that has settled", () => {
    const away = { ...archived, wokenAtMs: nowMs };
    for (const reading of [gone, { state: "trashed", row: null } as const]) {
      const found = recovered(remove, { rows: { [side]: reading }, ...early });
      expect(found).toEqual(confirmedAs(remove, away));
    }
    for (const rows of [shows(side, alpha), {}, { [other(side)]: gone }]) {
      expect(recovered(remove, { rows, ...early })).toEqual(frozen());
      expect(recovered(remove, { rows })).toEqual(forgotten());
    }
  });

  test("there it lives again, gone it was not done once that has settled", () => {
    const links = [archived];
    const lives = { ...link, isFlagged: true, wokenAtMs: nowMs };
    const back = recovered(restore, { links, rows: shows(side, alpha), ...early });
    expect(back).toEqual(confirmedAs(restore, lives));
    for (const rows of [{ [side]: gone }, {}, shows(other(side), alpha)]) {
      expect(recovered(restore, { links, rows, ...early })).toEqual(frozen(archived));
      expect(recovered(restore, { links, rows })).toEqual(forgotten(archived));
    }
  });

  test("rows that were to part, or to join, do so when it is confirmed", () => {
    const rows = { [side]: gone };
    const parted = { ...archived, state: "detached", wokenAtMs: nowMs } as const;
    const parting = { ...remove, isParting: true };
    expect(recovered(parting, { rows })).toEqual(confirmedAs(parting, parted));
    const joining = { ...restore, isJoining: true };
    const lives = { ...link, isFlagged: true, wokenAtMs: nowMs };
    expect(recovered(joining, { links: [archived], rows: shows(side, alpha) })).toEqual(
      confirmedAs(joining, lives),
    );
  });
});

describe.each(sides)("P12 P14: a %s row that was to be made", (side) => {
  const from = other(side);
  const ids = { ...link.ids, [side]: null };
  const creating = makePairLink(setup, {}, { state: "creating", ids, cells: new Map() });
  const links = [creating];
  const create = intentOf(side, { kind: "create", target: null, marker: "mark-1" });
  const unmarked = { ...create, marker: null };
  const rowNamed = (id: string, more: Partial<Row> = {}): Row =>
    makeRow(
      setup,
      side,
      { Name: beta },
      { id: recordId(id), title: "Row", createdAtMs: sentAtMs, ...more },
    );
  const early = { listed: { side, startMs: nowMs - 1 } };
  const awaits = (intent: Intent, isDoubtful: boolean): Recovery => ({
    ...frozen(creating),
    awaited: [intent],
    doubtful: isDoubtful ? [intent] : [],
  });
  const madeAs = (intent: Intent, made: Row, source: Row | null): Link => {
    const known = { ...foldRowId(creating, side, made.id), isFlagged: true };
    const folded = foldConfirmed(known, intent, null, fold);
    return source === null
      ? folded
      : foldBlanks(folded, { side, source, made, isLate: true }, fold);
  };

  test("a row with its marker is it, with what was sent and what agrees as base", () => {
    const made = rowNamed("new", { marker: " mark1" });
    const source = makeRow(setup, from, { Name: beta });
    const kept = { [side]: [rowNamed("x"), made] };
    const alone = madeAs(create, made, null);
    expect([...alone.cells.keys()]).toEqual([name.key]);
    expect(recovered(create, { links, kept, ...early })).toEqual(confirmedAs(create, alone));
    const whole = madeAs(create, made, source);
    expect([...whole.cells.keys()]).toEqual([name.key, status.key]);
    const seen = { links, kept, rows: { [from]: live(source) } };
    expect(recovered(create, seen)).toEqual(confirmedAs(create, whole));
    const unseen = { links, kept, rows: { [from]: { state: "trashed", row: source } } } as const;
    expect(recovered(create, unseen)).toEqual(confirmedAs(create, alone));
  });

  test("of two rows with its marker it is the earlier one", () => {
    const [early, late] = [
      rowNamed("b", { marker: "mark-1" }),
      rowNamed("a", { marker: "mark-1", createdAtMs: sentAtMs + 60_000 }),
    ];
    const found = recovered(create, { links, kept: { [side]: [late, early] } });
    expect([...found.adopted]).toEqual(["b"]);
    // Which of two that were made together is a copy, nobody can tell.
    const twins = [rowNamed("b", { marker: "mark-1" }), rowNamed("a", { marker: "mark-1" })];
    expect(recovered(create, { links, kept: { [side]: twins } })).toEqual(awaits(create, true));
  });

  test("without a row it is open until the listing is whole and has settled", () => {
    expect(recovered(create, { links, ...early })).toEqual(awaits(create, false));
    const cut = { links, isComplete: { [side]: false } };
    expect(recovered(create, cut)).toEqual(awaits(create, false));
    expect(recovered(create, { links, isComplete: { [from]: false } })).toEqual(
      forgotten(creating),
    );
    expect(recovered(create, { links })).toEqual(forgotten(creating));
  });

  test("a row that it may have made, its marker changed by somebody, is put before a person", () => {
    const row = rowNamed("changed", { title: "Alpha" });
    const kept = { [side]: [row] };
    expect(recovered(create, { links, kept })).toEqual(awaits(create, true));
    expect(recovered(create, { links, kept, said: "never" })).toEqual(forgotten(creating));
    const there = recovered(create, { links, kept, said: "there" });
    expect(there).toEqual(confirmedAs(create, madeAs(create, row, null)));
    const two = { [side]: [row, rowNamed("again", { title: "Alpha" })] };
    expect(recovered(create, { links, kept: two, said: "there" })).toEqual(awaits(create, true));
  });

  test("where no marker tells, a person does", () => {
    const row = rowNamed("one", { title: "Alpha" });
    const kept = { [side]: [row] };
    expect(recovered(unmarked, { links, kept })).toEqual(awaits(unmarked, true));
    expect(recovered(unmarked, { links, kept, said: "never" })).toEqual(forgotten(creating));
    const there = { links, kept, said: "there" } as const;
    const made = madeAs(unmarked, row, null);
    expect(recovered(unmarked, there)).toEqual(confirmedAs(unmarked, made));
    const cut = { ...there, isComplete: { [side]: false } };
    expect(recovered(unmarked, cut)).toEqual(awaits(unmarked, true));
    const none = { ...there, kept: {} };
    expect(recovered(unmarked, none)).toEqual(awaits(unmarked, true));
    const two = { ...there, kept: { [side]: [row, rowNamed("two", { title: "Alpha" })] } };
    expect(recovered(unmarked, two)).toEqual(awaits(unmarked, true));
  });

  test("rows of a link, and those that an earlier call of this run turned out to have made, are not it", () => {
    const row = rowNamed("new", { marker: "mark-1" });
    const kept = { [side]: [row] };
    const linked = { [side]: [row.id] };
    expect(recovered(create, { links, kept, linked })).toEqual(forgotten(creating));
    const twin = { ...creating, id: linkId("link-2") };
    const second = { ...create, id: opId("op-2"), link: twin.id };
    const both = recover(inputOf([create, second], { links: [creating, twin], kept }));
    expect(both).toMatchObject({ confirmed: 1, adopted: new Set([row.id]) });
    expect(both.links.get(twin.id)).toBe(twin);
    expect(both.changes.at(-1)).toEqual({ kind: "intent-drop", id: "op-2" });
  });

  test("P13: one that was to take a removed row's place does so, while that is still the link's", () => {
    const tomb: Link = { ...link, state: "tombstone" };
    const replaces = recordId(side === "left" ? "page-1" : "rec1");
    const made = rowNamed("new", { marker: "mark-1" });
    const at = { links: [tomb], kept: { [side]: [made] } };
    const known = { ...foldRowId(tomb, side, made.id), isFlagged: true };
    const intent = { ...create, replaces };
    const expected = foldConfirmed(known, intent, null, fold);
    expect(expected.cells.get(name.key)?.previous).toBeNull();
    expect(recovered(intent, at)).toEqual(confirmedAs(intent, expected));
    const another = { ...create, replaces: recordId("older") };
    expect(recovered(another, at)).toEqual(forgotten(tomb));
  });

  test("a link that lives already has its row: there is nothing to find", () => {
    const kept = { [side]: [rowNamed("new", { marker: "mark-1" })] };
    const cells = [cell(side, { before: text("Typed") })];
    expect(recovered({ ...create, cells }, { kept })).toEqual(forgotten());
  });

  test("rows that were to part do so once it is found", () => {
    const parting = { ...create, isParting: true };
    const kept = { [side]: [rowNamed("new", { marker: "mark-1" })] };
    expect(recovered(parting, { links, kept }).links.get(creating.id)?.state).toBe("detached");
  });
});

test("P7: what a row that was found later holds of its own may be a person's, and is no base", () => {
  const flowing = setupOf({
    fields: { Name: { kind: kinds.line }, Url: { kind: kinds.line, flow: "toRight" } },
  });
  const url = mappingOf(flowing, "Url");
  const ids = { left: null, right: recordId("rec1") };
  const creating = makePairLink(flowing, {}, { state: "creating", ids });
  const create = intentOf("left", { kind: "create", target: null, marker: "rec1" });
  const source = makeRow(flowing, "right", { Name: beta, Url: text("copied along") });
  const own = { Name: beta, Url: text("typed") };
  const made = makeRow(flowing, "left", own, { marker: "rec1", createdAtMs: sentAtMs });
  const at = { links: [creating], kept: { left: [made] }, rows: { right: live(source) } };
  const found = recover({ ...inputOf([create], at), fold: makeFold(flowing) });
  expect(found.confirmed).toBe(1);
  expect(found.links.get(creating.id)?.cells.has(url.key)).toBe(false);
});

test("P25: a tick that cannot be read is not taken for one that was taken off", () => {
  const ticks = setupOf({ fields: { Name: { kind: kinds.tick } } });
  const { fields, key } = mappingOf(ticks, "Name");
  const verdict = (shown: Value): number => {
    const off = { key, field: fields.left.id, before: boolean(true), after: boolean(false) };
    const intent = intentOf("left", { cells: [cell("left", off)] });
    const rows = { left: live(makeRow(ticks, "left", { Name: shown })) };
    const links = [makePairLink(ticks, {})];
    return recover({ ...inputOf([intent], { rows, links }), fold: makeFold(ticks) }).confirmed;
  };
  expect([boolean(false), boolean(true), unknown("error")].map(verdict)).toEqual([1, 0, 0]);
});

test("a call of a link that is gone is forgotten; others are judged all the same, one after the other", () => {
  const stray = intentOf("left", { id: opId("op-0"), link: linkId("nowhere") });
  const [one, two] = [
    intentOf("left"),
    intentOf("right", { id: opId("op-2"), cells: [cell("right", { before: empty })] }),
  ];
  const rows = { ...shows("left", beta), ...shows("right", beta) };
  const found = recover(inputOf([stray, one, two], { rows }));
  expect(found.changes[0]).toEqual({ kind: "intent-drop", id: "op-0" });
  expect(found.confirmed).toBe(2);
  // The second starts from what the first one left.
  expect(found.links.get(link.id)?.cells.get(name.key)?.rev).toBe(3);
  const open = recovered(one, { listed: { side: "left", startMs: nowMs - 1 } });
  expect(open.awaited).toEqual([]);
});
