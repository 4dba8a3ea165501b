// Columns that change under a working pair, as histories written by hand: each is one that the drawn
// ones found.
import { expect, test } from "vitest";
import { round, scriptOf } from "./by-hand.ts";
import { runHistory } from "./history.ts";

const note = 0;

test.each([
  ["removed", "remove-field"],
  ["given another type", "retype-field"],
] as const)(
  "P21: a field that is %s at any call of a run empties nothing, and goes on when it is back",
  async (_, how) => {
    for (const side of ["left", "right"] as const) {
      for (let call = 1; call <= 7; call += 1) {
        const act = { do: how, side, field: note } as const;
        const change = { kind: "act", of: "calls", call, when: "after", act } as const;
        const script = scriptOf([
          round({ disturbances: [change] }),
          round({}),
          round({ acts: [{ do: "mend-field", side, field: 0 }] }),
        ]);
        const { findings } = await runHistory(1, { script });
        expect([side, call, findings]).toEqual([side, call, []]);
      }
    }
  },
);

test("P21: a resync of a pair with a renamed field goes on by the field's id", async () => {
  const script = scriptOf([
    round({
      acts: [
        { do: "rename-field", side: "right", field: 1 },
        { do: "rename-field", side: "left", field: 0 },
      ],
    }),
    round({ command: { kind: "resync", prefer: null } }),
    round({}),
  ]);
  const { findings } = await runHistory(1, { script });
  expect(findings).toEqual([]);
});
