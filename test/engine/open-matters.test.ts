// What stays open from run to run, and what must not: matters that wait for a person, marks and flags,
// tables that were exchanged, rows that nobody asked to be made.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import type { PairRun } from "../../src/engine/run.ts";
import type { StoreChange } from "../../src/store/store.ts";
import { mapped, makeWorld, minuteMs, type World, type WorldOptions } from "./world.ts";

const t = text;

function step(world: World, afterMs = 5 * minuteMs): Promise<PairRun> {
  world.nowMs += afterMs;
  return world.run();
}

async function linked(
  options: WorldOptions = {},
): Promise<{ world: World; left: RecordId; right: RecordId }> {
  const world = await makeWorld(options);
  const left = world.left.admin.add({ Name: t("One"), A: t("a0") });
  await step(world);
  return { world, left, right: must(world.right.admin.ids()[0], "a counterpart") };
}

/** Kinds of what a run stores. */
async function stored(world: World): Promise<ReadonlySet<StoreChange["kind"]>> {
  const kinds = new Set<StoreChange["kind"]>();
  const { store } = world;
  const commit = store.commit.bind(store);
  store.commit = async (lease, changes) => {
    for (const { kind } of changes) kinds.add(kind);
    await commit(lease, changes);
  };
  await step(world);
  store.commit = commit;
  return kinds;
}

async function codes(world: World, run: PairRun): Promise<readonly string[]> {
  const entries = await world.entries(run);
  return entries.flatMap(({ body }) => (body.type === "problem" ? [body.code] : []));
}

test("P3: a matter that waits is stored once, under one id, however many runs go by", async () => {
  const fields = [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")];
  const { world, left, right } = await linked({ policy: { fields } });
  world.left.admin.edit(left, { A: t("left's") });
  world.right.admin.edit(right, { A: t("right's") });
  expect(await stored(world)).toContain("conflict");
  const open = await world.store.loadConflicts(world.policy.id, ["open"]);
  expect(open).toHaveLength(1);
  expect([...(await stored(world))].toSorted()).toEqual(["entry", "pair", "run"]);
  expect(await world.store.loadConflicts(world.policy.id, ["open"])).toEqual(open);
});

test("P3: a link that was looked at for a reason is left in peace when the reason is gone", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: t("One") });
  world.right.admin.failNext("write", "lost-after");
  await step(world);
  await step(world);
  await step(world);
  const [entry] = await world.store.loadLinkIndex(world.policy.id);
  expect(entry).toMatchObject({ state: "live", isFlagged: false });
  expect(await stored(world)).not.toContain("link");
});

test("R15: a row brought back shows in the same run what was edited meanwhile", async () => {
  const { world, left, right } = await linked();
  world.left.admin.add({ Name: t("Other") });
  await step(world);
  world.left.admin.trash(left);
  await step(world);
  world.left.admin.restore(left);
  world.left.admin.edit(left, { A: t("edited since") });
  const run = await step(world);
  expect(run.summary.counts.restored).toEqual({ left: 0, right: 1 });
  expect(world.right.admin.cell(right, "A")).toEqual(t("edited since"));
});

test("R15: and so does a page whose record came back", async () => {
  const { world, left, right } = await linked();
  world.left.admin.add({ Name: t("Other") });
  await step(world);
  const putBack = world.right.admin.keep();
  world.right.admin.purge(right);
  await step(world);
  expect(world.left.admin.isTrashed(left)).toBe(true);
  putBack();
  world.right.admin.edit(right, { A: t("edited since") });
  const run = await step(world);
  expect(run.summary.counts.restored).toEqual({ left: 1, right: 0 });
  expect(world.left.admin.cell(left, "A")).toEqual(t("edited since"));
});

test("R15: what the archive mark replaced comes back with the row", async () => {
  const { world, left, right } = await linked();
  world.left.admin.add({ Name: t("Other") });
  world.right.admin.edit(right, { State: t("Doing") });
  await step(world);
  world.left.admin.trash(left);
  await step(world);
  expect(world.right.admin.cell(right, "State")).toEqual(t("Archived"));
  world.left.admin.restore(left);
  await step(world);
  expect(world.right.admin.cell(right, "State")).toEqual(t("Doing"));
});

test("G4: a copied row of which a cut listing shows one side only is not taken for removed", async () => {
  const { world, right } = await linked({ pageSize: 1 });
  world.right.admin.duplicate(right);
  expect((await step(world)).summary.counts.created).toEqual({ left: 1, right: 0 });
  const left = world.left.admin.ids();
  world.right.admin.failNext("read", "incomplete");
  const run = await step(world);
  expect(run.plans.map(({ decision }) => decision)).toMatchObject([{ act: "hold", rule: "R14" }]);
  expect(world.left.admin.ids()).toEqual(left);
});

test("another table under the same name stops the pair before anything is read from it", async () => {
  for (const side of ["left", "right"] as const) {
    const { world } = await linked();
    world[side].admin.changeSchema((schema) => ({ ...schema, tableId: "another" }));
    const writes = world.left.requests().write + world.right.requests().write;
    const run = await step(world);
    expect(run.error).toMatchObject({ code: "config_invalid" });
    expect(run.error?.message).toContain("another");
    expect(world.left.requests().write + world.right.requests().write).toBe(writes);
  }
});

test("rows that the config does not let be made are no matter at all", async () => {
  const { world } = await linked({ policy: { creates: { left: false, right: true } } });
  world.right.admin.add({ Name: t("Only here") });
  const run = await step(world);
  expect(run.status).toBe("ok");
  expect(await codes(world, run)).toEqual([]);
  expect(world.left.admin.ids()).toHaveLength(1);
  expect(await world.store.loadLinkIndex(world.policy.id)).toHaveLength(1);
});
