// What a run uses up and what it leaves for the next one: releases, preferences, the rules of the first
// run, and rows it was refused.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text, type Value } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import { preview } from "../../src/engine/preview.ts";
import { resyncBody } from "../../src/engine/resync.ts";
import { inRun, type PairRun } from "../../src/engine/run.ts";
import { restrictTo, saveWorks, type SavedPlan } from "../../src/engine/saved-plan.ts";
import { worksOf } from "../../src/engine/work.ts";
import type { PairState } from "../../src/store/store.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

const t = text;
const isArchived = (value: Value): boolean => value.kind === "text" && value.text === "Archived";

async function linked(count: number): Promise<{ world: World; left: RecordId[] }> {
  const world = await makeWorld();
  const left = Array.from({ length: count }, (_, at) =>
    world.left.admin.add({ Name: t(`Row ${at}`), A: t(`a${at}`) }),
  );
  await world.run();
  world.nowMs += 10 * minuteMs;
  return { world, left };
}

async function stateOf(world: World): Promise<PairState> {
  return must(await world.store.loadPair(world.policy.id), "a pair");
}

async function release(world: World): Promise<void> {
  const state = await stateOf(world);
  const halted = must(state.halted, "a halt");
  const approvals = [{ guard: halted.guard, amountMax: halted.amount }];
  await world.store.commit(null, [{ kind: "pair", pair: { ...state, halted: null, approvals } }]);
}

async function savedPlan(world: World, keep: (title: string) => boolean): Promise<SavedPlan> {
  const { prepared } = await preview(world.policy, world.deps());
  const works = saveWorks(worksOf(prepared.plans)).filter((work) => keep(work.title));
  return { version: 1, pair: "pair", storeId: "s", madeAtMs: 0, works };
}

function apply(world: World, plan: SavedPlan): Promise<PairRun> {
  const options = { trigger: "apply", holder: "test", ...restrictTo(plan) } as const;
  return syncPair(world.policy, options, world.deps());
}

test("P24: a release holds for the whole run, also when rows were brought back on the way", async () => {
  const { world, left } = await linked(12);
  // One row comes back, which takes the run a second look; four others go.
  world.left.admin.trash(must(left[0], "a row"));
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.left.admin.restore(must(left[0], "a row"));
  for (const id of left.slice(1, 5)) world.left.admin.trash(id);
  expect((await world.run()).status).toBe("halted");
  await release(world);
  // Their removal is refused the first time round, so the second look still wants to remove four.
  const update = world.right.update.bind(world.right);
  world.right.update = async (writes, wanted) => {
    const isArchive = writes.some((write) => [...write.cells.values()].some(isArchived));
    if (!isArchive) return update(writes, wanted);
    return writes.map(() => ({ kind: "failed", why: "forbidden", message: "no", field: null }));
  };
  const run = await world.run();
  expect(run.status).toBe("attention");
  expect(run.summary.counts.restored.right).toBe(1);
  expect(run.summary.counts.failed).toBe(4);
  expect((await stateOf(world)).approvals).toEqual([]);
});

test("a part of the first plan leaves the first-run rules in force, and the release unused", async () => {
  const world = await makeWorld({ policy: { match: [{ left: "Name", right: "Name" }] } });
  for (const name of ["One", "Two"]) {
    world.left.admin.add({ Name: t(name), A: t("left") });
  }
  const plan = await savedPlan(world, (title) => title === "One");
  await apply(world, plan);
  expect(world.right.admin.ids()).toHaveLength(1);
  expect((await stateOf(world)).firstSyncedAtMs).toBeNull();
  // A row of that name appears on the right: by the first run's rules it is linked, not doubled.
  world.right.admin.add({ Name: t("Two"), A: t("left") });
  world.nowMs += 10 * minuteMs;
  const run = await world.run();
  expect(run.summary.counts.linked).toBe(1);
  expect(world.left.admin.ids()).toHaveLength(2);
  expect((await stateOf(world)).firstSyncedAtMs).not.toBeNull();
});

test("the whole first plan, applied from its file, ends the first run", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: t("One") });
  await apply(world, await savedPlan(world, () => true));
  expect((await stateOf(world)).firstSyncedAtMs).not.toBeNull();
});

