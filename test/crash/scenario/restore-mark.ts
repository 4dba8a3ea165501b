// Rows that were put away by a mark come back on the left, one of them with an edit: the mark is taken
// off, and then the cells are compared.
import { text } from "../../../src/core/value.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const restoreMark: Scenario = {
  name: "rows back from behind their mark",
  set: async (bench) => {
    const { left } = await linked(bench, 6);
    for (const at of [0, 1, 2]) bench.left.admin.trash(nth(left, at));
    bench.wait(10);
    await bench.sync();
    bench.wait(10);
    for (const at of [0, 1]) bench.left.admin.restore(nth(left, at));
    bench.left.admin.edit(nth(left, 1), { A: text("edited after its return") });
    bench.wait(10);
    return {};
  },
};
