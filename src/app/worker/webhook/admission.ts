// How many calls a webhook takes: the bounds the hosted platform has, so that a flood neither starts a
// process a call nor fills the store.

interface Bound {
  readonly callsMax: number;
  readonly withinMs: number;
}

/** For each webhook; the hosted platform's limits as documented 2026-11. */
const bounds: readonly Bound[] = [
  { callsMax: 60, withinMs: 60_000 },
  { callsMax: 600, withinMs: 3_600_000 },
];

const longestMs = Math.max(...bounds.map((bound) => bound.withinMs));

export interface Admission {
  /** Counts a call, or tells after how many seconds one would be taken again. */
  admit(hook: string): { readonly retryAfterSeconds: number } | null;
}

export function makeAdmission(nowMs: () => number): Admission {
  const calls = new Map<string, number[]>();
  return {
    admit: (hook) => {
      const now = nowMs();
      const taken = (calls.get(hook) ?? []).filter((atMs) => atMs > now - longestMs);
      calls.set(hook, taken);
      const waitMs = Math.max(...bounds.map((bound) => waitFor(taken, bound, now)));
      if (waitMs > 0) return { retryAfterSeconds: Math.ceil(waitMs / 1000) };
      taken.push(now);
      return null;
    },
  };
}

/** Until the oldest call that fills the bound has left it. */
function waitFor(taken: readonly number[], { callsMax, withinMs }: Bound, now: number): number {
  const within = taken.filter((atMs) => atMs > now - withinMs);
  const oldest = within.at(-callsMax);
  return oldest === undefined ? 0 : oldest + withinMs - now;
}
