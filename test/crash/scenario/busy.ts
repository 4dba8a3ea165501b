// A service is busy beyond our patience in the middle of the run that is killed.
import { text } from "../../../src/core/value.ts";
import { linked, nth, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const busy: Scenario = {
  name: "a busy service and a kill in one run",
  set: async (bench) => {
    const { left, right } = await linked(bench, 3);
    bench.left.admin.edit(nth(left, 0), { A: text("edited") });
    bench.right.admin.edit(nth(right, 1), { A: text("edited too") });
    typed(bench, "left", { name: "New", count: 3 });
    typed(bench, "right", { name: "Born", count: 2 });
    bench.right.admin.failNext("write", "busy");
    bench.wait(10);
    return {};
  },
};
