// People renamed a field on one side and edited it on both.
import { text } from "../../../src/core/value.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const renamed: Scenario = {
  name: "a renamed field",
  set: async (bench) => {
    const { left, right } = await linked(bench, 3);
    bench.right.admin.changeSchema((schema) => ({
      ...schema,
      fields: schema.fields.map((field) =>
        field.name === "A" ? { ...field, name: "A, renamed" } : field,
      ),
    }));
    bench.left.admin.edit(nth(left, 0), { A: text("left") });
    bench.right.admin.edit(nth(right, 1), { "A, renamed": text("right") });
    bench.wait(10);
    return {};
  },
};
