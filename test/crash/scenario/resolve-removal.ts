// A row was removed here and edited there; a person says that the removal counts.
import { text } from "../../../src/core/value.ts";
import { answerAll } from "../answers.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const resolveRemoval: Scenario = {
  name: "a removal against an edit, answered",
  set: async (bench) => {
    const { left, right } = await linked(bench, 4);
    bench.left.admin.trash(nth(left, 0));
    bench.right.admin.edit(nth(right, 0), { A: text("unsynced") });
    bench.wait(10);
    await bench.sync();
    bench.wait(10);
    const act = async (): Promise<void> => {
      await answerAll(bench, { keep: "left" });
      await bench.sync();
    };
    return { act };
  },
};
