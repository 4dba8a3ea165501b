// Two creates in doubt on a side without a marker, and one row to be seen that either may have made: both
// said to be there does not say whose it is.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import type { PairRun } from "../../src/engine/run.ts";
import type { Conflict } from "../../src/store/store.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

function step(world: World): Promise<PairRun> {
  world.nowMs += 10 * minuteMs;
  return world.run();
}

const asked = (world: World): Promise<readonly Conflict[]> =>
  world.store.loadConflicts(world.policy.id, ["open"]);

async function say(world: World, title: string, keep: "left" | "right"): Promise<void> {
  const found = (await asked(world)).find((conflict) => conflict.title === title);
  const { id } = must(found, `a question about ${title}`);
  await resolveConflict(world.store, [world.policy.id], { id, answer: { keep } });
}

interface Rivals {
  readonly world: World;
  /** Right rows. */
  readonly one: RecordId;
  readonly two: RecordId;
  /** What was made for `two`, and is to be seen alone. */
  readonly seen: RecordId;
  readonly hidden: RecordId;
}

async function rivals(): Promise<Rivals> {
  const markers = { left: null, right: "Link" };
  const world = await makeWorld({ policy: { markers }, tellsMaker: true });
  world.left.admin.add({ Name: text("Other") });
  await step(world);
  const one = world.right.admin.add({ Name: text("One"), A: text("1") });
  const two = world.right.admin.add({ Name: text("Two"), A: text("2") });
  world.left.admin.failNext("write", "lost-after");
  world.left.admin.failNext("write", "lost-after");
  await step(world);
  const [hidden, seen] = world.left.admin.ids().slice(-2);
  const known = { hidden: must(hidden, "a row"), seen: must(seen, "another row") };
  expect(world.left.admin.cell(known.seen, "Name")).toEqual(text("Two"));
  world.left.admin.trash(known.hidden);
  return { world, one, two, ...known };
}

test("P4 P16: one row that two lost creates may have made is taken for neither", async () => {
  const { world, one, two, seen } = await rivals();
  world.left.admin.edit(seen, { Name: text("Renamed") });
  await step(world);
  expect(await asked(world)).toHaveLength(2);
  await say(world, "One", "left");
  await say(world, "Two", "left");
  await step(world);
  expect(await world.store.findLink(world.policy.id, seen)).toBeNull();
  expect(world.right.admin.cell(one, "A")).toEqual(text("1"));
  expect((await asked(world)).map(({ title }) => title).toSorted()).toEqual(["One", "Two"]);
  const told = (await world.entries()).flatMap(({ body }) =>
    body.type === "problem" && body.code === "create_in_doubt" ? [body.message] : [],
  );
  expect(told.at(-1)).toContain("and may be another lost one's");
  // The other one never came to be: so it is this one's.
  await say(world, "One", "right");
  await say(world, "Two", "left");
  for (let runs = 0; runs < 3; runs += 1) await step(world);
  expect(await world.store.findLink(world.policy.id, seen)).toMatchObject({ ids: { right: two } });
  const rows = ["One | 1 | empty", "Other | empty | empty", "Renamed | 2 | empty"];
  expect(world.picture()).toEqual({ left: rows, right: rows });
});

test("P4 P16: a row that still bears the title of one of two lost creates is that one's", async () => {
  const { world, two, seen } = await rivals();
  await step(world);
  await say(world, "One", "left");
  await say(world, "Two", "left");
  await step(world);
  expect(await world.store.findLink(world.policy.id, seen)).toMatchObject({ ids: { right: two } });
  expect((await asked(world)).map(({ title }) => title)).toEqual(["One"]);
});
