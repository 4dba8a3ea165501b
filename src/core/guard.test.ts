// Guards at their exact limits: the last amount that passes, the first that halts, and what a
// release lets through.
import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  live,
  makeContext,
  makeFacts,
  makePairLink,
  makePolicy,
  makeRow,
  makeSmallSetup,
  setupOf,
  type Cells,
} from "../../test/fixture/pair.ts";
import { amountOf, guardListing, guardPlan, limitFor, type ListingFacts } from "./guard.ts";
import { recordId } from "./ids.ts";
import { reconcile, type RowPlan } from "./reconcile.ts";
import type { PairSetup } from "./setup.ts";
import { other, sided, sides, type Side } from "./side.ts";
import { boolean, empty, text } from "./value.ts";
import type { HaltEntry } from "./entry.ts";

const policy = makePolicy();
const setup = makeSmallSetup();
const base: Cells = { Name: alpha };

const times = (count: number, plan: RowPlan): readonly RowPlan[] =>
  Array.from({ length: count }, () => plan);

/** A row that is removed on one side and put away on the other. */
function removal(side: Side): RowPlan {
  const row = live(makeRow(setup, side, base));
  const gone = { state: "gone", evidence: "" } as const;
  const rows = side === "left" ? { left: row, right: gone } : { left: gone, right: row };
  const link = makePairLink(setup, { Name: alpha, Status: empty });
  return reconcile(makeFacts(link, rows), makeContext(setup));
}

function creation(side: Side): RowPlan {
  const row = live(makeRow(setup, other(side), base));
  const rows = side === "left" ? { left: null, right: row } : { left: row, right: null };
  const ids =
    side === "left"
      ? { left: null, right: recordId("rec1") }
      : { left: recordId("page-1"), right: null };
  const link = makePairLink(setup, {}, { state: "creating", ids });
  return reconcile(makeFacts(link, rows), makeContext(setup));
}

function edit(side: Side, cells: Cells, at: PairSetup = setup): RowPlan {
  const shown = (one: Side): Cells => (one === side ? cells : base);
  const rows = sided((one) => live(makeRow(at, one, shown(one))));
  const link = makePairLink(at, { Name: alpha, Status: empty });
  return reconcile(makeFacts(link, rows), makeContext(at));
}

const planHalt = (
  plans: readonly RowPlan[],
  liveLinks: number,
  approved: Parameters<typeof guardPlan>[2] = [],
): HaltEntry | null => guardPlan({ plans, liveLinks, isFirstRun: false }, policy, approved);

describe("limitFor", () => {
  test("is the floor in small tables, the share in large ones, and never above the cap", () => {
    const limit = { percent: 5, floor: 3, cap: 100 };
    expect(
      [0, 10, 60, 79, 80, 1_999, 2_000, 2_020, 100_000].map((n) => limitFor(limit, n)),
    ).toEqual([3, 3, 3, 3, 4, 99, 100, 100, 100]);
    expect(limitFor({ ...limit, cap: null }, 100_000)).toBe(5_000);
    expect(limitFor({ ...limit, cap: 2 }, 10)).toBe(2);
  });
});

describe("P24: removals", () => {
  test.each(sides)("as many as the limit pass, one more halts: %s", (side) => {
    expect(planHalt(times(3, removal(side)), 10)).toBeNull();
    expect(planHalt(times(4, removal(side)), 10)).toMatchObject({
      guard: "maxRemove",
      counts: { removals: 4, limit: 3, linked: 10 },
    });
    expect(planHalt(times(100, removal(side)), 1_000_000)).toBeNull();
    expect(planHalt(times(101, removal(side)), 1_000_000)).toMatchObject({ guard: "maxRemove" });
  });

  test("each side has its own limit", () => {
    const plans = [...times(3, removal("left")), ...times(3, removal("right"))];
    expect(planHalt(plans, 10)).toBeNull();
  });

  test("a release lets pass what was looked at, and no more, for its own guard alone", () => {
    const plans = times(8, removal("left"));
    const halt = planHalt(plans, 10);
    expect(halt === null ? null : amountOf(halt)).toBe(8);
    expect(planHalt(plans, 10, [{ guard: "maxRemove", amountMax: 8 }])).toBeNull();
    expect(planHalt(plans, 10, [{ guard: "maxRemove", amountMax: 7 }])).not.toBeNull();
    expect(planHalt(plans, 10, [{ guard: "maxCreate", amountMax: 99 }])).not.toBeNull();
  });

  test("rows that cannot be put away, for want of a way, do not count", () => {
    const silent = makeSmallSetup({ policy: { archive: { left: null, right: null } } });
    const row = live(makeRow(silent, "left", base));
    const link = makePairLink(silent, { Name: alpha, Status: empty });
    const rows = { left: row, right: { state: "gone", evidence: "" } as const };
    const plan = reconcile(makeFacts(link, rows), makeContext(silent));
    expect(plan.isArchiveMissing).toBe(true);
    expect(planHalt(times(4, plan), 10)).toBeNull();
  });
});

