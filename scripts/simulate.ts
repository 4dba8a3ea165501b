// Plays simulated histories of the whole engine from seeds, and says what came of them.
//
//   npm run simulate -- --seeds 5000            so many, from --from (default 1)
//   npm run simulate -- --minutes 120           fresh seeds for so long
//   npm run simulate -- --seed 17               one, with its story
//   further: --json FILE, --stop-at-first, --workers N (default 2), --hurried (a narrow world in which
//            everything happens in quick succession; its seeds are its own), --no-shrink (tells no
//            failing history)
//
// The exit code is 1 when a property was violated, or when a rule that must be met never was. Violations
// that are known and not yet mended are listed in test/simulation/open.json, by seed and property: they
// are counted and told in every run, and anything else fails it.
import { fork, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runHistory } from "../test/simulation/history.ts";
import { drawScript } from "../test/simulation/draw.ts";
import { drawHurried } from "../test/simulation/hurried.ts";
import {
  addSum,
  emptySum,
  playBatch,
  type Batch,
  type Failure,
  type Sum,
} from "../test/simulation/many.ts";
import { isOpen, openSeedsIn } from "../test/simulation/open.ts";
import { report } from "../test/simulation/report.ts";
import type { Script } from "../test/simulation/script.ts";
import { shrink } from "../test/simulation/shrink.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    from: { type: "string" },
    minutes: { type: "string" },
    seed: { type: "string" },
    json: { type: "string" },
    workers: { type: "string", default: "2" },
    "stop-at-first": { type: "boolean", default: false },
    hurried: { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
  },
});

/** Seeds one worker is given at a time. */
const batchSize = 25;

async function main(): Promise<number> {
  if (process.env["TANDEM_SIMULATION_WORKER"] !== undefined) return work();
  if (values.seed !== undefined) return tellOne(Number(values.seed));
  return playMany();
}

const drawn = (seed: number): Script => (values.hurried ? drawHurried(seed) : drawScript(seed));

async function tellOne(seed: number): Promise<number> {
  const { story, findings } = await runHistory(seed, { script: drawn(seed), isTold: true });
  for (const line of story) console.log(line);
  console.log(findings.length === 0 ? `\nSeed ${seed}: every property held.` : "");
  for (const { property, message } of findings) console.log(`${property}: ${message}`);
  return findings.length === 0 ? 0 : 1;
}

/** In a worker: plays what it is sent, and sends back the sum. */
async function work(): Promise<number> {
  const done = Promise.withResolvers<number>();
  process.on("message", (batch: Batch) => {
    playBatch(batch).then(
      (sum) => process.send?.(sum),
      (error: unknown) => done.reject(error as Error),
    );
  });
  process.on("disconnect", () => done.resolve(0));
  return done.promise;
}

/** Failing seeds that are made small and told. */
const shrunkMax = 1;

async function tellSmall({ seed, findings }: Failure): Promise<void> {
  const [first] = findings;
  if (first === undefined) return;
  console.log(`\nseed ${seed}, made as small as it still fails ${first.property}:`);
  const script = await shrink(drawn(seed), first.property);
  const { story } = await runHistory(seed, { script, isTold: true });
  for (const line of story) console.log(line.slice(0, 200));
}

interface Progress {
  next: number;
  readonly last: number;
  readonly untilMs: number;
  isOver: boolean;
}

function takeBatch(progress: Progress): Batch | null {
  if (progress.isOver || progress.next > progress.last || Date.now() >= progress.untilMs)
    return null;
  const seeds: number[] = [];
  while (seeds.length < batchSize && progress.next <= progress.last) {
    seeds.push(progress.next);
    progress.next += 1;
  }
  return { seeds, isStoppedAtFirst: values["stop-at-first"], isHurried: values.hurried };
}

function drive(child: ChildProcess, progress: Progress, sum: Sum): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      const batch = takeBatch(progress);
      if (batch !== null) {
        child.send(batch);
        return;
      }
      child.disconnect();
      resolve();
    };
    child.on("message", (part: Sum) => {
      addSum(sum, part);
      for (const failure of part.failures) {
        const [first] = failure.findings;
        const known = isOpen(failure) ? " (open)" : "";
        console.log(`seed ${failure.seed}: ${first?.property}: ${first?.message}${known}`);
        if (values["stop-at-first"] && known === "") progress.isOver = true;
      }
      give();
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code !== 0 && code !== null) reject(new Error(`a worker ended with code ${code}`));
    });
    give();
  });
}

async function playMany(): Promise<number> {
  const startMs = Date.now();
  const isSoak = values.minutes !== undefined;
  const from = Number(values.from ?? (isSoak ? startMs % 2 ** 31 : 1));
  const count = isSoak ? Number.MAX_SAFE_INTEGER / 2 : Number(values.seeds ?? 500);
  const progress: Progress = {
    next: from,
    last: from + count - 1,
    untilMs: isSoak ? startMs + Number(values.minutes) * 60_000 : Number.POSITIVE_INFINITY,
    isOver: false,
  };
  console.log(
    `simulating from seed ${from}${isSoak ? ` for ${values.minutes} minutes` : `, ${count} histories`}`,
  );
  const sum = emptySum();
  const workers = Array.from({ length: Number(values.workers) }, () =>
    fork(import.meta.filename, [], { env: { ...process.env, TANDEM_SIMULATION_WORKER: "1" } }),
  );
  await Promise.all(workers.map((child) => drive(child, progress, sum)));
  const isHurried = values.hurried;
  const shown = report(sum, { from, isHurried, seconds: (Date.now() - startMs) / 1_000 });
  for (const line of shown.lines) console.log(line);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify(shown.numbers, null, 2)}\n`);
  }
  const fresh = sum.failures.filter((failure) => !isOpen(failure));
  const failing = new Set(sum.failures.map(({ seed }) => seed));
  const known = isHurried ? [] : openSeedsIn(from, progress.next - 1);
  const held = known.filter((seed) => !failing.has(seed));
  if (held.length > 0) {
    console.log(`hold by now    ${held.join(", ")}: take them off test/simulation/open.json`);
  }
  const told = values["no-shrink"] ? [] : fresh.slice(0, shrunkMax);
  for (const failure of told) await tellSmall(failure);
  for (const { seed } of fresh.toSorted((one, two) => one.seed - two.seed).slice(0, 10)) {
    console.log(`replay with: npm run simulate -- --seed ${seed}${isHurried ? " --hurried" : ""}`);
  }
  return shown.isGood ? 0 : 1;
}

// Connections of killed processes leave timers behind, which nobody waits for.
process.exit(await main());
