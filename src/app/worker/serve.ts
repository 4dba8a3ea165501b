// What `serve` does for workers: starts their syncs when they are due, takes webhooks, and hands queued
// calls on, until the signal.
import { setTimeout as sleepFor } from "node:timers/promises";
import type { ServeOptions } from "../../cli/services.ts";
import { dueAt } from "../../core/oneway/schedule.ts";
import { syncIdOf, type SyncId } from "../../core/oneway/ids.ts";
import { SyncError } from "../../errors.ts";
import { freshState, standingOf } from "../../oneway/state.ts";
import type { LoadedWorker } from "./catalog.ts";
import type { WorkerContext } from "./context.ts";
import { runScheduler, type ScheduledSync } from "./scheduler.ts";
import { runCycle } from "./trigger.ts";
import { serveWebhooks } from "./webhook/serve.ts";

export interface ServedWorkers {
  /** Sentences on what runs; none when nothing does. */
  readonly facts: readonly string[];
  /** Resolves after the signal, when what was under way has ended. */
  readonly ended: Promise<void>;
}

/** Throws `config_invalid` when there are workers and not one of them can be loaded. */
export async function startWorkers(
  app: WorkerContext,
  options: ServeOptions,
): Promise<ServedWorkers> {
  const loaded = await loadEnabled(app);
  const syncs = loaded.flatMap((worker) =>
    worker.manifest.syncs.map(({ key, schedule }) => ({
      worker,
      key,
      scheduled: {
        id: syncIdOf(worker.config.name, key),
        worker: worker.config.name,
        schedule,
      } satisfies ScheduledSync,
    })),
  );
  const webhooks = await serveWebhooks(app, loaded, options);
  if (syncs.length === 0) return { facts: webhooks.facts, ended: webhooks.ended };
  const byId = new Map(syncs.map((sync) => [sync.scheduled.id, sync]));
  const scheduler = runScheduler({
    syncs: syncs.map(({ scheduled }) => scheduled),
    dueAt: () =>
      dueTimes(
        app,
        syncs.map(({ scheduled }) => scheduled),
      ),
    run: async ({ id }) => {
      const sync = byId.get(id);
      if (sync === undefined) return;
      const how = { sync: sync.key, trigger: "schedule" } as const;
      options.onCycle(await runCycle(app, sync.worker, how));
    },
    nowMs: app.nowMs,
    sleep: async (delayMs) => {
      await sleepFor(delayMs, null, { signal: app.signal }).catch(() => null);
    },
    signal: app.signal,
    onError: (id, error) => {
      tellFailure(app, id, error);
    },
  });
  const ended = Promise.all([scheduler, webhooks.ended]).then(() => undefined);
  return { facts: [...syncs.map(({ scheduled }) => factOf(scheduled)), ...webhooks.facts], ended };
}

async function loadEnabled(app: WorkerContext): Promise<readonly LoadedWorker[]> {
  const results = await app.catalog.loadAll();
  const enabled = results.filter(({ config }) => config.isEnabled);
  const loaded = enabled.flatMap((result) =>
    result.loaded instanceof SyncError ? [] : [result.loaded],
  );
  for (const { config, loaded: error } of enabled) {
    if (!(error instanceof SyncError)) continue;
    // With something else to serve, one worker that is broken must not keep it from running.
    if (loaded.length === 0 && app.config.pairs.length === 0) throw error;
    app.onLog("error", `the worker ${config.name} cannot be loaded and is left out`, {
      error: error.message,
      remedy: error.remedy,
    });
  }
  return loaded;
}

async function dueTimes(
  app: WorkerContext,
  syncs: readonly ScheduledSync[],
): Promise<ReadonlyMap<SyncId, number | null>> {
  try {
    const states = new Map((await app.store.loadSyncs(null)).map((state) => [state.id, state]));
    return new Map(
      syncs.map(({ id, schedule }) => [
        id,
        dueAt(schedule, standingOf(states.get(id) ?? freshState(id))),
      ]),
    );
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    app.onLog("error", "the store cannot be read; trying again", { error: error.message });
    return new Map();
  }
}

function tellFailure(app: WorkerContext, id: SyncId, error: unknown): void {
  const isHeld = error instanceof SyncError && error.code === "lease_held";
  const facts = { sync: id, error: error instanceof Error ? error.message : String(error) };
  if (isHeld) app.onLog("debug", "another process runs the sync", facts);
  else app.onLog("error", "a scheduled cycle failed", facts);
}

function factOf({ id, schedule }: ScheduledSync): string {
  switch (schedule.kind) {
    case "continuous":
      return `${id} runs again and again`;
    case "manual":
      return `${id} runs when it is triggered`;
    case "interval":
      return `${id} runs every ${schedule.everyMs / 60_000} min`;
  }
}
