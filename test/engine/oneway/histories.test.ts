// Random histories: an upstream that changes between and within cycles, people who edit the table, a
// service and a process that fail. Once all that stops, the table holds what the upstream holds, columns
// of people are as people left them, no key is there twice, and another cycle writes nothing.
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { confirmSweep, loadState } from "../../../src/oneway/control.ts";
import type { WorldFault } from "../../../src/connectors/memory/world.ts";
import { Crash, database, idOf, makeWorld, page, relationTo, upsert, type World } from "./world.ts";

interface Item {
  readonly size: number;
  readonly body: string | null;
  readonly parent: string | null;
}

type Upstream = Map<string, Item>;

type Step =
  | { readonly kind: "set"; readonly key: string; readonly item: Item }
  | { readonly kind: "drop"; readonly key: string }
  | {
      readonly kind: "run";
      readonly sync: "all" | "delta";
      readonly at: number;
      readonly fault: WorldFault;
    }
  | {
      readonly kind: "crash";
      readonly sync: "all" | "delta";
      readonly at: number;
      readonly isAfter: boolean;
    }
  | { readonly kind: "annotate" | "trash" | "purge"; readonly at: number };

const key = fc.constantFrom("a", "b", "c", "d", "e", "f", "g");
const item: fc.Arbitrary<Item> = fc.record({
  size: fc.integer({ min: 0, max: 3 }),
  body: fc.constantFrom(null, "", "one", "two"),
  parent: fc.option(key, { nil: null }),
});
const sync = fc.constantFrom("all" as const, "delta" as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("set" as const), key, item }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("drop" as const), key }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("run" as const),
      sync,
      at: fc.nat(12),
      fault: fc.constantFrom<WorldFault>(
        "none",
        "lost-after",
        "lost-before",
        "busy",
        "down",
        "lost-with-hint",
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("crash" as const),
      sync,
      at: fc.nat(25),
      isAfter: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("annotate" as const, "trash" as const, "purge" as const),
      at: fc.nat(6),
    }),
  },
);

const changesOf = (upstream: Upstream, keys: readonly string[]) =>
  keys.flatMap((one) => {
    const found = upstream.get(one);
    if (found === undefined) return [];
    const { size, body, parent } = found;
    return [upsert(one, { Size: size, Parent: parent === null ? [] : [parent] }, { body })];
  });

async function make(upstream: Upstream, changed: Set<string>): Promise<World> {
  const world = await makeWorld({
    databases: [database("items", { Parent: relationTo("items") })],
    syncs: {
      all: {
        script: ({ state }) => {
          // Three keys a page, by key, so that a changing upstream shifts nothing.
          const after = typeof state?.json === "string" ? state.json : "";
          const rest = [...upstream.keys()].filter((one) => one > after).toSorted();
          const keys = rest.slice(0, 3);
          const hasMore = rest.length > 3;
          return page(changesOf(upstream, keys), {
            hasMore,
            ...(hasMore ? { next: keys.at(-1) } : {}),
          });
        },
      },
      delta: {
        mode: "incremental",
        script: () => {
          const keys = [...changed];
          return page(changesOf(upstream, keys), { next: keys.length });
        },
      },
    },
    sweep: { maxRemove: { percent: 100, floor: 100, cap: null } },
  });
  return world;
}

async function play(
  world: World,
  upstream: Upstream,
  changed: Set<string>,
  one: Step,
): Promise<void> {
  switch (one.kind) {
    case "set":
      upstream.set(one.key, one.item);
      changed.add(one.key);
      return;
    case "drop":
      upstream.delete(one.key);
      return;
    case "run":
      world.memory.faults.write.push(
        ...Array.from({ length: one.at }, () => "none" as const),
        one.fault,
      );
      await world.run(one.sync);
      world.memory.faults.write.length = 0;
      return;
    case "crash":
      world.steps.crashAt = world.steps.count + one.at;
      world.steps.isAfter = one.isAfter;
      await world.run(one.sync).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      world.steps.crashAt = null;
      return;
    case "annotate":
    case "trash":
    case "purge": {
      if (world.memory.tables.size === 0) return;
      const admin = await world.table();
      if (!admin.propertyNames().includes("Remarks")) admin.addProperty("Remarks", "text");
      const row = admin.rows()[one.at];
      if (row === undefined) return;
      if (one.kind === "annotate")
        admin.edit(row.id, { Remarks: `about ${String(admin.text(row.id, "Key"))}` });
      else admin[one.kind](row.id);
    }
  }
}

