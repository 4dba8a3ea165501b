// The rows that a person is shown for a create whose answer was lost: those that it may have made as the
// tables stand now, and none that belong to another row or were there before the call.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import type { PairRun } from "../../src/engine/run.ts";
import type { Conflict } from "../../src/store/store.ts";
import { makeWorld, minuteMs, type World, type WorldOptions } from "./world.ts";

const markers = { left: null, right: "Link" };
const urlOf = (...ids: readonly RecordId[]): string =>
  ids.map((id) => `https://memory.example/${id}`).join("\n");

function step(world: World): Promise<PairRun> {
  world.nowMs += 10 * minuteMs;
  return world.run();
}

const asked = (world: World): Promise<readonly Conflict[]> =>
  world.store.loadConflicts(world.policy.id, ["open"]);

/** What is offered for each create in doubt. */
async function offered(world: World): Promise<readonly (string | null)[]> {
  return (await asked(world)).map(({ values }) =>
    values.left?.kind === "text" ? values.left.text : null,
  );
}

async function told(world: World): Promise<number> {
  return (await world.entries()).filter(
    ({ body }) => body.type === "problem" && body.code === "create_in_doubt",
  ).length;
}

/** A right row whose create on the left came to nothing, as far as anybody can see. */
async function inDoubt(policy: WorldOptions["policy"] = {}): Promise<World> {
  const world = await makeWorld({ policy: { markers, ...policy } });
  world.left.admin.add({ Name: text("Other") });
  world.left.admin.add({ Name: text("Another") });
  await step(world);
  world.right.admin.add({ Name: text("One") });
  world.left.admin.failNext("write", "lost-before");
  await step(world);
  return world;
}

test("G3: a row that shows up after the question was asked is offered by it, and told once", async () => {
  const world = await inDoubt();
  await step(world);
  const before = must((await asked(world))[0], "a question");
  expect(await offered(world)).toEqual([null]);
  const late = world.left.admin.add({ Name: text("One") });
  for (let runs = 0; runs < 3; runs += 1) await step(world);
  expect(await offered(world)).toEqual([urlOf(late)]);
  expect(await asked(world)).toMatchObject([{ id: before.id, sinceMs: before.sinceMs }]);
  expect(await told(world)).toBe(2);
  const again = world.left.admin.add({ Name: text("One") });
  await step(world);
  expect(await offered(world)).toEqual([urlOf(late, again)]);
  world.left.admin.trash(late);
  await step(world);
  expect(await offered(world)).toEqual([urlOf(again)]);
});

test("G3 P14: a row of that name that was there long before the call is not offered, and not taken for it", async () => {
  const creates = { left: true, right: false };
  const world = await makeWorld({ policy: { markers, creates } });
  world.right.admin.add({ Name: text("Other") });
  await step(world);
  const old = world.left.admin.add({ Name: text("One") });
  // By however much our clock was wrong.
  world.nowMs += 120 * minuteMs;
  await step(world);
  world.right.admin.add({ Name: text("One") });
  world.left.admin.failNext("write", "lost-after");
  await step(world);
  await step(world);
  const made = must(world.left.admin.ids().at(-1), "the row that was made");
  expect(made).not.toBe(old);
  expect(await offered(world)).toEqual([urlOf(made)]);
  const { id } = must((await asked(world))[0], "a question");
  await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "left" } });
  await step(world);
  expect(await asked(world)).toEqual([]);
  expect(await world.store.findLink(world.policy.id, made)).toMatchObject({ state: "live" });
  expect(await world.store.findLink(world.policy.id, old)).toBeNull();
});

test("G3: a row that another question's answer gave away is offered no longer", async () => {
  const world = await makeWorld({ policy: { markers } });
  world.right.admin.add({ Name: text("Twin") });
  world.right.admin.add({ Name: text("Twin") });
  world.left.admin.failNext("write", "lost-after");
  world.left.admin.failNext("write", "lost-before");
  await step(world);
  await step(world);
  const made = must(world.left.admin.ids()[0], "the row that was made");
  expect(await offered(world)).toEqual([urlOf(made), urlOf(made)]);
  const { id } = must((await asked(world))[0], "a question");
  await resolveConflict(world.store, [world.policy.id], { id, answer: { keep: "left" } });
  await step(world);
  expect(await offered(world)).toEqual([null]);
});

test("G3: a listing that was cut short takes no row off the question, and settles none", async () => {
  const world = await makeWorld({ policy: { markers }, pageSize: 1 });
  world.left.admin.add({ Name: text("Other") });
  await step(world);
  world.right.admin.add({ Name: text("One") });
  world.left.admin.failNext("write", "lost-after");
  await step(world);
  await step(world);
  const made = must(world.left.admin.ids().at(-1), "the row that was made");
  world.left.admin.failNext("read", "incomplete");
  await step(world);
  expect(await offered(world)).toEqual([urlOf(made)]);
  const answer = { keep: "left" } as const;
  const { id } = must((await asked(world))[0], "a question");
  await resolveConflict(world.store, [world.policy.id], { id, answer });
  const twin = world.left.admin.add({ Name: text("One") });
  world.left.admin.failNext("read", "incomplete");
  await step(world);
  expect(await asked(world)).toMatchObject([{ id, answer }]);
  await step(world);
  expect(await offered(world)).toEqual([urlOf(made, twin)]);
  expect(await asked(world)).toMatchObject([{ id, answer: null }]);
});

test("G3: a run that a guard stopped at the listing leaves the question and its answer as they are", async () => {
  const world = await inDoubt();
  await step(world);
  const before = must((await asked(world))[0], "a question");
  const answer = { keep: "right" } as const;
  await resolveConflict(world.store, [world.policy.id], { id: before.id, answer });
  for (const row of world.left.admin.ids()) world.left.admin.trash(row);
  const run = await step(world);
  expect(run.status).toBe("halted");
  expect(await asked(world)).toMatchObject([{ id: before.id, answer }]);
});
