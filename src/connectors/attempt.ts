// One call, tried until it has an answer or our patience ends. Knows nothing of any service: the
// connector judges each try, and says whether the service surely did nothing (`busy`) or may have done
// it (`doubt`).
//
// Reads are tried again after both. Writes are tried again only after `busy`: repeating a write that
// may have been carried out is the engine's decision, because only the engine has the journal.
import { SyncError } from "../errors.ts";
import { delayMs, type Backoff } from "./delay.ts";
import type { Pacer } from "./pacer.ts";
import type { Timing } from "./timing.ts";

/** What one try came to. A try may also throw, which ends the call with that error. */
export type Try<A> =
  /** Final, good or bad. */
  | { readonly kind: "answer"; readonly answer: A }
  /** Surely nothing was done. */
  | {
      readonly kind: "busy";
      /** What the service asked for, or null for our own back-off. */
      readonly retryAfterMs: number | null;
      /** Whether the wait is for the whole token, not only for this call. */
      readonly isForToken: boolean;
      readonly error: SyncError;
    }
  /** Nobody can say. */
  | { readonly kind: "doubt"; readonly error: SyncError };

/** What the call came to, when no more tries follow. */
export type Attempted<A> =
  | { readonly kind: "answer"; readonly answer: A }
  | { readonly kind: "busy"; readonly error: SyncError }
  | { readonly kind: "doubt"; readonly error: SyncError };

export interface AttemptOptions<A> {
  readonly kind: "read" | "write";
  readonly once: () => Promise<Try<A>>;
  /** Every budget the call counts against. */
  readonly pacers: readonly Pacer[];
  readonly timing: Timing;
  /** All waiting of the call together. Default 5 min. */
  readonly patienceMs?: number;
  /** Tries after the first, for doubtful answers. Default 4. */
  readonly doubtsMax?: number;
  /** Tries after the first, while the service is busy. Default 8. */
  readonly busyMax?: number;
  readonly backoff?: Backoff;
}

const defaultPatienceMs = 300_000;

function noTurn(): SyncError {
  return new SyncError({
    code: "rate_limited",
    message: "The request budget of the token is used up beyond the time set for waiting.",
    remedy: "Let other work with this token rest, or run fewer pairs at a time.",
  });
}

async function takeTurns(pacers: readonly Pacer[], deadlineMs: number): Promise<boolean> {
  for (const pacer of pacers) {
    if (!(await pacer.take(deadlineMs))) return false;
  }
  return true;
}

export async function attempt<A>(options: AttemptOptions<A>): Promise<Attempted<A>> {
  const { timing, pacers } = options;
  const deadlineMs = timing.nowMs() + (options.patienceMs ?? defaultPatienceMs);
  const left = { busy: options.busyMax ?? 8, doubt: options.doubtsMax ?? 4 };
  // Bound: the budgets of `left`, and the deadline of every wait.
  for (let failures = 1; ; failures += 1) {
    if (!(await takeTurns(pacers, deadlineMs))) return { kind: "busy", error: noTurn() };
    const tried = await options.once();
    if (tried.kind === "answer") return tried;
    if (tried.kind === "doubt" && options.kind === "write") return tried;
    const retryAfterMs = tried.kind === "busy" ? tried.retryAfterMs : null;
    const waitMs = delayMs({
      failures,
      retryAfterMs,
      random: timing.random(),
      ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
    });
    const untilMs = timing.nowMs() + waitMs;
    // The pause outlives this call, so it is told even when this call gives up.
    if (tried.kind === "busy" && tried.isForToken) for (const pacer of pacers) pacer.pause(untilMs);
    left[tried.kind] -= 1;
    if (left[tried.kind] < 0 || untilMs > deadlineMs)
      return { kind: tried.kind, error: tried.error };
    await timing.sleep(waitMs);
  }
}
