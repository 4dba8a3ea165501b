// How outcomes become the base, by example: only what was witnessed, one revision at a time.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeContext,
  makeFacts,
  makeFold,
  makePairLink,
  makeRow,
  makeSmallSetup,
  mappingOf,
  nowMs,
  setupOf,
  type Cells,
} from "../../test/fixture/pair.ts";
import { must } from "./assert.ts";
import { rowFingerprint } from "./fingerprint.ts";
import {
  foldAdopted,
  foldBlanks,
  foldConfirmed,
  foldRowId,
  foldSeen,
  isInherited,
  laterStamp,
  sealed,
  woken,
} from "./fold.ts";
import { linkId, opId, recordId, runId } from "./ids.ts";
import type { Intent, IntentCell } from "./intent.ts";
import { undoRule } from "./link.ts";
import { planCells } from "./plan-cells.ts";
import type { Kind } from "./schema.ts";
import type { PairSetup } from "./setup.ts";
import { other, sides, type Side } from "./side.ts";
import { choice, choices, day, empty, text, unknown, type Value } from "./value.ts";

const setup = makeSmallSetup();
const name = mappingOf(setup, "Name");
const fold = makeFold(setup);

function sent(side: Side, change: Partial<IntentCell> = {}, of: PairSetup = setup): Intent {
  const mapping = mappingOf(of, "Name");
  const cell: IntentCell = {
    name: "Name",
    key: mapping.key,
    field: mapping.fields[side].id,
    before: alpha,
    after: beta,
    source: beta,
    rule: side === "right" ? "F4" : "F5",
    isLossy: false,
    isBase: true,
    ...change,
  };
  return {
    id: opId("op-1"),
    run: runId("run-2"),
    pair: of.policy.id,
    link: linkId("link-1"),
    side,
    kind: "update",
    target: recordId(side === "left" ? "page-1" : "rec1"),
    cells: [cell],
    marker: null,
    archival: null,
    isParting: false,
    title: "Alpha",
    conflicts: [],
    sentAtMs: nowMs,
    attempt: 1,
    status: "sent",
  };
}

