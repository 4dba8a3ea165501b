// One reading at its edges: the last moment at which it is doubted, and what an edit's interval keeps
// from one run to the next.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  makeBase,
  makeContext,
  makeFacts,
  makePairLink,
  makeRow,
  mappingOf,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import type { Link, PendingEdit } from "./link.ts";
import { clockErrorMs, readLagMs, type EditInterval } from "./order.ts";
import {
  interval,
  isStaleRow,
  pendingEdit,
  readCell,
  unseenEdit,
  type ReadCell,
} from "./read-cell.ts";
import type { Row } from "./row.ts";
import { other, sides, type Side } from "./side.ts";
import { empty, text, unknown, valueKey, type Value } from "./value.ts";

const setup = setupOf({ fields: { Name: { kind: kinds.line } } });
const mapping = mappingOf(setup, "Name");
const gamma = text("Gamma");
const minuteMs = 60_000;
const context = makeContext(setup);
const settleMs = setup.policy.guards.settleMs;

const rowOf = (side: Side, value: Value, change: Partial<Row> = {}): Row =>
  makeRow(setup, side, { Name: value }, change);

describe("isStaleRow", () => {
  const isStale = (stampMs: number | null, accepted: number | null, at = nowMs): boolean => {
    const link = makePairLink(setup, { Name: alpha }, { stamps: { left: accepted, right: null } });
    const now = { ...context, nowMs: { left: at, right: 0 } };
    return isStaleRow(now, link, { side: "left", row: rowOf("left", beta, { stampMs }) });
  };

  test("P5: an older stamp is doubted, give or take its wobble, and only while it can be a lag", () => {
    expect(isStale(nowMs - 2_000, nowMs)).toBe(false);
    expect(isStale(nowMs - 2_001, nowMs)).toBe(true);
    const lagMs = minuteMs + readLagMs + clockErrorMs;
    expect(isStale(nowMs - minuteMs, nowMs, nowMs + lagMs - 1)).toBe(true);
    expect(isStale(nowMs - minuteMs, nowMs, nowMs + lagMs)).toBe(false);
  });

  test("P5: without two stamps to compare, nothing is doubted", () => {
    const early = 1_000;
    expect(isStale(null, nowMs, early)).toBe(false);
    expect(isStale(-nowMs, null, -nowMs - minuteMs)).toBe(false);
    expect(isStale(null, null, early)).toBe(false);
  });

  test("P5: a side whose stamps have no step is judged without one", () => {
    const link = makePairLink(setup, { Name: alpha }, { stamps: { left: null, right: nowMs } });
    const stepless = { ...context, stampSteps: { left: null, right: null } };
    const at = { side: "right", row: rowOf("right", beta, { stampMs: nowMs - minuteMs }) } as const;
    const lagMs = readLagMs + clockErrorMs;
    const when = (ms: number): boolean =>
      isStaleRow({ ...stepless, nowMs: { left: 0, right: ms } }, link, at);
    expect([when(nowMs + lagMs - 1), when(nowMs + lagMs)]).toEqual([true, false]);
  });
});

