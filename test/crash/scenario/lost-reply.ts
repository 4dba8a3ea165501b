// Answers are lost in the very run that is killed, creates among them.
import { text } from "../../../src/core/value.ts";
import { linked, nth, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const lostReply: Scenario = {
  name: "lost answers and a kill in one run",
  set: async (bench) => {
    const { left } = await linked(bench, 2);
    bench.left.admin.edit(nth(left, 0), { A: text("edited") });
    typed(bench, "left", { name: "New", count: 2 });
    typed(bench, "right", { name: "Born", count: 2 });
    bench.right.admin.failNext("write", "lost-after");
    bench.left.admin.failNext("write", "lost-after");
    bench.wait(10);
    return {};
  },
};
