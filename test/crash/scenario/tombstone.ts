// A row removed on both sides, and then restored on one: it is made anew on the other.
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const tombstone: Scenario = {
  name: "a row removed on both sides returns on one",
  set: async (bench) => {
    const { left, right } = await linked(bench, 4);
    bench.left.admin.trash(nth(left, 0));
    bench.right.admin.purge(nth(right, 0));
    bench.wait(10);
    await bench.sync();
    bench.wait(10);
    bench.left.admin.restore(nth(left, 0));
    bench.wait(10);
    return {};
  },
};
