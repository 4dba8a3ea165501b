// A preview asks the source, writes nothing, and shows what a run would do.
import { expect, test } from "vitest";

import { addTable } from "../../../src/connectors/memory/world.ts";
import { loadState } from "../../../src/oneway/control.ts";
import { previewSync, type PreviewHow, type SyncPreview } from "../../../src/oneway/preview.ts";
import { database, deletion, idOf, makeWorld, page, paged, upsert, type World } from "./world.ts";

const preview = async (world: World, how: Partial<PreviewHow> = {}): Promise<SyncPreview> =>
  previewSync(await world.worker(), { sync: "all", ...how }, world.deps());
const shown = ({ rows }: SyncPreview) => rows.map((row) => `${row.action} ${row.key}`);
const pages = [[upsert("a", { Size: 1 }), upsert("b", {})], [upsert("c", {})]];

test("W3: of a new worker shows tables and rows to be made, and makes none", async () => {
  const world = await makeWorld({ syncs: { all: { script: paged(pages) } } });
  const first = await preview(world);
  expect(first.schema).toMatchObject([{ kind: "create-table", database: "items" }]);
  expect(shown(first)).toEqual(["create a", "create b"]);
  expect(first).toMatchObject({ hasMore: true, nextContext: { json: 1 }, sweep: null });
  expect(world.writes()).toBe(0);
  expect(world.memory.tables.size).toBe(0);
  expect(await loadState(idOf("all"), world)).toMatchObject({ cyclesBegun: 0, cycle: null });
});

test("W3: hands back a context with which the next one goes on", async () => {
  const world = await makeWorld({ syncs: { all: { script: paged(pages) } } });
  const first = await preview(world);
  const second = await preview(world, { context: first.nextContext });
  expect(shown(second)).toEqual(["create c"]);
  expect(second).toMatchObject({ hasMore: false, nextContext: null });
});

test("shows which parts change, what would be removed, and what no run would write", async () => {
  const world = await makeWorld({
    syncs: { all: { script: paged([[...pages.flat(), upsert("d", {})]]) } },
  });
  await world.run();
  const admin = await world.table();
  const trashed = admin.rows()[3];
  if (trashed !== undefined) admin.trash(trashed.id);
  world.writes();
  world.scripts.set("all", () =>
    page([
      upsert("a", { Size: 2 }, { body: "new", updatedAtMs: 5 }),
      upsert("b", {}),
      deletion("c"),
      upsert("x", { Key: "y" }),
    ]),
  );
  const { rows, counts, sweep } = await preview(world);
  expect(rows.map(({ key, action }) => [key, action])).toEqual([
    ["a", "update"],
    ["b", "unchanged"],
    ["c", "remove"],
    ["x", "refused"],
  ]);
  expect(rows[0]?.parts.map(({ name }) => name)).toEqual(["Size", "@body"]);
  expect(rows[0]?.parts.map(({ before }) => before === null)).toEqual([false, true]);
  expect([...(rows[0]?.cells ?? [])]).toEqual([["Size", { kind: "number", number: 2 }]]);
  expect(rows[3]?.message).toContain("could not be found again");
  expect(counts).toMatchObject({ updated: 1, removed: 1, unchanged: 1, failed: 1 });
  expect(sweep).toEqual({ removals: 1, stop: null });
  expect(world.writes()).toBe(0);
  expect(await world.store.loadOnewayRuns(idOf("all"), 1)).toMatchObject([
    { trigger: "preview", status: "ok", counts: { updated: 1 } },
  ]);
});

test("a row that was put away is no removal any more, and comes back as a row revived", async () => {
  const keyed = (...keys: string[]) => keys.map((key) => upsert(key, {}));
  const world = await makeWorld({
    syncs: { all: { script: paged([keyed("a", "b", "c", "d", "e")]) } },
  });
  await world.run();
  world.scripts.set("all", paged([keyed("a", "b", "c", "d")]));
  expect((await world.run()).counts.removed).toBe(1);
  world.scripts.set("all", paged([keyed("a", "b", "c")]));
  expect((await preview(world)).sweep).toEqual({ removals: 1, stop: null });
  world.scripts.set("all", paged([keyed("a", "b", "c", "d", "e")]));
  const { rows, counts } = await preview(world);
  expect(rows.find(({ key }) => key === "e")?.action).toBe("revive");
  expect(counts).toMatchObject({ created: 0, updated: 1, revived: 1, unchanged: 4 });
});

test("of an empty cycle shows the sweep that would be held", async () => {
  const world = await makeWorld({ syncs: { all: { script: paged([pages.flat()]) } } });
  await world.run();
  world.scripts.set("all", paged([[]]));
  expect((await preview(world)).sweep).toMatchObject({ removals: 3, stop: { guard: "empty" } });
});

test("of an attached table finds the rows that would be taken over", async () => {
  const world = await makeWorld({
    databases: [database("items", {}, { type: "attached", title: "Old" })],
    syncs: { all: { script: paged([pages.flat()]) } },
  });
  const old = addTable(world.memory, { title: "Old", owner: null });
  old.properties.set("Key", "title");
  (await world.table()).add({ Key: "b" });
  const found = await preview(world);
  expect(shown(found)).toEqual(["create a", "update b", "create c"]);
  expect(found.schema.map((step) => step.kind)).toEqual(["add-property", "add-property"]);
  expect(await world.store.loadBindings("crm")).toEqual([]);
});

test("W3: goes on where the sync stands, and leaves it there", async () => {
  const world = await makeWorld({
    syncs: {
      all: { mode: "incremental", script: ({ state }) => page([], { next: [state?.json] }) },
    },
  });
  await world.run();
  await preview(world);
  await preview(world, { context: { json: "mine" } });
  expect(world.handed.map((one) => one.state)).toEqual([undefined, [null], "mine"]);
  expect((await loadState(idOf("all"), world)).cursor).toEqual({ json: [null] });
});

test("of a worker that fails tells why, and counts as no failure of the sync", async () => {
  const world = await makeWorld({
    syncs: {
      all: {
        script: () => ({
          kind: "failed",
          why: "thrown",
          name: "TypeError",
          message: "no list",
          stack: null,
        }),
      },
    },
  });
  await expect(preview(world)).rejects.toMatchObject({ message: "TypeError: no list" });
  expect((await loadState(idOf("all"), world)).failures).toBe(0);
  expect((await world.store.loadOnewayRuns(null, 1))[0]).toMatchObject({ status: "failed" });
  await expect(
    previewSync(await world.worker(), { sync: "x" }, world.deps()),
  ).rejects.toMatchObject({
    code: "usage",
  });
});

test("works while the sync runs", async () => {
  const world = await makeWorld({ syncs: { all: { script: paged(pages) } } });
  let inner: SyncPreview | null = null;
  world.scripts.set("all", async () => {
    world.scripts.set("all", paged(pages));
    inner = await preview(world);
    return page([]);
  });
  await world.run();
  expect(inner).toMatchObject({ hasMore: true });
});
