// Dates by example; their laws are in carry.prop.test.ts.
import { expect, test } from "vitest";
import { makeField, makeFieldPolicy } from "../../../test/fixture/pair.ts";
import { agrees, makeBridge, type Bridge } from "../bridge.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Kind } from "../schema.ts";
import { day, empty, instant, number, text, type Value } from "../value.ts";

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

const carriedTo = (bridge: Bridge, value: Value, to: "left" | "right" = "right"): unknown => {
  const carried = bridge.carry(to, value);
  return carried.kind === "value" ? [carried.value, carried.isLossy] : carried.why;
};
const days: Kind = { ...dayOnly, hasRange: true };
const spans: Kind = { ...withTime, hasRange: true };
const exact: Kind = { kind: "date", time: "optional", stepMs: 1, hasRange: true };

test.each<[string, Kind, Kind, string | null]>([
  ["a date and its like", exact, exact, null],
  ["a date to the minute", date, exact, "seconds"],
  ["a date to the second", { ...date, stepMs: 1_000 }, exact, null],
  ["days", days, exact, "the time of day"],
  ["a day", exact, dayOnly, "the time of day, the end of a range"],
  ["one instant", withTime, date, "the end of a range, seconds"],
  ["a text", exact, line, null],
  ["days in a text", line, dayOnly, "the time of day, the end of a range"],
])("what is lost on the way is said: %s", (_name, one, two, loss) => {
  for (const bridge of [bridgeOf(one, two), bridgeOf(two, one)]) {
    expect([bridge.grade, bridge.loss]).toEqual([loss === null ? "exact" : "lossy", loss]);
  }
});

test("days and ranges of days go as far as the field can hold them", () => {
  const range = day("2026-03-28", "2026-03-29");
  const one = day("2026-03-28");
  const midnights = [at("2026-03-27T23:00:00Z"), at("2026-03-28T23:00:00Z")] as const;
  expect(carriedTo(bridgeOf(days, days), range)).toEqual([range, false]);
  expect(carriedTo(bridgeOf(days, dayOnly), range)).toEqual([one, true]);
  expect(carriedTo(bridgeOf(days, dayOnly), one)).toEqual([one, false]);
  expect(carriedTo(bridgeOf(days, date), range)).toEqual([range, false]);
  expect(carriedTo(bridgeOf(days, spans, berlin), range)).toEqual([instant(...midnights), false]);
  expect(carriedTo(bridgeOf(days, spans, berlin), one)).toEqual([instant(midnights[0]), false]);
  expect(carriedTo(bridgeOf(days, withTime, berlin), range)).toEqual([instant(midnights[0]), true]);
  expect(carriedTo(bridgeOf(days, withTime), day("2026-02-30"))).toBe(
    "2026-02-30 is no calendar day",
  );
});

test("instants and their ranges are cut to what the field can hold", () => {
  const [start, end] = [at("2026-03-28T23:30:59.500Z"), at("2026-03-29T22:30:30.250Z")];
  const [startCut, endCut] = [at("2026-03-28T23:30:00Z"), at("2026-03-29T22:30:00Z")];
  const range = instant(start, end);
  expect(carriedTo(bridgeOf(exact, date), range)).toEqual([instant(startCut, endCut), false]);
  expect(carriedTo(bridgeOf(exact, date), instant(start))).toEqual([instant(startCut), false]);
  expect(carriedTo(bridgeOf(exact, withTime), range)).toEqual([instant(start), true]);
  expect(carriedTo(bridgeOf(exact, spans), range)).toEqual([range, false]);
  const inDays = [day("2026-03-29", "2026-03-30"), false];
  expect(carriedTo(bridgeOf(exact, days, berlin), range)).toEqual(inDays);
  expect(carriedTo(bridgeOf(exact, dayOnly, berlin), range)).toEqual([day("2026-03-29"), true]);
  expect(carriedTo(bridgeOf(exact, days, berlin), instant(start))).toEqual([
    day("2026-03-29"),
    false,
  ]);
  // Before 1970 a time is cut down all the same, not towards it.
  const old = instant(at("1969-12-31T23:59:30Z"));
  expect(carriedTo(bridgeOf(exact, date), old)).toEqual([
    instant(at("1969-12-31T23:59:00Z")),
    false,
  ]);
});

test("P15: nothing carries nothing, to a date and to a text", () => {
  expect(carriedTo(bridgeOf(date, line), empty)).toEqual([empty, false]);
  expect(carriedTo(bridgeOf(date, line), empty, "left")).toEqual([empty, false]);
  expect(agrees(bridgeOf(date, line), empty, text(""))).toBe(true);
  expect(agrees(bridgeOf(date, date), empty, day("2026-01-01"))).toBe(false);
});