describe("a confirmed write", () => {
  const link = makePairLink(setup, { Name: alpha, Status: choice("Low") });

  test("P16: the base grows by one revision, and keeps what it was", () => {
    const first = foldConfirmed(link, sent("right"), null, fold);
    expect(first.cells.get(name.key)).toEqual({
      left: beta,
      right: beta,
      rev: 2,
      lossySide: null,
      atMs: nowMs,
      rule: "F4",
      run: runId("run-2"),
      previous: { left: alpha, right: alpha },
    });
    const second = foldConfirmed(first, sent("left", { after: alpha, source: alpha }), null, fold);
    expect(second.cells.get(name.key)).toMatchObject({
      rev: 3,
      previous: { left: beta, right: beta },
    });
    expect(link.cells.get(name.key)?.rev).toBe(1);
    const halves = makePairLink(setup, { Name: { left: alpha, right: text("Gone") } });
    const { previous } = must(
      foldConfirmed(halves, sent("right"), null, fold).cells.get(name.key),
      "a base",
    );
    expect(previous).toEqual({ left: alpha, right: text("Gone") });
  });

  test("P8 P9: one that a later run found done was witnessed when it was sent, and not later", () => {
    const sentAtMs = nowMs - 600_000;
    const late = foldConfirmed(link, { ...sent("right"), sentAtMs }, null, fold);
    expect(late.cells.get(name.key)?.atMs).toBe(sentAtMs);
    const ahead = foldConfirmed(link, { ...sent("right"), sentAtMs: nowMs + 1 }, null, fold);
    expect(ahead.cells.get(name.key)?.atMs).toBe(nowMs);
    const row = makeRow(setup, "right", { Name: beta });
    const answered = foldConfirmed(link, { ...sent("right"), sentAtMs }, row, fold);
    expect(answered.cells.get(name.key)?.atMs).toBe(nowMs);
  });

  test("P5: what was replaced and is not the base before is kept, also where there was none", () => {
    const gone = { before: text("Gone") };
    const wrote = { side: "right", value: text("Gone") };
    const bare = makePairLink(setup, {});
    for (const from of [link, bare]) {
      const next = foldConfirmed(from, sent("right", gone), null, fold);
      expect(next.cells.get(name.key)?.replaced).toEqual(wrote);
    }
    const asBefore = foldConfirmed(link, sent("right"), null, fold);
    expect(asBefore.cells.get(name.key)).not.toHaveProperty("replaced");
    // A row that was made replaced nothing.
    const create: Intent = { ...sent("right", { before: empty }), kind: "create", target: null };
    for (const from of [link, bare]) {
      const next = foldConfirmed(from, create, null, fold);
      expect(next.cells.get(name.key)).not.toHaveProperty("replaced");
    }
  });

  test("the link goes by the title that was written, and by no other cell", () => {
    const written = sent("left", { before: alpha, after: beta });
    expect(foldConfirmed(link, written, null, fold).title).toBe("Beta");
    const row = makeRow(setup, "left", { Name: beta }, { title: "Beta, as stored" });
    expect(foldConfirmed(link, written, row, fold).title).toBe("Beta, as stored");
    expect(foldConfirmed(link, sent("right"), null, fold).title).toBe("Alpha");
    const status = mappingOf(setup, "Status");
    const cell = { name: "Status", key: status.key, field: status.fields.left.id };
    const other = sent("left", { ...cell, after: choice("High"), source: choice("High") });
    expect(foldConfirmed(link, other, row, fold).title).toBe("Alpha");
  });

  test("F13: what an undo wrote is looked at by the next run, other writes are not", () => {
    expect(foldConfirmed(link, sent("right"), null, fold).isFlagged).toBe(false);
    const undone = sent("right", { rule: undoRule });
    expect(foldConfirmed(link, undone, null, fold).isFlagged).toBe(true);
    // It stands in stores and in the history.
    expect(undoRule).toBe("undo");
    const both = { ...undone, cells: [...undone.cells, ...sent("right").cells] };
    expect(foldConfirmed(link, both, null, fold).isFlagged).toBe(true);
  });

  test("a link that lives again remembers when, and never forgets a later time", () => {
    expect(woken(link, nowMs).wokenAtMs).toBe(nowMs);
    expect(woken({ ...link, wokenAtMs: nowMs }, nowMs - 1).wokenAtMs).toBe(nowMs);
  });

  test("P19: other cells keep their base", () => {
    const status = mappingOf(setup, "Status").key;
    const next = foldConfirmed(link, sent("right"), null, fold);
    expect(next.cells.get(status)).toBe(link.cells.get(status));
  });

  test("P15: what the service says it stored is the target's half, the source keeps its own", () => {
    const row = makeRow(setup, "right", { Name: text("Beta ") }, { stampMs: nowMs });
    const next = foldConfirmed(link, sent("right"), row, fold);
    expect(next.cells.get(name.key)).toMatchObject({
      left: beta,
      right: text("Beta "),
      lossySide: null,
    });
    expect(next.stamps.right).toBe(nowMs);
    expect(next.ownStamps.right).toBe(nowMs);
    expect(next.ownStamps.left).toBeNull();
  });

  test("P15 P22: and the same the other way", () => {
    const source = text("Beta  ");
    const row = makeRow(setup, "left", { Name: text("Beta ") });
    const next = foldConfirmed(link, sent("left", { source }), row, fold);
    expect(next.cells.get(name.key)).toMatchObject({ left: text("Beta "), right: source });
    const unseen = foldConfirmed(link, sent("left", { source }), null, fold);
    expect(unseen.cells.get(name.key)).toMatchObject({ left: beta, right: source });
  });

  test("F18: a service that stored less than it was sent holds the lesser copy", () => {
    const row = makeRow(setup, "right", { Name: text("Bet") });
    expect(foldConfirmed(link, sent("right"), row, fold).cells.get(name.key)).toMatchObject({
      left: beta,
      right: text("Bet"),
      lossySide: "right",
    });
    const undone = sent("right", { rule: undoRule });
    expect(foldConfirmed(link, undone, row, fold).cells.get(name.key)?.lossySide).toBeNull();
  });

  test("P25: an unreadable cell in the answer leaves what was sent", () => {
    const row = makeRow(setup, "right", { Name: unknown("error") });
    const next = foldConfirmed(link, sent("right"), row, fold);
    expect(next.cells.get(name.key)).toMatchObject({ right: beta });
  });

  test("F10 P16: one write of a merge that goes to both sides is no base", () => {
    const next = foldConfirmed(link, sent("left", { isBase: false }), null, fold);
    expect(next.cells).toBe(link.cells);
  });

  test("marks and stamps that belong to no mapping are no base", () => {
    const next = foldConfirmed(link, sent("right", { key: null }), null, fold);
    expect(next.cells).toBe(link.cells);
  });

  test("the open edits of the cell are settled, on both sides", () => {
    const edit = { key: "t:Beta", loMs: 1, hiMs: 2 };
    const pending = { left: new Map([[name.key, edit]]), right: new Map([[name.key, edit]]) };
    const open = makePairLink(setup, { Name: alpha }, { pending });
    const next = foldConfirmed(open, sent("right"), null, fold);
    expect([next.pending.left.size, next.pending.right.size]).toEqual([0, 0]);
    expect(open.pending.left.size).toBe(1);
  });
});

