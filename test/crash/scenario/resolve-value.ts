// A conflict waits, a person types what shall stand on both sides.
import { text } from "../../../src/core/value.ts";
import { mapped } from "../../engine/world.ts";
import { answerAll } from "../answers.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const resolveValue: Scenario = {
  name: "a conflict answered with a value",
  world: { policy: { fields: [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")] } },
  isToldInHalves: true,
  set: async (bench) => {
    const { left, right } = await linked(bench, 2);
    bench.left.admin.edit(nth(left, 0), { A: text("left's") });
    bench.right.admin.edit(nth(right, 0), { A: text("right's") });
    bench.wait(10);
    await bench.sync();
    bench.wait(10);
    const act = async (): Promise<void> => {
      await answerAll(bench, { keep: "value", text: "agreed at last" });
      await bench.sync();
    };
    return { act };
  },
};
