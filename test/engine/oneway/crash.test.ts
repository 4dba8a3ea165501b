// A run that is killed at any call or commit, before it or after it, leaves what the next run
// completes: no row twice, none lost, the sweep as it would have been, and nothing left to write.
import { describe, expect, test } from "vitest";

import type { Change } from "../../../src/core/oneway/change.ts";
import { loadState } from "../../../src/oneway/control.ts";
import {
  Crash,
  database,
  idOf,
  makeWorld,
  paged,
  relationTo,
  upsert,
  type World,
} from "./world.ts";

const people = database("people", { Boss: relationTo("people"), Team: relationTo("items") });
const teams = database("items");

const person = (key: string, boss: string | null, team: string, name = `P ${key}`): Change =>
  upsert(
    key,
    { Name: name, Boss: boss === null ? [] : [boss], Team: [team] },
    { database: "people" },
  );

/** Creates, updates, forward relations within and across tables, and rows that fall away. */
const before: readonly (readonly Change[])[] = [
  [person("ann", null, "t1"), person("old", "ann", "t1")],
  [upsert("t1", { Name: "One" }), upsert("t9", { Name: "Nine" })],
];
const after: readonly (readonly Change[])[] = [
  [person("ann", "cid", "t2", "Anna"), person("bob", "ann", "t1")],
  [upsert("t1", { Name: "Uno" }, { body: "text" }), person("cid", "dan", "t3")],
  [upsert("t2", { Name: "Two" }), person("dan", null, "t2"), upsert("t3", {})],
];

async function start(): Promise<World> {
  const world = await makeWorld({
    databases: [people, teams],
    syncs: { all: { database: "people", script: paged(before) } },
  });
  await world.run();
  world.scripts.set("all", paged(after));
  return world;
}

/** Everything a person would see, with relations by key. */
async function picture(world: World): Promise<unknown> {
  const admins = { people: await world.table("people"), items: await world.table("items") };
  const names = new Map(
    Object.values(admins).flatMap((admin) =>
      [...admin.rows(), ...admin.trashed()].map((row) => [
        String(row.id),
        admin.text(row.id, "Key") ?? "",
      ]),
    ),
  );
  const show = (admin: World["table"] extends () => Promise<infer A> ? A : never) =>
    admin
      .rows()
      .map((row) =>
        JSON.stringify([
          ...[...row.cells]
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, cell]) => [
              name,
              cell.kind === "rows" ? cell.ids.map((id) => names.get(id) ?? "?") : cell,
            ]),
          row.body,
        ]),
      )
      .toSorted();
  return {
    people: show(admins.people),
    items: show(admins.items),
    trashed: [...admins.people.trashed(), ...admins.items.trashed()]
      .map((row) => names.get(row.id) ?? "?")
      .toSorted(),
  };
}

async function expected(): Promise<{ readonly picture: unknown; readonly steps: number }> {
  const world = await start();
  const from = world.steps.count;
  expect(await world.run()).toMatchObject({ status: "ok", isCycleDone: true });
  return { picture: await picture(world), steps: world.steps.count - from };
}

const undisturbed = await expected();

test("the undisturbed run is worth cutting", () => {
  expect(undisturbed.steps).toBeGreaterThan(25);
  expect(undisturbed.picture).toMatchObject({ trashed: ["old", "t9"] });
});

describe.each([
  ["before", false],
  ["after", true],
])("W4 W9 W16: killed %s", (_, isAfter) => {
  test.each(Array.from({ length: undisturbed.steps }, (_, at) => at))("step %i", async (at) => {
    const world = await start();
    world.steps.crashAt = world.steps.count + at;
    world.steps.isAfter = isAfter;
    await expect(world.run()).rejects.toBeInstanceOf(Crash);
    world.steps.crashAt = null;
    const resumed = await world.run();
    expect(resumed).toMatchObject({ isCycleDone: true, error: null });
    expect(await picture(world)).toEqual(undisturbed.picture);
    expect((await loadState(idOf("all"), world)).cycle).toBeNull();
    world.writes();
    await world.run();
    expect(world.writes()).toBe(0);
    expect(await picture(world)).toEqual(undisturbed.picture);
  });
});

test("W16: killed twice in a row, at steps that follow each other", async () => {
  for (let at = 3; at < undisturbed.steps; at += 3) {
    const world = await start();
    for (const [again, isAfter] of [true, false, true].entries()) {
      world.steps.crashAt = world.steps.count + at + again;
      world.steps.isAfter = isAfter;
      await world.run().catch((error: unknown) => {
        expect(error).toBeInstanceOf(Crash);
      });
    }
    world.steps.crashAt = null;
    await world.run();
    expect(await picture(world)).toEqual(undisturbed.picture);
  }
});

test("W9: a create that was cut off is not repeated while it may still turn up", async () => {
  const world = await start();
  const at = world.steps.names.length;
  // The second create of the run, done, but its row shows up in searches only later.
  let creates = 0;
  for (let index = 0; index < undisturbed.steps; index += 1) {
    const probe = await start();
    probe.steps.crashAt = probe.steps.count + index;
    probe.steps.isAfter = true;
    await probe.run().catch(() => null);
    if (probe.steps.names.at(-1) === "create") creates = index;
    if (creates > 0) break;
  }
  world.steps.crashAt = at + creates;
  world.steps.isAfter = true;
  await expect(world.run()).rejects.toBeInstanceOf(Crash);
  world.steps.crashAt = null;
  const admin = await world.table("people");
  const fresh = admin.rows().at(-1);
  if (fresh === undefined) throw new Error("no row");
  admin.hide(fresh.id);
  const deps = world.deps();
  const sleep = deps.sleep;
  const startMs = world.clock.nowMs;
  const { runSync } = await import("../../../src/oneway/run.ts");
  await runSync(
    await world.worker(),
    { sync: "all", trigger: "manual" },
    {
      ...deps,
      sleep: async (delayMs, signal) => {
        await sleep(delayMs, signal);
        if (world.clock.nowMs - startMs > 30_000) admin.show(fresh.id);
      },
    },
  );
  expect(await picture(world)).toEqual(undisturbed.picture);
});