describe("cells read equal", () => {
  test("F14 P16: become a base, and only those", () => {
    const link = makePairLink(setup, {});
    const cells = (status: Value): Cells => ({ Name: alpha, Status: status });
    const rows = {
      left: makeRow(setup, "left", cells(choice("Low"))),
      right: makeRow(setup, "right", cells(choice("High"))),
    };
    const facts = makeFacts(link, { left: live(rows.left), right: live(rows.right) });
    const plans = planCells(rows, facts, makeContext(setup));
    const next = foldAdopted(link, plans, fold);
    expect([...next.cells.keys()]).toEqual([name.key]);
    expect(next.cells.get(name.key)).toMatchObject({ rev: 1, rule: "F14", previous: null });
  });

  test("F18: the side that holds less is marked, and the mark goes when it holds as much", () => {
    const dates = setupOf({ fields: { Name: { kind: { left: kinds.date, right: kinds.day } } } });
    const range = day("2026-01-01", "2026-01-05");
    const adopted = (left: Value, right: Value): unknown => {
      const link = makePairLink(dates, {});
      const rows = {
        left: makeRow(dates, "left", { Name: left }),
        right: makeRow(dates, "right", { Name: right }),
      };
      const facts = makeFacts(link, { left: live(rows.left), right: live(rows.right) });
      const plans = planCells(rows, facts, makeContext(dates));
      const next = foldAdopted(link, plans, makeFold(dates));
      return next.cells.get(mappingOf(dates, "Name").key)?.lossySide;
    };
    expect(adopted(range, day("2026-01-01"))).toBe("right");
    expect(adopted(day("2026-01-01"), day("2026-01-01"))).toBeNull();
    const turned = setupOf({ fields: { Name: { kind: { left: kinds.day, right: kinds.date } } } });
    const rows = {
      left: makeRow(turned, "left", { Name: day("2026-01-01") }),
      right: makeRow(turned, "right", { Name: range }),
    };
    const bare = makePairLink(turned, {});
    const facts = makeFacts(bare, { left: live(rows.left), right: live(rows.right) });
    const next = foldAdopted(bare, planCells(rows, facts, makeContext(turned)), makeFold(turned));
    expect(next.cells.get(mappingOf(turned, "Name").key)?.lossySide).toBe("left");
  });
});

