// The measured half of bench/memory.ts, in a process of its own: a sync that finds nothing to do, with
// the heap weighed at every twentieth page, after a collection. Prints one line of JSON.
//   node --expose-gc bench/parts/quiet-sync.ts CONFIG
import { dirname } from "node:path";

import { openServices } from "../../src/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { firstRun } from "./local-pair.ts";

const [file] = process.argv.slice(2);
if (file === undefined || gc === undefined) throw new Error("run by bench/memory.ts");
const collect = gc;
const pagesBetween = 20;
// Whoever would wait for a budget moves this clock on instead.
let aheadMs = 0;

function liveHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const heaps: { readonly stage: string; readonly pages: number; readonly bytes: number }[] = [];
const weigh = (stage: string, pages: number): void => {
  heaps.push({ stage, pages, bytes: liveHeap() });
};

const services = await openServices({
  config: loadConfig({ file, directory: dirname(file), environment: process.env }),
  signal: new AbortController().signal,
  timing: {
    nowMs: () => Date.now() + aheadMs,
    elapsedMs: () => performance.now() + aheadMs,
    sleep: (delayMs) => {
      aheadMs += delayMs;
      return Promise.resolve();
    },
    random: () => 0.5,
  },
  onProgress: ({ stage, done }) => {
    if (stage !== "scan") weigh(stage, done);
    else if (done % pagesBetween === 0) weigh(stage, done);
  },
  onLog: () => undefined,
});
weigh("start", 0);
const run = await firstRun(services);
await services.close();
const { counts, requests } = run.summary;
console.log(
  JSON.stringify({
    unchanged: counts.unchanged,
    writes: requests.left.write + requests.right.write,
    pages: requests.left.read + requests.right.read,
    heaps,
    rssBytesMax: process.resourceUsage().maxRSS * 1024,
  }),
);
