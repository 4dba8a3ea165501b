// Every combination of inputs of the cell table, held against a second statement of it: a list of
// conditions in the order of the specification, of which the first that holds decides. The list is
// written without looking at the code under test, so that a slip in one of the two shows.
import { describe, expect, test } from "vitest";
import { decideCell, type CellDecision, type CellInput, type CellReading } from "./decide-cell.ts";
import type { EditOrder } from "./order.ts";
import { other, type Side, type Sided } from "./side.ts";

const readings: readonly CellReading[] = ["same", "changed", "unknown"];
const booleans = [false, true] as const;
const orders: readonly EditOrder[] = [
  { later: "left", label: "proven" },
  { later: "right", label: "proven" },
  { later: "left", label: "estimated" },
  { later: "right", label: "estimated" },
  { later: "left", label: "tie" },
];

function pairs<T>(members: readonly T[]): readonly Sided<T>[] {
  return members.flatMap((left) => members.map((right) => ({ left, right })));
}

function* knobs(): Generator<
  Pick<CellInput, "owner" | "flow" | "drift" | "canMerge" | "order" | "prefer">
> {
  for (const owner of ["left", "right", "latest", "merge", "ask"] as const) {
    for (const flow of ["both", "toLeft", "toRight"] as const) {
      for (const drift of ["revert", "warn", "ignore"] as const) {
        for (const canMerge of booleans) {
          for (const order of orders) {
            for (const prefer of ["left", "right", "newer", null] as const) {
              yield { owner, flow, drift, canMerge, order, prefer };
            }
          }
        }
      }
    }
  }
}

function* sights(): Generator<
  Pick<CellInput, "hasBase" | "readings" | "isBlank" | "isAgreed" | "isUndone" | "lossySide">
> {
  for (const hasBase of booleans) {
    for (const reading of pairs(readings)) {
      // Without a base there is nothing a value could be the same as.
      if (!hasBase && (reading.left === "same" || reading.right === "same")) continue;
      for (const isBlank of pairs(booleans)) {
        for (const isAgreed of booleans) {
          for (const isUndone of booleans) {
            for (const lossySide of ["left", "right", null] as const) {
              if (!hasBase && (lossySide !== null || isUndone)) continue;
              yield { hasBase, readings: reading, isBlank, isAgreed, isUndone, lossySide };
            }
          }
        }
      }
    }
  }
}

function* everyInput(): Generator<CellInput> {
  const every = [...knobs()];
  for (const sight of sights()) for (const knob of every) yield { ...sight, ...knob };
}

/** `rule act …`, short enough to be compared a few million times. */
function told(decision: CellDecision): string {
  const { act, rule } = decision;
  if (act === "hold") return `${rule} hold ${decision.why}`;
  if (act !== "write") return `${rule} ${act}`;
  return `${rule} write ${decision.side} losing ${decision.loser ?? "nothing"} ${decision.label}`;
}

const overwrite = (rule: string, side: Side, label = "policy"): string =>
  `${rule} write ${side} losing ${side} ${label}`;
const carry = (rule: string, side: Side): string => `${rule} write ${side} losing nothing policy`;

type When = (input: CellInput) => boolean;

const all =
  (...conditions: readonly When[]): When =>
  (input) =>
    conditions.every((condition) => condition(input));
const based: When = (input) => input.hasBase;
const met: When = (input) => !input.hasBase;
const shows =
  (left: CellReading, right: CellReading): When =>
  ({ readings }) =>
    readings.left === left && readings.right === right;
const agreed: When = (input) => input.isAgreed;
const twoWay: When = (input) => input.flow === "both";
const blank =
  (side: Side): When =>
  (input) =>
    input.isBlank[side] && !input.isBlank[other(side)];
const mayWrite =
  (side: Side): When =>
  (input) =>
    input.flow === "both" || input.flow === (side === "left" ? "toLeft" : "toRight");
const owned =
  (...owners: readonly CellInput["owner"][]): When =>
  (input) =>
    owners.includes(input.owner);
const drifts =
  (drift: CellInput["drift"]): When =>
  (input) =>
    input.drift === drift;
const target = (input: CellInput): Side => (input.flow === "toLeft" ? "left" : "right");
const bothChanged = all(based, shows("changed", "changed"));
const latest = all(bothChanged, owned("latest", "merge"));
const aligning = (...conditions: readonly When[]): When =>
  all(met, (input) => input.prefer !== null, ...conditions);