describe("a confirmed create", () => {
  test("P3 P16: cells that were blank and came back blank agree; others wait for a look", () => {
    const fields = { Name: { kind: kinds.line }, Tags: { kind: kinds.tags } };
    const tagged = setupOf({ fields });
    const link = makePairLink(tagged, { Name: alpha });
    const source = makeRow(tagged, "left", { Name: alpha });
    const rows = (tags: Value): Parameters<typeof foldBlanks>[1] => ({
      side: "right",
      source,
      made: makeRow(tagged, "right", { Name: beta, Tags: tags }),
    });
    const tags = mappingOf(tagged, "Tags").key;
    const next = foldBlanks(link, rows(empty), makeFold(tagged));
    expect(next.cells.get(tags)).toMatchObject({ left: empty, right: empty, rule: "F14" });
    const title = mappingOf(tagged, "Name").key;
    expect(next.cells.get(title)).toBe(link.cells.get(title));
    const filled = foldBlanks(link, rows(choices(["default"])), makeFold(tagged));
    expect(filled.cells.has(tags)).toBe(false);
    const blind = foldBlanks(link, rows(unknown("error")), makeFold(tagged));
    expect(blind.cells.has(tags)).toBe(false);
  });

  test("P16: a cell that has its base already keeps it, and one that was not shown gets none", () => {
    const link = makePairLink(setup, { Name: alpha });
    const rows = {
      side: "right" as const,
      source: makeRow(setup, "left", { Name: alpha }),
      made: makeRow(setup, "right", { Name: alpha }),
    };
    expect(foldBlanks(link, rows, fold).cells.get(name.key)).toBe(link.cells.get(name.key));
    const bare = makePairLink(setup, {});
    for (const which of ["source", "made"] as const) {
      const unseen = { ...rows, [which]: { ...rows[which], cells: new Map() } };
      expect(foldBlanks(bare, unseen, fold).cells.size).toBe(0);
    }
  });

  test("P7: of a row that was found later, only what nobody can write is surely its own", () => {
    const at = (isWritable: boolean, isLate: boolean): unknown => {
      const made = setupOf({
        fields: { Name: { kind: kinds.line }, Url: { kind: kinds.line, flow: "toRight" } },
      });
      const [mapping] = made.mappings.slice(1);
      const url = must(mapping, "a mapping");
      const left = { ...url.fields.left, isWritable };
      const used = { ...made, mappings: [{ ...url, fields: { ...url.fields, left } }] };
      const rows = {
        side: "left" as const,
        source: makeRow(made, "right", { Url: text("copied along") }),
        made: makeRow(made, "left", { Url: text("its own") }),
        isLate,
      };
      return foldBlanks(makePairLink(made, {}), rows, makeFold(used)).cells.get(url.key);
    };
    expect(at(true, true)).toBeUndefined();
    const inherited = { left: empty, right: text("copied along"), rule: "F14" };
    expect(at(false, true)).toMatchObject(inherited);
    expect(at(true, false)).toMatchObject(inherited);
  });

  test("P15: a new row's default option is its own half of the base, on either side", () => {
    const status: Kind = {
      kind: "choice",
      options: [{ id: "optLow", name: "Low" }],
      canAddOptions: false,
      refuses: [],
      blankOption: "Low",
    };
    for (const side of sides) {
      const kind =
        side === "left"
          ? { left: status, right: kinds.choice }
          : { left: kinds.choice, right: status };
      const made = setupOf({ fields: { Status: { kind } } });
      const rows = {
        side,
        source: makeRow(made, other(side), {}),
        made: makeRow(made, side, { Status: choice("Low") }),
      };
      const next = foldBlanks(makePairLink(made, {}), rows, makeFold(made));
      expect(next.cells.get(mappingOf(made, "Status").key)).toMatchObject({
        [side]: choice("Low"),
        [other(side)]: empty,
      });
    }
  });

  test("what the source only receives is not taken for the new row's own", () => {
    const oneWay = (
      flow: "toLeft" | "toRight",
      shown: Partial<Record<"source" | "made", Value>> = {},
    ): unknown => {
      const made = setupOf({
        fields: { Name: { kind: kinds.line }, Url: { kind: kinds.line, flow } },
      });
      const link = makePairLink(made, { Name: alpha });
      const rows = {
        side: "left" as const,
        source: makeRow(made, "right", { Name: alpha, Url: shown.source ?? text("copied along") }),
        made: makeRow(made, "left", { Name: alpha, Url: shown.made ?? text("its own") }),
      };
      return foldBlanks(link, rows, makeFold(made)).cells.get(mappingOf(made, "Url").key);
    };
    expect(oneWay("toRight")).toMatchObject({
      left: empty,
      right: text("copied along"),
      rule: "F14",
      lossySide: null,
    });
    for (const which of ["source", "made"]) {
      expect(oneWay("toRight", { [which]: empty })).toBeUndefined();
      expect(oneWay("toRight", { [which]: unknown("error") })).toBeUndefined();
    }
    expect(oneWay("toLeft")).toBeUndefined();
  });

  test("P7: only what a copied row brought along is a base that nobody ever agreed on", () => {
    const made = setupOf({
      fields: { Name: { kind: kinds.line }, Url: { kind: kinds.line, flow: "toRight" } },
    });
    const rows = {
      side: "left" as const,
      source: makeRow(made, "right", { Name: alpha, Url: text("copied along") }),
      made: makeRow(made, "left", { Name: alpha, Url: text("its own") }),
    };
    const link = foldBlanks(makePairLink(made, {}), rows, makeFold(made));
    const [url, title] = [mappingOf(made, "Url"), mappingOf(made, "Name")];
    const base = must(link.cells.get(url.key), "a base");
    expect(isInherited(base, url)).toBe(true);
    expect(isInherited({ ...base, left: base.right, right: empty }, url)).toBe(true);
    expect(isInherited({ ...base, rule: undoRule }, url)).toBe(false);
    expect(isInherited({ ...base, lossySide: "left" }, url)).toBe(false);
    expect(isInherited({ ...base, left: text("another") }, url)).toBe(false);
    expect(isInherited({ ...base, right: empty }, url)).toBe(false);
    expect(isInherited(must(link.cells.get(title.key), "a base"), title)).toBe(false);
  });

  test("G2: a new row's default option is no value of its own to put over the source's", () => {
    const status: Kind = {
      kind: "choice",
      options: [{ id: "optLow", name: "Low" }],
      canAddOptions: false,
      refuses: [],
      blankOption: "Low",
    };
    const made = setupOf({
      fields: { Status: { kind: { left: status, right: kinds.choice }, flow: "toRight" } },
    });
    const rows = {
      side: "left" as const,
      source: makeRow(made, "right", { Status: choice("High") }),
      made: makeRow(made, "left", { Status: choice("Low") }),
    };
    const next = foldBlanks(makePairLink(made, {}), rows, makeFold(made));
    expect(next.cells.get(mappingOf(made, "Status").key)).toBeUndefined();
  });

  test("the link lives once the new row's id is known", () => {
    const ids = { left: recordId("page-1"), right: null };
    const link = makePairLink(setup, {}, { state: "creating", ids });
    expect(foldRowId(link, "right", recordId("rec9"))).toMatchObject({
      state: "live",
      ids: { left: "page-1", right: "rec9" },
      archival: null,
    });
  });

  test("P16: a row that takes another one's place has nothing that was agreed with that one", () => {
    const edit = { key: "k", loMs: 1, hiMs: 2 };
    const pending = { left: new Map([[mappingOf(setup, "Name").key, edit]]), right: new Map() };
    const link = makePairLink(setup, { Name: alpha }, { state: "tombstone", pending });
    const made = foldRowId(link, "right", recordId("rec9"));
    expect(made).toMatchObject({ state: "live", ids: { left: "page-1", right: "rec9" } });
    expect([made.cells.size, made.pending.left.size]).toEqual([0, 0]);
  });
});

