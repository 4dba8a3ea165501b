// The service's clock, learned from the `Date` header of its answers.
//
// The header names a whole second, cut down, at some instant between sending and answer: each answer
// bounds the difference of the clocks from both sides, and the bounds of many answers are narrower
// than a second. An answer outside the bounds means that one of the clocks was set; it starts anew.
import type { Timing } from "./timing.ts";

interface Sighting {
  /** On our clock. */
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  /** The header, in ms. */
  readonly dateMs: number;
}

export interface ServiceClock {
  /** Never runs backwards, except when the service's own clock was set back. */
  nowMs(): number;
  learn(sighting: Sighting): void;
}

export function makeServiceClock(timing: Timing): ServiceClock {
  let leastMs = Number.NEGATIVE_INFINITY;
  let mostMs = Number.POSITIVE_INFINITY;
  let toldMs = Number.NEGATIVE_INFINITY;
  const offsetMs = (): number =>
    Number.isFinite(leastMs) ? Math.round((leastMs + mostMs) / 2) : 0;
  return {
    nowMs: () => {
      toldMs = Math.max(toldMs, timing.nowMs() + offsetMs());
      return toldMs;
    },
    learn: ({ sentAtMs, answeredAtMs, dateMs }) => {
      const least = dateMs - answeredAtMs;
      const most = dateMs + 1_000 - sentAtMs;
      if (least > most) return; /* our own clock was set back during the call */
      if (least > mostMs || most < leastMs) {
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
