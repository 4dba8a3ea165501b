// The same cell edited on both sides, and nobody but a person may decide: it waits, other cells flow.
import { text } from "../../../src/core/value.ts";
import { mapped } from "../../engine/world.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const conflictAsk: Scenario = {
  name: "a conflict that waits for a person",
  world: { policy: { fields: [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")] } },
  status: "attention",
  set: async (bench) => {
    const { left, right } = await linked(bench, 3);
    bench.left.admin.edit(nth(left, 0), { A: text("left's"), B: text("flows") });
    bench.right.admin.edit(nth(right, 0), { A: text("right's") });
    bench.right.admin.edit(nth(right, 1), { A: text("alone") });
    bench.wait(10);
    return {};
  },
};
