// What the engine is handed: two services, a store, and the things a test wants to hold in its own
// hands (clock, ids). It knows nothing else of the world.
import type { Connector } from "../connectors/connector.ts";
import type { LinkId, OpId, RunId } from "../core/ids.ts";
import type { RowPlan } from "../core/reconcile.ts";
import type { Sided } from "../core/side.ts";
import type { Store } from "../store/store.ts";

export interface Ids {
  link(): LinkId;
  op(): OpId;
  run(): RunId;
  /** Short, for people to type. */
  conflict(): string;
}

export type Progress =
  | {
      readonly stage: "describe" | "scan" | "lookup" | "plan";
      readonly done: number;
      readonly total: null;
    }
  | { readonly stage: "apply"; readonly done: number; readonly total: number };

export interface EngineDeps {
  readonly connectors: Sided<Connector>;
  /** How the config names each table. */
  readonly references: Sided<string>;
  readonly store: Store;
  /** Our own clock, ms. Only for the store and for durations: edits go by the services' clocks. */
  readonly nowMs: () => number;
  readonly ids: Ids;
  readonly digest: (content: string) => string;
  /** Brings the audit log up to date with the store; throws when nothing can be added to it. */
  readonly flushHistory: () => Promise<void>;
  readonly onProgress: (progress: Progress) => void;
  /** Called with the plan of each pass, before any of it is carried out. */
  readonly onPlanned?: (plans: readonly RowPlan[]) => void;
  /** Called now and then during long reading, so that a run keeps its lease. */
  readonly onAlive?: () => Promise<void>;
  /** Asks the run to stop after the call in flight. */
  readonly signal: AbortSignal;
}
