import { describe, expect, test } from "vitest";
import {
  alpha,
  live,
  kinds,
  makeField,
  makeFold,
  makeRow,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import { makeObservation } from "../../test/fixture/observation.ts";
import { createOf, makeWork, updateOf } from "../../test/fixture/work.ts";
import type { Wanted } from "../connectors/connector.ts";
import { linkId, recordId, type LinkId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import type { RowAction } from "../core/reconcile.ts";
import type { Row } from "../core/row.ts";
import { other, sided, type Side, type Sided } from "../core/side.ts";
import type { StoreChange } from "../store/store.ts";
import type { Sending } from "./sending.ts";
import { withoutStrays } from "./stray.ts";
import { makeTally } from "./tally.ts";
import type { Work } from "./work.ts";

const fields = { Name: { kind: kinds.line } };
const extra = {
  left: [makeField("left", "Record", kinds.line)],
  right: [makeField("right", "Page", kinds.line)],
};

interface Given {
  readonly side?: Side;
  /** The link is stored: its create was sent before. */
  readonly isAgain?: boolean;
  readonly isFirstRun?: boolean;
  readonly filters?: Partial<Sided<unknown>>;
  readonly markers?: Sided<string | null>;
  readonly action?: RowAction;
  readonly link?: Partial<Link>;
  /** What carries the marker, as the service says. */
  readonly found?: readonly Row[];
  /** Links of the store besides. */
  readonly links?: readonly Link[];
}

interface Looked {
  readonly asked: readonly (readonly [Side, readonly string[], Wanted])[];
  readonly stored: readonly StoreChange[];
  readonly left: number;
  readonly waiting: number;
  readonly held: number | undefined;
  readonly link: Link | undefined;
}

async function looked(given: Given): Promise<Looked> {
  const side = given.side ?? "right";
  const markers = given.markers ?? { left: "Record", right: "Page" };
  const filters = { left: null, right: null, ...given.filters };
  const setup = setupOf({ fields, policy: { markers, filters }, extra });
  const asked: [Side, readonly string[], Wanted][] = [];
  const stored: StoreChange[] = [];
  const connectors = sided((at) => ({
    findByMarker: async (names: readonly string[], wanted: Wanted) => {
      asked.push([at, names, wanted]);
      return Promise.resolve(given.found ?? []);
    },
  }));
  const ids = { left: recordId("page-1"), right: recordId("rec1"), [side]: null };
  const link: Partial<Link> = { ids, state: "creating", cells: new Map(), ...given.link };
  const rows = {
    left: null,
    right: null,
    [other(side)]: live(makeRow(setup, other(side), { Name: alpha })),
  };
  const work = makeWork(setup, given.action ?? createOf(setup, side, ["Name"]), { link, rows });
  const known =
    given.isAgain === true ? [work.plan.link, ...(given.links ?? [])] : (given.links ?? []);
  const tally = makeTally();
  const links = new Map<LinkId, Link>();
  const store = {
    commit: async (_lease: unknown, changes: readonly StoreChange[]) => {
      stored.push(...changes);
      return Promise.resolve();
    },
  };
  const sending = {
    setup,
    fold: makeFold(setup, { toldAtMs: nowMs + 5 }),
    lease: null,
    links,
    deps: { connectors, store },
  };
  const batch: readonly Work[] = [work];
  const rest = await withoutStrays(batch, {
    sending: sending as unknown as Sending,
    observation: makeObservation({ links: known }),
    newLinks: new Set(given.isAgain === true ? [] : [work.plan.link.id]),
    tally,
    isFirstRun: given.isFirstRun ?? false,
  });
  const held = tally.holds.get("unreached");
  return {
    asked,
    stored,
    left: rest.length,
    waiting: tally.waiting,
    held,
    link: links.get(work.plan.link.id),
  };
}

describe("P12 P14: before a row is made, the service is asked for its marker", () => {
  const filter = "a filter";
  test.each<readonly [string, Given, boolean]>([
    ["where it was sent before", { isAgain: true }, true],
    ["not where nothing was sent for it, and nothing is hidden", {}, false],
    ["not at a first run that hides nothing", { isFirstRun: true }, false],
    ["where a filter on the right may hide it", { filters: { right: filter } }, true],
    ["not where the filter is on the other side", { filters: { left: filter } }, false],
    [
      "not for a page: a filter hides none whose record names none",
      { side: "left", filters: { left: filter } },
      false,
    ],
    [
      "but for one at a first run, from a store that knows nothing",
      { side: "left", filters: { left: filter }, isFirstRun: true },
      true,
    ],
    [
      "and where records name no pages",
      { side: "left", filters: { left: filter }, markers: { left: "Record", right: null } },
      true,
    ],
    ["a page that was sent before", { side: "left", isAgain: true }, true],
  ])("%s", async (_what, given, isAsked) => {
    const { asked, left, stored } = await looked(given);
    const side = given.side ?? "right";
    const marker = side === "left" ? "rec1" : "page-1";
    expect(asked.map(([at, markers]) => [at, markers])).toEqual(isAsked ? [[side, [marker]]] : []);
    expect([left, stored]).toEqual([1, []]);
  });

  test("not for an update, nor for a row that gets no marker", async () => {
    const setup = setupOf({ fields });
    expect(
      (await looked({ action: updateOf(setup, "right", ["Name"]), isAgain: true })).asked,
    ).toEqual([]);
    const bare: RowAction = { kind: "create", side: "right", cells: [], marker: null };
    expect((await looked({ action: bare, isAgain: true })).asked).toEqual([]);
  });

  test("with the filter and the marker of the side that is written", async () => {
    const { asked } = await looked({ isAgain: true, filters: { right: filter } });
    expect(asked[0]?.[2]).toEqual({ fields: ["fldName"], marker: "fldPage", filter });
  });
});

const setup = setupOf({ fields, policy: { markers: { left: "Record", right: "Page" } }, extra });
const stray = (id: string, marker: string | null = "page-1"): Row =>
  makeRow(setup, "right", { Name: alpha }, { id: recordId(id), marker });

describe("P12: a row that is there and was not listed", () => {
  test("is not made again: it waits, and is told once, by a link that remembers that", async () => {
    const found = await looked({ isAgain: true, found: [stray("rec9")] });
    expect([found.left, found.waiting, found.held]).toEqual([0, 1, 1]);
    expect(found.link).toMatchObject({
      id: "link-1",
      state: "creating",
      scopeTold: "right hidden",
    });
    expect(found.stored).toEqual([
      { kind: "link", link: found.link },
      {
        kind: "entry",
        entry: {
          run: "run-2",
          pair: setup.policy.id,
          atMs: nowMs + 5,
          body: {
            type: "problem",
            side: "right",
            ids: { left: "page-1", right: null },
            field: null,
            code: "out_of_scope",
            message:
              'The counterpart of "Alpha" is there already, but the listing does not show it yet.',
            remedy:
              "Nothing to do, unless a filter or the archive hides it: then change the row or the filter, or bring it back.",
          },
        },
      },
    ]);
    const again = await looked({
      isAgain: true,
      found: [stray("rec9")],
      link: { scopeTold: "right hidden" },
    });
    expect([again.left, again.waiting, again.held, again.stored]).toEqual([0, 1, 1, []]);
  });

  test("a link with a past keeps it, and remembers that it was told", async () => {
    const past = { state: "tombstone" } as const;
    const found = await looked({ isAgain: true, found: [stray("rec9")], link: past });
    expect(found.stored).toMatchObject([
      { kind: "link", link: { state: "tombstone", scopeTold: "right hidden" } },
      { kind: "entry" },
    ]);
    expect(found.left).toBe(0);
  });

  test("is another matter when it belongs to a link, or carries another marker", async () => {
    const owner = makeWork(setup, createOf(setup, "right", []), {
      link: { id: linkId("owner"), ids: { left: null, right: recordId("rec9") } },
    }).plan.link;
    const owned = await looked({ isAgain: true, found: [stray("rec9")], links: [owner] });
    expect([owned.left, owned.waiting, owned.stored]).toEqual([1, 0, []]);
    for (const marker of ["page-2", null]) {
      expect((await looked({ isAgain: true, found: [stray("rec9", marker)] })).left).toBe(1);
    }
  });

  test("that is there twice is told once", async () => {
    const found = await looked({ isAgain: true, found: [stray("rec8"), stray("rec9")] });
    expect([found.left, found.waiting, found.stored.length]).toEqual([0, 1, 2]);
  });
});
