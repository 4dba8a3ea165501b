// Single rows: what is written, what is left alone, and what comes of every way a write can end.
import { describe, expect, test } from "vitest";

import { failNext } from "../../../src/connectors/memory/world-admin.ts";
import { addTable, type WorldFault } from "../../../src/connectors/memory/world.ts";
import type { Change } from "../../../src/core/oneway/change.ts";
import { loadState } from "../../../src/oneway/control.ts";
import {
  database,
  databaseOf,
  deletion,
  idOf,
  makeWorld,
  page,
  upsert,
  type World,
} from "./world.ts";

/** An incremental sync that gives these changes, and then what `give` says. */
async function given(...changes: Change[]): Promise<World> {
  const world = await makeWorld({
    syncs: { some: { mode: "incremental", script: () => page(changes, { next: 1 }) } },
  });
  if (changes.length > 0) {
    await world.run();
    world.writes();
  }
  return world;
}

function give(world: World, ...changes: Change[]) {
  world.scripts.set("some", () => page(changes, { next: 2 }));
  return world.run();
}

const stamp = (key: string, size: number, updatedAtMs: number | null): Change =>
  upsert(key, { Size: size }, { updatedAtMs });

describe("what is written", () => {
  test("W2: the same batch twice: the second time no call", async () => {
    const batch = [upsert("a", { Name: "A", Size: 1 }, { body: "text" }), upsert("b", {})];
    const world = await given(...batch);
    expect((await give(world, ...batch)).counts).toMatchObject({ unchanged: 2 });
    expect(world.writes()).toBe(0);
  });

  test("only parts that differ; what people wrote elsewhere stays", async () => {
    const world = await given(upsert("a", { Name: "A", Size: 1 }, { body: "text" }));
    const admin = await world.table();
    const [row] = admin.rows();
    if (row === undefined) throw new Error("no row");
    admin.edit(row.id, { Name: "edited by hand" });
    expect(
      (await give(world, upsert("a", { Name: "A", Size: 2 }, { body: "text" }))).counts.updated,
    ).toBe(1);
    expect(await world.rows()).toEqual({ a: { Name: "edited by hand", Size: "2" } });
    expect(world.writes()).toBe(1);
  });

  test("a property that is left out is untouched, one that is blank is cleared", async () => {
    const world = await given(upsert("a", { Name: "A", Size: 1 }));
    await give(world, upsert("a", { Size: null }));
    expect(await world.rows()).toEqual({ a: { Name: "A" } });
  });

  test("a body is sent when it changes, cleared when it is empty, and kept over pages below it", async () => {
    const world = await given(upsert("a", {}, { body: "one" }), upsert("b", {}, { body: "b" }));
    const admin = await world.table();
    const bodies = () => admin.rows().map((row) => row.body);
    await give(world, upsert("a", {}, { body: "two" }), upsert("b", {}, { body: "" }));
    expect(bodies()).toEqual(["two", ""]);
    const [row] = admin.rows();
    if (row !== undefined) admin.addChildPage(row.id);
    const run = await give(world, upsert("a", {}, { body: "three" }), upsert("b", {}));
    expect(bodies()).toEqual(["two", ""]);
    expect(run.notes.join()).toContain("pages hang below it");
  });

  test("of two changes with one key the last one counts", async () => {
    const world = await given(upsert("a", { Size: 1 }), upsert("b", {}), upsert("a", { Size: 2 }));
    expect(await world.rows()).toEqual({ a: { Size: "2" }, b: {} });
    await give(
      world,
      upsert("a", { Size: 3 }),
      deletion("a"),
      deletion("b"),
      upsert("b", { Size: 4 }),
    );
    expect(await world.rows()).toEqual({ b: { Size: "4" } });
  });

  test("a key property that is left out is filled in; one that differs is refused", async () => {
    const bare = { ...upsert("a", {}), cells: new Map() } as Change;
    const world = await given(bare);
    expect(await world.rows()).toEqual({ a: {} });
    const run = await give(
      world,
      upsert("b", { Key: "c" }),
      upsert("d", { Key: null }),
      upsert("", {}),
    );
    expect(run).toMatchObject({ status: "attention", counts: { failed: 3, created: 0 } });
    expect(run.notes.join("\n")).toContain('The key is "b", but Key holds "c"');
  });

  test("properties that nobody declares are left out, and told", async () => {
    const world = await given(upsert("a", { Size: 1, Nowhere: "x" }));
    expect(await world.rows()).toEqual({ a: { Size: "1" } });
    const [run] = await world.store.loadOnewayRuns(idOf("some"), 1);
    if (run === undefined) throw new Error("no run");
    const log = await world.store.loadLog(run.id);
    expect(log.map((line) => line.text).join()).toContain("does not declare Nowhere");
  });

  test("W8: a change that is strictly older is skipped; equal and undated ones are applied", async () => {
    const world = await given(stamp("a", 1, 100));
    const size = async () => (await world.rows())["a"]?.["Size"];
    expect((await give(world, stamp("a", 2, 99))).counts).toMatchObject({ skipped: 1, updated: 0 });
    expect(await size()).toBe("1");
    await give(world, stamp("a", 3, 100));
    expect(await size()).toBe("3");
    await give(world, stamp("a", 4, null));
    expect(await size()).toBe("4");
    // The undated change did not make the older one newer.
    expect((await give(world, stamp("a", 5, 99))).counts.skipped).toBe(1);
    // The same content, said of a later time: remembered without a call.
    world.writes();
    await give(world, stamp("a", 4, 200));
    expect(world.writes()).toBe(0);
    expect((await give(world, stamp("a", 6, 150))).counts.skipped).toBe(1);
    expect(await size()).toBe("4");
  });

  test("times are kept a property: a newer change of one does not shut out another", async () => {
    const world = await given(upsert("a", { Size: 1, Name: "A" }, { updatedAtMs: 100 }));
    await give(world, upsert("a", { Size: 2 }, { updatedAtMs: 300 }));
    const run = await give(world, upsert("a", { Size: 3, Name: "B" }, { updatedAtMs: 200 }));
    expect(run.counts.updated).toBe(1);
    expect(await world.rows()).toEqual({ a: { Size: "2", Name: "B" } });
    // What was shut out is not remembered as written, neither with its content nor with its time.
    world.writes();
    await give(world, upsert("a", { Size: 2 }, { updatedAtMs: 300 }));
    expect(world.writes()).toBe(0);
    await give(world, upsert("a", { Size: 4 }, { updatedAtMs: 250 }));
    expect(await world.rows()).toEqual({ a: { Size: "2", Name: "B" } });
  });
});

