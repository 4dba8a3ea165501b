// Replace cycles: pages, sweeps and their guards, resuming after a failure.
import { describe, expect, test } from "vitest";

import { makeMemoryDestination } from "../../../src/connectors/memory/destination.ts";
import { addTable } from "../../../src/connectors/memory/world.ts";
import { confirmSweep, loadState, resetState } from "../../../src/oneway/control.ts";
import { runSync } from "../../../src/oneway/run.ts";
import { database, deletion, idOf, makeWorld, page, paged, upsert, type World } from "./world.ts";

const items = (...keys: string[]) => keys.map((key) => upsert(key, { Name: `Item ${key}` }));
const numbered = (count: number, from = 0) =>
  items(
    ...Array.from({ length: count }, (_, index) => `k${String(from + index).padStart(4, "0")}`),
  );
const keysOf = async (world: World, name = "items") =>
  Object.keys(await world.rows(name)).toSorted();

describe("a cycle of three pages", () => {
  const pages = [items("a", "b"), items("c"), items("d")];

  test("W2: makes the table and its rows, and a second one writes nothing", async () => {
    const world = await makeWorld({ syncs: { all: { script: paged(pages) } } });
    const first = await world.run();
    expect(first).toMatchObject({ status: "ok", executions: 3, isCycleDone: true });
    expect(first.counts).toMatchObject({ created: 4, updated: 0, failed: 0 });
    expect(await world.rows()).toEqual({
      a: { Name: "Item a" },
      b: { Name: "Item b" },
      c: { Name: "Item c" },
      d: { Name: "Item d" },
    });
    expect(world.writes()).toBe(4);
    const second = await world.run();
    expect(second).toMatchObject({ status: "ok", counts: { unchanged: 4, created: 0 } });
    expect(world.writes()).toBe(0);
    expect(world.handed.map((one) => one.state)).toEqual([undefined, 1, 2, undefined, 1, 2]);
  });

  test("W5: then removes what it did not name, into the trash", async () => {
    const world = await makeWorld({ syncs: { all: { script: paged(pages) } } });
    await world.run();
    world.scripts.set("all", paged([items("a"), items("c"), items("d")]));
    const run = await world.run();
    expect(run.counts).toMatchObject({ removed: 1, unchanged: 3 });
    expect(await keysOf(world)).toEqual(["a", "c", "d"]);
    expect((await world.table()).trashed()).toHaveLength(1);
    world.writes();
    await world.run();
    expect(world.writes()).toBe(0);
  });

  test("W4: that fails on its second page removes nothing and goes on there, page one remembered", async () => {
    const world = await makeWorld({ syncs: { all: { script: paged(pages) } } });
    await world.run();
    let isDown = true;
    const shorter = paged([items("a"), items("c"), items("d")]);
    world.scripts.set("all", (input) => {
      if (input.state?.json === 1 && isDown) {
        return { kind: "failed", why: "thrown", name: "TypeError", message: "no", stack: null };
      }
      return shorter(input);
    });
    world.handed.length = 0;
    const failed = await world.run();
    expect(failed).toMatchObject({ status: "failed", error: { name: "TypeError" } });
    expect(await keysOf(world)).toEqual(["a", "b", "c", "d"]);
    const state = await loadState(idOf("all"), world);
    expect(state).toMatchObject({ failures: 1, cursor: { json: 1 } });
    expect(state.notBeforeMs).toBe((state.lastFailure?.atMs ?? 0) + 60_000);
    isDown = false;
    const resumed = await world.run();
    expect(resumed).toMatchObject({ status: "ok", isCycleDone: true });
    expect(world.handed.map((one) => one.state)).toEqual([undefined, 1, 1, 2]);
    expect(await keysOf(world)).toEqual(["a", "c", "d"]);
    expect(await loadState(idOf("all"), world)).toMatchObject({ failures: 0, notBeforeMs: null });
  });
});

