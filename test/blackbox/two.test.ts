// Two processes at once: one does it, the other says so, exits 75 and writes nothing.
import { expect, test } from "vitest";
import { standing } from "../fixture/standing.ts";
import { makeBench } from "../e2e/bench.ts";
import { busyTime, comesToRest, logIsWhole } from "./story.ts";

test("G3 P12: of two processes at once, one does it and the other exits 75 and writes nothing", async () => {
  const bench = await makeBench({ specCount: 4 });
  await bench.run("sync");
  for (const round of [0, 1]) {
    busyTime(bench, round);
    const lines = bench.log().length;
    const { writes } = bench.requests();
    if (round === 0) {
      // Whichever begins is slow enough for the other to find it at work.
      const fault = { kind: "slow", delayMs: 8_000 } as const;
      bench.ops.notion.faults.add({ name: "slow", fault });
    }
    const done = await Promise.all([bench.run("sync"), bench.run("sync")]);
    const ran = done.filter(({ code }) => code === 0);
    const refused = done.filter(({ code }) => code === 75);
    // Without the delay one may be over before the other begins, which then finds nothing to do.
    expect({ ran: ran.length, refused: refused.length }).toEqual(
      round === 0 || refused.length > 0 ? { ran: 1, refused: 1 } : { ran: 2, refused: 0 },
    );
    for (const { stdout, stderr } of refused) {
      expect(stdout + stderr).toContain("Another run is at work");
    }
    const runs = bench.log().slice(lines);
    expect(runs.filter((line) => line["type"] === "run")).toHaveLength(ran.length);
    // A page, a record, its marker given back, and an edit a side: what one run alone would send.
    expect(bench.requests().writes - writes).toBeLessThanOrEqual(5);
    expect(standing(bench.ops).airtable).toEqual(standing(bench.ops).notion);
  }
  await comesToRest(bench, "after two rounds");
  await logIsWhole(bench);
  await bench.close();
});
