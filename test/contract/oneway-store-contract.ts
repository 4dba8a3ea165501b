// What every store keeps of one-way syncs, whatever lies below it.
import * as fc from "fast-check";
import { afterEach, expect, test } from "vitest";

import { recordId, runId } from "../../src/core/ids.ts";
import { databaseId, syncId } from "../../src/core/oneway/ids.ts";
import type {
  IndexedRow,
  OnewayChange,
  OnewayStore,
  SyncFlags,
  UnseenQuery,
} from "../../src/store/oneway-store.ts";
import type { Lease, Store } from "../../src/store/store.ts";
import {
  companies,
  contacts,
  makeBinding,
  makeIndexed,
  makeOnewayRun,
  makeSyncState,
  sync,
} from "../fixture/oneway-store.ts";

type Both = Store & OnewayStore;

export interface OnewayStoreUnderTest {
  readonly store: Both;
  readonly clock: { nowMs: number };
}

const row = (one: IndexedRow): OnewayChange => ({ kind: "row", row: one });
const rowsOf = (...keys: string[]): OnewayChange[] => keys.map((key) => row(makeIndexed(key)));
const seen = (key: string, cycle: number, by = sync): OnewayChange => ({
  kind: "seen",
  sync: by,
  database: contacts,
  key,
  cycle,
});
const unseenIn = (cycle: number, change: Partial<UnseenQuery> = {}): UnseenQuery => ({
  sync,
  database: contacts,
  cycle,
  touchedBeforeMs: 5_000,
  isOwnOnly: false,
  keptBy: [],
  ...change,
});
const keysOf = (rows: readonly IndexedRow[]): readonly string[] =>
  rows.map((one) => one.key).toSorted();

