// What every store must do, whatever database lies under it. Called with a way to make an empty store
// whose clock the test holds.
import { afterEach, describe, expect, test } from "vitest";

import { InvariantError } from "../../src/core/assert.ts";
import { fieldId, linkId, opId, pairId, recordId, runId } from "../../src/core/ids.ts";
import type { Lease, Store, StoreChange } from "../../src/store/store.ts";
import * as values from "../../src/core/value.ts";
import {
  changeBody,
  counts,
  everyValue,
  makeCell,
  makeConflict,
  makeEntry,
  makeIntent,
  makeLink,
  makePair,
  makeQuarantine,
  makeRun,
  makeSink,
  pair,
  runBody,
  title,
} from "../fixture/store.ts";

export interface StoreUnderTest {
  readonly store: Store;
  readonly clock: { nowMs: number };
}

export function storeContract(make: () => Promise<StoreUnderTest>): void {
  let open: Store[] = [];
  const start = async (): Promise<StoreUnderTest> => {
    const made = await make();
    open.push(made.store);
    return made;
  };
  afterEach(async () => {
    for (const store of open) await store.close();
    open = [];
  });

  describe("links", () => linkTests(start));
  describe("the rest of the state", () => stateTests(start));
  describe("a commit", () => commitTests(start));
  describe("leases", () => leaseTests(start));
  describe("the audit log", () => drainTests(start));
  describe("housekeeping", () => tidyTests(start));
}

type Start = () => Promise<StoreUnderTest>;

const change = {
  link: (link: ReturnType<typeof makeLink>): StoreChange => ({ kind: "link", link }),
  entry: (entry = makeEntry()): StoreChange => ({ kind: "entry", entry }),
};

async function take(store: Store, name: string, holder = "me"): Promise<Lease> {
  const lease = await store.takeLease(name, holder);
  if ("heldBy" in lease) throw new Error(`held by ${lease.heldBy}`);
  return lease;
}

function linkTests(start: Start): void {
  test("a link comes back as it was saved, with values of every kind", async () => {
    const { store } = await start();
    const known = Object.entries(everyValue).filter(([kind]) => kind !== "unknown");
    const link = makeLink("a", {
      archival: {
        side: "right",
        how: {
          kind: "marked",
          field: fieldId("f"),
          before: values.choice("Open"),
          value: values.choice("Archived"),
        },
      },
      state: "archived",
      cells: new Map([
        ...known.map(
          ([kind, value]) =>
            [
              kind as typeof title,
              makeCell({
                left: value,
                right: value,
                previous: { left: value, right: value },
                replaced: { side: "left", value },
              }),
            ] as const,
        ),
        [title, makeCell({ lossySide: "right", rev: 7 })],
      ]),
      pending: {
        left: new Map([[title, { key: "t:x", loMs: 1, hiMs: 2 }]]),
        right: new Map([[title, { key: "t:y", loMs: 3, hiMs: 4, isUnseen: true }]]),
      },
      isFlagged: true,
    });
    await store.commit(null, [change.link(link)]);
    expect(await store.loadLinks([link.id, linkId("nobody")])).toEqual([link]);
    expect(await store.loadLinkIndex(pair)).toEqual([
      {
        id: link.id,
        ids: link.ids,
        state: "archived",
        hashes: link.hashes,
        stamps: link.stamps,
        isFlagged: true,
      },
    ]);
    expect(await store.loadLinkIndex(pairId("another"))).toEqual([]);
  });

  test("more links than one query holds are loaded", async () => {
    const { store } = await start();
    const links = Array.from({ length: 1_201 }, (_, index) => makeLink(`n${index}`));
    await store.commit(null, links.map(change.link));
    const loaded = await store.loadLinks(links.map((link) => link.id));
    expect(new Set(loaded.map((link) => link.id)).size).toBe(1_201);
  });

  test("a link is found by either row, and one alive before one taken apart", async () => {
    const { store } = await start();
    const old = makeLink("old", { state: "detached", bornAtMs: 9_999_999_999_999 });
    const young = makeLink("young", { ids: { left: old.ids.left, right: recordId("rec-2") } });
    await store.commit(null, [change.link(old), change.link(young)]);
    expect((await store.findLink(pair, recordId("page-old")))?.id).toBe("young");
    expect((await store.findLink(pair, recordId("rec-old")))?.id).toBe("old");
    expect(await store.findLink(pairId("another"), recordId("rec-old"))).toBeNull();
    const ids = { left: recordId("page-dead"), right: recordId("rec-dead") };
    await store.commit(null, [
      change.link(makeLink("first", { ids, state: "tombstone", bornAtMs: 1 })),
      change.link(makeLink("last", { ids, state: "detached", bornAtMs: 3 })),
      change.link(makeLink("second", { ids, state: "tombstone", bornAtMs: 2 })),
    ]);
    expect((await store.findLink(pair, recordId("rec-dead")))?.id).toBe("last");
  });

  test("links are searched by the start of a title without case, and by ids", async () => {
    const { store } = await start();
    await store.commit(null, [
      change.link(makeLink("a", { title: "Über uns" })),
      change.link(makeLink("b", { title: "100% done_x" })),
      change.link(makeLink("c", { title: "Other" })),
    ]);
    const search = async (text: string) =>
      (await store.searchLinks(pair, text)).map((link) => link.id);
    expect(await search("über")).toEqual(["a"]);
    expect(await search("100%")).toEqual(["b"]);
    expect(await search("100_")).toEqual([]);
    expect(await store.searchLinks(pairId("another"), "Other")).toEqual([]);
    expect(await store.searchLinks(pairId("another"), "c")).toEqual([]);
    expect(await search("rec-c")).toEqual(["c"]);
    expect(await search("")).toEqual([]);
  });

  test("a dropped link takes its conflicts and quarantine along", async () => {
    const { store } = await start();
    await store.commit(null, [
      change.link(makeLink("a")),
      { kind: "conflict", conflict: makeConflict("k1", "a") },
      { kind: "quarantine", quarantine: makeQuarantine("a") },
    ]);
    await store.commit(null, [{ kind: "link-drop", id: linkId("a") }]);
    expect(await store.loadLinks([linkId("a")])).toEqual([]);
    expect(await store.loadConflicts(pair, ["open"])).toEqual([]);
    expect(await store.loadQuarantine(pair)).toEqual([]);
  });
}

