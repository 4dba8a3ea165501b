// One word for how a sync is doing.

export type Health = "HEALTHY" | "INITIALIZING" | "WARNING" | "ERROR" | "PAUSED" | "DISABLED";

export interface HealthFacts {
  readonly isDisabled: boolean;
  readonly isPaused: boolean;
  /** Failed executions in a row. */
  readonly failures: number;
  readonly cyclesDone: number;
}

const errorFailuresMin = 3;

/** What a person did comes first, then trouble, then youth. */
export function healthOf(facts: HealthFacts): Health {
  if (facts.isDisabled) return "DISABLED";
  if (facts.isPaused) return "PAUSED";
  if (facts.failures >= errorFailuresMin) return "ERROR";
  if (facts.failures > 0) return "WARNING";
  return facts.cyclesDone === 0 ? "INITIALIZING" : "HEALTHY";
}
