// The sandboxes' clock. It runs with the machine's clock until somebody moves it, so that a test can
// let a minute, a day or a trash period pass without waiting.

/** A clock that can be moved. Instants are milliseconds since 1970 UTC. */
export interface SandboxClock {
  nowMs(): number;
  /** Moves the clock forward (or back, when negative) and lets it run on from there. */
  advance(byMs: number): void;
  /** Stops the clock at an instant; `advance` still moves it. */
  freeze(atMs: number): void;
}

export function makeSandboxClock(startMs?: number): SandboxClock {
  let offsetMs = startMs === undefined ? 0 : startMs - Date.now();
  let frozenAtMs: number | null = null;
  return {
    nowMs: () => frozenAtMs ?? Date.now() + offsetMs,
    advance: (byMs) => {
      if (frozenAtMs === null) offsetMs += byMs;
      else frozenAtMs += byMs;
    },
    freeze: (atMs) => {
      frozenAtMs = atMs;
    },
  };
}