export function onewayStoreContract(make: () => Promise<OnewayStoreUnderTest>): void {
  const opened: Both[] = [];
  const start = async (): Promise<OnewayStoreUnderTest> => {
    const made = await make();
    opened.push(made.store);
    return made;
  };
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  test("bindings, states, rows and runs come back as they were saved", async () => {
    const { store } = await start();
    const waiting = { Company: { target: companies, keys: ["a", "b"], missing: ["b"] } };
    const indexed = makeIndexed("k", { waiting, problem: { message: "m", hash: "h" } });
    await store.commitOneway(
      [],
      [
        { kind: "binding", binding: makeBinding() },
        { kind: "sync", state: makeSyncState() },
        row(indexed),
        { kind: "run", run: makeOnewayRun("r1") },
      ],
    );
    expect(await store.loadBindings("crm")).toEqual([makeBinding()]);
    expect(await store.loadBindings("cr")).toEqual([]);
    expect(await store.loadSync(sync)).toEqual(makeSyncState());
    expect(await store.loadSyncs("crm")).toEqual([makeSyncState()]);
    expect(await store.loadSyncs("other")).toEqual([]);
    expect(await store.loadSyncs(null)).toHaveLength(1);
    expect(await store.loadRows(contacts, ["k", "unknown"])).toEqual([indexed]);
    expect(await store.loadOnewayRun(runId("r1"))).toEqual(makeOnewayRun("r1"));
    expect(await store.loadSync(syncId("crm/none"))).toBeNull();
    expect(await store.loadOnewayRun(runId("none"))).toBeNull();
  });

  test("a state of any JSON comes back, and null is another thing than nothing", async () => {
    const { store } = await start();
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (json) => {
        await store.commitOneway(
          [],
          [{ kind: "sync", state: makeSyncState({ cursor: { json } }) }],
        );
        const loaded = await store.loadSync(sync);
        expect(JSON.stringify(loaded?.cursor)).toBe(JSON.stringify({ json }));
      }),
      { numRuns: 30 },
    );
    await store.commitOneway([], [{ kind: "sync", state: makeSyncState({ cursor: null }) }]);
    expect((await store.loadSync(sync))?.cursor).toBeNull();
  });

  test("what people set and what a run saves do not undo each other", async () => {
    const { store } = await start();
    const fresh = makeSyncState({ cursor: null, sweepApproval: null });
    const flag = (flags: SyncFlags) =>
      store.commitOneway([], [{ kind: "sync-flags", fresh, flags }]);
    const progress = (cursor: unknown, usesApproval: boolean) =>
      store.commitOneway(
        [],
        [
          {
            kind: "sync-progress",
            state: makeSyncState({ cursor: { json: cursor }, sweepApproval: 1 }),
            usesApproval,
          },
        ],
      );
    await flag({ isPaused: true });
    expect(await store.loadSync(sync)).toEqual({ ...fresh, isPaused: true });
    await progress("a", false);
    await flag({ sweepApproval: 7, isTriggered: true });
    await progress("b", false);
    expect(await store.loadSync(sync)).toMatchObject({
      cursor: { json: "b" },
      isPaused: true,
      isTriggered: true,
      sweepApproval: 7,
    });
    await progress("c", true);
    await flag({ isDisabled: true });
    expect(await store.loadSync(sync)).toMatchObject({
      cursor: { json: "c" },
      isDisabled: true,
      sweepApproval: null,
    });
  });

  test.each<SyncFlags>([
    { isPaused: true },
    { isDisabled: true },
    { isTriggered: true },
    { sweepApproval: 7 },
  ])(
    "what a person set stays through what a run saves, and nothing else does: %j",
    async (flags) => {
      const { store } = await start();
      const plain = { isPaused: false, isDisabled: false, isTriggered: false, sweepApproval: null };
      const stored = makeSyncState({ ...plain, cyclesDone: 5, failures: 9, held: null });
      await store.commitOneway([], [{ kind: "sync", state: stored }]);
      const fresh = makeSyncState({ cyclesDone: 77 });
      await store.commitOneway([], [{ kind: "sync-flags", fresh, flags }]);
      expect(await store.loadSync(sync)).toEqual({ ...stored, ...flags });
      const state = makeSyncState({
        isPaused: !flags.isPaused,
        isDisabled: !flags.isDisabled,
        isTriggered: !flags.isTriggered,
        sweepApproval: 1,
      });
      await store.commitOneway([], [{ kind: "sync-progress", state, usesApproval: false }]);
      expect(await store.loadSync(sync)).toEqual({ ...state, ...plain, ...flags });
      await store.commitOneway([], [{ kind: "sync-progress", state, usesApproval: true }]);
      const used = { ...state, ...plain, ...flags, sweepApproval: null };
      expect(await store.loadSync(sync)).toEqual(used);
      // Of a sync that nobody knows yet all is saved as the run has it.
      const first = makeSyncState({ ...state, id: syncId("crm/first") });
      await store.commitOneway([], [{ kind: "sync-progress", state: first, usesApproval: false }]);
      expect(await store.loadSync(first.id)).toEqual(first);
    },
  );

  test("a commit is all or nothing", async () => {
    const { store } = await start();
    const bad = makeIndexed("bad", { rowId: null });
    await expect(store.commitOneway([], [...rowsOf("a"), row(bad)])).rejects.toThrow();
    expect(await store.loadRows(contacts, ["a", "bad"])).toEqual([]);
  });

  test("one lost lease of several refuses the commit", async () => {
    const { store } = await start();
    const [mine, other] = await Promise.all(
      ["a", "b"].map(async (name) => (await store.takeLease(name, "me")) as Lease),
    );
    if (mine === undefined || other === undefined) throw new Error("no lease");
    await store.commitOneway([mine, other], rowsOf("a"));
    await store.dropLease(other);
    await expect(store.commitOneway([mine, other], rowsOf("b"))).rejects.toMatchObject({
      code: "lease_lost",
    });
    expect(keysOf(await store.loadRows(contacts, ["a", "b"]))).toEqual(["a"]);
  });

  test("a row is replaced whole, dropped, and touched without its document", async () => {
    const { store } = await start();
    await store.commitOneway([], rowsOf("a", "b"));
    const changed = makeIndexed("a", { isTrashed: true, parts: {} });
    await store.commitOneway(
      [],
      [
        row(changed),
        { kind: "row-drop", database: contacts, key: "b" },
        { kind: "touch", database: contacts, key: "a", atMs: 7_000 },
        { kind: "touch", database: contacts, key: "gone", atMs: 7_000 },
      ],
    );
    expect(await store.loadRows(contacts, ["a", "b", "gone"])).toEqual([
      { ...changed, touchedAtMs: 7_000 },
    ]);
  });

  test("a touch and a naming are of one database, and say nothing of a key of that name elsewhere", async () => {
    const { store } = await start();
    const elsewhere = makeIndexed("a", { database: companies });
    await store.commitOneway(
      [],
      [
        ...rowsOf("a", "b"),
        row(elsewhere),
        { kind: "touch", database: contacts, key: "a", atMs: 7_000 },
        { kind: "touch", database: contacts, key: "b", atMs: 8_000 },
        { kind: "seen", sync, database: companies, key: "b", cycle: 4 },
        { kind: "seen", sync: syncId("crm/other"), database: contacts, key: "b", cycle: 4 },
        { kind: "row-drop", database: companies, key: "b" },
      ],
    );
    expect(await store.loadRows(companies, ["a"])).toEqual([elsewhere]);
    const rows = await store.loadRows(contacts, ["a", "b"]);
    expect(rows.map(({ touchedAtMs }) => touchedAtMs)).toEqual([7_000, 8_000]);
    const query = unseenIn(4, { touchedBeforeMs: 9_000 });
    expect(keysOf(await store.loadUnseen(query, 10))).toEqual(["a", "b"]);
    expect(await store.countSeen({ sync, database: contacts, cycle: 4 })).toBe(0);
    expect(await store.loadUnseen({ ...query, isOwnOnly: true }, 10)).toEqual([]);
  });

  test("more keys than one query holds are loaded", async () => {
    const { store } = await start();
    const keys = Array.from({ length: 1_000 }, (_, index) => `n${index}`);
    await store.commitOneway([], rowsOf(...keys));
    expect(await store.loadRows(contacts, keys)).toHaveLength(1_000);
    expect((await store.loadTargets(contacts, keys)).size).toBe(1_000);
  });

  test("rows are paged in key order, each once", async () => {
    const { store } = await start();
    await store.commitOneway(
      [],
      [...rowsOf("d", "a", "c", "b"), row(makeIndexed("b2", { database: companies }))],
    );
    const pages: string[][] = [];
    let after: string | null = null;
    for (let at = 0; at < 4; at += 1) {
      const page = await store.loadRowPage(contacts, after, 3);
      pages.push(page.map((one) => one.key));
      after = page.at(-1)?.key ?? after;
    }
    expect(pages).toEqual([["a", "b", "c"], ["d"], [], []]);
  });

  test("rows are counted by where they are; a create under way is no row yet", async () => {
    const { store } = await start();
    await store.commitOneway(
      [],
      [
        ...rowsOf("a", "b"),
        row(makeIndexed("c", { isTrashed: true })),
        row(makeIndexed("d", { rowId: null, createBegunAtMs: 1 })),
      ],
    );
    expect(await store.countRows(contacts)).toEqual({ live: 2, trashed: 1 });
    expect(await store.countRows(companies)).toEqual({ live: 0, trashed: 0 });
  });

  test("open creates are found until they are closed", async () => {
    const { store } = await start();
    const open = makeIndexed("a", { rowId: null, createBegunAtMs: 1 });
    await store.commitOneway([], [row(open), ...rowsOf("b")]);
    expect(await store.loadOpenCreates(contacts)).toEqual([open]);
    await store.commitOneway([], [row(makeIndexed("a"))]);
    expect(await store.loadOpenCreates(contacts)).toEqual([]);
  });

  test("a sweep finds rows that are live, not named in this cycle, and not touched since", async () => {
    const { store } = await start();
    await store.commitOneway(
      [],
      [
        ...rowsOf("named", "forgotten", "never"),
        row(makeIndexed("touched", { touchedAtMs: 5_000 })),
        row(makeIndexed("trashed", { isTrashed: true })),
        row(makeIndexed("open", { rowId: null, createBegunAtMs: 1 })),
        row(makeIndexed("else", { database: companies })),
        seen("named", 3),
        seen("named", 4),
        seen("forgotten", 3),
      ],
    );
    expect(keysOf(await store.loadUnseen(unseenIn(4), 10))).toEqual(["forgotten", "never"]);
    expect(await store.countUnseen(unseenIn(4))).toBe(2);
    expect(await store.loadUnseen(unseenIn(4), 1)).toHaveLength(1);
    expect(await store.countSeen({ sync, database: contacts, cycle: 4 })).toBe(1);
    expect(await store.countSeen({ sync, database: companies, cycle: 4 })).toBe(0);
    const own = unseenIn(4, { isOwnOnly: true });
    expect(keysOf(await store.loadUnseen(own, 10))).toEqual(["forgotten"]);
  });

  test("a row that another sync named in its last cycle stays", async () => {
    const { store } = await start();
    const other = syncId("crm/other");
    await store.commitOneway([], [...rowsOf("a", "b"), seen("a", 7, other), seen("b", 6, other)]);
    const query = unseenIn(4, { keptBy: [{ sync: other, cycle: 7 }] });
    expect(keysOf(await store.loadUnseen(query, 10))).toEqual(["b"]);
    expect(await store.loadNamers(contacts)).toEqual([other]);
    expect(await store.loadNamers(companies)).toEqual([]);
  });

  test("waiting rows are found by a missing key of their target, across databases", async () => {
    const { store } = await start();
    const on = (target: string, ...missing: string[]) => ({
      target: databaseId(target),
      keys: [...missing, "there"],
      missing,
    });
    const one = makeIndexed("one", { waiting: { Company: on("crm/companies", "x", "y") } });
    const two = makeIndexed("two", {
      database: companies,
      waiting: { Parent: on("crm/companies", "x", "x"), Also: on("crm/companies", "x") },
    });
    const three = makeIndexed("three", { waiting: { Boss: on("crm/contacts", "x") } });
    await store.commitOneway([], [row(one), row(two), row(three)]);
    expect(keysOf(await store.loadWaiting(companies, ["x", "z"]))).toEqual(["one", "two"]);
    expect(await store.loadWaiting(companies, ["there"])).toEqual([]);
    expect(keysOf(await store.loadWaiting(contacts, ["x"]))).toEqual(["three"]);
    expect(await store.countWaiting(contacts)).toBe(2);
    expect((await store.loadWaitingPage(contacts, null, 1)).map((each) => each.key)).toEqual([
      "one",
    ]);
    expect((await store.loadWaitingPage(contacts, "one", 9)).map((each) => each.key)).toEqual([
      "three",
    ]);
    await store.commitOneway([], [row({ ...one, waiting: {} })]);
    expect(keysOf(await store.loadWaiting(companies, ["x", "y"]))).toEqual(["two"]);
    await store.commitOneway([], [{ kind: "row-drop", database: companies, key: "two" }]);
    expect(await store.loadWaiting(companies, ["x", "y"])).toEqual([]);
  });

  test("targets are rows that are there or in the trash", async () => {
    const { store } = await start();
    await store.commitOneway(
      [],
      [
        ...rowsOf("a"),
        row(makeIndexed("b", { isTrashed: true })),
        row(makeIndexed("c", { rowId: null, createBegunAtMs: 1 })),
      ],
    );
    expect(await store.loadTargets(contacts, ["a", "b", "c", "d"])).toEqual(
      new Map([
        ["a", { id: recordId("row-a"), isTrashed: false }],
        ["b", { id: recordId("row-b"), isTrashed: true }],
      ]),
    );
  });

  test("a dropped binding takes the rows of its database along, and no others", async () => {
    const { store } = await start();
    const waiting = { C: { target: companies, keys: ["x"], missing: ["x"] } };
    await store.commitOneway(
      [],
      [
        { kind: "binding", binding: makeBinding() },
        row(makeIndexed("a", { waiting })),
        row(makeIndexed("b", { database: companies })),
        seen("a", 1),
      ],
    );
    await store.commitOneway([], [{ kind: "binding-drop", database: contacts }]);
    expect(await store.loadBindings("crm")).toEqual([]);
    expect(await store.loadRows(contacts, ["a"])).toEqual([]);
    expect(await store.loadWaiting(companies, ["x"])).toEqual([]);
    expect(await store.loadNamers(contacts)).toEqual([]);
    expect(await store.loadRows(companies, ["b"])).toHaveLength(1);
  });

  test("runs come newest first, and the newest 200 a sync stay with their logs", async () => {
    const { store } = await start();
    const lines = [{ atMs: 1, stream: "out" as const, text: "hello" }];
    for (let index = 0; index < 203; index += 1) {
      const id = `r${String(index).padStart(3, "0")}`;
      await store.commitOneway(
        [],
        [
          { kind: "run", run: makeOnewayRun(id, { startedAtMs: 1_000 + index }) },
          { kind: "log", run: runId(id), lines },
        ],
      );
    }
    const other = makeOnewayRun("other", { sync: syncId("crm/other"), startedAtMs: 1 });
    await store.commitOneway([], [{ kind: "run", run: other }]);
    const runs = await store.loadOnewayRuns(sync, 500);
    expect(runs).toHaveLength(200);
    expect(runs[0]?.id).toBe("r202");
    expect(await store.loadOnewayRuns(null, 500)).toHaveLength(201);
    expect(await store.loadOnewayRuns(sync, 2)).toHaveLength(2);
    expect(await store.loadLog(runId("r202"))).toEqual(lines);
    expect(await store.loadLog(runId("r001"))).toEqual([]);
  });

  test("a log keeps its order over commits, and its last 2,000 lines", async () => {
    const { store } = await start();
    const line = (text: string) => ({ atMs: 5, stream: "err" as const, text });
    const many = (start: number, count: number) =>
      Array.from({ length: count }, (_, index) => line(`l${start + index}`));
    const append = (lines: readonly ReturnType<typeof line>[]) =>
      store.commitOneway([], [{ kind: "log", run: runId("r"), lines }]);
    await append([]);
    await append(many(0, 3));
    await append(many(3, 1_998));
    const first = await store.loadLog(runId("r"));
    expect(first).toHaveLength(2_000);
    expect(first[0]).toEqual(line("l1"));
    expect(first.at(-1)).toEqual(line("l2000"));
    await append(many(2_001, 2_005));
    const second = await store.loadLog(runId("r"));
    expect([second.length, second[0], second.at(-1)]).toEqual([
      2_000,
      line("l2006"),
      line("l4005"),
    ]);
  });

  test("a pacer never moves back", async () => {
    const { store } = await start();
    for (const lastScheduledAtMs of [10, 30, 20]) {
      await store.commitOneway(
        [],
        [{ kind: "pacer", worker: "crm", pacer: "api", lastScheduledAtMs }],
      );
    }
    expect(await store.loadPacers("crm")).toEqual(new Map([["api", 30]]));
    expect(await store.loadPacers("other")).toEqual(new Map());
  });

  test("events wait for their time, oldest first, until they are dropped", async () => {
    const { store } = await start();
    const event = (id: string, notBeforeMs: number, attempts = 0): OnewayChange => ({
      kind: "event",
      event: { id, hook: "crm/hook", json: { id }, attempts, notBeforeMs },
    });
    await store.commitOneway([], [event("a", 30), event("b", 10), event("c", 99)]);
    const due = async () => (await store.loadEvents(50, 10)).map((one) => one.id);
    expect(await due()).toEqual(["b", "a"]);
    await store.commitOneway([], [event("b", 60, 1), { kind: "event-drop", id: "a" }]);
    expect(await due()).toEqual([]);
    expect(await store.loadEvents(99, 1)).toEqual([
      { id: "b", hook: "crm/hook", json: { id: "b" }, attempts: 1, notBeforeMs: 60 },
    ]);
    // Of one moment by their id; and due at that very moment.
    await store.commitOneway([], [event("d", 60), event("a", 60)]);
    expect((await store.loadEvents(60, 10)).map((one) => one.id)).toEqual(["a", "b", "d"]);
  });

  test("of runs that began at one moment the one with the later id is the newer", async () => {
    const { store } = await start();
    for (const id of ["r2", "r3", "r1"]) {
      await store.commitOneway([], [{ kind: "run", run: makeOnewayRun(id) }]);
    }
    const ids = async (of: typeof sync | null) =>
      (await store.loadOnewayRuns(of, 9)).map((one) => one.id);
    expect(await ids(sync)).toEqual(["r3", "r2", "r1"]);
    expect(await ids(null)).toEqual(["r3", "r2", "r1"]);
    const done = makeOnewayRun("r1", { status: "ok", finishedAtMs: 1_500, hasMore: true });
    await store.commitOneway([], [{ kind: "run", run: done }]);
    expect(await store.loadOnewayRun(runId("r1"))).toEqual(done);
    expect(await ids(sync)).toHaveLength(3);
  });

  test("leases are counted by their name, or its start, while they are held", async () => {
    const { store, clock } = await start();
    await store.takeLease("execution-crm/a", "one");
    const second = (await store.takeLease("execution-crm/b", "two")) as Lease;
    await store.takeLease("execution-crm2/c", "three");
    await store.takeLease("execution-crm/ab", "four");
    // One whose name only begins so is another one.
    expect(await store.countLeases("execution-crm/a")).toBe(1);
    expect(await store.countLeases("execution-cr")).toBe(0);
    expect(await store.countLeases("execution-crm/")).toBe(3);
    expect(await store.countLeases("execution-")).toBe(4);
    expect(await store.countLeases("")).toBe(4);
    await store.dropLease(second);
    expect(await store.countLeases("execution-crm/")).toBe(2);
    clock.nowMs += 121_000;
    expect(await store.countLeases("execution-")).toBe(0);
  });
}
