// People copied rows on the right, markers included: the copies become rows of their own.
import { text } from "../../../src/core/value.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const copiedRight: Scenario = {
  name: "copies with their markers on the right",
  set: async (bench) => {
    const { right } = await linked(bench, 3);
    bench.right.admin.duplicate(nth(right, 0));
    const changed = bench.right.admin.duplicate(nth(right, 1));
    bench.right.admin.edit(changed, { A: text("changed copy") });
    bench.wait(10);
    return {};
  },
};
