// A run of a sync: one cycle, or what is left of one. Each execution is a run record of its own, with
// its counts and its log; state is saved after each of them.
//
// Whatever is thrown by a port ends the run with everything that was stored up to there; the next run
// goes on with the same cursor, cycle and seen keys. What a service or the worker does wrong is told as
// a failure and tried again later; anything else is our own bug, and is thrown after it was recorded.
import type { RunId } from "../core/ids.ts";
import type { SyncDeclaration } from "../core/oneway/declaration.ts";
import { syncIdOf, type SyncId } from "../core/oneway/ids.ts";
import { SyncError } from "../errors.ts";
import type { HeldSweep, OnewayCounts, OnewayRun, SyncState } from "../store/oneway-store.ts";
import type { OnewayDeps, OnewayWorker } from "./deps.ts";
import { recoverCreates } from "./doubt.ts";
import { executeOnce, type Execution } from "./execute.ts";
import { leaseName, makeLeases, type Leases } from "./leases.ts";
import { makeNotes, type Notes } from "./notes.ts";
import { prepareTables, type ReadyTables } from "./prepare.ts";
import type { Session } from "./session.ts";
import { makeStallWatch } from "./stall.ts";
import { begun, failed, freshState, rateLimitName } from "./state.ts";
import { addTally, makeTally } from "./tally.ts";

export interface RunHow {
  /** Key of the sync within its worker. */
  readonly sync: string;
  readonly trigger: "schedule" | "manual";
  /** Executions before the run rests and the cycle waits for the next one. Default 1,000. */
  readonly executionsMax?: number;
}

export type SyncRunStatus = OnewayRun["status"] | "paused" | "disabled";

/** What came of a run, its executions together. */
export interface SyncRun {
  readonly sync: SyncId;
  readonly status: SyncRunStatus;
  readonly executions: number;
  /** Null when no execution began. */
  readonly lastRun: RunId | null;
  readonly counts: OnewayCounts;
  readonly requests: { readonly read: number; readonly write: number };
  /** The cycle came to its end. */
  readonly isCycleDone: boolean;
  /** Rows of the sync's own database whose relations wait for rows that are not there. */
  readonly waiting: number;
  readonly held: HeldSweep | null;
  /** In sentences; each thing once, at most a few hundred. */
  readonly notes: readonly string[];
  readonly error: { readonly name: string; readonly message: string } | null;
  /** The next start is not before this, our clock. */
  readonly notBeforeMs: number | null;
}

const executionsMaxDefault = 1_000;

/** Runs one cycle, or the rest of one. Throws `lease_held`, and `rate_limited` for a start by hand. */
export async function runSync(
  worker: OnewayWorker,
  how: RunHow,
  deps: OnewayDeps,
): Promise<SyncRun> {
  const sync = declarationOf(worker, how.sync);
  const id = syncIdOf(worker.name, sync.key);
  const leases = makeLeases(deps);
  await leases.take(leaseName("sync", id, deps.digest));
  try {
    const state = (await deps.store.loadSync(id)) ?? freshState(id);
    const run = startRun({ worker, sync, id, how, deps, leases });
    if (state.isDisabled) return ended(run, state, "disabled");
    if (state.isPaused && how.trigger === "schedule") return ended(run, state, "paused");
    refuseEarly(state, deps);
    return await runLeased(run, state);
  } finally {
    await leases.dropAll();
  }
}

function declarationOf(worker: OnewayWorker, key: string): SyncDeclaration {
  const sync = worker.manifest.syncs.find((one) => one.key === key);
  if (sync !== undefined) return sync;
  throw new SyncError({
    code: "usage",
    message: `The worker ${worker.name} has no sync ${key}.`,
    remedy: "See `tandem worker list` for the keys there are.",
  });
}

/** A pause that the upstream asked for holds for everybody. */
function refuseEarly(state: SyncState, deps: OnewayDeps): void {
  const { notBeforeMs, lastFailure } = state;
  if (lastFailure?.name !== rateLimitName || notBeforeMs === null) return;
  const leftMs = notBeforeMs - deps.nowMs();
  if (leftMs <= 0) return;
  throw new SyncError({
    code: "rate_limited",
    message: `The upstream of ${state.id} asked for a pause, which lasts ${Math.ceil(leftMs / 1_000)} more seconds.`,
    remedy: "Try again afterwards; a scheduled sync does so by itself.",
  });
}

/** A run under way. */
export interface Run {
  readonly worker: OnewayWorker;
  readonly sync: SyncDeclaration;
  readonly id: SyncId;
  readonly how: RunHow;
  readonly deps: OnewayDeps;
  readonly leases: Leases;
  readonly notes: Notes;
  readonly total: ReturnType<typeof makeTally>;
  executions: number;
  lastRun: RunId | null;
  requests: { read: number; write: number };
  problems: number;
  isCycleDone: boolean;
  waiting: number;
  error: SyncRun["error"];
}

