// Starts syncs when they are due, in one process. It asks the store again every second, so that what
// another process does (a trigger, a pause, a reset, a run by hand) is seen without being told.
//
// Syncs run side by side up to a limit: each execution is a process with memory of its own. That one sync
// runs once, and that a database has one writer, is the engine's matter.
import type { Schedule } from "../../core/oneway/declaration.ts";
import type { SyncId } from "../../core/oneway/ids.ts";

export interface ScheduledSync {
  readonly id: SyncId;
  readonly schedule: Schedule;
}

export interface SchedulerDeps {
  readonly syncs: readonly ScheduledSync[];
  /** When each is due, on our clock; null or left out: not by itself. */
  readonly dueAt: () => Promise<ReadonlyMap<SyncId, number | null>>;
  /** Runs one; must not throw for what a later try may mend. */
  readonly run: (sync: ScheduledSync) => Promise<void>;
  readonly nowMs: () => number;
  /** Ends early, without an error, when the signal fires. */
  readonly sleep: (delayMs: number) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onError: (sync: SyncId, error: unknown) => void;
}

/** Processes at once; each may take the memory its limits allow. */
export const runningMax = 4;
const pollMs = 1_000;
/** After a run that ended with an error of its own, which leaves no trace in the store to go by. */
const errorPauseMs = 60_000;

/** Until the signal; resolves when the runs under way have ended. */
export async function runScheduler(deps: SchedulerDeps): Promise<void> {
  const running = new Map<SyncId, Promise<void>>();
  const notBefore = new Map<SyncId, number>();
  const start = (sync: ScheduledSync): void => {
    const run = deps
      .run(sync)
      .catch((error: unknown) => {
        notBefore.set(sync.id, deps.nowMs() + errorPauseMs);
        deps.onError(sync.id, error);
      })
      .finally(() => {
        running.delete(sync.id);
      });
    running.set(sync.id, run);
  };
  // Bound by the signal.
  while (!deps.signal.aborted) {
    const due = await deps.dueAt();
    const now = deps.nowMs();
    const isFree = ({ id }: ScheduledSync): boolean =>
      !running.has(id) && (notBefore.get(id) ?? 0) <= now;
    const waiting = deps.syncs
      .flatMap((sync) => {
        const atMs = due.get(sync.id) ?? null;
        return atMs !== null && atMs <= now && isFree(sync) ? [{ sync, atMs }] : [];
      })
      .toSorted((one, two) => one.atMs - two.atMs);
    for (const { sync } of waiting.slice(0, runningMax - running.size)) start(sync);
    await deps.sleep(pollMs);
  }
  await Promise.all(running.values());
}
