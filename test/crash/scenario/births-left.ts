// Twelve new rows on the left: two calls on the right, the first with a full batch.
import { linked, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const birthsLeft: Scenario = {
  name: "births on the left, more than one batch",
  set: async (bench) => {
    await linked(bench, 1);
    typed(bench, "left", { name: "New", count: 12 });
    bench.wait(10);
    return {};
  },
};
