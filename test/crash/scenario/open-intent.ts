// An earlier run left calls open: their answers were lost, and one of them was never carried out.
// Edits came on top since.
import { text } from "../../../src/core/value.ts";
import { linked, nth, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const openIntent: Scenario = {
  name: "calls that an earlier run left open",
  set: async (bench) => {
    const { left, right } = await linked(bench, 3);
    bench.left.admin.edit(nth(left, 0), { A: text("lost answer") });
    bench.right.admin.edit(nth(right, 1), { A: text("never came") });
    typed(bench, "right", { name: "Born", count: 1 });
    bench.left.admin.failNext("write", "lost-after");
    bench.left.admin.failNext("write", "lost-before");
    bench.right.admin.failNext("write", "lost-after");
    bench.wait(10);
    await bench.sync();
    bench.wait(1);
    bench.left.admin.edit(nth(left, 2), { B: text("meanwhile") });
    bench.wait(10);
    return {};
  },
};
