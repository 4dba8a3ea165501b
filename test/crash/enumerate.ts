// The enumeration: a scenario is done once undisturbed, its steps are counted, and then it is done
// again for each step and each position, with exactly one kill. What follows the kill is what follows
// in life: time passes, the schedule goes on, the person does again what was cut off. The end must be
// the undisturbed one, nothing doubled and nothing lost, and the audit log must tell how it came about.
import { expect } from "vitest";
import { must } from "../../src/core/assert.ts";
import type { Entry } from "../../src/core/entry.ts";
import { verifyHistory } from "../../src/history/verify.ts";
import { historyNames, makeBench, type Bench } from "./bench.ts";
import { killsOf, type Kill, type Step } from "./life.ts";
import { brokenLinks, memoryOf, pictureOf, type Picture } from "./picture.ts";
import { replay, startOf, type Start } from "./replay.ts";
import type { Play, Scenario } from "./scenario.ts";
import { count, isWhole } from "./tally.ts";

/** Minutes between two runs: more than the settling time. */
const pauseMinutes = 3;
/** Spec P2, after the one that resolves what the kill left. */
const roundsMax = 4;

export interface Scene {
  readonly scenario: Scenario;
  readonly bench: Bench;
  readonly play: Play;
  readonly restart: () => Promise<void>;
  readonly start: Start;
  /** Log entries that are older than the scene. */
  readonly entriesBefore: number;
}

/** How an undisturbed life ended. */
export interface Undisturbed {
  readonly steps: readonly Step[];
  readonly picture: Picture;
}

export async function setScene(scenario: Scenario): Promise<Scene> {
  const bench = await makeBench(scenario.world ?? {});
  const rest = (): Promise<unknown> => bench.sync();
  const play: Play = { act: rest, rest, ...(await scenario.set(bench)) };
  const restart = await bench.keep();
  const entriesBefore = (await bench.store().loadEntries({})).length;
  return { scenario, bench, play, restart, start: await startOf(bench), entriesBefore };
}

async function entriesOf({ bench, entriesBefore }: Scene): Promise<readonly Entry[]> {
  return (await bench.store().loadEntries({})).slice(entriesBefore);
}

export async function undisturbed(scene: Scene): Promise<Undisturbed> {
  await scene.restart();
  const { steps } = await scene.bench.live(scene.play.act, null);
  const where = `${scene.scenario.name}, undisturbed`;
  await comeToRest(scene, where);
  return { steps, picture: await judge(scene, where) };
}

const everyInSuite = 3;

/** One kill at every step; outside of the whole enumeration at some of them, beginning anywhere. */
export async function killEverywhere(scenario: Scenario): Promise<void> {
  const scene = await setScene(scenario);
  try {
    const wanted = await undisturbed(scene);
    const kills = killsOf(wanted.steps);
    expect(kills.length).toBeGreaterThan(30);
    for (const kill of some(kills, { every: everyInSuite, from: scenario.name.length })) {
      await killOnce(scene, wanted, kill);
    }
  } finally {
    await scene.bench.close();
  }
}

/** The kills of this run of the tests. */
export function some<T>(
  kills: readonly T[],
  part: { readonly every: number; readonly from: number },
): readonly T[] {
  if (isWhole) return kills;
  return kills.filter((_kill, at) => at % part.every === part.from % part.every);
}

async function killOnce(scene: Scene, wanted: Undisturbed, kill: Kill): Promise<void> {
  const { op } = must(wanted.steps[kill.step - 1], "a step to be killed at");
  const where = `${scene.scenario.name}, killed at step ${kill.step} (${op}), ${kill.position}`;
  await scene.restart();
  const lived = await scene.bench.live(scene.play.act, kill);
  expect({ where, isDead: lived.isDead }).toEqual({ where, isDead: true });
  count(op, kill.position);
  await afterwards(scene, where);
  compare(where, { scene, wanted, is: await judge(scene, where) });
}

