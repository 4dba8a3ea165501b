// What a listing lets follow, and what it does not: one that lags, one that is cut short, one that
// shows a row twice, one with more missing rows than can be looked up.
import { expect, test } from "vitest";
import type { MemoryConnector } from "../../src/connectors/memory/connector.ts";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import type { Row } from "../../src/core/row.ts";
import { empty, text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { makeWorld, minuteMs, type World, type WorldOptions } from "./world.ts";

const t = text;

function step(world: World, afterMs = 5 * minuteMs): Promise<PairRun> {
  world.nowMs += afterMs;
  return world.run();
}

/** The listing shows only what `change` makes of its pages, until it is told to be itself again. */
function listed(
  connector: MemoryConnector,
  change: (rows: readonly Row[]) => readonly Row[],
): () => void {
  const scan = connector.scan.bind(connector);
  connector.scan = async function* (wanted) {
    const pages = scan(wanted);
    // Bound: the connector ends its own listing.
    for (;;) {
      const next = await pages.next();
      if (next.done === true) return next.value;
      yield { rows: change(next.value.rows) };
    }
  };
  return () => {
    connector.scan = scan;
  };
}

async function seeded(
  count: number,
  options: WorldOptions = {},
): Promise<{ world: World; left: RecordId[]; right: (id: RecordId) => RecordId }> {
  const world = await makeWorld(options);
  const left = Array.from({ length: count }, (_, at) =>
    world.left.admin.add({ Name: t(`Row ${at}`), A: t(`a${at}`) }),
  );
  await step(world);
  const right = (id: RecordId): RecordId =>
    must(
      world.right.admin.ids().find((row) => {
        const link = world.right.admin.cell(row, "Link");
        return link?.kind === "text" && link.text === id;
      }),
      "a counterpart",
    );
  return { world, left, right };
}

test("P12 P14: a create is not repeated while the first one is there and not listed yet", async () => {
  const { world } = await seeded(1);
  world.left.admin.add({ Name: t("New") });
  world.right.admin.failNext("write", "lost-after");
  await step(world);
  const made = world.right.admin.ids();
  expect(made).toHaveLength(2);
  const again = listed(world.right, (rows) => rows.filter(({ title }) => title !== "New"));
  // Long after the settling time the listing still lags: only the search by the marker knows.
  expect((await step(world, 60 * minuteMs)).status).toBe("attention");
  expect((await step(world, 60 * minuteMs)).status).toBe("attention");
  expect(world.right.admin.ids()).toEqual(made);
  again();
  expect((await step(world)).status).toBe("ok");
  expect(world.right.admin.ids()).toEqual(made);
  expect(world.picture().right).toEqual(world.picture().left);
});

test("P8: a listing that was cut short is no look at every row", async () => {
  const { world } = await seeded(3, { pageSize: 1 });
  const scans = async () => must(await world.store.loadPair(world.policy.id), "a state").lastScans;
  const before = await scans();
  world.right.admin.failNext("read", "incomplete");
  await step(world);
  const after = await scans();
  expect(after.right).toEqual(before.right);
  expect(after.left?.startMs).toBe(world.nowMs);
  await step(world);
  expect((await scans()).right?.startMs).toBe(world.nowMs);
});

test("P12: a first listing that was cut short leaves the next run the first one", async () => {
  const world = await makeWorld({
    pageSize: 1,
    policy: { match: [{ left: "Name", right: "Name" }] },
  });
  for (const name of ["Alpha", "Beta"]) {
    world.left.admin.add({ Name: t(name) });
    world.right.admin.add({ Name: t(name) });
  }
  world.right.admin.failNext("read", "incomplete");
  expect((await step(world)).status).toBe("attention");
  const run = await step(world);
  expect(run.summary.counts).toMatchObject({ linked: 2, created: { left: 0, right: 0 } });
  expect(world.right.admin.ids()).toHaveLength(2);
});

test("P5: of a row that is listed twice the later reading counts", async () => {
  const { world, left } = await seeded(2);
  const first = must(left[0], "a row");
  world.nowMs += 5 * minuteMs;
  const stale: Row[] = [];
  listed(world.left, (rows) => {
    const row = must(
      rows.find(({ id }) => id === first),
      "the row",
    );
    const name = must([...row.cells.keys()][1], "a field");
    const early = { ...row, cells: new Map(row.cells).set(name, t("typed, and taken back")) };
    stale.push(early);
    return [early, ...rows];
  });
  const run = await step(world);
  expect(stale).toHaveLength(1);
  expect(run.status).toBe("ok");
  expect(run.summary.counts.updated).toEqual({ left: 0, right: 0 });
  expect(world.picture().right).toEqual(world.picture().left);
});

test("P10: every missing row is looked up, beyond a hundred at a time too", async () => {
  const guards = {
    maxRemove: { percent: 100, floor: 1_000, cap: null },
    emptySide: "off",
  } as const;
  const { world, left } = await seeded(230);
  const gone = left.slice(0, 130);
  for (const id of gone) world.left.admin.trash(id);
  world.nowMs += 5 * minuteMs;
  const run = await world.run({ guards: { ...world.policy.guards, ...guards } });
  expect(run.summary.counts.archived).toEqual({ left: 0, right: 130 });
});

test("P10: a row that a filter hides has left the scope, and its counterpart stays", async () => {
  const { world, left, right } = await seeded(2);
  const [hidden] = left;
  const filters = { left: (row: Row) => row.id !== hidden, right: null };
  world.right.admin.edit(right(must(hidden, "a row")), { A: t("edited") });
  world.nowMs += 5 * minuteMs;
  const run = await world.run({ filters });
  expect(run.summary.counts.archived).toEqual({ left: 0, right: 0 });
  const codes = (await world.entries(run)).flatMap(({ body }) =>
    body.type === "problem" ? [body.code] : [],
  );
  expect(codes).toEqual(["out_of_scope"]);
});

test("P14 P28: after the loss of the store, what a filter hides is not made again", async () => {
  const { world } = await seeded(2);
  const [hidden] = world.right.admin.ids();
  const filters = { left: null, right: (row: Row) => row.id !== hidden };
  const fresh = await makeWorld();
  const connectors = { left: world.left, right: world.right };
  const again = async (): Promise<PairRun> => {
    const request = { trigger: "cli", holder: "test", restrict: null } as const;
    return syncPair({ ...world.policy, filters }, request, { ...fresh.deps(), connectors });
  };
  const run = await again();
  expect(run.summary.counts).toMatchObject({ linked: 1, created: { left: 0, right: 0 } });
  expect(world.right.admin.ids()).toHaveLength(2);
  const told = (await fresh.entries(run)).flatMap(({ body }) =>
    body.type === "problem" ? [body.code] : [],
  );
  expect(told).toEqual(["out_of_scope"]);
  world.left.admin.add({ Name: t("New") });
  expect((await again()).summary.counts.created).toEqual({ left: 0, right: 1 });
});

test("P14 P28: nor is a page that a filter hides, although its record never learned its id", async () => {
  const world = await makeWorld();
  for (const name of ["One", "Two"]) world.right.admin.add({ Name: t(name) });
  await step(world);
  const [hidden] = world.left.admin.ids();
  const filters = { left: (row: Row) => row.id !== hidden, right: null };
  for (const record of world.right.admin.ids()) world.right.admin.edit(record, { Link: empty });
  const before = world.picture();
  const fresh = await makeWorld();
  const connectors = { left: world.left, right: world.right };
  const request = { trigger: "cli", holder: "test", restrict: null } as const;
  const policy = { ...world.policy, filters, match: [] };
  await syncPair(policy, request, { ...fresh.deps(), connectors });
  expect(world.picture().left).toEqual(before.left);
});

test("P10: without a filter, a row that is there and was not listed is left for the next run", async () => {
  const { world, left } = await seeded(3);
  const again = listed(world.left, (rows) => rows.filter(({ id }) => id !== left[0]));
  const run = await step(world);
  expect(run.summary.counts.archived).toEqual({ left: 0, right: 0 });
  expect(run.status).toBe("attention");
  again();
  expect((await step(world)).status).toBe("ok");
});

test("P3: a run with nothing to do stores nothing but itself", async () => {
  const { world } = await seeded(3);
  await step(world);
  const links = async () =>
    world.store.loadLinks((await world.store.loadLinkIndex(world.policy.id)).map(({ id }) => id));
  const before = await links();
  const committed: string[] = [];
  const commit = world.store.commit.bind(world.store);
  world.store.commit = async (lease, changes) => {
    committed.push(...changes.map(({ kind }) => kind));
    await commit(lease, changes);
  };
  await step(world);
  expect(new Set(committed)).toEqual(new Set(["pair", "run", "entry"]));
  expect(await links()).toEqual(before);
});