describe("creates", () => {
  test.each(sides)("as many as the limit pass, one more halts: %s", (side) => {
    expect(planHalt(times(25, creation(side)), 10)).toBeNull();
    expect(planHalt(times(26, creation(side)), 10)).toMatchObject({ guard: "maxCreate" });
    expect(planHalt(times(200, creation(side)), 1_000)).toBeNull();
    expect(planHalt(times(201, creation(side)), 1_000)).toMatchObject({ counts: { limit: 200 } });
  });

  test("each side has its own limit, and its own release", () => {
    const plans = [...times(25, creation("left")), ...times(25, creation("right"))];
    expect(planHalt(plans, 10)).toBeNull();
    const many = times(26, creation("left"));
    expect(planHalt(many, 10, [{ guard: "maxCreate", amountMax: 26 }])).toBeNull();
    expect(planHalt(many, 10, [{ guard: "maxCreate", amountMax: 25 }])).not.toBeNull();
    expect(planHalt(many, 10, [{ guard: "maxRemove", amountMax: 99 }])).not.toBeNull();
  });

  test("the first run may create as many as there are", () => {
    const plans = times(5_000, creation("right"));
    expect(guardPlan({ plans, liveLinks: 0, isFirstRun: true }, policy, [])).toBeNull();
  });
});

