// The numbers of docs/correctness.md, taken from the files that the long tests leave: what was tried, what
// failed, and when. A file that is not there is told as not measured; nothing is typed by hand.
import { z } from "zod";

export interface Source {
  /** The file's content; null when it is not there. */
  readonly content: unknown;
  /** The day it was written, `YYYY-MM-DD`, and the commit of then. */
  readonly day: string;
  readonly commit: string;
}

export interface Sources {
  readonly simulation: Source;
  readonly sabotage: Source;
  readonly mutation: Source;
  /** Kills by `operation<tab>position`, the parts of all its files together. */
  readonly crash: Source;
}

interface Line {
  readonly what: string;
  readonly result: string;
}

const counts = z.record(z.string(), z.number());
const simulation = z.looseObject({
  from: z.number(),
  histories: z.number(),
  failures: z.array(z.unknown()),
  calls: z.number(),
  crashes: z.number(),
  engineWrites: z.number(),
  humanEdits: z.number(),
  rules: counts,
  relation: counts,
  windows: counts,
  runsToRest: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
});
const sabotage = z.array(
  z.looseObject({
    name: z.string(),
    killedBy: z.string().nullable(),
    seed: z.number().nullable(),
    seedsMax: z.number().nullable(),
    redundant: z.string().nullable(),
  }),
);
const mutation = z.looseObject({
  files: z.record(
    z.string(),
    z.looseObject({ mutants: z.array(z.looseObject({ status: z.string() })) }),
  ),
});
const crash = z.array(z.tuple([z.string(), z.number()]));

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
const grouped = (amount: number): string => amount.toLocaleString("en-US");
const listed = (parts: Readonly<Record<string, number>>): string =>
  Object.entries(parts)
    .toSorted(([, one], [, two]) => two - one)
    .map(([name, amount]) => `${name} ${grouped(amount)}`)
    .join(", ");

function simulationLines(content: unknown): readonly Line[] | null {
  const found = simulation.safeParse(content);
  if (!found.success) return null;
  const { data } = found;
  const met = Object.values(data.rules).filter((amount) => amount > 0).length;
  const { p50, p99, max } = data.runsToRest;
  return [
    {
      what: "Simulated histories (T3)",
      result: `${grouped(data.histories)} from seed ${data.from}: **${grouped(data.failures.length)} with a violation**`,
    },
    {
      what: "in them",
      result: `${grouped(data.humanEdits)} acts of people, ${grouped(data.engineWrites)} writes of the engine, ${grouped(data.calls)} calls, ${grouped(data.crashes)} crashes`,
    },
    {
      what: "runs until nothing was left to do",
      result: `median ${p50}, 99 of 100 ${p99}, most ${max}`,
    },
    { what: "lines of the decision tables met", result: grouped(met) },
    { what: "order of two edits", result: listed(data.relation) || "none asked" },
    { what: "races that cannot be closed, counted", result: listed(data.windows) || "none" },
  ];
}

function crashLines(content: unknown): readonly Line[] | null {
  const found = crash.safeParse(content);
  if (!found.success || found.data.length === 0) return null;
  const byPosition: Record<string, number> = {};
  for (const [key, amount] of found.data) {
    const position = key.split("\t")[1] ?? "elsewhere";
    byPosition[position] = (byPosition[position] ?? 0) + amount;
  }
  const total = sum(found.data.map(([, amount]) => amount));
  return [{ what: "Kills enumerated (T4)", result: `${grouped(total)}: ${listed(byPosition)}` }];
}

function sabotageLines(content: unknown): readonly Line[] | null {
  const found = sabotage.safeParse(content);
  if (!found.success) return null;
  const { data } = found;
  const survivors = data.filter(
    ({ killedBy, redundant }) => killedBy === null && redundant === null,
  );
  const simulated = data.filter(({ seedsMax }) => seedsMax !== null);
  const seen = simulated.filter(({ seed }) => seed !== null).length;
  return [
    {
      what: "Sabotages (T6)",
      result: `${grouped(data.length)} put in, **${grouped(survivors.length)} survived**${survivors.length === 0 ? "" : ` (${survivors.map(({ name }) => name).join(", ")})`}`,
    },
    {
      what: "found by simulated histories alone",
      result:
        simulated.length === 0
          ? "not tried so: `npm run sabotage -- --only-simulation`"
          : `${grouped(seen)} of ${grouped(simulated.length)} tried so`,
    },
  ];
}

/** Killed and timed out against all that could have been. */
function scoreOf(files: readonly (readonly string[])[]): string {
  const statuses = files.flat();
  const count = (...wanted: readonly string[]): number =>
    statuses.filter((status) => wanted.includes(status)).length;
  const killed = count("Killed", "Timeout");
  const valid = killed + count("Survived", "NoCoverage");
  if (valid === 0) return "none";
  const where = files.length === 1 ? "1 file" : `${files.length} files`;
  return `${((100 * killed) / valid).toFixed(1)} % of ${grouped(valid)}, in ${where}`;
}

function mutationLines(content: unknown): readonly Line[] | null {
  const found = mutation.safeParse(content);
  if (!found.success) return null;
  const files = Object.entries(found.data.files);
  const statuses = (wanted: RegExp): readonly (readonly string[])[] =>
    files.flatMap(([file, { mutants }]) =>
      wanted.test(file) ? [mutants.map(({ status }) => status)] : [],
    );
  return [
    { what: "Mutants noticed (T6)", result: scoreOf(statuses(/./u)) },
    {
      what: "in the decision tables and guards",
      result: scoreOf(statuses(/\/(?:decide-cell|decide-row|guard)\.ts$/u)),
    },
  ];
}

const missing: Readonly<Record<keyof Sources, Line>> = {
  simulation: {
    what: "Simulated histories (T3)",
    result:
      "not measured: `npm run simulate -- --seeds 5000 --json node_modules/.cache/simulation.json`",
  },
  crash: { what: "Kills enumerated (T4)", result: "not measured: `npm run crash`" },
  sabotage: {
    what: "Sabotages (T6)",
    result: "not measured: `npm run sabotage -- --json node_modules/.cache/sabotage.json`",
  },
  mutation: { what: "Mutants noticed (T6)", result: "not measured: `npm run mutation`" },
};

const readers: Readonly<Record<keyof Sources, (content: unknown) => readonly Line[] | null>> = {
  simulation: simulationLines,
  crash: crashLines,
  sabotage: sabotageLines,
  mutation: mutationLines,
};

export const numbersStart = "<!-- numbers: written by `npm run numbers` -->";
export const numbersEnd = "<!-- end of numbers -->";

/** The table, from whatever was measured. */
export function numbersTable(sources: Sources): string {
  const lines = (["simulation", "crash", "sabotage", "mutation"] as const).flatMap((name) => {
    const source = sources[name];
    const found = source.content === null ? null : readers[name](source.content);
    if (found === null) return [`| ${missing[name].what} | ${missing[name].result} | | |`];
    return found.map(
      ({ what, result }) => `| ${what} | ${result} | ${source.day} | ${source.commit} |`,
    );
  });
  return ["| what | result | measured | at commit |", "|---|---|---|---|", ...lines].join("\n");
}

/** The page with a new table. Throws when its marks are gone. */
export function withNumbers(page: string, table: string): string {
  const [start, end] = [page.indexOf(numbersStart), page.indexOf(numbersEnd)];
  if (start === -1 || end < start) throw new Error("the page has no place for the numbers");
  return `${page.slice(0, start)}${numbersStart}\n\n${table}\n\n${page.slice(end)}`;
}
