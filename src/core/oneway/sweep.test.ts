// The guards of a sweep, over every table size and loss up to a bound.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { databaseId } from "./ids.ts";
import { guardSweep, type SweepFacts, type SweepGuard, type SweepPolicy } from "./sweep.ts";

const policy: SweepPolicy = {
  maxRemove: { percent: 20, floor: 10, cap: null },
  minSeen: { percent: 50 },
  first: "ask",
};

function facts(known: number, removals: number, change: Partial<SweepFacts> = {}): SweepFacts {
  const named = known - removals;
  return { database: databaseId("w/d"), known, removals, named, maySweep: true, ...change };
}

test.each<[number, number, Partial<SweepFacts>, SweepGuard | null]>([
  [0, 0, {}, null],
  [10, 0, {}, null],
  [10, 0, { named: 0 }, null],
  [1, 1, {}, "empty"],
  [100, 100, {}, "empty"],
  [4, 3, {}, null],
  [4, 4, { named: 1 }, null],
  [5, 2, {}, null],
  [5, 3, {}, "shrunk"],
  [10, 5, {}, null],
  [10, 6, {}, "shrunk"],
  [20, 10, {}, null],
  [30, 11, {}, "cap"],
  [50, 10, {}, null],
  [50, 11, {}, "cap"],
  [54, 11, {}, "cap"],
  [100, 20, {}, null],
  [100, 21, {}, "cap"],
  [100, 1, { maySweep: false }, "first-attached"],
  [100, 30, { maySweep: false }, "cap"],
])("%i known, %i to go, %j: %s", (known, removals, change, guard) => {
  expect(guardSweep([facts(known, removals, change)], policy, null)?.guard ?? null).toBe(guard);
});

test("a cap holds at any size, and the first sweep need not be asked for", () => {
  const capped = { ...policy, maxRemove: { percent: 50, floor: 0, cap: 30 } };
  expect(guardSweep([facts(1_000, 31)], capped, null)?.guard).toBe("cap");
  expect(guardSweep([facts(1_000, 30)], capped, null)).toBeNull();
  const bold = { ...policy, first: "go" as const };
  expect(guardSweep([facts(100, 1, { maySweep: false })], bold, null)).toBeNull();
});

describe("a word from a person", () => {
  const lost = facts(100, 100);

  test("lets as many rows pass as were shown, and no more, whatever the guard", () => {
    expect(guardSweep([lost], policy, 99)?.guard).toBe("empty");
    expect(guardSweep([lost], policy, 100)).toBeNull();
    expect(guardSweep([facts(9, 1, { maySweep: false })], policy, 1)).toBeNull();
  });

  test("counts all databases of the sync together", () => {
    const both = [facts(10, 1), facts(100, 100)];
    expect(guardSweep(both, policy, null)).toMatchObject({
      guard: "empty",
      removals: 101,
      seen: 9,
    });
    expect(guardSweep(both, policy, 100)?.guard).toBe("empty");
    expect(guardSweep(both, policy, 101)).toBeNull();
  });
});

test("W5: without a word no sweep goes beyond the guards, for any numbers", () => {
  const limit = fc.record({
    percent: fc.integer({ min: 0, max: 100 }),
    floor: fc.nat(20),
    cap: fc.option(fc.nat(50)),
  });
  const counts = fc.nat(400).chain((known) => fc.tuple(fc.constant(known), fc.nat(known)));
  fc.assert(
    fc.property(
      counts,
      limit,
      fc.nat(100),
      fc.boolean(),
      ([known, removals], maxRemove, percent, maySweep) => {
        const chosen: SweepPolicy = { maxRemove, minSeen: { percent }, first: "ask" };
        const stop = guardSweep([facts(known, removals, { maySweep })], chosen, null);
        if (removals === 0) expect(stop).toBeNull();
        if (stop !== null || removals === 0) return;
        expect(removals).toBeLessThan(known);
        expect(maySweep).toBe(true);
        expect(removals).toBeLessThanOrEqual(
          Math.max(maxRemove.floor, Math.floor((known * maxRemove.percent) / 100)),
        );
        if (maxRemove.cap !== null) expect(removals).toBeLessThanOrEqual(maxRemove.cap);
        if (known >= 5) expect((known - removals) * 100).toBeGreaterThanOrEqual(known * percent);
      },
    ),
  );
});

test("the message names the table and the numbers", () => {
  expect(guardSweep([facts(1, 1)], policy, null)?.message).toBe(
    "The cycle named no row of w/d, although 1 row is there.",
  );
  expect(guardSweep([facts(100, 21)], policy, null)?.message).toBe(
    "The cycle would remove 21 of 100 rows of w/d; 20 may go at once.",
  );
});