describe("readCell", () => {
  const fenced = (stampMs: number | null, accepted: number | null, at = nowMs): string => {
    const base = makeBase({ left: beta, right: beta }, { atMs: nowMs, previous: both(alpha) });
    const stamps = { left: accepted, right: accepted };
    const link = makePairLink(setup, { Name: base }, { stamps });
    const row = rowOf("left", alpha, { stampMs });
    const now = { ...context, nowMs: { left: at, right: at } };
    return readCell(now, link, { side: "left", row, mapping, isStale: false }).reading;
  };
  const both = (value: Value) => ({ left: value, right: value });

  test("P5: a value just left is doubted unless the row's stamp has truly moved on", () => {
    expect(fenced(nowMs - 1, nowMs)).toBe("unknown");
    expect(fenced(nowMs, nowMs)).toBe("unknown");
    expect(fenced(nowMs + 1, nowMs)).toBe("changed");
    expect(fenced(null, nowMs)).toBe("unknown");
    expect(fenced(nowMs, null)).toBe("unknown");
  });

  test("P5: so is what our own write replaced, on the side it wrote", () => {
    const base = makeBase(
      { left: beta, right: beta },
      { atMs: nowMs, previous: both(alpha), replaced: { side: "left", value: gamma } },
    );
    const link = makePairLink(setup, { Name: base });
    const now = { ...context, nowMs: { left: nowMs, right: nowMs } };
    const shown = (side: Side, value: Value): string => {
      const row = rowOf(side, value, { stampMs: null });
      return readCell(now, link, { side, row, mapping, isStale: false }).reading;
    };
    expect([shown("left", gamma), shown("left", alpha)]).toEqual(["unknown", "unknown"]);
    expect(shown("right", gamma)).toBe("changed");
  });

  test("P5: the doubt ends with the settling time", () => {
    expect(fenced(null, null, nowMs + settleMs - 1)).toBe("unknown");
    expect(fenced(null, null, nowMs + settleMs)).toBe("changed");
  });

  test.each(sides)("a cell is held against its own half of the base: %s", (side) => {
    const halves = { left: alpha, right: beta };
    const link = makePairLink(setup, { Name: halves });
    const at = (value: Value): ReadCell =>
      readCell(context, link, { side, row: rowOf(side, value), mapping, isStale: false });
    expect(at(halves[side])).toEqual({ value: halves[side], reading: "same" });
    const turned = halves[other(side)];
    expect(at(turned)).toEqual({ value: turned, reading: "changed" });
  });

  test("P5: what an old reading shows is no news, unless it is as agreed", () => {
    const link = makePairLink(setup, { Name: alpha });
    const reading = (value: Value): string =>
      readCell(context, link, { side: "left", row: rowOf("left", value), mapping, isStale: true })
        .reading;
    expect([reading(alpha), reading(beta)]).toEqual(["same", "unknown"]);
  });

  test("a cell without a base is one that changed; a cell that was not shown is unknown", () => {
    const at = { side: "left", mapping, isStale: false } as const;
    const bare = makePairLink(setup, {});
    expect(readCell(context, bare, { ...at, row: rowOf("left", empty) })).toEqual({
      value: empty,
      reading: "changed",
    });
    const unshown = { ...rowOf("left", alpha), cells: new Map() };
    expect(readCell(context, bare, { ...at, row: unshown })).toEqual({
      value: unknown("undecodable"),
      reading: "unknown",
    });
  });
});

interface Before {
  readonly side?: Side;
  readonly pending?: PendingEdit;
  readonly row?: Partial<Row>;
  readonly cell?: ReadCell;
  readonly link?: Partial<Link>;
  readonly hasBase?: boolean;
  readonly lastScan?: number | null;
}

const scanMs = nowMs - 30 * minuteMs;

function seen(before: Before): readonly [EditInterval, PendingEdit | null] {
  const side = before.side ?? "left";
  const none = new Map();
  const pending = before.pending === undefined ? none : new Map([[mapping.key, before.pending]]);
  const both = { left: none, right: none, [side]: pending };
  const base = makeBase({ left: alpha, right: alpha }, { atMs: nowMs - 60 * minuteMs });
  const link = makePairLink(setup, before.hasBase === false ? {} : { Name: base }, {
    pending: both,
    ...before.link,
  });
  const row = rowOf(side, beta, { stampMs: null, ...before.row });
  const startMs = before.lastScan === undefined ? scanMs : before.lastScan;
  const scan = startMs === null ? null : { startMs, endMs: startMs + 1_000 };
  const at = makeContext(setup, { lastScans: { left: scan, right: scan } });
  const facts = makeFacts(link, { left: null, right: null });
  const cell = before.cell ?? { value: beta, reading: "changed" };
  const one = { mapping, side, cell, row };
  return [interval(one, facts, at), pendingEdit(one, facts, at)];
}