function stateTests(start: Start): void {
  test("a pair's state is replaced", async () => {
    const { store } = await start();
    expect(await store.loadPair(pair)).toBeNull();
    await store.commit(null, [{ kind: "pair", pair: makePair() }]);
    expect(await store.loadPair(pair)).toEqual(makePair());
    const next = makePair({ halted: null, prefer: null, resolved: null, isPaused: true });
    await store.commit(null, [{ kind: "pair", pair: next }]);
    expect(await store.loadPair(pair)).toEqual(next);
    const another = makePair({ id: pairId("another"), isPaused: true });
    expect(await store.loadPair(another.id)).toBeNull();
    await store.commit(null, [{ kind: "pair", pair: another }]);
    expect([await store.loadPair(pair), await store.loadPair(another.id)]).toEqual([next, another]);
  });

  test("intents are kept until dropped, oldest first", async () => {
    const { store } = await start();
    const late = makeIntent("op2", "a", { sentAtMs: 2_000_000_000_000, status: "unknown" });
    const early = makeIntent("op1", "a");
    await store.commit(null, [
      { kind: "intent", intent: late },
      { kind: "intent", intent: early },
      change.link(makeLink("a")),
    ]);
    expect(await store.loadIntents(pair)).toEqual([early, late]);
    await store.commit(null, [{ kind: "intent-drop", id: opId("op1") }]);
    expect(await store.loadIntents(pair)).toEqual([late]);
  });

  test("conflicts are chosen by status", async () => {
    const { store } = await start();
    const open = makeConflict("k1", "a");
    const answered = makeConflict("k2", "a", {
      status: "answered",
      answer: { keep: "value", text: "x" },
      sinceMs: 20,
    });
    await store.commit(null, [
      change.link(makeLink("a")),
      { kind: "conflict", conflict: open },
      { kind: "conflict", conflict: makeConflict("k2", "a") },
    ]);
    await store.commit(null, [{ kind: "conflict", conflict: answered }]);
    expect(await store.loadConflicts(pair, ["open"])).toEqual([open]);
    expect(await store.loadConflicts(pair, ["open", "answered"])).toEqual([open, answered]);
    expect(await store.loadConflicts(pair, [])).toEqual([]);
  });

  test("quarantine is one entry a link and side", async () => {
    const { store } = await start();
    const right = makeQuarantine("a", { side: "right" });
    await store.commit(null, [
      change.link(makeLink("a")),
      { kind: "quarantine", quarantine: makeQuarantine("a") },
      { kind: "quarantine", quarantine: right },
      { kind: "quarantine", quarantine: makeQuarantine("a", { attempts: 4 }) },
    ]);
    expect(await store.loadQuarantine(pair)).toEqual([makeQuarantine("a", { attempts: 4 }), right]);
    await store.commit(null, [{ kind: "quarantine-drop", link: linkId("a"), side: "left" }]);
    expect(await store.loadQuarantine(pair)).toEqual([right]);
  });

  test("runs come newest first, of one pair or of all", async () => {
    const { store } = await start();
    const done = makeRun("r1", {
      finishedAtMs: 1_795_000_001_000,
      status: "error",
      counts,
      requests: runBody.requests,
      error: { code: "timeout", message: "m", remedy: "r" },
    });
    const other = makeRun("r2", { pair: pairId("another"), startedAtMs: 1_795_000_002_000 });
    await store.commit(null, [
      { kind: "run", run: makeRun("r1") },
      { kind: "run", run: other },
      { kind: "run", run: done },
    ]);
    expect(await store.loadRun(runId("r1"))).toEqual(done);
    expect(await store.loadRun(runId("r9"))).toBeNull();
    expect(await store.loadRuns(null, 10)).toEqual([other, done]);
    expect(await store.loadRuns(null, 1)).toEqual([other]);
    expect(await store.loadRuns(pair, 10)).toEqual([done]);
  });

  test("entries are found by run, pair, link and type, in both directions", async () => {
    const { store } = await start();
    const one = makeEntry();
    const two = makeEntry(runBody, { run: runId("run2") });
    const three = makeEntry({ ...changeBody, link: linkId("b") }, { pair: pairId("another") });
    await store.commit(null, [one, two, three].map(change.entry));
    expect(await store.loadEntries({})).toEqual([one, two, three]);
    expect(await store.loadEntries({ isNewestFirst: true, countMax: 2 })).toEqual([three, two]);
    expect(await store.loadEntries({ run: runId("run2") })).toEqual([two]);
    expect(await store.loadEntries({ pair: pairId("another") })).toEqual([three]);
    expect(await store.loadEntries({ link: linkId("a") })).toEqual([one]);
    expect(await store.loadEntries({ types: ["run"] })).toEqual([two]);
    expect(await store.loadEntries({ types: [] })).toEqual([]);
  });

  test("an entry of each type comes back as it was", async () => {
    const { store } = await start();
    const ids = changeBody.ids;
    const bodies = [
      {
        ...changeBody,
        opId: null,
        fields: { A: { before: everyValue.people, after: everyValue.unknown, rule: "F4" } },
      },
      {
        type: "conflict",
        link: linkId("a"),
        ids,
        title: "t",
        field: "f",
        base: null,
        values: {
          left: { value: everyValue.files, atMs: null },
          right: { value: everyValue.day, atMs: 5 },
        },
        winner: "merged",
        rule: "F10",
        label: "tie",
      },
      {
        type: "problem",
        side: null,
        ids,
        field: null,
        code: "renamed",
        message: "m",
        remedy: "r",
      },
      { type: "halt", guard: "emptySide", message: "m", remedy: "r", counts: { rows: 3 } },
      { ...runBody, error: { code: "timeout", message: "m", remedy: "r" } },
    ] as const;
    const entries = bodies.map((body) => makeEntry(body));
    await store.commit(null, entries.map(change.entry));
    expect(await store.loadEntries({})).toEqual(entries);
  });
}

