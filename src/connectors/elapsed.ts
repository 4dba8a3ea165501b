// The time that has passed, counted with two of the system's counters that nobody can set. One alone will
// not do: `performance.now()` is fine, and stands still on Linux while the machine is in standby
// (CLOCK_MONOTONIC); `os.uptime()` runs on, and has a unit of a whole second on macOS.

export interface Counters {
  readonly fineMs: () => number;
  /** In a unit of at most a second. */
  readonly coarseMs: () => number;
}

/** The coarse counter's unit at either end; a standby that is shorter does not matter to anybody. */
const unitsMs = 2_000;

/** Goes on as the fine counter does, and by what the coarse one tells more: the machine was in standby. */
export function makeElapsed({ fineMs, coarseMs }: Counters): () => number {
  let seen = { fineMs: fineMs(), coarseMs: coarseMs() };
  let elapsedMs = 0;
  return () => {
    const now = { fineMs: fineMs(), coarseMs: coarseMs() };
    const [byFineMs, byCoarseMs] = [now.fineMs - seen.fineMs, now.coarseMs - seen.coarseMs];
    seen = now;
    elapsedMs += byCoarseMs - byFineMs > unitsMs ? byCoarseMs : byFineMs;
    return elapsedMs;
  };
}
