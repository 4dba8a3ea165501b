// Carries an undo out, under the pair's lease and with the same journal as every other write.
import { must } from "../core/assert.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { LinkId, RunId } from "../core/ids.ts";
import type { EngineDeps } from "./deps.ts";
import { beforeCall, inRun, type PairRun, type Run, type RunOptions } from "./run.ts";
import { send } from "./send.ts";
import type { Sending } from "./sending.ts";
import { planUndo, type UndoPlan } from "./undo.ts";
import { narrowed } from "./narrow.ts";
import { callKey, worksOf, type Work } from "./work.ts";

export interface UndoRun {
  readonly run: PairRun;
  readonly plan: UndoPlan | null;
}

export async function undoPair(
  policy: PairPolicy,
  at: { readonly undone: RunId; readonly options: RunOptions },
  deps: EngineDeps,
): Promise<UndoRun> {
  let plan: UndoPlan | null = null;
  const run = await inRun(policy, at.options, {
    deps,
    body: async (current) => {
      plan = await planUndo(policy, { undone: at.undone, run: current.id }, deps);
      current.plans = plan.plans;
      await sendAll(current, plan);
      return null;
    },
  });
  return { run, plan };
}

async function sendAll(run: Run, plan: UndoPlan): Promise<void> {
  const { deps, tally } = run;
  const sending: Sending = {
    setup: plan.setup,
    fold: plan.fold,
    lease: run.lease,
    quarantine: new Map(),
    attempts: new Map<LinkId, number>(),
    deps,
    parting: plan.parting,
    links: new Map(plan.plans.map((entry) => [entry.link.id, entry.link])),
  };
  tally.lookedAtMs = deps.nowMs();
  for (const group of Map.groupBy(worksOf(plan.plans), callKey).values()) {
    const side = must(group[0], "an empty group").action.side;
    const size = deps.connectors[side].capabilities.writeBatchMax;
    let queue: readonly Work[] = group;
    // Bound: each round takes works out, and a refused one comes back with fewer cells.
    while (queue.length > 0) {
      const batch = oneCall(queue, size);
      queue = queue.filter((work) => !batch.includes(work));
      await beforeCall(run);
      const sent = await send(batch, sending);
      tally.noteWindow(deps.nowMs() - tally.lookedAtMs);
      for (const entry of sent) {
        const rest = narrowed(entry.work, entry.outcome);
        queue = [...queue, ...rest];
        if (rest.length === 0) tally.note(entry, plan.fold.canRestore[side]);
      }
    }
  }
}

/** One row once a call: its second work starts from what the first one made of the link. */
function oneCall(queue: readonly Work[], size: number): readonly Work[] {
  const batch = new Map<LinkId, Work>();
  for (const work of queue) {
    if (batch.size < size && !batch.has(work.plan.link.id)) batch.set(work.plan.link.id, work);
  }
  return [...batch.values()];
}
