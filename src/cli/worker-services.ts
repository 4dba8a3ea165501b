// What the `tandem worker` commands call, in types alone, as `services.ts` is for the others.
import type {
  CycleView,
  DatabaseView,
  ExecView,
  PreviewView,
  RunLogView,
  StateView,
  SyncView,
  WebhookView,
  WorkerAction,
  WorkerView,
} from "../app/worker/view.ts";
import type { OnewayRun, StoredLogLine } from "../store/oneway-store.ts";

/**
 * Where a key is asked for, `<worker>/<key>` names it, and the bare key does when no other worker has
 * it. An unknown key throws `usage`, a worker that cannot be loaded `config_invalid`.
 */
export interface WorkerServices {
  /** A worker that cannot be loaded is listed with its error. */
  list(): Promise<readonly WorkerView[]>;
  /** Null: all syncs. */
  status(key: string | null): Promise<readonly SyncView[]>;
  /**
   * Runs one whole cycle, or the rest of one, also while the schedule rests. Throws `lease_held` when
   * it is at work elsewhere, and what the destination throws when it cannot be used at all.
   */
  trigger(key: string): Promise<CycleView>;
  /**
   * One execution without a write. `context`: the state it is handed; undefined: what the next run would
   * be handed.
   */
  preview(key: string, context: unknown): Promise<PreviewView>;
  /** Runs a capability as its caller would. `onLog` hears its output line by line. */
  exec(key: string, input: unknown, onLog: (line: StoredLogLine) => void): Promise<ExecView>;
  state(key: string): Promise<StateView>;
  /** A sentence on what it came to. */
  act(action: WorkerAction): Promise<string>;
  databases(): Promise<readonly DatabaseView[]>;
  /** Binds a declared database to one that exists; a sentence on what it came to. */
  attach(key: string, reference: string): Promise<string>;
  /** Forgets the binding and the index; the database and its rows stay. */
  detach(key: string): Promise<string>;
  /** Newest first. Null: of all syncs. */
  runs(key: string | null, countMax: number): Promise<readonly OnewayRun[]>;
  /** Throws `usage` for an unknown run, or a beginning that fits several. */
  log(run: string): Promise<RunLogView>;
  webhooks(): Promise<readonly WebhookView[]>;
}