describe("what a halt says", () => {
  const remedy = (meant: string, guard: string): string =>
    `Look at \`tandem plan\`. If the ${meant} meant, let the run through with \`tandem pair release product-specs\`, or raise guards.${guard}.`;

  test.each([
    ["left", "Notion"],
    ["right", "Airtable"],
  ] as const)("removals and creates name the side they would happen on: %s", (side, name) => {
    const removals = planHalt(times(4, removal(side)), 10);
    expect(removals).toEqual({
      type: "halt",
      guard: "maxRemove",
      message: `4 of 10 linked rows were removed, and 4 rows in ${name} would be put away; the limit is 3.`,
      remedy: remedy("removals are", "maxRemove"),
      counts: { removals: 4, limit: 3, linked: 10 },
    });
    const creates = planHalt(times(26, creation(side)), 10);
    expect(creates).toEqual({
      type: "halt",
      guard: "maxCreate",
      message: `26 rows would be created in ${name}; the limit is 25.`,
      remedy: remedy("new rows are", "maxCreate"),
      counts: { creates: 26, limit: 25, linked: 10 },
    });
  });

  test.each([
    ["left", "Notion", "Name"],
    ["right", "Airtable", "Title"],
  ] as const)("bulk edits name the field as the edited side calls it: %s", (side, name, field) => {
    const named = {
      ...setup,
      mappings: setup.mappings.map(({ fields, ...rest }) => {
        const right = { ...fields.right, name: fields.right.name === "Name" ? "Title" : "Status" };
        return { ...rest, fields: { ...fields, right } };
      }),
    };
    expect(planHalt(times(21, edit(side, { Name: beta }, named)), 30)).toEqual({
      type: "halt",
      guard: "massChange",
      message: `"${field}" was changed in 21 rows in ${name}; the limit is 20.`,
      remedy: remedy("edit is", "massChange"),
      counts: { rows: 21, limit: 20, linked: 30 },
    });
    expect(planHalt(times(6, edit(side, { Name: empty }, named)), 30)).toEqual({
      type: "halt",
      guard: "massBlank",
      message: `"${field}" was emptied in 6 rows in ${name}; the limit is 5.`,
      remedy: remedy("edit is", "massBlank"),
      counts: { rows: 6, limit: 5, linked: 30 },
    });
  });

  test.each([
    ["left", "Notion"],
    ["right", "Airtable"],
  ] as const)("a short listing names the side and both numbers: %s", (side, name) => {
    const halt = (count: number): HaltEntry | null =>
      guardListing(
        {
          liveLinks: 20,
          seen: { left: 20, right: 20, [side]: count },
          isComplete: { left: true, right: true },
        },
        policy,
        [],
      );
    const said = {
      type: "halt",
      guard: "emptySide",
      remedy:
        "Check that the table, its sharing and the filter are as they should be. If the rows were really removed, let the run through with `tandem pair release product-specs`.",
    };
    expect(halt(9)).toEqual({
      ...said,
      message: `The table in ${name} came back with 9 of 20 linked rows.`,
      counts: { linked: 20, seen: 9, missing: 11 },
    });
    expect(halt(0)).toEqual({
      ...said,
      message: `The table in ${name} came back empty, although 20 rows were linked.`,
      counts: { linked: 20, seen: 0, missing: 20 },
    });
  });

  test("P24: a release is measured by what the halted run wanted, whichever guard it was", () => {
    const wanted = (halt: HaltEntry | null): number | null => halt && amountOf(halt);
    expect(wanted(planHalt(times(4, removal("left")), 10))).toBe(4);
    expect(wanted(planHalt(times(26, creation("left")), 10))).toBe(26);
    expect(wanted(planHalt(times(21, edit("left", { Name: beta })), 30))).toBe(21);
    expect(wanted(planHalt(times(6, edit("left", { Name: empty })), 30))).toBe(6);
    const facts = { liveLinks: 20, seen: { left: 3, right: 20 } };
    const short = guardListing({ ...facts, isComplete: { left: true, right: true } }, policy, []);
    expect(wanted(short)).toBe(17);
    const bare = { type: "halt", guard: "maxRemove", message: "", remedy: "", counts: {} } as const;
    expect(() => amountOf(bare)).toThrow("a maxRemove halt without its count");
  });
});

describe("bulk edits", () => {
  test("a field changed in more than half the rows, and in more than a few, halts", () => {
    const plan = edit("right", { Name: beta });
    expect(planHalt(times(20, plan), 30)).toBeNull();
    expect(planHalt(times(21, plan), 30)).toMatchObject({
      guard: "massChange",
      counts: { rows: 21 },
    });
    expect(planHalt(times(50, plan), 100)).toBeNull();
    expect(planHalt(times(51, plan), 100)).toMatchObject({ guard: "massChange" });
    expect(planHalt(times(51, plan), 100, [{ guard: "massChange", amountMax: 51 }])).toBeNull();
  });

  test("a field emptied in a tenth of the rows halts sooner", () => {
    const plan = edit("left", { Name: empty });
    expect(planHalt(times(5, plan), 30)).toBeNull();
    expect(planHalt(times(6, plan), 30)).toMatchObject({ guard: "massBlank", counts: { rows: 6 } });
    expect(planHalt(times(10, plan), 100)).toBeNull();
    expect(planHalt(times(11, plan), 100)).toMatchObject({ guard: "massBlank" });
    expect(planHalt(times(11, plan), 100, [{ guard: "massBlank", amountMax: 11 }])).toBeNull();
  });

  test("edits that are not carried over, and fields that are filled, change nothing", () => {
    const waiting = setupOf({
      fields: { Name: { kind: kinds.line, owner: "ask" }, Status: { kind: kinds.choice } },
    });
    const rows = (cells: Cells): RowPlan["rows"] => ({
      left: live(makeRow(waiting, "left", cells)),
      right: live(makeRow(waiting, "right", { Name: text("gamma") })),
    });
    const context = makeContext(waiting);
    const held = reconcile(
      makeFacts(makePairLink(waiting, { Name: alpha, Status: empty }), rows({ Name: beta })),
      context,
    );
    expect(held.cells[0]?.decision).toMatchObject({ act: "hold", why: "ask" });
    expect(planHalt(times(500, held), 30)).toBeNull();
    const fresh = reconcile(makeFacts(makePairLink(waiting, {}), rows({})), context);
    expect(fresh.cells[0]?.decision).toMatchObject({ act: "write", rule: "F16" });
    expect(planHalt(times(500, fresh), 30)).toBeNull();
  });

  test("what was blank before was not emptied", () => {
    const ticks = setupOf({ fields: { Name: { kind: kinds.tick } } });
    const link = makePairLink(ticks, { Name: { left: empty, right: boolean(false) } });
    const rows = {
      left: live(makeRow(ticks, "left", { Name: boolean(false) })),
      right: live(makeRow(ticks, "right", { Name: boolean(true) })),
    };
    const plan = reconcile(makeFacts(link, rows), makeContext(ticks));
    expect(plan.cells[0]).toMatchObject({ decision: { act: "write", rule: "F9" } });
    expect(planHalt(times(6, plan), 30)).toBeNull();
  });

  test("fields and sides are counted apart; rows in step do not count", () => {
    const plans = [
      ...times(20, edit("left", { Name: beta })),
      ...times(20, edit("right", { Name: beta })),
      ...times(500, edit("left", base)),
    ];
    expect(planHalt(plans, 30)).toBeNull();
  });
});

