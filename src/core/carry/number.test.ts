// Numbers by example; their laws are in carry.prop.test.ts.
import { expect, test } from "vitest";
import { makeField, makeFieldPolicy } from "../../../test/fixture/pair.ts";
import { agrees, makeBridge, type Bridge } from "../bridge.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Kind } from "../schema.ts";
import { boolean, empty, number, text, type Value } from "../value.ts";

function bridgeOf(left: Kind, right: Kind, policy: Partial<FieldPolicy> = {}): Bridge {
  const fields = [makeField("left", "F", left), makeField("right", "F", right)] as const;
  const result = makeBridge(...fields, makeFieldPolicy("F", policy));
  if (result.kind === "refused") throw new Error(result.why);
  return result.bridge;
}

const whole: Kind = { kind: "number", decimals: 0 };
const cents: Kind = { kind: "number", decimals: 2 };
const any: Kind = { kind: "number", decimals: null };
const line: Kind = { kind: "text", format: "plain", isMultiline: false, lengthMax: 100 };

test("P15: the noise of binary fractions is no edit", () => {
  const bridge = bridgeOf(any, any);
  expect(agrees(bridge, number(0.3), number(0.29999999999999977))).toBe(true);
  expect(agrees(bridge, number(0.3), number(0.3001))).toBe(false);
});

test("P1: both sides agree to the digits that both show", () => {
  const bridge = bridgeOf(any, cents);
  expect(agrees(bridge, number(17.041), number(17.04))).toBe(true);
  expect(bridge.carry("right", number(17.041))).toMatchObject({ value: number(17.04) });
  expect(bridge.loss).toBe("digits beyond 2 after the point");
});

test("P1: a number is cut once, not twice", () => {
  const bridge = bridgeOf(whole, cents);
  const carried = bridge.carry("right", number(0.496));
  expect(carried).toMatchObject({ value: number(0) });
});

test("the largest numbers stay numbers", () => {
  const bridge = bridgeOf(any, any);
  expect(bridge.carry("right", number(Number.MAX_VALUE))).toMatchObject({
    value: number(Number.MAX_VALUE),
  });
});

test("numbers in text are read as people write them, and nothing else is", () => {
  const bridge = bridgeOf(any, line);
  expect(bridge.carry("left", text(" 7.50 "))).toMatchObject({ value: number(7.5) });
  expect(bridge.carry("left", text("1,000"))).toMatchObject({ kind: "refused" });
  expect(bridge.carry("left", text("0x10"))).toMatchObject({ kind: "refused" });
  expect(bridge.carry("left", empty)).toMatchObject({ value: empty });
  expect(agrees(bridge, number(7.5), text("7.50"))).toBe(true);
});

const words = (carried: ReturnType<Bridge["carry"]>): Value | string =>
  carried.kind === "value" ? carried.value : carried.why;

test.each<[Kind, Kind, string | null]>([
  [any, any, null],
  [any, line, null],
  [any, cents, "digits beyond 2 after the point"],
  [whole, cents, "digits beyond 0 after the point"],
  [line, cents, "digits beyond 2 after the point"],
])("what is lost on the way is said: %j and %j", (one, two, loss) => {
  for (const bridge of [bridgeOf(one, two), bridgeOf(two, one)]) {
    expect([bridge.grade, bridge.loss]).toEqual([loss === null ? "exact" : "lossy", loss]);
  }
});

test("P1: a field that keeps all digits gets them all, one that shows fewer gets those", () => {
  const bridge = bridgeOf(any, cents);
  expect(bridge.carry("left", number(17.0449))).toEqual({
    kind: "value",
    value: number(17.0449),
    isLossy: false,
  });
  expect(words(bridge.carry("right", number(17.045001)))).toEqual(number(17.05));
  expect(agrees(bridge, number(17.049), number(17.05))).toBe(true);
  expect(agrees(bridge, number(17.044), number(17.05))).toBe(false);
  const narrow = bridgeOf(whole, cents);
  expect(words(narrow.carry("left", number(2.51)))).toEqual(number(3));
  expect(words(narrow.carry("right", number(2.51)))).toEqual(number(3));
});

test.each<[string, number]>([
  ["7", 7],
  ["+7", 7],
  ["-7.25", -7.25],
  [".5", 0.5],
  ["5.", 5],
  ["1e3", 1_000],
  ["1E-2", 0.01],
  ["1e+2", 100],
  ["-0", 0],
])("%j in a text is a number", (content, value) => {
  const bridge = bridgeOf(any, line);
  expect(words(bridge.carry("left", text(content)))).toEqual(number(value));
  expect(agrees(bridge, number(value), text(content))).toBe(true);
});

test.each(["", " ", ".", "e3", "1e", "1 000", "7 days", "about 7", "1,5", "Infinity", "1e999"])(
  "F19: %j is none, and is not taken for nothing or zero",
  (content) => {
    const bridge = bridgeOf(any, line);
    const isEmpty = content === "";
    expect(words(bridge.carry("left", text(content)))).toEqual(
      isEmpty ? empty : "the text is no number",
    );
    expect(agrees(bridge, empty, text(content))).toBe(isEmpty);
    expect(agrees(bridge, number(0), text(content))).toBe(false);
    expect(agrees(bridge, text(content), text(content))).toBe(true);
  },
);

test("a number goes into a text with all of its digits but the noise", () => {
  const bridge = bridgeOf(any, line);
  expect(bridge.carry("right", number(0.1 + 0.2))).toEqual({
    kind: "value",
    value: text("0.3"),
    isLossy: false,
  });
  expect(words(bridgeOf(cents, line).carry("right", number(1.23456)))).toEqual(text("1.23456"));
  expect(words(bridge.carry("right", number(-1_234_567.5)))).toEqual(text("-1234567.5"));
  for (const side of ["left", "right"] as const) {
    expect(bridge.carry(side, empty)).toEqual({ kind: "value", value: empty, isLossy: false });
  }
  const tight = bridgeOf(any, { ...line, lengthMax: 2 });
  expect(words(tight.carry("right", number(123)))).toBe(
    "the text has 3 characters, the field takes 2",
  );
});

test("what is no number at all is refused, and equals none", () => {
  const bridge = bridgeOf(any, any);
  expect(words(bridge.carry("right", boolean(true)))).toBe("the text is no number");
  expect(agrees(bridge, boolean(true), number(1))).toBe(false);
});
