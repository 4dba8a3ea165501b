// What the history tells: one entry for each thing a person may want to look up later. Sides are
// `left` and `right` here; the writer of the audit log gives them the services' names.
import type { LinkId, OpId, PairId, RecordId, RunId } from "./ids.ts";
import type { RunReport } from "./report.ts";
import type { Side, Sided } from "./side.ts";
import type { Value } from "./value.ts";

export type ChangeOp = "create" | "update" | "archive" | "restore" | "delete" | "link" | "unlink";

export interface CellChange {
  readonly before: Value;
  readonly after: Value;
  /** Id of the rule in the decision table that decided it. */
  readonly rule: string;
}

export interface ChangeEntry {
  readonly type: "change";
  readonly op: ChangeOp;
  readonly side: Side;
  readonly link: LinkId;
  readonly opId: OpId | null;
  readonly ids: Sided<RecordId | null>;
  readonly title: string;
  /** Keyed by mapping name. */
  readonly fields: Readonly<Record<string, CellChange>>;
}

export interface ConflictEntry {
  readonly type: "conflict";
  readonly link: LinkId;
  readonly ids: Sided<RecordId | null>;
  readonly title: string;
  readonly field: string;
  readonly base: Value | null;
  readonly values: Sided<{ readonly value: Value; readonly atMs: number | null }>;
  /** `null` while a person has not decided. */
  readonly winner: Side | "merged" | null;
  readonly rule: string;
  /** How sure the order of the two edits is. */
  readonly label: ConflictLabel;
}

export type ConflictLabel = "proven" | "estimated" | "tie" | "policy" | "held";

export interface ProblemEntry {
  readonly type: "problem";
  readonly side: Side | null;
  readonly ids: Sided<RecordId | null>;
  readonly field: string | null;
  readonly code: ProblemCode;
  readonly message: string;
  readonly remedy: string;
}

/** Findings about one row or field. They stop nothing else. */
export type ProblemCode =
  | "undecodable"
  | "not_representable"
  | "answer_refused"
  | "rejected"
  | "row_missing"
  | "row_lost"
  | "row_unknown"
  | "out_of_scope"
  | "duplicate_key"
  | "copied_row"
  | "marker_dangling"
  | "outcome_unknown"
  | "create_in_doubt"
  | "edit_versus_delete"
  | "differs_at_first_sync"
  | "archive_not_configured"
  | "unarchived_by_hand"
  | "drift"
  | "lossy_target"
  | "renamed"
  | "hot_row"
  | "moved_meanwhile"
  | "suspect_reading"
  | "listing_incomplete"
  | "unlinked_left"
  | "history";

export interface HaltEntry {
  readonly type: "halt";
  readonly guard: GuardName;
  readonly message: string;
  readonly remedy: string;
  readonly counts: Readonly<Record<string, number>>;
}

export type GuardName = "maxRemove" | "maxCreate" | "massChange" | "massBlank" | "emptySide";

export type RunStatus = "ok" | "attention" | "halted" | "error";

export interface RunCounts {
  readonly created: Sided<number>;
  readonly updated: Sided<number>;
  readonly archived: Sided<number>;
  readonly deleted: Sided<number>;
  readonly restored: Sided<number>;
  readonly linked: number;
  readonly unlinked: number;
  /** Conflicts met, settled or open. */
  readonly conflicts: number;
  /** Rows that were refused or are waiting. */
  readonly failed: number;
  readonly waiting: number;
  readonly unchanged: number;
}

export interface RunEntry {
  readonly type: "run";
  readonly status: RunStatus;
  readonly trigger: RunTrigger;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly counts: RunCounts;
  readonly requests: Sided<{ readonly read: number; readonly write: number }>;
  /** Longest time between the last look at a row and the write into it. */
  readonly windowMsMax: number;
  /** Absent in lines of earlier versions. */
  readonly report?: RunReport;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
  } | null;
}

export type RunTrigger = "cli" | "cron" | "webhook" | "undo" | "apply" | "resync" | "demo";

export type EntryBody = ChangeEntry | ConflictEntry | ProblemEntry | HaltEntry | RunEntry;

/** An entry with its place in time. */
export interface Entry {
  readonly run: RunId;
  readonly pair: PairId;
  readonly atMs: number;
  readonly body: EntryBody;
}
