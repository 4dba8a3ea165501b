// The port to what one-way syncs must remember: where each sync stands, which row of the destination
// belongs to which key, what was last written there, what a running cycle has seen. Reads are separate
// calls; every write goes through `commitOneway`, all or none, under the database's lease.
//
// Nothing here holds a whole table: rows are asked for by key or page by page, so that memory stays
// flat at any size.
import type { RecordId, RunId } from "../core/ids.ts";
import type { DatabaseId, SyncId } from "../core/oneway/ids.ts";
import type { WrittenPart } from "../core/oneway/parts.ts";
import type { TargetRow } from "../core/oneway/relation.ts";
import type { SweepGuard } from "../core/oneway/sweep.ts";
import type { Lease } from "./store.ts";

/** What a declared database was bound to. */
export interface StoredBinding {
  readonly database: DatabaseId;
  readonly tableId: string;
  readonly parentId: string;
  readonly title: string;
  readonly url: string | null;
  /** `config`: named there. `managed`: made by us. `command`: attached by `worker databases attach`. */
  readonly origin: "config" | "managed" | "command";
  /** The key index was once filled from the table itself. */
  readonly isIndexed: boolean;
  /** Attached rows may be swept: a person said so, or the table was made by us. */
  readonly maySweep: boolean;
}

/** A sweep that waits for a person. */
export interface HeldSweep {
  readonly guard: SweepGuard;
  readonly database: DatabaseId;
  /** Rows that would be removed. */
  readonly removals: number;
  /** Rows the cycle saw. */
  readonly seen: number;
  readonly message: string;
  readonly atMs: number;
}

export interface SyncFailure {
  readonly name: string;
  readonly message: string;
  readonly atMs: number;
}

/** A chain of executions under way. */
export interface Cycle {
  readonly number: number;
  readonly startedAtMs: number;
  readonly executions: number;
  /** Rows seen so far, over all databases. */
  readonly seen: number;
  /** What the first execution was handed: where an incremental cycle that ends without a state goes on. */
  readonly startCursor: { readonly json: unknown } | null;
  /** Changes nobody could read, key included: after one of them absence proves nothing. */
  readonly unnamed: number;
}

export interface SyncState {
  readonly id: SyncId;
  /** What the next execution is handed; null: `undefined`. */
  readonly cursor: { readonly json: unknown } | null;
  readonly cycle: Cycle | null;
  readonly cyclesDone: number;
  /** Number of the newest cycle. Survives a reset: marks of an older cycle are never taken for new. */
  readonly cyclesBegun: number;
  /** Number of the newest cycle that ended. */
  readonly lastCycleDone: number | null;
  readonly isPaused: boolean;
  readonly isDisabled: boolean;
  /** Failed executions in a row. */
  readonly failures: number;
  readonly lastFailure: SyncFailure | null;
  /** Start of the last execution that began a cycle. */
  readonly cycleStartedAtMs: number | null;
  readonly lastSuccessAtMs: number | null;
  /** No start before this: back-off, or what the upstream asked for. */
  readonly notBeforeMs: number | null;
  /** Somebody asked for a run outside the schedule. */
  readonly isTriggered: boolean;
  readonly held: HeldSweep | null;
  /** A person let a sweep of at most so many rows pass, once. */
  readonly sweepApproval: number | null;
}

/** A relation of which some target rows are not there yet. */
export interface WaitingRelation {
  readonly target: DatabaseId;
  /** All keys wanted, in order. */
  readonly keys: readonly string[];
  /** Those without a live row. */
  readonly missing: readonly string[];
}

/** What people set, also while a run is under way. */
export type SyncFlags = Partial<
  Pick<SyncState, "isPaused" | "isDisabled" | "isTriggered" | "sweepApproval">
>;

/** One key of one database. */
export interface IndexedRow {
  readonly database: DatabaseId;
  readonly key: string;
  /** Null while a create is under way, or in doubt. */
  readonly rowId: RecordId | null;
  /** By property name; `@body`, `@icon`, `@cover` stand for the rest of the page. */
  readonly parts: Readonly<Record<string, WrittenPart>>;
  /** Relations that wait for their target rows, by property name. */
  readonly waiting: Readonly<Record<string, WaitingRelation>>;
  readonly isTrashed: boolean;
  /** When a source last named this key, our clock; 0 for a row that was only found in the table. */
  readonly touchedAtMs: number;
  /** A create that was begun, and not yet known to be done. */
  readonly createBegunAtMs: number | null;
  /** The row could not be written as asked; told once, tried again when its content changes. */
  readonly problem: { readonly message: string; readonly hash: string } | null;
}

export type OnewayRunStatus =
  | "running"
  | "ok"
  | "attention"
  | "failed"
  | "rate-limited"
  | "held"
  | "stopped";

export interface OnewayCounts {
  readonly created: number;
  readonly updated: number;
  readonly removed: number;
  readonly revived: number;
  readonly unchanged: number;
  /** Older than what was written before. */
  readonly skipped: number;
  readonly failed: number;
}

/** One execution, or one preview of one. */
export interface OnewayRun {
  readonly id: RunId;
  readonly sync: SyncId;
  readonly trigger: "schedule" | "manual" | "preview" | "exec" | "webhook";
  readonly cycle: number | null;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly status: OnewayRunStatus;
  readonly hasMore: boolean | null;
  readonly counts: OnewayCounts;
  readonly requests: { readonly read: number; readonly write: number };
  readonly error: { readonly name: string; readonly message: string } | null;
}

