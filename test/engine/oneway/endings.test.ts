// What a run tells and leaves, however it ends: the whole of its answer, of its records and of the sync's
// state. And what happens around a source while it works: leases, the log, and others who wait.
import { describe, expect, test } from "vitest";

import { addTable } from "../../../src/connectors/memory/world.ts";
import type { RowUpdate } from "../../../src/connectors/destination.ts";
import { confirmSweep, loadState, resetState, triggerSync } from "../../../src/oneway/control.ts";
import { runSync, type SyncRun } from "../../../src/oneway/run.ts";
import { freshState, standingOf } from "../../../src/oneway/state.ts";
import { SyncError } from "../../../src/errors.ts";
import type { OnewayRun } from "../../../src/store/oneway-store.ts";
import {
  Crash,
  database,
  databaseOf,
  deletion,
  idOf,
  makeWorld,
  page,
  paged,
  relationTo,
  upsert,
  type Script,
  type World,
} from "./world.ts";

const items = (...keys: string[]) => keys.map((key) => upsert(key, { Name: `Item ${key}` }));
const numbered = (count: number) =>
  items(...Array.from({ length: count }, (_, at) => `k${String(at).padStart(4, "0")}`));
const replacing = (script: Script, more = {}): Promise<World> =>
  makeWorld({ syncs: { all: { script } }, ...more });
const state = (world: World, sync = "all") => loadState(idOf(sync), world);
const records = (world: World, sync = "all"): Promise<readonly OnewayRun[]> =>
  world.store.loadOnewayRuns(idOf(sync), 10);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const nothing = {
  created: 0,
  updated: 0,
  removed: 0,
  revived: 0,
  unchanged: 0,
  skipped: 0,
  failed: 0,
};

