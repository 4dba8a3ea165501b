// A row rests because it was refused; a person has mended it, and it is written at once.
import { text } from "../../../src/core/value.ts";
import { linked, nth } from "../people.ts";
import { makePicky } from "../picky.ts";
import type { Scenario } from "../scenario.ts";

export const refusedMended: Scenario = {
  name: "a refused row that was mended",
  set: async (bench) => {
    const { left } = await linked(bench, 4);
    makePicky(bench.right);
    bench.left.admin.edit(nth(left, 0), { A: text("bad") });
    for (let run = 0; run < 4; run += 1) {
      bench.wait(10);
      await bench.sync();
    }
    bench.left.admin.edit(nth(left, 0), { A: text("mended") });
    bench.left.admin.edit(nth(left, 1), { A: text("in company") });
    bench.wait(10);
    return {};
  },
};
