// Rows without a link, by example: which pair up, which are new, and which are left to a person.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kinds, makePairLink, makeRow, makeSmallSetup, setupOf } from "../../test/fixture/pair.ts";
import { recordId, type RecordId } from "./ids.ts";
import type { LinkIndexEntry } from "./link.ts";
import { matchRows, type MatchInput, type MatchResult } from "./match.ts";
import type { Row } from "./row.ts";
import { sided, type Side, type Sided } from "./side.ts";
import { choice, empty, text, unknown, type Value } from "./value.ts";

const setup = makeSmallSetup();

function row(side: Side, id: string, marker: string | null = null, name: Value = text(id)): Row {
  return makeRow(setup, side, { Name: name, Status: choice("Low") }, { id: recordId(id), marker });
}

const left = (id: string, marker: string | null = null, name?: Value): Row =>
  row("left", id, marker, name);
const right = (id: string, marker: string | null = null, name?: Value): Row =>
  row("right", id, marker, name);

function linkedRows(ids: Partial<Sided<readonly string[]>>): MatchInput["linked"] {
  const entry: LinkIndexEntry = makePairLink(setup, {});
  return sided(
    (side) =>
      new Map<RecordId, LinkIndexEntry>((ids[side] ?? []).map((id) => [recordId(id), entry])),
  );
}

function match(
  lefts: readonly Row[],
  rights: readonly Row[],
  change: Partial<MatchInput> = {},
): MatchResult {
  const rows = { left: lefts, right: rights };
  return matchRows({ setup, rows, linked: linkedRows({}), isFirstRun: false, ...change });
}

function told(result: MatchResult): {
  readonly pairs: readonly string[];
  readonly fresh: readonly string[];
  readonly held: readonly string[];
} {
  return {
    pairs: result.pairs.map((pair) => `${pair.left.id}+${pair.right.id}`),
    fresh: result.fresh.map(({ row, isCopy }) => (isCopy ? `${row.id} copy` : row.id)),
    held: result.held.map(({ row, code }) => `${row.id} ${code}`),
  };
}

describe("what is told of rows that wait", () => {
  test("R4: an ambiguous row and a marker that leads nowhere are told with what to do", () => {
    const several = match([left("p1")], [right("r1", "p1"), right("r2", "p1")]).held;
    expect(several.map(({ message }) => message)).toEqual([
      '"p1" could belong to more than one row on the other side.',
      '"r1" could belong to more than one row on the other side.',
      '"r2" could belong to more than one row on the other side.',
    ]);
    expect(several[0]?.remedy).toBe(
      "Clear the link marker of the copies, or give the rows different names.",
    );
    expect(match([], [right("r1", "p9")]).held).toMatchObject([
      {
        message: 'The link marker of "r1" names a row that is not on the other side.',
        remedy: "Clear the marker to have the row treated as new, or delete the row.",
      },
    ]);
  });
});

describe("by several key fields", () => {
  const both = { ...setup, match: setup.mappings };
  const keyed = (side: Side, id: string, name: string, status: string): Row =>
    makeRow(setup, side, { Name: text(name), Status: choice(status) }, { id: recordId(id) });

  test("R3: every one counts, and by itself", () => {
    const found = match(
      [keyed("left", "p1", "a", "bc"), keyed("left", "p2", "x", "Low")],
      [keyed("right", "r1", "ab", "c"), keyed("right", "r2", "x", "Low")],
      { setup: both, isFirstRun: true },
    );
    expect(told(found)).toEqual({ pairs: ["p2+r2"], fresh: ["p1", "r1"], held: [] });
  });

  test("R3 P12: two texts are two texts, wherever the one ends and the other begins", () => {
    const texts = setupOf({ fields: { Name: { kind: kinds.line }, Code: { kind: kinds.line } } });
    const coded = (side: Side, id: string, name: string, code: string): Row =>
      makeRow(texts, side, { Name: text(name), Code: text(code) }, { id: recordId(id) });
    const found = match([coded("left", "p1", "a", "bc")], [coded("right", "r1", "ab", "c")], {
      setup: { ...texts, match: texts.mappings },
      isFirstRun: true,
    });
    expect(told(found)).toEqual({ pairs: [], fresh: ["p1", "r1"], held: [] });
  });

  test("R4: one row here and two there, or the other way round, are nobody's", () => {
    const one = { setup: both, isFirstRun: true };
    const lone = [keyed("left", "p1", "x", "Low")];
    const two = [keyed("right", "r1", "x", "Low"), keyed("right", "r2", "x", "Low")];
    expect(told(match(lone, two, one))).toMatchObject({ pairs: [], fresh: [] });
    const pair = [keyed("left", "p1", "x", "Low"), keyed("left", "p2", "x", "Low")];
    const single = [keyed("right", "r1", "x", "Low")];
    expect(told(match(pair, single, one))).toMatchObject({ pairs: [], fresh: [] });
  });
});

