// Makes a failing history small: takes things out as long as the same property still fails. Whole runs
// go first, then people's acts, then faults, then rows, then columns.
import { runHistory } from "./history.ts";
import type { Disturbance, Round, Script } from "./script.ts";

/** Histories one shrinking may play. */
const triesMax = 400;

interface Search {
  readonly property: string;
  best: Script;
  tries: number;
}

async function isStillBad(script: Script, search: Search): Promise<boolean> {
  search.tries += 1;
  try {
    const { findings } = await runHistory(script.seed, { script });
    return findings.some((finding) => finding.property === search.property);
  } catch {
    return false;
  }
}

async function keepIfBad(script: Script, search: Search): Promise<boolean> {
  if (search.tries >= triesMax || !(await isStillBad(script, search))) return false;
  search.best = script;
  return true;
}

function without<T>(list: readonly T[], at: number): readonly T[] {
  return list.filter((_, index) => index !== at);
}

/** Tries to take out each of a list, last first. */
async function thin<T>(
  search: Search,
  read: (script: Script) => readonly T[],
  write: (script: Script, list: readonly T[]) => Script,
): Promise<void> {
  for (let at = read(search.best).length - 1; at >= 0; at -= 1) {
    await keepIfBad(write(search.best, without(read(search.best), at)), search);
  }
}

/** The rounds of a history, or of what follows it. */
type Part = "history" | "sequel";

function roundsOf(script: Script, part: Part): readonly Round[] {
  return part === "history" ? script.rounds : (script.sequel?.rounds ?? []);
}

function withRounds(script: Script, part: Part, rounds: readonly Round[]): Script {
  if (part === "history") return { ...script, rounds };
  return script.sequel === null ? script : { ...script, sequel: { ...script.sequel, rounds } };
}

async function thinRounds(search: Search, part: Part): Promise<void> {
  const isAct = (entry: Disturbance): boolean => entry.kind === "act";
  const withRound = (script: Script, at: number, change: Partial<Round>): Script => {
    const rounds = roundsOf(script, part).map((round, index) =>
      index === at ? { ...round, ...change } : round,
    );
    return withRounds(script, part, rounds);
  };
  await thin(
    search,
    (script) => roundsOf(script, part),
    (script, rounds) => withRounds(script, part, rounds),
  );
  for (const isWanted of [isAct, (entry: Disturbance) => !isAct(entry)]) {
    for (let at = roundsOf(search.best, part).length - 1; at >= 0; at -= 1) {
      const others = (script: Script): readonly Disturbance[] =>
        (roundsOf(script, part)[at]?.disturbances ?? []).filter((entry) => !isWanted(entry));
      const mine = (script: Script): readonly Disturbance[] =>
        (roundsOf(script, part)[at]?.disturbances ?? []).filter(isWanted);
      const write = (script: Script, list: readonly Disturbance[]): Script =>
        withRound(script, at, { disturbances: [...others(script), ...list] });
      if (!(await keepIfBad(write(search.best, []), search))) await thin(search, mine, write);
      if (isWanted !== isAct) continue;
      await thin(
        search,
        (script) => roundsOf(script, part)[at]?.acts ?? [],
        (script, acts) => withRound(script, at, { acts }),
      );
    }
  }
}

async function thinTables(search: Search): Promise<void> {
  for (const name of ["left", "right", "both", "twins"] as const) {
    while (search.best.setting.rows[name] > 0) {
      const { setting } = search.best;
      const rows = { ...setting.rows, [name]: setting.rows[name] - 1 };
      if (!(await keepIfBad({ ...search.best, setting: { ...setting, rows } }, search))) break;
    }
  }
  await thin(
    search,
    (script) => script.setting.fields.slice(1),
    (script, rest) => {
      const [title] = script.setting.fields;
      const fields = title === undefined ? rest : [title, ...rest];
      return { ...script, setting: { ...script.setting, fields } };
    },
  );
}

/** The smallest history found in which `property` fails like in the given one. */
export async function shrink(script: Script, property: string): Promise<Script> {
  const search: Search = { property, best: script, tries: 0 };
  await keepIfBad({ ...script, sequel: null }, search);
  await thinRounds(search, "history");
  await thinRounds(search, "sequel");
  await thinTables(search);
  return search.best;
}
