// Date ranges on the left, days without an end on the right: what the right side holds is less, and an
// edit there waits instead of cutting the range.
import { day } from "../../../src/core/value.ts";
import { fieldId } from "../../../src/core/ids.ts";
import type { Field } from "../../../src/core/schema.ts";
import { mapped } from "../../engine/world.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

const dates = (hasRange: boolean): Field => ({
  id: fieldId("f-When"),
  name: "When",
  type: "date",
  kind: { kind: "date", time: "none", stepMs: 1, hasRange },
  isWritable: true,
  isTitle: false,
});

export const lossy: Scenario = {
  name: "a field that holds less on one side",
  world: {
    policy: { fields: [mapped("Name"), mapped("A"), mapped("B"), mapped("When")] },
    fields: { left: [dates(true)], right: [dates(false)] },
  },
  status: "attention",
  set: async (bench) => {
    const { left, right } = await linked(bench, 4);
    for (const at of [0, 1]) {
      bench.left.admin.edit(nth(left, at), { When: day("2026-03-01", `2026-03-0${at + 4}`) });
    }
    await bench.sync();
    bench.wait(10);
    bench.left.admin.edit(nth(left, 0), { When: day("2026-04-01", "2026-04-09") });
    bench.right.admin.edit(nth(right, 1), { When: day("2026-05-05") });
    bench.right.admin.edit(nth(right, 2), { When: day("2026-06-06") });
    bench.wait(10);
    return {};
  },
};