describe("interval", () => {
  const endMs = nowMs - 1_000;

  test.each(sides)("P8: a new edit lies between the last look and this one: %s", (side) => {
    const [found] = seen({ side });
    expect(found).toMatchObject({ loMs: scanMs - readLagMs, hiMs: endMs, stampMs: null });
  });

  test("P8: a listing from before the row was brought back bounds nothing", () => {
    const link = { wokenAtMs: scanMs + 1 };
    expect(seen({ link })[0].loMs).toBe(nowMs - 60 * minuteMs - readLagMs);
    expect(seen({ link: { wokenAtMs: scanMs } })[0].loMs).toBe(scanMs - readLagMs);
  });

  test("P8: the later of the last look and the base bounds it, and without either nothing does", () => {
    expect(seen({ lastScan: nowMs - 90 * minuteMs })[0].loMs).toBe(
      nowMs - 60 * minuteMs - readLagMs,
    );
    expect(seen({ lastScan: null })[0].loMs).toBe(nowMs - 60 * minuteMs - readLagMs);
    expect(seen({ lastScan: null, hasBase: false })[0].loMs).toBe(0);
    expect(seen({ hasBase: false })[0].loMs).toBe(0);
    expect(seen({ lastScan: nowMs - 60 * minuteMs - 1 })[0].loMs).toBe(
      nowMs - 60 * minuteMs - readLagMs,
    );
  });

  test("P8 P9: the same edit keeps its bounds, another one is bounded anew", () => {
    const loMs = nowMs - 50 * minuteMs;
    const hiMs = nowMs - 40 * minuteMs;
    const same = { key: valueKey(beta), loMs, hiMs };
    expect(seen({ pending: same })[0]).toMatchObject({ loMs, hiMs });
    expect(seen({ pending: { ...same, key: valueKey(gamma) } })[0]).toMatchObject({
      loMs: scanMs - readLagMs,
      hiMs: endMs,
    });
  });

  test("P8: after a reading that showed nothing, and for one, the old lower bound stays", () => {
    const loMs = nowMs - 50 * minuteMs;
    const blind = { key: "?", loMs, hiMs: Number.MAX_SAFE_INTEGER };
    expect(seen({ pending: blind })[0]).toMatchObject({ loMs, hiMs: endMs });
    const cell = { value: beta, reading: "unknown" } as const;
    const other = { key: valueKey(gamma), loMs, hiMs: nowMs - 40 * minuteMs };
    expect(seen({ pending: other, cell })[0]).toMatchObject({ loMs });
    expect(seen({ pending: { ...other, isUnseen: true } })).toMatchObject([
      { loMs, hiMs: endMs },
      { key: valueKey(beta), loMs, hiMs: endMs },
    ]);
    expect(seen({ pending: { ...other, isUnseen: true } })[1]).not.toHaveProperty("isUnseen");
  });

  test("P8: a bound that lies after the reading itself is a clock that was set, and bounds nothing", () => {
    expect(seen({ lastScan: endMs + readLagMs })[0].loMs).toBe(endMs);
    expect(seen({ lastScan: endMs + readLagMs + 1 })[0]).toMatchObject({ loMs: 0, hiMs: endMs });
    const loMs = nowMs + 60 * minuteMs;
    const pending = { key: valueKey(beta), loMs, hiMs: endMs };
    expect(seen({ pending })[0]).toMatchObject({ loMs: 0, hiMs: endMs });
    expect(seen({ lastScan: nowMs + 60 * minuteMs })[1]).toMatchObject({ loMs: 0 });
  });

  test("P8: a stamp narrows it from above by its step and the clock's error, if it can be its own", () => {
    const stampMs = nowMs - 10 * minuteMs;
    const [found] = seen({ row: { stampMs } });
    expect(found).toMatchObject({ stampMs, hiMs: stampMs + minuteMs + clockErrorMs });
    expect(found.stampStepMs).toBe(minuteMs);
    const link = makePairLink(setup, { Name: alpha });
    const stepless = makeContext(setup, { stampSteps: { left: null, right: null } });
    const cell = { value: beta, reading: "changed" } as const;
    const one = { mapping, side: "left", cell, row: rowOf("left", beta, { stampMs }) } as const;
    const bare = interval(one, makeFacts(link, { left: null, right: null }), stepless);
    expect(bare).toMatchObject({ stampMs, stampStepMs: 0, hiMs: stampMs + clockErrorMs });
    const latest = scanMs - readLagMs - minuteMs - clockErrorMs;
    expect(seen({ row: { stampMs: latest } })[0]).toMatchObject({ stampMs: null, hiMs: endMs });
    expect(seen({ row: { stampMs: latest + 1 } })[0]).toMatchObject({ stampMs: latest + 1 });
    expect(seen({ row: { stampMs: nowMs } })[0]).toMatchObject({ stampMs: nowMs, hiMs: endMs });
    // Not known is not the year 1970: before any look, a stamp of nobody witnesses nothing.
    expect(seen({ lastScan: null, hasBase: false })[0].stampMs).toBeNull();
  });
});

