// A run that is taken back, as histories written by hand: what it wrote is put back where nobody has been
// since, and stays there.
import { expect, test } from "vitest";
import type { CellAct } from "./acts.ts";
import { round, scriptOf } from "./by-hand.ts";
import { runHistory } from "./history.ts";
import { makeTally } from "./tally.ts";

function edit(side: CellAct["side"], row: number, value: number): CellAct {
  return { do: "edit", side, row, field: 1, value };
}

test.each([
  ["nobody has been there since", [], 2],
  ["somebody has edited one of its cells", [edit("right", 2, 903)], 1],
  ["somebody has edited what one of them came from", [edit("left", 0, 904)], 2],
] as const)("undo of a run when %s", async (_, since, count) => {
  const tally = makeTally();
  const script = scriptOf([
    round({ acts: [edit("left", 0, 901), edit("left", 1, 902)] }),
    round({ acts: since, command: { kind: "undo", back: 0 } }),
    round({}),
  ]);
  const { findings } = await runHistory(1, { script, tally });
  expect(findings).toEqual([]);
  expect(tally.counts["undo"]?.["put back"]).toBe(count);
  expect(tally.counts["tested"]?.["undo at rest"]).toBe(since.length === 0 ? 2 : 1);
});

test("undo of a run that made rows, and undo of that", async () => {
  const tally = makeTally();
  const script = scriptOf([
    round({ acts: [{ do: "create", side: "left", value: 901 }] }),
    round({ command: { kind: "undo", back: 0 } }),
    round({ command: { kind: "undo", back: 0 } }),
    round({}),
  ]);
  const { findings } = await runHistory(1, { script, tally });
  expect(findings).toEqual([]);
  expect(tally.counts["people"]?.["undo a run"]).toBe(2);
});
