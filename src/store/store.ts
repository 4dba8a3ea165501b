// The port to the store: everything Tandem must remember between runs. Reads are separate calls;
// every write goes through `commit`, a list of changes that are stored all or none, so a crash leaves
// the state before a step or after it and nothing between.
import type { Entry, GuardName, RunCounts, RunStatus, RunTrigger } from "../core/entry.ts";
import type { CellKey, LinkId, OpId, PairId, RecordId, RunId } from "../core/ids.ts";
import type { Intent } from "../core/intent.ts";
import type { Link, LinkIndexEntry } from "../core/link.ts";
import type { ReadWindow } from "../core/row.ts";
import type { Side, Sided } from "../core/side.ts";
import type { Value } from "../core/value.ts";

/** A field of the config, and what its name meant when it was first looked up. */
export interface ResolvedField {
  /** The name or id as the config has it. */
  readonly wanted: string;
  readonly id: string;
  /** Name at the last run: a different one now is a rename, and a notice. */
  readonly name: string;
  readonly type: string;
}

export interface ResolvedSide {
  /** The table reference as the config has it; another one makes the pair start anew. */
  readonly wanted: string;
  readonly tableId: string;
  /** The container a reference was resolved through: the database of a data source, the base. */
  readonly parentId: string | null;
  /** Every field the pair uses on this side, markers and stamps included. */
  readonly fields: readonly ResolvedField[];
}

export interface Halted {
  readonly guard: GuardName;
  readonly message: string;
  readonly remedy: string;
  readonly atMs: number;
  /** How much the halted run wanted: what a release lets through. */
  readonly amount: number;
}

export interface Approval {
  readonly guard: GuardName;
  /** The guard lets up to this amount pass, once. */
  readonly amountMax: number;
}

export interface PairState {
  readonly id: PairId;
  readonly resolved: Sided<ResolvedSide> | null;
  readonly isPaused: boolean;
  /** When the first whole run ended; until then the first-run rules hold. */
  readonly firstSyncedAtMs: number | null;
  /** The last complete listing a side. */
  readonly lastScans: Sided<ReadWindow | null>;
  /** How cells that differ without a base are settled, asked for by `pair resync --prefer`. */
  readonly prefer: Side | "newer" | null;
  readonly halted: Halted | null;
  readonly approvals: readonly Approval[];
  /** The last row looked up by its id a side, where one run could not ask about all. Absent: none. */
  readonly lookedUpTo?: Sided<RecordId | null>;
}

export type ConflictKind =
  | "cell" /* both sides changed the field, owner `ask` */
  | "alignment" /* the rows differed when they were first linked */
  | "lossy" /* an edit on the side that holds less than the source */
  | "drift" /* an edit on the receiving side, left alone by policy */
  | "edit-vs-delete" /* removed here, edited there */
  | "create-in-doubt" /* a create whose answer was lost, without a marker to find it by */
  | "undone"; /* taken back by `undo`; rests until somebody edits it */

/** Something a person may have to decide, or once decided. */
export interface Conflict {
  /** Short, stable and typable, e.g. `k7f2`. */
  readonly id: string;
  readonly pair: PairId;
  readonly link: LinkId;
  readonly kind: ConflictKind;
  /** Null when the whole row is meant. */
  readonly cell: CellKey | null;
  readonly field: string | null;
  readonly title: string;
  readonly base: Value | null;
  readonly values: Sided<Value | null>;
  readonly sinceMs: number;
  readonly run: RunId;
  readonly status: "open" | "answered" | "closed";
  /** The person's answer, kept for an identical triple. */
  readonly answer: ConflictAnswer | null;
}

export type ConflictAnswer =
  | { readonly keep: Side }
  | { readonly keep: "value"; readonly text: string }
  /** For whole rows: leave things as they are. */
  | { readonly keep: "both" };

/** A row or field that the service refused; tried again at `retryAtMs`, or when the value changes. */
export interface Quarantine {
  readonly pair: PairId;
  readonly link: LinkId;
  readonly side: Side;
  readonly code: string;
  readonly message: string;
  /** Hash of what was refused. */
  readonly contentHash: string;
  readonly sinceMs: number;
  readonly retryAtMs: number;
  readonly attempts: number;
}

export interface RunRecord {
  readonly id: RunId;
  readonly pair: PairId;
  readonly trigger: RunTrigger;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly status: RunStatus | "running";
  readonly counts: RunCounts | null;
  readonly requests: Sided<{ readonly read: number; readonly write: number }> | null;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
  } | null;
}

