// Rows are made on the right only; those that are born there stay alone.
import { linked, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const oneWayBirths: Scenario = {
  name: "births in one direction only",
  world: { policy: { creates: { left: false, right: true } } },
  set: async (bench) => {
    await linked(bench, 2);
    typed(bench, "left", { name: "New", count: 4 });
    typed(bench, "right", { name: "Alone", count: 2 });
    bench.wait(10);
    return {};
  },
};
