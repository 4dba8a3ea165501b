import { describe, expect, test } from "vitest";
import { must } from "../core/assert.ts";
import {
  alpha,
  beta,
  kinds,
  makeField,
  makeFold,
  makePairLink,
  makeRow,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import type { ScanEnd, ScanPage, Wanted } from "../connectors/connector.ts";
import { sealed } from "../core/fold.ts";
import { fieldId, linkId, recordId, type LinkId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import type { Row } from "../core/row.ts";
import { sided, type Side, type Sided } from "../core/side.ts";
import { empty, text, unknown, type Value } from "../core/value.ts";
import type { EngineDeps } from "./deps.ts";
import { observe, wantedOf, type Observation } from "./observe.ts";

const setup = setupOf({
  fields: { Name: { kind: kinds.line }, A: { kind: kinds.line } },
  policy: {
    markers: { left: "Record", right: "Page" },
    filters: { left: "left's filter", right: null },
    archive: {
      left: { kind: "remove" },
      right: { kind: "mark", field: "State", value: "Archived" },
    },
  },
  extra: {
    left: [makeField("left", "Record", kinds.line)],
    right: [makeField("right", "Page", kinds.line), makeField("right", "State", kinds.line)],
  },
});
const fold = makeFold(setup);
const state = fieldId("fldState");
const link = sealed(makePairLink(setup, { Name: alpha, A: beta }), fold);
const end: ScanEnd = { isComplete: true, reason: null, window: { startMs: nowMs, endMs: nowMs } };

function rowOn(
  side: Side,
  cells: Readonly<Record<string, Value>> = {},
  change: Partial<Row> = {},
): Row {
  const marker = side === "right" ? "page-1" : null;
  return makeRow(setup, side, { Name: alpha, A: beta, ...cells }, { marker, ...change });
}

interface Listing {
  readonly pages?: readonly (readonly Row[])[];
  readonly end?: ScanEnd;
}

interface Observed {
  readonly found: Observation;
  readonly wanted: Readonly<Record<string, Wanted>>;
  readonly pages: readonly number[];
  readonly alive: number;
}

async function observed(
  listings: Partial<Sided<Listing>>,
  given: {
    readonly links?: readonly Link[];
    readonly always?: readonly LinkId[];
    readonly signal?: AbortSignal;
  } = {},
): Promise<Observed> {
  const wanted: Record<string, Wanted> = {};
  const pages: number[] = [];
  let alive = 0;
  const connectors = sided((side) => ({
    async *scan(asked: Wanted): AsyncGenerator<ScanPage, ScanEnd> {
      wanted[side] = asked;
      for (const rows of listings[side]?.pages ?? []) yield await Promise.resolve({ rows });
      return listings[side]?.end ?? end;
    },
  }));
  const deps: Partial<EngineDeps> = {
    connectors: connectors as unknown as EngineDeps["connectors"],
    digest: fold.digest,
    signal: given.signal ?? new AbortController().signal,
    onProgress: (progress) => {
      if (progress.stage === "scan") pages.push(progress.done);
    },
    onAlive: async () => {
      alive += 1;
      return Promise.resolve();
    },
  };
  const index = (given.links ?? [link]).map(
    ({ id, ids, state: linkState, hashes, stamps, isFlagged }) => ({
      id,
      ids,
      state: linkState,
      hashes,
      stamps,
      isFlagged,
    }),
  );
  const input = { setup, index, always: new Set(given.always) };
  return { found: await observe(input, deps as EngineDeps), wanted, pages, alive };
}

const keptIds = ({ kept }: Observation): Sided<readonly string[]> =>
  sided((side) => [...kept[side].keys()]);

test("each side is asked for its own fields, marker and filter", async () => {
  const { wanted } = await observed({});
  expect(wanted).toEqual({
    left: { fields: ["name", "a"], marker: "record", filter: "left's filter" },
    right: { fields: ["fldName", "fldA", "fldState"], marker: "fldPage", filter: null },
  });
  const bare = setupOf({ fields: { Name: { kind: kinds.line } } });
  expect(wantedOf(bare, "right")).toEqual({ fields: ["fldName"], marker: null, filter: null });
});

test("of both listings: what was seen, a row to hold lookups against, and how they ended", async () => {
  const ends = sided((side) => ({
    isComplete: side === "left",
    reason: side === "left" ? null : "cut",
    window: { startMs: side === "left" ? 1 : 3, endMs: side === "left" ? 2 : 4 },
  }));
  const { found, pages, alive } = await observed({
    left: {
      pages: [[], [rowOn("left"), rowOn("left", {}, { id: recordId("new") })]],
      end: ends.left,
    },
    right: {
      pages: [[rowOn("right", {}, { id: recordId("other") })], [rowOn("right")]],
      end: ends.right,
    },
  });
  expect(found.control).toEqual({ left: "page-1", right: "other" });
  expect(found.ends).toEqual(ends);
  expect(found.seen).toEqual({ left: new Set([link.id]), right: new Set([link.id]) });
  expect(keptIds(found)).toEqual({ left: ["new"], right: ["other"] });
  expect([...found.index.keys()]).toEqual([link.id]);
  expect(sided((side) => [...found.byRow[side]].map(([row, entry]) => [row, entry.id]))).toEqual({
    left: [["page-1", link.id]],
    right: [["rec1", link.id]],
  });
  expect(pages).toEqual([1, 2, 3, 4]);
  // Before every page, and before it is known that there is none.
  expect(alive).toBe(6);
  const { found: nothing } = await observed({});
  expect([nothing.control, nothing.seen]).toEqual([
    { left: null, right: null },
    { left: new Set(), right: new Set() },
  ]);
});

describe("a row is kept unless nothing about it or its link is new", () => {
  const kept = async (
    side: Side,
    row: Row,
    change: Partial<Link> = {},
    always: readonly LinkId[] = [],
  ) => {
    const links = [{ ...link, ...change }];
    const { found } = await observed({ [side]: { pages: [[row]] } }, { links, always });
    expect(found.seen[side].has(link.id)).toBe(true);
    return found.kept[side].size === 1;
  };

  test.each(["left", "right"] as const)("on the %s", async (side) => {
    expect(await kept(side, rowOn(side))).toBe(false);
    // Not what mapped cells hold.
    expect(await kept(side, rowOn(side, {}, { title: "x", stampMs: nowMs, editedBy: "us" }))).toBe(
      false,
    );
    expect(await kept(side, rowOn(side, { A: alpha }))).toBe(true);
    expect(await kept(side, rowOn(side, { A: empty }))).toBe(true);
    expect(await kept(side, rowOn(side, { A: unknown("error") }))).toBe(true);
    expect(await kept(side, rowOn(side), { hashes: { ...link.hashes, [side]: null } })).toBe(true);
    expect(await kept(side, rowOn(side), { isFlagged: true })).toBe(true);
    expect(await kept(side, rowOn(side), {}, [link.id])).toBe(true);
    expect(await kept(side, rowOn(side), {}, [linkId("another")])).toBe(false);
  });

  test.each(["archived", "tombstone", "creating", "detached"] as const)(
    "of a link that is %s, always",
    async (linkState) => {
      expect(await kept("left", rowOn("left"), { state: linkState })).toBe(true);
    },
  );

  test("its marker counts on the right, where it is kept up", async () => {
    expect(await kept("right", rowOn("right", {}, { marker: "page-2" }))).toBe(true);
    expect(await kept("left", rowOn("left", {}, { marker: "page-2" }))).toBe(false);
  });
});

test("of a row that is listed twice the later reading counts, whichever is quiet", async () => {
  const early = rowOn("left", { A: alpha });
  const quiet = await observed({ left: { pages: [[early], [rowOn("left")]] } });
  expect(keptIds(quiet.found).left).toEqual([]);
  const edited = await observed({ left: { pages: [[rowOn("left")], [early]] } });
  expect(edited.found.kept.left.get(early.id)).toBe(early);
});

test("an archive mark on a quiet row is remembered, unless it is blank", async () => {
  const marked = (value: Value): Row => ({
    ...rowOn("right"),
    cells: new Map(rowOn("right").cells).set(state, value),
  });
  const marks = async (...rows: readonly Row[]): Promise<unknown> =>
    (await observed({ right: { pages: [rows] } })).found.marks;
  expect(await marks(marked(text("Archived")))).toEqual({
    left: new Map(),
    right: new Map([["rec1", text("Archived")]]),
  });
  expect(await marks(marked(empty))).toEqual({ left: new Map(), right: new Map() });
  expect(await marks({ ...marked(text("x")), id: recordId("new") })).toEqual({
    left: new Map(),
    right: new Map(),
  });
});

test("a run that is asked to stop asks for no other page", async () => {
  const stop = new AbortController();
  const pages: (readonly Row[])[] = [[rowOn("left")], [rowOn("left")]];
  const listing = {
    get pages() {
      return pages;
    },
  };
  const signal = stop.signal;
  const found = observed({ left: listing }, { signal }).catch((error: unknown) => error);
  stop.abort(new Error("stop"));
  expect(await found).toMatchObject({ message: "stop" });
  expect(must(pages[0], "a page")).toHaveLength(1);
});
