// A row we put away by a mark, which somebody then threw away besides: when its counterpart is
// restored it takes two steps to come back, out of the trash and out of the mark.
import { expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import { text } from "../../src/core/value.ts";
import { makeWorld, minuteMs } from "./world.ts";

test("R15 P12: a marked row that lies in the trash comes back whole with its counterpart", async () => {
  const world = await makeWorld({
    policy: {
      archive: {
        left: { kind: "mark", field: "State", value: "Archived" },
        right: { kind: "remove" },
      },
    },
  });
  const left = world.left.admin.add({ Name: text("Alpha"), A: text("a") });
  await world.run();
  const right = must(world.right.admin.ids()[0], "the counterpart");
  const step = async () => {
    world.nowMs += 10 * minuteMs;
    return world.run();
  };
  world.nowMs += 10 * minuteMs;
  world.right.admin.trash(right);
  await step();
  expect(world.left.admin.cell(left, "State")).toEqual(text("Archived"));
  world.left.admin.trash(left);
  await step();
  world.right.admin.restore(right);
  const back = await step();
  expect(back.summary.counts.restored).toEqual({ left: 1, right: 0 });
  await step();
  expect(world.left.admin.ids()).toEqual([left]);
  expect(world.left.admin.cell(left, "State")).toEqual({ kind: "empty" });
  const quiet = await step();
  expect(quiet.status).toBe("ok");
  expect(quiet.summary.counts.restored).toEqual({ left: 0, right: 0 });
});
