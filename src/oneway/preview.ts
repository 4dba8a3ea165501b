// A look at what one execution would do: the source is asked for real, nothing is written to tables or
// state. It uses the same plans as a run. Only the budgets for upstream calls are kept up to date, since
// the calls were made.
import type { SyncDeclaration } from "../core/oneway/declaration.ts";
import { syncIdOf } from "../core/oneway/ids.ts";
import type { Preparation, SchemaStep } from "../connectors/destination.ts";
import { SyncError } from "../errors.ts";
import type { OnewayRun } from "../store/oneway-store.ts";
import { loadState } from "./control.ts";
import type { OnewayDeps, OnewayWorker } from "./deps.ts";
import { makeLeases } from "./leases.ts";
import { countsOf, previewRows, type PreviewedRow } from "./preview-rows.ts";
import { previewSweep, type PreviewedSweep } from "./preview-sweep.ts";
import { previewTables } from "./prepare.ts";
import { pacerChanges, runSource } from "./run-source.ts";
import type { Executed, SourceState } from "./source.ts";
import { makeTally, type Tally } from "./tally.ts";

export interface PreviewHow {
  readonly sync: string;
  /** What the execution is handed, such as the context of an earlier preview; absent: what the next run
   * would be handed. */
  readonly context?: SourceState | null;
}

export interface SyncPreview {
  readonly run: OnewayRun["id"];
  readonly schema: readonly (SchemaStep & { readonly database: string })[];
  readonly notes: readonly string[];
  readonly rows: readonly PreviewedRow[];
  readonly counts: Tally;
  readonly hasMore: boolean;
  /** To be handed to the next preview. */
  readonly nextContext: SourceState | null;
  /** Known only when this one execution is the whole of a replace cycle. */
  readonly sweep: PreviewedSweep | null;
}

/** Throws `SyncError` when the source fails. */
export async function previewSync(
  worker: OnewayWorker,
  how: PreviewHow,
  deps: OnewayDeps,
): Promise<SyncPreview> {
  const sync = worker.manifest.syncs.find((one) => one.key === how.sync);
  if (sync === undefined) throw unknownSync(worker, how.sync);
  const id = syncIdOf(worker.name, sync.key);
  const schema = await previewSchema(worker);
  const current = await loadState(id, deps);
  const isFresh = sync.mode === "replace" && current.cycle === null;
  const state = how.context === undefined ? (isFresh ? null : current.cursor) : how.context;
  const record = newRecord(id, deps);
  await deps.store.commitOneway([], [{ kind: "run", run: record }]);
  const executed = await call(worker, { sync, state, run: record.id }, deps);
  if (executed.kind !== "done") {
    const error = failure(executed);
    await finish(record, { executed, error }, { worker, deps });
    throw error;
  }
  const rows = await previewRows(worker, { batch: executed.batch, made: schema.made }, deps);
  const counts = countsOf(rows, executed.batch);
  await finish({ ...record, counts }, { executed, error: null }, { worker, deps });
  const isWhole = sync.mode === "replace" && state === null && !executed.hasMore;
  return {
    run: record.id,
    schema: schema.steps,
    notes: [...schema.notes, ...executed.batch.notes.map((note) => note.message)],
    rows,
    counts,
    hasMore: executed.hasMore,
    nextContext: executed.nextState,
    sweep: isWhole ? await previewSweep(worker, { sync, batch: executed.batch }, deps) : null,
  };
}

function unknownSync(worker: OnewayWorker, key: string): SyncError {
  return new SyncError({
    code: "usage",
    message: `The worker ${worker.name} has no sync ${key}.`,
    remedy: "See `tandem worker list` for the keys there are.",
  });
}

async function call(
  worker: OnewayWorker,
  of: {
    readonly sync: SyncDeclaration;
    readonly state: SourceState | null;
    readonly run: OnewayRun["id"];
  },
  deps: OnewayDeps,
): Promise<Executed> {
  const leases = makeLeases(deps);
  try {
    const { sync, state, run } = of;
    return await runSource({ worker, sync: sync.key, state, run, deps, leases, isPreview: true });
  } finally {
    await leases.dropAll();
  }
}

function newRecord(sync: OnewayRun["sync"], deps: OnewayDeps): OnewayRun {
  return {
    id: deps.newRunId(),
    sync,
    trigger: "preview",
    cycle: null,
    startedAtMs: deps.nowMs(),
    finishedAtMs: null,
    status: "running",
    hasMore: null,
    counts: makeTally(),
    requests: { read: 0, write: 0 },
    error: null,
  };
}

async function finish(
  record: OnewayRun,
  end: { readonly executed: Executed; readonly error: SyncError | null },
  at: { readonly worker: OnewayWorker; readonly deps: OnewayDeps },
): Promise<void> {
  const { executed, error } = end;
  const run: OnewayRun = {
    ...record,
    finishedAtMs: Math.max(record.startedAtMs, at.deps.nowMs()),
    status: executed.kind === "done" ? "ok" : executed.kind,
    hasMore: executed.kind === "done" ? executed.hasMore : null,
    error: error === null ? null : { name: error.code, message: error.message },
  };
  const pacers = executed.kind === "failed" ? new Map() : executed.pacers;
  await at.deps.store.commitOneway(
    [],
    [{ kind: "run", run }, ...pacerChanges(at.worker.name, pacers)],
  );
}

function failure(executed: Exclude<Executed, { readonly kind: "done" }>): SyncError {
  const isLimit = executed.kind === "rate-limited";
  return new SyncError({
    code: isLimit ? "rate_limited" : "unavailable",
    message: isLimit
      ? `The upstream asked for a pause: ${executed.message}`
      : `${executed.name}: ${executed.message}`,
    remedy: isLimit ? "Try again later." : "Mend the worker, or its upstream, and try again.",
  });
}

async function previewSchema(worker: OnewayWorker): Promise<{
  readonly steps: readonly (SchemaStep & { readonly database: string })[];
  readonly notes: readonly string[];
  /** Keys of databases that have a table already. */
  readonly made: ReadonlySet<string>;
}> {
  const { preparations, relations, broken } = await previewTables(worker);
  const parts: [string, Preparation][] = [...preparations, ...relations];
  const made = [...preparations].filter(([, { binding }]) => binding !== null);
  return {
    made: new Set(made.map(([database]) => database)),
    steps: parts.flatMap(([database, { steps }]) => steps.map((step) => ({ ...step, database }))),
    notes: [
      ...parts.flatMap(([database, { notes }]) => notes.map((note) => `${database}: ${note}`)),
      ...[...broken].map(([database, error]) => `${database}: ${error.message}`),
    ],
  };
}
