// Kills at every HTTP request and every transaction, through the real clients and codecs: the scene is
// set anew for each; in the suite that always runs at some of them.
import { afterAll, expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import { verifyHistory } from "../../src/history/verify.ts";
import { historyNames } from "./bench.ts";
import { some } from "./enumerate.ts";
import { makeHttpBench, type HttpBench } from "./http-bench.ts";
import { httpPicture, idsOf, untold, type HttpPicture } from "./http-picture.ts";
import { httpScenarios, type HttpScenario } from "./http-scenarios.ts";
import { killsOf, type Kill, type Step } from "./life.ts";
import { count, leaveCounts } from "./tally.ts";

afterAll(() => {
  leaveCounts("http");
});

const everyInSuite = 13;
const pauseMinutes = 3;
const roundsMax = 4;

interface Ended {
  readonly steps: readonly Step[];
  readonly picture: HttpPicture;
}

/** The scenario from its beginning to its end, killed once or not at all. */
async function play(scenario: HttpScenario, kill: Kill | null): Promise<Ended> {
  const bench = await makeHttpBench(scenario);
  const sync = (): Promise<unknown> => bench.sync();
  const { act = sync, rest = sync } = await scenario.set(bench);
  const before = idsOf(bench);
  const entriesBefore = (await bench.store().loadEntries({})).length;
  const lived = await bench.live(act, kill);
  const op = kill === null ? "" : (lived.steps[kill.step - 1]?.op ?? "no such step");
  const where = `${scenario.name}, ${kill === null ? "undisturbed" : `killed at ${kill.step} (${op}), ${kill.position}`}`;
  if (kill !== null) {
    expect({ where, isDead: lived.isDead }).toEqual({ where, isDead: true });
    count(op, kill.position);
    bench.wait(pauseMinutes);
    await rest();
    bench.wait(pauseMinutes);
    await act();
  }
  await quiet(bench, rest, where);
  if (scenario.answer !== undefined) {
    await scenario.answer(bench);
    await quiet(bench, rest, where);
  }
  const entries = (await bench.store().loadEntries({})).slice(entriesBefore);
  expect({ where, untold: untold(bench, before, entries) }).toEqual({ where, untold: [] });
  const log = await verifyHistory({
    path: bench.historyPath(),
    names: historyNames,
    newest: await bench.store().loadDrained(),
  });
  expect({ where, bad: log.findings }).toEqual({ where, bad: [] });
  const picture = await httpPicture(bench);
  const [last] = await bench.store().loadRuns(null, 1);
  const { status, error } = must(last, "a last run");
  expect({ where, status, error }).toEqual({
    where,
    status: scenario.status ?? "ok",
    error: null,
  });
  await bench.close();
  return { steps: lived.steps, picture };
}

/** Rests when one more run writes nothing. */
async function quiet(bench: HttpBench, rest: () => Promise<unknown>, where: string): Promise<void> {
  for (let round = 1; round <= roundsMax; round += 1) {
    bench.wait(pauseMinutes);
    const writes = bench.writes();
    await rest();
    if (bench.writes() === writes) return;
  }
  expect({ where, isAtRest: false }).toBe("at rest");
}

test.each(httpScenarios)(
  "G3 G6 P12 P17: over HTTP: $name",
  async (scenario) => {
    const wanted = await play(scenario, null);
    const kills = killsOf(wanted.steps);
    expect(kills.length).toBeGreaterThan(30);
    for (const kill of some(kills, { every: everyInSuite, from: scenario.name.length })) {
      const { picture } = await play(scenario, kill);
      const where = `${scenario.name}, killed at ${kill.step}, ${kill.position}`;
      expect({ where, ...picture }).toEqual({ where, ...wanted.picture });
    }
  },
  300_000,
);
