// Batches larger than a page, a query or a lot; calls that fail in turns; and what is known of a row
// afterwards: what another sync, the next run and the index make of it.
import { describe, expect, test } from "vitest";

import { failNext } from "../../../src/connectors/memory/world-admin.ts";
import { addTable } from "../../../src/connectors/memory/world.ts";
import type { RowCreate } from "../../../src/connectors/destination.ts";
import { recordId } from "../../../src/core/ids.ts";
import type { Change } from "../../../src/core/oneway/change.ts";
import { SyncError } from "../../../src/errors.ts";
import type { OnewayDeps, OnewayWorker } from "../../../src/oneway/deps.ts";
import { runSync, type SyncRun } from "../../../src/oneway/run.ts";
import type { IndexedRow } from "../../../src/store/oneway-store.ts";
import {
  database,
  databaseOf,
  deletion,
  idOf,
  makeWorld,
  page,
  paged,
  relationTo,
  upsert,
  type World,
  type WorldOptions,
} from "./world.ts";

const keysOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `k${String(at).padStart(4, "0")}`);
const items = (...keys: readonly string[]) => keys.map((key) => upsert(key, { Name: key }));
const quick = { writeBatchMax: 100, parallelMax: 4 };
const anySweep = { maxRemove: { percent: 100, floor: 1_000, cap: null }, minSeen: { percent: 0 } };

async function given(changes: readonly Change[], more: Partial<WorldOptions> = {}): Promise<World> {
  const world = await makeWorld({
    syncs: { some: { mode: "incremental", script: () => page(changes) } },
    ...more,
  });
  await world.run("some");
  world.writes();
  return world;
}

function give(world: World, ...changes: readonly Change[]): Promise<SyncRun> {
  world.scripts.set("some", () => page(changes));
  return world.run("some");
}

/** Runs with parts of the dependencies, or of the worker, exchanged. */
async function runWith(
  world: World,
  instead: { readonly deps?: Partial<OnewayDeps>; readonly worker?: Partial<OnewayWorker> },
): Promise<SyncRun> {
  const worker = { ...(await world.worker()), ...instead.worker };
  const deps = { ...world.deps(), ...instead.deps };
  return runSync(worker, { sync: "some", trigger: "manual" }, deps);
}

const known = (world: World, ...keys: string[]): Promise<readonly IndexedRow[]> =>
  world.store.loadRows(databaseOf("items"), keys);

