// Options by example; their laws are in carry.prop.test.ts.
import { expect, test } from "vitest";
import { makeField, makeFieldPolicy } from "../../../test/fixture/pair.ts";
import { agrees, makeBridge, type Bridge } from "../bridge.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Kind } from "../schema.ts";
import { choice, choices, empty, text } from "../value.ts";

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
