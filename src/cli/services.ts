// What the commands call, in types alone. The composition root stands behind it; tests put a fake in
// its place. Everything a command prints is in these answers: no command reads a store or a service.
import type {
  ChangeOp,
  Entry,
  GuardName,
  RunCounts,
  RunEntry,
  RunStatus,
  RunTrigger,
} from "../core/entry.ts";
import type { PairId, RecordId, RunId } from "../core/ids.ts";
import type { FieldPolicy } from "../core/policy.ts";
import type { Side, Sided } from "../core/side.ts";
import type { Value } from "../core/value.ts";
import type { ErrorCode, SyncError } from "../errors.ts";
import type { Config } from "../config/load.ts";
import type { Progress } from "../engine/deps.ts";
import type { SavedPlan } from "../engine/saved-plan.ts";
import type { HistoryLine } from "../history/line.ts";
import type { ConflictAnswer, ConflictKind, Halted } from "../store/store.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** API calls, by side. */
export type CallCounts = Sided<{ readonly read: number; readonly write: number }>;

export interface CellView {
  /** Name of the mapping, or of the field where no mapping stands behind it. */
  readonly field: string;
  readonly before: Value;
  readonly after: Value;
  /** Rule of the decision tables: `F4`, `R1`. */
  readonly rule: string;
  /** What the rule alone does not tell, such as that formatting is lost. */
  readonly note: string | null;
}

/** What is to happen to one row on one side. A row that changes on both sides is there twice. */
export interface PlanRow {
  readonly ids: Sided<RecordId | null>;
  readonly title: string;
  readonly op: ChangeOp;
  /** The side written. */
  readonly side: Side;
  /** Rule of the table of rows; null where only cells decided. */
  readonly rule: string | null;
  readonly cells: readonly CellView[];
  readonly note: string | null;
}

export interface GuardView {
  readonly guard: GuardName;
  readonly message: string;
  readonly remedy: string;
  /** The run would stop here. */
  readonly isBreached: boolean;
}

export interface PlanView {
  readonly pair: PairId;
  readonly sideNames: Sided<string>;
  readonly isFirstRun: boolean;
  readonly rows: readonly PlanRow[];
  /** The change, conflict, problem and halt entries a run would write, in the order of the rows. */
  readonly entries: readonly Entry[];
  readonly guards: readonly GuardView[];
  /** What carrying the plan out will cost, over what reading has cost already. */
  readonly cost: CallCounts;
  readonly spent: CallCounts;
  /** Sentences: a renamed field, a listing that was cut short. */
  readonly notices: readonly string[];
  /** As the run would count them. */
  readonly counts: RunCounts;
}

/** One pair's plan, or why there is none. */
export interface PairPlan {
  readonly pair: PairId;
  readonly plan: PlanView | null;
  /** What `apply` needs to carry exactly this plan out. */
  readonly saved: SavedPlan | null;
  readonly error: SyncError | null;
}

/** What one run of one pair came to. */
export interface PairRun {
  readonly pair: PairId;
  readonly sideNames: Sided<string>;
  /** Null when the run could not even begin, such as when another run holds the pair. */
  readonly run: RunId | null;
  readonly summary: RunEntry | null;
  /** Everything the run wrote to the history, its own line included. */
  readonly entries: readonly Entry[];
  readonly isPaused: boolean;
  readonly error: SyncError | null;
}

export interface SyncOptions {
  /** None: all pairs of the config. An unknown name throws `usage` before anything is done. */
  readonly pairs: readonly string[];
  readonly trigger: RunTrigger;
}

export interface LastRun {
  readonly id: RunId;
  readonly trigger: RunTrigger;
  readonly status: RunStatus | "running";
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly counts: RunCounts | null;
  readonly error: RunEntry["error"];
}

export interface PairStatus {
  readonly pair: PairId;
  readonly sideNames: Sided<string>;
  readonly lastRun: LastRun | null;
  /** When the last run ended in which everything but waiting rows was synced. */
  readonly syncedAtMs: number | null;
  readonly isPaused: boolean;
  readonly halted: Halted | null;
  /** Linked rows. */
  readonly rows: number;
  /** Conflicts that wait for a person. */
  readonly conflicts: number;
  /** Rows that were refused and wait for another try. */
  readonly quarantined: number;
  readonly schedule: string | null;
  /** Calls made in this calendar month (UTC), as far as the kept runs tell. */
  readonly callsThisMonth: Sided<number>;
}

export interface ExplainedCell {
  readonly field: string;
  readonly fields: Sided<string>;
  readonly owner: FieldPolicy["owner"];
  readonly flow: FieldPolicy["flow"];
  readonly base: Sided<Value> | null;
  /** Rule and run that made the base, and when. */
  readonly agreed: { readonly rule: string; readonly run: RunId; readonly atMs: number } | null;
  /** What both sides hold now, and the latest moment it can have been entered. Null: not read. */
  readonly now: Sided<{ readonly value: Value; readonly editedAtMs: number | null } | null>;
  /** What the next run would do, and by which rule; null when nothing was read. */
  readonly next: { readonly act: string; readonly rule: string; readonly side: Side | null } | null;
  /** The change that put the present value there. */
  readonly lastChange: {
    readonly run: RunId;
    readonly atMs: number;
    readonly side: Side;
    readonly before: Value;
    readonly after: Value;
    readonly rule: string;
  } | null;
}