describe("listings", () => {
  const facts = (change: Partial<ListingFacts> = {}): ListingFacts => ({
    liveLinks: 20,
    seen: { left: 20, right: 20 },
    isComplete: { left: true, right: true },
    ...change,
  });
  const halt = (change: Partial<ListingFacts>): HaltEntry | null =>
    guardListing(facts(change), policy, []);

  test("P10: a side that comes back empty, or with less than half, halts", () => {
    expect(halt({})).toBeNull();
    for (const side of sides) {
      const seen = (count: number): Partial<ListingFacts> => ({
        seen: { left: 20, right: 20, [side]: count },
      });
      expect(halt(seen(10))).toBeNull();
      expect(halt(seen(9))).toMatchObject({ guard: "emptySide", counts: { missing: 11 } });
      expect(halt(seen(0))?.message).toContain("empty");
    }
  });

  test("small tables halt only when they are empty; one row may go", () => {
    const few = (liveLinks: number, left: number): Partial<ListingFacts> => ({
      liveLinks,
      seen: { left, right: liveLinks },
    });
    expect(halt(few(9, 1))).toBeNull();
    expect(halt(few(10, 4))).not.toBeNull();
    expect(halt(few(2, 0))).not.toBeNull();
    expect(halt(few(1, 0))).toBeNull();
    expect(halt(few(0, 0))).toBeNull();
  });

  test("an incomplete listing proves nothing, and so does not halt", () => {
    const seen = { left: 0, right: 20 };
    expect(halt({ seen, isComplete: { left: false, right: true } })).toBeNull();
  });

  test("a filter empties a listing by itself, and ignored removals need no guard", () => {
    const left = facts({ seen: { left: 0, right: 20 } });
    const filtered = (filters: { left: unknown; right: unknown }): HaltEntry | null =>
      guardListing(left, makePolicy({ filters }), []);
    expect(filtered({ left: { property: "Done" }, right: null })).toBeNull();
    expect(filtered({ left: null, right: "{Done}" })).not.toBeNull();
    expect(filtered({ left: undefined, right: null })).not.toBeNull();
    expect(guardListing(left, makePolicy({ deletes: "ignore" }), [])).toBeNull();
    expect(guardListing(left, makePolicy({ deletes: "delete" }), [])).not.toBeNull();
  });

  test("it can be switched off, and released up to what was looked at", () => {
    const off = makePolicy({ guards: { ...policy.guards, emptySide: "off" } });
    const emptied = facts({ seen: { left: 0, right: 20 } });
    expect(guardListing(emptied, off, [])).toBeNull();
    expect(guardListing(emptied, policy, [{ guard: "emptySide", amountMax: 20 }])).toBeNull();
    expect(guardListing(emptied, policy, [{ guard: "emptySide", amountMax: 19 }])).not.toBeNull();
  });
});
