// `npm run sabotage`: puts every sabotage of test/sabotage/table.ts in, one at a time, and says which
// test noticed it; for some also how many simulated histories it takes. Exit code 1 when one survived
// that is not marked as redundant.
//   --only NAME,NAME   these alone      --json FILE   the table for the docs
//   --no-simulation    the suite alone      --only-simulation   the other way round
//   --seeds N          at most so many histories each (default 1,000); what may need more is not played
//   --workers N        processes that play histories (default 2)
//   --jobs N           sabotages that the suite runs with at the same time (default 2)
import { spawn } from "node:child_process";
import { once } from "node:events";
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
  readonly isHurried: boolean;
  /** Why no history shows it; null where one must, or nobody asked. */
  readonly unseen: string | null;
  readonly redundant: string | null;
}

const folder = mkdtempSync(join(tmpdir(), "tandem-sabotage-"));

async function run(name: string, command: readonly string[]): Promise<void> {
  const env = { ...process.env, TANDEM_SABOTAGE: name };
  await once(spawn(process.execPath, command, { stdio: "ignore", env }), "close");
}

/** The first failed test of a part of the suite, or null. Throws when the sabotage loads nowhere. */
async function failedTest(sabotage: Sabotage, part: readonly string[]): Promise<string | null> {
  const file = join(folder, `${sabotage.name}.json`);
  rmSync(file, { force: true });
  const config = ["--config", "vitest.sabotage.config.ts", "--bail", "1"];
  const report = ["--reporter", "json", "--outputFile", file];
  await run(sabotage.name, [
    "node_modules/vitest/vitest.mjs",
    "run",
    ...config,
    ...report,
    ...part,
  ]);
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
const parts: readonly (readonly string[])[] = ["unit", "contract", "apart", "recorded", "e2e"].map(
  (project) => ["--project", project],
);

async function inSuite(sabotage: Sabotage): Promise<string | null> {
  for (const part of [[sabotage.caughtBy], ...parts]) {
    // Cheapest first, and mostly the first one notices.
    const found = await failedTest(sabotage, part);
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
function brokenHistories(sabotage: Sabotage, more: readonly string[]): Promise<readonly Noticed[]> {
  return played(sabotage.name, [...(sabotage.isHurried === true ? ["--hurried"] : []), ...more]);
}

async function played(name: string, more: readonly string[]): Promise<readonly Noticed[]> {
  const file = join(folder, "simulation.json");
  rmSync(file, { force: true });
  const command = ["--import", "./test/sabotage/preload.ts", "scripts/simulate.ts", "--no-shrink"];
  await run(name, [...command, "--workers", values.workers, ...more, "--json", file]);
  if (!existsSync(file)) throw new Error(`${name || "As it is"}: the simulation failed.`);
  const { failures } = simulatedSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return failures
    .map(({ seed, findings }) => ({ seed, property: findings[0]?.property ?? null }))
    .toSorted((one, two) => one.seed - two.seed);
}

/** A history that breaks the same property without the sabotage has noticed nothing. */
async function isNoticed({ seed, property }: Noticed, sabotage: Sabotage): Promise<boolean> {
  const world = sabotage.isHurried === true ? ["--hurried"] : [];
  const without = await played("", [...world, "--from", String(seed), "--seeds", "1"]);
  return without.every((entry) => entry.property !== property);
}

/** The first history that broke a property, and which; null when none of them did. */
async function inSimulation(sabotage: Sabotage, seeds: number): Promise<Noticed | null> {
  let from = 1;
  // Bound: each turn begins behind the history that ended the one before.
  while (from <= seeds) {
    const count = String(seeds - from + 1);
    const range = ["--from", String(from), "--seeds", count, "--stop-at-first"];
    // Where the next turn begins is known after this one.
    const broken = await brokenHistories(sabotage, range);
    for (const entry of broken) {
      // Mostly the first one has noticed.
      if (await isNoticed(entry, sabotage)) return entry;
    }
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
    seeds: { type: "string", default: "1000" },
    workers: { type: "string", default: "2" },
    jobs: { type: "string", default: "2" },
  },
});
const names = values.only?.split(",") ?? null;

const asked = sabotages.filter(
  ({ name, seedsMax }) =>
    (names === null || names.includes(name)) &&
    (!values["only-simulation"] || seedsMax !== undefined),
);

/** Some at a time, in the order of the table; each is awaited when its line is due. */
function startSuite(): ReadonlyMap<string, Promise<string | null>> {
  const due = asked.map((sabotage) => ({ sabotage, ...Promise.withResolvers<string | null>() }));
  const queue = due.values();
  const job = async (): Promise<void> => {
    for (const { sabotage, resolve, reject } of queue) {
      // One at a time is what a job is.
      await inSuite(sabotage).then(resolve, reject);
    }
  };
  for (let jobs = Number(values.jobs); jobs > 0; jobs -= 1) void job();
  return new Map(due.map(({ sabotage, promise }) => [sabotage.name, promise]));
}

const suite = values["only-simulation"] ? null : startSuite();

async function verdictOf(sabotage: Sabotage): Promise<Verdict> {
  const { name, file, why, isHurried, redundant } = sabotage;
  const isPlayed = !values["no-simulation"] && (sabotage.seedsMax ?? 0) <= Number(values.seeds);
  const seedsMax = isPlayed ? (sabotage.seedsMax ?? null) : null;
  const killedBy = (await suite?.get(name)) ?? null;
  const noticed = seedsMax === null ? null : await inSimulation(sabotage, seedsMax);
  return {
    name,
    file,
    why,
    killedBy,
    seed: noticed?.seed ?? null,
    property: noticed?.property ?? null,
    seedsMax,
    isHurried: isHurried ?? false,
    unseen: sabotage.unseen ?? null,
    redundant: redundant ?? null,
  };
}

/** Noticed by no test, or by no history where one has to. */
function hasSurvived({ killedBy, redundant, seed, seedsMax }: Verdict): boolean {
  const isUnseen = seedsMax !== null && seed === null;
  if (values["only-simulation"]) return isUnseen;
  return isUnseen || (killedBy === null && redundant === null);
}

/** One line of the table: who noticed, and in which history first. */
function told(verdict: Verdict): string {
  const { name, killedBy, redundant, seed, seedsMax, property, isHurried, unseen } = verdict;
  const world = isHurried ? "hurried " : "";
  const said: string[] = [];
  if (!values["only-simulation"]) {
    said.push(killedBy ?? (redundant === null ? "SURVIVED" : "redundant"));
  }
  if (seedsMax !== null) {
    said.push(
      seed === null
        ? `SURVIVED ${seedsMax} ${world}histories`
        : `${property ?? "noticed"} in ${world}history ${seed} of ${seedsMax}`,
    );
  }
  if (unseen !== null) said.push("no history can show it");
  if (said.length === 0) said.push("rarer than --seeds allows for, not played");
  return `${name.padEnd(44)} ${said.join("; ")}`;
}

const verdicts: Verdict[] = [];
for (const sabotage of asked) {
  // The table is told line by line.
  const verdict = await verdictOf(sabotage);
  verdicts.push(verdict);
  console.log(told(verdict));
}
rmSync(folder, { recursive: true });
const survivors = verdicts.filter(hasSurvived);
console.log(`\n${verdicts.length} sabotages, ${survivors.length} survived.`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(verdicts, null, 2)}\n`);
process.exitCode = survivors.length === 0 ? 0 : 1;
