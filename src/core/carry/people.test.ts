// People by example; their laws are in carry.prop.test.ts.
import { expect, test } from "vitest";
import { makeField, makeFieldPolicy } from "../../../test/fixture/pair.ts";
import { agrees, makeBridge, type Bridge } from "../bridge.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Kind } from "../schema.ts";
import { people, text } from "../value.ts";

function bridgeOf(left: Kind, right: Kind, policy: Partial<FieldPolicy> = {}): Bridge {
  const fields = [makeField("left", "F", left), makeField("right", "F", right)] as const;
  const result = makeBridge(...fields, makeFieldPolicy("F", policy));
  if (result.kind === "refused") throw new Error(result.why);
  return result.bridge;
}

const many: Kind = { kind: "people", isMany: true, countMax: 10 };
const one: Kind = { kind: "people", isMany: false, countMax: 1 };
const line: Kind = { kind: "text", format: "plain", isMultiline: false, lengthMax: 100 };
const ana = { id: "u1", email: "ana@a.example", name: "Ana" };
const bo = { id: "u2", email: "bo@a.example", name: "Doe, Bo" };
const hidden = { id: "u3", email: null, name: "Cy" };

test("P1: people are who their address says, in any order", () => {
  const bridge = bridgeOf(many, many);
  const there = people([
    { ...bo, id: "usr9" },
    { ...ana, id: "usr8", name: "A." },
  ]);
  expect(agrees(bridge, people([ana, bo]), there)).toBe(true);
});

test("F19: nobody is named whose address is hidden, and no one is dropped", () => {
  expect(bridgeOf(many, many).carry("right", people([ana, hidden]))).toMatchObject({
    kind: "refused",
    why: expect.stringContaining("Cy"),
  });
  expect(bridgeOf(many, one).carry("right", people([ana, bo]))).toMatchObject({
    kind: "refused",
    why: "2 people, the field takes one",
  });
});

test("P15: a comma in a name does not make two people of one", () => {
  const bridge = bridgeOf(many, line, { carry: { people: "name" } });
  const value = people([ana, bo]);
  expect(bridge.carry("right", value)).toMatchObject({ value: text("Ana, Doe Bo") });
  expect(agrees(bridge, value, text("Doe Bo, Ana"))).toBe(true);
});

test("P15: a person without any name is still somebody", () => {
  const bridge = bridgeOf(many, line);
  const value = people([{ id: "u9", email: null, name: "" }]);
  expect(bridge.carry("right", value)).toMatchObject({ value: text("u9") });
  expect(agrees(bridge, value, text("u9"))).toBe(true);
});

test("addresses in a text find people again", () => {
  const bridge = bridgeOf(many, line);
  const carried = bridge.carry("left", text("Ana@A.example; bo@a.example"));
  expect(carried).toMatchObject({ kind: "value" });
  expect(carried.kind === "value" && agrees(bridge, carried.value, people([ana, bo]))).toBe(true);
});