/** Turns of the loop until it is so; whoever waits meanwhile moves the clock. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let turns = 0; turns < 2_000; turns += 1) {
    if (await isSo()) return;
    await turn();
  }
  throw new Error("it never came to that");
}

describe("a run that comes to its end", () => {
  test("tells all of it, and leaves a record an execution and a state at rest", async () => {
    const world = await replacing(paged([items("a", "b"), items("c")]));
    const run = await world.run();
    const atMs = world.clock.nowMs;
    // One look for the table that is then made: what is new need not be listed.
    expect(world.memory.count).toEqual({ read: 1, write: 3 });
    expect(run).toEqual<SyncRun>({
      sync: idOf("all"),
      status: "ok",
      executions: 2,
      lastRun: "run-00002" as never,
      counts: { ...nothing, created: 3 },
      requests: { read: 0, write: 3 },
      isCycleDone: true,
      waiting: 0,
      held: null,
      notes: [],
      error: null,
      notBeforeMs: null,
    });
    const record = {
      sync: idOf("all"),
      trigger: "manual",
      cycle: 1,
      startedAtMs: atMs,
      finishedAtMs: atMs,
      status: "ok",
      error: null,
    };
    expect(await records(world)).toEqual([
      {
        ...record,
        id: "run-00002",
        hasMore: false,
        counts: { ...nothing, created: 1 },
        requests: { read: 0, write: 1 },
      },
      {
        ...record,
        id: "run-00001",
        hasMore: true,
        counts: { ...nothing, created: 2 },
        requests: { read: 0, write: 2 },
      },
    ]);
    expect(await state(world)).toEqual({
      ...freshState(idOf("all")),
      cyclesBegun: 1,
      cyclesDone: 1,
      lastCycleDone: 1,
      cycleStartedAtMs: atMs,
      lastSuccessAtMs: atMs,
    });
  });

  test("in the middle leaves the cycle with what it has seen, deletions not counted", async () => {
    const world = await makeWorld({
      syncs: {
        delta: {
          mode: "incremental",
          script: () => page([...items("a", "b"), deletion("c")], { hasMore: true, next: 2 }),
        },
      },
    });
    await world.run("delta", { executionsMax: 1, trigger: "schedule" });
    const atMs = world.clock.nowMs;
    expect(await state(world, "delta")).toEqual({
      ...freshState(idOf("delta")),
      cursor: { json: 2 },
      cycle: {
        number: 1,
        startedAtMs: atMs,
        executions: 1,
        seen: 2,
        startCursor: null,
        unnamed: 0,
      },
      cyclesBegun: 1,
      cycleStartedAtMs: atMs,
      lastSuccessAtMs: atMs,
    });
    expect(await records(world, "delta")).toMatchObject([{ trigger: "schedule", cycle: 1 }]);
  });

  test("costs a known table one look, and no writes", async () => {
    const world = await replacing(paged([items("a")]));
    await world.run();
    const { read } = world.memory.count;
    expect(await world.run()).toMatchObject({ requests: { read: 0, write: 0 } });
    expect(world.memory.count.read - read).toBe(1);
  });
});

describe("a run that breaks", () => {
  test("over our own bug throws it, and waits before it meets it again", async () => {
    const world = await replacing(() => {
      throw new TypeError("undefined is not a function");
    });
    await expect(world.run()).rejects.toThrow(TypeError);
    const atMs = world.clock.nowMs;
    expect(await state(world)).toMatchObject({
      failures: 1,
      lastFailure: { name: "TypeError", message: "undefined is not a function", atMs },
      notBeforeMs: atMs + 60_000,
    });
    expect(await world.store.countLeases("")).toBe(0);
  });

  test("because another one holds what it needs is no failure of its sync", async () => {
    const world = await replacing(() => page(items("a")));
    const lease = await world.store.takeLease("database-crm/items", "other");
    const deps = world.deps();
    const running = runSync(
      await world.worker(),
      { sync: "all", trigger: "manual" },
      {
        ...deps,
        sleep: async (delayMs, signal) => {
          // The other one lives on.
          if ("token" in lease) await world.store.renewLease(lease);
          await deps.sleep(delayMs * 20, signal);
        },
      },
    );
    await expect(running).rejects.toMatchObject({ code: "lease_held" });
    expect(await state(world)).toMatchObject({ failures: 0, lastFailure: null });
    expect(world.handed).toEqual([]);
  });

  test("because a table cannot be got ready is a failure of its own sync, told with the code", async () => {
    const world = await makeWorld({
      databases: [database("items"), database("others")],
      syncs: {
        all: { script: () => page(items("a")) },
        theirs: {
          database: "others",
          script: () => page([upsert("x", {}, { database: "others" })]),
        },
      },
    });
    const worker = await world.worker();
    const tables = new Map(worker.tables);
    const others = tables.get("others");
    if (others === undefined) throw new Error("no table");
    const refusal = new SyncError({ code: "forbidden", message: "no relations", remedy: "r" });
    tables.set("others", {
      ...others,
      destination: { ...others.destination, prepareRelations: () => Promise.reject(refusal) },
    });
    const run = (sync: string) =>
      runSync({ ...worker, tables }, { sync, trigger: "manual" }, world.deps());
    expect(await run("all")).toMatchObject({ status: "ok", counts: { created: 1 } });
    expect(await run("theirs")).toMatchObject({
      status: "failed",
      executions: 0,
      lastRun: null,
      error: { name: "forbidden", message: "no relations" },
    });
  });

  test("by being asked to stop before it began leaves no failure behind", async () => {
    const world = await replacing(() => page(items("a")));
    world.abort.controller.abort();
    expect(await world.run()).toMatchObject({ status: "stopped", executions: 0, error: null });
    expect(await state(world)).toMatchObject({ failures: 0, lastFailure: null });
    expect(world.handed).toEqual([]);
  });

  test("by being killed has a record that the next run closes, with when and why", async () => {
    const world = await replacing(() => page(items("a")));
    world.steps.crashAt = world.steps.count + 8;
    await expect(world.run()).rejects.toBeInstanceOf(Crash);
    world.steps.crashAt = null;
    const [cut] = await records(world);
    expect(cut).toMatchObject({ status: "running", finishedAtMs: null });
    await world.run();
    expect((await records(world))[1]).toEqual({
      ...cut,
      status: "stopped",
      finishedAtMs: world.clock.nowMs,
      error: { name: "Stopped", message: "Its process ended before it did." },
    });
  });

  test("W9: with a row made and not stored owns that row, also when its source forgot it meanwhile", async () => {
    const world = await replacing(() => page(items("a", "b", "c")));
    await world.run();
    world.scripts.set("all", () => page(items("a", "b", "c", "late")));
    // Dies after the call that makes the row.
    const before = world.steps.names.length;
    world.steps.crashAt = world.steps.count + 6;
    world.steps.isAfter = true;
    for (let at = 0; world.steps.names.at(-1) !== "create"; at += 1) {
      if (at > 20) throw new Error(world.steps.names.slice(before).join());
      world.steps.crashAt = world.steps.count + at;
      await world.run().catch(() => null);
    }
    world.steps.crashAt = null;
    expect(Object.keys(await world.rows())).toHaveLength(4);
    world.scripts.set("all", () => page(items("a", "b", "c")));
    await world.run();
    expect(await world.store.loadOpenCreates(databaseOf("items"))).toEqual([]);
    await world.run();
    expect(Object.keys(await world.rows())).toEqual(["a", "b", "c"]);
  });

  test("W5: with a row made and not stored leaves it to a cycle that began before, whoever swept it", async () => {
    const world = await makeWorld({
      syncs: {
        all: { script: () => page(items("a", "b", "c")) },
        delta: { mode: "incremental", script: () => page([]) },
      },
    });
    await world.run("all");
    world.scripts.set("all", () => page(items("a"), { hasMore: true, next: 2 }));
    await world.run("all", { executionsMax: 1 });
    world.scripts.set("delta", () => page(items("late")));
    world.steps.isAfter = true;
    for (let at = 0; world.steps.names.at(-1) !== "create"; at += 1) {
      if (at > 20) throw new Error("no create");
      world.steps.crashAt = world.steps.count + at;
      await world.run("delta").catch(() => null);
    }
    world.steps.crashAt = null;
    world.scripts.set("delta", () => page([]));
    await world.run("delta");
    world.scripts.set("all", () => page(items("b", "c")));
    expect((await world.run("all")).counts.removed).toBe(0);
    expect(Object.keys(await world.rows()).toSorted()).toEqual(["a", "b", "c", "late"]);
  });

  test("over a state that is too large still counts the calls that were made", async () => {
    const used = { lastScheduledAtMs: 7_000, allowedRequests: 10, intervalMs: 1_000 };
    const world = await replacing(
      () => page([], { next: "x".repeat(300_000), pacers: new Map([["api", used]]) }),
      { pacers: [{ key: "api", allowedRequests: 10, intervalMs: 1_000 }] },
    );
    expect(await world.run()).toMatchObject({ error: { name: "StateTooLarge" } });
    expect(await world.store.loadPacers("crm")).toEqual(new Map([["api", 7_000]]));
  });
});

describe("a cycle that names less than it should", () => {
  const note = { key: null, database: null, property: null, message: "what is this?" };

  test("W5: on its first page removes nothing at its end either, and says so with its status", async () => {
    const world = await replacing(paged([items("a", "b", "c")]));
    await world.run();
    const notes = [{ ...note, weight: "refused" as const }];
    world.scripts.set("all", ({ state: at }) =>
      at === null ? page(items("a"), { notes, hasMore: true, next: 2 }) : page(items("b")),
    );
    expect(await world.run()).toMatchObject({ status: "attention", counts: { removed: 0 } });
    expect((await records(world)).map(({ status }) => status).slice(0, 2)).toEqual([
      "attention",
      "attention",
    ]);
    expect(Object.keys(await world.rows())).toHaveLength(3);
  });

  test.each([
    ["a change for a database that nobody declares might have been any", "refused", "gone", "k", 0],
    ["a change that was carried out in another form is none of these", "altered", null, null, 1],
  ] as const)("W5: %s", async (_, weight, of, key, removed) => {
    const world = await replacing(paged([items("a", "b", "c")]));
    await world.run();
    const notes = [{ ...note, weight, database: of, key }];
    world.scripts.set("all", () => page(items("a", "b"), { notes }));
    const run = await world.run();
    expect(run.counts.removed).toBe(removed);
    expect(run.counts.failed).toBe(weight === "refused" ? 1 : 0);
    expect(run.notes).toContain(of === null ? "what is this?" : "gone, k: what is this?");
  });
});

describe("a word from a person", () => {
  test("W5: that comes while the cycle runs is heard at its end", async () => {
    const world = await replacing(paged([items("a", "b")]));
    await world.run();
    world.scripts.set("all", paged([[]]));
    expect((await world.run()).status).toBe("held");
    world.scripts.set("all", async () => {
      await confirmSweep(idOf("all"), world);
      return page([]);
    });
    expect(await world.run()).toMatchObject({ status: "ok", held: null, counts: { removed: 2 } });
  });

  test("W5: asks for a run, is kept until a sweep passes, and is used up by it", async () => {
    const world = await replacing(paged([numbered(100)]));
    await world.run();
    world.scripts.set("all", paged([numbered(79)]));
    await world.run();
    expect(await confirmSweep(idOf("all"), world)).toBe(21);
    expect(await state(world)).toMatchObject({ isTriggered: true, sweepApproval: 21 });
    world.scripts.set("all", paged([numbered(70)]));
    expect(await world.run()).toMatchObject({ status: "held", held: { removals: 30 } });
    expect(await state(world)).toMatchObject({ isTriggered: false, sweepApproval: 21 });
    world.scripts.set("all", paged([numbered(79)]));
    expect(await world.run()).toMatchObject({ status: "ok", counts: { removed: 21 } });
    expect((await state(world)).sweepApproval).toBeNull();
    world.scripts.set("all", paged([numbered(50)]));
    expect((await world.run()).status).toBe("held");
  });

  test("W6: about one table that was there before says nothing of another one", async () => {
    const attached = (name: string) => database(name, {}, { type: "attached", title: name });
    const world = await makeWorld({
      databases: [attached("items"), attached("others")],
      syncs: { all: { script: paged([items("a")]) } },
    });
    for (const title of ["items", "others"]) {
      addTable(world.memory, { title, owner: null }).properties.set("Key", "title");
      (await world.table(title)).add({ Key: "z" });
    }
    expect(await world.run()).toMatchObject({ held: { guard: "first-attached", removals: 1 } });
    await confirmSweep(idOf("all"), world);
    expect(await world.run()).toMatchObject({ status: "ok", counts: { removed: 1 } });
    const bindings = await world.store.loadBindings("crm");
    expect(bindings.map((one) => [one.database, one.maySweep])).toEqual([
      ["crm/items", true],
      ["crm/others", false],
    ]);
  });
});

describe("while a source works", () => {
  test("W12: what it prints can be read before it ends, and its first two thousand lines are kept", async () => {
    const world = await replacing(async ({ onLog }) => {
      for (let at = 0; at < 2_500; at += 1) onLog({ atMs: at, stream: "out", text: `line ${at}` });
      const [record] = await records(world);
      if (record === undefined) throw new Error("no record");
      await until(async () => (await world.store.loadLog(record.id)).length > 0);
      return page([]);
    });
    const { lastRun } = await world.run();
    const log = await world.store.loadLog(lastRun ?? ("" as never));
    expect(log).toHaveLength(2_000);
    expect(log[0]).toEqual({ atMs: 0, stream: "out", text: "line 0" });
  });

  test("its leases are kept, however long it takes", async () => {
    const world = await replacing(async () => {
      const startMs = world.clock.nowMs;
      await until(() => world.clock.nowMs > startMs + 400_000);
      expect(await world.store.takeLease("sync-crm/all", "other")).toEqual({ heldBy: "test" });
      return page(items("a"));
    });
    expect(await world.run()).toMatchObject({ status: "ok", counts: { created: 1 } });
  });

  test("a lease that is lost all the same ends it at once", async () => {
    const world = await replacing(async ({ signal }) => {
      world.clock.nowMs += 121_000;
      await world.store.takeLease("sync-crm/all", "another machine");
      await until(() => signal.aborted);
      return { kind: "failed", why: "aborted", name: "Stopped", message: "m", stack: null };
    });
    await expect(world.run()).rejects.toMatchObject({ code: "lease_lost" });
    expect(world.writes()).toBe(0);
  });

  test("another sync of the worker writes another table", async () => {
    const world = await makeWorld({
      databases: [database("items"), database("others")],
      syncs: {
        slow: { script: () => page([]) },
        quick: {
          database: "others",
          script: () => page([upsert("x", {}, { database: "others" })]),
        },
      },
    });
    let inner: SyncRun | null = null;
    world.scripts.set("slow", async () => {
      const startMs = world.clock.nowMs;
      inner = await world.run("quick");
      expect(world.clock.nowMs - startMs).toBeLessThan(60_000);
      return page(items("a"));
    });
    expect(await world.run("slow")).toMatchObject({ status: "ok", counts: { created: 1 } });
    expect(inner).toMatchObject({ status: "ok", counts: { created: 1 } });
  });

  test("one sync of the worker writes at a time, whatever the table", async () => {
    const named = (name: string) => [upsert("x", {}, { database: name })];
    const world = await makeWorld({
      databases: [database("items"), database("others")],
      syncs: {
        one: { script: () => page(named("items")) },
        two: { database: "others", script: () => page(named("others")) },
      },
    });
    for (const sync of ["one", "two"]) await world.run(sync);
    const worker = await world.worker();
    const under: string[] = [];
    const tables = new Map(
      [...worker.tables].map(([name, table]) => {
        const { destination } = table;
        const update = async (rows: readonly RowUpdate[]) => {
          under.push(`${name} begins`);
          for (let turns = 0; turns < 30; turns += 1) await turn();
          under.push(`${name} ends`);
          return destination.update(rows);
        };
        return [name, { ...table, destination: { ...destination, update } }];
      }),
    );
    const changed = (name: string) => [upsert("x", { Size: 2 }, { database: name })];
    let waiting = 2;
    for (const [sync, name] of [
      ["one", "items"],
      ["two", "others"],
    ] as const) {
      // Both have their tables ready, and are asked at once.
      world.scripts.set(sync, async () => {
        waiting -= 1;
        await until(() => waiting === 0);
        return page(changed(name));
      });
    }
    const run = (sync: string) =>
      runSync({ ...worker, tables }, { sync, trigger: "manual" }, world.deps());
    const runs = await Promise.all([run("one"), run("two")]);
    expect(runs.map(({ status, counts }) => [status, counts.updated])).toEqual([
      ["ok", 1],
      ["ok", 1],
    ]);
    const [first = ""] = under[0]?.split(" ") ?? [];
    const second = first === "items" ? "others" : "items";
    expect(under).toEqual(
      [first, first, second, second].map(
        (name, at) => `${name} ${at % 2 === 0 ? "begins" : "ends"}`,
      ),
    );
  });

  test("W4: another sync of the same table waits until it is written, source included", async () => {
    const world = await makeWorld({
      syncs: {
        one: { script: () => page([]) },
        two: { mode: "incremental", script: () => page(items("b")) },
      },
    });
    const told: string[] = [];
    world.scripts.set("one", async ({ state: at }) => {
      if (at !== null) return page(items("c"));
      void world.run("two").then(({ status }) => told.push(`two ${status}`));
      const startMs = world.clock.nowMs;
      await until(() => world.clock.nowMs > startMs + 20_000);
      told.push(`handed ${world.handed.length}`);
      return page(items("a"), { hasMore: true, next: 2 });
    });
    const startMs = world.clock.nowMs;
    expect(await world.run("one")).toMatchObject({ status: "ok", executions: 2 });
    await until(() => told.length === 2);
    expect(told).toEqual(["handed 1", "two ok"]);
    // Between two pages of the one.
    expect(world.handed.map(({ sync }) => sync)).toEqual(["one", "two", "one"]);
    expect(Object.keys(await world.rows()).toSorted()).toEqual(["a", "b", "c"]);
    // Neither waits until the other gives up.
    expect(world.clock.nowMs - startMs).toBeLessThan(60_000);
  });

  test("W11: one of another process makes the first call wait a step", async () => {
    const pacers = [{ key: "api", allowedRequests: 10, intervalMs: 1_000 }];
    const startedMs: number[] = [];
    const world = await replacing(
      () => {
        startedMs.push(world.clock.nowMs);
        return page([]);
      },
      { pacers },
    );
    const lease = await world.store.takeLease("execution-crm/elsewhere", "another process");
    const beforeMs = world.clock.nowMs;
    await world.run();
    if ("token" in lease) await world.store.dropLease(lease);
    const betweenMs = world.clock.nowMs;
    await world.run();
    // Each run begins a second after the one before.
    expect(startedMs.map((at, index) => at - (index === 0 ? beforeMs : betweenMs))).toEqual([
      3_000, 1_000,
    ]);
  });
});

describe("a table that changed between runs", () => {
  test("has its new name stored, and tells of a property of another type", async () => {
    const world = await makeWorld({
      databases: [database("items", {}, { type: "attached", title: "Old" })],
      syncs: { all: { script: paged([[upsert("a", { Name: "A", Size: 1 })]]) } },
    });
    const old = addTable(world.memory, { title: "Old", owner: null });
    old.properties.set("Key", "title").set("Size", "text");
    const note = "crm/items: Size is a text and not a number, so it is not written.";
    expect((await world.run()).notes).toContain(note);
    Object.assign(old.binding, { title: "Renamed" });
    await world.run();
    expect(await world.store.loadBindings("crm")).toMatchObject([{ title: "Renamed" }]);
  });

  test("and lost its relation gets it back, and its links with it", async () => {
    const world = await makeWorld({
      databases: [database("items", { Parent: relationTo("items") })],
      syncs: { all: { script: paged([[upsert("a", {}), upsert("b", { Parent: ["a"] })]]) } },
    });
    await world.run();
    const admin = await world.table();
    const [a, b] = admin.rows();
    if (a === undefined || b === undefined) throw new Error("no rows");
    admin.dropProperty("Parent");
    admin.edit(b.id, { Parent: { kind: "blank" } });
    expect((await world.run()).counts).toMatchObject({ updated: 1, unchanged: 1 });
    expect(admin.row(b.id)?.cells.get("Parent")).toMatchObject({ ids: [a.id] });
  });

  test("W6: and is our own, found again after the store was lost, is swept without a question", async () => {
    const world = await replacing(paged([items("a", "b", "c")]));
    await world.run();
    await world.store.commitOneway([], [{ kind: "binding-drop", database: databaseOf("items") }]);
    world.scripts.set("all", paged([items("a", "b")]));
    expect(await world.run()).toMatchObject({ status: "ok", held: null, counts: { removed: 1 } });
  });
});

describe("what the schedule goes by", () => {
  test("a wish for a run is granted by one that goes on in the middle of a cycle, too", async () => {
    const world = await replacing(({ state: at }) =>
      at === null ? page(items("a"), { hasMore: true, next: 2 }) : page(items("b")),
    );
    await world.run("all", { executionsMax: 1 });
    await triggerSync(idOf("all"), world);
    expect(standingOf(await state(world))).toMatchObject({ isTriggered: true, isInCycle: true });
    await world.run("all", { trigger: "schedule" });
    expect(standingOf(await state(world))).toMatchObject({ isTriggered: false, isInCycle: false });
  });

  test("is the end of the last execution, good or bad, and whether a cycle is under way", async () => {
    const base = freshState(idOf("all"));
    const failure = { name: "RateLimitError", message: "m", atMs: 900 };
    expect(standingOf(base)).toEqual({
      isPaused: false,
      isDisabled: false,
      isTriggered: false,
      isInCycle: false,
      cycleStartedAtMs: null,
      lastEndAtMs: null,
      notBeforeMs: null,
      isRateLimited: false,
    });
    const standing = standingOf({ ...base, lastSuccessAtMs: 500, lastFailure: failure });
    expect(standing).toMatchObject({ lastEndAtMs: 900, isRateLimited: true });
    expect(standingOf({ ...base, lastSuccessAtMs: 1_000, lastFailure: failure }).lastEndAtMs).toBe(
      1_000,
    );
  });

  test("a reset forgets failures, pauses of the upstream and what is held, and lets go of the sync", async () => {
    const world = await replacing(paged([items("a", "b")]));
    await world.run();
    world.scripts.set("all", paged([[]]));
    await world.run();
    world.scripts.set("all", () => ({
      kind: "rate-limited",
      retryAfterMs: 600_000,
      message: "m",
      pacers: new Map(),
    }));
    await world.run();
    await resetState("crm", "all", world.deps());
    expect(await state(world)).toEqual({
      ...freshState(idOf("all")),
      cyclesBegun: 3,
      lastCycleDone: 2,
    });
    expect(await world.store.countLeases("")).toBe(0);
    world.scripts.set("all", paged([items("a", "b")]));
    expect(await world.run()).toMatchObject({ status: "ok", counts: { unchanged: 2 } });
  });
});
