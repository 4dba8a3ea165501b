// Sync and plan, for several pairs one after another.
import type { PlanResult } from "../cli/services.ts";
import type { PairConfig } from "../config/load.ts";
import type { Entry, RunTrigger } from "../core/entry.ts";
import { SyncError } from "../errors.ts";
import { syncPair, type Restrict } from "../engine/cycle.ts";
import { preview } from "../engine/preview.ts";
import type { PairRun } from "../engine/run.ts";
import { saveWorks, type SavedPlan } from "../engine/saved-plan.ts";
import { worksOf } from "../engine/work.ts";
import { selectPairs, type AppContext } from "./context.ts";
import { planView, type PlanView } from "./plan-view.ts";

export type SyncOutcome =
  | {
      readonly kind: "run";
      readonly pair: string;
      readonly run: PairRun;
      readonly entries: readonly Entry[];
    }
  /** The pair could not even start. */
  | { readonly kind: "error"; readonly pair: string; readonly error: SyncError };

export interface SyncOptions {
  readonly trigger: RunTrigger;
  readonly restrict: Restrict | null;
}

/** Entries of one run that are given back for printing; the history holds them all. */
const entriesMax = 20_000;

export async function syncOne(
  app: AppContext,
  pair: PairConfig,
  options: SyncOptions,
): Promise<SyncOutcome> {
  try {
    await tidy(app);
    const open = await app.openPair(pair);
    const run = await syncPair(open.policy, { ...options, holder: app.holder }, open.deps);
    const entries =
      run.status === "paused"
        ? []
        : await app.store.loadEntries({ run: run.run, countMax: entriesMax });
    return { kind: "run", pair: pair.id, run, entries };
  } catch (error) {
    if (error instanceof SyncError) return { kind: "error", pair: pair.id, error };
    throw error;
  }
}

/** A backup that cannot be made is no reason not to sync; it is told, and tried again next time. */
async function tidy(app: AppContext): Promise<void> {
  try {
    await app.store.tidy();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    app.onLog("warn", "the store's daily copy was not made", { reason });
  }
}

/** A pair that fails does not keep the others from running. */
export async function* syncPairs(
  app: AppContext,
  names: readonly string[],
  trigger: RunTrigger,
): AsyncGenerator<SyncOutcome> {
  for (const pair of selectPairs(app.config, names)) {
    if (app.signal.aborted) return;
    yield await syncOne(app, pair, { trigger, restrict: null });
  }
}

export interface PlanOutcome {
  readonly view: PlanView;
  readonly saved: SavedPlan;
}

/** Reads both sides and writes nothing, the store included. */
export async function* planPairs(
  app: AppContext,
  names: readonly string[],
): AsyncGenerator<PlanResult> {
  for (const pair of selectPairs(app.config, names)) {
    try {
      yield { kind: "plan", pair: pair.id, outcome: await planOne(app, pair) };
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      yield { kind: "error", pair: pair.id, error };
    }
  }
}

async function planOne(app: AppContext, pair: PairConfig): Promise<PlanOutcome> {
  const open = await app.openPair(pair);
  const { prepared } = await preview(open.policy, open.deps);
  const saved: SavedPlan = {
    version: 1,
    pair: pair.id,
    storeId: app.store.storeId,
    madeAtMs: app.nowMs(),
    works: saveWorks(worksOf(prepared.plans)),
  };
  return { view: planView(prepared, open.deps), saved };
}
