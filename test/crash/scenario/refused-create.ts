// The right side refuses one cell of a new row: the row is made without it.
import { text } from "../../../src/core/value.ts";
import { linked, typed } from "../people.ts";
import { makePicky } from "../picky.ts";
import type { Scenario } from "../scenario.ts";

export const refusedCreate: Scenario = {
  name: "a new row with a cell that is refused",
  status: "attention",
  isTriedForEver: true,
  set: async (bench) => {
    await linked(bench, 1);
    makePicky(bench.right);
    typed(bench, "left", { name: "New", count: 2 });
    bench.left.admin.add({ Name: text("Refused"), A: text("bad"), B: text("kept") });
    bench.wait(10);
    return {};
  },
};