describe("more rows than one page holds", () => {
  test("W5: are swept, all of them", async () => {
    const world = await makeWorld({
      syncs: { all: { script: paged([items(...keysOf(250))]) } },
      capabilities: quick,
      sweep: anySweep,
    });
    await world.run();
    world.scripts.set("all", paged([items(...keysOf(20))]));
    expect(await world.run()).toMatchObject({ status: "ok", counts: { removed: 230 } });
    expect(Object.keys(await world.rows())).toHaveLength(20);
    const last = world.progress.filter(({ stage }) => stage === "sweep").at(-1);
    expect(last).toMatchObject({ done: 230, total: 230 });
  });

  test("are written anew to a property that came back", async () => {
    const all = keysOf(520).map((key) => upsert(key, { Size: 1 }));
    const world = await given(all, { capabilities: quick });
    const admin = await world.table();
    admin.dropProperty("Size");
    expect((await give(world, ...all)).counts).toMatchObject({ updated: 520, unchanged: 0 });
  });

  const databases = [
    database("people", { Team: relationTo("teams") }),
    database("teams"),
    database("items"),
  ];
  const people = (...teams: readonly string[]): readonly Change[] =>
    keysOf(150).map((key, at) =>
      upsert(key, { Team: [...teams, `t${at}`] }, { database: "people" }),
    );
  const teams = (count: number): readonly Change[] =>
    Array.from({ length: count }, (_, at) => upsert(`t${at}`, {}, { database: "teams" }));
  const linked = async (world: World): Promise<number> =>
    (await world.table("people")).rows().filter(({ cells }) => cells.has("Team")).length;

  test("W10: are linked as soon as their targets come, before the cycle is over", async () => {
    const world = await given(people(), { databases, capabilities: quick });
    expect(await linked(world)).toBe(0);
    world.scripts.set("some", () => page(teams(150), { hasMore: true, next: 2 }));
    await world.run("some", { executionsMax: 1 });
    expect(await linked(world)).toBe(150);
  });

  test("W10: also when a target comes back from the trash", async () => {
    const team = upsert("t0", { Name: "T" }, { database: "teams" });
    const gone = deletion("t0", "teams");
    const world = await given([team], { databases, capabilities: quick });
    await give(world, gone);
    await give(world, upsert("a", { Team: ["t0"] }, { database: "people" }));
    expect(await linked(world)).toBe(0);
    world.scripts.set("some", () => page([team], { hasMore: true, next: 2 }));
    await world.run("some", { executionsMax: 1 });
    expect(await linked(world)).toBe(1);
  });

  test("W10: are linked in part at the end of the cycle, and wait for the rest", async () => {
    const world = await given(people("never"), { databases, capabilities: quick });
    world.scripts.set("some", () => page(teams(150), { hasMore: true, next: 2 }));
    await world.run("some", { executionsMax: 1 });
    expect(await linked(world)).toBe(0);
    world.scripts.set("some", () => page([]));
    await world.run("some");
    expect(await linked(world)).toBe(150);
    expect(await world.store.countWaiting(databaseOf("people"))).toBe(150);
  });
});

describe("several syncs on one table", () => {
  const script = () => page([]);
  const numbered = keysOf(30);

  test("W5: the guards count what the sync may remove, what the others keep included", async () => {
    const world = await makeWorld({
      syncs: {
        one: { script: paged([items(...numbered)]) },
        two: { script: paged([items(...numbered.slice(10))]) },
      },
      capabilities: quick,
    });
    await world.run("one");
    await world.run("two");
    world.scripts.set("one", paged([items(...numbered.slice(6))]));
    expect(await world.run("one")).toMatchObject({ status: "ok", counts: { removed: 6 } });
  });

  test("W5: a second whole sync that has not run yet already makes the first one keep to its own", async () => {
    const world = await makeWorld({
      syncs: {
        one: { script: paged([items("a", "b")]) },
        two: { script },
        delta: { mode: "incremental", script: () => page(items("theirs")) },
      },
    });
    await world.run("delta");
    await world.run("one");
    world.scripts.set("one", paged([items("a")]));
    expect((await world.run("one")).counts.removed).toBe(1);
    expect(Object.keys(await world.rows()).toSorted()).toEqual(["a", "theirs"]);
  });

  test("W5: a whole sync of another table that named rows here keeps them", async () => {
    const world = await makeWorld({
      databases: [database("items"), database("others")],
      syncs: {
        one: { script: paged([items("a", "b")]) },
        guest: { database: "others", script: paged([items("b", "c")]) },
      },
    });
    await world.run("one");
    await world.run("guest");
    world.scripts.set("one", paged([items("a")]));
    expect((await world.run("one")).counts.removed).toBe(0);
    expect(Object.keys(await world.rows()).toSorted()).toEqual(["a", "b", "c"]);
  });

  const note = { database: "items", key: "both", property: null, message: "no" };
  const stamped = (size: number, updatedAtMs: number) =>
    upsert("both", { Name: "both", Size: size }, { updatedAtMs });
  test.each<[string, () => ReturnType<typeof page>]>([
    ["unchanged", () => page([...items("a"), stamped(1, 50)])],
    ["updated", () => page([...items("a"), stamped(2, 60)])],
    ["too old", () => page([...items("a"), stamped(2, 10)])],
    ["refused for its key", () => page([...items("a"), upsert("both", { Key: "x" })])],
    ["unreadable", () => page(items("a"), { notes: [{ ...note, weight: "refused" }] })],
  ])("W5: a row whose change was %s was named all the same, and stays", async (_, last) => {
    const world = await makeWorld({
      syncs: {
        one: { script: () => page([...items("a"), stamped(1, 50)]) },
        two: { script: () => page([...items("b"), stamped(1, 50)]) },
      },
    });
    await world.run("one");
    await world.run("two");
    world.scripts.set("one", last);
    await world.run("one");
    world.scripts.set("two", () => page(items("b")));
    expect((await world.run("two")).counts.removed).toBe(0);
    expect(Object.keys(await world.rows()).toSorted()).toEqual(["a", "b", "both"]);
  });
});