/** Cycles until a whole one, from its first page on, does nothing; a held sweep is let through. */
async function rest(world: World): Promise<void> {
  for (let count = 0; count < 6; count += 1) {
    world.writes();
    const isWhole = (await loadState(idOf("all"), world)).cycle === null;
    const run = await world.run("all");
    if (run.status === "held") await confirmSweep(idOf("all"), world);
    else if (isWhole && run.isCycleDone && world.writes() === 0) return;
  }
  throw new Error("it does not come to rest");
}

async function checkRest(
  world: World,
  upstream: Upstream,
  purged: ReadonlySet<string>,
): Promise<void> {
  const admin = await world.table();
  const live = admin.rows();
  const keyOf = (id: (typeof live)[number]["id"]) => admin.text(id, "Key") ?? "?";
  const keys = live.map((row) => keyOf(row.id));
  expect(new Set(keys).size).toBe(keys.length);
  for (const row of live) {
    const name = keyOf(row.id);
    const wanted = upstream.get(name);
    expect(wanted, name).toBeDefined();
    const remark = admin.text(row.id, "Remarks");
    expect([null, `about ${name}`]).toContain(remark);
    // A row that was written while it lay in the trash and not changed since stays there; what is live is right.
    expect(Number(admin.text(row.id, "Size")), name).toBe(wanted?.size);
    if (wanted?.body !== null) expect(row.body, name).toBe(wanted?.body);
  }
  // What people put away or deleted is respected while it does not change upstream.
  const away = new Set([...admin.trashed().map((row) => keyOf(row.id)), ...purged]);
  for (const name of upstream.keys())
    expect(keys.includes(name) || away.has(name), name).toBe(true);
  for (const row of live) {
    const parent = upstream.get(keyOf(row.id))?.parent ?? null;
    const cell = row.cells.get("Parent");
    const linked = cell?.kind === "rows" ? cell.ids.map((id) => admin.row(id)) : [];
    if (parent === null) expect(linked).toEqual([]);
    else if (keys.includes(parent) && linked[0] !== undefined && linked[0] !== null) {
      expect(keyOf(linked[0].id)).toBe(parent);
    }
  }
}

test("W2 W9: whatever happened, once it stops the table is what the upstream is, and stays so", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const upstream: Upstream = new Map();
      const changed = new Set<string>();
      const world = await make(upstream, changed);
      const purged = new Set<string>();
      for (const one of steps) {
        if (one.kind === "purge" && world.memory.tables.size > 0) {
          const admin = await world.table();
          const row = admin.rows()[one.at];
          if (row !== undefined) purged.add(admin.text(row.id, "Key") ?? "");
        }
        await play(world, upstream, changed, one);
      }
      await rest(world);
      await checkRest(world, upstream, purged);
      expect((await loadState(idOf("all"), world)).cycle).toBeNull();
      await world.store.close();
    }),
    { numRuns: 40 },
  );
}, 120_000);

test("W10: without people's hands in it every relation is whole", async () => {
  const quiet = step.filter((one) => !["annotate", "trash", "purge"].includes(one.kind));
  await fc.assert(
    fc.asyncProperty(fc.array(quiet, { minLength: 5, maxLength: 40 }), async (steps) => {
      const upstream: Upstream = new Map();
      const changed = new Set<string>();
      const world = await make(upstream, changed);
      for (const one of steps) await play(world, upstream, changed, one);
      await rest(world);
      const admin = await world.table();
      const shown = Object.fromEntries(
        admin.rows().map((row) => {
          const cell = row.cells.get("Parent");
          const ids = cell?.kind === "rows" ? cell.ids : [];
          return [
            admin.text(row.id, "Key"),
            ids.flatMap((id) => {
              const target = admin.row(id);
              return target === null || target.isTrashed ? [] : [admin.text(id, "Key")];
            }),
          ];
        }),
      );
      const wanted = Object.fromEntries(
        [...upstream].map(([name, { parent }]) => [
          name,
          parent === null || !upstream.has(parent) ? [] : [parent],
        ]),
      );
      expect(shown).toEqual(wanted);
      await world.store.close();
    }),
    { numRuns: 40 },
  );
}, 120_000);
