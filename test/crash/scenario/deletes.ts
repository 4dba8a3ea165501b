// The config says that a removal deletes: what is gone on one side is deleted on the other.
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const deletes: Scenario = {
  name: "rows deleted for good",
  world: {
    policy: {
      deletes: "delete",
      archive: { left: { kind: "remove" }, right: { kind: "remove" } },
    },
  },
  set: async (bench) => {
    const { left, right } = await linked(bench, 8);
    for (const at of [0, 1]) bench.left.admin.trash(nth(left, at));
    bench.right.admin.purge(nth(right, 4));
    bench.wait(10);
    return {};
  },
};
