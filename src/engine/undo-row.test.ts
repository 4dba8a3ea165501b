// One row of a run taken back, without services: which calls it takes, what becomes of the link, and
// what stays and why. How the rows then stand is the matter of test/engine/undo.test.ts.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeBase,
  makeField,
  makePairLink,
  makeRow,
  mappingOf,
  nowMs,
  setupOf,
  type Cells,
} from "../../test/fixture/pair.ts";
import type { CellChange, ChangeEntry, ChangeOp } from "../core/entry.ts";
import { opId, runId } from "../core/ids.ts";
import { undoRule, type Link } from "../core/link.ts";
import type { RowReading } from "../core/row.ts";
import type { Side, Sided } from "../core/side.ts";
import { boolean, empty, text, unknown, type Value } from "../core/value.ts";
import type { Kept, UndoAt } from "./undo-cells.ts";
import { undoRow } from "./undo-row.ts";

const setup = setupOf({
  fields: {
    Name: { kind: kinds.line },
    Notes: { kind: kinds.line },
    When: { kind: { left: kinds.date, right: kinds.instant } },
    Done: { kind: kinds.tick },
  },
  policy: {
    archive: {
      left: { kind: "remove" },
      right: { kind: "mark", field: "State", value: "Archived" },
    },
  },
  extra: { right: [makeField("right", "State", kinds.line)] },
});
const state = setup.marks.right?.field ?? makeField("right", "State", kinds.line);
const agreed = { Name: alpha, Notes: beta, When: empty, Done: empty };
const link = makePairLink(setup, agreed);
const trashed: RowReading = { state: "trashed", row: null };
const gone: RowReading = { state: "gone", evidence: "404" };
const left: RowReading = { state: "left", why: "moved", row: null };

function change(
  op: ChangeOp,
  side: Side,
  fields: Readonly<Record<string, readonly [before: Value, after: Value]>> = {},
  isCall = true,
): ChangeEntry {
  const cells = Object.entries(fields).map(([name, [before, after]]): [string, CellChange] => [
    name,
    { before, after, rule: "F4" },
  ]);
  const { id, ids, title } = link;
  const call = isCall ? opId("op-1") : null;
  const told = { link: id, opId: call, ids, title, fields: Object.fromEntries(cells) };
  return { type: "change", op, side, ...told };
}

/** A row as both agreed, but for these cells; `State` is the mark. */
function row(side: Side, cells: Cells = {}): RowReading {
  const { State: mark, ...mapped } = cells;
  const made = makeRow(setup, side, { ...agreed, ...mapped });
  const all = new Map(made.cells);
  if (side === "right") all.set(state.id, mark ?? empty);
  return live({ ...made, cells: all });
}

function at(part: Partial<UndoAt> = {}): UndoAt {
  return {
    link,
    readings: { left: row("left"), right: row("right") },
    setup,
    canRestore: { left: true, right: false },
    isTaken: false,
    laterRuns: new Set(),
    ...part,
  };
}

const linked = (part: Partial<Link>): Link => ({ ...link, ...part });
const rows = (left: RowReading | null, right: RowReading | null): Sided<RowReading | null> => ({
  left,
  right,
});

function cell(
  side: Side,
  name: string,
  values: { readonly before: Value; readonly after: Value; readonly source: Value },
) {
  const mapping = mappingOf(setup, name);
  const field = mapping.fields[side];
  return { mapping, field, ...values, rule: undoRule, isLossy: false, isBase: true };
}

function update(side: Side, ...cells: readonly object[]) {
  return { kind: "update", side, cells, marker: null, archival: null };
}

/** The mark put on or taken off. */
const marked = (before: Value, after: Value) => ({
  mapping: null,
  field: state,
  before,
  after,
  source: after,
  rule: undoRule,
  isLossy: false,
  isBase: false,
});
const archived = text("Archived");
const asArchived = (before: Value, value: Value) => ({
  side: "right",
  how: { kind: "marked", field: state.id, before, value },
});

