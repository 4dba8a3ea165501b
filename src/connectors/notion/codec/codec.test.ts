// The laws of the codecs: what is written reads back as the same value, nothing makes decoding throw,
// and what a property cannot hold is refused before it is sent.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  boolean,
  choice,
  choices,
  day,
  empty,
  instant,
  isSame,
  number,
  people,
  text,
  unknown,
  type Value,
} from "../../../core/value.ts";
import { propertyTypeOf, type PropertyType } from "../property-type.ts";
import { limits } from "../limits.ts";
import { isRecord, type EncodeContext } from "./codec.ts";
import { chunks } from "./rich-text.ts";

const everybody: EncodeContext = { userIdOf: () => "11111111-1111-4111-8111-111111111111" };
const nobody: EncodeContext = { userIdOf: () => null };

/** What the service gives back for what was written. */
function readBack(type: string, written: unknown): unknown {
  const json: unknown = JSON.parse(JSON.stringify(written));
  switch (type) {
    case "title":
    case "rich_text":
      return (json as { text: { content: string } }[]).map((element) => ({
        type: "text",
        text: { content: element.text.content, link: null },
        annotations: { bold: false, italic: false, code: false, color: "default" },
        plain_text: element.text.content,
        href: null,
      }));
    case "relation":
      return json;
    case "date":
      return json === null ? null : { ...(json as object), time_zone: null };
    case "people":
      return (json as { id: string }[]).map(({ id }) => ({
        object: "user",
        id,
        name: "A",
        type: "person",
        person: { email: `${id}@example.test` },
      }));
    default:
      return json;
  }
}

function roundTrip(type: string, value: Value): Value {
  const { codec } = propertyTypeOf(type, null);
  const encoded = codec.encode(value, everybody);
  if (encoded.kind === "refused") throw new Error(encoded.why);
  return codec.decode(readBack(type, encoded.content));
}

const anyText = fc.string({ unit: "grapheme", maxLength: 60 });
const textValue = anyText.map((content) => text(content));
const name = anyText.map((content) => content.replaceAll(",", "")).filter((n) => n !== "");
const dayText = fc
  .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const minuteMs = fc
  .integer({ min: -62_135_596_800, max: 253_402_300_799 })
  .map((seconds) => Math.floor(seconds / 60) * 60_000);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary);

const writable: readonly (readonly [string, fc.Arbitrary<Value>])[] = [
  ["title", textValue],
  ["rich_text", textValue],
  ["rich_text", fc.integer({ min: 1, max: 5 }).map((n) => text("x💾".repeat(n * 700)))],
  ["url", textValue],
  ["email", textValue],
  ["phone_number", textValue],
  ["number", fc.double({ noNaN: true, noDefaultInfinity: true }).map(number)],
  ["checkbox", fc.boolean().map(boolean)],
  ["select", name.map(choice)],
  ["status", name.map(choice)],
  ["multi_select", fc.array(name, { maxLength: 20 }).map(choices)],
  ["date", fc.tuple(dayText, maybe(dayText)).map(([start, end]) => day(start, end))],
  ["date", fc.tuple(minuteMs, maybe(minuteMs)).map(([start, end]) => instant(start, end))],
  [
    "people",
    fc
      .uniqueArray(fc.uuid(), { maxLength: 10 })
      .map((ids) =>
        people(ids.map((id) => ({ id, email: `${id.toLowerCase()}@example.test`, name: "A" }))),
      ),
  ],
  [
    "relation",
    fc
      .uniqueArray(fc.uuid(), { maxLength: 50 })
      .map((ids): Value => (ids.length === 0 ? empty : { kind: "links", ids })),
  ],
];

