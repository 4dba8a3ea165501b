// The measured half of bench/worker-rows.ts, in a process of its own: one cycle of a worker's sync as
// the command line runs it, with the live heap weighed whenever another thousand rows were written or
// found unchanged. Prints one line of JSON.
//   node --expose-gc bench/parts/worker-cycle.ts CONFIG SYNC
import { dirname } from "node:path";

import { openServices } from "../../src/app.ts";
import { makeProgress } from "../../src/cli/progress.ts";
import { loadConfig } from "../../src/config/load.ts";

const [file, sync] = process.argv.slice(2);
if (file === undefined || sync === undefined || gc === undefined) {
  throw new Error("run by bench/worker-rows.ts");
}
const collect = gc;
const rowsBetween = 1_000;
/** Calls are timed on a clock that waiting for the service's budget moves on. */
let aheadMs = 0;
const nowMs = (): number => Date.now() + aheadMs;

const heaps: { readonly rows: number; readonly bytes: number }[] = [];
function weigh(rows: number): void {
  collect();
  heaps.push({ rows, bytes: process.memoryUsage().heapUsed });
}

const lines: string[] = [];
const progress = makeProgress({
  write: (text) => lines.push(text.trim()),
  isTty: false,
  isQuiet: false,
  nowMs,
  width: 100,
});
let rows = 0;
let doneBefore = 0;

const services = await openServices({
  config: loadConfig({ file, directory: dirname(file), environment: process.env }),
  signal: new AbortController().signal,
  timing: {
    nowMs,
    elapsedMs: nowMs,
    sleep: (delayMs) => {
      aheadMs += delayMs;
      return Promise.resolve();
    },
    random: () => 0.5,
  },
  onProgress: (reported, name) => {
    progress.report(reported, name);
    if (reported.stage !== "write") return;
    // Each execution counts its own rows, from zero.
    rows += reported.done < doneBefore ? reported.done : reported.done - doneBefore;
    doneBefore = reported.done;
    if (rows >= (heaps.at(-1)?.rows ?? 0) + rowsBetween) weigh(rows);
  },
  onLog: () => undefined,
});
weigh(0);
const { status, counts, requests, executions, notes } = await services.workers.trigger(sync);
weigh(rows);
await services.close();
console.log(
  JSON.stringify({
    status,
    counts,
    requests,
    executions,
    notes,
    heaps,
    lines,
    rssBytesMax: process.resourceUsage().maxRSS * 1024,
  }),
);
