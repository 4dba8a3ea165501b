// The service's clock, learned from the `Date` header of its answers.
//
// The header names a whole second, cut down, at some instant between sending and answer: each answer
// bounds what is between the service's clock and the time that has passed here from both sides, and the
// bounds of many answers are narrower than a second. An answer outside the bounds means that the service's
// clock was set; it starts anew. Our own clock counts only until the first answer: somebody may set it
// between two calls, and what a lost call made would look older than the call.
import type { Timing } from "./timing.ts";

interface Sighting {
  /** In time that has passed, as `Timing.elapsedMs` counts it. */
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  /** The header, in ms. */
  readonly dateMs: number;
}

export interface ServiceClock {
  /** Never runs backwards, except at the first answer and when the service's own clock was set back. */
  nowMs(): number;
  learn(sighting: Sighting): void;
}

export function makeServiceClock(timing: Pick<Timing, "nowMs" | "elapsedMs">): ServiceClock {
  let leastMs = Number.NEGATIVE_INFINITY;
  let mostMs = Number.POSITIVE_INFINITY;
  let toldMs = Number.NEGATIVE_INFINITY;
  const isLearned = (): boolean => Number.isFinite(leastMs);
  const learnedMs = (): number => Math.round(timing.elapsedMs() + (leastMs + mostMs) / 2);
  return {
    nowMs: () => {
      toldMs = Math.max(toldMs, isLearned() ? learnedMs() : timing.nowMs());
      return toldMs;
    },
    learn: ({ sentAtMs, answeredAtMs, dateMs }) => {
      const least = dateMs - answeredAtMs;
      const most = dateMs + 1_000 - sentAtMs;
      if (!isLearned() || least > mostMs || most < leastMs) {
        leastMs = least;
        mostMs = most;
        toldMs = Number.NEGATIVE_INFINITY;
        return;
      }
      leastMs = Math.max(leastMs, least);
      mostMs = Math.min(mostMs, most);
    },
  };
}
