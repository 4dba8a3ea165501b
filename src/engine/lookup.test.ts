import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeField,
  makePairLink,
  makeRow,
  mappingOf,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import { makeObservation, type Shown } from "../../test/fixture/observation.ts";
import { markedOn, removedOn } from "../../test/fixture/work.ts";
import { fieldId, linkId, recordId, type RecordId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import type { RowReading } from "../core/row.ts";
import { other, sided, sides, type Side, type Sided } from "../core/side.ts";
import { empty, text, type Value } from "../core/value.ts";
import type { EngineDeps } from "./deps.ts";
import { lookUp } from "./lookup.ts";

const setup = setupOf({
  fields: { Name: { kind: kinds.line }, A: { kind: kinds.line } },
  policy: {
    markers: { left: null, right: "Page" },
    archive: {
      left: { kind: "remove" },
      right: { kind: "mark", field: "State", value: "Archived" },
    },
  },
  extra: {
    right: [makeField("right", "Page", kinds.line), makeField("right", "State", kinds.line)],
  },
});
const state = fieldId("fldState");

interface Asked {
  readonly side: Side;
  readonly ids: readonly RecordId[];
  readonly control: RecordId | null;
}

interface Given extends Shown {
  /** What a lookup says of any row. Default: that it is gone. */
  readonly says?: RowReading;
  readonly filters?: Sided<unknown>;
}

const gone: RowReading = { state: "gone", evidence: "404" };

async function lookedUp(link: Link, given: Given = {}) {
  const asked: Asked[] = [];
  const connectors = sided((side) => ({
    // Each side's own clock is asked; ours is far off.
    nowMs: () => nowMs + (side === "left" ? 0 : 500),
    read: async (ids: readonly RecordId[], _wanted: unknown, control: RecordId | null) => {
      asked.push({ side, ids, control });
      return Promise.resolve(new Map(ids.map((id) => [id, given.says ?? gone])));
    },
  }));
  const deps = { connectors, onProgress: () => {}, nowMs: () => 0 } as unknown as EngineDeps;
  const observation = makeObservation({ links: [link], ...given });
  const policy = { ...setup.policy, filters: given.filters ?? setup.policy.filters };
  const input = {
    setup: { ...setup, policy },
    observation,
    lookedUpTo: { left: null, right: null },
  };
  const { readings, lookedUpTo } = await lookUp([link], input, deps);
  return { asked, found: readings.get(link.id), lookedUpTo, observation };
}

const link = makePairLink(setup, { Name: alpha, A: beta });
const rowOn = (side: Side, cells: Readonly<Record<string, Value>> = {}) =>
  makeRow(setup, side, { Name: alpha, A: beta, ...cells });
const restingMs = 20_000;

describe("P10: a row that a whole listing left out is asked about by its id", () => {
  test.each(sides)("on the %s", async (side) => {
    const shown = {
      rows: { [other(side)]: [rowOn(other(side))] },
      control: { [side]: recordId("control") },
    };
    const { asked, found } = await lookedUp(link, shown);
    expect(asked).toEqual([{ side, ids: [link.ids[side]], control: "control" }]);
    expect(found).toEqual({ [side]: gone, [other(side)]: live(rowOn(other(side))) });
  });

  test("with no control where the listing showed none, and not where it was cut short", async () => {
    expect((await lookedUp(link)).asked).toEqual([
      { side: "left", ids: ["page-1"], control: null },
      { side: "right", ids: ["rec1"], control: null },
    ]);
    const { asked, found } = await lookedUp(link, { isComplete: { left: false, right: false } });
    const unknown = { state: "unknown", why: "the listing was cut short" };
    expect([asked, found]).toEqual([[], { left: unknown, right: unknown }]);
  });

  test.each<readonly [string, Link["state"], Side | null, readonly Side[]]>([
    ["both rows of a live link", "live", null, ["left", "right"]],
    ["the missing row of a live link", "live", "left", ["right"]],
    ["the rows of one that is being made", "creating", null, ["left", "right"]],
    ["nothing of one that was taken apart", "detached", null, []],
    ["nothing of one whose rows are both gone", "tombstone", null, []],
    ["the other row, once one is back", "tombstone", "left", ["right"]],
    ["nothing of an archived one that is not stirred", "archived", null, []],
  ])("%s", async (_what, linkState, listed, expected) => {
    const archival = linkState === "archived" ? removedOn("left") : null;
    const rows = listed === null ? {} : { [listed]: [rowOn(listed)] };
    const { asked } = await lookedUp({ ...link, state: linkState, archival }, { rows });
    expect(asked.map(({ side }) => side)).toEqual(expected);
  });

  test("of an archived link, what the row that is listed says counts", async () => {
    const stirred = async (
      archival: Link["archival"],
      side: Side,
      mark: Value | null = null,
    ): Promise<boolean> => {
      const cells = new Map(rowOn(side).cells);
      if (mark !== null) cells.set(state, mark);
      const rows = { [side]: [{ ...rowOn(side), cells }] };
      return (await lookedUp({ ...link, state: "archived", archival }, { rows })).asked.length > 0;
    };
    const marked = {
      side: "right",
      how: { kind: "marked", field: state, before: empty, value: text("Archived") },
    } as const;
    // The row we threw away is back, or the one that was removed is.
    expect(await stirred(removedOn("left"), "left")).toBe(true);
    expect(await stirred(removedOn("left"), "right")).toBe(true);
    expect(await stirred(marked, "left")).toBe(true);
    // The marked row lies there as we left it, or somebody took the mark off.
    expect(await stirred(marked, "right", text("Archived"))).toBe(false);
    expect(await stirred(marked, "right", text("Doing"))).toBe(true);
    expect(await stirred(marked, "right")).toBe(false);
    expect(await stirred(null, "right")).toBe(false);
    expect(await stirred(markedOn("right"), "right")).toBe(false);
  });

  test("a link without a row on a side has nothing to ask about there", async () => {
    const alone: Link = {
      ...link,
      state: "creating",
      ids: { left: recordId("page-1"), right: null },
    };
    const { asked, found } = await lookedUp(alone);
    expect(asked).toEqual([{ side: "left", ids: ["page-1"], control: null }]);
    expect(found).toEqual({ left: gone, right: null });
  });
});

describe("P10: a reading may be older than what was done a moment ago", () => {
  const rows = { left: [rowOn("left")] };
  test.each<readonly [RowReading, number, RowReading["state"]]>([
    [gone, restingMs - 1, "unknown"],
    [gone, restingMs, "gone"],
    [{ state: "trashed", row: null }, restingMs - 1, "unknown"],
    [{ state: "trashed", row: null }, restingMs, "trashed"],
    [{ state: "left", why: "moved", row: null }, 0, "left"],
    [{ state: "unknown", why: "busy" }, 0, "unknown"],
  ])("%o, %i ms after the row was made: %s", async (says, sinceMs, expected) => {
    // On the clock of the service that was asked.
    const young = { ...link, wokenAtMs: nowMs + 500 - sinceMs };
    expect((await lookedUp(young, { rows, says })).found?.right?.state).toBe(expected);
  });

  test.each<readonly [Link["state"], number, RowReading["state"]]>([
    ["archived", 1, "unknown"],
    ["archived", 0, "live"],
    ["tombstone", 1, "unknown"],
    ["tombstone", 0, "live"],
    ["live", 1, "live"],
    ["creating", 1, "live"],
  ])(
    "a row that is listed of a link that is %s, %i ms too early: %s",
    async (linkState, earlyMs, expected) => {
      const row = rowOn("left");
      const put = {
        ...link,
        state: linkState,
        archival: removedOn("left"),
        wokenAtMs: row.window.startMs - restingMs + earlyMs,
      };
      const { found } = await lookedUp(put, { rows: { left: [row] } });
      expect(found?.left?.state).toBe(expected);
    },
  );
});

describe("P10: a row that is there although a whole listing left it out", () => {
  const says = live(rowOn("right", { A: alpha }));
  const rows = { left: [rowOn("left")] };
  test("lags behind where nothing is filtered, and is out of scope where something is", async () => {
    const late = { state: "unknown", why: "it is there, but the listing did not show it" };
    expect((await lookedUp(link, { rows, says })).found?.right).toEqual(late);
    const filters = { left: null, right: "a filter" };
    expect((await lookedUp(link, { rows, says, filters })).found?.right).toEqual({
      state: "left",
      why: "filtered",
      row: rowOn("right", { A: alpha }),
    });
    const others = { left: "a filter", right: null };
    expect((await lookedUp(link, { rows, says, filters: others })).found?.right).toEqual(late);
  });
});

describe("a row that was listed as the base says is not kept, and known all the same", () => {
  const seen = { left: [link.id], right: [link.id] };
  test("with its cells, its marker and when it was listed", async () => {
    const stamps = { left: nowMs - 11, right: nowMs - 22 };
    const { found, asked, observation } = await lookedUp(
      { ...link, stamps, title: "An older title" },
      { seen },
    );
    expect(asked).toEqual([]);
    const rowOf = (side: Side) => ({
      id: link.ids[side],
      // Both sides agreed on it; what the link is called may be older.
      title: "Alpha",
      url: null,
      createdAtMs: null,
      stampMs: stamps[side],
      editedBy: "unknown",
      marker: side === "right" ? "page-1" : null,
      cells: new Map([
        ...(side === "right" ? [[state, empty] as const] : []),
        [mappingOf(setup, "Name").fields[side].id, alpha],
        [mappingOf(setup, "A").fields[side].id, beta],
      ]),
      window: observation.ends[side].window,
    });
    expect(found).toEqual({
      left: { state: "live", row: rowOf("left") },
      right: { state: "live", row: { ...rowOf("right"), title: "An older title" } },
    });
  });

  test("what nobody has agreed on is not known of it", async () => {
    const bare = makePairLink(setup, { A: beta });
    const { found } = await lookedUp(bare, { seen });
    const row = found?.left?.state === "live" ? found.left.row : null;
    expect([row?.title, [...(row?.cells.keys() ?? [])]]).toEqual(["Alpha", ["a"]]);
  });
});

test("of many missing rows a hundred are asked about together, each time with a sign of life", async () => {
  const links = Array.from({ length: 201 }, (_, at): Link => {
    const ids = { left: recordId(`page-${at}`), right: null };
    return { ...link, id: linkId(`link-${at}`), ids, state: "creating" };
  });
  const events: unknown[] = [];
  const read = async (ids: readonly RecordId[]): Promise<ReadonlyMap<RecordId, RowReading>> => {
    events.push(ids.length);
    return Promise.resolve(new Map(ids.map((id) => [id, gone])));
  };
  const connectors = sided(() => ({ nowMs: () => nowMs, read }));
  const deps = {
    connectors,
    onProgress: (progress: unknown) => events.push(progress),
    onAlive: async () => Promise.resolve(events.push("alive")),
  } as unknown as EngineDeps;
  const observation = makeObservation({ links });
  const input = { setup, observation, lookedUpTo: { left: null, right: null } };
  const { readings, lookedUpTo } = await lookUp(links, input, deps);
  expect(events).toEqual([
    { stage: "lookup", done: 201, total: null },
    "alive",
    100,
    "alive",
    100,
    "alive",
    1,
  ]);
  expect([...readings.values()].every(({ left }) => left?.state === "gone")).toBe(true);
  expect(lookedUpTo).toEqual({ left: null, right: null });
});
