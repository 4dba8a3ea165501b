// Schedules of pairs and workers, until the signal. One run at a time a pair, and one pair after another: a run that is
// due while another is under way waits for it, and is due only once.
import { schedule } from "node-cron";
import type { ServeOptions } from "../cli/services.ts";
import type { PairConfig } from "../config/load.ts";
import { SyncError } from "../errors.ts";
import { startWorkers } from "./worker/serve.ts";
import type { WorkerContext } from "./worker/context.ts";
import { syncOne } from "./sync.ts";

export async function serve(app: WorkerContext, options: ServeOptions): Promise<void> {
  const scheduled = app.config.pairs.filter((pair) => pair.schedule !== null);
  const workers = await startWorkers(app, options);
  if (scheduled.length === 0 && workers.facts.length === 0) throw nothingToServe(app);
  const due = new Set<PairConfig>();
  const busy: { work: Promise<void> | null } = { work: null };
  const work = async (): Promise<void> => {
    // Bound: each turn takes one pair out of the set, and none is added once the signal is given.
    for (let pair = next(due); pair !== null && !app.signal.aborted; pair = next(due)) {
      options.onRun(await syncOne(app, pair, { trigger: "cron", restrict: null }));
    }
  };
  const wake = (pair: PairConfig): void => {
    due.add(pair);
    busy.work ??= work()
      .catch((error: unknown) => {
        app.onLog("error", "a scheduled run failed", { error: String(error) });
      })
      .finally(() => {
        busy.work = null;
      });
  };
  const tasks = scheduled.map((pair) =>
    schedule(pair.schedule ?? "", () => {
      if (!app.signal.aborted) wake(pair);
    }),
  );
  const facts = scheduled.map((pair) => `${pair.id} runs on ${pair.schedule ?? ""}`);
  options.onReady([...facts, ...workers.facts]);
  // Workers end by themselves only when something of ours broke, and then so do we.
  await Promise.race([aborted(app.signal), workers.ended.then(() => aborted(app.signal))]);
  for (const task of tasks) await task.destroy();
  await Promise.all([busy.work, workers.ended]);
}

function nothingToServe({ config }: WorkerContext): SyncError {
  const isPairs = config.pairs.length > 0 || config.workers.length === 0;
  return new SyncError({
    code: "config_invalid",
    message: isPairs
      ? "No pair has a schedule, so there is nothing to serve."
      : "No worker that is enabled has a sync or a webhook, so there is nothing to serve.",
    remedy: isPairs
      ? 'Add schedule: "*/15 * * * *" to a pair, or run `tandem sync` from cron.'
      : "See `tandem worker list` for what they declare.",
  });
}

function next(due: Set<PairConfig>): PairConfig | null {
  for (const pair of due) {
    due.delete(pair);
    return pair;
  }
  return null;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener(
      "abort",
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
