// A person takes the archive mark off by hand: the two rows part, and the right one lives on alone.
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const unmarked: Scenario = {
  name: "a mark taken off by hand parts the rows",
  set: async (bench) => {
    const { left, right } = await linked(bench, 4);
    for (const at of [0, 1]) bench.left.admin.trash(nth(left, at));
    bench.wait(10);
    await bench.sync();
    bench.wait(10);
    bench.right.admin.edit(nth(right, 0), { State: { kind: "empty" } });
    bench.wait(10);
    return {};
  },
};
