// One execution of a cycle: ask the source, write what it gives, then save state, counts and log in one
// commit. The last one of a cycle also completes relations and sweeps, before its state is saved: should
// that be cut off, the last page is asked for once more, which costs no write.
import { InvariantError } from "../core/assert.ts";
import type { RunId } from "../core/ids.ts";
import type { Batch } from "../core/oneway/change.ts";
import type {
  Cycle,
  HeldSweep,
  OnewayChange,
  OnewayCounts,
  OnewayRun,
  SyncState,
} from "../store/oneway-store.ts";
import { applyBatch } from "./apply.ts";
import { leaseName } from "./leases.ts";
import { completeRelations } from "./relations.ts";
import {
  failure,
  ok,
  rateLimited,
  sourceFailed,
  thrown,
  type ExecutionAt,
  type Result,
} from "./result.ts";
import { pacerChanges, runSource } from "./run-source.ts";
import { commit, progress, type Session, type Writing } from "./session.ts";
import { advanced, ended } from "./state.ts";
import { stateTooLarge } from "./state-size.ts";
import type { Executed } from "./source.ts";
import { answerOf, type Answer } from "./stall.ts";
import { sweep } from "./sweep.ts";
import { makeTally } from "./tally.ts";

export interface Execution {
  readonly run: RunId;
  readonly state: SyncState;
  readonly status: Exclude<OnewayRun["status"], "running">;
  readonly counts: OnewayCounts;
  readonly requests: OnewayRun["requests"];
  readonly problems: number;
  readonly isCycleDone: boolean;
  readonly waiting: number;
  readonly error: OnewayRun["error"];
  /** Tells one answer from another; null when there was none, or no more is to come. */
  readonly answer: Answer | null;
}

type Done = Extract<Executed, { readonly kind: "done" }>;

/** The state must have a cycle under way. Failures are told; only our own bugs are thrown. */
export async function executeOnce(
  session: Session,
  of: { readonly state: SyncState; readonly trigger: "schedule" | "manual" },
): Promise<Execution> {
  const { state } = of;
  const { deps, leases } = session;
  const cycle = state.cycle;
  if (cycle === null) throw new InvariantError("an execution without a cycle");
  const before = requestsOf(session);
  const record = newRecord(session, of.trigger, cycle);
  const at: ExecutionAt = { session, state, cycle, record, tally: makeTally(), problems: 0 };
  const database = leaseName(
    "database",
    `${session.worker.name}/${session.sync.database}`,
    deps.digest,
  );
  const write = leaseName("write", session.worker.name, deps.digest);
  // The order of leases: a run that waits for the database must not keep its holder from writing.
  if (!leases.held().some(({ name }) => name === database)) await leases.drop(write);
  await leases.wait(database);
  try {
    await commit(session, [{ kind: "run", run: record }]);
    progress(session, "execute", { done: cycle.executions, total: null });
    const result = await carryOut(at, write);
    return await finish(at, result, before);
  } finally {
    await leases.giveWay(write);
    await leases.giveWay(database);
  }
}

function newRecord(session: Session, trigger: "schedule" | "manual", cycle: Cycle): OnewayRun {
  return {
    id: session.deps.newRunId(),
    sync: session.id,
    trigger,
    cycle: cycle.number,
    startedAtMs: session.deps.nowMs(),
    finishedAtMs: null,
    status: "running",
    hasMore: null,
    counts: makeTally(),
    requests: { read: 0, write: 0 },
    error: null,
  };
}

async function carryOut(at: ExecutionAt, writeLease: string): Promise<Result> {
  const { session, state, record } = at;
  try {
    const executed = await runSource({
      worker: session.worker,
      sync: session.sync.key,
      state: state.cursor,
      run: record.id,
      deps: session.deps,
      leases: session.leases,
      isPreview: false,
    });
    switch (executed.kind) {
      case "done":
        return await applyDone(at, executed, writeLease);
      case "rate-limited":
        return rateLimited(at, executed);
      case "failed":
        return sourceFailed(at, executed);
    }
  } catch (error) {
    return thrown(at, error);
  }
}

