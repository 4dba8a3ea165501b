// People by example; their laws are in carry.prop.test.ts.
import { expect, test } from "vitest";
import { makeField, makeFieldPolicy } from "../../../test/fixture/pair.ts";
import { agrees, makeBridge, type Bridge } from "../bridge.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Kind } from "../schema.ts";
import { empty, number, people, text, type Person, type Value } from "../value.ts";

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

const words = (carried: ReturnType<Bridge["carry"]>): Value | string =>
  carried.kind === "value" ? carried.value : carried.why;
const byName = { carry: { people: "name" } } as const;
const crowd = (count: number): Value =>
  people(
    Array.from({ length: count }, (_, at) => ({
      id: `u${at}`,
      email: `u${at}@a.example`,
      name: null,
    })),
  );

test("F19: people that do not fit are refused in words, and as many as fit are carried", () => {
  const bridge = bridgeOf(many, many);
  expect(words(bridge.carry("right", people([ana, hidden])))).toBe(
    "no e-mail address is known for Cy, so nobody can be found there",
  );
  expect(words(bridge.carry("right", people([{ ...hidden, name: null }])))).toBe(
    "no e-mail address is known for u3, so nobody can be found there",
  );
  expect(words(bridge.carry("left", crowd(11)))).toBe("11 people, the field takes 10");
  expect(bridge.carry("left", crowd(10))).toEqual({
    kind: "value",
    value: crowd(10),
    isLossy: false,
  });
  expect(words(bridgeOf(many, one).carry("right", people([ana])))).toEqual(people([ana]));
  expect(words(bridge.carry("left", number(1)))).toBe("the value names nobody");
  const nobody = { kind: "value", value: empty, isLossy: false };
  expect(bridge.carry("left", empty)).toEqual(nobody);
  const texts = bridgeOf(one, line);
  expect([texts.carry("left", text(" ")), texts.carry("right", empty)]).toEqual([nobody, nobody]);
  const written = { ...nobody, value: text("ana@a.example") };
  expect(texts.carry("right", people([ana]))).toEqual(written);
  const short = bridgeOf(many, { ...line, lengthMax: 5 });
  expect(words(short.carry("right", people([ana])))).toBe(
    "the text has 13 characters, the field takes 5",
  );
});

test("in a text people stand by address, or by name where that was asked for", () => {
  const told = (person: Person, policy: Partial<FieldPolicy> = {}): Value | string =>
    words(bridgeOf(many, line, policy).carry("right", people([person])));
  expect([told(ana), told(ana, byName)]).toEqual([text("ana@a.example"), text("Ana")]);
  expect([told(hidden), told(hidden, byName)]).toEqual([text("Cy"), text("Cy")]);
  const nameless = { ...ana, name: null };
  expect([told(nameless), told(nameless, byName)]).toEqual([
    text("ana@a.example"),
    text("ana@a.example"),
  ]);
  const odd = { ...ana, name: " Doe,\n Jane; x " };
  expect(told(odd, byName)).toEqual(text("Doe Jane x"));
  expect(words(bridgeOf(many, line).carry("right", empty))).toEqual(empty);
});

test("a text is read name by name, and blanks between the signs are nobody", () => {
  const bridge = bridgeOf(many, line);
  expect(words(bridge.carry("left", text(" Ana@A.example ;, bo@a.example\n")))).toEqual({
    kind: "people",
    people: [
      { id: "Ana@A.example", email: "ana@a.example", name: "Ana@A.example" },
      { id: "bo@a.example", email: "bo@a.example", name: "bo@a.example" },
    ],
  });
  expect(words(bridge.carry("left", text(" , ")))).toEqual(empty);
  expect(words(bridge.carry("left", text("Ana")))).toBe(
    "no e-mail address is known for Ana, so nobody can be found there",
  );
  expect(agrees(bridge, empty, text(" ; "))).toBe(true);
  expect(agrees(bridge, people([ana]), text("ANA@a.example, ana@a.example"))).toBe(true);
  expect(agrees(bridge, people([ana]), text("ana@a.example, bo@a.example"))).toBe(false);
});

test("P1: between two people fields the address tells, whatever the names and the settings", () => {
  const bridge = bridgeOf(many, many, byName);
  expect(agrees(bridge, people([ana]), people([{ ...ana, name: "Bo" }]))).toBe(true);
  expect(agrees(bridge, people([ana]), people([{ ...bo, name: "Ana" }]))).toBe(false);
  expect(agrees(bridge, people([ana, ana]), people([ana]))).toBe(true);
  expect(agrees(bridge, people([hidden]), people([{ ...hidden, id: "u4" }]))).toBe(false);
  expect(agrees(bridge, empty, people([ana]))).toBe(false);
  expect(agrees(bridge, number(1), empty)).toBe(false);
  expect([bridge.grade, bridge.loss]).toEqual(["exact", null]);
  const named = bridgeOf(line, many, byName);
  expect([named.grade, named.loss]).toEqual([
    "lossy",
    "who is meant, where two people share a name",
  ]);
  expect(agrees(named, text("ana"), people([ana]))).toBe(true);
});
