// A look at what one execution would do: the source is asked for real, nothing is written to tables or
// state. It uses the same plans as a run. Only the budgets for upstream calls are kept up to date, since
// the calls were made.
import { arrange } from "../core/oneway/arrange.ts";
import type { Cell } from "../core/oneway/cell.ts";
import type { Batch, Change } from "../core/oneway/change.ts";
import type { SyncDeclaration } from "../core/oneway/declaration.ts";
import { databaseIdOf, syncIdOf } from "../core/oneway/ids.ts";
import { guardSweep, type SweepStop } from "../core/oneway/sweep.ts";
import type { Preparation, SchemaStep } from "../connectors/destination.ts";
import { SyncError } from "../errors.ts";
import type { IndexedRow, OnewayRun, OnewayStore } from "../store/oneway-store.ts";
import { loadState } from "./control.ts";
import type { OnewayDeps, OnewayWorker } from "./deps.ts";
import { adoptedRow } from "./index-table.ts";
import { makeLeases } from "./leases.ts";
import { previewTables } from "./prepare.ts";
import { pacerChanges, runSource } from "./run-source.ts";
import type { Executed, SourceState } from "./source.ts";
import { makeTally, type Tally } from "./tally.ts";
import { planWorks, type Work } from "./work.ts";

export interface PreviewHow {
  readonly sync: string;
  /** What the execution is handed, such as the context of an earlier preview; absent: what the next run
   * would be handed. */
  readonly context?: SourceState | null;
}