interface TableRow {
  readonly id: string;
  readonly when: When;
  readonly says: (input: CellInput) => string;
}

const row = (id: string, when: When, says: string | ((input: CellInput) => string)): TableRow => ({
  id,
  when,
  says: typeof says === "string" ? () => says : says,
});

const table: readonly TableRow[] = [
  row("F1", ({ readings }) => readings.left === "unknown", "F1 hold unknown"),
  row("F2", ({ readings }) => readings.right === "unknown", "F2 hold unknown"),
  row("F14", all(met, agreed), "F14 adopt"),
  row("F15", all(met, blank("right"), mayWrite("right")), carry("F15", "right")),
  row("F16", all(met, blank("left"), mayWrite("left")), carry("F16", "left")),
  row("F16, no content is blanked", all(met, blank("left")), "F16 hold alignment"),
  row("F16, nor the other way", all(met, blank("right")), "F16 hold alignment"),
  row(
    "F16, both blank",
    all(met, ({ isBlank }) => isBlank.left),
    "F16 hold alignment",
  ),
  row(
    "F17",
    all(met, (input) => input.prefer === null),
    "F17 hold alignment",
  ),
  row(
    "F17, one way",
    aligning((i) => i.flow !== "both"),
    (i) => overwrite("F17", target(i)),
  ),
  row(
    "F17, newer",
    aligning((i) => i.prefer === "newer"),
    ({ order }) => overwrite("F17", other(order.later), order.label),
  ),
  row(
    "F17, left",
    aligning((i) => i.prefer === "left"),
    overwrite("F17", "right"),
  ),
  row(
    "F17, right",
    aligning((i) => i.prefer === "right"),
    overwrite("F17", "left"),
  ),
  row(
    "F13",
    all(shows("same", "same"), (i) => i.isUndone && !i.isAgreed),
    "F13 hold undone",
  ),
  row("F3", shows("same", "same"), "F3 none"),
  row("F6", all(agreed, shows("changed", "same")), "F6 adopt"),
  row("F7", all(agreed, shows("same", "changed")), "F7 adopt"),
  row("F8", all(agreed, shows("changed", "changed")), "F8 adopt"),
  row(
    "F18, left",
    all(shows("changed", "same"), (i) => i.lossySide === "left"),
    "F18 hold lossy",
  ),
  row(
    "F18, right",
    all(shows("same", "changed"), (i) => i.lossySide === "right"),
    "F18 hold lossy",
  ),
  row("F4", all(shows("changed", "same"), mayWrite("right")), carry("F4", "right")),
  row("F5", all(shows("same", "changed"), mayWrite("left")), carry("F5", "left")),
  row("F4, revert", all(shows("changed", "same"), drifts("revert")), overwrite("F4", "left")),
  row("F5, revert", all(shows("same", "changed"), drifts("revert")), overwrite("F5", "right")),
  row("F4, warn", all(shows("changed", "same"), drifts("warn")), "F4 hold drift"),
  row("F5, warn", all(shows("same", "changed"), drifts("warn")), "F5 hold drift"),
  row("F4, ignore", shows("changed", "same"), "F4 none"),
  row("F5, ignore", shows("same", "changed"), "F5 none"),
  row(
    "F12, one way",
    all(bothChanged, (i) => !twoWay(i)),
    (i) => overwrite("F12", target(i)),
  ),
  row("F12, left owns", all(bothChanged, owned("left")), overwrite("F12", "right")),
  row("F12, right owns", all(bothChanged, owned("right")), overwrite("F12", "left")),
  row("F12, ask", all(bothChanged, owned("ask")), "F12 hold ask"),
  row(
    "F10",
    all(bothChanged, owned("merge"), (i) => i.canMerge),
    "F10 merge",
  ),
  row("F9, left is blank", all(latest, blank("left")), overwrite("F9", "left")),
  row("F9, right is blank", all(latest, blank("right")), overwrite("F9", "right")),
  row(
    "F11",
    all(latest, ({ order }) => order.label === "proven"),
    ({ order }) => overwrite("F11", other(order.later), "proven"),
  ),
  row("F12, not proven", latest, ({ order }) => overwrite("F12", other(order.later), order.label)),
];