const kept = (part: Partial<Kept>): Kept => ({
  title: "Alpha",
  side: null,
  field: null,
  why: "",
  now: null,
  ...part,
});
const nothing = { turn: null, by: null };

describe("cells", () => {
  const wrote = [change("update", "right", { Name: [text("old"), alpha] })];

  test("get what they held before, with the other side's half of the base as what faces them", () => {
    const other = { left: text("left's half"), right: alpha };
    const halves = makePairLink(setup, { ...agreed, Name: other });
    const values = { before: alpha, after: text("old"), source: text("left's half") };
    expect(undoRow(wrote, at({ link: halves }))).toEqual({
      actions: [update("right", cell("right", "Name", values))],
      fate: nothing,
      kept: [],
    });
  });

  test("of both sides are put back together, each facing what the other shows now", () => {
    const both = [
      change("update", "left", { Name: [text("left's"), alpha] }),
      change("update", "right", { Name: [text("right's"), alpha], Notes: [empty, beta] }),
    ];
    expect(undoRow(both, at()).actions).toEqual([
      update("left", cell("left", "Name", { before: alpha, after: text("left's"), source: alpha })),
      update(
        "right",
        cell("right", "Name", { before: alpha, after: text("right's"), source: alpha }),
        cell("right", "Notes", { before: beta, after: empty, source: beta }),
      ),
    ]);
    const halves = { left: text("half"), right: text("half") };
    const [left, right] = undoRow(
      both,
      at({ link: makePairLink(setup, { ...agreed, Name: halves }) }),
    ).actions;
    expect([left, right]).toMatchObject([
      { cells: [{ source: alpha }] },
      { cells: [{ source: alpha }, { source: beta }] },
    ]);
  });

  test("written twice get the first value before, if they hold the last one after", () => {
    const twice = [...wrote, change("update", "right", { Name: [alpha, beta] })];
    const now = rows(row("left"), row("right", { Name: beta }));
    const values = { before: beta, after: text("old"), source: alpha };
    expect(undoRow(twice, at({ readings: now })).actions).toEqual([
      update("right", cell("right", "Name", values)),
    ]);
    const toAndFro = [...wrote, change("update", "right", { Name: [alpha, text("old")] })];
    const back = rows(row("left"), row("right", { Name: text("old") }));
    expect(undoRow(toAndFro, at({ readings: back }))).toEqual({
      actions: [],
      fate: nothing,
      kept: [],
    });
  });

  test("that mean the same in the coarser of the two fields count as unchanged", () => {
    const instant = (startMs: number): Value => ({ kind: "instant", startMs, endMs: null });
    const run = [change("update", "right", { When: [empty, instant(nowMs)] })];
    const now = instant(nowMs + 30_000);
    const seen = (value: Value): UndoAt =>
      at({ readings: rows(row("left"), row("right", { When: value })) });
    expect(undoRow(run, seen(now)).actions).toEqual([
      update("right", cell("right", "When", { before: now, after: empty, source: empty })),
    ]);
    const later = instant(nowMs + 60_000);
    const why = "was changed since";
    expect(undoRow(run, seen(later))).toEqual({
      actions: [],
      fate: nothing,
      kept: [kept({ side: "right", field: "When", why, now: later })],
    });
  });

  test.each<[why: string, reading: RowReading | null]>([
    ["could not be looked up", null],
    ["is in a row that is in the trash by now", trashed],
    ["is in a row that is gone", gone],
    ["is in a row that has left the table", left],
    ["is in a row that could not be read (busy)", { state: "unknown", why: "busy" }],
  ])("stay, and say so: it %s", (why, reading) => {
    expect(undoRow(wrote, at({ readings: rows(row("left"), reading) }))).toEqual({
      actions: [],
      fate: nothing,
      kept: [kept({ side: "right", field: "Name", why })],
    });
  });

  test.each<[why: string, run: readonly ChangeEntry[], now: Cells]>([
    ["cannot be read now", wrote, { Name: unknown("incomplete") }],
    ["is not synced any more", [change("update", "left", { Gone: [alpha, beta] })], {}],
  ])("stay, and say so: it %s", (why, run, now) => {
    const readings = rows(row("left"), row("right", now));
    const [side, field] =
      run === wrote ? (["right", "Name"] as const) : (["left", "Gone"] as const);
    expect(undoRow(run, at({ readings }))).toEqual({
      actions: [],
      fate: nothing,
      kept: [kept({ side, field, why })],
    });
  });

  test("of a field that is synced no more stay, and nothing is put into the mark's field instead", () => {
    const run = [change("update", "right", { Gone: [alpha, empty] })];
    expect(undoRow(run, at())).toEqual({
      actions: [],
      fate: nothing,
      kept: [kept({ side: "right", field: "Gone", why: "is not synced any more" })],
    });
  });

  test("without a base face what the other side shows, and stay where that cannot be read", () => {
    const bare = linked({ cells: new Map() });
    const shown = (left: RowReading | null): UndoAt =>
      at({ link: bare, readings: rows(left, row("right")) });
    const values = { before: alpha, after: text("old"), source: text("shown") };
    expect(undoRow(wrote, shown(row("left", { Name: text("shown") }))).actions).toEqual([
      update("right", cell("right", "Name", values)),
    ]);
    const why = "cannot be told from an edit: its counterpart could not be read";
    for (const facing of [null, trashed]) {
      expect(undoRow(wrote, shown(facing))).toEqual({
        actions: [],
        fate: nothing,
        kept: [kept({ side: "right", field: "Name", why })],
      });
    }
  });

  test("what stays on either side is named, the left one's first", () => {
    const run = [
      change("update", "right", { Name: [empty, beta] }),
      change("update", "left", { Notes: [empty, alpha] }),
    ];
    const why = "was changed since";
    expect(undoRow(run, at()).kept).toEqual([
      kept({ side: "left", field: "Notes", why, now: beta }),
      kept({ side: "right", field: "Name", why, now: alpha }),
    ]);
  });
});

