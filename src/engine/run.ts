// The frame of every run: lease, record, last line. What happens inside is handed in, so that a sync,
// the carrying out of a saved plan and an undo are told in the same words.
import { InvariantError } from "../core/assert.ts";
import type { EntryBody, HaltEntry, RunEntry, RunStatus, RunTrigger } from "../core/entry.ts";
import { amountOf } from "../core/guard.ts";
import type { PairId, RunId } from "../core/ids.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { RowPlan } from "../core/reconcile.ts";
import { sided } from "../core/side.ts";
import { SyncError } from "../errors.ts";
import type { Lease, PairState, RunRecord, Store, StoreChange } from "../store/store.ts";
import type { EngineDeps } from "./deps.ts";
import { freshState, type Prepared } from "./prepare.ts";
import { reportOf } from "./report.ts";
import { countsOf, makeTally, type Tally } from "./tally.ts";

export interface RunOptions {
  readonly trigger: RunTrigger;
  /** Who runs, for the one who finds the lease taken. */
  readonly holder: string;
}

/** A run under way. */
export interface Run {
  readonly policy: PairPolicy;
  readonly options: RunOptions;
  readonly deps: EngineDeps;
  readonly id: RunId;
  readonly startedAtMs: number;
  readonly tally: Tally;
  readonly lease: Lease;
  leaseAtMs: number;
  prepared: Prepared | null;
  plans: readonly RowPlan[];
}

export interface PairRun {
  readonly pair: PairId;
  readonly run: RunId;
  readonly status: RunStatus | "paused";
  readonly summary: RunEntry;
  readonly plans: readonly RowPlan[];
  readonly prepared: Prepared | null;
  readonly error: SyncError | null;
}

/** What a run does between its first and its last line; gives a halt back when a guard stopped it. */
export type RunBody = (run: Run, state: PairState) => Promise<HaltEntry | null>;

const leaseRenewMs = 30_000;
/** Rows a transaction may carry, so that a first run over a large table stays small in memory. */
const commitPartMax = 500;

/** Runs `body` under the pair's lease. Throws `lease_held` when another run has it. */
export async function inRun(
  policy: PairPolicy,
  options: RunOptions,
  at: { readonly deps: EngineDeps; readonly body: RunBody },
): Promise<PairRun> {
  const { deps } = at;
  const lease = await deps.store.takeLease(`pair-${policy.id}`, options.holder);
  if ("heldBy" in lease) {
    throw new SyncError({
      code: "lease_held",
      message: `Another run is at work on ${policy.id} (${lease.heldBy}).`,
      remedy: "Wait for it to end; nothing was read or written.",
    });
  }
  const startedAtMs = deps.nowMs();
  const run: Run = {
    policy,
    options,
    deps,
    id: deps.ids.run(),
    startedAtMs,
    tally: makeTally(),
    lease,
    leaseAtMs: startedAtMs,
    prepared: null,
    plans: [],
  };
  try {
    return await runLeased(run, at.body);
  } finally {
    await dropped(deps.store, lease);
  }
}

/** A lease that a full disk keeps from being dropped runs out; it must not hide how the run ended. */
async function dropped(store: Store, lease: Lease): Promise<void> {
  try {
    await store.dropLease(lease);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
  }
}

async function runLeased(run: Run, body: RunBody): Promise<PairRun> {
  const { deps, policy } = run;
  const state = (await deps.store.loadPair(policy.id)) ?? freshState(policy);
  if (state.isPaused) return finished(run, { status: "paused", error: null });
  try {
    // What cannot be told is not done.
    await deps.flushHistory();
    const halt = await body(run, state);
    return await finish(run, { halt, error: null });
  } catch (error) {
    if (error instanceof InvariantError) throw error;
    if (error instanceof SyncError) return await finish(run, { halt: null, error });
    if (deps.signal.aborted) return await finish(run, { halt: null, error: stopped() });
    throw error;
  }
}

function stopped(): SyncError {
  return new SyncError({
    code: "aborted",
    message: "The run was asked to stop.",
    remedy: "Nothing is lost; the next run goes on from here.",
  });
}

