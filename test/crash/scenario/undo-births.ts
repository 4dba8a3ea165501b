// A run that made rows on both sides and put one away is taken back.
import { linked, nth, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";
import { undo } from "../undo.ts";

export const undoBirths: Scenario = {
  name: "an undo of births and of a removal",
  set: async (bench) => {
    const { left } = await linked(bench, 4);
    typed(bench, "left", { name: "New", count: 3 });
    typed(bench, "right", { name: "Born", count: 2 });
    bench.left.admin.trash(nth(left, 0));
    bench.wait(10);
    const { run } = await bench.sync();
    bench.wait(10);
    return { act: () => undo(bench, run) };
  },
};
