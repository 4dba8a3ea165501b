// Laws that every bridge must keep, whatever its two kinds: they are what stands between a value and
// its being written back and forth for ever. Each pair of kinds that has a bridge is tried with
// values of the left kind and of the right kind, pleasant and otherwise.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeField, makeFieldPolicy } from "../../../test/fixture/pair.ts";
import { agrees, makeBridge, type Bridge } from "../bridge.ts";
import type { FieldPolicy } from "../policy.ts";
import type { Kind } from "../schema.ts";
import { other, sides, type Side, type Sided } from "../side.ts";
import * as values from "../value.ts";
import { isSame, type Value } from "../value.ts";

interface Sample {
  readonly name: string;
  readonly kind: Kind;
  readonly values: fc.Arbitrary<Value>;
}

const word = fc.constantFrom(
  "high",
  "High",
  "Überlauf",
  "Caf\u0065\u0301",
  "x",
  "42",
  "a b",
  "🎈🎈",
);
const untidy = fc.oneof(
  word,
  fc
    .array(fc.oneof(word, fc.constantFrom("\r\n", "\n", "\r", " ", "\t", ",", ", ")), {
      maxLength: 8,
    })
    .map((parts) => parts.join("")),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom(
    "2026-03-29",
    "2026-03-29T01:30:00Z",
    "2026-02-30",
    " 7.50 ",
    "1e3",
    "-0",
    "ana@a.example, bo@a.example",
  ),
  fc.constant("long ".repeat(60)),
);
const plain = untidy.map((content) => values.text(content));
const textOf = (isMultiline: boolean, lengthMax: number): Kind => ({
  kind: "text",
  format: "plain",
  isMultiline,
  lengthMax,
});

const figure = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100),
  fc.integer({ min: -3_000, max: 3_000 }).map((n) => n / 1_000 + 0.1 + 0.2 - 0.3),
  fc.constantFrom(0, -0, 0.29999999999999877, 17.04, 0.5, 2.5, 0.495, 0.4999, 1.005, 1e21, 5e-324),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const numberOf = (decimals: number | null): Sample => ({
  name: `number(${decimals ?? "all"})`,
  kind: { kind: "number", decimals },
  values: figure.map((n) => values.number(n)),
});

const dayText = fc
  .integer({ min: 10_957, max: 40_000 })
  .map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
const changeDays = fc.constantFrom("2018-11-04", "2026-03-29", "2026-10-25", "2028-02-29");
const someDay = fc.oneof(dayText, changeDays);
const someInstant = fc.oneof(
  fc.integer({ min: 946_684_800_000, max: 4_000_000_000_000 }),
  changeDays.chain((day) =>
    fc.integer({ min: 0, max: 172_800 }).map((s) => Date.parse(day) - 43_200_000 + s * 1_000),
  ),
);

function dateOf(
  name: string,
  time: "none" | "optional" | "required",
  limits: { readonly stepMs: number; readonly hasRange: boolean },
): Sample {
  const { stepMs, hasRange } = limits;
  const cut = (ms: number): number => Math.floor(ms / stepMs) * stepMs;
  const days = fc
    .tuple(someDay, fc.option(someDay))
    .map(([start, end]) => values.day(start, hasRange ? end : null));
  const instants = fc
    .tuple(someInstant, fc.option(someInstant))
    .map(([start, end]) => values.instant(cut(start), hasRange && end !== null ? cut(end) : null));
  const held = { none: days, optional: fc.oneof(days, instants), required: instants };
  return { name, kind: { kind: "date", time, stepMs, hasRange }, values: held[time] };
}

const optionNames = ["High", "Low", "Überlauf", "Not started", "Hoch", "A", "B"];
const options = optionNames.map((name) => ({ id: name, name }));
const free = fc.oneof(
  fc.constantFrom(...optionNames),
  word,
  fc.constantFrom("x, y", " A ", "hIGH"),
);

const choiceOf = (name: string, limits: Partial<Extract<Kind, { kind: "choice" }>>): Sample => ({
  name,
  kind: {
    kind: "choice",
    options,
    canAddOptions: true,
    refuses: [],
    blankOption: null,
    ...limits,
  },
  values: free.map((content) => values.choice(content)),
});

const personNames = fc.constantFrom("Ana", "Bo", "Doe, Jane", "ana@a.example", null, "", "x; y\nz");
const person = fc
  .tuple(fc.constantFrom("ana", "bo", "cy"), fc.boolean(), personNames)
  .map(([id, isShown, name]) => ({ id, email: isShown ? `${id}@a.example` : null, name }));
