// New rows on the right: a call for each on the left, and the marker given back to each.
import { linked, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const birthsRight: Scenario = {
  name: "births on the right",
  set: async (bench) => {
    await linked(bench, 1);
    typed(bench, "right", { name: "Born", count: 5 });
    bench.wait(10);
    return {};
  },
};