export type StoreChange =
  | { readonly kind: "pair"; readonly pair: PairState }
  | { readonly kind: "link"; readonly link: Link }
  /** Forgets a link as if it had never been, for a create that never happened. */
  | { readonly kind: "link-drop"; readonly id: LinkId }
  | { readonly kind: "intent"; readonly intent: Intent }
  | { readonly kind: "intent-drop"; readonly id: OpId }
  | { readonly kind: "conflict"; readonly conflict: Conflict }
  | { readonly kind: "quarantine"; readonly quarantine: Quarantine }
  | { readonly kind: "quarantine-drop"; readonly link: LinkId; readonly side: Side }
  | { readonly kind: "entry"; readonly entry: Entry }
  | { readonly kind: "run"; readonly run: RunRecord };

/** The right to run a pair. A token that is not the newest any more makes every commit fail. */
export interface Lease {
  readonly name: string;
  readonly token: number;
}

export interface EntryQuery {
  readonly run?: RunId;
  readonly pair?: PairId;
  readonly link?: LinkId;
  readonly types?: readonly Entry["body"]["type"][];
  /** Newest first when true. */
  readonly isNewestFirst?: boolean;
  readonly countMax?: number;
}

/** An entry with the number of its line in the audit log. */
export interface NumberedEntry {
  readonly seq: number;
  readonly entry: Entry;
}

/** The audit log, as the store sees it. Called inside the store's write lock, so it must be quick. */
export interface EntrySink {
  /** Number of the last whole line, 0 when there is none. */
  lastSeq(): number;
  /** Whether the line with that number tells this entry. */
  holds(entry: NumberedEntry): boolean;
  /** Appends the entries as lines, and returns when they are safe on disk. */
  write(entries: readonly NumberedEntry[]): void;
  /** Throws when lines could not be appended now. Leaves none. */
  probe(): void;
}

export interface Store {
  /** Random, made with the store; tells two stores apart. */
  readonly storeId: string;

  loadPair(id: PairId): Promise<PairState | null>;
  loadLinkIndex(pair: PairId): Promise<readonly LinkIndexEntry[]>;
  /** Whole links, bases included, in any order; unknown ids are left out. */
  loadLinks(ids: readonly LinkId[]): Promise<readonly Link[]>;
  findLink(pair: PairId, row: RecordId): Promise<Link | null>;
  /** Links by the start of their title or an id, for people. At most 20. */
  searchLinks(pair: PairId, text: string): Promise<readonly Link[]>;
  loadIntents(pair: PairId): Promise<readonly Intent[]>;
  loadConflicts(pair: PairId, status: readonly Conflict["status"][]): Promise<readonly Conflict[]>;
  loadQuarantine(pair: PairId): Promise<readonly Quarantine[]>;
  loadRun(id: RunId): Promise<RunRecord | null>;
  /** Newest first. */
  loadRuns(pair: PairId | null, countMax: number): Promise<readonly RunRecord[]>;
  loadEntries(query: EntryQuery): Promise<readonly Entry[]>;

  /**
   * All or none, in the given order: a link that gives a row up comes before the link that takes it.
   * Throws `lease_lost` when the lease was dropped or a newer token has been given out.
   */
  commit(lease: Lease | null, changes: readonly StoreChange[]): Promise<void>;

  /**
   * Takes the lease, or tells who has it. A holder whose process is gone, or whose time is over, is
   * taken over at once; the caller must then recover open intents first, as after any start.
   */
  takeLease(name: string, holder: string): Promise<Lease | { readonly heldBy: string }>;
  /** Puts the end of the lease off. Throws `lease_lost`. */
  renewLease(lease: Lease): Promise<void>;
  dropLease(lease: Lease): Promise<void>;

  /**
   * Hands entries that are not yet in the audit log to `sink`, oldest first, inside the store's write
   * lock, and marks them written when `sink.write` returns. After a crash between the two, entries that
   * the log already holds are recognised and not written again. A log that is ahead of the store (the
   * store was lost or put back from a backup) is continued after its last line. Where nothing waits,
   * the log is only probed.
   */
  drainEntries(sink: EntrySink): Promise<void>;
  /** The newest entry that the audit log holds for certain, or null: what its last line must be. */
  loadDrained(): Promise<NumberedEntry | null>;
  /** Entries with their numbers, in the order of these; what was let go of is left out. */
  loadNumbered(afterSeq: number, countMax: number): Promise<readonly NumberedEntry[]>;

  /**
   * Housekeeping before a run: a copy of the store where today has none yet, and a part of what is so
   * old that the audit log alone keeps it is let go.
   */
  tidy(): Promise<void>;

  close(): Promise<void>;
}
