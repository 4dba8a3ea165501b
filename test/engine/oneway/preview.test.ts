// A preview asks the source, writes nothing, and shows what a run would do.
import { describe, expect, test } from "vitest";

import { addTable } from "../../../src/connectors/memory/world.ts";
import { loadState } from "../../../src/oneway/control.ts";
import { previewSync, type PreviewHow, type SyncPreview } from "../../../src/oneway/preview.ts";
import type { ChangeNote } from "../../../src/core/oneway/change.ts";
import type { ExecuteInput } from "../../../src/oneway/source.ts";
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
} from "./world.ts";

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

describe("a row of a preview", () => {
  test("has each part's hash of before, and the one that a run would store", async () => {
    const icon = { kind: "emoji", emoji: "x" } as const;
    const world = await makeWorld({
      syncs: { all: { script: paged([[upsert("a", { Name: "A", Size: 1 }, { body: "one" })]]) } },
    });
    await world.run();
    const parts = async () => (await world.store.loadRows(databaseOf("items"), ["a"]))[0]?.parts;
    const before = await parts();
    const change = upsert(
      "a",
      { Name: "A", Size: 2 },
      { body: "two", icon, coverUrl: "https://x" },
    );
    world.scripts.set("all", paged([[change]]));
    const { rows } = await preview(world);
    await world.run();
    const after = await parts();
    expect(rows).toEqual([
      {
        database: "items",
        key: "a",
        action: "update",
        cells: new Map([["Size", { kind: "number", number: 2 }]]),
        parts: ["Size", "@body", "@icon", "@cover"].map((name) => ({
          name,
          before: before?.[name]?.hash ?? null,
          after: after?.[name]?.hash,
        })),
        body: "two",
        message: null,
      },
    ]);
    const admin = await world.table();
    expect(admin.rows()[0]).toMatchObject({ body: "two", icon, coverUrl: "https://x" });
  });

  test("that is refused, skipped, in doubt or for nobody's table is counted as what a run would make of it", async () => {
    const world = await makeWorld({
      syncs: { all: { mode: "incremental", script: () => page([]) } },
    });
    world.scripts.set("all", () => page([upsert("old", { Size: 1 }, { updatedAtMs: 100 })]));
    await world.run();
    const open = {
      database: databaseOf("items"),
      key: "doubt",
      rowId: null,
      parts: {},
      waiting: {},
      isTrashed: false,
      touchedAtMs: 1,
      createBegunAtMs: world.clock.nowMs,
      problem: null,
    };
    await world.store.commitOneway([], [{ kind: "row", row: open }]);
    world.scripts.set("all", () =>
      page([
        upsert("old", { Size: 2 }, { updatedAtMs: 50 }),
        upsert("doubt", {}),
        upsert("lost", {}, { database: "nowhere" }),
        upsert("", {}),
        deletion("never"),
      ]),
    );
    const { rows, counts } = await preview(world);
    expect(rows.map(({ action, database: of, key }) => `${action} ${of} ${key}`)).toEqual([
      "skipped items old",
      "create items doubt",
      "refused items ",
      "unchanged items never",
      "refused nowhere lost",
    ]);
    expect(rows.at(-1)?.message).toBe("The worker does not declare nowhere.");
    expect(counts).toEqual({
      created: 1,
      updated: 0,
      removed: 0,
      revived: 0,
      unchanged: 1,
      skipped: 1,
      failed: 2,
    });
  });

  test("of an attached table is looked up as a run would, so many keys a query, and never where it is known", async () => {
    const keys = ["a", "b", "c", "d", "e"];
    const world = await makeWorld({
      databases: [
        database("items", {}, { type: "attached", title: "Old" }),
        database("others", { Item: relationTo("items") }),
      ],
      syncs: { all: { script: paged([keys.map((key) => upsert(key, {}))]) } },
      capabilities: { keyQueryMax: 2 },
    });
    addTable(world.memory, { title: "Old", owner: null }).properties.set("Key", "title");
    const admin = await world.table();
    for (const key of ["b", "e"]) admin.add({ Key: key });
    const reads = async (): Promise<number> => {
      const before = world.memory.count.read;
      const found = await preview(world);
      expect(shown(found)).toHaveLength(5);
      return world.memory.count.read - before;
    };
    const found = await preview(world);
    expect(shown(found)).toEqual(["create a", "update b", "create c", "create d", "update e"]);
    // A look at each of the two tables, and three queries.
    expect(await reads()).toBe(5);
    await world.run();
    expect(await reads()).toBe(2);
  });
});