describe("calls that fail now and then", () => {
  const twelve = items(...keysOf(12));

  test("rows that are not allowed between others that are cost nobody else anything", async () => {
    const world = await given([]);
    world.memory.faults.write.push(
      ...Array.from({ length: 5 }, () => ["forbidden", "none"] as const).flat(),
    );
    expect(await give(world, ...twelve)).toMatchObject({
      status: "attention",
      counts: { created: 7, failed: 5 },
    });
  });

  test("W9: answers that are lost between others that are not end nothing", async () => {
    const world = await given([]);
    world.memory.faults.write.push(
      ...Array.from({ length: 5 }, () => ["lost-before", "none"] as const).flat(),
    );
    expect(await give(world, ...twelve)).toMatchObject({ status: "ok", counts: { created: 12 } });
    expect((await world.table()).rows()).toHaveLength(12);
  });

  test("W9: nothing is in doubt after a busy service, so that the next run need not wait", async () => {
    const world = await given([]);
    failNext(world.memory, "write", "busy");
    expect((await give(world, ...items("a"))).status).toBe("failed");
    expect(await known(world, "a")).toEqual([]);
    expect((await give(world, ...items("a"))).counts.created).toBe(1);
    expect(world.progress.filter(({ stage }) => stage === "wait")).toEqual([]);
  });

  test("W9: a call that breaks off after it was done is looked for, and not repeated", async () => {
    const world = await given([]);
    world.scripts.set("some", () => page(items("a", "b")));
    const worker = await world.worker();
    const table = worker.tables.get("items");
    if (table === undefined) throw new Error("no table");
    const { destination } = table;
    const create = async (rows: readonly RowCreate[]) => {
      await destination.create(rows);
      throw new SyncError({ code: "unavailable", message: "cut off", remedy: "r" });
    };
    const tables = new Map([["items", { ...table, destination: { ...destination, create } }]]);
    expect(await runWith(world, { worker: { tables } })).toMatchObject({
      status: "failed",
      error: { name: "unavailable", message: "cut off" },
    });
    const made = (await world.table()).rows().length;
    expect(made).toBeGreaterThan(0);
    expect(await world.run()).toMatchObject({ status: "ok" });
    expect((await world.table()).rows()).toHaveLength(2);
  });

  test.each<[string, Change]>([
    ["update", upsert("a", { Size: 2 })],
    ["removal", deletion("a")],
  ])("an %s is tried three times in all", async (_, change) => {
    const world = await given([upsert("a", { Size: 1 })]);
    failNext(world.memory, "write", "lost-before");
    failNext(world.memory, "write", "lost-before");
    expect((await give(world, change)).status).toBe("ok");
    expect(world.writes()).toBe(3);
    const again = await given([upsert("a", { Size: 1 })]);
    for (let lost = 0; lost < 9; lost += 1) failNext(again.memory, "write", "lost-before");
    expect(await give(again, change)).toMatchObject({
      status: "failed",
      error: { name: "unavailable" },
    });
    expect(again.writes()).toBe(3);
  });

  test("W5: a removal that is refused is not tried again in its cycle, also when the clock went back", async () => {
    const world = await makeWorld({ syncs: { some: { script: paged([items("a", "b", "c")]) } } });
    await world.run();
    world.memory.faults.write.push("forbidden", "forbidden", "forbidden");
    world.scripts.set("some", () => {
      world.clock.nowMs -= 3_600_000;
      return page(items("a", "b"));
    });
    expect(await world.run()).toMatchObject({
      status: "attention",
      counts: { removed: 0, failed: 1 },
      notes: ['crm/items "c" could not be removed: not allowed'],
    });
  });

  test("W9: of a row that was copied while its create was in doubt the first one is taken, and it is told", async () => {
    const world = await given([]);
    const admin = await world.table();
    failNext(world.memory, "write", "lost-after");
    world.scripts.set("some", () => page(items("a")));
    const { sleep } = world.deps();
    const run = await runWith(world, {
      deps: {
        sleep: async (delayMs, signal) => {
          const [row] = admin.rows();
          if (row !== undefined && admin.rows().length === 1) admin.duplicate(row.id);
          await sleep(delayMs, signal);
        },
      },
    });
    expect(run).toMatchObject({ status: "ok" });
    expect(run.notes.join()).toContain('several rows have the key "a"');
    expect((await known(world, "a"))[0]?.rowId).toBe(admin.rows()[0]?.id);
  });

  test("W9: a wait for what is in doubt keeps the leases", async () => {
    const world = await given([]);
    failNext(world.memory, "write", "lost-before");
    world.scripts.set("some", () => page(items("a")));
    const { sleep } = world.deps();
    const startMs = world.clock.nowMs;
    let tried = 0;
    const run = await runWith(world, {
      deps: {
        settleMs: 400_000,
        sleep: async (delayMs, signal) => {
          await sleep(delayMs, signal);
          if (world.clock.nowMs < startMs + 200_000) return;
          tried += 1;
          expect(await world.store.takeLease("sync-crm/some", "x")).toEqual({ heldBy: "test" });
        },
      },
    });
    expect(run).toMatchObject({ status: "ok", counts: { created: 1 } });
    expect(tried).toBeGreaterThan(0);
  });

  test("so many calls are under way at once, and leases are kept over all of them", async () => {
    const world = await given([], { capabilities: { writeBatchMax: 2, parallelMax: 3 } });
    world.scripts.set("some", () => page(items(...keysOf(24))));
    const worker = await world.worker();
    const table = worker.tables.get("items");
    if (table === undefined) throw new Error("no table");
    const { destination } = table;
    let under = 0;
    let most = 0;
    const create = async (rows: readonly RowCreate[]) => {
      most = Math.max(most, (under += 1));
      world.clock.nowMs += 25_000;
      await new Promise((resolve) => setImmediate(resolve));
      expect(await world.store.takeLease("sync-crm/some", "x")).toEqual({ heldBy: "test" });
      under -= 1;
      return destination.create(rows);
    };
    const tables = new Map([["items", { ...table, destination: { ...destination, create } }]]);
    const run = await runWith(world, { worker: { tables } });
    expect(run).toMatchObject({ status: "ok", counts: { created: 24 }, requests: { write: 12 } });
    expect(most).toBe(3);
  });
});

