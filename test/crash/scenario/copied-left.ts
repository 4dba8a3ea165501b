// A row that was born on the right is copied on the left, where its marker names the right row.
import { must } from "../../../src/core/assert.ts";
import { typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const copiedLeft: Scenario = {
  name: "a copy with its marker on the left",
  set: async (bench) => {
    typed(bench, "right", { name: "Born", count: 2 });
    await bench.sync();
    bench.wait(10);
    bench.left.admin.duplicate(must(bench.left.admin.ids()[0], "a row"));
    bench.wait(10);
    return {};
  },
};
