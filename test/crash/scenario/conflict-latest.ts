// The same cell edited on both sides: the later edit wins, content wins over blank.
import { empty, text } from "../../../src/core/value.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const conflictLatest: Scenario = {
  name: "conflicts that the later edit wins",
  set: async (bench) => {
    const { left, right } = await linked(bench, 4);
    bench.right.admin.edit(nth(right, 0), { A: text("earlier") });
    bench.left.admin.edit(nth(left, 1), { A: text("earlier") });
    bench.left.admin.edit(nth(left, 2), { A: empty });
    bench.right.admin.edit(nth(right, 2), { A: text("content") });
    bench.wait(10);
    bench.left.admin.edit(nth(left, 0), { A: text("later") });
    bench.right.admin.edit(nth(right, 1), { A: text("later") });
    bench.wait(10);
    return {};
  },
};
