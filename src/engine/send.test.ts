import { describe, expect, test } from "vitest";
import {
  alpha,
  beta,
  kinds,
  makeField,
  makeFold,
  makePairLink,
  makeRow,
  mappingOf,
  nowMs,
  setupOf,
} from "../../test/fixture/pair.ts";
import { createOf, makeWork, removeOf, updateOf } from "../../test/fixture/work.ts";
import type { Connector, WriteOutcome } from "../connectors/connector.ts";
import { linkId, opId, recordId, type LinkId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import type { RowAction } from "../core/reconcile.ts";
import type { Kind } from "../core/schema.ts";
import type { PairSetup } from "../core/setup.ts";
import { sided, type Side } from "../core/side.ts";
import { day, instant, text } from "../core/value.ts";
import { SyncError, type ErrorCode } from "../errors.ts";
import type { Lease, StoreChange } from "../store/store.ts";
import type { LinkFate } from "./journal.ts";
import { send } from "./send.ts";
import type { Sending, Sent } from "./sending.ts";
import type { Work } from "./work.ts";

const fields = { Name: { kind: kinds.line }, A: { kind: kinds.line } };
const marked = setupOf({
  fields,
  policy: { markers: { left: "Record", right: "Page" } },
  extra: {
    left: [makeField("left", "Record", kinds.line)],
    right: [makeField("right", "Page", kinds.line)],
  },
});

/** A pair that stamps what it writes on the right. */
const stamping = (kind: Kind): PairSetup =>
  setupOf({
    fields,
    policy: { lastSynced: { left: null, right: "Synced" } },
    extra: { right: [makeField("right", "Synced", kind)] },
  });

const lease: Lease = { name: "pair", token: 7 };
const done = (id = "rec1"): WriteOutcome => ({
  kind: "done",
  row: makeRow(marked, "right", { Name: alpha, A: beta }, { id: recordId(id) }),
  wasCreated: true,
});
const lost: WriteOutcome = { kind: "unknown", message: "no answer", hint: null };

interface Given {
  readonly setup?: PairSetup;
  readonly answer?: readonly WriteOutcome[] | Error;
  readonly change?: Partial<Sending>;
}

type Event = readonly [string, ...(readonly unknown[])];

/** What happens, in its order: transactions with their lease, and calls. */
async function sent(works: readonly Work[], given: Given = {}) {
  const setup = given.setup ?? marked;
  const events: Event[] = [];
  let ops = 0;
  const call =
    (name: string) =>
    async (asked: unknown, wanted: unknown): Promise<readonly WriteOutcome[]> => {
      events.push([name, asked, wanted]);
      const { answer = works.map(() => done()) } = given;
      if (answer instanceof Error) throw answer;
      return Promise.resolve(answer);
    };
  const connectors = sided((side): Partial<Connector> => ({
    nowMs: () => nowMs + (side === "left" ? 5_400 : 1_234),
    create: call(`create ${side}`),
    update: call(`update ${side}`),
    remove: call(`remove ${side}`),
    restore: call(`restore ${side}`),
  }));
  const store = {
    commit: async (by: Lease | null, changes: readonly StoreChange[]) => {
      events.push(["store", by, changes]);
      return Promise.resolve();
    },
  };
  const ids = {
    op: () => {
      ops += 1;
      return opId(`op-${ops}`);
    },
  };
  const sending = {
    setup,
    fold: makeFold(setup),
    lease,
    quarantine: new Map(),
    attempts: new Map(),
    words: new Map(),
    links: new Map<LinkId, Link>(),
    deps: { connectors, store, ids, digest: (content: string) => content },
    ...given.change,
  } as unknown as Sending;
  let failure: unknown = null;
  const results = await send(works, sending).catch((error: unknown): readonly Sent[] => {
    failure = error;
    return [];
  });
  return { events, results, failure, links: sending.links };
}

const kindsOf = ([, , changes]: Event): readonly string[] =>
  (changes as readonly StoreChange[]).map(({ kind }) => kind);

function workOf(action: RowAction, id = "link-1", change: Partial<Link> = {}): Work {
  return makeWork(marked, action, { link: { id: linkId(id), ...change } });
}

const creating = { ids: { left: recordId("page-1"), right: null }, state: "creating" } as const;

describe("P12 P16: a call lies between two transactions under the run's lease", () => {
  test("the journal, the call, and what came of it", async () => {
    const works = [
      workOf(updateOf(marked, "right", ["A"]), "a"),
      workOf(updateOf(marked, "right", ["A"]), "b"),
    ];
    const { events, results, links } = await sent(works, { answer: [done(), lost] });
    expect(events.map(([name, by]) => (name === "store" ? [name, by] : [name]))).toEqual([
      ["store", lease],
      ["update right"],
      ["store", lease],
    ]);
    const [journal, , stored] = events;
    expect(journal?.[2]).toMatchObject([
      {
        kind: "intent",
        intent: { id: "op-1", link: "a", sentAtMs: nowMs + 1_234, attempt: 1, run: "run-2" },
      },
      {
        kind: "intent",
        intent: { id: "op-2", link: "b", sentAtMs: nowMs + 1_234, attempt: 1, run: "run-2" },
      },
    ]);
    expect(stored === undefined ? [] : kindsOf(stored)).toEqual([
      "link",
      "entry",
      "intent-drop",
      "intent",
      "entry",
    ]);
    expect(
      results.map(({ work, intent, outcome, link }) => [work, intent.id, outcome, link.id]),
    ).toEqual([
      [works[0], "op-1", done(), "a"],
      [works[1], "op-2", lost, "b"],
    ]);
    // The next call of the run starts from what this one came to.
    expect([...links.values()]).toEqual(results.map(({ link }) => link));
  });

  test("a link that waits for its counterpart is stored with the journal of its create", async () => {
    const { events } = await sent([
      workOf(createOf(marked, "right", ["A"]), "a", { ...creating, state: "tombstone" }),
    ]);
    expect(events[0]?.[2]).toMatchObject([
      { kind: "link", link: { id: "a", state: "creating" } },
      { kind: "intent", intent: { link: "a", kind: "create", target: null } },
    ]);
  });

  test("a row that an earlier call of the run has changed is taken as it is now", async () => {
    const now = makePairLink(
      marked,
      {},
      { id: linkId("a"), ids: { left: recordId("page-1"), right: recordId("rec7") } },
    );
    const links = new Map([[now.id, now]]);
    const { events } = await sent([workOf(updateOf(marked, "right", ["A"]), "a")], {
      change: { links },
    });
    expect(events[1]?.[1]).toMatchObject([{ id: "rec7" }]);
  });
});

describe("what a service is handed", () => {
  const a = mappingOf(marked, "A").fields.right.id;
  const wanted = { fields: ["fldName", "fldA"], marker: "fldPage", filter: null };

  test("an update: the row, its cells, and a new marker where there is one", async () => {
    const works = [
      workOf(updateOf(marked, "right", ["A"])),
      workOf(updateOf(marked, "right", [], { marker: "page-9" })),
    ];
    expect((await sent(works)).events[1]).toEqual([
      "update right",
      [
        { id: "rec1", cells: new Map([[a, beta]]) },
        { id: "rec1", cells: new Map([["fldPage", text("page-9")]]) },
      ],
      wanted,
    ]);
  });

  test("a create: a handle, the cells, the marker apart, and whether it is the first try", async () => {
    const works = ["a", "b"].map((id) => workOf(createOf(marked, "right", ["A"]), id, creating));
    const attempts = new Map([[linkId("b"), 2]]);
    const { events } = await sent(works, { change: { attempts } });
    const create = { cells: new Map([[a, beta]]), marker: "page-1" };
    expect(events[1]).toEqual([
      "create right",
      [
        { ...create, ref: "op-1", isFirst: true },
        { ...create, ref: "op-2", isFirst: false },
      ],
      wanted,
    ]);
    expect(events[0]?.[2]).toMatchObject([
      {},
      {},
      { intent: { attempt: 1 } },
      { intent: { attempt: 3 } },
    ]);
  });

  test.each<readonly [RowAction, string, readonly string[]]>([
    [removeOf("left"), "remove left", ["page-1"]],
    [removeOf("right"), "remove right", ["rec1"]],
    [{ kind: "restore", side: "left" }, "restore left", ["page-1"]],
    [{ kind: "restore", side: "right" }, "restore right", ["rec1"]],
  ])("%o: the rows alone", async (action, name, ids) => {
    const [, call] = (await sent([workOf(action)])).events;
    expect(call?.slice(0, 2)).toEqual([name, ids]);
  });

  test.each<readonly [string, Kind, unknown]>([
    ["a day", kinds.day, day("2026-06-15")],
    ["an instant", kinds.instant, instant(nowMs + 1_000)],
    ["a time that may be left out", kinds.date, instant(nowMs + 1_000)],
    ["a text", kinds.line, text("2026-06-15T12:00:01.000Z")],
  ])(
    "the time of the call on the service's clock, in whole seconds, where a field keeps it: %s",
    async (_what, kind, stamp) => {
      const setup = stamping(kind);
      const cells = new Map<unknown, unknown>([
        ["fldA", beta],
        ["fldSynced", stamp],
      ]);
      const update = await sent([workOf(updateOf(setup, "right", ["A"]))], { setup });
      expect(update.events[1]?.[1]).toEqual([{ id: "rec1", cells }]);
      const create = await sent([workOf(createOf(setup, "right", ["A"]), "a", creating)], {
        setup,
      });
      expect(create.events[1]?.[1]).toMatchObject([{ cells }]);
      // Only on its own side.
      const left = await sent([workOf(updateOf(setup, "left", ["A"]))], { setup });
      expect(left.events[1]?.[1]).toEqual([{ id: "page-1", cells: new Map([["a", beta]]) }]);
    },
  );
});

test("rows that are to part, or to join, are journaled so", async () => {
  const parting = removeOf("left");
  const joining = removeOf("left");
  const fates = new Map<RowAction, LinkFate>([
    [parting, "part"],
    [joining, "join"],
  ]);
  const works = [parting, joining, removeOf("left")].map((action) => workOf(action));
  const { events } = await sent(works, { change: { fates } });
  const intents = ((events[0]?.[2] ?? []) as readonly StoreChange[]).flatMap((one) =>
    one.kind === "intent" ? [one.intent] : [],
  );
  expect(intents.map(({ isParting, isJoining }) => [isParting, isJoining])).toEqual([
    [true, undefined],
    [false, true],
    [false, undefined],
  ]);
});

describe("P14: a call that throws", () => {
  const failing = async (error: Error) => {
    const works = ["a", "b"].map((id) => workOf(updateOf(marked, "right", ["A"]), id));
    const { events, failure } = await sent(works, { answer: error });
    expect(failure).toBe(error);
    return events.slice(2);
  };
  const dropped: readonly ErrorCode[] = [
    "unauthorized",
    "forbidden",
    "not_shared",
    "rate_limited",
    "schema_changed",
  ];

  test.each(dropped)("with %s was surely not done: nothing is left in doubt", async (code) => {
    const drops = ["op-1", "op-2"].map((id) => ({ kind: "intent-drop", id }));
    expect(await failing(new SyncError({ code, message: "no", remedy: "" }))).toEqual([
      ["store", lease, drops],
    ]);
  });

  test.each(["unavailable", "aborted", "lease_lost"] as const)(
    "with %s may have been done: the journal stays",
    async (code) => {
      expect(await failing(new SyncError({ code, message: "no", remedy: "" }))).toEqual([]);
    },
  );

  test("with any other error may have been done as well", async () => {
    expect(await failing(new TypeError("cut off"))).toEqual([]);
  });
});

test.each<Side>(["left", "right"])(
  "the clock of the service that is written is asked: %s",
  async (side) => {
    const { results } = await sent([workOf(updateOf(marked, side, ["A"]))]);
    expect(results[0]?.intent.sentAtMs).toBe(nowMs + (side === "left" ? 5_400 : 1_234));
  },
);
