import { expect, test } from "vitest";
import type { RowAction } from "../core/reconcile.ts";
import { makeSmallSetup } from "../../test/fixture/pair.ts";
import { createOf, makeWork, markedOn, removeOf, updateOf } from "../../test/fixture/work.ts";
import type { EngineDeps } from "./deps.ts";
import { costOf } from "./cost.ts";
import { callKey, phaseOf, phases, workKey } from "./work.ts";

const setup = makeSmallSetup();

test("new left rows come first, rows put away last", () => {
  expect(phases).toEqual([
    "create-left",
    "update-right",
    "update-left",
    "create-right",
    "give-back-left",
    "restore",
    "archive",
  ]);
});

test.each<readonly [string, RowAction, string, string]>([
  ["a new left row", createOf(setup, "left", ["Name"]), "create-left", "left create"],
  ["a new right row", createOf(setup, "right", ["Name"]), "create-right", "right create"],
  ["cells of a left row", updateOf(setup, "left", ["Name"]), "update-left", "left update"],
  ["cells of a right row", updateOf(setup, "right", ["Name"]), "update-right", "right update"],
  [
    "a left row marked as archived",
    updateOf(setup, "left", [], { archival: markedOn("left") }),
    "archive",
    "left update",
  ],
  [
    "a right row marked as archived",
    updateOf(setup, "right", [], { archival: markedOn("right") }),
    "archive",
    "right update",
  ],
  [
    "a mark taken off a left row",
    updateOf(setup, "left", [], { archival: "lift" }),
    "update-left",
    "left update",
  ],
  [
    "a mark taken off a right row",
    updateOf(setup, "right", [], { archival: "lift" }),
    "update-right",
    "right update",
  ],
  ["a left row brought back", { kind: "restore", side: "left" }, "restore", "left restore"],
  ["a right row brought back", { kind: "restore", side: "right" }, "restore", "right restore"],
  ["a left row removed", removeOf("left"), "archive", "left remove"],
  ["a right row removed", removeOf("right"), "archive", "right remove"],
])("%s has its phase and its company", (_what, action, phase, call) => {
  const work = makeWork(setup, action);
  expect([phaseOf(work), callKey(work), workKey(work)]).toEqual([phase, call, `link-1 ${call}`]);
});

test("what a new row gives back comes after it: left rows have a phase of their own for it", () => {
  const followUp = (side: "left" | "right"): string =>
    phaseOf({ ...makeWork(setup, updateOf(setup, side, [])), isFollowUp: true });
  expect([followUp("left"), followUp("right")]).toEqual(["give-back-left", "update-right"]);
});

const deps = {
  connectors: {
    left: { capabilities: { writeBatchMax: 1 } },
    right: { capabilities: { writeBatchMax: 10 } },
  },
} as unknown as EngineDeps;

test("a plan's calls are counted as they will be sent, the looks before them as reads", () => {
  const times = (count: number, action: RowAction) =>
    Array.from({ length: count }, () => makeWork(setup, action));
  expect(costOf([], deps)).toEqual({ left: { read: 0, write: 0 }, right: { read: 0, write: 0 } });
  // A row is looked at where it is; the source of a new one on the other side.
  expect(costOf(times(3, createOf(setup, "left", ["Name"])), deps)).toEqual({
    left: { read: 0, write: 3 },
    right: { read: 1, write: 0 },
  });
  expect(costOf(times(101, updateOf(setup, "right", ["Name"])), deps)).toEqual({
    left: { read: 0, write: 0 },
    right: { read: 2, write: 11 },
  });
  const mixed = [
    ...times(10, createOf(setup, "right", ["Name"])),
    ...times(10, updateOf(setup, "right", ["Name"])),
    ...times(1, removeOf("right")),
    ...times(2, updateOf(setup, "left", ["Name"])),
  ];
  expect(costOf(mixed, deps)).toEqual({
    left: { read: 2, write: 2 },
    right: { read: 2, write: 3 },
  });
});
