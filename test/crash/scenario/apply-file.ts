// A plan was saved and looked at; since then one of its cells moved and others were edited. Applied
// again and again, it carries out what it shows and no more.
import { text } from "../../../src/core/value.ts";
import { preview } from "../../../src/engine/preview.ts";
import { restrictTo, saveWorks } from "../../../src/engine/saved-plan.ts";
import { worksOf } from "../../../src/engine/work.ts";
import { linked, nth, typed } from "../people.ts";
import type { Scenario } from "../scenario.ts";

export const applyFile: Scenario = {
  name: "a saved plan carried out",
  set: async (bench) => {
    const { left } = await linked(bench, 5);
    for (const at of [0, 1, 2]) bench.left.admin.edit(nth(left, at), { A: text(`planned ${at}`) });
    typed(bench, "left", { name: "New", count: 2 });
    bench.left.admin.trash(nth(left, 4));
    bench.wait(10);
    const { prepared } = await preview(bench.policy, bench.deps());
    const works = saveWorks(worksOf(prepared.plans));
    bench.left.admin.edit(nth(left, 1), { A: text("moved since") });
    bench.left.admin.edit(nth(left, 3), { A: text("not in the plan") });
    bench.wait(10);
    const saved = { version: 1, pair: "pair", storeId: "s", madeAtMs: 0, works } as const;
    const act = (): Promise<unknown> => bench.sync(restrictTo(saved).restrict);
    return { act, rest: act };
  },
};
