// Conflicts wait, a person says which side counts, and the next run does it.
import { text } from "../../../src/core/value.ts";
import { mapped } from "../../engine/world.ts";
import { answerAll } from "../answers.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const resolveSide: Scenario = {
  name: "conflicts answered with a side",
  world: { policy: { fields: [mapped("Name"), mapped("A", { owner: "ask" }), mapped("B")] } },
  set: async (bench) => {
    const { left, right } = await linked(bench, 3);
    for (const at of [0, 1]) {
      bench.left.admin.edit(nth(left, at), { A: text(`left's ${at}`) });
      bench.right.admin.edit(nth(right, at), { A: text(`right's ${at}`) });
    }
    bench.wait(10);
    await bench.sync();
    bench.wait(10);
    const act = async (): Promise<void> => {
      await answerAll(bench, { keep: "right" });
      await bench.sync();
    };
    return { act };
  },
};
