// The field that holds the mark is mapped like any other: the mark must not be taken for an edit.
import { text } from "../../../src/core/value.ts";
import { mapped } from "../../engine/world.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const archiveMapped: Scenario = {
  name: "rows put away by a mark in a mapped field",
  world: { policy: { fields: [mapped("Name"), mapped("A"), mapped("B"), mapped("State")] } },
  set: async (bench) => {
    const { left } = await linked(bench, 6);
    for (const at of [0, 1]) bench.left.admin.edit(nth(left, at), { State: text("Draft") });
    await bench.sync();
    bench.wait(10);
    for (const at of [0, 2, 4]) bench.left.admin.trash(nth(left, at));
    bench.wait(10);
    return {};
  },
};
