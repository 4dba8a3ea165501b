// Kills while rows come into being: each scenario with one kill at every call and every
// transaction, in the suite that always runs at every third of them.
import { afterAll, test } from "vitest";
import { killEverywhere } from "./enumerate.ts";
import { births } from "./scenarios.ts";
import { leaveCounts } from "./tally.ts";

afterAll(() => {
  leaveCounts("births");
});

test.each(births)("G3 G6 P12 P17 P27: $name", killEverywhere, 120_000);