test("a row that was deleted for good and is made anew counts once in what is done", async () => {
  const world = await given([upsert("a", { Size: 1 })]);
  const admin = await world.table();
  const [row] = admin.rows();
  if (row !== undefined) admin.purge(row.id);
  world.progress.length = 0;
  await give(world, upsert("a", { Size: 2 }));
  expect(world.progress.filter(({ stage }) => stage === "write").at(-1)).toEqual({
    sync: idOf("some"),
    stage: "write",
    done: 1,
    total: 1,
  });
});

describe("what is remembered of a row", () => {
  test("that could not be written is forgotten when its source takes the change back, or the row away", async () => {
    const world = await given([upsert("a", { Size: 1 })]);
    const admin = await world.table();
    admin.refuseKey("a", "too strange");
    admin.refuseKey("new", "too strange");
    await give(world, upsert("a", { Size: 2 }), upsert("new", {}));
    expect((await known(world, "a", "new")).map(({ problem }) => problem?.message)).toEqual([
      "too strange",
      "too strange",
    ]);
    world.writes();
    const run = await give(world, upsert("a", { Size: 1 }), deletion("new"));
    expect(run.counts).toMatchObject({ unchanged: 2, failed: 0 });
    expect(world.writes()).toBe(0);
    expect(await known(world, "a", "new")).toMatchObject([{ key: "a", problem: null }]);
  });

  test("keeps the icon, cover and body that people gave it while the source says nothing new of them", async () => {
    const mine = { kind: "emoji", emoji: "m" } as const;
    const given1 = { icon: mine, coverUrl: "https://x.test/1", body: "text" };
    const world = await given([upsert("a", { Size: 1 }, given1)]);
    const [table] = world.memory.tables.values();
    const [row] = (await world.table()).rows();
    if (table === undefined || row === undefined) throw new Error("no row");
    expect(row).toMatchObject(given1);
    const theirs = {
      icon: { kind: "emoji", emoji: "t" },
      coverUrl: "https://x.test/t",
      body: "t",
    } as const;
    table.rows.set(row.id, { ...row, ...theirs });
    await give(world, upsert("a", { Size: 2 }, given1));
    expect((await world.table()).rows()).toMatchObject([theirs]);
    expect(await world.rows()).toEqual({ a: { Size: "2" } });
    const next = { icon: { kind: "emoji", emoji: "n" }, coverUrl: "https://x.test/2" } as const;
    await give(world, upsert("a", { Size: 2 }, { ...next, body: "text" }));
    expect((await world.table()).rows()).toMatchObject([{ ...next, body: "t" }]);
  });

  test("that was removed does not wait for anything any more", async () => {
    const world = await given([upsert("a", { Parent: ["late"] })], {
      databases: [database("items", { Parent: relationTo("items") })],
    });
    const count = () => world.store.countWaiting(databaseOf("items"));
    expect(await count()).toBe(1);
    expect((await give(world, deletion("a"))).waiting).toBe(0);
    expect(await count()).toBe(0);
    expect(await known(world, "a")).toMatchObject([{ isTrashed: true }]);
  });

  test("whose relation the table will not take waits no more, and is told", async () => {
    const databases = [database("items", { Parent: relationTo("items") })];
    const world = await given([upsert("a", { Parent: ["late"] })], { databases });
    world.badProperties.add("Parent");
    const run = await give(world, upsert("late", {}));
    expect(run).toMatchObject({ status: "attention", counts: { created: 1 }, waiting: 0 });
    expect(run.notes).toContain(
      'crm/items "a": its relation could not be completed: not like this',
    );
    // Neither does one that was never written.
    const other = await makeWorld({
      databases,
      syncs: { some: { script: () => page([upsert("b", { Parent: ["x"] })]) } },
    });
    other.badProperties.add("Parent");
    expect(await other.run()).toMatchObject({ status: "attention", waiting: 0 });
  });

  test("whose relation could not be completed for now is completed by the next run", async () => {
    const databases = [database("items", { Parent: relationTo("items") })];
    const world = await given([upsert("a", { Parent: ["late"] })], { databases });
    world.memory.faults.write.push("none", "down");
    expect(await give(world, upsert("late", {}))).toMatchObject({
      status: "failed",
      error: { name: "unavailable" },
    });
    expect(await give(world, upsert("late", {}))).toMatchObject({ status: "ok", waiting: 0 });
  });

  test("that comes back from the trash without what the table refuses", async () => {
    const world = await given([upsert("a", { Name: "A", Size: 1 })]);
    const admin = await world.table();
    const [row] = admin.rows();
    if (row === undefined) throw new Error("no row");
    admin.trash(row.id);
    world.badProperties.add("Name");
    const run = await give(world, upsert("a", { Name: "B", Size: 2 }));
    expect(run).toMatchObject({
      status: "attention",
      counts: { revived: 1, updated: 1, failed: 0 },
    });
    expect(await world.rows()).toEqual({ a: { Name: "A", Size: "2" } });
    expect(run.notes).toEqual([
      'crm/items "a": Name could not be written (not like this); the rest was.',
    ]);
  });
});

