// Rows trashed on the left: their counterparts get the mark.
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const archiveByMark: Scenario = {
  name: "rows put away by a mark",
  set: async (bench) => {
    const { left } = await linked(bench, 6);
    for (const at of [0, 2, 4]) bench.left.admin.trash(nth(left, at));
    bench.wait(10);
    return {};
  },
};
