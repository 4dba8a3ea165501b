// The connection's budget: a fixed window that opens with its first request (Notion docs: Request limits).
import type { SandboxClock } from "../clock.ts";
import { rateLimited } from "./errors.ts";

export interface RateLimit {
  readonly requests: number;
  readonly windowMs: number;
}

export interface Limiter {
  /** Counts a request, or throws the 429 that says how long to wait. */
  take(): void;
  /** Uses up what is left of the present window. */
  exhaust(): void;
}

/** `null` lifts the limit. */
export function makeLimiter(clock: SandboxClock, limit: RateLimit | null): Limiter {
  let openedAtMs = -Infinity;
  let taken = 0;
  const open = (nowMs: number, windowMs: number): void => {
    if (nowMs - openedAtMs < windowMs && nowMs >= openedAtMs) return;
    openedAtMs = nowMs;
    taken = 0;
  };
  return {
    take: () => {
      if (limit === null) return;
      const nowMs = clock.nowMs();
      open(nowMs, limit.windowMs);
      if (taken >= limit.requests) {
        const waitMs = openedAtMs + limit.windowMs - nowMs;
        throw rateLimited(Math.max(1, Math.ceil(waitMs / 1000)));
      }
      taken += 1;
    },
    exhaust: () => {
      if (limit === null) return;
      open(clock.nowMs(), limit.windowMs);
      taken = limit.requests;
    },
  };
}
