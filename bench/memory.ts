// What a sync that finds nothing to do needs in memory, as the tables grow. A page of rows is dropped
// as soon as it is compared: what grows is the index of links (ids and hashes), not what was read. Both
// services run here and the sync in a child, so that its figures are its own.
//   npm run bench:memory [-- ROWS…]
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { z } from "zod";

import { openLocalPair, type LocalPair } from "./parts/local-pair.ts";
import { mebibytes, printFigures, type Figure } from "./parts/table.ts";

const asked = process.argv.slice(2).map(Number);
const sizes = asked.length > 0 ? asked : [1_000, 5_000, 20_000];
const child = fileURLToPath(new URL("parts/quiet-sync.ts", import.meta.url));

const report = z.object({
  unchanged: z.number(),
  writes: z.number(),
  pages: z.number(),
  heaps: z.array(z.object({ stage: z.string(), pages: z.number(), bytes: z.number() })),
  rssBytesMax: z.number(),
});

async function quietSync({ configFile, environment }: LocalPair): Promise<z.infer<typeof report>> {
  const started = spawn(process.execPath, ["--expose-gc", child, configFile], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  for await (const part of started.stdout) output += String(part);
  return report.parse(JSON.parse(output));
}

interface Measured {
  readonly rowCount: number;
  readonly pages: number;
  /** Live heap, in bytes, after a collection. */
  readonly start: number;
  readonly first: number;
  readonly last: number;
  readonly peak: number;
  readonly rssBytesMax: number;
}

async function measure(rowCount: number): Promise<Measured> {
  const pair = await openLocalPair({ specCount: rowCount, isLimited: false });
  try {
    await pair.sync();
    pair.ops.clock.advance(600_000);
    const found = await quietSync(pair);
    if (found.unchanged !== rowCount || found.writes > 0) throw new Error("the sync was not quiet");
    const start = found.heaps.find((heap) => heap.stage === "start")?.bytes ?? 0;
    const scans = found.heaps.filter((heap) => heap.stage === "scan").map((heap) => heap.bytes);
    const { pages, rssBytesMax } = found;
    const peak = Math.max(...found.heaps.map((heap) => heap.bytes));
    return {
      rowCount,
      pages,
      start,
      first: scans.at(0) ?? 0,
      last: scans.at(-1) ?? 0,
      peak,
      rssBytesMax,
    };
  } finally {
    await pair.close();
  }
}

const all: Measured[] = [];
for (const rowCount of sizes) all.push(await measure(rowCount));
const figures = all.map((one, index): Figure => {
  const before = all[index - 1];
  const more =
    before === undefined ? null : (one.peak - before.peak) / (one.rowCount - before.rowCount);
  return [
    String(one.rowCount),
    String(one.pages),
    mebibytes(one.start),
    mebibytes(one.first),
    mebibytes(one.last),
    mebibytes(one.peak),
    more === null ? "" : `${more.toFixed(0)} B`,
    mebibytes(one.rssBytesMax),
  ];
});
const header: Figure = [
  "rows",
  "calls",
  "start",
  "first pages",
  "last pages",
  "peak",
  "each row more",
  "RSS peak",
];
printFigures("Memory of a quiet sync: live heap, and the most the process held", header, figures);