describe("a row that the run made", () => {
  const made = change("create", "right", { Name: [empty, alpha], Notes: [empty, beta] });

  test("gets the archive mark over what its field holds, and parts from its source", () => {
    const readings = rows(row("left"), row("right", { State: text("Open") }));
    const action = {
      ...update("right", marked(text("Open"), archived)),
      archival: asArchived(text("Open"), archived),
    };
    expect(undoRow([made], at({ readings }))).toEqual({
      actions: [action],
      fate: { turn: "part", by: action },
      kept: [],
    });
  });

  test("goes to the trash where the config says so; what was written back to its source goes first", () => {
    const born = change("create", "left", { Name: [empty, alpha], Notes: [empty, beta] });
    const back = change("update", "right", { Notes: [text("spaced "), beta] });
    const action = {
      kind: "remove",
      side: "left",
      archival: { side: "left", how: { kind: "removed" } },
    };
    const values = { before: beta, after: text("spaced "), source: beta };
    expect(undoRow([born, back], at())).toEqual({
      actions: [update("right", cell("right", "Notes", values)), action],
      fate: { turn: "part", by: action },
      kept: [],
    });
  });

  test("what was written back and has changed since is named beside it", () => {
    const back = change("update", "left", { Notes: [empty, alpha] });
    const done = undoRow([made, back], at());
    expect(done.actions).toHaveLength(1);
    expect(done.kept).toEqual([
      kept({ side: "left", field: "Notes", why: "was changed since", now: beta }),
    ]);
  });

  test.each<[why: string, reading: RowReading | null]>([
    ["was created, and is not there any more", null],
    ["was created, and is not there any more", trashed],
    [
      "was created, and was edited since (Name); it stays",
      row("right", { Name: text("typed over") }),
    ],
    ["was created, and was edited since (Done); it stays", row("right", { Done: boolean(true) })],
    [
      "was created, and was edited since (Name, When); it stays",
      row("right", {
        Name: text("typed over"),
        When: unknown("incomplete"),
      }),
    ],
  ])("stays: it %s", (why, reading) => {
    expect(undoRow([made], at({ readings: rows(row("left"), reading) }))).toEqual({
      actions: [],
      fate: nothing,
      kept: [kept({ side: "right", why })],
    });
  });

  test("stays where a cell that was filled in is synced no more, for nobody can tell what it held", () => {
    const wide = change("create", "right", { Name: [empty, alpha], Gone: [empty, beta] });
    const why = "was created, and was edited since (Gone); it stays";
    expect(undoRow([wide], at()).kept).toEqual([kept({ side: "right", why })]);
  });

  test("a box without a tick is nobody's edit, also where both never agreed on it", () => {
    const cells = new Map(link.cells);
    cells.delete(mappingOf(setup, "Done").key);
    const readings = rows(row("left"), row("right", { Done: boolean(false) }));
    expect(undoRow([made], at({ link: linked({ cells }), readings })).actions).toHaveLength(1);
    const ticked = rows(row("left"), row("right", { Done: boolean(true) }));
    expect(undoRow([made], at({ link: linked({ cells }), readings: ticked })).actions).toEqual([]);
  });

  describe("stays where a later run carried something to it or from it", () => {
    const later = runId("run-9");
    const laterRuns = new Set([later]);
    /** With this base of `Notes`, which the row shows as its half. */
    const names = (
      base: Parameters<typeof makeBase>[1] & { readonly left?: Value; readonly right?: Value },
      run: readonly ChangeEntry[] = [made],
    ): readonly string[] => {
      const halves = { left: base.left ?? beta, right: base.right ?? beta };
      const carried = makePairLink(setup, {
        ...agreed,
        Notes: makeBase(halves, { run: later, ...base }),
      });
      const wrote = run.map((one) =>
        one === made ? change("create", "right", { Name: [empty, alpha] }) : one,
      );
      const readings = rows(row("left"), row("right", { Notes: halves.right }));
      return undoRow(wrote, at({ link: carried, readings, laterRuns })).kept.map(({ why }) => why);
    };
    const stays = ["was created, and was edited since (Notes); it stays"];

    test("an edit that was carried", () => {
      expect(names({})).toEqual(stays);
      expect(names({ run: runId("run-1") })).toEqual([]);
    });

    test("but not what an undo put back there", () => {
      const undone = { rule: undoRule, right: text("put back") };
      const moved = { left: beta, right: beta };
      expect(names({ ...undone, previous: moved })).toEqual([]);
      expect(names({ ...undone, previous: null })).toEqual([]);
      // The undo left this half alone: it is what somebody typed here.
      expect(names({ ...undone, previous: { left: beta, right: text("put back") } })).toEqual(
        stays,
      );
      // A blank holds nothing that could be lost.
      expect(
        names({ rule: undoRule, right: empty, previous: { left: beta, right: empty } }),
      ).toEqual([]);
    });

    test("nor what this very undo took back before it was cut off", () => {
      const undone = { rule: undoRule, previous: { left: empty, right: beta } };
      expect(names(undone)).toEqual(stays);
      const back = change("update", "left", { Notes: [empty, beta] });
      expect(names({ ...undone, left: empty }, [made, back]).join()).not.toContain("edited since");
    });
  });
});

