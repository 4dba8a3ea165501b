// Requests are lost on their way in the run that is killed: nothing was done, and nobody knows.
import { text } from "../../../src/core/value.ts";
import { linked, nth, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const lostRequest: Scenario = {
  name: "lost requests and a kill in one run",
  set: async (bench) => {
    const { left, right } = await linked(bench, 2);
    bench.left.admin.edit(nth(left, 0), { A: text("edited") });
    bench.right.admin.edit(nth(right, 1), { B: text("edited too") });
    typed(bench, "left", { name: "New", count: 2 });
    typed(bench, "right", { name: "Born", count: 2 });
    bench.right.admin.failNext("write", "lost-before");
    bench.left.admin.failNext("write", "lost-before");
    bench.wait(10);
    return {};
  },
};