describe("a sweep", () => {
  const grown = async (count: number, sweep = {}): Promise<World> => {
    const world = await makeWorld({
      syncs: { all: { script: paged([numbered(count)]) } },
      sweep,
    });
    await world.run();
    world.writes();
    return world;
  };

  test("W5: after an empty cycle is held until a person confirms it", async () => {
    const world = await grown(3);
    world.scripts.set("all", paged([[]]));
    const held = await world.run();
    expect(held).toMatchObject({
      status: "held",
      isCycleDone: true,
      held: { guard: "empty", removals: 3 },
    });
    expect(held.notes.join()).toContain("tandem worker confirm crm/all");
    expect(await keysOf(world)).toHaveLength(3);
    expect((await world.run()).status).toBe("held");
    expect(world.writes()).toBe(0);
    expect(await confirmSweep(idOf("all"), world)).toBe(3);
    expect(await world.run()).toMatchObject({ status: "ok", held: null, counts: { removed: 3 } });
    expect(await keysOf(world)).toEqual([]);
    await expect(confirmSweep(idOf("all"), world)).rejects.toMatchObject({ code: "usage" });
    expect((await loadState(idOf("all"), world)).sweepApproval).toBeNull();
  });

  test("W5: after a cycle that saw fewer than half is held; a table under five rows is not", async () => {
    const world = await grown(10);
    world.scripts.set("all", paged([numbered(4)]));
    expect(await world.run()).toMatchObject({ status: "held", held: { guard: "shrunk" } });
    world.scripts.set("all", paged([numbered(5)]));
    expect(await world.run()).toMatchObject({ status: "ok", held: null, counts: { removed: 5 } });
    world.scripts.set("all", paged([numbered(4)]));
    await world.run();
    world.scripts.set("all", paged([numbered(1)]));
    expect(await world.run()).toMatchObject({ status: "ok", counts: { removed: 3 } });
  });

  test("W5: removes at most its share, and a confirmation lets no more pass than was shown", async () => {
    const world = await grown(100);
    world.scripts.set("all", paged([numbered(79)]));
    expect(await world.run()).toMatchObject({ held: { guard: "cap", removals: 21 } });
    await confirmSweep(idOf("all"), world);
    world.scripts.set("all", paged([numbered(70)]));
    expect(await world.run()).toMatchObject({ held: { guard: "cap", removals: 30 } });
    world.scripts.set("all", paged([numbered(80)]));
    expect(await world.run()).toMatchObject({ status: "ok", counts: { removed: 20 } });
  });

  test("W5: keeps rows whose change could not be read, and all rows when nobody knows which was meant", async () => {
    const world = await grown(3);
    const note = { property: null, weight: "refused" as const, message: "no" };
    world.scripts.set("all", () =>
      page(numbered(1), { notes: [{ ...note, key: "k0001", database: "items" }] }),
    );
    expect(await world.run()).toMatchObject({ status: "attention", counts: { removed: 1 } });
    expect(await keysOf(world)).toEqual(["k0000", "k0001"]);
    world.scripts.set("all", () =>
      page(numbered(1), { notes: [{ ...note, key: null, database: null }] }),
    );
    expect(await world.run()).toMatchObject({ status: "attention", counts: { removed: 0 } });
    expect(await keysOf(world)).toEqual(["k0000", "k0001"]);
  });

  test("leaves rows without a key alone, and rows that people put into the trash", async () => {
    const world = await grown(6);
    const admin = await world.table();
    admin.add({ Name: "by hand" });
    const gone = admin.rows()[5];
    if (gone !== undefined) admin.trash(gone.id);
    world.scripts.set("all", paged([numbered(5)]));
    expect((await world.run()).status).toBe("ok");
    expect(await keysOf(world)).toHaveLength(6);
    expect((await world.run()).counts.removed).toBe(0);
  });

  test("W6: asks once before the first removal from a table that was there before", async () => {
    const world = await makeWorld({
      databases: [database("items", {}, { type: "attached", title: "Old table" })],
      syncs: { all: { script: paged([items("a", "b")]) } },
    });
    const old = addTable(world.memory, { title: "Old table", owner: null });
    old.properties.set("Key", "title").set("Notes", "text");
    const admin = await world.table();
    const foreign = admin.add({ Key: "a", Notes: "mine" });
    admin.add({ Key: "z", Notes: "theirs" });
    const first = await world.run();
    expect(first).toMatchObject({ status: "held", held: { guard: "first-attached", removals: 1 } });
    expect(await keysOf(world)).toEqual(["a", "b", "z"]);
    expect(admin.text(foreign, "Notes")).toBe("mine");
    expect(admin.text(foreign, "Name")).toBe("Item a");
    await confirmSweep(idOf("all"), world);
    expect(await world.run()).toMatchObject({ status: "ok", counts: { removed: 1 } });
    world.scripts.set("all", paged([items("a")]));
    expect(await world.run()).toMatchObject({ status: "ok", counts: { removed: 1 } });
  });

  test("W6: asks again, and makes no row twice, when the config names another table", async () => {
    const attached = database("items", {}, { type: "attached", title: "Old table" });
    const world = await makeWorld({
      databases: [attached],
      syncs: { all: { script: paged([items("a", "b")]) } },
    });
    addTable(world.memory, { title: "Old table", owner: null }).properties.set("Key", "title");
    await world.run();
    expect((await world.store.loadBindings("crm"))[0]).toMatchObject({ maySweep: true });
    const other = addTable(world.memory, { title: "Other table", owner: null });
    other.properties.set("Key", "title");
    const destination = makeMemoryDestination({
      declaration: attached,
      world: world.memory,
      binding: other.binding,
    });
    for (const key of ["a", "z"]) destination.admin.add({ Key: key });
    const worker = await world.worker();
    const tables = new Map([["items", { destination, origin: "config" as const }]]);
    const run = await runSync(
      { ...worker, tables },
      { sync: "all", trigger: "manual" },
      world.deps(),
    );
    expect(run).toMatchObject({ status: "held", held: { guard: "first-attached", removals: 1 } });
    expect(run.notes.join()).toContain("is another table than before");
    const keys = destination.admin.rows().map(({ id }) => destination.admin.text(id, "Key") ?? "");
    expect(keys.toSorted()).toEqual(["a", "b", "z"]);
  });

  test("W6: asks nothing of a table that was there before, and empty", async () => {
    const world = await makeWorld({
      databases: [database("items", {}, { type: "attached", title: "Old table" })],
      syncs: { all: { script: paged([items("a", "b")]) } },
    });
    addTable(world.memory, { title: "Old table", owner: null }).properties.set("Key", "title");
    await world.run();
    world.scripts.set("all", paged([items("a")]));
    expect(await world.run()).toMatchObject({ status: "ok", counts: { removed: 1 } });
  });

  test("takes rows back out of the trash when they are named again", async () => {
    const world = await grown(4);
    world.scripts.set("all", paged([numbered(3)]));
    await world.run();
    world.scripts.set("all", paged([numbered(4)]));
    const run = await world.run();
    expect(run.counts).toMatchObject({ revived: 1, created: 0 });
    expect(await keysOf(world)).toHaveLength(4);
    expect((await world.table()).trashed()).toEqual([]);
  });

  test("where there is no trash deletes, and makes the row anew later", async () => {
    const world = await makeWorld({
      syncs: { all: { script: paged([items("a", "b")]) } },
      capabilities: { hasTrash: false },
    });
    await world.run();
    world.scripts.set("all", paged([items("a")]));
    await world.run();
    expect(await keysOf(world)).toEqual(["a"]);
    world.scripts.set("all", paged([items("a", "b")]));
    expect((await world.run()).counts).toMatchObject({ created: 1, unchanged: 1 });
  });

  test("that the table refuses for a row leaves it and ends", async () => {
    const world = await grown(4);
    world.scripts.set("all", paged([numbered(3)]));
    world.memory.faults.write.push("forbidden");
    expect(await world.run()).toMatchObject({ status: "attention", counts: { failed: 1 } });
    expect((await world.run()).counts.removed).toBe(1);
  });
});

