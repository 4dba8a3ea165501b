// Numbers by example; their laws are in carry.prop.test.ts.
import { expect, test } from "vitest";
import { makeField, makeFieldPolicy } from "../../../test/fixture/pair.ts";
import { agrees, makeBridge, type Bridge } from "../bridge.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Kind } from "../schema.ts";
import { empty, number, text } from "../value.ts";

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
