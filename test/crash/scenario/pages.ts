// Tables of many pages in step, with edits on the first and the last of them.
import { text } from "../../../src/core/value.ts";
import { linked, nth, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const pages: Scenario = {
  name: "tables of several pages",
  world: { pageSize: 3 },
  set: async (bench) => {
    const { left, right } = await linked(bench, 11);
    bench.left.admin.edit(nth(left, 0), { A: text("first page") });
    bench.right.admin.edit(nth(right, 10), { A: text("last page") });
    bench.left.admin.trash(nth(left, 5));
    typed(bench, "right", { name: "Born", count: 1 });
    bench.wait(10);
    return {};
  },
};
