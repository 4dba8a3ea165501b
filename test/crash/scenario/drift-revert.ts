// Edits on the receiving side of a one-way field are put back, and told.
import { text } from "../../../src/core/value.ts";
import { mapped } from "../../engine/world.ts";
import { nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const driftRevert: Scenario = {
  name: "drift that is put back",
  world: {
    policy: {
      fields: [mapped("Name"), mapped("A", { flow: "toRight" }), mapped("B", { flow: "toLeft" })],
    },
  },
  set: async (bench) => {
    const left = [0, 1, 2].map((at) =>
      bench.left.admin.add({ Name: text(`Old ${at}`), A: text(`a${at}`) }),
    );
    await bench.sync();
    bench.wait(10);
    for (const id of bench.right.admin.ids().slice(0, 2)) {
      bench.right.admin.edit(id, { A: text("drift"), B: text("flows") });
    }
    bench.left.admin.edit(nth(left, 2), { B: text("drift") });
    bench.wait(10);
    return {};
  },
};