function commitTests(start: Start): void {
  const refused: readonly (readonly [string, readonly StoreChange[]])[] = [
    [
      "a live link with one row",
      [change.link(makeLink("b", { ids: { left: null, right: recordId("r") } }))],
    ],
    [
      "a link that ties no row",
      [change.link(makeLink("b", { state: "tombstone", ids: { left: null, right: null } }))],
    ],
    [
      "an unknown value as base",
      [
        change.link(
          makeLink("b", { cells: new Map([[title, makeCell({ left: everyValue.unknown })]]) }),
        ),
      ],
    ],
    [
      "an unknown value as the right half of a base",
      [
        change.link(
          makeLink("b", { cells: new Map([[title, makeCell({ right: everyValue.unknown })]]) }),
        ),
      ],
    ],
    [
      "a right half that moves under its rev",
      [
        change.link(
          makeLink("a", { cells: new Map([[title, makeCell({ right: values.text("Moved") })]]) }),
        ),
      ],
    ],
    [
      "a row in two links",
      [change.link(makeLink("b", { ids: { left: recordId("page-a"), right: recordId("rec-b") } }))],
    ],
    [
      "a row in two links, right",
      [change.link(makeLink("b", { ids: { left: recordId("page-b"), right: recordId("rec-a") } }))],
    ],
    [
      "a rev that jumps",
      [change.link(makeLink("a", { cells: new Map([[title, makeCell({ rev: 3 })]]) }))],
    ],
    [
      "a rev below zero",
      [change.link(makeLink("b", { cells: new Map([[title, makeCell({ rev: -1 })]]) }))],
    ],
    [
      "a rev that goes back",
      [change.link(makeLink("a", { cells: new Map([[title, makeCell({ rev: 0 })]]) }))],
    ],
    [
      "a base that moves under its rev",
      [
        change.link(
          makeLink("a", { cells: new Map([[title, makeCell({ left: values.text("Moved") })]]) }),
        ),
      ],
    ],
    ["a link that changes its pair", [change.link(makeLink("a", { pair: pairId("another") }))]],
    ["a conflict of no link", [{ kind: "conflict", conflict: makeConflict("k1", "nobody") }]],
    ["an intent of no link", [{ kind: "intent", intent: makeIntent("op1", "nobody") }]],
    [
      "an instant that is not a number",
      [{ kind: "quarantine", quarantine: makeQuarantine("a", { retryAtMs: Number.NaN }) }],
    ],
    ["a finished run that is running", [{ kind: "run", run: makeRun("r1", { finishedAtMs: 4 }) }]],
  ];

  test.each(refused)("%s is refused, and nothing of the list is kept", async (_, bad) => {
    const { store } = await start();
    await store.commit(null, [change.link(makeLink("a"))]);
    const list = [change.link(makeLink("z")), change.entry(), ...bad];
    await expect(store.commit(null, list)).rejects.toThrow(InvariantError);
    expect((await store.loadLinkIndex(pair)).map((link) => link.id)).toEqual(["a"]);
    expect(await store.loadLinks([linkId("a")])).toEqual([makeLink("a")]);
    expect(await store.loadEntries({})).toEqual([]);
  });

  test("dropping a link with an open intent is refused", async () => {
    const { store } = await start();
    await store.commit(null, [
      change.link(makeLink("a")),
      { kind: "intent", intent: makeIntent("op1", "a") },
    ]);
    const drop: StoreChange = { kind: "link-drop", id: linkId("a") };
    await expect(store.commit(null, [drop])).rejects.toThrow(InvariantError);
    await store.commit(null, [drop, { kind: "intent-drop", id: opId("op1") }]);
    expect(await store.loadLinkIndex(pair)).toEqual([]);
  });

  test("a base moves by one rev, and a cell may go and come back", async () => {
    const { store } = await start();
    const cells = (rev: number, content: string) =>
      makeLink("a", { cells: new Map([[title, makeCell({ rev, left: values.text(content) })]]) });
    await store.commit(null, [change.link(cells(1, "one"))]);
    await store.commit(null, [change.link(cells(2, "two")), change.link(cells(3, "three"))]);
    await store.commit(null, [change.link(makeLink("a", { cells: new Map() }))]);
    await store.commit(null, [change.link(cells(1, "again"))]);
    expect(await store.loadLinks([linkId("a")])).toEqual([cells(1, "again")]);
  });

  test.each(["left", "right"] as const)(
    "a link whose row on the %s was made anew agrees on everything anew; one that only gets a row does not",
    async (side) => {
      const { store } = await start();
      const half = { left: recordId("page-a"), right: recordId("rec-a"), [side]: null };
      const whole = { ...half, [side]: recordId("first") };
      const anew = { ...half, [side]: recordId("second") };
      const linked = (ids: typeof half, rev: number): StoreChange => {
        const cells = new Map([[title, makeCell({ rev })]]);
        return change.link(makeLink("a", { ids, cells, state: "archived" }));
      };
      await store.commit(null, [linked(half, 7)]);
      await expect(store.commit(null, [linked(whole, 1)])).rejects.toThrow(InvariantError);
      await store.commit(null, [linked(whole, 8)]);
      await expect(store.commit(null, [linked(whole, 1)])).rejects.toThrow(InvariantError);
      await store.commit(null, [linked(anew, 1)]);
      expect((await store.loadLinks([linkId("a")]))[0]?.cells.get(title)?.rev).toBe(1);
    },
  );

  test("a row may go from one link to another in one list", async () => {
    const { store } = await start();
    await store.commit(null, [change.link(makeLink("a"))]);
    await store.commit(null, [
      change.link(makeLink("a", { state: "detached" })),
      change.link(makeLink("b", { ids: makeLink("a").ids })),
    ]);
    expect((await store.findLink(pair, recordId("page-a")))?.id).toBe("b");
  });

  test("commits and reads at the same time do not mix", async () => {
    const { store } = await start();
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    await Promise.all(
      names.flatMap((name) => [
        store.commit(null, [change.link(makeLink(name)), change.entry()]),
        store.loadLinkIndex(pair),
      ]),
    );
    expect(await store.loadLinkIndex(pair)).toHaveLength(20);
    expect(await store.loadEntries({})).toHaveLength(20);
  });
}

