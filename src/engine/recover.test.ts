import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeField,
  makeFold,
  makePairLink,
  makeRow,
  mappingOf,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import { fieldId, opId, recordId, runId, type RecordId } from "../core/ids.ts";
import type { Intent, IntentCell } from "../core/intent.ts";
import type { Archival, Link } from "../core/link.ts";
import type { Row, RowReading } from "../core/row.ts";
import { sided, type Side, type Sided } from "../core/side.ts";
import { empty, unknown, type Value } from "../core/value.ts";
import type { Observation } from "./observe.ts";
import { recover, type Recovery } from "./recover.ts";

const setup = setupOf({
  fields: { Name: { kind: kinds.line }, A: { kind: kinds.line }, B: { kind: kinds.line } },
  policy: { markers: { left: "Record", right: "Page" } },
  extra: {
    left: [makeField("left", "Record", kinds.line)],
    right: [makeField("right", "Page", kinds.line), makeField("right", "State", kinds.line)],
  },
});
const settleMs = setup.policy.guards.settleMs;
const sentAtMs = nowMs - 400_000;
const fold = makeFold(setup, { canRestore: { left: true, right: false } });

function cell(name: string, change: Partial<IntentCell> = {}): IntentCell {
  const mapping = mappingOf(setup, name);
  return {
    name,
    key: mapping.key,
    field: mapping.fields.right.id,
    before: alpha,
    after: beta,
    source: beta,
    rule: "F4",
    isLossy: false,
    isBase: true,
    ...change,
  };
}

