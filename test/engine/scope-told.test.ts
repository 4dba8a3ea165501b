// A row that has left the synced table is told of once, when it leaves, and again when it leaves for
// another reason or another time: a filter hides rows for good, and the history is read by people.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import type { PairPolicy } from "../../src/core/policy.ts";
import type { Row, RowReading } from "../../src/core/row.ts";
import { text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { PairRun } from "../../src/engine/run.ts";
import type { StoreChange } from "../../src/store/store.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

interface Hidden {
  readonly world: World;
  readonly left: RecordId;
  readonly right: RecordId;
}

async function two(): Promise<Hidden> {
  const world = await makeWorld();
  world.right.admin.add({ Name: text("Other") });
  await step(world);
  const left = world.left.admin.add({ Name: text("One"), A: text("a0") });
  await step(world);
  const right = must(world.right.admin.ids().at(-1), "a counterpart");
  return { world, left, right };
}

function step(world: World, filters: PairPolicy["filters"] = none): Promise<PairRun> {
  world.nowMs += 10 * minuteMs;
  return world.run({ filters });
}

const none = { left: null, right: null };
const without = (id: RecordId) => (row: Row) => row.id !== id;

async function told(world: World, run: PairRun): Promise<readonly string[]> {
  return (await world.entries(run)).flatMap(({ body }) =>
    body.type === "problem" ? [`${body.code} ${body.side}`] : [],
  );
}

/** A lookup says that the row was moved to another table. */
function moved({ world, left }: Hidden): () => void {
  const read = world.left.read.bind(world.left);
  const scan = world.left.scan.bind(world.left);
  world.left.read = async (ids, wanted, control) => {
    const found = await read(ids, wanted, control);
    const gone: RowReading = { state: "left", why: "moved", row: null };
    return new Map([...found].map(([id, row]) => [id, id === left ? gone : row]));
  };
  world.left.scan = (wanted) => scan({ ...wanted, filter: without(left) });
  return () => {
    world.left.read = read;
    world.left.scan = scan;
  };
}

test("P3: a row that a filter hides is told of once, and stored once", async () => {
  const { world, left } = await two();
  const filters = { left: without(left), right: null };
  expect(await told(world, await step(world, filters))).toEqual(["out_of_scope left"]);
  const kinds = new Set<StoreChange["kind"]>();
  const commit = world.store.commit.bind(world.store);
  world.store.commit = async (lease, changes) => {
    for (const { kind } of changes) kinds.add(kind);
    await commit(lease, changes);
  };
  for (let runs = 0; runs < 3; runs += 1) {
    const run = await step(world, filters);
    expect(await told(world, run)).toEqual([]);
    // It is counted all the same.
    expect(run.summary.report?.holds).toMatchObject({ outOfScope: 1 });
  }
  expect([...kinds].toSorted()).toEqual(["entry", "pair", "run"]);
});

test("a row that came back and leaves again is told of again, also when nobody edited it", async () => {
  const { world, left, right } = await two();
  for (const filters of [
    { left: without(left), right: null },
    { left: null, right: without(right) },
  ]) {
    const line = filters.left === null ? "out_of_scope right" : "out_of_scope left";
    expect(await told(world, await step(world, filters))).toEqual([line]);
    expect(await told(world, await step(world))).toEqual([]);
    expect(await told(world, await step(world, filters))).toEqual([line]);
    expect(await told(world, await step(world, filters))).toEqual([]);
    expect(await told(world, await step(world))).toEqual([]);
  }
});

test("another reason, or the other side, is told", async () => {
  const at = await two();
  const { world, left, right } = at;
  const filters = { left: without(left), right: null };
  await step(world, filters);
  const back = moved(at);
  const run = await step(world);
  expect(await told(world, run)).toEqual(["out_of_scope left"]);
  const words = (await world.entries(run)).flatMap(({ body }) =>
    body.type === "problem" ? [body.message] : [],
  );
  expect(words).toEqual([expect.stringContaining("moved to another table")]);
  expect(await told(world, await step(world))).toEqual([]);
  back();
  expect(await told(world, await step(world, { left: null, right: without(right) }))).toEqual([
    "out_of_scope right",
  ]);
});

test("a run that cannot tell whether the row is back does not make it told again", async () => {
  const { world, left } = await two();
  const filters = { left: without(left), right: null };
  await step(world, filters);
  world.left.admin.failNext("read", "incomplete");
  expect(await told(world, await step(world, filters))).not.toContain("out_of_scope left");
  expect(await told(world, await step(world, filters))).toEqual([]);
});

test("P28: what a filter hides after the loss of the store is told of once", async () => {
  const { world, right } = await two();
  const filters: { left: null; right: (row: Row) => boolean } = {
    left: null,
    right: without(right),
  };
  const fresh = await makeWorld();
  const connectors = { left: world.left, right: world.right };
  const again = async (): Promise<readonly string[]> => {
    world.nowMs += 10 * minuteMs;
    const request = { trigger: "cli", holder: "test", restrict: null } as const;
    const run = await syncPair({ ...world.policy, filters }, request, {
      ...fresh.deps(),
      connectors,
    });
    expect(world.right.admin.ids()).toHaveLength(2);
    return told(fresh, run);
  };
  expect(await again()).toEqual(["out_of_scope right"]);
  expect(await again()).toEqual([]);
  expect(await again()).toEqual([]);
  filters.right = () => true;
  expect(await again()).toEqual([]);
  const index = await fresh.store.loadLinkIndex(world.policy.id);
  expect(index.map(({ state }) => state)).toEqual(["live", "live"]);
});
