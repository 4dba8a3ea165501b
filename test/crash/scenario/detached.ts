// Births on both sides after the removal of rows that nobody carries over.
import { linked, nth, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const detached: Scenario = {
  name: "removals that are ignored, and births",
  world: { policy: { deletes: "ignore" } },
  set: async (bench) => {
    const { left, right } = await linked(bench, 5);
    bench.left.admin.trash(nth(left, 0));
    bench.right.admin.purge(nth(right, 1));
    typed(bench, "left", { name: "New", count: 2 });
    typed(bench, "right", { name: "Born", count: 2 });
    bench.wait(10);
    return {};
  },
};
