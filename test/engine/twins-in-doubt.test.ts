// A create whose answer was lost, and a person's copy of what it made, in the same unit of the service's
// stamps: both carry the marker, and nothing tells which is which. A person is asked, and none is taken.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { RecordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { resolveConflict } from "../../src/engine/resolve.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

function step(world: World): Promise<PairRun> {
  world.nowMs += 10 * minuteMs;
  return world.run();
}

interface Twins {
  readonly world: World;
  readonly left: RecordId;
  readonly made: RecordId;
  readonly copy: RecordId;
}

async function twins(at: {
  readonly tellsMaker: boolean;
  readonly laterMs: number;
}): Promise<Twins> {
  const world = await makeWorld({ tellsMaker: at.tellsMaker });
  world.left.admin.add({ Name: text("Other") });
  await step(world);
  const left = world.left.admin.add({ Name: text("Row"), A: text("a") });
  world.right.admin.failNext("write", "lost-after");
  await step(world);
  const made = must(world.right.admin.ids().at(-1), "the row that was made");
  world.nowMs += at.laterMs;
  return { world, left, made, copy: world.right.admin.duplicate(made) };
}

const counterpart = async ({ world, left }: Twins): Promise<RecordId | null> =>
  (await world.store.findLink(world.policy.id, left))?.ids.right ?? null;

test("P12 P14: of two rows with its marker that were made at once none is taken, and a person is asked", async () => {
  const told = await twins({ tellsMaker: false, laterMs: 0 });
  const { world, made, copy } = told;
  world.right.admin.edit(copy, { A: text("typed into the copy") });
  for (let runs = 0; runs < 3; runs += 1) await step(world);
  expect(await counterpart(told)).toBeNull();
  expect([world.left.admin.ids().length, world.right.admin.ids().length]).toEqual([2, 3]);
  const [asked] = await world.store.loadConflicts(world.policy.id, ["open"]);
  const url = (id: RecordId): string => `https://memory.example/${id}`;
  expect(asked).toMatchObject({ kind: "create-in-doubt", title: "Row" });
  expect(asked?.values.right).toEqual(text(`${url(made)}\n${url(copy)}`));
  const problems = (await world.entries()).flatMap(({ body }) =>
    body.type === "problem" && body.code === "create_in_doubt" ? [body] : [],
  );
  expect(problems).toHaveLength(1);
  expect(problems[0]?.message).toContain("2 unlinked rows there have its link marker");
  expect(problems[0]?.remedy).toContain("Clear the link marker of each copy");
  // Said to be there: which of the two is still not known.
  await resolveConflict(world.store, [world.policy.id], {
    id: must(asked, "a question").id,
    answer: { keep: "right" },
  });
  await step(world);
  expect(await counterpart(told)).toBeNull();
  world.right.admin.edit(copy, { Link: { kind: "empty" } });
  for (let runs = 0; runs < 3; runs += 1) await step(world);
  expect(await counterpart(told)).toBe(made);
  const rows = ["Other | empty | empty", "Row | a | empty", "Row | typed into the copy | empty"];
  expect(world.picture()).toEqual({ left: rows, right: rows });
  expect(await world.store.loadConflicts(world.policy.id, ["open"])).toEqual([]);
});

test.each([
  { tellsMaker: true, laterMs: 0 },
  { tellsMaker: false, laterMs: 1_000 },
])("P12 P14: nobody is asked where the service tells them apart: %o", async (at) => {
  const told = await twins(at);
  for (let runs = 0; runs < 3; runs += 1) await step(told.world);
  expect(await counterpart(told)).toBe(told.made);
  expect(told.world.left.admin.ids()).toHaveLength(3);
  expect(await told.world.store.loadConflicts(told.world.policy.id, ["open"])).toEqual([]);
});
