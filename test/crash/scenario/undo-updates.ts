// A run that wrote to both sides is taken back; what was put back rests, and is shown until somebody
// edits it.
import { text } from "../../../src/core/value.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";
import { undo } from "../undo.ts";

export const undoUpdates: Scenario = {
  name: "an undo of updates on both sides",
  status: "attention",
  set: async (bench) => {
    const { left, right } = await linked(bench, 5);
    for (const at of [0, 1]) bench.left.admin.edit(nth(left, at), { A: text(`left ${at}`) });
    for (const at of [2, 3]) bench.right.admin.edit(nth(right, at), { A: text(`right ${at}`) });
    bench.wait(10);
    const { run } = await bench.sync();
    bench.wait(10);
    return { act: () => undo(bench, run) };
  },
};
