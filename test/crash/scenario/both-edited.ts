// Different cells of the same rows edited on both sides: two writes a row, one a side.
import { text } from "../../../src/core/value.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const bothEdited: Scenario = {
  name: "different cells of one row edited on both sides",
  set: async (bench) => {
    const { left, right } = await linked(bench, 4);
    for (const at of [0, 1, 2]) {
      bench.left.admin.edit(nth(left, at), { A: text(`left ${at}`) });
      bench.right.admin.edit(nth(right, at), { B: text(`right ${at}`) });
    }
    bench.wait(10);
    return {};
  },
};
