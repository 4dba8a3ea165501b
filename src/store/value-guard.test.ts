import { expect, test } from "vitest";

import { everyValue } from "../../test/fixture/store.ts";
import { isValue } from "./value-guard.ts";

test.each(Object.values(everyValue).map((value) => [value.kind, value] as const))(
  "a value of kind %s passes after a round trip through JSON",
  (_, value) => {
    expect(isValue(JSON.parse(JSON.stringify(value)))).toBe(true);
  },
);

test.each(Object.values(everyValue).map((value) => [value.kind, value] as const))(
  "a value of kind %s that lacks any of its keys does not",
  (_, value) => {
    for (const lacking of Object.keys(value)) {
      const rest = Object.fromEntries(Object.entries(value).filter(([key]) => key !== lacking));
      expect(isValue(rest), lacking).toBe(false);
    }
  },
);

test.each<[string, unknown]>([
  ["nothing", null],
  ["a text", "text"],
  ["a list", [{ kind: "empty" }]],
  ["an unheard-of kind", { kind: "colour", name: "red" }],
  ["a kind every object has", { kind: "toString" }],
  ["a number that JSON lost", { kind: "number", number: null }],
  ["an instant with a fraction", { kind: "instant", startMs: 0.5, endMs: null }],
  ["a day that ends in a number", { kind: "day", start: "2026-11-21", end: 3 }],
  ["a choice among numbers", { kind: "choices", names: ["a", 1] }],
  ["a person without an id", { kind: "people", people: [{ email: null, name: null }] }],
  ["a person with a numeric name", { kind: "people", people: [{ id: "u", email: null, name: 1 }] }],
  ["a file without an identity", { kind: "files", files: [{ name: "a" }] }],
  ["an unheard-of reason", { kind: "unknown", why: "because" }],
])("%s is no value", (_, data) => {
  expect(isValue(data)).toBe(false);
});
