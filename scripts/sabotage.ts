// `npm run sabotage`: puts every sabotage of test/sabotage/table.ts in, one at a time, and says which
// test noticed it; for some also how many simulated histories it takes. Exit code 1 when one survived
// that is not marked as redundant.
//   --only NAME,NAME   these alone      --json FILE   the table for the docs
//   --no-simulation    the suite alone      --only-simulation   the other way round
//   --seeds N          at most so many histories each, whatever the table allows (default 5,000)
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
  /** The first history in which the simulation noticed; null when it did not, or was not asked. */
  readonly seed: number | null;
  /** The property it broke there. */
  readonly property: string | null;
  readonly seedsMax: number | null;
  readonly redundant: string | null;
}

const folder = mkdtempSync(join(tmpdir(), "tandem-sabotage-"));

function run(name: string, command: readonly string[]): void {
  const env = { ...process.env, TANDEM_SABOTAGE: name };
  spawnSync(process.execPath, command, { stdio: "ignore", env });
}

/** The first failed test of a part of the suite, or null. Throws when the sabotage loads nowhere. */
function failedTest(sabotage: Sabotage, part: readonly string[]): string | null {
  const file = join(folder, "report.json");
  rmSync(file, { force: true });
  const config = ["--config", "vitest.sabotage.config.ts", "--bail", "1"];
  const report = ["--reporter", "json", "--outputFile", file];
  run(sabotage.name, ["node_modules/vitest/vitest.mjs", "run", ...config, ...report, ...part]);
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

const simulatedSchema = z.object({
  failures: z.array(
    z.object({ seed: z.number(), findings: z.array(z.object({ property: z.string() })) }),
  ),
});

interface Noticed {
  readonly seed: number;
  readonly property: string | null;
}

/** Histories that broke a property, oldest seed first. */
function brokenHistories(sabotage: Sabotage | null, more: readonly string[]): readonly Noticed[] {
  const file = join(folder, "simulation.json");
  rmSync(file, { force: true });
  const command = ["--import", "./test/sabotage/preload.ts", "scripts/simulate.ts"];
  run(sabotage?.name ?? "", [...command, ...more, "--json", file]);
  if (!existsSync(file)) throw new Error(`${sabotage?.name ?? "As it is"}: the simulation failed.`);
  const { failures } = simulatedSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return failures
    .map(({ seed, findings }) => ({ seed, property: findings[0]?.property ?? null }))
    .toSorted((one, two) => one.seed - two.seed);
}

let alreadyBroken: { readonly seeds: number; readonly broken: ReadonlySet<number> } | null = null;

/** Histories that are broken without any sabotage: they notice nothing. */
function brokenAsItIs(seeds: number): ReadonlySet<number> {
  if (alreadyBroken === null || alreadyBroken.seeds < seeds) {
    const broken = brokenHistories(null, ["--seeds", String(seeds)]);
    alreadyBroken = { seeds, broken: new Set(broken.map(({ seed }) => seed)) };
  }
  return alreadyBroken.broken;
}

/** The first history that broke a property, and which; null when none of them did. */
function inSimulation(sabotage: Sabotage, seeds: number): Noticed | null {
  const known = brokenAsItIs(seeds);
  let from = 1;
  while (from <= seeds) {
    const count = String(seeds - from + 1);
    const asked = ["--from", String(from), "--seeds", count, "--stop-at-first"];
    const broken = brokenHistories(sabotage, asked);
    const found = broken.find(({ seed }) => !known.has(seed));
    if (found !== undefined) return found;
    const last = broken.at(-1);
    if (last === undefined) return null;
    from = last.seed + 1;
  }
  return null;
}

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    json: { type: "string" },
    "no-simulation": { type: "boolean", default: false },
    "only-simulation": { type: "boolean", default: false },
    seeds: { type: "string", default: "5000" },
  },
});
const names = values.only?.split(",") ?? null;
const verdicts: Verdict[] = [];
for (const sabotage of sabotages) {
  const { name, file, why, seedsMax: allowed, redundant } = sabotage;
  if (names !== null && !names.includes(name)) continue;
  const seedsMax = values["no-simulation"] ? null : Math.min(allowed ?? 0, Number(values.seeds));
  if (values["only-simulation"] && allowed === undefined) continue;
  const killedBy = values["only-simulation"] ? null : inSuite(sabotage);
  const noticed = seedsMax === null || seedsMax === 0 ? null : inSimulation(sabotage, seedsMax);
  verdicts.push({
    name,
    file,
    why,
    killedBy,
    seed: noticed?.seed ?? null,
    property: noticed?.property ?? null,
    seedsMax: seedsMax === 0 ? null : seedsMax,
    redundant: redundant ?? null,
  });
  const told = killedBy ?? (redundant === undefined ? "SURVIVED" : "redundant");
  const found = noticed === null ? "none" : `${noticed.seed}, ${noticed.property ?? ""}`;
  const history =
    seedsMax === null || seedsMax === 0 ? "" : ` (of ${seedsMax} histories: ${found})`;
  console.log(`${name.padEnd(44)} ${values["only-simulation"] ? "" : told}${history}`);
}
rmSync(folder, { recursive: true });
const survivors = verdicts.filter(
  ({ killedBy, redundant, seed }) =>
    redundant === null && (values["only-simulation"] ? seed : killedBy) === null,
);
console.log(`\n${verdicts.length} sabotages, ${survivors.length} survived.`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(verdicts, null, 2)}\n`);
process.exitCode = survivors.length === 0 ? 0 : 1;