describe("by marker", () => {
  test("R3 P28: a marker that names exactly one row links the two again", () => {
    expect(told(match([left("p-1"), left("p2")], [right("r1", "p1")]))).toEqual({
      pairs: ["p-1+r1"],
      fresh: ["p2"],
      held: [],
    });
    expect(told(match([left("p1", "r1")], [right("r1")])).pairs).toEqual(["p1+r1"]);
    expect(told(match([left("p1", "r1")], [right("r1", "p1")])).pairs).toEqual(["p1+r1"]);
  });

  test("R3 P12: ids are known with their dashes and without, in rows, markers and links", () => {
    for (const [id, marker] of [
      ["p-1", "p1"],
      ["p1", "p-1"],
      ["p-1", " p-1 "],
    ] as const) {
      expect(told(match([left(id)], [right("r1", marker)])).pairs).toEqual([`${id}+r1`]);
      const linked = linkedRows({ left: [id] });
      expect(told(match([], [right("r1", marker)], { linked })).fresh).toEqual(["r1 copy"]);
      const hidden = match([left("p9", "r1")], [right("r1", marker)], { linked });
      expect(told(hidden).pairs).toEqual(["p9+r1"]);
    }
  });

  test("R25 P12: a copy of a linked row carries its marker along, and is a new row", () => {
    const linked = linkedRows({ left: ["p1"], right: ["r1"] });
    expect(told(match([], [right("r2", "p1")], { linked }))).toEqual({
      pairs: [],
      fresh: ["r2 copy"],
      held: [],
    });
    expect(told(match([left("p2", "r1")], [], { linked })).fresh).toEqual(["p2 copy"]);
  });

  test("R4 R25: two rows that name the same one are both left alone, and so is that one", () => {
    expect(told(match([left("p1")], [right("r1", "p1"), right("r2", "p1")]))).toEqual({
      pairs: [],
      fresh: [],
      held: ["p1 duplicate_key", "r1 duplicate_key", "r2 duplicate_key"],
    });
  });

  test("R4: markers that contradict each other link nothing, and make nothing", () => {
    const result = told(match([left("p1", "r2")], [right("r1", "p1"), right("r2")]));
    expect(result).toEqual({
      pairs: [],
      fresh: [],
      held: ["p1 duplicate_key", "r1 duplicate_key", "r2 duplicate_key"],
    });
  });

  test("R4 P4 P28: a row that names one which is not to be seen is not given to whoever names it", () => {
    expect(told(match([left("p1", "r1")], [right("r1", "hidden")]))).toEqual({
      pairs: [],
      fresh: [],
      held: ["p1 duplicate_key", "r1 duplicate_key"],
    });
    expect(told(match([left("p1", "gone")], [right("r1", "p1")])).pairs).toEqual([]);
    // What names a row of another pair is a copy of its partner, and may have a counterpart of its own.
    const pair = match(
      [left("p1", "r1"), left("p2", "r2")],
      [right("r1", "p1"), right("r2", "p1")],
    );
    expect(told(pair).pairs).toEqual(["p1+r1", "p2+r2"]);
    const linked = linkedRows({ left: ["p1"], right: ["r1"] });
    expect(told(match([left("p2", "r2")], [right("r2", "p1")], { linked })).pairs).toEqual([
      "p2+r2",
    ]);
  });

  test("R3 R25: rows that name each other belong together, and what else names them is a copy", () => {
    const result = told(
      match([left("p1", "r1"), left("p2", "r1")], [right("r1", "p1"), right("r2", "p1")]),
    );
    expect(result).toEqual({ pairs: ["p1+r1"], fresh: ["p2 copy", "r2 copy"], held: [] });
  });

  test("R25: a copy that has its own counterpart by now keeps it", () => {
    const rights = [right("r1", "p1"), right("r2", "p2")];
    expect(told(match([left("p1", "r1"), left("p2", "r1")], rights)).pairs).toEqual([
      "p1+r1",
      "p2+r2",
    ]);
  });

  test("a marker that names nothing is left to a person", () => {
    const { held } = match([left("p1", "r9")], [right("r1", "p9")]);
    expect(held).toMatchObject([
      { side: "left", code: "marker_dangling" },
      { side: "right", code: "marker_dangling" },
    ]);
    for (const entry of held) expect(entry.remedy).toContain("marker");
  });

  test("P12: no row is ever in two places, whatever the markers say", () => {
    const ids = ["1", "2", "3"];
    const mark = fc.constantFrom(null, ...ids, "9");
    const rows = (side: Side): fc.Arbitrary<readonly Row[]> =>
      fc.tuple(mark, mark, mark).map((marks) =>
        ids.map((id, at) => {
          const named = marks[at] ?? null;
          const tag = side === "left" ? "r" : "p";
          return row(
            side,
            `${side === "left" ? "p" : "r"}${id}`,
            named === null ? null : tag + named,
          );
        }),
      );
    fc.assert(
      fc.property(rows("left"), rows("right"), fc.boolean(), (lefts, rights, isFirstRun) => {
        const result = match(lefts, rights, { isFirstRun });
        const placed = [
          ...result.pairs.flatMap((pair) => [pair.left, pair.right]),
          ...result.fresh.map((entry) => entry.row),
          ...result.held.map((entry) => entry.row),
        ].map(({ id }) => id);
        expect(placed.toSorted()).toEqual([...lefts, ...rights].map(({ id }) => id).toSorted());
        // A pair by marker is named by one of its two, and by no third row.
        for (const pair of result.pairs) {
          const named = [pair.left.marker === pair.right.id, pair.right.marker === pair.left.id];
          if (!isFirstRun) expect(named).toContain(true);
          if (named[0] === true && named[1] === true) continue;
          const rivals = [...lefts, ...rights].filter(
            (other) =>
              other !== pair.left &&
              other !== pair.right &&
              (other.marker === pair.left.id || other.marker === pair.right.id),
          );
          expect(rivals).toEqual([]);
        }
        // A row that another one names is not made a second time.
        for (const { row: fresh } of result.fresh) {
          expect([...lefts, ...rights].some((other) => other.marker === fresh.id)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("by key", () => {
  const first = { isFirstRun: true };
  const named = (id: string, name: Value): { left: Row; right: Row } => ({
    left: left(`p${id}`, null, name),
    right: right(`r${id}`, null, name),
  });
  const a = named("1", text("Alpha"));
  const b = named("2", text("Beta"));

  test("R3: at the first run rows with the same key, one a side, are linked", () => {
    expect(told(match([a.left, b.left], [b.right], first))).toEqual({
      pairs: ["p2+r2"],
      fresh: ["p1"],
      held: [],
    });
  });

  test("R3 P12: without a key nothing is linked at the first run, and nothing is anybody's twin", () => {
    const keyless = { ...first, setup: { ...setup, match: [] } };
    expect(told(match([a.left, b.left], [b.right], keyless))).toEqual({
      pairs: [],
      fresh: ["p1", "p2", "r2"],
      held: [],
    });
  });

  test("R4 P25: a row that does not show its key matches nothing", () => {
    const blind = { ...a.left, cells: new Map() };
    expect(told(match([blind], [a.right], first)).fresh).toEqual(["p1", "r1"]);
  });

  test("R3: after the first run a key links nothing any more", () => {
    expect(told(match([a.left], [a.right])).pairs).toEqual([]);
  });

  test("R4 P12: a key found twice on a side quarantines all that have it", () => {
    const twin = left("p9", null, text("Alpha"));
    expect(told(match([a.left, twin], [a.right, b.right], first))).toEqual({
      pairs: [],
      fresh: ["r2"],
      held: ["p1 duplicate_key", "p9 duplicate_key", "r1 duplicate_key"],
    });
    expect(told(match([a.left, twin], [b.right], first)).fresh).toEqual(["p1", "p9", "r2"]);
  });

  test("R4 P25: a row whose key is blank or unreadable matches nothing", () => {
    for (const name of [empty, unknown("error")]) {
      const nameless = named("5", name);
      expect(told(match([nameless.left], [nameless.right], first))).toMatchObject({
        pairs: [],
        fresh: ["p5", "r5"],
      });
    }
  });

  test("R3: keys are compared in the fields' common form", () => {
    const line = right("r1", null, text("Alpha "));
    expect(told(match([a.left], [line], first)).pairs).toEqual(["p1+r1"]);
    const small = right("r1", null, text("alpha"));
    expect(told(match([a.left], [small], first)).pairs).toEqual([]);
  });

  test("R25: a copy is not linked by its key, although it has one", () => {
    const linked = linkedRows({ right: ["r7"] });
    const copy = left("p7", "r7", text("Alpha"));
    expect(told(match([copy], [a.right], { ...first, linked }))).toEqual({
      pairs: [],
      fresh: ["p7 copy", "r1"],
      held: [],
    });
  });
});
