// What the commands call, in types alone. The composition root stands behind it; tests put a fake in
// its place. Everything a command prints is in these answers: no command reads a store or a service.
import type { AppliedPlan } from "../app/apply-saved.ts";
import type { PairStatus } from "../app/status.ts";
import type { Delivered } from "../app/worker/webhook/deliver.ts";
import type { CycleView } from "../app/worker/view.ts";
import type { PlanOutcome, SyncOutcome } from "../app/sync.ts";
import type { UndoOutcome } from "../app/undo.ts";
import type { Config } from "../config/load.ts";
import type { ConflictLabel, Entry, RunTrigger } from "../core/entry.ts";
import type { OpId, RecordId, RunId } from "../core/ids.ts";
import type { FieldPolicy } from "../core/policy.ts";
import type { ReadWindow } from "../core/row.ts";
import type { Side, Sided } from "../core/side.ts";
import type { Value } from "../core/value.ts";
import type { ErrorCode, SyncError } from "../errors.ts";
import type { HistoryLine } from "../history/line.ts";
import type { ConflictAnswer, ConflictKind } from "../store/store.ts";
import type { Reported } from "./progress.ts";
import type { WorkerServices } from "./worker-services.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** One pair's plan, or why there is none. */
export type PlanResult =
  | { readonly kind: "plan"; readonly pair: string; readonly outcome: PlanOutcome }
  | { readonly kind: "error"; readonly pair: string; readonly error: SyncError };

export interface ExplainedCell {
  /** Name of the mapping. */
  readonly field: string;
  /** The two fields' own names. */
  readonly fields: Sided<string>;
  readonly owner: FieldPolicy["owner"];
  readonly flow: FieldPolicy["flow"];
  readonly base: Sided<Value> | null;
  /** Rule and run that made the base, and when. */
  readonly agreed: { readonly rule: string; readonly run: RunId; readonly atMs: number } | null;
  /** The side that holds less than the other, and whose own edits so do not flow. */
  readonly lossySide: Side | null;
  /** What a side holds now. Null: not read. */
  readonly now: Sided<ExplainedReading | null>;
  /** What the next run would do; null when nothing was read. */
  readonly next: {
    readonly rule: string;
    /** The side it would write. */
    readonly side: Side | null;
    /** How sure the order of two edits is, where both sides changed. */
    readonly label: ConflictLabel | null;
    /** Why nothing is written although the sides differ: a refusal in words. */
    readonly refusal: string | null;
  } | null;
  /** The change that put the present value there. */
  readonly lastChange: {
    readonly run: RunId;
    readonly atMs: number;
    readonly side: Side;
    readonly before: Value;
    readonly after: Value;
    readonly rule: string;
    /** The journal's number of the request; null for a change without one. */
    readonly opId: OpId | null;
    /** Where another edit gave way to it: how its winner was found. */
    readonly label: ConflictLabel | null;
  } | null;
}

export interface ExplainedReading {
  readonly value: Value;
  /** The latest moment it can have been entered; null where it is as agreed. */
  readonly editedAtMs: number | null;
  /** The earliest one; null where that is not known. */
  readonly editedAfterMs: number | null;
}

/** What is known of one row of a link, for people. */
export interface ExplainedRow {
  /** `there`, or where it is instead: `in the trash`, `gone`, … */
  readonly state: string;
  /** When the row was last edited by anybody, as the service rounds it. */
  readonly stampMs: number | null;
  /**
   * When the reading was under way, on the service's clock. It may show what was there a little before;
   * null for a row that was not read.
   */
  readonly readAt: ReadWindow | null;
}

export interface Explanation {
  readonly pair: string;
  readonly names: Sided<string>;
  readonly title: string;
  /** State of the link: `live`, `archived`, … */
  readonly state: string;
  readonly ids: Sided<RecordId | null>;
  readonly urls: Sided<string | null>;
  readonly bornAtMs: number;
  readonly rows: Sided<ExplainedRow | null>;
  /** Rule by which the next run would treat the row as a whole; null where it is not linked. */
  readonly rowRule: { readonly rule: string; readonly side: Side } | null;
  /** Sentences on the row as a whole: put away, apart, in doubt, refused. */
  readonly notes: readonly string[];
  readonly cells: readonly ExplainedCell[];
  readonly conflicts: readonly ConflictView[];
  /** What keeps the row, or a cell of it, from being in step. */
  readonly waiting: readonly { readonly message: string; readonly remedy: string }[];
}