describe("laws", () => {
  test.each(writable)("%s: what is written reads back as the same value", (type, values) => {
    fc.assert(
      fc.property(values, (value) => {
        const back = roundTrip(type, value);
        expect(isSame(back, value), JSON.stringify([value, back])).toBe(true);
        expect(roundTrip(type, back)).toEqual(back);
      }),
      { numRuns: 200 },
    );
  });

  const clearable = writable.map(([type]) => type).filter((type) => type !== "checkbox");
  test.each([...new Set(clearable)])("%s: cleared reads back as empty", (type) => {
    expect(roundTrip(type, empty)).toEqual(empty);
  });

  test("a cleared checkbox is an unticked one", () => {
    expect(roundTrip("checkbox", empty)).toEqual(boolean(false));
  });

  const types = [
    ..."title rich_text url email phone_number number checkbox select status multi_select".split(
      " ",
    ),
    ..."date people relation files created_time last_edited_time created_by unique_id".split(" "),
    ..."formula rollup place button verification something_new".split(" "),
  ];
  test.each(types)("%s: nothing makes decoding throw", (type) => {
    const { codec } = propertyTypeOf(type, null);
    fc.assert(
      fc.property(fc.anything({ maxDepth: 3 }), (json) => {
        expect(codec.decode(json)).toHaveProperty("kind");
      }),
      { numRuns: 300 },
    );
  });

  test.each(types)("%s: a value of a foreign kind is refused, not thrown at", (type) => {
    const { codec } = propertyTypeOf(type, null);
    expect(codec.encode(unknown("error"), everybody).kind).toBe("refused");
  });
});

