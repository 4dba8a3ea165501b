// A person begins again from what is there, with a word on what shall count where cells differ.
import { text } from "../../../src/core/value.ts";
import { resyncBody } from "../../../src/engine/resync.ts";
import { inRun } from "../../../src/engine/run.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const resyncPrefer: Scenario = {
  name: "a resync that prefers the right side",
  isRedoneFirst: true,
  set: async (bench) => {
    const { left, right } = await linked(bench, 4);
    bench.left.admin.edit(nth(left, 0), { A: text("left differs") });
    bench.right.admin.edit(nth(right, 1), { A: text("right differs") });
    bench.wait(10);
    const act = async (): Promise<void> => {
      const options = { trigger: "resync", holder: "test" } as const;
      await inRun(bench.policy, options, {
        deps: bench.deps(),
        body: (run, state) => resyncBody(run, { state, prefer: "right" }),
      });
      await bench.sync();
    };
    return { act };
  },
};