test("P5: stamps only ever grow, and none is forgotten", () => {
  expect(laterStamp(1, 2)).toBe(2);
  expect(laterStamp(2, 1)).toBe(2);
  expect(laterStamp(null, 1)).toBe(1);
  expect(laterStamp(1, null)).toBe(1);
  expect(laterStamp(null, null)).toBeNull();
  expect([laterStamp(-1, null), laterStamp(null, -1)]).toEqual([-1, -1]);
  const link = makePairLink(setup, {}, { stamps: { left: 500, right: null } });
  const rows = {
    left: makeRow(setup, "left", { Name: beta }, { stampMs: 400 }),
    right: makeRow(setup, "right", { Name: alpha }, { stampMs: 300 }),
  };
  expect(foldSeen(link, [], rows)).toEqual({
    ...link,
    stamps: { left: 500, right: 300 },
    title: "Beta",
  });
});

test("what was seen of a row is remembered: its open edits a side, and the title by the left row first", () => {
  const edit = { key: "t:x", loMs: 1, hiMs: 2 };
  const status = mappingOf(setup, "Status");
  const open = new Map([
    [name.key, edit],
    [status.key, edit],
  ]);
  const link = makePairLink(setup, {}, { pending: { left: open, right: new Map() } });
  const later = { ...edit, hiMs: 3 };
  const cells = [
    { mapping: name, pending: { left: later, right: edit } },
    { mapping: status, pending: { left: null, right: null } },
  ];
  const seen = foldSeen(link, cells, { left: null, right: null });
  const pending = { left: new Map([[name.key, later]]), right: new Map([[name.key, edit]]) };
  expect(seen).toEqual({ ...link, pending });
  expect(foldSeen(seen, [], { left: null, right: null })).toEqual(seen);
  const right = makeRow(setup, "right", { Name: beta });
  expect(foldSeen(link, [], { left: null, right }).title).toBe("Beta");
});

test("P3: a sealed link knows its rows by their fingerprints", () => {
  const halves = { left: alpha, right: beta };
  const open = makePairLink(setup, { Name: halves, Status: choice("Low") });
  const link = sealed(open, fold);
  expect(link).toEqual({ ...open, hashes: link.hashes });
  for (const side of sides) {
    const row = makeRow(setup, side, { Name: halves[side], Status: choice("Low") });
    expect(link.hashes[side]).toBe(fold.digest(rowFingerprint(setup, side, row)));
  }
  const alone = makePairLink(setup, {}, { ids: { left: recordId("page-1"), right: null } });
  expect(sealed(alone, fold).hashes.right).toBeNull();
});