test("a release is not used up by an apply that carries out only a part", async () => {
  const { world, left } = await linked(12);
  for (const id of left.slice(0, 4)) world.left.admin.trash(id);
  world.nowMs += 10 * minuteMs;
  expect((await world.run()).status).toBe("halted");
  await release(world);
  const plan = await savedPlan(world, (title) => title === "Row 0");
  const part = await apply(world, plan);
  expect(part.summary.counts.archived.right).toBe(1);
  const rest = await world.run();
  expect(rest.summary.counts.archived.right).toBe(3);
  expect((await stateOf(world)).approvals).toEqual([]);
});

test("a row that cannot be brought back is tried once a run", async () => {
  const { world, left } = await linked(3);
  for (const id of left.slice(0, 2)) world.left.admin.trash(id);
  await world.run();
  world.nowMs += 10 * minuteMs;
  for (const id of left.slice(0, 2)) world.left.admin.restore(id);
  const update = world.right.update.bind(world.right);
  const tried: string[] = [];
  world.right.update = async (writes, wanted) => {
    const [bad, ...rest] = writes;
    tried.push(...writes.map((write) => write.id));
    const refused = { kind: "failed", why: "forbidden", message: "no", field: null } as const;
    return bad === undefined ? [] : [refused, ...(await update(rest, wanted))];
  };
  const run = await world.run();
  expect(tried).toHaveLength(2);
  expect(run.summary.counts).toMatchObject({ failed: 1 });
  expect(run.summary.counts.restored.right).toBe(1);
  expect(run.summary.report?.holds).toEqual({ rejected: 1 });
});

test("resync keeps what is known of rows that are gone, and its preference through a kill", async () => {
  const { world, left } = await linked(3);
  const [gone, differs] = [must(left[0], "a row"), must(left[1], "a row")];
  world.left.admin.trash(gone);
  await world.run();
  const before = (await linksOf(world)).filter((link) => link.state === "archived");
  world.left.admin.edit(differs, { A: t("left differs") });
  world.nowMs += 10 * minuteMs;
  const commit = world.store.commit.bind(world.store);
  let commits = 0;
  const killed = {
    ...world.store,
    commit: (...args: Parameters<typeof commit>) => {
      commits += 1;
      return commits > 2 ? Promise.reject(new Error("killed")) : commit(...args);
    },
  };
  const options = { trigger: "resync", holder: "test" } as const;
  await expect(
    inRun(world.policy, options, {
      deps: { ...world.deps(), store: killed },
      body: (run, state) => resyncBody(run, { state, prefer: "right" }),
    }),
  ).rejects.toThrow("killed");
  expect((await stateOf(world)).prefer).toBe("right");
  expect((await linksOf(world)).filter((link) => link.state === "archived")).toEqual(before);
  await world.run();
  expect(world.left.admin.cell(differs, "A")).toEqual(t("a1"));
});

async function linksOf(world: World) {
  const index = await world.store.loadLinkIndex(world.policy.id);
  return world.store.loadLinks(index.map((entry) => entry.id));
}

test("what waits is told once a run, however often the run looks and on whichever side", async () => {
  const world = await makeWorld();
  const ids = ["Hot", "Gone", "Back"].map((name) => world.left.admin.add({ Name: t(name) }));
  await world.run();
  const [hot, gone, back] = ids.map((id) => must(id, "a row"));
  world.left.admin.trash(must(back, "a row"));
  world.nowMs += 10 * minuteMs;
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.left.admin.restore(must(back, "a row"));
  world.left.admin.trash(must(gone, "a row"));
  const right = (name: string): RecordId =>
    must(
      world.right.admin.ids().find((id) => {
        const value = world.right.admin.cell(id, "Name");
        return value?.kind === "text" && value.text === name;
      }),
      "a record",
    );
  world.right.admin.edit(right("Gone"), { A: t("edited") });
  world.nowMs += 10 * minuteMs;
  // Both sides of one row are being typed into.
  world.left.admin.edit(must(hot, "a row"), { A: t("typing") });
  world.right.admin.edit(right("Hot"), { B: t("typing too") });
  const { guards } = world.policy;
  const run = await world.run({ guards: { ...guards, hotRowMs: 90_000 } });
  expect(run.summary.counts.restored.right).toBe(1);
  const told = (await world.entries(run)).flatMap(({ body }) =>
    body.type === "problem" ? [body.code] : [],
  );
  expect(told.toSorted()).toEqual(["edit_versus_delete", "hot_row"]);
});
