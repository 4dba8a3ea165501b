// How the syncs stand: health, rows, what waits, and when each starts next.
import { databaseIdOf, syncIdOf } from "../../core/oneway/ids.ts";
import { healthOf } from "../../core/oneway/health.ts";
import { dueAt } from "../../core/oneway/schedule.ts";
import type { SyncDeclaration } from "../../core/oneway/declaration.ts";
import { SyncError } from "../../errors.ts";
import { digest } from "../../lib/digest.ts";
import { loadState } from "../../oneway/control.ts";
import { leaseName } from "../../oneway/leases.ts";
import { standingOf } from "../../oneway/state.ts";
import type { LoadedWorker } from "./catalog.ts";
import type { WorkerContext } from "./context.ts";
import type { SyncView } from "./view.ts";

/** Null: all. A worker that cannot be loaded is told in the log, and thrown when there is no other. */
export async function showSyncs(
  app: WorkerContext,
  key: string | null,
): Promise<readonly SyncView[]> {
  if (key !== null) {
    const { worker, found } = await app.catalog.locate(key, "sync", ({ syncs }) => syncs);
    return [await showSync(app, worker, found)];
  }
  const results = await app.catalog.loadAll();
  const views: SyncView[] = [];
  for (const { config, loaded } of results) {
    if (loaded instanceof SyncError) {
      if (results.length === 1) throw loaded;
      app.onLog("warn", `the worker ${config.name} cannot be loaded: ${loaded.message}`);
      continue;
    }
    for (const sync of loaded.manifest.syncs) views.push(await showSync(app, loaded, sync));
  }
  return views;
}

async function showSync(
  app: WorkerContext,
  { config }: LoadedWorker,
  sync: SyncDeclaration,
): Promise<SyncView> {
  const { store } = app;
  const id = syncIdOf(config.name, sync.key);
  const database = databaseIdOf(config.name, sync.database);
  const [state, [lastRun = null], rows, waiting, leases] = await Promise.all([
    loadState(id, app),
    store.loadOnewayRuns(id, 1),
    store.countRows(database),
    store.countWaiting(database),
    store.countLeases(leaseName("sync", id, digest)),
  ]);
  const isOff = !config.isEnabled;
  const due = dueAt(sync.schedule, standingOf(state));
  return {
    sync: id,
    health: healthOf({ ...state, isDisabled: state.isDisabled || isOff }),
    mode: sync.mode,
    schedule: sync.schedule,
    // What a killed process left behind says "running" too, but holds no lease.
    isRunning: leases > 0,
    cycle: state.cycle,
    cyclesDone: state.cyclesDone,
    isOffInConfig: isOff,
    lastRun,
    lastStartAtMs: state.cycleStartedAtMs,
    lastSuccessAtMs: state.lastSuccessAtMs,
    rows,
    waiting,
    nextStartAtMs: isOff && !state.isTriggered ? null : due,
    failures: state.failures,
    lastFailure: state.lastFailure,
    held: state.held,
  };
}
