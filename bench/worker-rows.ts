// What a worker's `replace` sync of many rows costs in calls and memory: the cycle that makes them, and
// one that finds them unchanged. The lowest possible is one call to make the database and one a row. The
// local Notion runs here and the program in a child, so that its figures are its own; the calls are
// counted in the service's log.
//   npm run bench:worker [-- ROWS…]
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { z } from "zod";

import { startNotionSandbox, type NotionSandbox } from "../src/sandbox/notion/sandbox.ts";
import { mebibytes, printFigures, type Figure } from "./parts/table.ts";

const asked = process.argv.slice(2).map(Number);
const sizes = asked.length > 0 ? asked : [1_000, 10_000];
const child = fileURLToPath(new URL("parts/worker-cycle.ts", import.meta.url));
const modules = fileURLToPath(new URL("../node_modules", import.meta.url));
const pageRows = 500;
/** Shares of the lowest possible, and of the first cycle's calls. */
const overheadMax = 0.02;
const againMax = 0.01;
/** A live heap that grows with the rows would be some hundred bytes a row and more. */
const growthBytesMax = 8 * 1024 * 1024;

const report = z.object({
  status: z.string(),
  counts: z.object({ created: z.number(), unchanged: z.number() }),
  executions: z.number(),
  notes: z.array(z.string()),
  heaps: z.array(z.object({ rows: z.number(), bytes: z.number() })),
  lines: z.array(z.string()),
  rssBytesMax: z.number(),
});

const source = (rowCount: number): string => `
import { Worker } from "@notionhq/workers";
import * as Builder from "@notionhq/workers/builder";
import * as Schema from "@notionhq/workers/schema";
const worker = new Worker();
export default worker;
const parts = worker.database("parts", {
  type: "managed",
  initialTitle: "Parts",
  primaryKeyProperty: "Number",
  schema: {
    properties: {
      Name: Schema.title(),
      Number: Schema.richText(),
      Price: Schema.number(),
      Shelf: Schema.select([{ name: "A" }, { name: "B" }]),
      Checked: Schema.date(),
      Sold: Schema.checkbox(),
    },
  },
});
worker.sync("partsSync", {
  database: parts,
  execute: async (state: { readonly at: number } | undefined) => {
    const at = state?.at ?? 0;
    const end = Math.min(at + ${pageRows}, ${rowCount});
    const changes = [];
    for (let row = at; row < end; row += 1) {
      const key = "part-" + row;
      changes.push({
        type: "upsert" as const,
        key,
        properties: {
          Name: Builder.title("Part " + row),
          Number: Builder.richText(key),
          Price: Builder.number(row / 4),
          Shelf: Builder.select(row % 2 === 0 ? "A" : "B"),
          Checked: Builder.date("2026-0" + ((row % 9) + 1) + "-15"),
          Sold: Builder.checkbox(row % 3 === 0),
        },
      });
    }
    return { changes, hasMore: end < ${rowCount}, nextState: { at: end } };
  },
});
`;

function writeWorker(directory: string, rowCount: number, notion: NotionSandbox): string {
  mkdirSync(join(directory, "parts/src"), { recursive: true });
  writeFileSync(join(directory, "parts/package.json"), '{ "type": "module" }\n');
  writeFileSync(join(directory, "parts/src/index.ts"), source(rowCount));
  symlinkSync(modules, join(directory, "node_modules"), "dir");
  const file = join(directory, "tandem.yaml");
  const lines = [
    "version: 1",
    `store: sqlite:${join(directory, "tandem.db")}`,
    `notion: { token: "${notion.token}", baseUrl: "${notion.url}" }`,
    `workers: { stock: { path: ${join(directory, "parts")}, parent: ${notion.admin.rootPageId} } }`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

interface Cycle extends z.infer<typeof report> {
  readonly reads: number;
  readonly writes: number;
}

async function cycle(file: string, notion: NotionSandbox): Promise<Cycle> {
  const before = notion.log.length;
  const started = spawn(process.execPath, ["--expose-gc", child, file, "stock/partsSync"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  for await (const part of started.stdout) output += String(part);
  const calls = notion.log.slice(before);
  const isRead = (call: (typeof calls)[number]): boolean =>
    call.method === "GET" || /\/(?:query|search)$/u.test(call.path);
  const reads = calls.filter(isRead).length;
  const found = report.parse(JSON.parse(output));
  if (found.status !== "ok") throw new Error(`the cycle ended with ${found.status}: ${output}`);
  return { ...found, reads, writes: calls.length - reads };
}

interface Measured {
  readonly rowCount: number;
  readonly first: Cycle;
  readonly again: Cycle;
}

async function measure(rowCount: number): Promise<Measured> {
  const notion = await startNotionSandbox({ rateLimit: null });
  const directory = mkdtempSync(join(tmpdir(), "tandem-bench-"));
  try {
    const file = writeWorker(directory, rowCount, notion);
    const first = await cycle(file, notion);
    const again = await cycle(file, notion);
    if (first.counts.created !== rowCount || again.counts.unchanged !== rowCount) {
      throw new Error("not all rows were made, or found unchanged");
    }
    return { rowCount, first, again };
  } finally {
    await notion.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const heapMax = ({ heaps }: Cycle): number => Math.max(...heaps.map(({ bytes }) => bytes));

function figuresOf({ rowCount, first, again }: Measured): readonly Figure[] {
  const rows: readonly (readonly [string, Cycle])[] = [
    ["made", first],
    ["unchanged", again],
  ];
  return rows.map(([what, one]) => [
    `${rowCount} rows ${what}`,
    String(one.reads),
    String(one.writes),
    mebibytes(one.heaps[0]?.bytes ?? 0),
    mebibytes(heapMax(one)),
    mebibytes(one.rssBytesMax),
    String(one.lines.length),
  ]);
}

function faultsOf({ rowCount, first, again }: Measured): readonly string[] {
  const lowest = rowCount + 1;
  const calls = first.reads + first.writes;
  const faults: string[] = [];
  if (calls > lowest * (1 + overheadMax)) faults.push(`${calls} calls to make ${rowCount} rows`);
  if (again.writes > 0) faults.push(`${again.writes} writes in an unchanged cycle`);
  if (again.reads > calls * againMax) faults.push(`${again.reads} reads in an unchanged cycle`);
  return faults;
}

const all: Measured[] = [];
for (const rowCount of sizes) all.push(await measure(rowCount));
const header: Figure = ["cycle", "reads", "writes", "heap", "heap peak", "RSS peak", "lines"];
printFigures("Calls and memory of a worker's sync", header, all.flatMap(figuresOf));
const [small] = all;
const large = all.at(-1);
const faults = all.flatMap(faultsOf);
if (small !== undefined && large !== undefined) {
  const growth = heapMax(large.first) - heapMax(small.first);
  if (growth > growthBytesMax) faults.push(`the heap grew by ${mebibytes(growth)}`);
  console.log(`\nThe last of its lines: ${large.first.lines.at(-1) ?? "none"}`);
}
for (const fault of faults) console.log(`Over the limit: ${fault}.`);
if (faults.length > 0) process.exitCode = 1;
