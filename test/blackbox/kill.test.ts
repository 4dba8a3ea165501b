// kill -9 at random moments: a request is counted down, then some milliseconds more. Seeds name the
// moments; TANDEM_KILL_SEEDS asks for more of them, TANDEM_KILL_SEED for one.
import { expect, test } from "vitest";
import { makeBench } from "../e2e/bench.ts";
import { busyTime, comesToRest, logIsWhole, pause, requestsMore } from "./story.ts";

const only = process.env["TANDEM_KILL_SEED"];
const seeds =
  only === undefined
    ? Array.from({ length: Number(process.env["TANDEM_KILL_SEEDS"] ?? 10) }, (_, at) => at + 1)
    : [Number(only)];

/** In [0, 1), the same for the same seed. */
function chance(seed: number, turn: number): number {
  let state = (seed * 2_654_435_761 + turn * 40_503) >>> 0;
  state = Math.imul(state ^ (state >>> 15), 1 | state);
  return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
}

test("G3 G6 P17 P18: killed with -9 at random moments, one after another", async () => {
  const bench = await makeBench({ specCount: 4 });
  await bench.run("sync");
  for (const seed of seeds) {
    busyTime(bench, seed);
    // Every other seed kills the recovery as well.
    for (let kill = 0; kill <= seed % 2; kill += 1) {
      const { child, done } = bench.start("sync");
      await requestsMore(bench, 1 + Math.floor(chance(seed, kill) * 12), child);
      await pause(chance(seed, kill + 7) * 25);
      child.kill("SIGKILL");
      await done;
    }
    const rows = await comesToRest(bench, `seed ${seed}`);
    expect({ seed, count: rows.notion.length }).toEqual({
      seed,
      count: 4 + 2 * (seeds.indexOf(seed) + 1),
    });
  }
  await logIsWhole(bench);
  await bench.close();
}, 300_000);
