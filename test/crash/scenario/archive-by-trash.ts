// Rows deleted on the right: their counterparts go to the trash.
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const archiveByTrash: Scenario = {
  name: "rows put into the trash",
  set: async (bench) => {
    const { right } = await linked(bench, 6);
    for (const at of [1, 3, 5]) bench.right.admin.purge(nth(right, at));
    bench.wait(10);
    return {};
  },
};