describe("a row that the run put away", () => {
  const mark = change("archive", "right", { State: [text("Open"), archived] });

  test("loses its mark, and parts from its counterpart that is gone", () => {
    const readings = rows(trashed, row("right", { State: archived }));
    const action = { ...update("right", marked(archived, text("Open"))), archival: "lift" };
    expect(undoRow([mark], at({ readings }))).toEqual({
      actions: [action],
      fate: { turn: "part", by: action },
      kept: [],
    });
  });

  test("comes back from a trash, before anything else is put back on it", () => {
    const readings = rows(trashed, row("right"));
    const run = [
      change("update", "right", { Name: [text("old"), alpha] }),
      change("archive", "left"),
    ];
    const action = { kind: "restore", side: "left" };
    const values = { before: alpha, after: text("old"), source: alpha };
    expect(undoRow(run, at({ readings }))).toEqual({
      actions: [action, update("right", cell("right", "Name", values))],
      fate: { turn: "part", by: action },
      kept: [],
    });
  });

  test("names what was typed over on its counterpart", () => {
    const run = [change("update", "left", { Name: [empty, beta] }), mark];
    const readings = rows(row("left"), row("right", { State: archived }));
    const { actions, kept: stays } = undoRow(run, at({ readings }));
    expect(actions).toHaveLength(1);
    expect(stays).toEqual([
      kept({ side: "left", field: "Name", why: "was changed since", now: alpha }),
    ]);
  });

  test.each<[why: string, run: ChangeEntry, reading: RowReading]>([
    ["is not in the trash any more", change("archive", "left"), row("left")],
    ["is not in the trash any more", change("archive", "right"), trashed],
    ["does not carry the archive mark any more", mark, row("right", { State: text("Open") })],
    ["does not carry the archive mark any more", mark, gone],
  ])("stays: it was put away, and %s", (why, run, reading) => {
    const { side } = run;
    const readings = { ...rows(row("left"), row("right")), [side]: reading };
    expect(undoRow([run], at({ readings }))).toEqual({
      actions: [],
      fate: nothing,
      kept: [kept({ side, why: `was put away, and ${why}` })],
    });
  });

  test("that an undo put away is joined again, where both rows are free and there", () => {
    const away = linked({ state: "detached" });
    const run = [mark, change("unlink", "right", {}, false)];
    const readings = rows(row("left"), row("right", { State: archived }));
    const undone = (part: Partial<UndoAt>) => {
      const { fate, kept: stays } = undoRow(run, at({ link: away, readings, ...part }));
      return [fate.turn, fate.by?.kind, ...stays.map(({ side, why }) => `${side} ${why}`)];
    };
    expect(undone({})).toEqual(["join", "update"]);
    expect(undone({ isTaken: true })).toEqual([
      null,
      "update",
      "null stays unlinked: one of its rows is linked with another one by now",
    ]);
    expect(undone({ link })).toEqual([null, "update", "null is linked already"]);
    expect(undone({ readings: rows(trashed, row("right", { State: archived })) })).toEqual([
      null,
      "update",
      "null stays unlinked: its two rows are not both there",
    ]);
  });
});