describe("rows that people or others moved", () => {
  test("one in the trash stays there while nothing changes, and comes back whole when it does", async () => {
    const world = await given(upsert("a", { Name: "A", Size: 1 }));
    const admin = await world.table();
    const [row] = admin.rows();
    if (row === undefined) throw new Error("no row");
    admin.edit(row.id, { Name: "by hand" });
    admin.trash(row.id);
    await give(world, upsert("a", { Name: "A", Size: 1 }));
    expect(world.writes()).toBe(0);
    const run = await give(world, upsert("a", { Name: "A", Size: 2 }));
    expect(run.counts).toMatchObject({ updated: 1, revived: 1, failed: 0 });
    expect(await world.rows()).toEqual({ a: { Name: "A", Size: "2" } });
  });

  test("one that was deleted for good is made anew", async () => {
    const world = await given(upsert("a", { Name: "A", Size: 1 }));
    const admin = await world.table();
    const [row] = admin.rows();
    if (row !== undefined) admin.purge(row.id);
    expect((await give(world, upsert("a", { Name: "A", Size: 2 }))).counts.created).toBe(1);
    expect(await world.rows()).toEqual({ a: { Name: "A", Size: "2" } });
    world.writes();
    await give(world, upsert("a", { Name: "A", Size: 2 }));
    expect(world.writes()).toBe(0);
  });

  test("a deletion of what is gone, in the trash or unknown does nothing", async () => {
    const world = await given(upsert("a", {}), upsert("b", {}), upsert("c", {}));
    const admin = await world.table();
    const [a, b] = admin.rows();
    if (a !== undefined) admin.purge(a.id);
    if (b !== undefined) admin.trash(b.id);
    const run = await give(world, deletion("a"), deletion("b"), deletion("c"), deletion("d"));
    expect(run).toMatchObject({ status: "ok", counts: { failed: 0 } });
    expect(await world.rows()).toEqual({});
    expect((await give(world, deletion("c"))).counts.unchanged).toBe(1);
    expect((await give(world, upsert("c", {}))).counts.revived).toBe(1);
  });

  test("W6 W9: a lost store takes the rows over by their keys and doubles none", async () => {
    const world = await given(upsert("a", { Size: 1 }), upsert("b", { Size: 2 }));
    const admin = await world.table();
    const copied = admin.rows()[0];
    if (copied !== undefined) admin.duplicate(copied.id);
    await world.store.commitOneway([], [{ kind: "binding-drop", database: databaseOf("items") }]);
    const run = await give(world, upsert("a", { Size: 1 }), upsert("b", { Size: 2 }));
    expect(run.counts).toMatchObject({ created: 0, updated: 2 });
    expect(run.notes.join()).toContain('several rows have the key "a"');
    expect(admin.rows()).toHaveLength(3);
    world.writes();
    await give(world, upsert("a", { Size: 1 }));
    expect(world.writes()).toBe(0);
  });

  test("a property that somebody took away is added again and filled again", async () => {
    const batch = [upsert("a", { Name: "A", Size: 1 }), upsert("b", { Name: "B", Size: 2 })];
    const world = await given(...batch);
    const admin = await world.table();
    admin.dropProperty("Size");
    for (const row of admin.rows()) admin.edit(row.id, { Size: { kind: "blank" } });
    expect((await give(world, ...batch)).counts.updated).toBe(2);
    expect(await world.rows()).toEqual({
      a: { Name: "A", Size: "1" },
      b: { Name: "B", Size: "2" },
    });
    world.writes();
    await give(world, ...batch);
    expect(world.writes()).toBe(0);
  });

  test("W9: a listing that is cut short makes no key twice", async () => {
    const world = await given();
    const attached = await makeWorld({
      databases: [database("items", {}, { type: "attached", title: "Old" })],
      syncs: {
        some: {
          mode: "incremental",
          script: () => page([upsert("a", { Size: 1 }), upsert("b", {})]),
        },
      },
    });
    const old = addTable(attached.memory, { title: "Old", owner: null });
    old.properties.set("Key", "title");
    const admin = await attached.table();
    for (let index = 0; index < 150; index += 1) admin.add({ Key: `x${index}` });
    admin.add({ Key: "a" });
    attached.memory.faults.read.push("none", "incomplete");
    const run = await attached.run();
    expect(run.notes.join()).toContain("could not be listed in full");
    expect(run.counts).toMatchObject({ created: 1, updated: 1 });
    expect(admin.rows()).toHaveLength(152);
    await attached.run();
    const [binding] = await attached.store.loadBindings("crm");
    expect(binding).toMatchObject({ isIndexed: true, maySweep: false });
    expect(world.memory.count.write).toBe(0);
  });
});

