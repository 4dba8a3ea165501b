// Puts writes on the wire: in calls of as many rows as one carries, as many calls at once as are worth
// it. What one call meets stops no other that is under way; no new one begins once the service is busy
// beyond patience, or the run was asked to stop.
import type { RowOutcome } from "../connectors/destination.ts";
import { must } from "../core/assert.ts";
import { SyncError } from "../errors.ts";
import type { ReadyTable } from "./prepare.ts";
import type { Session } from "./session.ts";

export type Sent =
  | RowOutcome
  /** The call never began. */
  | { readonly kind: "not-sent" }
  /** The call threw: it may have been carried out. */
  | { readonly kind: "thrown" };

export interface SendEnd {
  /** In the order of the items. */
  readonly sent: readonly Sent[];
  /** Why no more calls should follow. */
  readonly stop: { readonly error: unknown } | null;
}

/** Sends all items. Never throws: `stop` holds what was thrown. */
export async function sendAll<T>(
  items: readonly T[],
  call: (batch: readonly T[]) => Promise<readonly RowOutcome[]>,
  at: { readonly session: Session; readonly table: ReadyTable },
): Promise<SendEnd> {
  const { writeBatchMax, parallelMax } = at.table.destination.capabilities;
  const sent: Sent[] = items.map(() => ({ kind: "not-sent" }));
  let next = 0;
  let stop: SendEnd["stop"] = null;
  const lane = async (): Promise<void> => {
    while (next < items.length && stop === null) {
      const start = next;
      next += writeBatchMax;
      const batch = items.slice(start, next);
      let isBegun = false;
      try {
        await at.session.leases.keep();
        isBegun = true;
        const outcomes = await call(batch);
        for (const [index] of batch.entries()) {
          const outcome = must(outcomes[index], "a write without an outcome");
          sent[start + index] = outcome;
          if (outcome.kind === "not-applied") stop ??= { error: busy(outcome.message) };
        }
      } catch (error) {
        stop ??= { error };
        if (isBegun)
          for (const [index] of batch.entries()) sent[start + index] = { kind: "thrown" };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, parallelMax) }, lane));
  return { sent, stop };
}

export function busy(message: string): SyncError {
  return new SyncError({
    code: "unavailable",
    message: `The table could not be written to for now: ${message}`,
    remedy: "Nothing to do: the sync goes on from here later.",
  });
}
