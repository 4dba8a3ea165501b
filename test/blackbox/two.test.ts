// Two processes at once, again and again: one does it, the other says so, exits 75 and writes nothing.
import { expect, test } from "vitest";
import { standing } from "../fixture/standing.ts";
import { makeBench } from "../e2e/bench.ts";
import { busyTime, comesToRest, logIsWhole } from "./story.ts";

test("G3 P12: of two processes at once, one does it and the other exits 75 and writes nothing", async () => {
  const bench = await makeBench({ specCount: 4 });
  await bench.run("sync");
  for (let round = 0; round < 3; round += 1) {
    busyTime(bench, round);
    const lines = bench.log().length;
    const { writes } = bench.requests();
    // Whichever begins is slow enough for the other to find it at work.
    const fault = { kind: "slow", delayMs: 2_500 } as const;
    bench.ops.notion.faults.add({ name: "slow", fault });
    const done = await Promise.all([bench.run("sync"), bench.run("sync")]);
    expect(new Set(done.map(({ code }) => code))).toEqual(new Set([0, 75]));
    const other = done.find(({ code }) => code === 75);
    expect(`${other?.stdout}${other?.stderr}`).toContain("Another run is at work");
    const runs = bench.log().slice(lines);
    expect(runs.filter((line) => line["type"] === "run")).toHaveLength(1);
    // A page, a record, its marker given back, and an edit a side: what one run alone would send.
    expect(bench.requests().writes - writes).toBeLessThanOrEqual(5);
    expect(standing(bench.ops).airtable).toEqual(standing(bench.ops).notion);
  }
  await comesToRest(bench, "after three rounds");
  await logIsWhole(bench);
  await bench.close();
});
