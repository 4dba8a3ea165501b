// New rows on both sides at once, with edits and a removal among them.
import { text } from "../../../src/core/value.ts";
import { linked, nth, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const birthsBoth: Scenario = {
  name: "births on both sides, an edit on each, and a removal",
  set: async (bench) => {
    const { left, right } = await linked(bench, 4);
    bench.left.admin.edit(nth(left, 0), { A: text("edited left") });
    bench.left.admin.trash(nth(left, 1));
    bench.right.admin.edit(nth(right, 2), { A: text("edited right") });
    typed(bench, "left", { name: "New", count: 11 });
    typed(bench, "right", { name: "Born", count: 3 });
    bench.wait(10);
    return {};
  },
};