function startRun(base: Pick<Run, "worker" | "sync" | "id" | "how" | "deps" | "leases">): Run {
  return {
    ...base,
    notes: makeNotes(),
    total: makeTally(),
    executions: 0,
    lastRun: null,
    requests: { read: 0, write: 0 },
    problems: 0,
    isCycleDone: false,
    waiting: 0,
    error: null,
  };
}

function ended(run: Run, state: SyncState, status: SyncRunStatus): SyncRun {
  return {
    sync: run.id,
    status,
    executions: run.executions,
    lastRun: run.lastRun,
    counts: run.total,
    requests: run.requests,
    isCycleDone: run.isCycleDone,
    waiting: run.waiting,
    held: state.held,
    notes: run.notes.all(),
    error: run.error,
    notBeforeMs: state.notBeforeMs,
  };
}

async function runLeased(run: Run, first: SyncState): Promise<SyncRun> {
  const { deps } = run;
  await closeOldRuns(run);
  // Begun before anything can go wrong, so that a run that was asked for is tried again.
  let state = begun(first, run.sync.mode, deps.nowMs());
  await deps.store.commitOneway(run.leases.held(), [{ kind: "sync", state }]);
  try {
    const tables = await prepareSession(run);
    const session = sessionOf(run, tables);
    const max = run.how.executionsMax ?? executionsMaxDefault;
    const stalled = makeStallWatch();
    while (run.executions < max) {
      const execution = await executeOnce(session, { state, trigger: run.how.trigger });
      note(run, execution);
      state = execution.state;
      if (execution.status !== "ok" && execution.status !== "attention") {
        return ended(run, state, execution.status);
      }
      if (run.isCycleDone) return ended(run, state, statusOf(run));
      const stall = stalled(execution.answer);
      if (stall !== null) return await recordFailure(run, state, stall);
    }
    return ended(run, state, "stopped");
  } catch (error) {
    if (deps.signal.aborted) return ended(run, state, "stopped");
    if (!(error instanceof SyncError)) return await recordBug(run, state, error);
    // Another run is at work: that is no failure of this sync.
    if (error.code === "lease_lost" || error.code === "lease_held") throw error;
    return await recordFailure(run, state, { name: error.code, message: error.message });
  }
}

async function recordFailure(
  run: Run,
  state: SyncState,
  error: { readonly name: string; readonly message: string },
): Promise<SyncRun> {
  const { deps } = run;
  const next = failed(state, { ...error, atMs: deps.nowMs() }, null);
  await deps.store.commitOneway(run.leases.held(), [
    { kind: "sync-progress", state: next, usesApproval: false },
  ]);
  run.error = error;
  return ended(run, next, "failed");
}

/** Our own bug: the sync waits before it meets it again, and the error goes on up. */
async function recordBug(run: Run, state: SyncState, error: unknown): Promise<never> {
  const name = error instanceof Error ? error.name : "Error";
  const message = error instanceof Error ? error.message : "unknown";
  // A store that is gone as well changes nothing about what there is to tell.
  await recordFailure(run, state, { name, message }).catch(() => null);
  throw error;
}

function note(run: Run, execution: Execution): void {
  run.executions += 1;
  run.lastRun = execution.run;
  addTally(run.total, execution.counts);
  run.requests.read += execution.requests.read;
  run.requests.write += execution.requests.write;
  run.problems += execution.problems;
  run.isCycleDone = execution.isCycleDone;
  run.waiting = execution.waiting;
  run.error = execution.error;
}

function statusOf(run: Run): SyncRunStatus {
  return run.total.failed + run.problems > 0 ? "attention" : "ok";
}

/** Tables ready, creates of an earlier run settled. Writers take turns. */
async function prepareSession(run: Run): Promise<ReadyTables> {
  const { deps, leases, notes, worker } = run;
  const name = leaseName("write", worker.name, deps.digest);
  await leases.wait(name);
  try {
    deps.onProgress({ sync: run.id, stage: "prepare", done: 0, total: null });
    const tables = await prepareTables(worker, {
      deps,
      leases,
      notes,
      onIndexed: (done) => {
        deps.onProgress({ sync: run.id, stage: "index", done, total: null });
      },
    });
    const broken = tables.broken.get(run.sync.database);
    if (broken !== undefined) throw broken;
    await recoverCreates(sessionOf(run, tables));
    return tables;
  } finally {
    await leases.giveWay(name);
  }
}

function sessionOf(run: Run, tables: ReadyTables): Session {
  const { worker, sync, id, deps, leases, notes } = run;
  return { worker, sync, id, deps, leases, notes, tables };
}

/** A record that says "running" while we hold the sync's lease is of a process that is gone. */
async function closeOldRuns(run: Run): Promise<void> {
  const { deps, id } = run;
  const old = (await deps.store.loadOnewayRuns(id, 5)).filter((one) => one.status === "running");
  if (old.length === 0) return;
  await deps.store.commitOneway(
    run.leases.held(),
    old.map((one) => ({
      kind: "run",
      run: {
        ...one,
        status: "stopped",
        finishedAtMs: Math.max(one.startedAtMs, deps.nowMs()),
        error: { name: "Stopped", message: "Its process ended before it did." },
      },
    })),
  );
}
