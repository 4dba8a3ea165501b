// Options by example; their laws are in carry.prop.test.ts.
import { expect, test } from "vitest";
import { makeField, makeFieldPolicy } from "../../../test/fixture/pair.ts";
import { agrees, makeBridge, type Bridge } from "../bridge.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Kind } from "../schema.ts";
import { choice, choices, empty, number, text, type Value } from "../value.ts";

function bridgeOf(left: Kind, right: Kind, policy: Partial<FieldPolicy> = {}): Bridge {
  const fields = [makeField("left", "F", left), makeField("right", "F", right)] as const;
  const result = makeBridge(...fields, makeFieldPolicy("F", policy));
  if (result.kind === "refused") throw new Error(result.why);
  return result.bridge;
}

const named = (...names: readonly string[]) => names.map((name) => ({ id: name, name }));
const limits = { canAddOptions: false, refuses: [], blankOption: null } as const;
const left: Kind = { kind: "choice", options: named("High", "Low"), ...limits };
const right: Kind = { kind: "choice", options: named("Hoch", "Low", "High"), ...limits };
const tags: Kind = {
  kind: "choices",
  options: [],
  canAddOptions: true,
  refuses: [","],
  countMax: 2,
};
const lines: Kind = { kind: "text", format: "plain", isMultiline: true, lengthMax: 100 };
const map = { renames: [{ left: "High", right: "Hoch" }] };

test("P15: an option is spelled as the field that takes it spells it", () => {
  const bridge = bridgeOf(left, right);
  expect(bridge.carry("left", choice("hIGH"))).toMatchObject({ value: choice("High") });
  expect(agrees(bridge, choice("High"), choice("hIGH"))).toBe(true);
});

test("map: renames both ways", () => {
  const bridge = bridgeOf(left, right, map);
  expect(bridge.carry("right", choice("High"))).toMatchObject({ value: choice("Hoch") });
  expect(bridge.carry("left", choice("hoch"))).toMatchObject({ value: choice("High") });
  expect(agrees(bridge, choice("High"), choice("Hoch"))).toBe(true);
  expect(agrees(bridge, choice("High"), choice("High"))).toBe(false);
});

test("P1: a name that map: gives away is not taken for the option of that name", () => {
  const carried = bridgeOf(left, right, map).carry("left", choice("High"));
  expect(carried).toMatchObject({ kind: "refused", why: expect.stringContaining('"High"') });
});

test("F19: options that are not there and cannot be made are refused, by name", () => {
  expect(bridgeOf(left, right).carry("left", choice("Hoch"))).toMatchObject({
    kind: "refused",
    why: expect.stringContaining('"Hoch" does not exist'),
  });
  const many = bridgeOf(tags, tags);
  expect(many.carry("right", choices(["a, b"]))).toMatchObject({ kind: "refused" });
  expect(many.carry("right", choices(["a", "b", "c"]))).toMatchObject({ kind: "refused" });
});

test("P15: options with a comma do not go into a text, where they would be two", () => {
  const bridge = bridgeOf({ ...tags, refuses: [] }, lines);
  expect(bridge.carry("right", choices(["a", "b, c"]))).toMatchObject({ kind: "refused" });
  expect(bridge.carry("right", choices(["a", "b"]))).toMatchObject({ value: text("a, b") });
  expect(bridge.carry("left", text("a,\nb,,"))).toMatchObject({ value: choices(["a", "b"]) });
});

test("P15: an option that a cleared cell falls back to is as good as empty", () => {
  const bridge = bridgeOf({ ...left, blankOption: "Low" }, right);
  expect(agrees(bridge, choice("Low"), empty)).toBe(true);
  expect(agrees(bridge, choice("Low"), choice("low"))).toBe(true);
  expect(agrees(bridge, choice("High"), empty)).toBe(false);
});

const words = (carried: ReturnType<Bridge["carry"]>): Value | string =>
  carried.kind === "value" ? carried.value : carried.why;

test("F19: each option that does not fit says why, in words that name it", () => {
  const closed = bridgeOf(left, right);
  expect(words(closed.carry("right", choice("Lost")))).toBe(
    'the option "Lost" does not exist there; add it, or rename it on the way with map:',
  );
  const many = bridgeOf(tags, tags);
  expect(words(many.carry("right", choices(["a", "b, c"])))).toBe(
    'option names cannot contain "," there ("b, c"); give it another name with map:',
  );
  expect(words(many.carry("right", choices(["a", "b", "c"])))).toBe("3 options, the field takes 2");
  expect(words(many.carry("right", choices(["a", "b"])))).toEqual(choices(["a", "b"]));
  const one = bridgeOf(tags, { ...left, canAddOptions: true });
  expect(words(one.carry("right", choices(["a", "b"])))).toBe(
    "several options, the field takes one",
  );
  expect(words(one.carry("right", choices(["high"])))).toEqual(choice("High"));
  const texts = bridgeOf({ ...tags, refuses: [] }, lines);
  expect(words(texts.carry("right", choices(["b, c"])))).toBe(
    'the option "b, c" has a comma or a line break, which part options in a text',
  );
  expect(words(closed.carry("left", number(1)))).toBe("the value is no option");
  expect(words(bridgeOf(left, right, map).carry("left", choice("High")))).toBe(
    'map: gives the name "High" another meaning there; name it in map: too',
  );
  const short = bridgeOf({ ...tags, refuses: [] }, { ...lines, lengthMax: 3 });
  expect(words(short.carry("right", choices(["a", "b"])))).toBe(
    "the text has 4 characters, the field takes 3",
  );
});

