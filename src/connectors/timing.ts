// Time, waiting and chance, as the connectors see them: handed in, so that a test decides all three.
// Instants are milliseconds since 1970 on this machine's clock; the service's own clock is
// service-clock.ts, which counts on with the time that has passed.
import { uptime } from "node:os";
import { performance } from "node:perf_hooks";
import { setTimeout as sleepFor } from "node:timers/promises";
import { makeElapsed } from "./elapsed.ts";

export interface Timing {
  nowMs(): number;
  /** Since some moment before: nobody can set it, and it runs on while the machine is in standby. */
  elapsedMs(): number;
  /** May reject when the program is asked to stop; the call that waits then ends with that error. */
  sleep(delayMs: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const systemTiming: Timing = {
  nowMs: () => Date.now(),
  elapsedMs: makeElapsed({ fineMs: () => performance.now(), coarseMs: () => uptime() * 1_000 }),
  sleep: async (delayMs) => {
    await sleepFor(delayMs);
  },
  random: () => Math.random(),
};
