// What an execution can come to, in the words in which it is stored. None of these writes anything.
import type {
  Cycle,
  OnewayChange,
  OnewayRun,
  SyncFailure,
  SyncState,
} from "../store/oneway-store.ts";
import { SyncError } from "../errors.ts";
import { pacerChanges } from "./run-source.ts";
import type { Session } from "./session.ts";
import type { Executed } from "./source.ts";
import type { Answer } from "./stall.ts";
import { failed, rateLimitName } from "./state.ts";
import type { Tally } from "./tally.ts";

/** What an execution came to, before it is stored. */
export interface Result {
  readonly status: Exclude<OnewayRun["status"], "running">;
  readonly state: SyncState;
  readonly hasMore: boolean | null;
  readonly error: SyncFailure | null;
  readonly changes: readonly OnewayChange[];
  readonly usesApproval: boolean;
  readonly answer?: Answer;
}

export interface ExecutionAt {
  readonly session: Session;
  readonly state: SyncState;
  readonly cycle: Cycle;
  readonly record: OnewayRun;
  readonly tally: Tally;
  problems: number;
}

export function ok(
  at: ExecutionAt,
  of: Pick<Result, "state" | "changes"> & { readonly hasMore: boolean },
): Result {
  const isWhole = at.tally.failed + at.problems === 0;
  return { ...of, status: isWhole ? "ok" : "attention", error: null, usesApproval: false };
}

export function failure(
  at: ExecutionAt,
  of: { readonly name: string; readonly message: string },
  retryAfterMs: number | null,
): Result {
  const error: SyncFailure = { ...of, atMs: at.session.deps.nowMs() };
  return {
    status: of.name === rateLimitName ? "rate-limited" : "failed",
    state: failed(at.state, error, retryAfterMs),
    hasMore: null,
    error,
    changes: [],
    usesApproval: false,
  };
}

export function rateLimited(
  at: ExecutionAt,
  { message, retryAfterMs, pacers }: Extract<Executed, { readonly kind: "rate-limited" }>,
): Result {
  return {
    ...failure(at, { name: rateLimitName, message }, retryAfterMs),
    changes: pacerChanges(at.session.worker.name, pacers),
  };
}

export function sourceFailed(
  at: ExecutionAt,
  executed: Extract<Executed, { readonly kind: "failed" }>,
): Result {
  if (executed.why === "aborted") return stopped(at);
  // The name of a pause that the upstream asks for is not the worker's to give.
  const name = executed.name === rateLimitName ? "Error" : executed.name;
  return {
    ...failure(at, { name, message: executed.message }, null),
    changes: pacerChanges(at.session.worker.name, executed.pacers ?? new Map()),
  };
}

function stopped(at: ExecutionAt): Result {
  const nothing = { hasMore: null, error: null, changes: [], usesApproval: false };
  return { status: "stopped", state: at.state, ...nothing };
}

/** What a port threw. A lost lease and our own bugs go on up. */
export function thrown(at: ExecutionAt, error: unknown): Result {
  if (at.session.deps.signal.aborted) return stopped(at);
  if (!(error instanceof SyncError) || error.code === "lease_lost") throw error;
  return failure(at, { name: error.code, message: error.message }, null);
}
