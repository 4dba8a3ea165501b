// What the host and a worker's child say to each other over the IPC channel. The child builds these
// messages; the host reads them as unknown, because a worker's code shares the child with ours.
//
// Results travel as JSON text, made in the child: there its size is known before it is sent, and what
// JSON cannot say (a function, a cycle) is the worker's failure and not the channel's.

/** As the SDK keeps it for each pacer. */
export interface PacerState {
  readonly lastScheduledAtMs: number;
  readonly allowedRequests: number;
  readonly intervalMs: number;
}

export type PacerStates = Readonly<Record<string, PacerState>>;

export type Task =
  /** What the worker declares. */
  | { readonly kind: "manifest" }
  /** Why the worker does not load: the same as `manifest`, with an eye on its declarations. */
  | { readonly kind: "diagnose" }
  /** One execution of a sync. `state` is absent for `undefined`. */
  | {
      readonly kind: "execute";
      readonly key: string;
      readonly state?: unknown;
      readonly pacers: PacerStates;
    }
  /** A tool, a webhook or an automation. */
  | { readonly kind: "run"; readonly key: string; readonly input: unknown };

export interface Start {
  readonly kind: "start";
  /** Absolute path of the file to load. */
  readonly entry: string;
  readonly task: Task;
}

/** A new share of the budgets, while the execution runs. */
export interface Share {
  readonly kind: "share";
  readonly pacers: PacerStates;
}

export type ToChild = Start | Share;

export interface ChildFailure {
  readonly kind: "failed";
  /** How far it came. `answer`: the worker's function returned, and nobody can read what. */
  readonly stage: "load" | "run" | "answer";
  /** Told apart by structure, not by text. Null: an error of the worker's own. */
  readonly reason:
    | "no-worker" /* the default export is something else */
    | "missing-module"
    | "syntax"
    | "old-shape" /* declarations as before SDK 0.3 */
    | "rate-limited"
    | "stuck" /* waits, and nothing is left that could wake it */
    | "too-large"
    | "unknown-key"
    | null;
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  readonly retryAfterSeconds: number | null;
  readonly pacers: PacerStates;
}

export type FromChild = { readonly kind: "done"; readonly json: string } | ChildFailure;

/** A longer answer would have to stand in the host's memory twice. */
export const answerCharactersMax: number = 64 * 1024 * 1024;
