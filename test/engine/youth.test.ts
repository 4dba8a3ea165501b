// A reading may be some seconds old. What was made or brought back within them must not be taken for
// removed because an old reading does not show it.
import { expect, test } from "vitest";
import { clockErrorMs, readLagMs } from "../../src/core/order.ts";
import { text } from "../../src/core/value.ts";
import { makeWorld } from "./world.ts";

test("P10: a row made a moment ago and not to be seen is no removed one", async () => {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: text("Row"), A: text("a") });
  world.right.admin.add({ Name: text("Other"), A: text("b") });
  await world.run();
  const made = world.right.admin.ids().find((id) => {
    const name = world.right.admin.cell(id, "Name");
    return name?.kind === "text" && name.text === "Row";
  });
  if (made === undefined) throw new Error("no row was made");
  world.nowMs += 5_000;
  world.right.admin.purge(made);
  const early = await world.run();
  expect(early.summary.counts.archived).toEqual({ left: 0, right: 0 });
  expect(early.status).toBe("attention");
  world.nowMs += readLagMs + clockErrorMs;
  const late = await world.run();
  expect(late.summary.counts.archived).toEqual({ left: 1, right: 0 });
  expect(world.left.admin.ids()).not.toContain(left);
  await world.store.close();
});
