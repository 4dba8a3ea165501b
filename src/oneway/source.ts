// The port to whatever yields changes: a worker in its own process, later a query or a file. One
// execution is one call; a cycle is a chain of them, each handed the state the one before gave back.
import type { Batch } from "../core/oneway/change.ts";

/** State as JSON; null stands for `undefined`: the very first execution, or after a reset. */
export interface SourceState {
  readonly json: unknown;
}

export interface PacerEntry {
  readonly lastScheduledAtMs: number;
  readonly allowedRequests: number;
  readonly intervalMs: number;
}

export interface LogLine {
  readonly atMs: number;
  readonly stream: "out" | "err" | "host";
  /** One line, secrets masked. */
  readonly text: string;
}

export interface ExecuteInput {
  readonly state: SourceState | null;
  /** Every pacer the worker declares, with this execution's share of its budget. */
  readonly pacers: ReadonlyMap<string, PacerEntry>;
  readonly signal: AbortSignal;
  readonly onLog: (line: LogLine) => void;
  /** Called when the number of executions that share the budgets changes; hands out a new share. */
  readonly onShare: (listen: (pacers: ReadonlyMap<string, PacerEntry>) => void) => void;
}

export type Executed =
  | {
      readonly kind: "done";
      readonly batch: Batch;
      readonly hasMore: boolean;
      /** Null: the execution gave `undefined`. */
      readonly nextState: SourceState | null;
      readonly pacers: ReadonlyMap<string, PacerEntry>;
    }
  /** The upstream asked for a pause. */
  | {
      readonly kind: "rate-limited";
      readonly retryAfterMs: number | null;
      readonly message: string;
      readonly pacers: ReadonlyMap<string, PacerEntry>;
    }
  | {
      readonly kind: "failed";
      /** `timeout` and `memory`: the host ended it. `contract`: it gave back what nobody can read. */
      readonly why: "thrown" | "timeout" | "memory" | "crashed" | "contract" | "aborted";
      readonly name: string;
      readonly message: string;
      readonly stack: string | null;
      /** The calls that were made count, where it lived to tell; absent: it did not. */
      readonly pacers?: ReadonlyMap<string, PacerEntry>;
    };

/** One sync as the runtime runs it. */
export interface Source {
  execute(input: ExecuteInput): Promise<Executed>;
}
