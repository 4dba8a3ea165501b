// `npm run sabotage`: puts every sabotage of test/sabotage/table.ts in, one at a time, and says which
// test noticed it; for some also how many simulated histories it takes. Exit code 1 when one survived
// that is not marked as redundant.
//   --only NAME,NAME   these alone      --json FILE   the table for the docs
//   --no-simulation    the suite alone
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import type { Sabotage } from "../test/sabotage/sabotage.ts";
import { sabotages } from "../test/sabotage/table.ts";

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

interface Verdict {
  readonly name: string;
  readonly file: string;
  readonly why: string;
  /** Title of the first test that failed; null for a survivor. */
  readonly killedBy: string | null;
  /** Histories until the simulation noticed; null when it did not, or was not asked. */
  readonly seed: number | null;
  readonly seedsMax: number | null;
  readonly redundant: string | null;
}

const folder = mkdtempSync(join(tmpdir(), "tandem-sabotage-"));

function run(sabotage: Sabotage, command: readonly string[]): void {
  spawnSync(process.execPath, command, {
    stdio: "ignore",
    env: { ...process.env, TANDEM_SABOTAGE: sabotage.name },
  });
}

/** The first failed test of a part of the suite, or null. Throws when the sabotage loads nowhere. */
function failedTest(sabotage: Sabotage, part: readonly string[]): string | null {
  const file = join(folder, "report.json");
  rmSync(file, { force: true });
  const config = ["--config", "vitest.sabotage.config.ts", "--bail", "1"];
  const report = ["--reporter", "json", "--outputFile", file];
  run(sabotage, ["node_modules/vitest/vitest.mjs", "run", ...config, ...report, ...part]);
  if (!existsSync(file)) throw new Error(`${sabotage.name}: the suite did not run.`);
  const { testResults } = reportSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const failed = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.flatMap((entry) =>
      entry.status === "failed"
        ? [`${name.slice(process.cwd().length + 1)}: ${entry.fullName}`]
        : [],
    ),
  );
  // A suite that does not even load proves a slip in the sabotage, not that a test would notice it.
  const isBroken = failed.length === 0 && testResults.some(({ status }) => status === "failed");
  if (isBroken) throw new Error(`${sabotage.name}: the sources do not load with it.`);
  return failed[0] ?? null;
}

/** Cheapest first. The house's own checks read the sources from disk, and so see nothing. */
const parts: readonly (readonly string[])[] = ["unit", "contract", "recorded", "e2e"].map(
  (project) => ["--project", project],
);

function inSuite(sabotage: Sabotage): string | null {
  for (const part of [[sabotage.caughtBy], ...parts]) {
    const found = failedTest(sabotage, part);
    if (found !== null) return found;
  }
  return null;
}

function inSimulation(sabotage: Sabotage): number | null {
  const file = join(folder, "simulation.json");
  rmSync(file, { force: true });
  const command = ["--import", "./test/sabotage/preload.ts", "scripts/simulate.ts"];
  run(sabotage, [
    ...command,
    "--seeds",
    String(sabotage.seedsMax),
    "--stop-at-first",
    "--json",
    file,
  ]);
  if (!existsSync(file)) return null;
  const found = z
    .object({ firstFailure: z.object({ seed: z.number() }).nullable() })
    .safeParse(JSON.parse(readFileSync(file, "utf8")));
  return found.data?.firstFailure?.seed ?? null;
}

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    json: { type: "string" },
    "no-simulation": { type: "boolean", default: false },
  },
});
const names = values.only?.split(",") ?? null;
const verdicts: Verdict[] = [];
for (const sabotage of sabotages) {
  if (names !== null && !names.includes(sabotage.name)) continue;
  const killedBy = inSuite(sabotage);
  const isSimulated = sabotage.seedsMax !== undefined && !values["no-simulation"];
  const seed = isSimulated ? inSimulation(sabotage) : null;
  const { name, file, why } = sabotage;
  const seedsMax = isSimulated ? (sabotage.seedsMax ?? null) : null;
  verdicts.push({
    name,
    file,
    why,
    killedBy,
    seed,
    seedsMax,
    redundant: sabotage.redundant ?? null,
  });
  const told = killedBy ?? (sabotage.redundant === undefined ? "SURVIVED" : "redundant");
  const history = seedsMax === null ? "" : ` (history ${seed ?? `none of ${seedsMax}`})`;
  console.log(`${name.padEnd(44)} ${told}${history}`);
}
rmSync(folder, { recursive: true });
const survivors = verdicts.filter(
  ({ killedBy, redundant }) => killedBy === null && redundant === null,
);
console.log(`\n${verdicts.length} sabotages, ${survivors.length} survived.`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(verdicts, null, 2)}\n`);
process.exitCode = survivors.length === 0 ? 0 : 1;