async function applyDone(at: ExecutionAt, executed: Done, writeLease: string): Promise<Result> {
  const { session, state } = at;
  const pacers = pacerChanges(session.worker.name, executed.pacers);
  const tooLarge = stateTooLarge(executed.nextState);
  if (tooLarge !== null) {
    return { ...failure(at, { name: "StateTooLarge", message: tooLarge }, null), changes: pacers };
  }
  await session.leases.wait(writeLease);
  const cycle = grown(at.cycle, executed.batch, session);
  const writing = startWriting(at, executed.batch, cycle);
  const told = (): ExecutionAt => ({ ...at, problems: writing.problems });
  try {
    await applyBatch(executed.batch, writing);
    const nowMs = session.deps.nowMs();
    const advance = { cycle, nextState: executed.nextState, nowMs };
    if (executed.hasMore) {
      const more = ok(told(), { state: advanced(state, advance), hasMore: true, changes: pacers });
      return { ...more, answer: answerOf(executed, session.deps.digest) };
    }
    await completeRelations(writing, { isFinal: true });
    const { held, changes } = await endSweep(writing);
    const { mode } = session.sync;
    const next = ended(state, { ...advance, nowMs: session.deps.nowMs(), mode, held });
    const result = ok(told(), { state: next, hasMore: false, changes: [...pacers, ...changes] });
    if (held !== null) return { ...result, status: "held" };
    // A word is good for one sweep.
    return { ...result, usesApproval: mode === "replace" };
  } finally {
    at.problems = writing.problems;
  }
}

function startWriting(at: ExecutionAt, batch: Batch, cycle: Cycle): Writing {
  return {
    session: at.session,
    tally: at.tally,
    cycle,
    fresh: new Map(),
    deferred: [],
    problems: 0,
    lostInRow: 0,
    forbiddenInRow: 0,
    done: 0,
    total: batch.changes.length,
  };
}

/** The cycle with this execution counted in. */
function grown(cycle: Cycle, batch: Batch, session: Session): Cycle {
  const unnamed = batch.notes.filter(
    ({ weight, key, database }) =>
      weight === "refused" &&
      (key === null || database === null || !session.tables.tables.has(database)),
  );
  return {
    ...cycle,
    executions: cycle.executions + 1,
    seen: cycle.seen + batch.changes.filter((change) => change.kind === "upsert").length,
    unnamed: cycle.unnamed + unnamed.length,
  };
}

async function endSweep(
  writing: Writing,
): Promise<{ readonly held: HeldSweep | null; readonly changes: readonly OnewayChange[] }> {
  const { session } = writing;
  if (session.sync.mode !== "replace") return { held: null, changes: [] };
  // Asked for now, since a person may have answered while the cycle ran.
  const approval = (await session.deps.store.loadSync(session.id))?.sweepApproval ?? null;
  const end = await sweep(writing, approval);
  if (end.kind === "blind") writing.problems += 1;
  if (end.kind !== "held") return { held: null, changes: approvals(session, approval) };
  session.notes.add(
    `${end.stop.message} Nothing was removed. If it is right, let it through with \`tandem worker confirm ${session.id}\`.`,
  );
  return { held: { ...end.stop, atMs: session.deps.nowMs() }, changes: [] };
}

/** A person's word also answers the question that is asked once of a table that was there before. */
function approvals(session: Session, approval: number | null): readonly OnewayChange[] {
  if (approval === null) return [];
  return [...session.tables.tables.values()]
    .filter(
      ({ binding, declaration }) => !binding.maySweep && declaration.key === session.sync.database,
    )
    .map(({ binding }) => ({ kind: "binding", binding: { ...binding, maySweep: true } }));
}

async function finish(
  at: ExecutionAt,
  result: Result,
  before: OnewayRun["requests"],
): Promise<Execution> {
  const { session, record, tally } = at;
  const after = requestsOf(session);
  const requests = { read: after.read - before.read, write: after.write - before.write };
  const error =
    result.error === null ? null : { name: result.error.name, message: result.error.message };
  const atMs = session.deps.nowMs();
  const lines = session.notes.takeNew().map((text) => ({ atMs, stream: "host" as const, text }));
  await commit(session, [
    { kind: "sync-progress", state: result.state, usesApproval: result.usesApproval },
    {
      kind: "run",
      run: {
        ...record,
        finishedAtMs: Math.max(atMs, record.startedAtMs),
        status: result.status,
        hasMore: result.hasMore,
        counts: tally,
        requests,
        error,
      },
    },
    { kind: "log", run: record.id, lines },
    ...result.changes,
  ]);
  const own = session.tables.tables.get(session.sync.database);
  return {
    run: record.id,
    state: result.state,
    status: result.status,
    counts: tally,
    requests,
    problems: at.problems,
    isCycleDone: result.hasMore === false,
    waiting: own === undefined ? 0 : await session.deps.store.countWaiting(own.id),
    error,
    answer: result.answer ?? null,
  };
}

function requestsOf({ worker }: Session): { read: number; write: number } {
  const sum = { read: 0, write: 0 };
  for (const { destination } of worker.tables.values()) {
    const { read, write } = destination.requests();
    sum.read += read;
    sum.write += write;
  }
  return sum;
}
