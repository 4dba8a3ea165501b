// A kill, and a second one while the next run recovers from it: five scenarios, the first kill at every
// call that writes, the second at every step of the recovery; in the suite that always runs at some.
import { afterAll, expect, test } from "vitest";
import { killTwice, recoverySteps, setScene, some, undisturbed } from "./enumerate.ts";
import { killsOf, type Kill } from "./life.ts";
import { birthsBoth } from "./scenario/births-both.ts";
import { birthsWithoutMarker } from "./scenario/births-without-marker.ts";
import { conflictMerge } from "./scenario/conflict-merge.ts";
import { lostReply } from "./scenario/lost-reply.ts";
import { restoreTrash } from "./scenario/restore-trash.ts";
import { leaveCounts } from "./tally.ts";

afterAll(() => {
  leaveCounts("twice");
});

const everyInSuite = 40;
const writes = /(?:create|update|remove|restore)$/u;

test.each([birthsBoth, birthsWithoutMarker, conflictMerge, lostReply, restoreTrash])(
  "G6 P18 P27: killed twice: $name",
  async (scenario) => {
    const scene = await setScene(scenario);
    const wanted = await undisturbed(scene);
    const firsts = wanted.steps.flatMap(({ op }, at): Kill[] =>
      writes.test(op) ? [{ step: at + 1, position: "after commit" }] : [],
    );
    const pairs: { readonly first: Kill; readonly second: Kill }[] = [];
    for (const first of firsts) {
      const steps = await recoverySteps(scene, first);
      pairs.push(...killsOf(steps).map((second) => ({ first, second })));
    }
    expect(pairs.length).toBeGreaterThan(100);
    for (const pair of some(pairs, { every: everyInSuite, from: 1 })) {
      await killTwice(scene, wanted, pair);
    }
    await scene.bench.close();
  },
  240_000,
);