/** A second kill, in the run that recovers from the first. */
export async function killTwice(
  scene: Scene,
  wanted: Undisturbed,
  kills: { readonly first: Kill; readonly second: Kill },
): Promise<void> {
  const { bench, play, scenario } = scene;
  const { first, second } = kills;
  await scene.restart();
  await bench.live(play.act, first);
  bench.wait(pauseMinutes);
  const lived = await bench.live(play.rest, second);
  const op = must(lived.steps[second.step - 1], "a step to be killed at").op;
  const where = `${scenario.name}, killed at ${first.step}, ${first.position}, and then at ${second.step} (${op}), ${second.position}`;
  expect({ where, isDead: lived.isDead }).toEqual({ where, isDead: true });
  count(`recovery: ${op}`, second.position);
  await afterwards(scene, where);
  compare(where, { scene, wanted, is: await judge(scene, where) });
}

/** What the run after a kill does. */
export async function recoverySteps(scene: Scene, first: Kill): Promise<readonly Step[]> {
  const { bench, play } = scene;
  await scene.restart();
  await bench.live(play.act, first);
  bench.wait(pauseMinutes);
  return (await bench.live(play.rest, null)).steps;
}

function compare(
  where: string,
  at: { readonly scene: Scene; readonly wanted: Undisturbed; readonly is: Picture },
): void {
  const { losers, ...rest } = at.is;
  const { losers: told, ...wanted } = at.wanted.picture;
  expect({ where, ...rest }).toEqual({ where, ...wanted });
  // A merge that was cut in two is told twice: its second half sees the first as an edit.
  const extra = at.scene.scenario.isToldInHalves === true ? losers : [];
  expect({ where, losers }).toEqual({
    where,
    losers: [...new Set([...told, ...extra])].toSorted(),
  });
}

/** The schedule comes first; then the person does again what was cut off. */
async function afterwards(scene: Scene, where: string): Promise<void> {
  const { bench, play, scenario } = scene;
  if (scenario.isRedoneFirst !== true) {
    bench.wait(pauseMinutes);
    await bench.live(play.rest, null);
  }
  bench.wait(pauseMinutes);
  await bench.live(play.act, null);
  await comeToRest(scene, where);
}

async function comeToRest(scene: Scene, where: string): Promise<void> {
  await quiet(scene, where);
  const { answer } = scene.scenario;
  if (answer === undefined || (await answer(scene.bench)) === 0) return;
  await quiet(scene, where);
}

async function quiet({ bench, play, scenario }: Scene, where: string): Promise<void> {
  for (let round = 1; round <= roundsMax; round += 1) {
    bench.wait(pauseMinutes);
    const before = bench.writes();
    await bench.live(play.rest, null);
    if (bench.writes() === before) return;
  }
  if (scenario.isTriedForEver !== true) expect({ where, isAtRest: false }).toBe("at rest");
}

/** Looks at the end, lets one more run go by, and gives the picture back. */
async function judge(scene: Scene, where: string): Promise<Picture> {
  const { bench, play, scenario } = scene;
  const [writes, memory] = [bench.writes(), await memoryOf(bench)];
  bench.wait(pauseMinutes);
  await bench.live(play.rest, null);
  const [last] = await bench.store().loadRuns(null, 1);
  const { status, error } = must(last, "a last run");
  expect({ where, status, error }).toEqual({
    where,
    status: scenario.status ?? "ok",
    error: null,
  });
  if (scenario.isTriedForEver !== true) {
    expect({ where, writes: bench.writes() }).toEqual({ where, writes });
    expect({ where, memory: await memoryOf(bench) }).toEqual({ where, memory });
  }
  const entries = await entriesOf(scene);
  expect({ where, bad: replay(bench, scene.start, entries) }).toEqual({ where, bad: [] });
  expect({ where, bad: await brokenLinks(bench) }).toEqual({ where, bad: [] });
  const log = await verifyHistory({
    path: bench.historyPath(),
    names: historyNames,
    newest: await bench.store().loadDrained(),
  });
  const lines = scene.entriesBefore + entries.length;
  expect({ where, lines: log.lineCount, bad: log.findings }).toEqual({ where, lines, bad: [] });
  return pictureOf(bench, entries);
}
