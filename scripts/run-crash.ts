// `npm run crash`: the whole crash enumeration, of which `npm test` makes a part: one kill at every call
// and every transaction of every scenario, two kills in some. Prints how many kills were made where;
// exit code 1 when one of them left anything else than an undisturbed run would have.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const folder = "node_modules/.cache/crash";
const runsFolder = "node_modules/.cache/crash-runs";
const report = "node_modules/.cache/crash.json";
const countsSchema = z.array(z.tuple([z.string(), z.number()]));

for (const old of [folder, runsFolder]) rmSync(old, { recursive: true, force: true });
rmSync(report, { force: true });
const reporters = `--reporter=default --reporter=json --outputFile.json=${report}`;
const { status } = spawnSync(`npx vitest run --project contract ${reporters} test/crash`, {
  shell: true,
  stdio: "inherit",
  env: { ...process.env, TANDEM_CRASH: "all" },
});

/** Kills by operation, and by position within it. */
const kills = new Map<string, Map<string, number>>();
for (const file of existsSync(folder) ? readdirSync(folder) : []) {
  const counts = countsSchema.parse(JSON.parse(readFileSync(join(folder, file), "utf8")));
  for (const [key, count] of counts) {
    const [op = "", position = ""] = key.split("\t");
    const row = kills.get(op) ?? new Map<string, number>();
    kills.set(op, row.set(position, (row.get(position) ?? 0) + count));
  }
}

let runs = 0;
for (const file of existsSync(runsFolder) ? readdirSync(runsFolder) : []) {
  runs += z.number().parse(JSON.parse(readFileSync(join(runsFolder, file), "utf8")));
}

const positions = [
  "before send",
  "after commit",
  "before journal",
  "before transaction",
  "after transaction",
];
const opWidth = Math.max(4, ...[...kills.keys()].map((op) => op.length));
const line = (op: string, cells: readonly (string | number)[]): string =>
  [op.padEnd(opWidth), ...cells.map((cell) => String(cell).padStart(18))].join("");
console.log(`\n${line("kills", positions)}`);
let total = 0;
for (const [op, row] of [...kills].toSorted(([one], [two]) => one.localeCompare(two))) {
  console.log(
    line(
      op,
      positions.map((position) => row.get(position) ?? "-"),
    ),
  );
  for (const count of row.values()) total += count;
}
console.log(`\n${total} kills, ${runs} runs of the engine`);
process.exitCode = status === 0 ? 0 : 1;
