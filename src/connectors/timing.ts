// Time, waiting and chance, as the connectors see them: handed in, so that a test decides all three.
// Instants are milliseconds since 1970 on this machine's clock; the service's own clock is
// service-clock.ts.
import { setTimeout as sleepFor } from "node:timers/promises";

export interface Timing {
  nowMs(): number;
  /** May reject when the program is asked to stop; the call that waits then ends with that error. */
  sleep(delayMs: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const systemTiming: Timing = {
  nowMs: () => Date.now(),
  sleep: async (delayMs) => {
    await sleepFor(delayMs);
  },
  random: () => Math.random(),
};
