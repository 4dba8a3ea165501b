// Runs one cycle now, or shows what one execution would do.
import { SyncError } from "../../errors.ts";
import { dueAt } from "../../core/oneway/schedule.ts";
import { loadState } from "../../oneway/control.ts";
import type { PreviewedRow } from "../../oneway/preview-rows.ts";
import { previewSync, type SyncPreview } from "../../oneway/preview.ts";
import type { OnewayWorker } from "../../oneway/deps.ts";
import { runSync, type SyncRun } from "../../oneway/run.ts";
import { standingOf } from "../../oneway/state.ts";
import type { LoadedWorker } from "./catalog.ts";
import { composeWorker } from "./compose.ts";
import type { WorkerContext } from "./context.ts";
import { makeOnewayDeps } from "./deps.ts";
import type { CycleView, PreviewRow, PreviewView } from "./view.ts";

export async function triggerCycle(app: WorkerContext, key: string): Promise<CycleView> {
  const { worker, found } = await app.catalog.locate(key, "sync", ({ syncs }) => syncs);
  return runCycle(app, worker, { sync: found.key, trigger: "manual" });
}

/** Throws what `runSync` throws; a switched-off sync is a matter of usage. */
export async function runCycle(
  app: WorkerContext,
  worker: LoadedWorker,
  how: { readonly sync: string; readonly trigger: "manual" | "schedule" },
): Promise<CycleView> {
  const startedAtMs = app.nowMs();
  const composed = await composeWorker(app, worker);
  const run = await runSync(composed, how, makeOnewayDeps(app, worker.config));
  const status = endOf(run);
  return {
    sync: run.sync,
    status,
    executions: run.executions,
    counts: run.counts,
    requests: requestsOf(composed),
    durationMs: app.nowMs() - startedAtMs,
    notes: run.notes,
    waiting: run.waiting,
    held: run.held,
    failure: run.error === null ? null : { name: run.error.name, message: run.error.message },
    retryAtMs: run.error === null ? null : await retryAt(app, worker, { sync: how.sync, run }),
    run: run.lastRun,
  };
}

/** All of the cycle's calls: those for getting the tables ready are no execution's. */
function requestsOf({ tables }: OnewayWorker): CycleView["requests"] {
  const all = [...tables.values()].map(({ destination }) => destination.requests());
  return {
    read: all.reduce((sum, { read }) => sum + read, 0),
    write: all.reduce((sum, { write }) => sum + write, 0),
  };
}

function endOf({ status, sync }: SyncRun): CycleView["status"] {
  switch (status) {
    case "ok":
    case "attention":
    case "held":
    case "failed":
    case "rate-limited":
    case "stopped":
      return status;
    // The schedule found it at rest, or it is another process's: nothing was begun.
    case "running":
    case "paused":
      return "stopped";
    case "disabled":
      throw new SyncError({
        code: "usage",
        message: `${sync} is switched off.`,
        remedy: `Switch it on with \`tandem worker enable ${sync}\`.`,
      });
  }
}

async function retryAt(
  app: WorkerContext,
  { config, manifest }: LoadedWorker,
  { sync, run }: { readonly sync: string; readonly run: SyncRun },
): Promise<number | null> {
  const schedule = manifest.syncs.find((each) => each.key === sync)?.schedule;
  if (schedule === undefined || !config.isEnabled) return null;
  return dueAt(schedule, standingOf(await loadState(run.sync, app)));
}

/** `context`: undefined for what the next run would be handed. */
export async function previewCycle(
  app: WorkerContext,
  key: string,
  context: unknown,
): Promise<PreviewView> {
  const { worker, found } = await app.catalog.locate(key, "sync", ({ syncs }) => syncs);
  const how = {
    sync: found.key,
    ...(context === undefined ? {} : { context: { json: context } }),
  };
  const preview = await previewSync(
    await composeWorker(app, worker),
    how,
    makeOnewayDeps(app, worker.config),
  );
  return viewOf(
    `${worker.config.name}/${found.key}`,
    preview,
    await app.store.loadLog(preview.run),
  );
}

function viewOf(sync: string, preview: SyncPreview, log: PreviewView["log"]): PreviewView {
  const { sweep } = preview;
  return {
    sync,
    schema: preview.schema,
    rows: preview.rows.flatMap(rowOf),
    counts: preview.counts,
    notes: preview.notes,
    sweep:
      sweep === null
        ? null
        : { removals: sweep.removals, held: sweep.stop === null ? null : sweep.stop.message },
    hasMore: preview.hasMore,
    run: preview.run,
    nextContext: preview.nextContext?.json,
    log,
  };
}

const partWords: Readonly<Record<string, string>> = {
  "@body": "body",
  "@icon": "icon",
  "@cover": "cover",
};

/** Rows that need nothing are only counted. */
function rowOf(row: PreviewedRow): readonly PreviewRow[] {
  const { action: op } = row;
  if (op === "unchanged" || op === "skipped") return [];
  return [
    {
      op,
      database: row.database,
      key: row.key,
      cells: [...row.cells].map(([property, cell]) => ({ property, cell })),
      parts: row.parts.flatMap(({ name }) => partWords[name] ?? []),
      message: row.message,
    },
  ];
}