test("one option in a text is one, with its commas, and blanks are no option", () => {
  const bridge = bridgeOf({ ...left, canAddOptions: true }, lines);
  expect(words(bridge.carry("left", text(" a, b ")))).toEqual(choice("a, b"));
  expect(words(bridge.carry("left", text("a\nb")))).toEqual(choice("a b"));
  expect(words(bridge.carry("right", choice("a, b")))).toEqual(text("a, b"));
  expect(words(bridge.carry("left", text(" \n ")))).toEqual(empty);
  expect(agrees(bridge, empty, text(" "))).toBe(true);
  expect(agrees(bridge, choice("HIGH"), text(" high "))).toBe(true);
  expect(words(bridge.carry("left", text("hIgH")))).toEqual(choice("High"));
});

test("P15: several options are the same in any order, and each counts once", () => {
  const bridge = bridgeOf(tags, lines);
  expect(agrees(bridge, choices(["b", "a"]), text("A\nB, a"))).toBe(true);
  expect(agrees(bridge, choices(["a"]), text("a, b"))).toBe(false);
  expect(agrees(bridge, empty, text(" , "))).toBe(true);
  expect(words(bridge.carry("left", text(", a ,b,a")))).toEqual(choices(["a", "b"]));
  expect(agrees(bridge, number(1), text("1"))).toBe(false);
  const parted = { kind: "value", value: choices(["a", "b"]), isLossy: false };
  expect(bridgeOf(lines, tags).carry("right", text("a, b"))).toEqual(parted);
  expect(bridge.carry("right", choices(["a", "b"]))).toEqual({ ...parted, value: text("a, b") });
});

test("P15: each of several options is spelled as the field that takes them spells it", () => {
  const known: Kind = { ...tags, options: named("Web", "iOS"), canAddOptions: false };
  const bridge = bridgeOf(tags, known);
  expect(words(bridge.carry("right", choices(["IOS", "web"])))).toEqual(choices(["iOS", "Web"]));
  expect(words(bridge.carry("right", choices(["web", "Lost"])))).toContain('"Lost" does not exist');
  expect(words(bridge.carry("left", choices(["Web", "new"])))).toEqual(choices(["Web", "new"]));
  expect(agrees(bridge, choices(["web"]), choices(["WEB"]))).toBe(true);
});

test("nothing carries nothing, and loses nothing; so does every option", () => {
  const bridge = bridgeOf(left, right);
  expect([bridge.grade, bridge.loss]).toEqual(["exact", null]);
  const nothing = { kind: "value", value: empty, isLossy: false };
  expect([bridge.carry("left", empty), bridge.carry("right", empty)]).toEqual([nothing, nothing]);
  expect(bridge.carry("right", choice("Low"))).toEqual({ ...nothing, value: choice("Low") });
  const many = bridgeOf(tags, tags).carry("left", choices(["a"]));
  expect(many).toEqual({ ...nothing, value: choices(["a"]) });
});

test("P15: the default option of either side is blank, by its name on the other side too", () => {
  const turned = bridgeOf(left, { ...right, blankOption: "Hoch" }, map);
  expect(agrees(turned, empty, choice("Hoch"))).toBe(true);
  expect(agrees(turned, choice("High"), empty)).toBe(true);
  expect(agrees(turned, choice("Low"), empty)).toBe(false);
  const mapped = bridgeOf({ ...left, blankOption: "High" }, right, map);
  expect(agrees(mapped, choice("High"), empty)).toBe(true);
  expect(agrees(mapped, empty, choice("Hoch"))).toBe(true);
  const both = bridgeOf({ ...left, blankOption: "Low" }, { ...right, blankOption: "Hoch" });
  expect(
    [choice("Low"), choice("Hoch"), choice(" ")].map((one) => agrees(both, one, empty)),
  ).toEqual([true, true, true]);
  const many = bridgeOf({ ...left, blankOption: "Low" }, tags);
  expect(agrees(many, choice("Low"), choices(["low"]))).toBe(true);
  expect(agrees(many, choice("Low"), empty)).toBe(true);
  expect(agrees(many, choice("High"), choices(["high", "low"]))).toBe(true);
});

test("names that swap places go each to the other", () => {
  const swapped = {
    renames: [
      { left: "High", right: "Low" },
      { left: "Low", right: "High" },
    ],
  };
  const bridge = bridgeOf(left, right, swapped);
  for (const side of ["left", "right"] as const) {
    expect(words(bridge.carry(side, choice("High")))).toEqual(choice("Low"));
    expect(words(bridge.carry(side, choice("low")))).toEqual(choice("High"));
  }
  expect(agrees(bridge, choice("High"), choice("Low"))).toBe(true);
  expect(agrees(bridge, choice("Low"), choice("Low"))).toBe(false);
});
