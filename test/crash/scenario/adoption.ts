// The store was lost. Rows find each other by their markers; new ones are among them, on both sides.
import { text } from "../../../src/core/value.ts";
import { typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const adoption: Scenario = {
  name: "a new store, and rows that name each other",
  set: async (bench) => {
    const left = typed(bench, "left", { name: "Old", count: 4 });
    for (const [at, id] of left.entries()) {
      const cells = { Name: text(`Old ${at}`), A: text(`a${at}`), Link: text(id) };
      bench.right.admin.add(at === 2 ? cells : { ...cells, B: text(`Old${at}`) });
    }
    typed(bench, "left", { name: "New", count: 2 });
    typed(bench, "right", { name: "Born", count: 2 });
    bench.wait(10);
    return {};
  },
};
