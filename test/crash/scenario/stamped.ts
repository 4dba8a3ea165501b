// Every written row gets the time of the write, births and edits alike.
import { fieldId } from "../../../src/core/ids.ts";
import type { Field } from "../../../src/core/schema.ts";
import { text } from "../../../src/core/value.ts";
import { linked, nth, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

const stamp: Field = {
  id: fieldId("f-Stamp"),
  name: "Stamp",
  type: "date",
  kind: { kind: "date", time: "required", stepMs: 1, hasRange: false },
  isWritable: true,
  isTitle: false,
};

export const stamped: Scenario = {
  name: "rows that are stamped when they are written",
  world: {
    policy: { lastSynced: { left: null, right: "Stamp" } },
    fields: { right: [stamp] },
  },
  set: async (bench) => {
    const { left } = await linked(bench, 3);
    bench.left.admin.edit(nth(left, 0), { A: text("edited") });
    bench.left.admin.edit(nth(left, 1), { B: text("edited too") });
    typed(bench, "left", { name: "New", count: 3 });
    bench.wait(10);
    return {};
  },
};
