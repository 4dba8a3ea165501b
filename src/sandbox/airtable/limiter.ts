// The request budget: so many a window for a base and for the token's owner, and a lock-out for whoever
// exceeds one, in which every request fails (Airtable documentation: Rate limits).
import { refusal, type Refusal } from "./refusal.ts";

/** Budget of one base. */
export interface RateLimit {
  readonly requests: number;
  readonly windowMs: number;
  readonly lockoutMs: number;
}

/** Requests a second over all bases. */
const ownerRequestsMax = 50;

export interface Limiter {
  /** Counts a request; the refusal it meets, or `null`. */
  admit(baseId: string | null): Refusal | null;
}

interface Meter {
  times: number[];
  lockedUntilMs: number;
}

export function makeLimiter(limit: RateLimit | null, nowMs: () => number): Limiter {
  const meters = new Map<string, Meter>();
  const isAdmitted = (key: string, requestsMax: number, { windowMs, lockoutMs }: RateLimit) => {
    const at = nowMs();
    const meter = meters.get(key) ?? { times: [], lockedUntilMs: 0 };
    meters.set(key, meter);
    if (at < meter.lockedUntilMs) return false;
    meter.times = meter.times.filter((time) => at - time < windowMs);
    if (meter.times.length >= requestsMax) {
      meter.lockedUntilMs = at + lockoutMs;
      return false;
    }
    meter.times.push(at);
    return true;
  };
  return {
    admit: (baseId) => {
      if (limit === null) return null;
      const forOwner = isAdmitted("owner", Math.max(ownerRequestsMax, limit.requests), limit);
      const forBase = baseId === null || isAdmitted(baseId, limit.requests, limit);
      return forOwner && forBase ? null : rateLimited();
    },
  };
}

/** The 429 of the rate limit. */
function rateLimited(): Refusal {
  return refusal(429, "RATE_LIMIT_REACHED", "Rate limit exceeded. Please try again later");
}