describe("a write that does not go well", () => {
  test.each<[WorldFault, number]>([
    ["lost-after", 1],
    ["lost-with-hint", 1],
    ["lost-before", 1],
  ])("W9: a create whose answer is %s is made once, within the same run", async (fault, rows) => {
    const world = await given(upsert("z", {}));
    failNext(world.memory, "write", fault);
    const run = await give(world, upsert("a", { Size: 1 }), upsert("b", { Size: 2 }));
    expect(run).toMatchObject({ status: "ok", isCycleDone: true });
    expect((await world.table()).rows()).toHaveLength(rows + 2);
    expect(await world.rows()).toEqual({ z: {}, a: { Size: "1" }, b: { Size: "2" } });
    world.writes();
    await give(world, upsert("a", { Size: 1 }), upsert("b", { Size: 2 }));
    expect(world.writes()).toBe(0);
  });

  test.each<WorldFault>(["lost-after", "lost-before"])(
    "an update or removal whose answer is %s is repeated",
    async (fault) => {
      const world = await given(upsert("a", { Size: 1 }), upsert("b", {}));
      failNext(world.memory, "write", fault);
      expect((await give(world, upsert("a", { Size: 2 }))).status).toBe("ok");
      failNext(world.memory, "write", fault);
      expect((await give(world, deletion("b"))).status).toBe("ok");
      expect(await world.rows()).toEqual({ a: { Size: "2" } });
    },
  );

  test.each([
    ["update", upsert("a", { Size: 2 }), { a: { Size: "2" }, b: {} }],
    ["removal", deletion("b"), { a: { Size: "1" } }],
  ])("W4: an %s whose answers stay lost is not passed over", async (_, change, rows) => {
    const world = await given(upsert("a", { Size: 1 }), upsert("b", {}));
    const { cursor } = await loadState(idOf("some"), world);
    for (let lost = 0; lost < 3; lost += 1) failNext(world.memory, "write", "lost-before");
    expect((await give(world, change)).status).toBe("failed");
    expect((await loadState(idOf("some"), world)).cursor).toEqual(cursor);
    expect((await give(world, change)).status).toBe("ok");
    expect(await world.rows()).toEqual(rows);
  });

  test.each<WorldFault>(["busy", "down"])(
    "a service that is %s ends the execution, and the next one goes on from there",
    async (fault) => {
      const world = await given(upsert("z", { Size: 0 }));
      const batch = ["a", "b", "c", "d", "e", "f"].map((key) => upsert(key, { Size: 1 }));
      failNext(world.memory, "write", "none");
      failNext(world.memory, "write", fault);
      const run = await give(world, ...batch, upsert("z", { Size: 1 }));
      expect(run).toMatchObject({ status: "failed", error: { name: "unavailable" } });
      expect(await loadState(idOf("some"), world)).toMatchObject({
        failures: 1,
        cursor: { json: 1 },
        cycle: { executions: 0 },
      });
      expect(await give(world, ...batch, upsert("z", { Size: 1 }))).toMatchObject({ status: "ok" });
      expect((await world.table()).rows()).toHaveLength(7);
      expect((await loadState(idOf("some"), world)).cursor).toEqual({ json: 2 });
    },
  );

  test("answers lost one after the other end the execution instead of waiting for each", async () => {
    const world = await given(upsert("z", {}));
    const batch = Array.from({ length: 40 }, (_, index) => upsert(`k${index}`, {}));
    for (let index = 0; index < 40; index += 1) failNext(world.memory, "write", "lost-before");
    expect(await give(world, ...batch)).toMatchObject({ status: "failed" });
    expect(world.writes()).toBeLessThan(20);
    world.memory.faults.write.length = 0;
    expect((await give(world, ...batch)).status).toBe("ok");
    expect((await world.table()).rows()).toHaveLength(41);
  });

  test("a bad property costs the row nothing else, and is tried again when its content changes", async () => {
    const world = await given(upsert("z", { Name: "z", Size: 0 }));
    world.badProperties.add("Name");
    const batch = [upsert("a", { Name: "A", Size: 1 }), upsert("z", { Name: "Z", Size: 1 })];
    const run = await give(world, ...batch);
    expect(run).toMatchObject({
      status: "attention",
      counts: { created: 1, updated: 1, failed: 0 },
    });
    expect(run.notes.join()).toContain("Name could not be written (not like this)");
    expect(await world.rows()).toEqual({ a: { Size: "1" }, z: { Name: "z", Size: "1" } });
    world.writes();
    expect(await give(world, ...batch)).toMatchObject({ status: "ok", counts: { unchanged: 2 } });
    expect(world.writes()).toBe(0);
    const changed = [upsert("a", { Name: "AA", Size: 1 }), upsert("z", { Name: "ZZ", Size: 1 })];
    expect((await give(world, ...changed)).counts.failed).toBe(2);
    world.writes();
    expect((await give(world, ...changed)).counts.unchanged).toBe(2);
    expect(world.writes()).toBe(0);
    world.badProperties.clear();
    expect(await give(world, ...batch)).toMatchObject({ status: "ok", counts: { updated: 2 } });
    expect(await world.rows()).toEqual({
      a: { Name: "A", Size: "1" },
      z: { Name: "Z", Size: "1" },
    });
  });

  test("a bad key refuses the row, which nobody could find again", async () => {
    const world = await given(upsert("z", {}));
    world.badProperties.add("Key");
    expect((await give(world, upsert("a", { Size: 1 }))).counts).toMatchObject({
      failed: 1,
      created: 0,
    });
  });

  test("a row that is refused loses no other, and is tried again at the next cycle", async () => {
    const world = await given(upsert("b", { Size: 1 }));
    const admin = await world.table();
    admin.refuseKey("a", "too strange");
    admin.refuseKey("b", "too strange");
    const batch = [upsert("a", {}), upsert("b", { Size: 2 }), upsert("c", {})];
    const run = await give(world, ...batch);
    expect(run).toMatchObject({ status: "attention", counts: { failed: 2, created: 1 } });
    expect(run.notes.filter((note) => note.includes("too strange"))).toHaveLength(2);
    expect((await world.store.loadRows(databaseOf("items"), ["a"]))[0]).toMatchObject({
      rowId: null,
      problem: { message: "too strange" },
    });
    admin.refuseKey("a", null);
    admin.refuseKey("b", null);
    expect(await give(world, ...batch)).toMatchObject({
      status: "ok",
      counts: { created: 1, updated: 1, unchanged: 1 },
    });
    expect((await world.store.loadRows(databaseOf("items"), ["b"]))[0]?.problem).toBeNull();
  });

  test("a table that takes no new rows is told after a few", async () => {
    const world = await given(upsert("z", {}));
    for (let index = 0; index < 50; index += 1) failNext(world.memory, "write", "forbidden");
    const run = await give(world, ...Array.from({ length: 50 }, (_, at) => upsert(`k${at}`, {})));
    expect(run).toMatchObject({ status: "failed", error: { name: "forbidden" } });
    expect(world.writes()).toBeLessThan(20);
  });

  test("a table that is not there stands in the way of its own sync only", async () => {
    const world = await makeWorld({
      databases: [database("items"), database("gone", {}, { type: "attached" })],
      syncs: {
        fine: { script: () => page([upsert("a", {})]) },
        stuck: { database: "gone", script: () => page([]) },
        both: { script: () => page([upsert("a", {}), upsert("x", {}, { database: "gone" })]) },
      },
    });
    expect((await world.run("fine")).status).toBe("ok");
    expect(await world.run("stuck")).toMatchObject({
      status: "failed",
      executions: 0,
      error: { name: "not_shared" },
    });
    world.writes();
    expect(await world.run("both")).toMatchObject({ status: "failed", executions: 1 });
    expect(world.writes()).toBe(0);
  });
});

describe("many rows", () => {
  test("of one call whose answer was lost are looked for, and not given up", async () => {
    const world = await makeWorld({
      syncs: {
        some: {
          script: () => page(Array.from({ length: 35 }, (_, at) => upsert(`k${at}`, { Size: at }))),
        },
      },
      capabilities: { writeBatchMax: 10, parallelMax: 1 },
    });
    failNext(world.memory, "write", "none");
    failNext(world.memory, "write", "lost-after");
    expect(await world.run()).toMatchObject({ status: "ok" });
    expect((await world.table()).rows()).toHaveLength(35);
    expect(world.progress.some((one) => one.stage === "wait")).toBe(true);
  });

  test("are written in calls of as many as one carries", async () => {
    const world = await makeWorld({
      syncs: {
        some: {
          script: () => page(Array.from({ length: 95 }, (_, at) => upsert(`k${at}`, { Size: at }))),
        },
      },
      capabilities: { writeBatchMax: 10, parallelMax: 3 },
    });
    await world.run();
    expect(world.writes()).toBe(10);
    expect((await world.table()).rows()).toHaveLength(95);
    const done = world.progress.filter((one) => one.stage === "write").map((one) => one.done);
    expect(done.at(-1)).toBe(95);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });
});
