// Which kinds of fields can be kept in step at all, and when two values mean the same.
import { describe, expect, test } from "vitest";
import { kinds, makeField, makeFieldPolicy } from "../../test/fixture/pair.ts";
import { agrees, isUnchosen, makeBridge, type Bridge } from "./bridge.ts";
import type { FieldPolicy } from "./policy.ts";
import type { Kind } from "./schema.ts";
import { sides } from "./side.ts";
import { boolean, choice, empty, number, text, unknown } from "./value.ts";

const oneOfEach: Readonly<Record<Kind["kind"], Kind>> = {
  text: kinds.line,
  rich: { kind: "rich", lengthMax: 100 },
  number: kinds.number,
  boolean: kinds.tick,
  date: kinds.date,
  choice: kinds.choice,
  choices: kinds.tags,
  people: { kind: "people", isMany: true, countMax: 10 },
  links: { kind: "links", countMax: 10 },
  files: { kind: "files" },
  unsupported: { kind: "unsupported" },
};

const partners: Readonly<Record<Kind["kind"], readonly Kind["kind"][]>> = {
  text: ["text", "rich", "number", "date", "choice", "choices", "people"],
  rich: ["text", "rich"],
  number: ["text", "number"],
  boolean: ["boolean"],
  date: ["text", "date"],
  choice: ["text", "choice", "choices"],
  choices: ["text", "choice", "choices"],
  people: ["text", "people"],
  links: [],
  files: [],
  unsupported: [],
};

const resultOf = (left: Kind, right: Kind, policy: Partial<FieldPolicy> = {}) =>
  makeBridge(
    makeField("left", "F", left, { type: "leftType" }),
    makeField("right", "F", right, { type: "rightType" }),
    makeFieldPolicy("F", policy),
  );

function bridgeOf(left: Kind, right: Kind, policy: Partial<FieldPolicy> = {}): Bridge {
  const result = resultOf(left, right, policy);
  if (result.kind === "refused") throw new Error(result.why);
  return result.bridge;
}

describe("makeBridge", () => {
  test.each(Object.values(oneOfEach))(
    "$kind goes with those that have a common form, and no other",
    (left) => {
      const found = Object.values(oneOfEach).filter(
        (right) => resultOf(left, right).kind === "bridge",
      );
      expect(found.map(({ kind }) => kind)).toEqual(partners[left.kind]);
    },
  );

  test("what has no common form is refused by the services' own names", () => {
    expect(resultOf(kinds.tick, kinds.day)).toEqual({
      kind: "refused",
      why: "leftType and rightType have no common form",
    });
  });

  test("each kind is carried as what it is", () => {
    // A family in another's place would read these otherwise.
    const { date, people, choices } = oneOfEach;
    expect(bridgeOf(kinds.line, kinds.number).carry("right", text("7"))).toMatchObject({
      value: number(7),
    });
    for (const kind of [kinds.number, date, people, kinds.choice]) {
      expect(bridgeOf(kinds.line, kind).carry("right", text("?")).kind).toBe("refused");
    }
    expect(bridgeOf(kinds.line, choices).carry("right", text("?")).kind).toBe("value");
  });
});

test("P25: what is unknown agrees with nothing, on whichever side", () => {
  const bridge = bridgeOf(kinds.line, kinds.line);
  const blind = unknown("error");
  expect([agrees(bridge, blind, text("a")), agrees(bridge, text("a"), blind)]).toEqual([
    false,
    false,
  ]);
  expect(agrees(bridge, blind, blind)).toBe(false);
  expect(agrees(bridge, text("a"), text("a "))).toBe(true);
  // Nor with a blank: it is not known to be one.
  const ticks = bridgeOf(kinds.tick, kinds.tick);
  const unticked = boolean(false);
  expect([agrees(ticks, blind, unticked), agrees(ticks, unticked, blind)]).toEqual([false, false]);
  expect(agrees(ticks, unticked, empty)).toBe(true);
});

test("P1: each value is taken as its own side means it", () => {
  const renames = [{ left: "Low", right: "High" }];
  const bridge = bridgeOf(kinds.choice, kinds.choice, { renames });
  expect(agrees(bridge, choice("Low"), choice("High"))).toBe(true);
  expect(agrees(bridge, choice("Low"), choice("Low"))).toBe(false);
});

test("G2: nobody chose what is empty, or the option that stands where a field was left empty", () => {
  const status: Kind = { ...oneOfEach.choice, blankOption: "Low" } as Kind;
  const map = { renames: [{ left: "High", right: "Low" }] };
  const unchosen = (bridge: Bridge) => (name: string) =>
    sides.map((side) => isUnchosen(bridge, side, choice(name)));
  const plain = unchosen(bridgeOf(status, kinds.choice));
  expect([plain("Low"), plain("High")]).toEqual([
    [true, true],
    [false, false],
  ]);
  // The right option of that name is another one here, and so was chosen.
  const renamed = unchosen(bridgeOf(status, kinds.choice, map));
  expect([renamed("Low"), renamed("High")]).toEqual([
    [true, true],
    [true, false],
  ]);
  const ticks = bridgeOf(kinds.tick, kinds.tick);
  expect([boolean(false), boolean(true)].map((one) => isUnchosen(ticks, "left", one))).toEqual([
    true,
    false,
  ]);
  const bridge = bridgeOf(status, kinds.choice);
  expect(sides.map((side) => isUnchosen(bridge, side, empty))).toEqual([true, true]);
  expect(sides.map((side) => isUnchosen(bridge, side, unknown("error")))).toEqual([false, false]);
});