export type ExplainResult =
  | { readonly kind: "row"; readonly explanation: Explanation }
  /** Several rows fit the words: to choose from. */
  | {
      readonly kind: "several";
      readonly rows: readonly {
        readonly pair: string;
        readonly title: string;
        readonly ids: Sided<RecordId | null>;
      }[];
    };

export interface ConflictView {
  readonly id: string;
  readonly pair: string;
  readonly names: Sided<string>;
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
  /** The value that an answer just given will put on both sides; null where that was not asked. */
  readonly kept?: Value | null;
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
  /** None: all. */
  readonly kinds: readonly HistoryLine["type"][];
  /** The newest so many lines, oldest of them first; null for all. */
  readonly countMax: number | null;
  /** Goes on with what is written from now on, until the signal. */
  readonly isFollowed: boolean;
}

export interface HistoryBreak {
  /** `missing`, `edited`, `moved`, `repeated`, `added`, `unreadable`, `torn`, `damaged`. */
  readonly kind: string;
  readonly file: string;
  /** Line in that file, from 1; 0 for the file as a whole. */
  readonly line: number;
  /** Number of the line in the whole log, where it is known. */
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
  /** Takes the base anew from what both sides hold; writes nothing to the services. */
  | { readonly kind: "resync"; readonly pair: string; readonly prefer: Side | "newer" | null };

export interface ServeOptions {
  /** Called once everything runs, with sentences on what does. */
  readonly onReady: (facts: readonly string[]) => void;
  readonly onRun: (outcome: SyncOutcome) => void;
  /** A worker's cycle, or the part of it that could be run. */
  readonly onCycle: (cycle: CycleView) => void;
  /** A webhook call that was handled, or failed. */
  readonly onDelivered: (delivered: Delivered) => void;
}

/**
 * An unknown pair, run, row or conflict throws `usage` before anything is done. In the lists of pair
 * names, none stands for all pairs of the config.
 */
export interface Services {
  /** An entry as the history has it, without `seq` and `prev`. */
  toLine(entry: Entry): JsonObject;
  /** A value as the history shows it. */
  show(value: Value): unknown;

  plan(pairs: readonly string[]): AsyncIterable<PlanResult>;
  sync(pairs: readonly string[], trigger: RunTrigger): AsyncIterable<SyncOutcome>;
  /** Throws `usage` when the file is no saved plan, or one of another store. */
  applySaved(file: string): AsyncIterable<AppliedPlan>;
  undo(run: string, isApplied: boolean): Promise<UndoOutcome>;

  status(pairs: readonly string[]): Promise<readonly PairStatus[]>;
  history(query: HistoryQuery): AsyncIterable<HistoryLine>;
  verifyHistory(): Promise<HistoryCheck>;
  explain(at: {
    readonly row: string;
    readonly field: string | null;
    readonly pair: string | null;
  }): Promise<ExplainResult>;
  conflicts(pairs: readonly string[]): Promise<readonly ConflictView[]>;
  resolve(id: string, answer: ConflictAnswer): Promise<ConflictView>;
  doctor(pairs: readonly string[]): AsyncIterable<DoctorFinding>;
  /** A sentence on what it came to; for a resync also its run. */
  act(
    action: PairAction,
  ): Promise<{ readonly message: string; readonly outcome: SyncOutcome | null }>;
  readonly workers: WorkerServices;
  /** Runs schedules until the signal; resolves when the call in flight has ended. */
  serve(options: ServeOptions): Promise<void>;
  close(): Promise<void>;
}

/** Time, waiting and chance, where somebody holds them in their own hands. */
export interface Timekeeper {
  nowMs(): number;
  /** Since some moment before: nobody can set it. */
  elapsedMs(): number;
  sleep(delayMs: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export interface OpenOptions {
  readonly config: Config;
  readonly signal: AbortSignal;
  /** The machine's own where none is given. */
  readonly timing?: Timekeeper;
  /** `of`: the pair, or the worker's sync. */
  readonly onProgress: (progress: Reported, of?: string) => void;
  /** Sentences for the log, with facts that are no secrets. */
  readonly onLog: (
    level: "debug" | "info" | "warn" | "error",
    message: string,
    facts?: JsonObject,
  ) => void;
}

/** Throws `store_…` errors. Reaches no service yet. */
export type OpenServices = (options: OpenOptions) => Promise<Services>;