const group = fc
  .array(person, { maxLength: 4 })
  .map((list) => values.people([...new Map(list.map((one) => [one.id, one])).values()]));

const samples: readonly Sample[] = [
  { name: "text(lines)", kind: textOf(true, 200), values: plain },
  { name: "text(line)", kind: textOf(false, 100), values: plain },
  {
    name: "text(styled)",
    kind: textOf(true, 2_000),
    values: fc.tuple(untidy, fc.boolean()).map(([content, styled]) => values.text(content, styled)),
  },
  {
    name: "rich",
    kind: { kind: "rich", lengthMax: 150 },
    values: plain.map((value) =>
      value.kind === "text" ? { kind: "rich", markdown: value.text } : value,
    ),
  },
  numberOf(null),
  numberOf(0),
  numberOf(2),
  { name: "boolean", kind: { kind: "boolean" }, values: fc.boolean().map(values.boolean) },
  dateOf("day", "none", { stepMs: 86_400_000, hasRange: false }),
  dateOf("days", "none", { stepMs: 86_400_000, hasRange: true }),
  dateOf("date(minutes, range)", "optional", { stepMs: 60_000, hasRange: true }),
  dateOf("date(ms)", "optional", { stepMs: 1, hasRange: false }),
  dateOf("instant(ms)", "required", { stepMs: 1, hasRange: false }),
  dateOf("instant(s, range)", "required", { stepMs: 1_000, hasRange: true }),
  choiceOf("choice(open)", {}),
  choiceOf("choice(closed)", { canAddOptions: false, refuses: [","] }),
  choiceOf("status", { canAddOptions: false, blankOption: "Not started" }),
  {
    name: "choices",
    kind: { kind: "choices", options, canAddOptions: true, refuses: [], countMax: 3 },
    values: fc.array(free, { maxLength: 4 }).map(values.choices),
  },
  {
    name: "choices(no commas)",
    kind: { kind: "choices", options: [], canAddOptions: true, refuses: [","], countMax: 100 },
    values: fc
      .array(free, { maxLength: 4 })
      .map((list) => values.choices(list.filter((name) => !name.includes(",")))),
  },
  { name: "people", kind: { kind: "people", isMany: true, countMax: 3 }, values: group },
  {
    name: "person",
    kind: { kind: "people", isMany: false, countMax: 1 },
    values: person.map((one) => values.people([one])),
  },
];

const settings: readonly { readonly name: string; readonly policy: Partial<FieldPolicy> }[] = [
  { name: "as it is", policy: {} },
  {
    name: "with settings",
    policy: {
      carry: { zone: "America/Sao_Paulo", people: "name", formatting: "drop" },
      renames: [
        { left: "High", right: "Hoch" },
        { left: "A", right: "B" },
        { left: "B", right: "A" },
        { left: "Not started", right: "Neu" },
      ],
    },
  },
  { name: "in Berlin", policy: { carry: { zone: "Europe/Berlin" } } },
];

interface Case {
  readonly name: string;
  readonly bridge: Bridge;
  readonly kinds: Sided<Kind>;
  readonly values: Sided<fc.Arbitrary<Value>>;
}

function casesOf(): readonly Case[] {
  const cases: Case[] = [];
  for (const { name, policy } of settings) {
    for (const left of samples) {
      for (const right of samples) {
        const fields = {
          left: makeField("left", "F", left.kind),
          right: makeField("right", "F", right.kind),
        };
        const result = makeBridge(fields.left, fields.right, makeFieldPolicy("F", policy));
        if (result.kind === "refused") continue;
        const arbitrary = (sample: Sample): fc.Arbitrary<Value> =>
          fc.oneof({ weight: 9, arbitrary: sample.values }, fc.constant(values.empty));
        cases.push({
          name: `${left.name} ~ ${right.name}, ${name}`,
          bridge: result.bridge,
          kinds: { left: left.kind, right: right.kind },
          values: { left: arbitrary(left), right: arbitrary(right) },
        });
      }
    }
  }
  return cases;
}

const cases = casesOf();
const numRuns = 50;

/** Every value of either side that the bridge carries, with what it becomes. */
function eachCarried(
  { bridge, values: held }: Case,
  check: (from: Side, value: Value, carried: Value) => void,
): void {
  for (const from of sides) {
    fc.assert(
      fc.property(held[from], (value) => {
        const carried = bridge.carry(other(from), value);
        if (carried.kind === "value") check(from, value, carried.value);
      }),
      { numRuns },
    );
  }
}