describe("a row that the run brought back", () => {
  const lifted = change("restore", "right", { State: [archived, empty] });

  test("is marked again as it was, and parts from the row that brought it back", () => {
    const readings = rows(row("left"), row("right", { State: text("Open") }));
    const action = {
      ...update("right", marked(text("Open"), archived)),
      archival: asArchived(text("Open"), archived),
    };
    expect(undoRow([lifted], at({ readings }))).toEqual({
      actions: [action],
      fate: { turn: "part", by: action },
      kept: [],
    });
  });

  test("goes back to the trash it came from, without a turn where an undo had brought it back", () => {
    const action = {
      kind: "remove",
      side: "left",
      archival: { side: "left", how: { kind: "removed" } },
    };
    const run = [change("restore", "left"), change("unlink", "right", {}, false)];
    expect(undoRow(run, at())).toEqual({
      actions: [action],
      fate: { turn: null, by: action },
      kept: [],
    });
  });

  test.each<[why: string, part: Partial<UndoAt>]>([
    ["could not be looked up", { readings: rows(row("left"), null) }],
    ["is in a row that is gone", { readings: rows(row("left"), gone) }],
    [
      "was edited since (Name, Notes); it stays",
      { readings: rows(row("left"), row("right", { Name: beta, Notes: empty })) },
    ],
    [
      "the config does not say how to put it away",
      { setup: { ...setup, marks: { left: null, right: null } } },
    ],
  ])("stays: it was brought back, and %s", (why, part) => {
    expect(undoRow([lifted], at(part))).toEqual({
      actions: [],
      fate: nothing,
      kept: [kept({ side: "right", why: `was brought back, and ${why}` })],
    });
  });

  test("cells that the same run wrote are put back all the same", () => {
    const run = [lifted, change("update", "left", { Name: [text("old"), alpha] })];
    const readings = rows(row("left"), gone);
    const values = { before: alpha, after: text("old"), source: alpha };
    const why = "was brought back, and is in a row that is gone";
    expect(undoRow(run, at({ readings }))).toEqual({
      actions: [update("left", cell("left", "Name", values))],
      fate: nothing,
      kept: [kept({ side: "right", why })],
    });
  });
});