describe("the index", () => {
  test("W9: takes the live row of a key whose own lies in the trash, or was in doubt", async () => {
    const world = await makeWorld({
      databases: [database("items", {}, { type: "attached", title: "Old" })],
      syncs: { some: { mode: "incremental", script: () => page([]) } },
    });
    const old = addTable(world.memory, { title: "Old", owner: null });
    old.properties.set("Key", "title").set("Size", "number").set("Name", "text");
    const admin = await world.table();
    world.memory.faults.read.push("none", "incomplete");
    await world.run("some");
    const entry = {
      database: databaseOf("items"),
      parts: {},
      waiting: {},
      touchedAtMs: 1,
      problem: null,
    };
    const gone = { ...entry, key: "a", rowId: recordId("gone"), isTrashed: true };
    const open = { ...entry, key: "b", rowId: null, isTrashed: false };
    await world.store.commitOneway(
      [],
      [
        { kind: "row", row: { ...gone, createBegunAtMs: null } },
        { kind: "row", row: { ...open, createBegunAtMs: 1 } },
      ],
    );
    const ids = [admin.add({ Key: "a" }), admin.add({ Key: "b" })];
    expect((await give(world, ...items("a", "b"))).counts).toMatchObject({
      created: 0,
      updated: 2,
    });
    expect((await known(world, "a", "b")).map(({ rowId }) => rowId)).toEqual(ids);
    expect(admin.rows()).toHaveLength(2);
  });
});