describe("several syncs on one table", () => {
  test("a sweep spares rows that another sync named since the cycle began", async () => {
    const world = await makeWorld({
      syncs: {
        all: { script: paged([items("a"), items("b")]) },
        delta: { mode: "incremental", script: () => page(items("new")) },
      },
    });
    const whole = paged([items("a"), items("b")]);
    let isFirst = true;
    world.scripts.set("all", async (input) => {
      if (input.state?.json === 1 && isFirst) {
        isFirst = false;
        return { kind: "failed", why: "thrown", name: "E", message: "m", stack: null };
      }
      return whole(input);
    });
    await world.run("all");
    await world.run("delta");
    expect((await world.run("all")).counts.removed).toBe(0);
    expect(await keysOf(world)).toEqual(["a", "b", "new"]);
    // Nobody names it any more.
    expect((await world.run("all")).counts.removed).toBe(1);
  });

  test("two replace syncs remove only what they once named and the other does not keep", async () => {
    const world = await makeWorld({
      syncs: {
        one: { script: paged([items("a", "both", "ab")]) },
        two: { script: paged([items("b", "both", "ab")]) },
      },
    });
    await world.run("one");
    await world.run("two");
    expect(await keysOf(world)).toEqual(["a", "ab", "b", "both"]);
    world.scripts.set("one", paged([items("both")]));
    expect((await world.run("one")).counts.removed).toBe(1);
    expect(await keysOf(world)).toEqual(["ab", "b", "both"]);
    world.scripts.set("two", paged([items("b", "both")]));
    expect((await world.run("two")).counts.removed).toBe(1);
    expect(await keysOf(world)).toEqual(["b", "both"]);
  });

  test("a reset leaves to a sync what its last complete cycle named", async () => {
    const world = await makeWorld({
      syncs: {
        one: { script: paged([items("both")]) },
        two: { script: paged([items("b", "both")]) },
      },
    });
    await world.run("one");
    await world.run("two");
    await resetState("crm", "one", world.deps());
    world.scripts.set("two", paged([items("b")]));
    expect((await world.run("two")).counts.removed).toBe(0);
    expect(await keysOf(world)).toEqual(["b", "both"]);
  });

  test("rows that a sync named in another database go when it names them no more", async () => {
    const inOther = (...keys: string[]) =>
      keys.map((key) => upsert(key, {}, { database: "others" }));
    const world = await makeWorld({
      databases: [database("items"), database("others")],
      syncs: {
        all: { script: paged([[...items("a"), ...inOther("x", "y")]]) },
        theirs: { mode: "incremental", database: "others", script: () => page(inOther("z")) },
      },
    });
    await world.run("all");
    await world.run("theirs");
    world.scripts.set("all", paged([[...items("a"), ...inOther("x")]]));
    expect((await world.run("all")).counts.removed).toBe(1);
    expect(await keysOf(world, "others")).toEqual(["x", "z"]);
  });
});

test("deletes are carried out in replace mode too", async () => {
  const world = await makeWorld({ syncs: { all: { script: paged([items("a", "b")]) } } });
  await world.run();
  world.scripts.set("all", () => page([...items("a"), deletion("b"), deletion("never")]));
  expect(await world.run()).toMatchObject({ status: "ok", counts: { removed: 1, unchanged: 2 } });
});
