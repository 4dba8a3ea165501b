// Ticks, and the words for them that a person may type.
import { expect, test } from "vitest";
import { kinds, makeField, makeFieldPolicy } from "../../../test/fixture/pair.ts";
import { agrees, makeBridge, type Bridge } from "../bridge.ts";
import { sides } from "../side.ts";
import { boolean, choice, empty, number, text, type Value } from "../value.ts";

function makeTicks(): Bridge {
  const fields = [makeField("left", "F", kinds.tick), makeField("right", "F", kinds.tick)] as const;
  const result = makeBridge(...fields, makeFieldPolicy("F"));
  if (result.kind === "refused") throw new Error(result.why);
  return result.bridge;
}

const bridge = makeTicks();

test.each<[Value, boolean]>([
  [boolean(true), true],
  [boolean(false), false],
  [empty, false],
  [text("true"), true],
  [text(" YES "), true],
  [text("1"), true],
  [text("false"), false],
  [text("No"), false],
  [text("0"), false],
  [text(" "), false],
])("P15: %j is carried as a tick: %s", (value, isTrue) => {
  for (const side of sides) {
    const carried = { kind: "value", value: boolean(isTrue), isLossy: false };
    expect(bridge.carry(side, value)).toEqual(carried);
    expect(agrees(bridge, value, boolean(isTrue))).toBe(true);
    expect(agrees(bridge, boolean(!isTrue), value)).toBe(false);
  }
});

test.each([text("maybe"), text("2"), number(1), choice("yes")])("F19: %j is no tick", (value) => {
  const refused = { kind: "refused", why: "the value is neither true nor false" };
  expect(bridge.carry("left", value)).toEqual(refused);
  // Whatever it is, it is no tick.
  expect(agrees(bridge, value, boolean(false))).toBe(true);
  expect(agrees(bridge, boolean(true), value)).toBe(false);
});

test("nothing is lost between two boxes", () => {
  expect([bridge.grade, bridge.loss]).toEqual(["exact", null]);
});
