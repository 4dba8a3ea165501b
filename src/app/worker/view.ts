// What a person is told about workers and their syncs, in types alone: the answers of the use cases,
// which the command line prints and nothing else reads.
import type { RunId } from "../../core/ids.ts";
import type { Cell } from "../../core/oneway/cell.ts";
import type { Health } from "../../core/oneway/health.ts";
import type { PacerDeclaration, Schedule, SyncMode } from "../../core/oneway/declaration.ts";
import type { SchemaStep } from "../../connectors/destination.ts";
import type { SyncError } from "../../errors.ts";
import type {
  Cycle,
  HeldSweep,
  OnewayCounts,
  OnewayRun,
  StoredBinding,
  StoredLogLine,
  SyncFailure,
} from "../../store/oneway-store.ts";

export interface ListedSync {
  readonly key: string;
  readonly database: string;
  readonly mode: SyncMode;
  readonly schedule: Schedule;
  /** The config sets another schedule than the worker's code. */
  readonly isOverridden: boolean;
}

export interface ListedCapability {
  readonly key: string;
  readonly tag: string;
  readonly title: string | null;
  /** How it is run here, or why not. One phrase. */
  readonly use: string;
  readonly isRunnable: boolean;
}

/** What a worker declares; `error` when its code cannot be loaded, and then the lists are empty. */
export interface WorkerView {
  readonly name: string;
  readonly path: string;
  readonly isEnabled: boolean;
  readonly sdkVersion: string | null;
  readonly syncs: readonly ListedSync[];
  readonly databases: readonly { readonly key: string; readonly title: string }[];
  readonly others: readonly ListedCapability[];
  readonly pacers: readonly PacerDeclaration[];
  readonly notes: readonly string[];
  readonly error: SyncError | null;
}

export interface SyncView {
  /** `<worker>/<sync key>`. */
  readonly sync: string;
  readonly health: Health;
  readonly mode: SyncMode;
  readonly schedule: Schedule;
  /** An execution is under way. */
  readonly isRunning: boolean;
  /** A chain of executions that is not at its end; null between two. */
  readonly cycle: Cycle | null;
  readonly cyclesDone: number;
  readonly lastRun: OnewayRun | null;
  /** The config says `enabled: false`, so the schedule does not count. */
  readonly isOffInConfig: boolean;
  /** Start of the last cycle that was begun. */
  readonly lastStartAtMs: number | null;
  /** End of the last execution that went well. */
  readonly lastSuccessAtMs: number | null;
  /** Rows of the sync's own database. */
  readonly rows: { readonly live: number; readonly trashed: number };
  /** Rows with relations to rows that are not there yet. */
  readonly waiting: number;
  /** Null: by hand only, or it rests. In the past: due now. */
  readonly nextStartAtMs: number | null;
  readonly failures: number;
  readonly lastFailure: SyncFailure | null;
  readonly held: HeldSweep | null;
}

/** Where each declared database is. */
export interface DatabaseView {
  /** `<worker>/<database key>`. */
  readonly database: string;
  readonly type: "managed" | "attached";
  /** Null: not bound yet. */
  readonly binding: StoredBinding | null;
  readonly rows: { readonly live: number; readonly trashed: number };
  /** What keeps it from being bound, or how it will be. */
  readonly note: string | null;
}

/** One cycle, or the part of it that could be run. */
export interface CycleView {
  readonly sync: string;
  /** `stopped`: the signal came; the next run goes on where it ended. */
  readonly status: "ok" | "attention" | "held" | "failed" | "rate-limited" | "stopped";
  readonly executions: number;
  readonly counts: OnewayCounts;
  readonly requests: { readonly read: number; readonly write: number };
  readonly durationMs: number;
  /** What somebody should know, a sentence each. */
  readonly notes: readonly string[];
  readonly waiting: number;
  readonly held: HeldSweep | null;
  /** Why the last execution ended early; null when it did not. `name` may be a code of ours. */
  readonly failure: { readonly name: string; readonly message: string } | null;
  /** When the schedule tries again after a failure; null: not by itself. */
  readonly retryAtMs: number | null;
  /** The last execution, for its log. */
  readonly run: RunId | null;
}

export interface PreviewRow {
  readonly op: "create" | "update" | "revive" | "remove" | "refused";
  readonly database: string;
  readonly key: string;
  /** What would be sent. */
  readonly cells: readonly { readonly property: string; readonly cell: Cell }[];
  /** The rest of the page that would be sent: body, icon, cover. */
  readonly parts: readonly string[];
  /** Why it is refused. */
  readonly message: string | null;
}

/** What one execution would do. */
export interface PreviewView {
  readonly sync: string;
  /** What would first be done to the databases themselves. */
  readonly schema: readonly (SchemaStep & { readonly database: string })[];
  readonly rows: readonly PreviewRow[];
  readonly counts: OnewayCounts;
  readonly notes: readonly string[];
  /** Known only when this one execution is a whole `replace` cycle. `held`: why it would wait. */
  readonly sweep: { readonly removals: number; readonly held: string | null } | null;
  readonly hasMore: boolean;
  readonly run: RunId;
  /** Hand it to the next preview to walk on; undefined: the execution gave none. */
  readonly nextContext: unknown;
  readonly log: readonly StoredLogLine[];
}

/** What a tool, webhook, automation or sync gave back when it was run by hand. */
export interface ExecView {
  readonly key: string;
  readonly tag: string;
  readonly output: unknown;
  readonly failure: { readonly name: string; readonly message: string } | null;
  readonly log: readonly StoredLogLine[];
  readonly durationMs: number;
}

export interface StateView {
  readonly sync: string;
  /** Undefined: the next execution begins from nothing. */
  readonly state: unknown;
  readonly bytes: number;
  readonly cycle: Cycle | null;
  readonly cyclesDone: number;
}

export interface WebhookView {
  /** `<worker>/<webhook key>`. */
  readonly hook: string;
  /** Path below the address that `serve` listens on. */
  readonly path: string;
  readonly title: string | null;
  /** Calls that were accepted and not carried out yet. */
  readonly queued: number;
}

export interface RunLogView {
  readonly run: OnewayRun;
  readonly lines: readonly StoredLogLine[];
}

export type WorkerAction =
  /** Forgets the cursor; rows stay, and are compared again. */
  | { readonly kind: "reset"; readonly key: string }
  /** The schedule rests; what runs by hand still runs. */
  | { readonly kind: "pause" | "resume"; readonly key: string }
  /** Nothing runs. */
  | { readonly kind: "enable" | "disable"; readonly key: string }
  /** Lets the sweep pass that a guard holds, once. */
  | { readonly kind: "confirm"; readonly key: string };