test.each<[string, Value]>([
  ["2026-01-02", day("2026-01-02")],
  [" 2026-01-02 → 2026-01-05 ", day("2026-01-02", "2026-01-05")],
  ["2026-01-02→2026-01-05", day("2026-01-02", "2026-01-05")],
  ["2026-01-02T10:20Z", instant(Date.UTC(2026, 0, 2, 10, 20))],
  ["2026-01-02T10:20:30Z", instant(Date.UTC(2026, 0, 2, 10, 20, 30))],
  ["2026-01-02T10:20:30.5Z", instant(Date.UTC(2026, 0, 2, 10, 20, 30, 500))],
  ["2026-01-02T10:20:30.12345Z", instant(Date.UTC(2026, 0, 2, 10, 20, 30, 123))],
  ["2026-01-02T23:59:59.999+00:00", instant(Date.UTC(2026, 0, 2, 23, 59, 59, 999))],
  ["2026-01-02T01:15+05:45", instant(Date.UTC(2026, 0, 1, 19, 30))],
  ["2026-01-02T20:15-08:30", instant(Date.UTC(2026, 0, 3, 4, 45))],
  [
    "2026-01-02T10:00Z → 2026-01-02T11:00Z",
    instant(Date.UTC(2026, 0, 2, 10), Date.UTC(2026, 0, 2, 11)),
  ],
])("%j in a text is a date", (content, value) => {
  expect(carriedTo(bridgeOf(exact, line), text(content), "left")).toEqual([value, false]);
  expect(agrees(bridgeOf(exact, line), value, text(content))).toBe(true);
});

test.each([
  "2026-01-02T24:00Z",
  "2026-01-02T10:00:60Z",
  "2026-01-02T10Z",
  "2026-02-30T10:00Z",
  "2026-01-02T10:00:00.Z",
  "2026-01-02 → ",
  "2026-01-02T10:00Z → 2026-01-03",
  "at 2026-01-02",
  "2026-01-02T10:00Z, about",
])("F19: %j is none, and equals only itself", (content) => {
  const bridge = bridgeOf(exact, line);
  expect(carriedTo(bridge, text(content), "left")).toBe("the text is no ISO date");
  expect(agrees(bridge, text(content), text(content))).toBe(true);
  expect(agrees(bridge, empty, text(content))).toBe(false);
});

test("what is no date at all is refused", () => {
  expect(carriedTo(bridgeOf(date, line), number(1))).toBe("the text is no ISO date");
  expect(agrees(bridgeOf(date, line), number(1), text("1"))).toBe(false);
});

test.each<[Value, string]>([
  [day("2026-01-02"), "2026-01-02"],
  [day("2026-01-02", "2026-01-05"), "2026-01-02 → 2026-01-05"],
  [instant(Date.UTC(2026, 0, 2, 3, 4, 5, 6)), "2026-01-02T03:04:05.006Z"],
  [instant(Date.UTC(2026, 0, 2, 23, 59, 59, 999)), "2026-01-02T23:59:59.999Z"],
  [instant(-1), "1969-12-31T23:59:59.999Z"],
  [
    instant(Date.UTC(2026, 0, 2), Date.UTC(2026, 0, 3, 12)),
    "2026-01-02T00:00:00.000Z → 2026-01-03T12:00:00.000Z",
  ],
])("%j is written into a text", (value, content) => {
  expect(carriedTo(bridgeOf(exact, line), value)).toEqual([text(content), false]);
});

test("P15: what one side cannot hold is no difference, anything else is", () => {
  const noon = at("2026-01-02T12:00:00Z");
  const agreed = (left: Kind, right: Kind, one: Value, two: Value): readonly boolean[] => [
    agrees(bridgeOf(left, right, berlin), one, two),
    agrees(bridgeOf(right, left, berlin), two, one),
  ];
  const [yes, no] = [
    [true, true],
    [false, false],
  ];
  expect(agreed(exact, date, instant(noon + 59_999), instant(noon))).toEqual(yes);
  expect(agreed(exact, date, instant(noon + 60_000), instant(noon))).toEqual(no);
  expect(agreed(exact, exact, instant(noon + 1), instant(noon))).toEqual(no);
  expect(agreed(exact, date, instant(noon, noon + 1), instant(noon, noon))).toEqual(yes);
  expect(agreed(exact, date, instant(noon, noon + 60_000), instant(noon, noon))).toEqual(no);
  expect(agreed(exact, date, instant(noon, noon), instant(noon))).toEqual(no);
  expect(agreed(exact, withTime, instant(noon, noon + 1), instant(noon))).toEqual(yes);
  expect(agreed(exact, days, instant(noon, noon + 86_400_000), day("2026-01-02"))).toEqual(no);
  const tomorrow = day("2026-01-02", "2026-01-03");
  expect(agreed(exact, days, instant(noon, noon + 86_400_000), tomorrow)).toEqual(yes);
  expect(agreed(exact, dayOnly, instant(noon, noon + 86_400_000), day("2026-01-02"))).toEqual(yes);
  expect(agreed(exact, days, tomorrow, day("2026-01-02"))).toEqual(no);
  expect(agreed(exact, dayOnly, tomorrow, day("2026-01-02"))).toEqual(yes);
  const midnight = at("2026-01-01T23:00:00Z");
  expect(agreed(exact, exact, day("2026-01-02"), instant(midnight))).toEqual(no);
  expect(agreed(exact, withTime, day("2026-01-02"), instant(midnight))).toEqual(yes);
  expect(agreed(exact, spans, tomorrow, instant(midnight, midnight + 86_400_000))).toEqual(yes);
  expect(agreed(exact, spans, tomorrow, instant(midnight))).toEqual(no);
});
