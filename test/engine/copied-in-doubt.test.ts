// A create whose answer was lost, a person's copy of the row it made, and the row itself thrown away
// before the next run: the copy stands in for it, but it is not what was written.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import { text } from "../../src/core/value.ts";
import { makeWorld, minuteMs } from "./world.ts";

test("P16 P17 P27: a person's copy of a row that is gone is not taken for the row that was made", async () => {
  const world = await makeWorld({ tellsMaker: true });
  world.right.admin.add({ Name: text("One"), A: text("a0") });
  world.left.admin.failNext("write", "lost-after");
  await world.run();
  const made = must(world.left.admin.ids()[0], "the row that was made");
  const copy = world.left.admin.duplicate(made);
  world.left.admin.edit(copy, { Name: text("One (1)") });
  world.left.admin.trash(made);
  for (const afterMs of [5 * minuteMs, 5 * minuteMs]) {
    world.nowMs += afterMs;
    await world.run();
  }
  const told = (await world.entries()).flatMap(({ body }) =>
    body.type === "change" && body.ids.left === copy ? Object.entries(body.fields) : [],
  );
  expect(told.filter(([name]) => name === "Name")).toEqual([]);
  const index = await world.store.loadLinkIndex(world.policy.id);
  expect(index.map(({ ids, state }) => [ids.left, state])).toEqual([[copy, "live"]]);
  // Two titles that were never agreed on wait for a person, and neither is written over.
  expect(world.left.admin.cell(copy, "Name")).toEqual(text("One (1)"));
  const open = await world.store.loadConflicts(world.policy.id, ["open"]);
  expect(open.map(({ kind, field }) => [kind, field])).toEqual([["alignment", "Name"]]);
  expect(await world.store.loadIntents(world.policy.id)).toEqual([]);
});