function leaseTests(start: Start): void {
  test("a lease is held by one, and free again after it is dropped", async () => {
    const { store } = await start();
    const lease = await take(store, "pair a", "first");
    expect(await store.takeLease("pair a", "second")).toEqual({ heldBy: "first" });
    await take(store, "pair b", "second");
    await store.dropLease(lease);
    const next = await take(store, "pair a", "second");
    expect(next.token).toBeGreaterThan(lease.token);
  });

  test("of two who ask at once, one gets it", async () => {
    const { store } = await start();
    const answers = await Promise.all([
      store.takeLease("pair a", "first"),
      store.takeLease("pair a", "second"),
    ]);
    expect(answers.filter((answer) => "heldBy" in answer)).toHaveLength(1);
  });

  test("a lease that was not renewed is taken over, and its old token saves nothing", async () => {
    const { store, clock } = await start();
    const stale = await take(store, "pair a", "first");
    clock.nowMs += 119_000;
    expect(await store.takeLease("pair a", "second")).toEqual({ heldBy: "first" });
    clock.nowMs += 2_000;
    const fresh = await take(store, "pair a", "second");
    const list = [change.link(makeLink("a"))];
    await expect(store.commit(stale, list)).rejects.toMatchObject({ code: "lease_lost" });
    await expect(store.renewLease(stale)).rejects.toMatchObject({ code: "lease_lost" });
    expect(await store.loadLinkIndex(pair)).toEqual([]);
    await store.dropLease(stale);
    expect(await store.takeLease("pair a", "third")).toEqual({ heldBy: "second" });
    await store.commit(fresh, list);
    expect(await store.loadLinkIndex(pair)).toHaveLength(1);
  });

  test("a renewed lease lasts", async () => {
    const { store, clock } = await start();
    const lease = await take(store, "pair a", "first");
    clock.nowMs += 100_000;
    await store.renewLease(lease);
    clock.nowMs += 100_000;
    expect(await store.takeLease("pair a", "second")).toEqual({ heldBy: "first" });
    await store.commit(lease, []);
  });

  test("a dropped lease saves nothing any more", async () => {
    const { store } = await start();
    const lease = await take(store, "pair a");
    await store.dropLease(lease);
    await expect(store.commit(lease, [])).rejects.toMatchObject({ code: "lease_lost" });
  });
}