describe("a change for a table that cannot be used", () => {
  test("stops the batch before its first write", async () => {
    const world = await makeWorld({
      databases: [database("items"), database("gone", {}, { type: "attached" })],
      syncs: {
        both: { script: () => page([upsert("a", {}), upsert("x", {}, { database: "gone" })]) },
      },
    });
    expect(await world.run()).toMatchObject({ status: "failed", error: { name: "not_shared" } });
    expect(await world.rows()).toEqual({});
  });
});

describe("an upstream that asks for a pause", () => {
  test("W11: has its calls counted", async () => {
    const used = { lastScheduledAtMs: 7_000, allowedRequests: 10, intervalMs: 1_000 };
    const world = await makeWorld({
      pacers: [{ key: "api", allowedRequests: 10, intervalMs: 1_000 }],
      syncs: {
        some: {
          script: () => ({
            kind: "rate-limited",
            retryAfterMs: null,
            message: "slow down",
            pacers: new Map([["api", used]]),
          }),
        },
      },
    });
    const run = await world.run();
    expect(run).toMatchObject({
      status: "rate-limited",
      isCycleDone: false,
      error: { name: "RateLimitError", message: "slow down" },
      notBeforeMs: world.clock.nowMs + 60_000,
    });
    expect(await world.store.loadPacers("crm")).toEqual(new Map([["api", 7_000]]));
    expect((await world.store.loadOnewayRuns(idOf("some"), 1))[0]).toMatchObject({
      status: "rate-limited",
      hasMore: null,
      error: { name: "RateLimitError", message: "slow down" },
    });
  });

  test("W16: and a source that was stopped in the middle is no failure", async () => {
    const world = await makeWorld({ syncs: { some: { script: () => page([]) } } });
    world.scripts.set("some", () => {
      world.abort.controller.abort();
      return { kind: "failed", why: "aborted", name: "Stopped", message: "m", stack: null };
    });
    expect(await world.run()).toMatchObject({ status: "stopped", error: null, notBeforeMs: null });
    expect(await world.store.loadSync(idOf("some"))).toMatchObject({ failures: 0 });
  });
});
