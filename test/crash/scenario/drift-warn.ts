// Edits on the receiving side of a one-way field that are only told, while others flow.
import { text } from "../../../src/core/value.ts";
import { mapped } from "../../engine/world.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const driftWarn: Scenario = {
  name: "drift that is only told",
  world: {
    policy: {
      fields: [mapped("Name"), mapped("A", { flow: "toRight", drift: "warn" }), mapped("B")],
    },
  },
  status: "attention",
  set: async (bench) => {
    const { left, right } = await linked(bench, 3);
    bench.right.admin.edit(nth(right, 0), { A: text("drift"), B: text("flows") });
    bench.left.admin.edit(nth(left, 1), { A: text("flows too") });
    bench.wait(10);
    return {};
  },
};