describe("the sweep of a preview", () => {
  const keyed = (count: number) =>
    Array.from({ length: count }, (_, at) => upsert(`k${String(at).padStart(4, "0")}`, {}));
  const quick = { writeBatchMax: 100, parallelMax: 4 };

  test("counts all rows of a large table, and asks as a run would", async () => {
    const world = await makeWorld({
      syncs: { all: { script: paged([keyed(620)]) } },
      capabilities: quick,
    });
    await world.run();
    world.scripts.set("all", paged([keyed(600)]));
    expect((await preview(world)).sweep).toEqual({ removals: 20, stop: null });
    world.scripts.set("all", paged([keyed(400)]));
    const { sweep } = await preview(world);
    expect(sweep).toMatchObject({
      removals: 220,
      stop: { guard: "cap", removals: 220, seen: 400 },
    });
    expect((await world.run()).held).toMatchObject({ ...sweep?.stop });
  });

  test("spares what a change that cannot be read names, and not what is named in another table", async () => {
    const world = await makeWorld({
      databases: [database("items"), database("others")],
      syncs: { all: { script: paged([keyed(6)]) } },
    });
    await world.run();
    const note = (key: string, of: string, weight: ChangeNote["weight"]): ChangeNote => {
      return { key, database: of, property: null, weight, message: `about ${key}` };
    };
    world.scripts.set("all", () =>
      page([...keyed(3), upsert("k0005", {}, { database: "others" })], {
        notes: [
          note("k0003", "items", "refused"),
          note("k0000", "items", "altered"),
          note("k0004", "others", "refused"),
        ],
      }),
    );
    const { sweep, counts, notes } = await preview(world);
    expect(sweep).toEqual({ removals: 2, stop: null });
    expect(counts.failed).toBe(2);
    expect(notes).toEqual(["about k0003", "about k0000", "about k0004"]);
  });

  test("of a table that was there before would wait for a word", async () => {
    const world = await makeWorld({
      databases: [database("items", {}, { type: "attached", title: "Old" })],
      syncs: { all: { script: paged([keyed(3)]) } },
    });
    addTable(world.memory, { title: "Old", owner: null }).properties.set("Key", "title");
    (await world.table()).add({ Key: "theirs" });
    await world.run();
    expect((await preview(world)).sweep).toMatchObject({
      removals: 1,
      stop: { guard: "first-attached" },
    });
  });

  test("is known of a whole replace cycle only", async () => {
    const world = await makeWorld({
      syncs: {
        all: { script: paged([keyed(3), []]) },
        delta: { mode: "incremental", script: () => page([]) },
      },
    });
    await world.run();
    const first = await preview(world);
    expect(first).toMatchObject({ hasMore: true, sweep: null });
    expect((await preview(world, { context: first.nextContext })).sweep).toBeNull();
    expect((await preview(world, { sync: "delta" })).sweep).toBeNull();
    // In the middle of a cycle the next run is handed its second page, and so is a preview.
    await world.run("all", { executionsMax: 1 });
    world.handed.length = 0;
    expect(await preview(world)).toMatchObject({ hasMore: false, sweep: null });
    await preview(world, { context: null });
    expect(world.handed.map(({ state }) => state)).toEqual([1, undefined]);
  });
});

describe("what a preview leaves behind", () => {
  const pacers = [{ key: "api", allowedRequests: 10, intervalMs: 1_000 }];
  const used = new Map([
    ["api", { lastScheduledAtMs: 5_000, allowedRequests: 10, intervalMs: 1_000 }],
  ]);

  test("W11: is its record, the pace of the upstream, and no lease", async () => {
    const world = await makeWorld({
      pacers,
      syncs: { all: { script: () => page([upsert("a", {})], { pacers: used }) } },
    });
    const { run } = await preview(world);
    expect(await world.store.loadOnewayRuns(null, 9)).toEqual([
      {
        id: run,
        sync: idOf("all"),
        trigger: "preview",
        cycle: null,
        startedAtMs: world.clock.nowMs,
        finishedAtMs: world.clock.nowMs,
        status: "ok",
        hasMore: false,
        counts: {
          created: 1,
          updated: 0,
          removed: 0,
          revived: 0,
          unchanged: 0,
          skipped: 0,
          failed: 0,
        },
        requests: { read: 0, write: 0 },
        error: null,
      },
    ]);
    expect(await world.store.loadPacers("crm")).toEqual(new Map([["api", 5_000]]));
    expect(await world.store.countLeases("")).toBe(0);
  });

  test("W11: when the upstream asks for a pause, too; and the next run need not wait", async () => {
    const world = await makeWorld({
      pacers,
      syncs: {
        all: {
          script: () => ({
            kind: "rate-limited",
            retryAfterMs: 9_000,
            message: "slow down",
            pacers: used,
          }),
        },
      },
    });
    await expect(preview(world)).rejects.toMatchObject({
      code: "rate_limited",
      message: "The upstream asked for a pause: slow down",
    });
    expect(await world.store.loadPacers("crm")).toEqual(new Map([["api", 5_000]]));
    expect(await world.store.loadOnewayRuns(null, 1)).toMatchObject([
      {
        status: "rate-limited",
        hasMore: null,
        error: { name: "rate_limited", message: "The upstream asked for a pause: slow down" },
      },
    ]);
    expect(await world.store.loadSync(idOf("all"))).toBeNull();
  });

  test("W11: beside a run of the same sync it does not wait, and shares the budget", async () => {
    const world = await makeWorld({ pacers, syncs: { all: { script: () => page([]) } } });
    const handed: ExecuteInput[] = [];
    world.scripts.set("all", async () => {
      world.scripts.set("all", (input) => {
        handed.push(input);
        return page([]);
      });
      const startMs = world.clock.nowMs;
      await preview(world);
      expect(world.clock.nowMs - startMs).toBeLessThan(10_000);
      return page([]);
    });
    expect((await world.run()).status).toBe("ok");
    expect(handed.map(({ pacers: shares }) => shares.get("api")?.allowedRequests)).toEqual([5]);
  });
});

test("a table that cannot be used is told, with what would be added to the others", async () => {
  const world = await makeWorld({
    databases: [
      database("items", { Other: relationTo("items"), Gone: relationTo("gone") }),
      database("gone", {}, { type: "attached" }),
    ],
    syncs: { all: { script: paged([[upsert("a", {})]]) } },
  });
  const { schema, notes } = await preview(world);
  expect(schema.map(({ database: of, kind, property }) => [of, kind, property])).toEqual([
    ["items", "create-table", null],
    ["items", "add-relation", "Other"],
    ["items", "add-relation", "Gone"],
  ]);
  expect(notes).toEqual(["gone: The table attached as gone is not there."]);
  await world.run();
  const table = [...world.memory.tables.values()][0];
  table?.properties.set("Size", "text");
  expect((await preview(world)).notes).toEqual([
    "items: Size is a text and not a number, so it is not written.",
    "gone: The table attached as gone is not there.",
  ]);
});
