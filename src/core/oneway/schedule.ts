// When a sync starts next. Intervals count from the start of the cycle before, so that a long cycle does
// not stretch them; a cycle that was broken off is taken up as soon as its pause is over, also by a sync
// that otherwise only starts by hand.
import type { Schedule } from "./declaration.ts";

/** What the schedule goes by. */
export interface Standing {
  readonly isPaused: boolean;
  readonly isDisabled: boolean;
  readonly isTriggered: boolean;
  /** A cycle is under way: it was broken off, or stopped half-way. */
  readonly isInCycle: boolean;
  readonly cycleStartedAtMs: number | null;
  /** End of the last execution, good or bad. */
  readonly lastEndAtMs: number | null;
  /** No start before this. */
  readonly notBeforeMs: number | null;
  /** The pause was asked for by the upstream, so a start by hand keeps to it too. */
  readonly isRateLimited: boolean;
}

/** Between two cycles of a continuous sync. */
const continuousPauseMs = 10_000;

const backoffStepMs = 60_000;
const backoffMaxMs = 3_600_000;

/** The moment of the next start, on the caller's clock; null: none unless something changes. */
export function dueAt(schedule: Schedule, standing: Standing): number | null {
  if (standing.isDisabled) return null;
  const pauseMs = standing.notBeforeMs ?? 0;
  if (standing.isTriggered) return standing.isRateLimited ? pauseMs : 0;
  if (standing.isPaused) return null;
  if (standing.isInCycle) return pauseMs;
  const start = startOf(schedule, standing);
  return start === null ? null : Math.max(start, pauseMs);
}

function startOf(schedule: Schedule, standing: Standing): number | null {
  switch (schedule.kind) {
    case "manual":
      return null;
    case "continuous":
      return standing.lastEndAtMs === null ? 0 : standing.lastEndAtMs + continuousPauseMs;
    case "interval":
      return standing.cycleStartedAtMs === null ? 0 : standing.cycleStartedAtMs + schedule.everyMs;
  }
}

/**
 * How long to wait after so many failed executions in a row: 1, 2, 4 … 60 minutes, and never less than
 * the upstream asked for.
 */
export function backoffMs(failures: number, retryAfterMs: number | null): number {
  const step = failures < 1 ? 0 : backoffStepMs * 2 ** Math.min(failures - 1, 10);
  return Math.max(Math.min(step, backoffMaxMs), retryAfterMs ?? 0);
}
