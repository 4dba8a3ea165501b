// Hands queued webhook calls to their workers: one at a time a hook, in the order they came (a call that
// waits for another try lets the next one pass), with three further tries after a failure. An event is taken from the queue when its outcome is known, so a call
// that a crash interrupts is handled again, under the same delivery id.
import type { RunId } from "../../../core/ids.ts";
import { syncId } from "../../../core/oneway/ids.ts";
import type {
  OnewayRun,
  OnewayStore,
  QueuedEvent,
  StoredLogLine,
} from "../../../store/oneway-store.ts";
import type { CapabilityResult } from "../../../workers/run-capability.ts";
import { verificationErrorName, type Hook, type HookHealth } from "./hook.ts";

export interface DeliverDeps {
  readonly store: OnewayStore;
  readonly hooks: ReadonlyMap<string, Hook>;
  readonly health: HookHealth;
  readonly run: (
    hook: Hook,
    events: readonly unknown[],
    onLog: (line: StoredLogLine) => void,
  ) => Promise<CapabilityResult>;
  readonly nowMs: () => number;
  readonly runId: () => RunId;
  readonly onDelivered: (delivered: Delivered) => void;
}

export interface Delivered {
  readonly hook: string;
  readonly run: RunId;
  readonly status: "ok" | "failed";
  readonly attempts: number;
  /** Null: it is not tried again. */
  readonly retryAtMs: number | null;
  readonly error: { readonly name: string; readonly message: string } | null;
}

/** After the first failure, the second and the third. */
const retryAfterMs: readonly number[] = [10_000, 60_000, 300_000];
/** Enough that those of hooks which are not served any more never crowd the others out. */
const eventsAtOnceMax = 1_000;
const nothing = {
  created: 0,
  updated: 0,
  removed: 0,
  revived: 0,
  unchanged: 0,
  skipped: 0,
  failed: 0,
};

export interface Delivery {
  /** Starts what is due, each idle hook's first event; says whether there was anything to start. */
  startDue(): Promise<boolean>;
  /** Resolves when nothing is under way. Throws what a delivery threw since it was last asked. */
  settled(): Promise<void>;
}

/** A slow handler holds up its own hook and no other. */
export function makeDelivery(deps: DeliverDeps): Delivery {
  const busy = new Map<string, Promise<void>>();
  const errors: unknown[] = [];
  const start = (hook: Hook, event: QueuedEvent): void => {
    const work = deliverOne(deps, hook, event)
      .catch((error: unknown) => {
        errors.push(error);
      })
      .finally(() => {
        busy.delete(hook.id);
      });
    busy.set(hook.id, work);
  };
  return {
    startDue: async () => {
      // One that ends while the store is asked may still stand in the answer.
      const before = new Set(busy.keys());
      const due = await deps.store.loadEvents(deps.nowMs(), eventsAtOnceMax);
      let isAny = false;
      for (const event of due) {
        const hook = deps.hooks.get(event.hook);
        // A hook that is not served any more keeps its events, for the day it is back.
        if (hook === undefined || before.has(hook.id) || busy.has(hook.id)) continue;
        isAny = true;
        start(hook, event);
      }
      return isAny;
    },
    settled: async () => {
      await Promise.all(busy.values());
      const [error] = errors.splice(0);
      if (error !== undefined) throw error;
    },
  };
}

async function deliverOne(deps: DeliverDeps, hook: Hook, event: QueuedEvent): Promise<void> {
  const id = deps.runId();
  const startedAtMs = deps.nowMs();
  const lines: StoredLogLine[] = [];
  const result = await deps.run(hook, [event.json], (line) => lines.push(line));
  const error = result.kind === "done" ? null : { name: result.name, message: result.message };
  // Told to stop in the middle: it is neither done nor failed.
  if (result.kind === "failed" && result.why === "aborted") return;
  const isRefused = error?.name === verificationErrorName;
  if (isRefused) deps.health.refused(hook.id);
  else if (error === null) deps.health.passed(hook.id);
  const waitMs = error === null || isRefused ? undefined : retryAfterMs[event.attempts];
  const retryAtMs = waitMs === undefined ? null : deps.nowMs() + Math.max(waitMs, pauseOf(result));
  const attempts = event.attempts + 1;
  const run: OnewayRun = {
    id,
    sync: syncId(hook.id),
    trigger: "webhook",
    cycle: null,
    startedAtMs,
    finishedAtMs: deps.nowMs(),
    status: error === null ? "ok" : "failed",
    hasMore: null,
    counts: nothing,
    requests: { read: 0, write: 0 },
    error,
  };
  await deps.store.commitOneway(
    [],
    [
      { kind: "run", run },
      { kind: "log", run: id, lines },
      retryAtMs === null
        ? { kind: "event-drop", id: event.id }
        : { kind: "event", event: { ...event, attempts, notBeforeMs: retryAtMs } },
    ],
  );
  const status = error === null ? "ok" : "failed";
  deps.onDelivered({ hook: hook.id, run: id, status, attempts, retryAtMs, error });
}

function pauseOf(result: CapabilityResult): number {
  return result.kind === "failed" ? (result.retryAfterMs ?? 0) : 0;
}