export interface PreviewedRow {
  readonly database: string;
  readonly key: string;
  readonly action: "create" | "update" | "revive" | "remove" | "unchanged" | "skipped" | "refused";
  /** Cells that would be written, by property. */
  readonly cells: ReadonlyMap<string, Cell>;
  /** All parts that would be written, `@body`, `@icon` and `@cover` included. */
  readonly parts: readonly {
    readonly name: string;
    /** Hash of what was last written; null: never. */
    readonly before: string | null;
    readonly after: string;
  }[];
  readonly body: string | null;
  readonly message: string | null;
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
  readonly sweep: { readonly removals: number; readonly stop: SweepStop | null } | null;
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

async function previewRows(
  worker: OnewayWorker,
  { batch, made }: { readonly batch: Batch; readonly made: ReadonlySet<string> },
  deps: OnewayDeps,
): Promise<readonly PreviewedRow[]> {
  const rows: PreviewedRow[] = [];
  for (const { database, changes } of arrange(batch.changes, worker.manifest.databases)) {
    const declaration = worker.manifest.databases.find((one) => one.key === database);
    if (declaration === undefined) {
      const message = `The worker does not declare ${database}.`;
      rows.push(...changes.map(({ key }) => ({ ...emptyRow(database, key), message })));
      continue;
    }
    const works = await planWorks(changes, {
      store: made.has(database)
        ? await withAdoption(worker, { database, changes }, deps)
        : deps.store,
      digest: deps.digest,
      worker: worker.name,
      database: databaseIdOf(worker.name, database),
      declaration,
    });
    rows.push(...works.map((work) => previewedRow(database, work)));
  }
  return rows;
}

/** The store, and rows of a table that was not indexed yet. */
async function withAdoption(
  worker: OnewayWorker,
  of: { readonly database: string; readonly changes: readonly Change[] },
  deps: OnewayDeps,
): Promise<Pick<OnewayStore, "loadRows" | "loadTargets">> {
  const { store } = deps;
  const id = databaseIdOf(worker.name, of.database);
  const binding = (await store.loadBindings(worker.name)).find((one) => one.database === id);
  const table = worker.tables.get(of.database);
  if (binding?.isIndexed === true || table === undefined) return store;
  const keys = of.changes.map((change) => change.key);
  const max = table.destination.capabilities.keyQueryMax;
  const found: IndexedRow[] = [];
  for (let at = 0; at < keys.length; at += max) {
    for (const row of await table.destination.findRows(keys.slice(at, at + max))) {
      if (row.key !== null) found.push(adoptedRow(id, { key: row.key, id: row.id }));
    }
  }
  return {
    loadTargets: (target, targetKeys) => store.loadTargets(target, targetKeys),
    loadRows: async (database, wanted) => {
      const known = await store.loadRows(database, wanted);
      const missing = found.filter(
        (row) => row.database === database && !known.some((one) => one.key === row.key),
      );
      return [...known, ...missing];
    },
  };
}

function emptyRow(database: string, key: string): PreviewedRow {
  return {
    database,
    key,
    action: "refused",
    cells: new Map(),
    parts: [],
    body: null,
    message: null,
  };
}

const actions = {
  create: "create",
  "in-doubt": "create",
  remove: "remove",
  unchanged: "unchanged",
  nothing: "unchanged",
  skipped: "skipped",
  refused: "refused",
} as const;

function previewedRow(database: string, work: Work): PreviewedRow {
  const { plan } = work;
  const base = emptyRow(database, work.key);
  if (plan.kind === "refused") return { ...base, message: plan.message };
  if (plan.kind === "update") {
    return { ...base, ...written(work, plan.parts), action: plan.isRevival ? "revive" : "update" };
  }
  const parts = plan.kind === "create" || plan.kind === "in-doubt" ? [...work.parts.keys()] : [];
  return { ...base, ...written(work, parts), action: actions[plan.kind] };
}

function written(
  work: Work,
  names: readonly string[],
): Pick<PreviewedRow, "cells" | "parts" | "body"> {
  const given = work.upsert?.cells ?? new Map<string, Cell>();
  return {
    cells: new Map([...given].filter(([name]) => names.includes(name))),
    parts: names.map((name) => ({
      name,
      before: work.known?.parts[name]?.hash ?? null,
      after: work.parts.get(name)?.hash ?? "",
    })),
    body: names.includes("@body") ? (work.upsert?.body ?? null) : null,
  };
}

function countsOf(rows: readonly PreviewedRow[], batch: Batch): Tally {
  const counts = makeTally();
  counts.failed = batch.notes.filter((note) => note.weight === "refused").length;
  for (const { action } of rows) {
    if (action === "create") counts.created += 1;
    if (action === "update" || action === "revive") counts.updated += 1;
    if (action === "revive") counts.revived += 1;
    if (action === "remove") counts.removed += 1;
    if (action === "unchanged") counts.unchanged += 1;
    if (action === "skipped") counts.skipped += 1;
    if (action === "refused") counts.failed += 1;
  }
  return counts;
}

const pageRows = 500;

/** What the sweep of the sync's own database would come to. Goes through the index page by page. */
async function previewSweep(
  worker: OnewayWorker,
  of: { readonly sync: SyncDeclaration; readonly batch: Batch },
  deps: OnewayDeps,
): Promise<SyncPreview["sweep"]> {
  const { sync, batch } = of;
  const id = databaseIdOf(worker.name, sync.database);
  const named = new Set([
    ...batch.changes.filter((one) => one.database === sync.database).map((one) => one.key),
    ...batch.notes.flatMap((note) => (note.database === sync.database ? (note.key ?? []) : [])),
  ]);
  let known = 0;
  let removals = 0;
  let after: string | null = null;
  for (;;) {
    const rows: readonly IndexedRow[] = await deps.store.loadRowPage(id, after, pageRows);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.key;
    const live = rows.filter((row) => row.rowId !== null && !row.isTrashed);
    known += live.length;
    removals += live.filter((row) => !named.has(row.key)).length;
  }
  const binding = (await deps.store.loadBindings(worker.name)).find((one) => one.database === id);
  const facts = {
    database: id,
    known,
    removals,
    named: named.size,
    maySweep: binding?.maySweep ?? false,
  };
  return { removals, stop: guardSweep([facts], worker.sweep, null) };
}
