// Long texts edited on both sides, in different lines: the merge is written to both.
import { text } from "../../../src/core/value.ts";
import { mapped } from "../../engine/world.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const conflictMerge: Scenario = {
  name: "edits that are merged",
  world: { policy: { fields: [mapped("Name"), mapped("A", { owner: "merge" }), mapped("B")] } },
  isToldInHalves: true,
  set: async (bench) => {
    const { left, right } = await linked(bench, 3);
    for (const at of [0, 1]) bench.left.admin.edit(nth(left, at), { A: text("1\n2\n3\n4\n5") });
    await bench.sync();
    bench.wait(10);
    for (const at of [0, 1]) {
      bench.left.admin.edit(nth(left, at), { A: text(`left ${at}\n2\n3\n4\n5`) });
      bench.right.admin.edit(nth(right, at), { A: text(`1\n2\n3\n4\nright ${at}`) });
    }
    bench.wait(10);
    return {};
  },
};
