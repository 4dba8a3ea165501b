// Rows that we put into the trash come back on the right: they are brought back from the trash.
import { text } from "../../../src/core/value.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const restoreTrash: Scenario = {
  name: "rows back from the trash",
  set: async (bench) => {
    const { right } = await linked(bench, 6);
    for (const at of [0, 1]) bench.right.admin.trash(nth(right, at));
    bench.wait(10);
    await bench.sync();
    bench.wait(10);
    for (const at of [0, 1]) bench.right.admin.restore(nth(right, at));
    bench.right.admin.edit(nth(right, 0), { A: text("edited after its return") });
    bench.wait(10);
    return {};
  },
};
