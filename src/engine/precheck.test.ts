import { describe, expect, test } from "vitest";
import type { Connector } from "../connectors/connector.ts";
import {
  alpha,
  beta,
  kinds,
  live,
  makeContext,
  makeFacts,
  makeField,
  makePairLink,
  makeRow,
  mappingOf,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import { createOf, removeOf, updateOf } from "../../test/fixture/work.ts";
import type { RecordId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import { reconcile, type RowAction } from "../core/reconcile.ts";
import type { Row, RowReading } from "../core/row.ts";
import type { PairSetup } from "../core/setup.ts";
import { sided, type Side, type Sided } from "../core/side.ts";
import { empty, text, unknown } from "../core/value.ts";
import type { EngineDeps } from "./deps.ts";
import { lookBatchMax, lookedSide, precheck, type CheckResult } from "./precheck.ts";
import type { Work } from "./work.ts";

const setup = setupOf({
  fields: {
    Name: { kind: kinds.line },
    A: { kind: kinds.line },
    ToRight: { kind: kinds.line, flow: "toRight" },
    ToLeft: { kind: kinds.line, flow: "toLeft" },
  },
  policy: {
    archive: {
      left: { kind: "remove" },
      right: { kind: "mark", field: "State", value: "Archived" },
    },
  },
  extra: { right: [makeField("right", "State", kinds.line)] },
});

/** The row is written on `side`, long after anybody edited it, and looks as it was listed. */
interface Case {
  readonly side?: Side;
  /** The kind of action, or the cells of an update. */
  readonly action?: "create" | "remove" | "restore" | readonly string[];
  readonly listed?: Partial<Row>;
  readonly link?: Partial<Link>;
  readonly guards?: Partial<PairSetup["policy"]["guards"]>;
  /** What the last look shows: nothing, where the row was not touched since. */
  readonly now?: (row: Row) => RowReading;
}

function actionOf(side: Side, action: Case["action"]): RowAction {
  if (action === "restore") return { kind: "restore", side };
  if (action === "remove") return removeOf(side);
  if (action === "create") return createOf(setup, side, []);
  return updateOf(setup, side, action ?? ["A"]);
}

interface Looks {
  readonly asked: readonly (readonly [Side, readonly RecordId[], number])[];
  readonly deps: EngineDeps;
}

/** Two services whose clocks differ from ours, and what is asked of them. */
function services(fresh: Sided<ReadonlyMap<RecordId, RowReading>>): Looks {
  const asked: [Side, readonly RecordId[], number][] = [];
  const connectors = sided((side) => ({
    nowMs: () => nowMs,
    recheck: async (ids: readonly RecordId[], _wanted: unknown, sinceMs: number) => {
      asked.push([side, ids, sinceMs]);
      return Promise.resolve(fresh[side]);
    },
  }));
  const deps: Pick<EngineDeps, "nowMs"> & {
    connectors: Sided<Pick<Connector, "nowMs" | "recheck">>;
  } = {
    connectors,
    nowMs: () => nowMs + 77_000,
  };
  return { asked, deps: deps as EngineDeps };
}

const ends = sided((side) => ({ window: { startMs: nowMs - (side === "left" ? 3_000 : 5_000) } }));

async function checked(given: Case): Promise<CheckResult | undefined> {
  const side = given.side ?? "right";
  const looked = given.action === "create" ? (side === "left" ? "right" : "left") : side;
  const row = makeRow(setup, looked, { Name: alpha, A: alpha }, given.listed);
  const link = makePairLink(setup, { Name: alpha, A: alpha }, given.link);
  const rows = { left: null, right: null, [looked]: live(row) };
  const plan = { ...reconcile(makeFacts(link, rows), makeContext(setup)), rows };
  const work: Work = { plan, action: actionOf(side, given.action), conflicts: [] };
  const fresh = given.now === undefined ? [] : [[row.id, given.now(row)] as const];
  const { deps } = services({ left: new Map(), right: new Map(), [looked]: new Map(fresh) });
  const policy = { ...setup.policy, guards: { ...setup.policy.guards, ...given.guards } };
  const input = { setup: { ...setup, policy }, observation: { ends } };
  return (await precheck([work], input, deps)).results.get(work);
}

const justNow = { stampMs: nowMs - 1_000 };
const waiting = (forMs: number): Partial<Link> => {
  const edit = { key: "t:x", loMs: nowMs - forMs - 1, hiMs: nowMs - forMs };
  return { pending: { left: new Map([[mappingOf(setup, "A").key, edit]]), right: new Map() } };
};

describe("P6: a row that somebody is at work on", () => {
  test.each<readonly [string, Case, CheckResult]>([
    ["was edited by a person a moment ago", { listed: justNow }, "hot"],
    ["on the left as well", { side: "left", listed: justNow }, "hot"],
    ["was edited by nobody knows whom", { listed: { ...justNow, editedBy: "unknown" } }, "hot"],
    ["was edited by us", { listed: { ...justNow, editedBy: "us" } }, "clear"],
    ["tells no time", { listed: { stampMs: null } }, "clear"],
    ["is at rest for a moment less than the limit", { listed: { stampMs: nowMs - 89_999 } }, "hot"],
    ["is at rest for as long as the limit", { listed: { stampMs: nowMs - 90_000 } }, "clear"],
    ["where nobody is waited for", { listed: justNow, guards: { hotRowMs: 0 } }, "clear"],
    [
      "shows our own last write",
      { listed: justNow, link: { ownStamps: { left: null, right: nowMs - 1_000 } } },
      "clear",
    ],
    [
      "was edited after our own last write",
      { listed: justNow, link: { ownStamps: { left: null, right: nowMs - 1_001 } } },
      "hot",
    ],
    [
      "has our last write on the other side",
      { listed: justNow, link: { ownStamps: { left: nowMs, right: null } } },
      "hot",
    ],
    ["gets a cell that its side only receives", { listed: justNow, action: ["ToRight"] }, "clear"],
    [
      "gets one that the left only receives",
      { side: "left", listed: justNow, action: ["ToLeft"] },
      "clear",
    ],
    ["gets one that its side alone sends", { listed: justNow, action: ["ToLeft"] }, "hot"],
    ["gets one of each", { listed: justNow, action: ["ToRight", "A"] }, "hot"],
    ["gets its marker alone", { listed: justNow, action: [] }, "clear"],
    ["is copied to the other side", { listed: justNow, action: "create" }, "clear"],
    ["is put away", { listed: justNow, action: "remove" }, "clear"],
    [
      "shows at the last look alone that it was edited",
      { now: (row) => live({ ...row, ...justNow }) },
      "hot",
    ],
  ])("%s", async (_what, given, expected) => {
    expect(await checked(given)).toBe(expected);
  });

  test.each([
    [599_999, "hot"],
    [600_000, "clear"],
  ] as const)(
    "is written to after the other side's edit waited %i ms: %s",
    async (forMs, expected) => {
      const row = makeRow(setup, "right", { Name: alpha, A: alpha }, justNow);
      const source = makeRow(setup, "left", { Name: alpha, A: beta }, { stampMs: nowMs - forMs });
      const link = makePairLink(
        setup,
        { Name: alpha, A: alpha, ToRight: empty, ToLeft: empty },
        waiting(forMs),
      );
      const facts = makeFacts(link, { left: live(source), right: live(row) });
      const plan = reconcile(facts, makeContext(setup));
      const edit = { key: "t:Beta", loMs: 0, hiMs: nowMs - forMs };
      const cells = plan.cells.map((cell) => ({ ...cell, pending: { left: edit, right: null } }));
      const work: Work = {
        plan: { ...plan, cells },
        action: actionOf("right", ["A"]),
        conflicts: [],
      };
      const { deps } = services({ left: new Map(), right: new Map() });
      const { results } = await precheck([work], { setup, observation: { ends } }, deps);
      expect(results.get(work)).toBe(expected);
    },
  );
});

const withCell = (row: Row, name: string, value = beta): RowReading => {
  const field =
    name === "State" ? setup.marks.right?.field.id : mappingOf(setup, name).fields.right.id;
  const cells = new Map(row.cells);
  if (field !== undefined) cells.set(field, value);
  return live({ ...row, cells });
};

describe("P6: a row that is not as it was planned", () => {
  test.each<readonly [string, Case, CheckResult]>([
    ["looks as before", { now: (row) => live(row) }, "clear"],
    [
      "shows another value in the cell that is written",
      { now: (row) => withCell(row, "A") },
      "moved",
    ],
    ["shows another value in any other cell", { now: (row) => withCell(row, "Name") }, "moved"],
    [
      "shows a cell that cannot be read",
      { now: (row) => withCell(row, "A", unknown("error")) },
      "moved",
    ],
    [
      "has another title and the same cells",
      { now: (row) => live({ ...row, title: "x" }) },
      "clear",
    ],
    ["lies in the trash", { now: (row) => ({ state: "trashed", row }) }, "moved"],
    ["is gone", { now: () => ({ state: "gone", evidence: "404" }) }, "moved"],
    ["has left the table", { now: (row) => ({ state: "left", why: "moved", row }) }, "moved"],
    ["cannot be read", { now: () => ({ state: "unknown", why: "busy" }) }, "moved"],
    [
      "is to be removed and was edited",
      { action: "remove", now: (row) => withCell(row, "A") },
      "moved",
    ],
    [
      "is to be copied and is gone",
      { action: "create", now: () => ({ state: "gone", evidence: "404" }) },
      "moved",
    ],
    [
      "is brought back, whatever it shows",
      { action: "restore", now: (row) => withCell(row, "A") },
      "clear",
    ],
  ])("%s", async (_what, given, expected) => {
    expect(await checked(given)).toBe(expected);
  });

  test("shows another archive mark, which is no mapped cell", async () => {
    const mark = setup.marks.right?.field.id;
    const base = makeRow(setup, "right", { Name: alpha, A: alpha });
    const listed = { cells: new Map(base.cells) };
    if (mark !== undefined) listed.cells.set(mark, text("Doing"));
    const now = (value: string) => (row: Row) => withCell(row, "State", text(value));
    expect(await checked({ listed, now: now("Doing") })).toBe("clear");
    expect(await checked({ listed, now: now("Waiting") })).toBe("moved");
    // One that was not asked for tells nothing.
    expect(await checked({ now: now("Waiting") })).toBe("clear");
  });
});

test("each side is asked once, for its own rows, about what happened since its listing began", async () => {
  const link = makePairLink(setup, { Name: alpha });
  const plan = reconcile(makeFacts(link, { left: null, right: null }), makeContext(setup));
  const works = [
    actionOf("left", ["A"]),
    actionOf("right", ["A"]),
    actionOf("right", "create"),
    actionOf("left", "create"),
  ].map((action): Work => ({ plan, action, conflicts: [] }));
  const { asked, deps } = services({ left: new Map(), right: new Map() });
  const { lookedAtMs } = await precheck(works, { setup, observation: { ends } }, deps);
  expect(asked).toEqual([
    ["left", ["page-1", "page-1"], nowMs - 3_000],
    ["right", ["rec1", "rec1"], nowMs - 5_000],
  ]);
  // Measured by our own clock, which the time of the write is held against.
  expect(lookedAtMs).toBe(nowMs + 77_000);
  expect(works.map(lookedSide)).toEqual(["left", "right", "left", "right"]);
});

test("nobody is asked about nothing, and a look is as long as a listing by ids can be", async () => {
  const { asked, deps } = services({ left: new Map(), right: new Map() });
  await precheck([], { setup, observation: { ends } }, deps);
  expect(asked).toEqual([]);
  expect(lookBatchMax).toEqual({ left: 30, right: 100 });
});
