// The very first sync, of a table of several pages a side, with nothing on the other.
import { typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const firstSync: Scenario = {
  name: "a first sync of several pages",
  world: { pageSize: 4 },
  set: async (bench) => {
    typed(bench, "left", { name: "Row", count: 14 });
    bench.wait(10);
    return {};
  },
};
