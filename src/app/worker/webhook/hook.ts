// A webhook that is served, and whether it still is: after five failed verifications in a row nothing
// is taken for it until the program is started again, as on the hosted platform.
import type { LoadedWorker } from "../catalog.ts";

export interface Hook {
  /** `<worker>/<webhook key>`. */
  readonly id: string;
  readonly key: string;
  readonly worker: LoadedWorker;
  /** The worker answers the request itself, before it is queued. */
  readonly hasVerify: boolean;
}

const refusalsMax = 5;
export const verificationErrorName = "WebhookVerificationError";

export interface HookHealth {
  isBlocked(hook: string): boolean;
  /** Whether this was the one that blocks it. */
  refused(hook: string): boolean;
  passed(hook: string): void;
}

export function makeHookHealth(): HookHealth {
  const refusals = new Map<string, number>();
  return {
    isBlocked: (hook) => (refusals.get(hook) ?? 0) >= refusalsMax,
    refused: (hook) => {
      const count = (refusals.get(hook) ?? 0) + 1;
      refusals.set(hook, count);
      return count === refusalsMax;
    },
    passed: (hook) => {
      refusals.delete(hook);
    },
  };
}
