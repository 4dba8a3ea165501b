// What the use cases of workers are handed: the app's own context, and the workers behind it.
import type { OnewayStore } from "../../store/oneway-store.ts";
import type { Store } from "../../store/store.ts";
import type { AppContext } from "../context.ts";
import type { Catalog } from "./catalog.ts";
import type { Timing } from "../../connectors/timing.ts";
import type { OnewayProgress } from "../../oneway/deps.ts";
import type { RunningExecutions } from "../../oneway/running.ts";

export interface WorkerContext extends AppContext {
  readonly store: Store & OnewayStore;
  readonly catalog: Catalog;
  readonly timing: Timing;
  /** Executions under way in this process. */
  readonly running: RunningExecutions;
  readonly onSyncProgress: (progress: OnewayProgress) => void;
}