function mirrored(input: CellInput): CellInput {
  const swap = <T>(pair: Sided<T>): Sided<T> => ({ left: pair.right, right: pair.left });
  const flows = { both: "both", toLeft: "toRight", toRight: "toLeft" } as const;
  const side = (name: Side | null): Side | null => (name === null ? null : other(name));
  const { owner, prefer } = input;
  return {
    ...input,
    readings: swap(input.readings),
    isBlank: swap(input.isBlank),
    lossySide: side(input.lossySide),
    flow: flows[input.flow],
    owner: owner === "left" || owner === "right" ? other(owner) : owner,
    prefer: prefer === "left" || prefer === "right" ? other(prefer) : prefer,
    order: { later: other(input.order.later), label: input.order.label },
  };
}

const mirrorRules: Readonly<Record<string, string>> = {
  F1: "F2",
  F2: "F1",
  F4: "F5",
  F5: "F4",
  F6: "F7",
  F7: "F6",
  F15: "F16",
};

/** Rules that stand for a side change their name in a mirror; F16 holds on either side. */
function mirroredTold(decision: CellDecision): string {
  const isHeldF16 = decision.rule === "F16" && decision.act === "hold";
  const rule = isHeldF16
    ? "F16"
    : decision.rule === "F16"
      ? "F15"
      : (mirrorRules[decision.rule] ?? decision.rule);
  return told(decision)
    .replace(/^F\d+/, rule)
    .replaceAll(/left|right/g, (side) => (side === "left" ? "right" : "left"));
}

// Half a million inputs each: more than five seconds on a busy machine.
describe("the cell table", { timeout: 60_000 }, () => {
  test("F1..F18: every input matches a row of the table, and the first match decides", () => {
    const hits = new Map(table.map((entry) => [entry.id, 0]));
    let count = 0;
    const wrong: unknown[] = [];
    for (const input of everyInput()) {
      count += 1;
      const expected = table.find((entry) => entry.when(input));
      const got = told(decideCell(input));
      if (expected !== undefined) hits.set(expected.id, (hits.get(expected.id) ?? 0) + 1);
      if (expected?.says(input) === got || wrong.length > 3) continue;
      wrong.push({ row: expected?.id, expected: expected?.says(input), got, input });
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(500_000);
    expect([...hits].filter(([, times]) => times === 0)).toEqual([]);
  });

  test("P22: swapping the sides swaps every decision, save what a tie falls back to", () => {
    const wrong: unknown[] = [];
    for (const input of everyInput()) {
      // Blind on both sides, the row names the side it looked at first.
      if (input.readings.left === "unknown" && input.readings.right === "unknown") continue;
      const got = told(decideCell(mirrored(input)));
      const expected = mirroredTold(decideCell(input));
      if (got !== expected && wrong.length < 3) wrong.push({ input, got, expected });
    }
    expect(wrong).toEqual([]);
  }, 30_000);

  test("P25: a reading replaced by unknown never writes, merges or adopts", () => {
    const wrong: unknown[] = [];
    for (const input of everyInput()) {
      if (input.readings.left === "unknown" || input.readings.right === "unknown") continue;
      for (const blind of [
        { left: "unknown", right: input.readings.right },
        { left: input.readings.left, right: "unknown" },
      ] as const) {
        const { act } = decideCell({ ...input, readings: blind });
        if (act !== "hold" && wrong.length < 3) wrong.push({ input, blind, act });
      }
    }
    expect(wrong).toEqual([]);
  });

  test("P7 P8: what is overwritten and is not the base is a loser, and only proof is called proof", () => {
    const wrong: unknown[] = [];
    for (const input of everyInput()) {
      const decision = decideCell(input);
      if (decision.act !== "write") continue;
      const isEdit = input.readings[decision.side] === "changed";
      const isFill = input.isBlank[decision.side] && !input.hasBase;
      const isLoserRight = (decision.loser === decision.side) === (isEdit && !isFill);
      const isProofRight = decision.label !== "proven" || input.order.label === "proven";
      if ((!isLoserRight || !isProofRight) && wrong.length < 3) wrong.push({ input, decision });
    }
    expect(wrong).toEqual([]);
  });

  test("F16 P28: nothing that is filled is blanked before the two sides ever agreed", () => {
    const wrong: unknown[] = [];
    for (const input of everyInput()) {
      const decision = decideCell(input);
      if (input.hasBase || decision.act !== "write") continue;
      const isBlanking = input.isBlank[other(decision.side)] && !input.isBlank[decision.side];
      if (isBlanking && wrong.length < 3) wrong.push({ input, decision });
    }
    expect(wrong).toEqual([]);
  });
});