/** Stores many changes, a few hundred a transaction; each of them stands for itself. */
export async function commitInParts(run: Run, changes: readonly StoreChange[]): Promise<void> {
  for (let at = 0; at < changes.length; at += commitPartMax) {
    await run.deps.store.commit(run.lease, changes.slice(at, at + commitPartMax));
  }
}

/** To be called before each call: stops a run that was asked to stop, and keeps its lease. */
export async function beforeCall(run: Run): Promise<void> {
  run.deps.signal.throwIfAborted();
  const nowMs = run.deps.nowMs();
  if (nowMs - run.leaseAtMs < leaseRenewMs) return;
  await run.deps.store.renewLease(run.lease);
  run.leaseAtMs = nowMs;
}

export function entryChange(run: Run, body: EntryBody): StoreChange {
  return {
    kind: "entry",
    entry: { run: run.id, pair: run.policy.id, atMs: run.deps.nowMs(), body },
  };
}

interface End {
  readonly halt: HaltEntry | null;
  readonly error: SyncError | null;
}

function statusOf(run: Run, end: End): RunStatus {
  if (end.halt !== null) return "halted";
  // A run that was asked to stop leaves something undone.
  if (end.error !== null) return end.error.code === "aborted" ? "attention" : "error";
  return run.tally.failed > 0 || run.tally.waiting > 0 ? "attention" : "ok";
}

async function finish(run: Run, end: End): Promise<PairRun> {
  const { deps } = run;
  const status = statusOf(run, end);
  if (end.halt !== null) run.tally.guards.add(end.halt.guard);
  const summary = summaryOf(run, status, end);
  const changes: StoreChange[] = [];
  if (end.halt !== null) {
    const state = (await deps.store.loadPair(run.policy.id)) ?? freshState(run.policy);
    const { guard, message, remedy } = end.halt;
    const amount = amountOf(end.halt);
    const halted = { guard, message, remedy, amount, atMs: deps.nowMs() };
    changes.push({ kind: "pair", pair: { ...state, halted } }, entryChange(run, end.halt));
  }
  const record: RunRecord = {
    ...runRecord(run, status),
    finishedAtMs: deps.nowMs(),
    counts: summary.counts,
    requests: summary.requests,
    error: summary.error,
  };
  changes.push({ kind: "run", run: record }, entryChange(run, summary));
  await deps.store.commit(run.lease, changes);
  const unwritten = await untold(deps);
  return finished(run, { status, error: end.error ?? unwritten }, summary);
}

/** Why the audit log lacks the run's lines, which the store keeps for it; null when it has them. */
async function untold(deps: EngineDeps): Promise<SyncError | null> {
  try {
    await deps.flushHistory();
    return null;
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
}

function finished(
  run: Run,
  end: { readonly status: PairRun["status"]; readonly error: SyncError | null },
  summary: RunEntry = summaryOf(run, "ok", { halt: null, error: null }),
): PairRun {
  return {
    pair: run.policy.id,
    run: run.id,
    status: end.status,
    summary,
    plans: run.plans,
    prepared: run.prepared,
    error: end.error,
  };
}

function summaryOf(run: Run, status: RunStatus, end: End): RunEntry {
  const shown = end.error ?? end.halt;
  const code = end.error?.code ?? (end.halt === null ? "" : end.halt.guard);
  return {
    type: "run",
    status,
    trigger: run.options.trigger,
    startedAtMs: run.startedAtMs,
    durationMs: run.deps.nowMs() - run.startedAtMs,
    counts: countsOf(run.tally),
    requests: sided((side) => run.deps.connectors[side].requests()),
    windowMsMax: run.tally.windowMsMax,
    report: reportOf(run, end.error === null && end.halt === null),
    error: shown === null ? null : { code, message: shown.message, remedy: shown.remedy },
  };
}

/** The run as the store knows it while it is under way. */
export function runRecord(run: Run, status: RunRecord["status"]): RunRecord {
  return {
    id: run.id,
    pair: run.policy.id,
    trigger: run.options.trigger,
    startedAtMs: run.startedAtMs,
    finishedAtMs: null,
    status,
    counts: null,
    requests: null,
    error: null,
  };
}