describe("unseenEdit", () => {
  const unseen = (pending: PendingEdit | null, change: Partial<Link> = {}): PendingEdit | null => {
    const none = new Map();
    const left = pending === null ? none : new Map([[mapping.key, pending]]);
    const link = makePairLink(
      setup,
      { Name: alpha },
      { pending: { left, right: none }, ...change },
    );
    const at = makeContext(setup, {
      lastScans: { left: { startMs: scanMs, endMs: scanMs }, right: null },
    });
    return unseenEdit(mapping, "left", {
      facts: makeFacts(link, { left: null, right: null }),
      context: at,
    });
  };

  test("P8: a row that is not shown keeps the bound of the listing that last showed it", () => {
    const blind = { key: "?", loMs: scanMs - readLagMs, hiMs: Number.MAX_SAFE_INTEGER };
    expect(unseen(null)).toEqual(blind);
    const earlier = { ...blind, loMs: 1 };
    expect(unseen(earlier)).toBe(earlier);
    const edit = { key: valueKey(beta), loMs: 1, hiMs: 2 };
    expect(unseen(edit)).toEqual({ ...edit, isUnseen: true });
    expect(unseen({ ...edit, isUnseen: true })).toEqual({ ...edit, isUnseen: true });
  });

  test("P3: a link at rest, and a cell that agreed on nothing yet, remember nothing", () => {
    for (const state of ["archived", "tombstone", "detached"] as const)
      expect(unseen(null, { state })).toBeNull();
    expect(unseen(null, { cells: new Map() })).toBeNull();
  });
});

describe("pendingEdit", () => {
  test("P8: only an edit of a cell that has a base is remembered, and what nobody saw as such", () => {
    expect(seen({})[1]).toEqual({
      key: valueKey(beta),
      loMs: scanMs - readLagMs,
      hiMs: nowMs - 1_000,
    });
    expect(seen({ hasBase: false })[1]).toBeNull();
    expect(seen({ cell: { value: alpha, reading: "same" } })[1]).toBeNull();
    expect(seen({ cell: { value: unknown("error"), reading: "unknown" } })[1]).toEqual({
      key: "?",
      loMs: scanMs - readLagMs,
      hiMs: Number.MAX_SAFE_INTEGER,
    });
  });

  test("P22: what is remembered of one side says nothing of the other", () => {
    for (const side of sides) {
      const loMs = nowMs - 50 * minuteMs;
      const mine = { key: valueKey(beta), loMs, hiMs: loMs };
      const none = new Map();
      const pending = { left: none, right: none, [other(side)]: new Map([[mapping.key, mine]]) };
      expect(seen({ side, link: { pending } })[0].loMs).toBe(scanMs - readLagMs);
    }
  });
});
