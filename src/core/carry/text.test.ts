import { describe, expect, test } from "vitest";
import { makeField, makeFieldPolicy } from "../../../test/fixture/pair.ts";
import { agrees, makeBridge, type Bridge } from "../bridge.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Kind } from "../schema.ts";
import { empty, number, text, unknown, type Value } from "../value.ts";

const plain = (change: Partial<Extract<Kind, { kind: "text" }>> = {}): Kind => ({
  kind: "text",
  format: "plain",
  isMultiline: true,
  lengthMax: 20,
  ...change,
});
const line = plain({ isMultiline: false });
const rich: Kind = { kind: "rich", lengthMax: 10 };
const markdown = (content: string): Value => ({ kind: "rich", markdown: content });

function bridge(left: Kind, right: Kind, carry: FieldPolicy["carry"] = {}): Bridge {
  const policy = makeFieldPolicy("Notes", { carry });
  const made = makeBridge(
    makeField("left", "Notes", left),
    makeField("right", "Notes", right),
    policy,
  );
  if (made.kind === "refused") throw new Error(made.why);
  return made.bridge;
}

describe("text to text", () => {
  test("F18: formatting that the target cannot hold marks the copy, unless it may be dropped", () => {
    const styled = text("bold", true);
    expect(bridge(plain(), plain()).carry("right", styled)).toEqual({
      kind: "value",
      value: text("bold"),
      isLossy: true,
    });
    expect(bridge(plain(), plain()).carry("right", text("bold"))).toMatchObject({ isLossy: false });
    const keep = bridge(plain(), plain(), { formatting: "keep" });
    expect(keep.carry("left", styled)).toMatchObject({ isLossy: true });
    const drop = bridge(plain(), plain(), { formatting: "drop" });
    expect(drop.carry("right", styled)).toMatchObject({ isLossy: false });
  });

  test("F19: as long as the field takes is carried, one character more is refused", () => {
    const { carry } = bridge(plain(), line);
    expect(carry("right", text("x".repeat(20)))).toMatchObject({ kind: "value" });
    expect(carry("right", text("x".repeat(21)))).toEqual({
      kind: "refused",
      why: "the text has 21 characters, the field takes 20",
    });
    const { carry: toRich } = bridge(plain(), rich);
    expect(toRich("right", text("x".repeat(10)))).toMatchObject({ kind: "value" });
    expect(toRich("right", text("x".repeat(11)))).toMatchObject({ kind: "refused" });
  });

  test("P15: line breaks become blanks in a line, and both sides call that the same", () => {
    const one = bridge(plain(), line);
    expect(one.carry("right", text("a  \n\tb\n\nc"))).toMatchObject({ value: text("a b  c") });
    expect(agrees(one, text("a\nb"), text("a b"))).toBe(true);
    expect(agrees(one, text("a\nb"), text("a  b"))).toBe(false);
    expect([one.grade, one.loss]).toEqual(["lossy", "line breaks become blanks"]);
    expect(bridge(line, plain()).loss).toBe("line breaks become blanks");
    expect(bridge(line, plain()).carry("left", text("a\nb"))).toMatchObject({ value: text("a b") });
    expect(agrees(bridge(line, plain()), text("a b"), text("a\nb"))).toBe(true);
    const two = bridge(plain(), plain());
    expect(two.carry("right", text("a\nb"))).toMatchObject({ value: text("a\nb") });
    expect(agrees(two, text("a\nb"), text("a b"))).toBe(false);
    expect([two.grade, two.loss]).toEqual(["exact", null]);
  });

  test("P15: blanks and line ends at the end mean nothing, those before do", () => {
    for (const made of [bridge(plain(), plain()), bridge(line, plain()), bridge(rich, plain())]) {
      expect(agrees(made, text("a"), text("a \n"))).toBe(true);
      expect(agrees(made, text("a"), text(" a"))).toBe(false);
      expect(agrees(made, empty, text(" "))).toBe(true);
    }
  });

  test("formatted text is carried as Markdown signs, and nothing as nothing", () => {
    const made = bridge(rich, plain());
    expect(made.carry("right", markdown("**a**"))).toMatchObject({ value: text("**a**") });
    expect(made.carry("left", text("**a**"))).toMatchObject({ value: markdown("**a**") });
    expect(made.carry("left", empty)).toMatchObject({ value: empty });
    for (const one of [made, bridge(plain(), rich), bridge(line, rich)])
      expect([one.grade, one.loss]).toEqual(["lossy", "formatting is carried as Markdown signs"]);
  });

  test("what is no text is refused, and agrees with nothing but itself", () => {
    const made = bridge(plain(), plain());
    expect(made.carry("right", number(1))).toEqual({
      kind: "refused",
      why: "the value is no text",
    });
    expect(agrees(made, number(1), text("1"))).toBe(false);
    expect(agrees(made, unknown("error"), unknown("error"))).toBe(false);
  });
});
