// One run of one pair, from lease to last line: prepare, guard, settle, apply, confirm. Plans are
// never resumed: what a killed run left behind is resolved from its journal, and everything else is
// derived again from what the services show.
import type { HaltEntry, RunEntry, RunStatus, RunTrigger, EntryBody } from "../core/entry.ts";
import { InvariantError } from "../core/assert.ts";
import type { PairId, RunId } from "../core/ids.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { RowPlan } from "../core/reconcile.ts";
import { sourceSide } from "../core/setup.ts";
import { sided } from "../core/side.ts";
import { SyncError, disposition } from "../errors.ts";
import type { Lease, PairState, RunRecord, StoreChange } from "../store/store.ts";
import { apply } from "./apply.ts";
import type { EngineDeps } from "./deps.ts";
import { doubtChanges } from "./doubt.ts";
import { freshState, listingProblems, prepare, type Prepared } from "./prepare.ts";
import { quarantineKey, type Sending } from "./send.ts";
import { settle } from "./settle.ts";
import { countsOf, makeTally, type Tally } from "./tally.ts";
import { worksOf, type Work } from "./work.ts";

export interface CycleOptions {
  readonly trigger: RunTrigger;
  readonly holder: string;
  /** Cuts a plan down to what was approved before; null drops the work. */
  readonly restrict: ((work: Work) => Work | null) | null;
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

/** Passes one run may take: a row brought back needs a second look at its cells. */
const passesMax = 3;
const leaseRenewMs = 30_000;

interface Run {
  readonly policy: PairPolicy;
  readonly options: CycleOptions;
  readonly deps: EngineDeps;
  readonly id: RunId;
  readonly startedAtMs: number;
  readonly tally: Tally;
  readonly lease: Lease;
  leaseAtMs: number;
  prepared: Prepared | null;
  plans: RowPlan[];
}

export async function runPair(
  policy: PairPolicy,
  options: CycleOptions,
  deps: EngineDeps,
): Promise<PairRun> {
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
    return await runLeased(run);
  } finally {
    await deps.store.dropLease(lease);
  }
}

