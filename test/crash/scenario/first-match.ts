// A first sync that finds most rows on both sides already: equal ones are linked by their name, blank
// cells are filled in, the rest is created.
import { text } from "../../../src/core/value.ts";
import { typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const firstMatch: Scenario = {
  name: "a first sync that matches rows by name",
  world: { policy: { match: [{ left: "Name", right: "Name" }] } },
  set: async (bench) => {
    typed(bench, "left", { name: "Row", count: 5 });
    for (let at = 0; at < 3; at += 1) {
      bench.right.admin.add({ Name: text(`Row ${at}`), A: text(`a${at}`) });
    }
    typed(bench, "right", { name: "Born", count: 2 });
    bench.wait(10);
    return {};
  },
};
