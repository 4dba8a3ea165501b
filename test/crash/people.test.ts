// Kills while people ask for something, or something was left open: each scenario with one kill at every call and every
// transaction, in the suite that always runs at every third of them.
import { afterAll, test } from "vitest";
import { killEverywhere } from "./enumerate.ts";
import { people } from "./scenarios.ts";
import { leaveCounts } from "./tally.ts";

afterAll(() => {
  leaveCounts("people");
});

test.each(people)("G3 G6 P12 P17 P27: $name", killEverywhere, 120_000);