async function runLeased(run: Run): Promise<PairRun> {
  const { deps, policy } = run;
  const state = (await deps.store.loadPair(policy.id)) ?? freshState(policy);
  if (state.isPaused) return finished(run, { status: "paused", error: null });
  try {
    const halt = await passes(run, state);
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

async function passes(run: Run, first: PairState): Promise<HaltEntry | null> {
  let state = first;
  for (let pass = 1; pass <= passesMax; pass += 1) {
    const outcome = await onePass(run, state);
    if (outcome.halt !== null) return outcome.halt;
    if (!outcome.needsAnother) return null;
    state = outcome.state;
  }
  return null;
}

interface PassOutcome {
  readonly halt: HaltEntry | null;
  readonly needsAnother: boolean;
  readonly state: PairState;
}

async function onePass(run: Run, state: PairState): Promise<PassOutcome> {
  const { deps, lease, tally } = run;
  const prepared = await prepare(run.policy, { state, run: run.id }, deps);
  run.prepared = prepared;
  run.plans = [...prepared.plans];
  await renew(run);
  await deps.store.commit(lease, [
    { kind: "pair", pair: { ...state, resolved: prepared.resolved } },
    { kind: "run", run: runRecord(run, "running") },
    ...prepared.recovery.changes,
    ...doubtChanges(prepared, () => deps.ids.conflict()),
    ...listingProblems(prepared).map((body) => entryChange(run, body)),
  ]);
  if (prepared.halt !== null) return { halt: prepared.halt, needsAnother: false, state };
  const settled = settle({
    plans: prepared.plans,
    newLinks: prepared.newLinks,
    conflicts: prepared.conflicts,
    fold: prepared.fold,
    conflictId: () => deps.ids.conflict(),
  });
  tally.linked += settled.linked;
  tally.unlinked += settled.unlinked;
  tally.waiting = settled.waiting + prepared.held.length;
  tally.conflicts += settled.entries.filter((body) => body.type === "conflict").length;
  tally.unchanged = [...prepared.observation.index.values()].length - prepared.plans.length;
  await commitInParts(run, [
    ...settled.changes,
    ...settled.entries.map((body) => entryChange(run, body)),
  ]);
  const works = allowedWorks(run, prepared.plans);
  await apply({
    works,
    sending: sendingOf(run, prepared, new Map(settled.links)),
    observation: prepared.observation,
    newLinks: prepared.newLinks,
    tally,
    beforeCall: async () => {
      deps.signal.throwIfAborted();
      await renew(run);
    },
  });
  const next = await saveObserved(run, state, prepared);
  return { halt: null, needsAnother: needsAnotherLook(works, prepared), state: next };
}

function allowedWorks(run: Run, plans: readonly RowPlan[]): readonly Work[] {
  const works = worksOf(plans);
  const { restrict } = run.options;
  return restrict === null ? works : works.flatMap((work) => restrict(work) ?? []);
}

function sendingOf(run: Run, prepared: Prepared, links: Sending["links"]): Sending {
  return {
    setup: prepared.setup,
    fold: prepared.fold,
    lease: run.lease,
    quarantine: new Map(
      prepared.quarantine.map((entry) => [quarantineKey(entry.link, entry.side), entry]),
    ),
    attempts: new Map(prepared.intents.map((intent) => [intent.link, intent.attempt])),
    deps: run.deps,
    links,
  };
}

/** Restored rows have cells to compare, and computed fields of new rows have values to carry. */
function needsAnotherLook(works: readonly Work[], prepared: Prepared): boolean {
  return works.some(({ action }) => {
    if (action.kind === "restore") return true;
    if (action.kind === "update") return action.archival === "lift";
    if (action.kind !== "create") return false;
    return prepared.setup.mappings.some((mapping) => sourceSide(mapping) === action.side);
  });
}

async function saveObserved(run: Run, state: PairState, prepared: Prepared): Promise<PairState> {
  const { ends } = prepared.observation;
  const isWhole = ends.left.isComplete && ends.right.isComplete;
  const next: PairState = {
    ...state,
    resolved: prepared.resolved,
    firstSyncedAtMs: state.firstSyncedAtMs ?? (isWhole ? run.deps.nowMs() : null),
    lastScans: sided((side) => (ends[side].isComplete ? ends[side].window : state.lastScans[side])),
    prefer: isWhole ? null : state.prefer,
    halted: null,
    approvals: [],
  };
  await run.deps.store.commit(run.lease, [{ kind: "pair", pair: next }]);
  return next;
}

/** Rows a transaction may carry, so that a first run over a large table stays small in memory. */
const commitPartMax = 500;

async function commitInParts(run: Run, changes: readonly StoreChange[]): Promise<void> {
  for (let at = 0; at < changes.length; at += commitPartMax) {
    await run.deps.store.commit(run.lease, changes.slice(at, at + commitPartMax));
  }
}

async function renew(run: Run): Promise<void> {
  const nowMs = run.deps.nowMs();
  if (nowMs - run.leaseAtMs < leaseRenewMs) return;
  await run.deps.store.renewLease(run.lease);
  run.leaseAtMs = nowMs;
}

function entryChange(run: Run, body: EntryBody): StoreChange {
  return {
    kind: "entry",
    entry: { run: run.id, pair: run.policy.id, atMs: run.deps.nowMs(), body },
  };
}

function statusOf(run: Run, end: End): RunStatus {
  if (end.halt !== null) return "halted";
  if (end.error !== null && end.error.code !== "aborted") return "error";
  return run.tally.failed > 0 || run.tally.waiting > 0 ? "attention" : "ok";
}

interface End {
  readonly halt: HaltEntry | null;
  readonly error: SyncError | null;
}

async function finish(run: Run, end: End): Promise<PairRun> {
  const { deps } = run;
  const status = statusOf(run, end);
  const summary = summaryOf(run, status, end);
  const changes: StoreChange[] = [];
  if (end.halt !== null) {
    const state = (await deps.store.loadPair(run.policy.id)) ?? freshState(run.policy);
    const { guard, message, remedy, counts } = end.halt;
    const amount = Math.max(...Object.values(counts));
    const halted = { guard, message, remedy, amount, atMs: deps.nowMs() };
    changes.push({ kind: "pair", pair: { ...state, halted } }, entryChange(run, end.halt));
  }
  changes.push(
    { kind: "run", run: { ...runRecord(run, status), ...summaryPart(run, summary) } },
    entryChange(run, summary),
  );
  await deps.store.commit(run.lease, changes);
  await deps.flushHistory();
  return finished(run, { status, error: end.error }, summary);
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
    error: shown === null ? null : { code, message: shown.message, remedy: shown.remedy },
  };
}

function runRecord(run: Run, status: RunRecord["status"]): RunRecord {
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

function summaryPart(run: Run, summary: RunEntry): Partial<RunRecord> {
  return {
    finishedAtMs: run.deps.nowMs(),
    counts: summary.counts,
    requests: summary.requests,
    error: summary.error,
  };
}

/** Exit code of one pair's run. */
export function exitOf(run: PairRun): number {
  if (run.error !== null) return disposition(run.error.code).exit;
  switch (run.status) {
    case "ok":
    case "paused":
      return 0;
    case "attention":
    case "error":
      return 1;
    case "halted":
      return disposition("halted").exit;
  }
}
