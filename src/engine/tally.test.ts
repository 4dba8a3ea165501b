import { expect, test } from "vitest";
import { makeTally } from "./tally.ts";

test("the longest time without a look is told, and all of them together", () => {
  const tally = makeTally();
  tally.noteWindow(500, 2);
  tally.noteWindow(300, 1);
  expect(tally.windowMsMax).toBe(500);
  expect(tally.windowMsTotal).toBeGreaterThanOrEqual(800);
});
