// Starts syncs when they are due, in one process. It asks the store again every second, so that what
// another process does (a trigger, a pause, a reset, a run by hand) is seen without being told.
//
// Syncs run side by side up to a limit: each execution is a process with memory of its own. That one sync
// runs once, and that a database has one writer, is the engine's matter.
import type { Schedule } from "../../core/oneway/declaration.ts";
import type { SyncId } from "../../core/oneway/ids.ts";

export interface ScheduledSync {
  readonly id: SyncId;
  readonly worker: string;
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

/** By turns over the workers, those that run least first: one with many syncs must not take every place. */
function fairly(
  waiting: readonly ScheduledSync[],
  running: Iterable<Running>,
): readonly ScheduledSync[] {
  const turns = new Map<string, number>();
  const nextTurn = ({ worker }: ScheduledSync): number => {
    const turn = turns.get(worker) ?? 0;
    turns.set(worker, turn + 1);
    return turn;
  };
  for (const { sync } of running) nextTurn(sync);
  return waiting
    .map((sync) => ({ sync, turn: nextTurn(sync) }))
    .toSorted((one, two) => one.turn - two.turn)
    .map(({ sync }) => sync);
}

interface Running {
  readonly sync: ScheduledSync;
  readonly ended: Promise<void>;
}

/** Until the signal; resolves when the runs under way have ended. */
export async function runScheduler(deps: SchedulerDeps): Promise<void> {
  const running = new Map<SyncId, Running>();
  const notBefore = new Map<SyncId, number>();
  const start = (sync: ScheduledSync): void => {
    const ended = deps
      .run(sync)
      .catch((error: unknown) => {
        notBefore.set(sync.id, deps.nowMs() + errorPauseMs);
        deps.onError(sync.id, error);
      })
      .finally(() => {
        running.delete(sync.id);
      });
    running.set(sync.id, { sync, ended });
  };
  // Bound by the signal.
  while (!deps.signal.aborted) {
    const due = await deps.dueAt();
    const now = deps.nowMs();
    const isFree = ({ id }: ScheduledSync): boolean =>
      !running.has(id) && (notBefore.get(id) ?? 0) <= now;
    const waiting = deps.syncs
      .filter((sync) => isFree(sync) && (due.get(sync.id) ?? Number.POSITIVE_INFINITY) <= now)
      .toSorted((one, two) => (due.get(one.id) ?? 0) - (due.get(two.id) ?? 0));
    for (const sync of fairly(waiting, running.values())) {
      if (running.size < runningMax) start(sync);
    }
    await deps.sleep(pollMs);
  }
  await Promise.all([...running.values()].map(({ ended }) => ended));
}