/** Why a field cannot hold a value; null when it can. */
function misfit(kind: Kind, value: Value): string | null {
  if (value.kind === "empty") return null;
  switch (kind.kind) {
    case "text":
      if (value.kind !== "text") return "no text";
      if (!kind.isMultiline && value.text.includes("\n")) return "line breaks";
      return value.text.length > kind.lengthMax ? "too long" : null;
    case "rich":
      if (value.kind !== "rich") return "not rich";
      return value.markdown.length > kind.lengthMax ? "too long" : null;
    case "number": {
      if (value.kind !== "number") return "no number";
      const cut =
        kind.decimals === null ? value.number : Number(value.number.toFixed(kind.decimals));
      return Object.is(cut, value.number) ? null : "too many digits";
    }
    case "boolean":
      return value.kind === "boolean" ? null : "no boolean";
    case "date":
      if (value.kind === "day") {
        if (kind.time === "required") return "a time is required";
        return value.end !== null && !kind.hasRange ? "a range" : null;
      }
      if (value.kind !== "instant") return "no date";
      if (kind.time === "none") return "a time";
      if (value.startMs % kind.stepMs !== 0) return "finer than the step";
      return value.endMs !== null && !kind.hasRange ? "a range" : null;
    case "choice":
    case "choices": {
      const names =
        value.kind === "choice" ? [value.name] : value.kind === "choices" ? value.names : null;
      if (names === null || value.kind !== kind.kind) return "another kind";
      if (names.some((name) => kind.refuses.some((sign) => name.includes(sign)))) return "sign";
      const isKnown = names.every((name) => kind.options.some((option) => option.name === name));
      if (!isKnown && !kind.canAddOptions) return "unknown option";
      return kind.kind === "choices" && names.length > kind.countMax ? "too many" : null;
    }
    case "people":
      if (value.kind !== "people") return "no people";
      if (value.people.some(({ email }) => email === null)) return "nobody to name";
      return value.people.length > (kind.isMany ? kind.countMax : 1) ? "too many" : null;
    case "links":
    case "files":
    case "unsupported":
      return "no bridge should lead here";
  }
}

describe("every bridge", () => {
  test("P15: there are bridges to speak of, both ways for each", () => {
    expect(cases.length).toBeGreaterThan(300);
    const name = (entry: Case): string => `${entry.kinds.left.kind}-${entry.kinds.right.kind}`;
    const mirror = (entry: Case): string => `${entry.kinds.right.kind}-${entry.kinds.left.kind}`;
    const found = new Set(cases.map(name));
    expect(cases.filter((entry) => !found.has(mirror(entry)))).toEqual([]);
  });

  test.each(cases)("P1 P15 F19: carried once, a value stays put: $name", (entry) => {
    const { bridge } = entry;
    eachCarried(entry, (from, value, carried) => {
      const to = other(from);
      const canons = { from: bridge.canon[from](value), to: bridge.canon[to](carried) };
      expect({ value, carried, ...canons }).toEqual({ value, carried, ...canons, to: canons.from });
      expect({ value, carried, misfit: misfit(entry.kinds[to], carried) }).toMatchObject({
        misfit: null,
      });
      // There and back, it has come to rest: neither side would ever be written again.
      const back = bridge.carry(from, carried);
      if (back.kind === "refused") return;
      expect(bridge.canon[from](back.value)).toBe(canons.from);
      const again = bridge.carry(to, back.value);
      const rest = again.kind === "refused" ? null : again.value;
      expect(rest === null ? null : bridge.canon[to](rest)).toBe(canons.from);
      const once = rest === null ? null : bridge.carry(from, rest);
      const twice = once?.kind === "value" ? bridge.carry(to, once.value) : null;
      expect(twice).toMatchObject({ value: rest });
    });
  });

  test("P15: agreement is judged by what a value is, so it is an equivalence", () => {
    for (const { bridge, values: held } of cases) {
      for (const side of sides) {
        const found = fc.sample(held[side], 12);
        for (const one of found) {
          expect(bridge.canon[side](structuredClone(one))).toBe(bridge.canon[side](one));
          // People shown by name may differ under one address; nothing else has a form of its own.
          for (const two of found.filter(
            (entry) => entry.kind !== "people" && isSame(entry, one),
          )) {
            expect(bridge.canon[side](two)).toBe(bridge.canon[side](one));
          }
        }
      }
    }
  });
});

test("P25: an unknown value agrees with nothing, not even with another", () => {
  for (const { bridge, values: held } of cases) {
    const [sample] = fc.sample(held.right, 1);
    const blind = values.unknown("error");
    expect(agrees(bridge, blind, sample ?? values.empty)).toBe(false);
    expect(agrees(bridge, blind, blind)).toBe(false);
  }
});
