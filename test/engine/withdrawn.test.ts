// The second look at the reason of a removal: a counterpart that cannot be judged just then is no
// reason to put a row away, and the next run looks again.
import { expect, test } from "vitest";
import type { RowReading } from "../../src/core/row.ts";
import { text } from "../../src/core/value.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import { makeWorld, minuteMs } from "./world.ts";

test("P10: a row stays while its counterpart cannot be judged right before the removal", async () => {
  const world = await makeWorld();
  const left = world.left.admin.add({ Name: text("Row"), A: text("a") });
  world.left.admin.add({ Name: text("Other"), A: text("b") });
  await world.run();
  world.nowMs += 10 * minuteMs;
  world.left.admin.trash(left);
  const deps = world.deps();
  let looks = 0;
  const blinking = {
    ...deps.connectors.left,
    get capabilities() {
      return deps.connectors.left.capabilities;
    },
    read: async (...asked: Parameters<typeof world.left.read>) => {
      looks += 1;
      const readings = await world.left.read(...asked);
      if (looks < 2) return readings;
      const blind: RowReading = { state: "unknown", why: "no answer" };
      return new Map([...readings.keys()].map((id) => [id, blind] as const));
    },
  };
  const connectors = { left: blinking, right: deps.connectors.right };
  const options = { trigger: "cli", holder: "test", restrict: null } as const;
  const run = await syncPair(world.policy, options, { ...deps, connectors });
  expect(run.summary.counts.archived).toEqual({ left: 0, right: 0 });
  expect(looks).toBe(2);
  world.nowMs += 10 * minuteMs;
  expect((await world.run()).summary.counts.archived).toEqual({ left: 0, right: 1 });
  await world.store.close();
});