test("a row deleted for good stays so, whatever else the run did to it", () => {
  const run = [change("update", "right", { Name: [empty, alpha] }), change("delete", "right")];
  expect(undoRow(run, at())).toEqual({
    actions: [],
    fate: nothing,
    kept: [kept({ why: "was deleted for good; restore it in the service's own trash" })],
  });
});

test("of a row that was made and put away in one run, the making is taken back", () => {
  const run = [
    change("create", "right", { Name: [empty, alpha] }),
    change("archive", "right", { State: [empty, archived] }),
  ];
  const readings = rows(row("left"), row("right", { State: archived }));
  expect(undoRow(run, at({ readings })).fate.turn).toBe("part");
  expect(undoRow(run, at({ readings: rows(row("left"), null) })).kept).toEqual([
    kept({ side: "right", why: "was created, and is not there any more" }),
  ]);
});

test("of a row put away and brought back in one run, the later of the two is taken back", () => {
  const run = [
    change("archive", "right", { State: [empty, archived] }),
    change("restore", "right", { State: [archived, empty] }),
  ];
  expect(undoRow(run, at()).actions).toMatchObject([{ archival: asArchived(empty, archived) }]);
});

describe("a link", () => {
  const joined = change("link", "right", {}, false);
  const parted = change("unlink", "right", {}, false);
  const apart = linked({ state: "detached" });

  test.each<[what: string, run: readonly ChangeEntry[], part: Partial<UndoAt>, told: unknown]>([
    ["made by the run is taken apart", [joined], {}, ["part"]],
    ["the last word of the run counts", [joined, parted], { link: apart }, ["join"]],
    [
      "a link marker's own write is no link made",
      [change("link", "right"), parted],
      { link: apart },
      ["join"],
    ],
    ["a marker alone changes no link", [change("link", "right")], {}, [null]],
    ["taken apart since stays", [joined], { link: apart }, [null, "is not linked any more"]],
    ["taken apart by the run is joined", [parted], { link: apart }, ["join"]],
    ["joined since stays", [parted], {}, [null, "is linked already"]],
    [
      "of a row that found another one stays",
      [parted],
      { link: apart, isTaken: true },
      [null, "stays unlinked: one of its rows is linked with another one by now"],
    ],
    [
      "of a row that is gone stays",
      [parted],
      { link: apart, readings: rows(row("left"), gone) },
      [null, "stays unlinked: its two rows are not both there"],
    ],
  ])("%s", (_what, run, part, told) => {
    const { actions, fate, kept: stays } = undoRow(run, at(part));
    expect(actions).toEqual([]);
    expect(fate.by).toBeNull();
    expect([fate.turn, ...stays.map(({ why }) => why)]).toEqual(told);
    expect(stays.every(({ side, field }) => side === null && field === null)).toBe(true);
  });

  test("is turned beside the cells that were filled with it", () => {
    const filled = change("update", "left", { Notes: [empty, beta] });
    const values = { before: beta, after: empty, source: beta };
    expect(undoRow([joined, filled], at())).toEqual({
      actions: [update("left", cell("left", "Notes", values))],
      fate: { turn: "part", by: null },
      kept: [],
    });
    const typed = rows(row("left", { Notes: text("typed") }), row("right"));
    expect(undoRow([parted, filled], at({ readings: typed })).kept).toEqual([
      kept({ side: "left", field: "Notes", why: "was changed since", now: text("typed") }),
      kept({ why: "is linked already" }),
    ]);
  });
});
