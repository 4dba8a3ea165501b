// A mass removal halts; a person reads why, lets it pass, and the next run carries it out.
import { freshState } from "../../../src/engine/prepare.ts";
import type { Bench } from "../bench.ts";
import { linked, nth } from "../people.ts";
import type { Scenario } from "../scenario.ts";

async function release(bench: Bench): Promise<void> {
  const store = bench.deps().store;
  const state = (await store.loadPair(bench.policy.id)) ?? freshState(bench.policy);
  if (state.halted === null) return;
  const approval = { guard: state.halted.guard, amountMax: state.halted.amount };
  await store.commit(null, [
    { kind: "pair", pair: { ...state, halted: null, approvals: [approval] } },
  ]);
}

export const haltRelease: Scenario = {
  name: "a halt, its release, and what was held",
  set: async (bench) => {
    const { left } = await linked(bench, 12);
    for (const at of [0, 1, 2, 3, 4]) bench.left.admin.trash(nth(left, at));
    bench.wait(10);
    const act = async (): Promise<void> => {
      await bench.sync();
      await release(bench);
      await bench.sync();
    };
    return { act };
  },
};
