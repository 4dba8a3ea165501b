// The right side refuses one cell of one row, whatever its company: the rest is written, and the cell
// is tried again and again.
import { text } from "../../../src/core/value.ts";
import { linked, nth } from "../people.ts";
import { makePicky } from "../picky.ts";
import type { Scenario } from "../scenario.ts";

export const refusedUpdate: Scenario = {
  name: "a cell that is refused",
  status: "attention",
  isTriedForEver: true,
  set: async (bench) => {
    const { left } = await linked(bench, 4);
    makePicky(bench.right);
    bench.left.admin.edit(nth(left, 0), { A: text("bad"), B: text("good") });
    for (const at of [1, 2]) bench.left.admin.edit(nth(left, at), { A: text(`good ${at}`) });
    bench.wait(10);
    return {};
  },
};