/** A write of one cell into the right row, `Alpha` to `Beta`, whose answer was lost. */
function intentOf(change: Partial<Intent> = {}): Intent {
  return {
    id: opId("op-1"),
    run: runId("run-1"),
    pair: setup.policy.id,
    link: link.id,
    side: "right",
    kind: "update",
    target: recordId("rec1"),
    cells: [cell("A")],
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

const link = makePairLink(setup, { Name: alpha, A: alpha, B: alpha });

interface Given {
  readonly intents?: readonly Intent[];
  readonly link?: Link | null;
  /** What the side that was written shows of the row. */
  readonly reading?: RowReading | null;
  /** Rows of no link on the side that was written. */
  readonly strangers?: readonly Row[];
  readonly side?: Side;
  readonly isComplete?: boolean;
  /** When the listing began. */
  readonly readAtMs?: number;
  readonly said?: "there" | "never";
}

function recovered(given: Given): Recovery {
  const intents = given.intents ?? [intentOf()];
  const side = given.side ?? "right";
  const known = given.link === undefined ? link : given.link;
  const window = { startMs: given.readAtMs ?? nowMs, endMs: nowMs };
  const end = { isComplete: given.isComplete ?? true, reason: null, window };
  const kept = new Map((given.strangers ?? []).map((row) => [row.id, row]));
  const observation: Observation = {
    index: new Map(),
    byRow: { left: new Map(), right: new Map() },
    kept: { left: new Map<RecordId, Row>(), right: new Map<RecordId, Row>(), [side]: kept },
    marks: { left: new Map(), right: new Map() },
    seen: { left: new Set(), right: new Set() },
    control: { left: null, right: null },
    // What the other side shows, and when, has no say.
    ends: {
      left: { ...end, isComplete: false },
      right: { ...end, isComplete: false },
      [side]: end,
    },
    listed: { left: 0, right: 0 },
  };
  const readings: Sided<RowReading | null> = {
    left: null,
    right: null,
    [side]: given.reading ?? null,
  };
  return recover({
    intents,
    links: new Map(known === null ? [] : [[known.id, known]]),
    readings: new Map([[link.id, readings]]),
    observation,
    fold,
    saidOfCreates: new Map(given.said === undefined ? [] : [[link.id, given.said]]),
  });
}

/** How the call is judged, in a word; what is frozen is neither stored nor forgotten. */
function verdict(given: Given): string {
  const { links, frozen, doubtful, confirmed, changes } = recovered(given);
  if (doubtful.length > 0) return "ask";
  if (frozen.size > 0) return changes.length === 0 ? "wait" : "wait, and store";
  const isDropped = changes.some(({ kind }) => kind === "intent-drop");
  if (!isDropped) return "nothing";
  const state = links.get(link.id)?.state ?? "no link";
  return confirmed === 0 ? "forget" : `done ${state}`;
}

const shows = (cells: Readonly<Record<string, Value>>, change: Partial<Row> = {}): Row =>
  makeRow(setup, "right", { Name: alpha, A: alpha, B: alpha, ...cells }, change);
const trashed = (row: Row): RowReading => ({ state: "trashed", row });
const gone: RowReading = { state: "gone", evidence: "404" };
const noReading: RowReading = { state: "unknown", why: "busy" };

describe("P14 P17: whether a lost call may still be under way is judged by when the listing began", () => {
  const before = live(shows({}));
  test.each([
    [settleMs - 1, "wait"],
    [settleMs, "forget"],
  ])("%i ms after it was sent: %s", (afterMs, expected) => {
    expect(verdict({ reading: before, readAtMs: sentAtMs + afterMs })).toBe(expected);
  });

  test("what it wrote is seen at any time", () => {
    expect(verdict({ reading: live(shows({ A: beta })), readAtMs: sentAtMs })).toBe("done live");
  });
});

const two = [cell("A"), cell("B")];
const mark: IntentCell = cell("A", {
  key: null,
  name: "State",
  field: fieldId("fldState"),
  before: empty,
});
const marking: Archival = {
  side: "right",
  how: { kind: "marked", field: fieldId("fldState"), before: empty, value: beta },
};
const removed: Archival = { side: "right", how: { kind: "removed" } };
const marked = (value: Value): Row => {
  const row = shows({});
  return { ...row, cells: new Map(row.cells).set(fieldId("fldState"), value) };
};
const archived: Link = { ...link, state: "archived", archival: removed };

describe("P16 P17: what became of a lost write", () => {
  test.each<readonly [string, Partial<Intent>, RowReading | null, string]>([
    ["the row shows it", {}, live(shows({ A: beta })), "done live"],
    ["the row shows something else", {}, live(shows({ A: empty })), "forget"],
    ["the cell cannot be read", {}, live(shows({ A: unknown("error") })), "forget"],
    ["the row shows one of two cells", { cells: two }, live(shows({ A: beta })), "forget"],
    ["the row shows both cells", { cells: two }, live(shows({ A: beta, B: beta })), "done live"],
    ["the row in the trash shows it", {}, trashed(shows({ A: beta })), "done live"],
    ["the row in the trash does not", {}, trashed(shows({})), "forget"],
    ["the row is gone", {}, gone, "forget"],
    ["the row cannot be read", {}, noReading, "forget"],
    ["nobody looked", {}, null, "forget"],
    [
      "a marker alone is there",
      { cells: [], marker: "page-1" },
      live(shows({}, { marker: "page1" })),
      "done live",
    ],
    [
      "a marker alone is another",
      { cells: [], marker: "page-1" },
      live(shows({}, { marker: "page-2" })),
      "forget",
    ],
    ["a mark is there", { cells: [mark], archival: marking }, live(marked(beta)), "done archived"],
    ["a mark is not there", { cells: [mark], archival: marking }, live(marked(empty)), "forget"],
    [
      "a marked row lies in the trash",
      { cells: [mark], archival: marking },
      trashed(marked(beta)),
      "forget",
    ],
  ])("%s", (_what, change, reading, expected) => {
    expect(verdict({ intents: [intentOf(change)], reading })).toBe(expected);
  });

  test.each<readonly [string, Intent["kind"], RowReading | null, string]>([
    ["a removed row lies in the trash", "remove", trashed(shows({})), "done archived"],
    ["a removed row is gone", "remove", gone, "done archived"],
    ["a removed row is there", "remove", live(shows({})), "forget"],
    ["a removed row cannot be read", "remove", noReading, "forget"],
    ["a restored row is there", "restore", live(shows({})), "done live"],
    ["a restored row lies in the trash", "restore", trashed(shows({})), "forget"],
    ["a restored row is gone", "restore", gone, "forget"],
  ])("%s", (_what, kind, reading, expected) => {
    const intents = [intentOf({ kind, cells: [], archival: kind === "remove" ? removed : null })];
    const known = kind === "restore" ? archived : link;
    expect(verdict({ intents, reading, link: known })).toBe(expected);
    const isDone = expected.startsWith("done");
    expect(verdict({ intents, reading, link: known, readAtMs: sentAtMs })).toBe(
      isDone ? expected : "wait",
    );
  });

  test("a mark that was taken off makes the row live again, and an undo parts or joins its rows", () => {
    const lift = intentOf({
      cells: [{ ...mark, rule: "R15", before: beta, after: empty }],
      isLift: true,
    });
    const away: Link = { ...link, state: "archived", archival: marking };
    const { links } = recovered({ intents: [lift], link: away, reading: live(marked(empty)) });
    expect(links.get(link.id)).toMatchObject({ state: "live", archival: null, isFlagged: true });
    const shown = live(shows({ A: beta }));
    expect(verdict({ intents: [intentOf({ isParting: true })], reading: shown })).toBe(
      "done detached",
    );
    const joining = [intentOf({ isJoining: true })];
    const parted: Link = { ...link, state: "detached" };
    expect(verdict({ intents: joining, reading: shown, link: parted })).toBe("done live");
  });

  test("a link that is not there any more leaves nothing to ask about", () => {
    expect(recovered({ link: null }).changes).toEqual([{ kind: "intent-drop", id: "op-1" }]);
  });
});

test("P7: what a write that may have been done took away is told, unless the row shows it still", () => {
  const lost = {
    type: "conflict",
    link: link.id,
    ids: { left: null, right: null },
    title: "Alpha",
    field: "A",
    base: alpha,
    values: { left: { value: beta, atMs: 2 }, right: { value: alpha, atMs: 1 } },
    winner: "left",
    rule: "F8",
    label: "estimated",
  } as const;
  const intents = [intentOf({ conflicts: [lost] })];
  const told = (reading: RowReading | null): unknown => recovered({ intents, reading }).changes;
  const drop = { kind: "intent-drop", id: "op-1" };
  const entry = {
    run: "run-1",
    pair: setup.policy.id,
    atMs: nowMs,
    body: { ...lost, ids: link.ids },
  };
  expect(told(live(shows({})))).toEqual([drop]);
  expect(told(live(shows({ A: empty })))).toEqual([drop, { kind: "entry", entry }]);
  expect(told(gone)).toEqual([drop, { kind: "entry", entry }]);
});

test("P16 P27: a write that was done is stored whole, told as one that was answered, and refused no longer", () => {
  const { links, changes, confirmed, adopted } = recovered({ reading: live(shows({ A: beta })) });
  const known = links.get(link.id);
  expect(known?.cells.get(mappingOf(setup, "A").key)).toEqual({
    left: beta,
    right: beta,
    rev: 2,
    lossySide: null,
    // Either side may have been edited since it was sent.
    atMs: sentAtMs,
    rule: "F4",
    run: "run-2",
    previous: { left: alpha, right: alpha },
  });
  expect([confirmed, [...adopted]]).toEqual([1, ["rec1"]]);
  const fields = { A: { before: alpha, after: beta, rule: "F4" } };
  const body = {
    type: "change",
    op: "update",
    side: "right",
    link: link.id,
    opId: "op-1",
    ids: link.ids,
    title: "Alpha",
    fields,
  };
  expect(changes).toEqual([
    { kind: "link", link: known },
    { kind: "entry", entry: { run: "run-1", pair: setup.policy.id, atMs: nowMs, body } },
    { kind: "intent-drop", id: "op-1" },
    { kind: "quarantine-drop", link: link.id, side: "right" },
  ]);
});

const waiting: Link = {
  ...link,
  ids: { left: recordId("page-1"), right: null },
  state: "creating",
  cells: new Map(),
};
const creates = (change: Partial<Intent> = {}): readonly Intent[] => [
  intentOf({ kind: "create", target: null, marker: "page-1", ...change }),
];
const made = (id: string, change: Partial<Row> = {}): Row =>
  shows(
    { A: beta },
    { id: recordId(id), marker: "page-1", createdAtMs: sentAtMs + 1_000, ...change },
  );

describe("P12 P14: what became of a lost create", () => {
  const early = sentAtMs + settleMs - 1;
  test.each<readonly [string, Partial<Given>, string]>([
    ["its row carries its marker", { strangers: [made("rec1")] }, "done live"],
    [
      "its row carries its marker, and time is not over",
      { strangers: [made("rec1")], readAtMs: early },
      "done live",
    ],
    [
      "its row carries its marker with other dashes",
      { strangers: [made("rec1", { marker: " page1" })] },
      "done live",
    ],
    [
      "its row was found although the listing was cut",
      { strangers: [made("rec1")], isComplete: false },
      "done live",
    ],
    [
      "the row with its marker is older than the call",
      { strangers: [made("rec1", { createdAtMs: sentAtMs - 65_001 })] },
      "forget",
    ],
    [
      "the row with its marker may be as old as the call",
      { strangers: [made("rec1", { createdAtMs: sentAtMs - 65_000 })] },
      "done live",
    ],
    [
      "somebody else made the row with its marker",
      { strangers: [made("rec1", { isOurs: false })] },
      "forget",
    ],
    ["there is none", {}, "forget"],
    ["there is none yet", { readAtMs: early }, "wait"],
    ["there is none in what was listed", { isComplete: false }, "wait"],
    [
      "a row of its name and time has no marker",
      { strangers: [made("rec1", { marker: null })] },
      "ask",
    ],
    [
      "a row of its name and time has no marker, and a person says that it is it",
      { strangers: [made("rec1", { marker: null })], said: "there" },
      "done live",
    ],
    [
      "a person says that it is none of them",
      { strangers: [made("rec1", { marker: null })], said: "never" },
      "forget",
    ],
    [
      "two rows may be it, and a person says that it is there",
      {
        strangers: [made("rec1", { marker: null }), made("rec2", { marker: null })],
        said: "there",
      },
      "ask",
    ],
    ["the link has its row", { link }, "forget"],
  ])("%s", (_what, given, expected) => {
    expect(verdict({ intents: creates(), link: waiting, ...given })).toBe(expected);
  });

  test.each<readonly [string, Partial<Given>, string]>([
    ["a row of its name is there", { strangers: [made("rec1")] }, "ask"],
    ["no row is there", {}, "ask"],
    [
      "a person says that it never came to be",
      { strangers: [made("rec1")], said: "never" },
      "forget",
    ],
    ["a person says that it is there", { strangers: [made("rec1")], said: "there" }, "done live"],
    [
      "a person says so, and not all rows were listed",
      { strangers: [made("rec1")], said: "there", isComplete: false },
      "ask",
    ],
    [
      "a person says so of two rows",
      { strangers: [made("rec1"), made("rec2")], said: "there" },
      "ask",
    ],
    ["a person says so of none", { said: "there" }, "ask"],
  ])("without a marker: %s", (_what, given, expected) => {
    expect(verdict({ intents: creates({ marker: null }), link: waiting, ...given })).toBe(expected);
  });

  test("of two rows with its marker the earlier one is it, and of two as old that with the lower id", () => {
    const taken = (...strangers: readonly Row[]): RecordId | null | undefined =>
      recovered({ intents: creates(), link: waiting, strangers }).links.get(link.id)?.ids.right;
    expect(
      taken(
        made("rec1", { createdAtMs: sentAtMs + 2 }),
        made("rec2", { createdAtMs: sentAtMs + 1 }),
      ),
    ).toBe("rec2");
    expect(taken(made("rec2"), made("rec1"))).toBe("rec1");
    expect(taken(made("rec1"), made("rec2"))).toBe("rec1");
  });

  test("what it made is a row of the link, and no new one; those in doubt are waited for", () => {
    const found = recovered({ intents: creates(), link: waiting, strangers: [made("rec9")] });
    expect([...found.adopted]).toEqual(["rec9"]);
    expect(found.awaited).toEqual([]);
    expect(found.links.get(link.id)).toMatchObject({
      state: "live",
      ids: { right: "rec9" },
      isFlagged: true,
    });
    const frozen = recovered({ intents: creates(), link: waiting, readAtMs: early });
    expect(frozen.awaited).toEqual(creates());
    expect([...frozen.frozen]).toEqual([link.id]);
    const asked = recovered({ intents: creates({ marker: null }), link: waiting });
    expect([asked.awaited, asked.doubtful]).toEqual([
      creates({ marker: null }),
      creates({ marker: null }),
    ]);
    expect([...asked.frozen]).toEqual([link.id]);
    // Only a create may have made a row that nobody knows.
    expect(recovered({ reading: live(shows({})), readAtMs: sentAtMs }).awaited).toEqual([]);
  });
});

test("each call in doubt is judged for itself, on the side that it wrote", () => {
  const left = makeRow(setup, "left", { Name: alpha, A: beta, B: alpha });
  const cells = [cell("A", { field: mappingOf(setup, "A").fields.left.id })];
  const intents = [intentOf({ side: "left", cells })];
  expect(verdict({ intents, side: "left", reading: live(left) })).toBe("done live");
  expect(verdict({ intents, side: "left", reading: live(left), isComplete: false })).toBe(
    "done live",
  );
  const sidesOf = sided((side) => recovered({ intents, side, reading: live(left) }).confirmed);
  expect(sidesOf).toEqual({ left: 1, right: 0 });
});
