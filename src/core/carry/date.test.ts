// Dates by example; their laws are in carry.prop.test.ts.
import { expect, test } from "vitest";
import { makeField, makeFieldPolicy } from "../../../test/fixture/pair.ts";
import { agrees, makeBridge, type Bridge } from "../bridge.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Kind } from "../schema.ts";
import { day, instant, text } from "../value.ts";

function bridgeOf(left: Kind, right: Kind, policy: Partial<FieldPolicy> = {}): Bridge {
  const fields = [makeField("left", "F", left), makeField("right", "F", right)] as const;
  const result = makeBridge(...fields, makeFieldPolicy("F", policy));
  if (result.kind === "refused") throw new Error(result.why);
  return result.bridge;
}

const date: Kind = { kind: "date", time: "optional", stepMs: 60_000, hasRange: true };
const dayOnly: Kind = { kind: "date", time: "none", stepMs: 86_400_000, hasRange: false };
const withTime: Kind = { kind: "date", time: "required", stepMs: 1, hasRange: false };
const line: Kind = { kind: "text", format: "plain", isMultiline: false, lengthMax: 100 };
const berlin = { carry: { zone: "Europe/Berlin" } };
const at = (iso: string): number => Date.parse(iso);

test("an instant is a day in the mapping's zone", () => {
  const late = instant(at("2026-03-28T23:30:00Z"));
  expect(bridgeOf(date, dayOnly, berlin).carry("right", late)).toMatchObject({
    value: day("2026-03-29"),
  });
  expect(bridgeOf(date, dayOnly).carry("right", late)).toMatchObject({ value: day("2026-03-28") });
});

test("a day becomes the first instant of it where a time is required", () => {
  const bridge = bridgeOf(date, withTime, berlin);
  const midnight = instant(at("2026-03-28T23:00:00Z"));
  expect(bridge.carry("right", day("2026-03-29"))).toMatchObject({ value: midnight });
  expect(agrees(bridge, day("2026-03-29"), midnight)).toBe(true);
  expect(agrees(bridge, day("2026-03-29"), instant(at("2026-03-29T00:00:00Z")))).toBe(false);
});

test("F18: a range without its end is marked as the lesser copy", () => {
  const bridge = bridgeOf(date, dayOnly);
  const range = day("2026-01-01", "2026-01-05");
  expect(bridge.carry("right", range)).toEqual({
    kind: "value",
    value: day("2026-01-01"),
    isLossy: true,
  });
  expect(agrees(bridge, range, day("2026-01-01"))).toBe(true);
});

test("P15: seconds that one side cannot hold are no edit", () => {
  const bridge = bridgeOf(date, withTime);
  const [exact, cut] = [at("2026-01-01T10:00:59.999Z"), at("2026-01-01T10:00:00Z")];
  expect(bridge.carry("left", instant(exact))).toMatchObject({ value: instant(cut) });
  expect(agrees(bridge, instant(cut), instant(exact))).toBe(true);
});

test("P15: ranges go into a text and come back from it", () => {
  const bridge = bridgeOf(date, line);
  const range = day("2026-01-01", "2026-01-05");
  const written = text("2026-01-01 → 2026-01-05");
  expect(bridge.carry("right", range)).toMatchObject({ value: written });
  expect(bridge.carry("left", written)).toMatchObject({ value: range });
  expect(agrees(bridge, range, written)).toBe(true);
  const times = instant(at("2026-01-01T10:00:00Z"), at("2026-01-01T11:30:00Z"));
  const carried = bridge.carry("right", times);
  expect(carried).toMatchObject({ kind: "value", isLossy: false });
  expect(carried.kind === "value" && agrees(bridge, times, carried.value)).toBe(true);
});

test.each([
  "tomorrow",
  "2026-02-30",
  "2026-01-01T25:00:00Z",
  "2026-01-01T10:60:00Z",
  "2026-01-01T10:00:00",
  "2026-01-01 → 2026-01-02 → 2026-01-03",
  "2026-01-01 → 2026-01-02T10:00:00Z",
])("F19: %j is no date", (content) => {
  expect(bridgeOf(date, line).carry("left", text(content))).toMatchObject({ kind: "refused" });
});

test("offsets in a text are minded", () => {
  const bridge = bridgeOf(date, line);
  expect(bridge.carry("left", text("2026-01-01T10:00:00.25+05:30"))).toMatchObject({
    value: instant(at("2026-01-01T04:30:00Z")),
  });
});
