// Plays one history: the world is made, people and faults and runs take their turns, everything comes
// to rest, and the oracle says what it found. The same seed gives the same history, call by call.
import { drawScript } from "./draw.ts";
import { comparePreview, loseStore, pictureOf } from "./endings.ts";
import { judgeLog } from "./log.ts";
import { makeMemoryDisk, type MemoryDisk } from "./memory-store.ts";
import { begin, judgeQuiet, playRound, rest, run, settle, type History } from "./play.ts";
import { judgeRest } from "./rest.ts";
import type { Script, TwinKind } from "./script.ts";
import { playSequel } from "./sequel.ts";
import { makeTally, type Tally } from "./tally.ts";
import { calm, varied } from "./twins.ts";
import { makeWorld, poisonTitle, type Finding } from "./world.ts";
import { perform } from "./people.ts";
import { judgePutBack } from "./undone.ts";
import { partnersOf, valueOf, type GhostRow } from "./ghost.ts";

export interface HistoryOptions {
  /** Plays this instead of what the seed draws. */
  readonly script?: Script;
  /** Adds to these numbers. */
  readonly tally?: Tally;
  /** Keeps the story, in plain words. Default false. */
  readonly isTold?: boolean;
}

export interface HistoryResult {
  readonly seed: number;
  /** Empty: every property held. */
  readonly findings: readonly Finding[];
  readonly story: readonly string[];
  readonly calls: number;
}

let disk: MemoryDisk | null = null;

/** A fresh disk; the database behind it is made once a process. */
async function blankDisk(): Promise<MemoryDisk> {
  disk ??= await makeMemoryDisk();
  disk.erase();
  return disk;
}

async function open(script: Script, options: HistoryOptions): Promise<History> {
  const tally = options.tally ?? makeTally();
  const isTold = options.isTold ?? false;
  const world = makeWorld({ script, disk: await blankDisk(), tally, isTold });
  const history = begin(world, script);
  settle(history);
  return history;
}

export async function runHistory(
  seed: number,
  options: HistoryOptions = {},
): Promise<HistoryResult> {
  const script = options.script ?? drawScript(seed);
  const { ending } = script;
  const history = await open(script, options);
  const { world } = history;
  world.tally.add("total", "histories");
  for (const round of script.rounds) await playRound(history, round);
  const isAtRest = await comeToRest(history, script.setting.answers);
  if (isAtRest && script.sequel !== null) {
    await playSequel(history, script.sequel);
    await comeToRest(history, script.sequel.answers);
  }
  if (isAtRest) {
    if (ending === "fresh-store") await endWithoutStore(history);
    if (ending === "preview") await endWithPreview(history);
  }
  const findings = [...world.findings];
  const story = [...(world.story ?? [])];
  if (typeof ending === "object") {
    const twins = await playTwins(script, ending.twin, options);
    findings.push(...twins.findings);
    story.push(...twins.story);
  }
  for (const finding of findings) world.tally.add("violation", finding.property);
  return { seed, findings, story, calls: history.calls };
}

/** Runs until everything rests, and judges what is there then. */
async function comeToRest(history: History, hasAnswers: boolean): Promise<boolean> {
  const { world } = history;
  const last = await rest(history, { hasAnswers });
  if (last === null) return false;
  const store = world.disk.open(() => world.ourNowMs());
  await judgeRest(world, { last, store });
  await judgeLog(world, store);
  judgePutBack(world);
  await judgeQuiet(history);
  return true;
}

async function endWithoutStore(history: History): Promise<void> {
  await loseStore(history, async () => (await rest(history, { hasAnswers: false })) !== null);
}

async function endWithPreview(history: History): Promise<void> {
  await comparePreview(history, async () => {
    const { end } = await run(history, { disturbances: [] });
    return end.kind === "run" && end.run.status !== "halted" ? history.firstPlan : null;
  });
}

const twinProperties: Readonly<Record<TwinKind, string>> = {
  pages: "P20",
  names: "P21",
  cut: "P23",
  poison: "P19",
};

/** Runs after each round, so that both twins have carried everything over before people go on. */
const runsPerRound = 3;

async function playCalmly(script: Script, options: HistoryOptions): Promise<History> {
  const history = await open(script, options);
  const { world, machine } = history;
  for (const round of script.rounds) {
    for (const act of round.acts) {
      world.pass(round.pauseMs / (round.acts.length + 1));
      perform(world, machine.lens, act);
    }
    for (let count = 0; count < runsPerRound; count += 1) {
      world.pass(300_000);
      await run(history, { disturbances: count === 0 ? round.disturbances : [] });
    }
  }
  return history;
}

/** Plays a calm history twice, with one difference that must not matter. */
async function playTwins(
  script: Script,
  kind: TwinKind,
  options: HistoryOptions,
): Promise<Pick<HistoryResult, "findings" | "story">> {
  const first = calm(script, kind);
  const one = await playCalmly(first, options);
  const isShown = ({ world }: History, row: GhostRow): boolean =>
    [row, ...partnersOf(world.ghost, row)].every((one) => valueOf(one, "title") !== poisonTitle);
  const before = pictureOf(one, (row) => isShown(one, row));
  const two = await playCalmly(varied(first, kind), options);
  const after = pictureOf(two, (row) => isShown(two, row));
  const property = twinProperties[kind];
  two.world.tally.add("tested", property);
  const findings = [...one.world.findings, ...two.world.findings];
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    const message = `the twins (${kind}) end differently: ${difference(before, after)}`;
    findings.push({ property, message, atMs: 0 });
  }
  const story = [
    "== one twin",
    ...(one.world.story ?? []),
    "== the other",
    ...(two.world.story ?? []),
  ];
  return { findings, story };
}

function difference(before: readonly string[], after: readonly string[]): string {
  const lost = before.filter((line) => !after.includes(line));
  const won = after.filter((line) => !before.includes(line));
  return `${lost.join("; ") || "nothing"} against ${won.join("; ") || "nothing"}`;
}
