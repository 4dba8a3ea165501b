// What the one-way runtime is handed: a worker with its sources and tables, a store, and the things a
// test wants to hold in its own hands (clock, sleep, ids). It knows nothing else of the world.
import type { Destination } from "../connectors/destination.ts";
import type { RunId } from "../core/ids.ts";
import type { WorkerManifest } from "../core/oneway/declaration.ts";
import type { SyncId } from "../core/oneway/ids.ts";
import type { SweepPolicy } from "../core/oneway/sweep.ts";
import type { OnewayStore, StoredBinding } from "../store/oneway-store.ts";
import type { Store } from "../store/store.ts";
import type { RunningExecutions } from "./running.ts";
import type { Source } from "./source.ts";

/** One table of the worker, where there is one. */
export interface WorkerTable {
  readonly destination: Destination;
  /** `managed`: made by us. The others were there before. */
  readonly origin: StoredBinding["origin"];
}

/** A loaded worker, tied to its tables. */
export interface OnewayWorker {
  readonly name: string;
  readonly manifest: WorkerManifest;
  /** By database key. One that is missing here has not been attached. */
  readonly tables: ReadonlyMap<string, WorkerTable>;
  /** By sync key. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly sweep: SweepPolicy;
}

export type OnewayStage =
  | "prepare"
  | "index"
  | "execute"
  | "write"
  | "wait"
  | "relations"
  | "sweep";

export interface OnewayProgress {
  readonly sync: SyncId;
  readonly stage: OnewayStage;
  /** Rows done; executions of the cycle in stage `execute`. */
  readonly done: number;
  /** Null where nobody knows. */
  readonly total: number | null;
}

export interface OnewayDeps {
  readonly store: OnewayStore & Pick<Store, "takeLease" | "renewLease" | "dropLease">;
  readonly nowMs: () => number;
  /** Ends early, without an error, when the signal fires. */
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
  readonly newRunId: () => RunId;
  readonly digest: (content: string) => string;
  /** Asks the run to stop after the calls in flight. */
  readonly signal: AbortSignal;
  /** Who runs, for the one who finds a lease taken. */
  readonly holder: string;
  readonly onProgress: (progress: OnewayProgress) => void;
  /** Executions under way in this process; one for all runs. */
  readonly running: RunningExecutions;
  /**
   * How long a create whose answer was lost may still turn up; until then it is not repeated. Longer than
   * any call and the lag of the service's search.
   */
  readonly settleMs: number;
}
