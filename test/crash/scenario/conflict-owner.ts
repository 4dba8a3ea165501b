// The same cells edited on both sides, each with an owner.
import { text } from "../../../src/core/value.ts";
import { mapped } from "../../engine/world.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const conflictOwner: Scenario = {
  name: "conflicts that the owner wins",
  world: {
    policy: {
      fields: [mapped("Name"), mapped("A", { owner: "left" }), mapped("B", { owner: "right" })],
    },
  },
  set: async (bench) => {
    const { left, right } = await linked(bench, 3);
    for (const at of [0, 1]) {
      bench.left.admin.edit(nth(left, at), { A: text(`A left ${at}`), B: text(`B left ${at}`) });
      bench.right.admin.edit(nth(right, at), {
        A: text(`A right ${at}`),
        B: text(`B right ${at}`),
      });
    }
    bench.wait(10);
    return {};
  },
};