function drainTests(start: Start): void {
  const numbered = (count: number, from = 0): StoreChange[] =>
    Array.from({ length: count }, (_, index) =>
      change.entry(makeEntry(changeBody, { atMs: 1_795_000_000_000 + from + index })),
    );

  test("entries are handed over once, in order, with growing numbers", async () => {
    const { store } = await start();
    const sink = makeSink();
    await store.commit(null, numbered(2));
    await sink.drainFrom(store);
    await sink.drainFrom(store);
    await store.commit(null, numbered(1, 2));
    await sink.drainFrom(store);
    expect(sink.lines.map((line) => line.seq)).toEqual([1, 2, 3]);
    expect(sink.lines.map((line) => line.entry)).toEqual(await store.loadEntries({}));
  });

  test("more entries than one batch are handed over", async () => {
    const { store } = await start();
    const sink = makeSink();
    await store.commit(null, numbered(2_500));
    await sink.drainFrom(store);
    expect(sink.lines.map((line) => line.seq)).toEqual(
      Array.from({ length: 2_500 }, (_, i) => i + 1),
    );
  });

  test("after a crash between writing and marking, nothing is written twice", async () => {
    const { store } = await start();
    const sink = makeSink();
    sink.crashAfterWrite = true;
    await store.commit(null, numbered(2));
    await expect(sink.drainFrom(store)).rejects.toThrow("crash");
    await store.commit(null, numbered(1, 2));
    await sink.drainFrom(store);
    expect(sink.lines.map((line) => line.seq)).toEqual([1, 2, 3]);
  });

  test("a new store continues a log that is ahead of it, and loses no entry", async () => {
    const { store } = await start();
    const sink = makeSink();
    sink.lines.push(
      ...Array.from({ length: 4 }, (_, index) => ({ seq: index + 1, entry: makeEntry(runBody) })),
    );
    await store.commit(null, numbered(6));
    sink.crashAfterWrite = true;
    await expect(sink.drainFrom(store)).rejects.toThrow("crash");
    await sink.drainFrom(store);
    await store.commit(null, numbered(1, 6));
    await sink.drainFrom(store);
    expect(sink.lines.map((line) => line.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(sink.lines.slice(4).map((line) => line.entry)).toEqual(await store.loadEntries({}));
  });

  test("a log that was moved away is begun anew with the next number", async () => {
    const { store } = await start();
    await store.commit(null, numbered(3));
    await makeSink().drainFrom(store);
    const sink = makeSink();
    await store.commit(null, numbered(1, 3));
    await sink.drainFrom(store);
    expect(sink.lines.map((line) => line.seq)).toEqual([4]);
  });
}

const dayMs = 86_400_000;

function tidyTests(start: Start): void {
  /** Runs of one entry each, a minute apart, the newest now. */
  async function seed({ store, clock }: StoreUnderTest, count: number): Promise<void> {
    const changes = Array.from({ length: count }, (_, at): StoreChange[] => {
      const startedAtMs = clock.nowMs - (count - at) * 60_000;
      const id = `run${String(at).padStart(5, "0")}`;
      const ended = { startedAtMs, finishedAtMs: startedAtMs + 1, status: "ok" } as const;
      return [
        { kind: "run", run: makeRun(id, ended) },
        { kind: "entry", entry: makeEntry(runBody, { run: runId(id) }) },
      ];
    });
    await store.commit(null, changes.flat());
  }

  test("keeps the last thousand runs, and what is younger than a month", async () => {
    const under = await start();
    const { store, clock } = under;
    await seed(under, 1_010);
    await makeSink().drainFrom(store);
    await store.tidy();
    expect(await store.loadRuns(pair, 5_000)).toHaveLength(1_010);
    clock.nowMs += 40 * dayMs;
    await store.tidy();
    expect(await store.loadRuns(pair, 5_000)).toHaveLength(1_000);
    expect(await store.loadRun(runId("run00009"))).toBeNull();
    expect(await store.loadEntries({ run: runId("run00009") })).toEqual([]);
    expect(await store.loadEntries({ run: runId("run00010") })).toHaveLength(1);
    expect((await store.loadDrained())?.seq).toBe(1_010);
  });

  test("lets nothing go that the audit log does not hold yet", async () => {
    const under = await start();
    await seed(under, 1_010);
    under.clock.nowMs += 40 * dayMs;
    await under.store.tidy();
    expect(await under.store.loadEntries({})).toHaveLength(1_010);
    expect(await under.store.loadRuns(pair, 5_000)).toHaveLength(1_010);
    const sink = makeSink();
    await sink.drainFrom(under.store);
    expect(sink.lines).toHaveLength(1_010);
    await under.store.tidy();
    expect(await under.store.loadEntries({})).toHaveLength(1_000);
  });
}
