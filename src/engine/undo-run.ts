// Carries an undo out, under the pair's lease and with the same journal as every other write.
import type { PairPolicy } from "../core/policy.ts";
import type { LinkId, RunId } from "../core/ids.ts";
import type { StoreChange } from "../store/store.ts";
import type { EngineDeps } from "./deps.ts";
import { beforeCall, inRun, type PairRun, type Run, type RunOptions } from "./run.ts";
import { send } from "./send.ts";
import type { Sending } from "./sending.ts";
import { planUndo, type UndoPlan } from "./undo.ts";
import { callKey, worksOf } from "./work.ts";

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
    links: new Map(plan.plans.map((entry) => [entry.link.id, entry.link])),
  };
  tally.lookedAtMs = deps.nowMs();
  for (const group of Map.groupBy(worksOf(plan.plans), callKey).values()) {
    const side = group[0]?.action.side ?? "right";
    const size = deps.connectors[side].capabilities.writeBatchMax;
    for (let at = 0; at < group.length; at += size) {
      await beforeCall(run);
      const sent = await send(group.slice(at, at + size), sending);
      tally.noteWindow(deps.nowMs() - tally.lookedAtMs);
      const parted = sent.flatMap((entry): StoreChange[] => {
        tally.note(entry, plan.fold.canRestore[side]);
        if (entry.outcome.kind !== "done" || !plan.parting.has(entry.link.id)) return [];
        return [{ kind: "link", link: { ...entry.link, state: "detached" } }];
      });
      if (parted.length > 0) await deps.store.commit(run.lease, parted);
    }
  }
}