describe("rich text", () => {
  const run = (plain: string, more: Record<string, unknown> = {}): unknown => ({
    type: "text",
    text: { content: plain, link: null },
    annotations: { bold: false, color: "default" },
    plain_text: plain,
    href: null,
    ...more,
  });
  const decode = propertyTypeOf("rich_text", null).codec.decode;

  test("runs are joined, however they were cut", () => {
    expect(decode([run("a"), run("b\r\nc")])).toEqual(text("ab\nc"));
    expect(decode([])).toEqual(empty);
  });

  test.each([
    ["bold", run("a", { annotations: { bold: true, color: "default" } })],
    ["coloured", run("a", { annotations: { bold: false, color: "red_background" } })],
    ["a mention", run("@Ada", { type: "mention" })],
    ["an equation", run("x^2", { type: "equation" })],
    ["a link behind other words", run("here", { href: "https://example.com" })],
  ])("%s is styled", (_name, element) => {
    expect(decode([run("x"), element])).toMatchObject({ kind: "text", isStyled: true });
  });

  test("a link that is its own text is not styled, whatever Notion made of it", () => {
    const links: readonly (readonly [string, string])[] = [
      ["https://example.com", "https://example.com/"],
      ["example.com/ä", "http://example.com/%C3%A4"],
      ["a@example.com", "mailto:a@example.com"],
    ];
    for (const [plain, href] of links) expect(decode([run(plain, { href })])).toEqual(text(plain));
  });

  test("long text is cut within the limit and never inside a surrogate pair", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3_000 }), (pad, n) => {
        const whole = `${"x".repeat(pad)}${"💾".repeat(n)}`;
        const parts = chunks(whole);
        expect(parts.join("")).toBe(whole);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(limits.textElementMax);
          expect(part.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("refused before it is sent", () => {
  const refusals: readonly (readonly [string, Value, RegExp])[] = [
    ["rich_text", text("x".repeat(limits.textMax + 1)), /200001 characters/],
    ["url", text("x".repeat(2_001)), /2001 characters/],
    ["email", text("x".repeat(201)), /201 characters/],
    ["select", choice("a, b"), /comma/],
    ["multi_select", choices(["a", "b,c"]), /comma/],
    ["multi_select", choices(Array.from({ length: 101 }, (_, i) => `o${i}`)), /101 options/],
    ["people", people([{ id: "usr1", email: "x@example.com", name: null }]), /x@example\.com/],
    ["date", instant(8.64e15), /year/],
    ["formula", text("x"), /computed/],
    ["created_time", instant(0), /computed/],
    ["place", text("x"), /does not know/],
  ];
  test.each(refusals)("%s", (type, value, why) => {
    const encoded = propertyTypeOf(type, null).codec.encode(value, nobody);
    expect(encoded).toMatchObject({ kind: "refused", why: expect.stringMatching(why) as string });
  });
});

test("times are cut down to the minute, days stay days", () => {
  const decode = propertyTypeOf("date", null).codec.decode;
  expect(decode({ start: "2026-06-27T18:01:59.000+01:00", end: null, time_zone: null })).toEqual(
    instant(Date.parse("2026-06-27T17:01:00Z")),
  );
  expect(decode({ start: "2026-06-27", end: "2026-06-30", time_zone: null })).toEqual(
    day("2026-06-27", "2026-06-30"),
  );
  expect(decode({ start: "2026-13-01", end: null })).toEqual(unknown("undecodable"));
  expect(decode({ start: "2026-06-27", end: "2026-06-30T10:00:00Z" })).toEqual(
    unknown("undecodable"),
  );
});

test("a file is the same after its signed address changed", () => {
  const decode = propertyTypeOf("files", null).codec.decode;
  const file = (signature: string): unknown => ({
    name: "a.png",
    type: "file",
    file: { url: `https://files.example/x/a.png?X-Amz-Signature=${signature}`, expiry_time: "" },
  });
  expect(isSame(decode([file("1")]), decode([file("2")]))).toBe(true);
});

describe("computed", () => {
  const formula = (kind: "text" | "number" | "boolean" | "date"): PropertyType =>
    propertyTypeOf("formula", null, kind);

  test("a formula gives its learned kind, and text takes every result", () => {
    const two = { type: "number", number: 2.5 };
    expect(formula("number").codec.decode(two)).toEqual(number(2.5));
    expect(formula("text").codec.decode(two)).toEqual(text("2.5"));
    expect(formula("date").codec.decode(two)).toEqual(unknown("undecodable"));
    expect(formula("boolean").codec.decode({ type: "boolean", boolean: true })).toEqual(
      boolean(true),
    );
    expect(formula("text").codec.decode({ type: "string", string: null })).toEqual(empty);
  });

  test("what cannot be computed is unknown, never empty", () => {
    expect(formula("text").codec.decode({ type: "unsupported", unsupported: {} })).toEqual(
      unknown("unsupported"),
    );
    const rollup = propertyTypeOf("rollup", { function: "sum" }).codec.decode;
    expect(rollup({ type: "incomplete", incomplete: {}, function: "sum" })).toEqual(
      unknown("incomplete"),
    );
  });

  test("a roll-up's function tells its kind, and shown values are joined", () => {
    const kindOf = (name: string): unknown =>
      propertyTypeOf("rollup", { function: name }).kind.kind;
    expect([kindOf("sum"), kindOf("latest_date"), kindOf("show_original")]).toEqual([
      "number",
      "date",
      "text",
    ]);
    const shown = propertyTypeOf("rollup", { function: "show_original" }).codec.decode;
    const array = [
      { type: "number", number: 1 },
      { type: "select", select: null },
      { type: "select", select: { name: "High" } },
    ];
    expect(shown({ type: "array", array, function: "show_original" })).toEqual(text("1, High"));
  });

  test("unique ids show their prefix", () => {
    const decode = propertyTypeOf("unique_id", null).codec.decode;
    expect(decode({ prefix: "TASK", number: 12 })).toEqual(text("TASK-12"));
    expect(decode({ prefix: null, number: 12 })).toEqual(text("12"));
  });
});

test("a status falls back to the first option of its first group, a select to nothing", () => {
  const options = [
    { id: "1", name: "Done" },
    { id: "2", name: "Not started" },
  ];
  const groups = [{ id: "g", name: "To-do", option_ids: ["2"] }];
  expect(propertyTypeOf("status", { options, groups }).kind).toMatchObject({
    blankOption: "Not started",
    canAddOptions: false,
  });
  expect(propertyTypeOf("select", { options }).kind).toMatchObject({
    blankOption: null,
    canAddOptions: true,
    refuses: [","],
  });
  expect(isRecord([])).toBe(false);
});