export interface StoredLogLine {
  readonly atMs: number;
  readonly stream: "out" | "err" | "host";
  readonly text: string;
}

/** A webhook call that was accepted and not yet carried out. */
export interface QueuedEvent {
  readonly id: string;
  /** `<worker>/<webhook key>`. */
  readonly hook: string;
  readonly json: unknown;
  readonly attempts: number;
  readonly notBeforeMs: number;
}

export type OnewayChange =
  | { readonly kind: "binding"; readonly binding: StoredBinding }
  /** Forgets the binding and all rows of the database. */
  | { readonly kind: "binding-drop"; readonly database: DatabaseId }
  | { readonly kind: "sync"; readonly state: SyncState }
  /** From a run: what people may have set in the meantime stays as it is stored. */
  | {
      readonly kind: "sync-progress";
      readonly state: SyncState;
      /** The approval that is stored was used, so it is over. */
      readonly usesApproval: boolean;
    }
  /** From a person: everything else stays as it is stored. */
  | { readonly kind: "sync-flags"; readonly fresh: SyncState; readonly flags: SyncFlags }
  | { readonly kind: "row"; readonly row: IndexedRow }
  | { readonly kind: "row-drop"; readonly database: DatabaseId; readonly key: string }
  /** The row was named and needs nothing. */
  | {
      readonly kind: "touch";
      readonly database: DatabaseId;
      readonly key: string;
      readonly atMs: number;
    }
  /** The sync's cycle named this key. */
  | {
      readonly kind: "seen";
      readonly sync: SyncId;
      readonly database: DatabaseId;
      readonly key: string;
      readonly cycle: number;
    }
  | { readonly kind: "run"; readonly run: OnewayRun }
  | { readonly kind: "log"; readonly run: RunId; readonly lines: readonly StoredLogLine[] }
  /** Never moves a pacer back. */
  | {
      readonly kind: "pacer";
      readonly worker: string;
      readonly pacer: string;
      readonly lastScheduledAtMs: number;
    }
  | { readonly kind: "event"; readonly event: QueuedEvent }
  | { readonly kind: "event-drop"; readonly id: string };

/** Rows a sweep would remove: live, not named in this cycle, not touched since it began. */
export interface UnseenQuery {
  readonly sync: SyncId;
  readonly database: DatabaseId;
  readonly cycle: number;
  /** Rows a source named at or after this moment stay. */
  readonly touchedBeforeMs: number;
  /** Only rows this sync itself has named in some earlier cycle. */
  readonly isOwnOnly: boolean;
  /** Rows that one of these named in the given cycle or later stay too. */
  readonly keptBy: readonly { readonly sync: SyncId; readonly cycle: number }[];
}

export interface OnewayStore {
  loadBindings(worker: string): Promise<readonly StoredBinding[]>;
  loadSync(id: SyncId): Promise<SyncState | null>;
  loadSyncs(worker: string | null): Promise<readonly SyncState[]>;

  /** At most 1,000 keys a call; unknown keys are left out. */
  loadRows(database: DatabaseId, keys: readonly string[]): Promise<readonly IndexedRow[]>;
  /** Page by page in key order, after `afterKey`. */
  loadRowPage(
    database: DatabaseId,
    afterKey: string | null,
    countMax: number,
  ): Promise<readonly IndexedRow[]>;
  countRows(database: DatabaseId): Promise<{ readonly live: number; readonly trashed: number }>;
  countUnseen(query: UnseenQuery): Promise<number>;
  /** Keys of the database that the cycle named. */
  countSeen(wanted: {
    readonly sync: SyncId;
    readonly database: DatabaseId;
    readonly cycle: number;
  }): Promise<number>;
  /** At most `countMax`; asked again after those were removed. */
  loadUnseen(query: UnseenQuery, countMax: number): Promise<readonly IndexedRow[]>;
  /** Rows whose create was begun and is not known to be done. */
  loadOpenCreates(database: DatabaseId): Promise<readonly IndexedRow[]>;
  /** Rows, of any database, that wait for one of these keys of `target`. */
  loadWaiting(target: DatabaseId, keys: readonly string[]): Promise<readonly IndexedRow[]>;
  /** Rows of the database that wait for anything, page by page in key order. */
  loadWaitingPage(
    database: DatabaseId,
    afterKey: string | null,
    countMax: number,
  ): Promise<readonly IndexedRow[]>;
  countWaiting(database: DatabaseId): Promise<number>;
  /** Rows that are there or in the trash, by key. */
  loadTargets(
    database: DatabaseId,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, TargetRow>>;
  /** Syncs that ever named a row of the database. */
  loadNamers(database: DatabaseId): Promise<readonly SyncId[]>;
  /**
   * Leases held now, over all processes: of this name, or of all names that begin so when it ends in `/`
   * or `-`.
   */
  countLeases(name: string): Promise<number>;

  /** Newest first. */
  loadOnewayRuns(sync: SyncId | null, countMax: number): Promise<readonly OnewayRun[]>;
  loadOnewayRun(id: RunId): Promise<OnewayRun | null>;
  loadLog(run: RunId): Promise<readonly StoredLogLine[]>;
  loadPacers(worker: string): Promise<ReadonlyMap<string, number>>;
  loadEvents(nowMs: number, countMax: number): Promise<readonly QueuedEvent[]>;

  /**
   * All or none. Throws `lease_lost` when one of the leases was dropped or a newer token has been given
   * out. Keeps the newest 200 runs a sync with their logs, and the last 2,000 lines a log.
   */
  commitOneway(leases: readonly Lease[], changes: readonly OnewayChange[]): Promise<void>;
}