export interface Explanation {
  readonly pair: PairId;
  readonly sideNames: Sided<string>;
  readonly title: string;
  readonly state: string;
  readonly ids: Sided<RecordId | null>;
  readonly urls: Sided<string | null>;
  readonly bornAtMs: number;
  readonly cells: readonly ExplainedCell[];
  /** Open conflicts of the row, and what keeps it waiting. */
  readonly conflicts: readonly ConflictView[];
  readonly waiting: readonly { readonly message: string; readonly remedy: string }[];
}

/** Several rows fit the words: their titles and ids, to choose from. */
export type ExplainResult =
  | { readonly kind: "row"; readonly explanation: Explanation }
  | {
      readonly kind: "several";
      readonly rows: readonly {
        readonly pair: PairId;
        readonly title: string;
        readonly ids: Sided<RecordId | null>;
      }[];
    };

export interface ConflictView {
  readonly id: string;
  readonly pair: PairId;
  readonly sideNames: Sided<string>;
  readonly kind: ConflictKind;
  readonly title: string;
  /** Null when the whole row is meant. */
  readonly field: string | null;
  readonly base: Value | null;
  readonly values: Sided<Value | null>;
  readonly ids: Sided<RecordId | null>;
  readonly sinceMs: number;
  /** Given, and carried out by the next run. */
  readonly answer: ConflictAnswer | null;
}

/** What `doctor` looked at. */
export interface DoctorFinding {
  readonly level: "ok" | "warn" | "fail";
  /** What it is about: `config`, `store`, or the pair's name. */
  readonly area: string;
  /** One sentence. */
  readonly message: string;
  /** What to do; null for what is well. */
  readonly remedy: string | null;
  /** For a failure: what a run would end with. */
  readonly code: ErrorCode | null;
}

export interface HistoryQuery {
  /** Id of a run, or the beginning of one. */
  readonly run: string | null;
  readonly pair: string | null;
  /** A title or an id. */
  readonly row: string | null;
  readonly field: string | null;
  readonly sinceMs: number | null;
  readonly kinds: readonly HistoryLine["type"][];
  /** Newest so many lines; null for all. */
  readonly countMax: number | null;
  /** Goes on with what is written from now on, until the signal. */
  readonly isFollowed: boolean;
}

export interface HistoryBreak {
  readonly file: string;
  readonly seq: number | null;
  readonly message: string;
}

export interface HistoryCheck {
  readonly files: number;
  readonly lines: number;
  readonly breaks: readonly HistoryBreak[];
}

export type PairAction =
  | { readonly kind: "pause" | "resume" | "release"; readonly pair: string }
  /** Throws away the agreed values, not the links; writes nothing to the services. */
  | {
      readonly kind: "resync";
      readonly pair: string;
      readonly prefer: Side | "newer" | null;
    };

export interface UndoResult {
  readonly plan: PlanView;
  /** Null when it was only shown. */
  readonly run: PairRun | null;
}

export interface Services {
  /** An entry as the history has it, without `seq` and `prev`. */
  toLine(entry: Entry): JsonObject;
  /** A value as the history shows it. */
  show(value: Value): unknown;

  plan(pairs: readonly string[]): AsyncIterable<PairPlan>;
  sync(options: SyncOptions): AsyncIterable<PairRun>;
  applySaved(plans: readonly SavedPlan[]): AsyncIterable<PairRun>;
  /** One result a pair that the run touched. */
  undo(run: string, options: { readonly isApplied: boolean }): AsyncIterable<UndoResult>;

  status(pairs: readonly string[]): Promise<readonly PairStatus[]>;
  history(query: HistoryQuery): AsyncIterable<HistoryLine>;
  verifyHistory(): Promise<HistoryCheck>;
  /** Throws `usage` when nothing fits. */
  explain(row: string, field: string | null, pair: string | null): Promise<ExplainResult>;
  conflicts(pairs: readonly string[]): Promise<readonly ConflictView[]>;
  /** Throws `usage` for an unknown id, or an answer that does not fit it. */
  resolve(id: string, answer: ConflictAnswer): Promise<ConflictView>;
  doctor(pairs: readonly string[]): AsyncIterable<DoctorFinding>;
  /** One sentence on what it came to. */
  act(action: PairAction): Promise<string>;
  /** Runs schedules until the signal; resolves when the call in flight has ended. */
  serve(options: ServeOptions): Promise<void>;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Called once everything listens. */
  readonly onReady: (facts: readonly string[]) => void;
  readonly onRun: (run: PairRun) => void;
}

export interface OpenOptions {
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress, pair?: PairId) => void;
  /** Sentences for the log, with facts that are no secrets. */
  readonly onLog: (
    level: "debug" | "info" | "warn" | "error",
    message: string,
    facts?: JsonObject,
  ) => void;
}

/** Throws `store_…` errors. Reaches no service yet. */
export type OpenServices = (options: OpenOptions) => Promise<Services>;
