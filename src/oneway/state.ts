// What a sync's state becomes: when a cycle begins, after each execution, at the end of a cycle, after a
// failure. State is only ever moved on once what belongs to it was written.
//
//   idle ──begin──▶ in cycle ──more──▶ in cycle ──end──▶ idle
//                       │  ▲
//                       ▼  └── later, with the same cursor, cycle and seen keys
//                     failed
import type { SyncMode } from "../core/oneway/declaration.ts";
import { backoffMs } from "../core/oneway/schedule.ts";
import type { Standing } from "../core/oneway/schedule.ts";
import type { SyncId } from "../core/oneway/ids.ts";
import type { Cycle, HeldSweep, SyncFailure, SyncState } from "../store/oneway-store.ts";

/** Name of a failure that the upstream caused by asking for a pause. */
export const rateLimitName = "RateLimitError";

export function freshState(id: SyncId): SyncState {
  return {
    id,
    cursor: null,
    cycle: null,
    cyclesDone: 0,
    cyclesBegun: 0,
    lastCycleDone: null,
    isPaused: false,
    isDisabled: false,
    failures: 0,
    lastFailure: null,
    cycleStartedAtMs: null,
    lastSuccessAtMs: null,
    notBeforeMs: null,
    isTriggered: false,
    held: null,
    sweepApproval: null,
  };
}

/** The state in which a cycle is under way: the one that was broken off, or a new one. */
export function begun(state: SyncState, mode: SyncMode, nowMs: number): SyncState {
  if (state.cycle !== null) return { ...state, isTriggered: false };
  const number = state.cyclesBegun + 1;
  // A complete data set is always asked for from its start.
  const cursor = mode === "replace" ? null : state.cursor;
  const cycle: Cycle = {
    number,
    startedAtMs: nowMs,
    executions: 0,
    seen: 0,
    startCursor: cursor,
    unnamed: 0,
  };
  return {
    ...state,
    cursor,
    cycle,
    cyclesBegun: number,
    cycleStartedAtMs: nowMs,
    isTriggered: false,
  };
}

/** An execution was carried out whole. */
export interface Advance {
  readonly cycle: Cycle;
  readonly nextState: SyncState["cursor"];
  readonly nowMs: number;
}

/** After an execution with more to come. */
export function advanced(state: SyncState, { cycle, nextState, nowMs }: Advance): SyncState {
  return { ...calm(state, nowMs), cursor: nextState, cycle };
}

/**
 * After the last execution of a cycle. An incremental sync keeps what the execution gave; `undefined`
 * keeps the cursor that the cycle began with, since a cursor from within the cycle could be a page of it.
 */
export function ended(
  state: SyncState,
  advance: Advance & { readonly mode: SyncMode; readonly held: HeldSweep | null },
): SyncState {
  const { cycle, mode, held, nowMs } = advance;
  const kept = advance.nextState ?? cycle.startCursor;
  return {
    ...calm(state, nowMs),
    cursor: mode === "replace" ? null : kept,
    cycle: null,
    cyclesDone: state.cyclesDone + 1,
    lastCycleDone: cycle.number,
    held: mode === "replace" ? held : state.held,
  };
}

function calm(state: SyncState, nowMs: number): SyncState {
  return { ...state, failures: 0, lastFailure: null, notBeforeMs: null, lastSuccessAtMs: nowMs };
}

/** After a failure: cursor, cycle and seen keys stay, and the next start waits. */
export function failed(
  state: SyncState,
  failure: SyncFailure,
  retryAfterMs: number | null,
): SyncState {
  const failures = state.failures + 1;
  return {
    ...state,
    failures,
    lastFailure: failure,
    notBeforeMs: failure.atMs + backoffMs(failures, retryAfterMs),
  };
}

/** What the schedule goes by. */
export function standingOf(state: SyncState): Standing {
  const ends = [state.lastSuccessAtMs, state.lastFailure?.atMs ?? null];
  const known = ends.filter((at) => at !== null);
  return {
    isPaused: state.isPaused,
    isDisabled: state.isDisabled,
    isTriggered: state.isTriggered,
    isInCycle: state.cycle !== null,
    cycleStartedAtMs: state.cycleStartedAtMs,
    lastEndAtMs: known.length === 0 ? null : Math.max(...known),
    notBeforeMs: state.notBeforeMs,
    isRateLimited: state.lastFailure?.name === rateLimitName,
  };
}
