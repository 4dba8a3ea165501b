// Every type of property both ways, word for word: what a cell of the API is read as, and what a value is
// written as. Values that only look alike (nothing, the empty text, zero, no tick) are apart here.
import { describe, expect, test } from "vitest";
import {
  boolean,
  choice,
  choices,
  day,
  empty,
  instant,
  number,
  people,
  text,
  unknown,
  type Value,
} from "../../../core/value.ts";
import { limits } from "../limits.ts";
import { propertyTypeOf } from "../property-type.ts";
import type { EncodeContext } from "./codec.ts";
import { shownText } from "./shown.ts";

const ana = "00000000-0000-4000-8000-000000000001";
const context: EncodeContext = {
  userIdOf: (email) => (email === "ana@a.example" ? ana : null),
};
const undecodable = unknown("undecodable");
const run = (plain: string, more: Record<string, unknown> = {}): unknown => ({
  type: "text",
  plain_text: plain,
  ...more,
});
const styled = (content: string): Value => ({ ...text(content), isStyled: true }) as Value;
const utc = (iso: string): number => Date.parse(iso);
const links = (...ids: readonly string[]): Value => ({ kind: "links", ids });
const user = (id: string, more: Record<string, unknown> = {}): unknown => ({
  object: "user",
  id,
  ...more,
});

describe("reading", () => {
  const cases: readonly (readonly [string, unknown, Value])[] = [
    ["title", [], empty],
    ["title", [run("a"), run(" b")], text("a b")],
    ["rich_text", [run("")], empty],
    ["rich_text", [run(" ")], text(" ")],
    ["rich_text", [{ type: "text", text: { content: "as written" } }], text("as written")],
    ["rich_text", [run("a", { annotations: { bold: false, color: "default" } })], text("a")],
    ["rich_text", [run("a", { annotations: { color: "red" } })], styled("a")],
    ["rich_text", [run("a", { annotations: { code: true } })], styled("a")],
    ["rich_text", [run("a"), run("@Bo", { type: "mention" })], styled("a@Bo")],
    ["rich_text", [run("x.test", { href: "https://x.test/" })], text("x.test")],
    ["rich_text", [run("x.test ", { href: "http://X.test" })], text("x.test ")],
    ["rich_text", [run("+49 30", { href: "tel:+49 30" })], text("+49 30")],
    ["rich_text", [run("x%", { href: "https://x%" })], text("x%")],
    ["rich_text", [run("here", { href: "https://x.test" })], styled("here")],
    ["rich_text", [run("x.test/a", { href: "https://x.test/b" })], styled("x.test/a")],
    ["rich_text", null, undecodable],
    ["rich_text", ["a"], undecodable],
    ["rich_text", [run("a"), { type: "text" }], undecodable],
    ["url", null, empty],
    ["url", "", empty],
    ["url", "https://x.test", text("https://x.test")],
    ["email", 5, undecodable],
    ["phone_number", undefined, undecodable],
    ["number", null, empty],
    ["number", 0, number(0)],
    ["number", -1.25, number(-1.25)],
    ["number", "1", undecodable],
    ["checkbox", false, boolean(false)],
    ["checkbox", true, boolean(true)],
    ["checkbox", null, undecodable],
    ["select", null, empty],
    ["select", { id: "o", name: "High", color: "red" }, choice("High")],
    ["status", { id: "o", name: "Done" }, choice("Done")],
    ["status", undefined, undecodable],
    ["multi_select", [], empty],
    ["multi_select", [{ name: "a" }, { name: "b" }], choices(["a", "b"])],
    // Options that differ in their case alone are two.
    ["multi_select", [{ name: "a" }, { name: "A" }], choices(["a", "A"])],
    ["date", null, empty],
    ["date", { start: null, end: null }, empty],
    ["date", { start: null }, empty],
    ["date", { start: null, end: "2026-06-27" }, undecodable],
    ["date", { start: "2026-06-27" }, day("2026-06-27")],
    ["date", { start: "2026-06-27", end: null }, day("2026-06-27")],
    ["date", { start: "2026-06-27", end: "2026-06-28" }, day("2026-06-27", "2026-06-28")],
    ["date", { start: "2026-02-30", end: null }, undecodable],
    [
      "date",
      { start: "2026-06-27T10:30:59.999+02:00", end: "2026-06-27T12:00:01.000Z" },
      instant(utc("2026-06-27T08:30:00Z"), utc("2026-06-27T12:00:00Z")),
    ],
    ["date", { start: "1969-12-31T23:59:30Z", end: null }, instant(-60_000)],
    ["date", { start: "2026-06-27T10:30:00", end: null }, undecodable],
    ["date", { start: "2026-06-27T10:30:00Z", end: "2026-06-28" }, undecodable],
    ["date", { start: "2026-06-27T10:30:00Z", end: "soon" }, undecodable],
    ["date", "2026-06-27", undecodable],
    ["created_time", "2026-06-27T10:30:45.000Z", instant(utc("2026-06-27T10:30:00Z"))],
    ["last_edited_time", null, undecodable],
    ["people", [], empty],
    [
      "people",
      [user(ana, { name: "Ana", person: { email: "ANA@a.example" } }), user("b")],
      people([
        { id: ana, email: "ana@a.example", name: "Ana" },
        { id: "b", email: null, name: null },
      ]),
    ],
    ["created_by", user("b", { name: "B" }), people([{ id: "b", email: null, name: "B" }])],
    ["last_edited_by", null, empty],
    ["relation", [], empty],
    ["relation", [{ id: "b" }, { id: "a" }, { id: "b" }], links("b", "a")],
    ["relation", [{ id: "a" }, {}], undecodable],
    ["unique_id", null, empty],
    ["unique_id", { prefix: "T", number: null }, empty],
    ["unique_id", { prefix: "", number: 3 }, text("3")],
    ["unique_id", { prefix: "T", number: "3" }, undecodable],
    ["unique_id", "T-3", undecodable],
    ["button", {}, unknown("unsupported")],
  ];
  test.each(cases)("a %s: %j", (type, json, value) => {
    expect(propertyTypeOf(type, null).codec.decode(json)).toEqual(value);
  });

  test("a file is told by its kind, its name and where it lies", () => {
    const { decode } = propertyTypeOf("files", null).codec;
    const files = [
      { type: "external", name: "a", external: { url: "https://x.test/a?b=1" } },
      { type: "file", name: "b", file: { url: "https://s3.test/b.png?X-Amz-Signature=1" } },
      { type: "file_upload", file_upload: { id: "u1" } },
    ];
    expect(decode(files)).toEqual({
      kind: "files",
      files: [
        { name: "a", identity: "external:a:https://x.test/a?b=1" },
        { name: "b", identity: "file:b:https://s3.test/b.png" },
        { name: "", identity: "file_upload::u1" },
      ],
    });
    expect(decode([])).toEqual(empty);
    for (const odd of [null, [null], [{ type: "file", name: "a" }], [{ name: "a" }]]) {
      expect(decode(odd)).toEqual(undecodable);
    }
  });
});

describe("reading what is computed", () => {
  type FormulaKind = "text" | "number" | "boolean" | "date";
  const results: readonly (readonly [FormulaKind, unknown, Value])[] = [
    ["text", { type: "string", string: "a" }, text("a")],
    ["text", { type: "string", string: "" }, empty],
    ["text", { type: "boolean", boolean: true }, text("true")],
    ["text", { type: "boolean", boolean: false }, text("false")],
    [
      "text",
      { type: "date", date: { start: "2026-06-27", end: "2026-06-28" } },
      text("2026-06-27 → 2026-06-28"),
    ],
    ["number", { type: "number", number: 0 }, number(0)],
    ["number", { type: "number", number: null }, empty],
    ["number", { type: "string", string: "1" }, undecodable],
    ["boolean", { type: "boolean", boolean: null }, empty],
    ["boolean", { type: "number", number: 1 }, undecodable],
    ["date", { type: "date", date: { start: "2026-06-27", end: null } }, day("2026-06-27")],
    [
      "date",
      { type: "date", date: { start: "2026-06-27T10:00:00Z", end: null } },
      instant(utc("2026-06-27T10:00:00Z")),
    ],
    ["date", { type: "date", date: null }, empty],
    ["number", { type: "unsupported", unsupported: {} }, unknown("unsupported")],
    ["number", { type: "incomplete", incomplete: {} }, unknown("incomplete")],
    ["number", { type: "error", error: {} }, unknown("error")],
    ["number", { type: "brand_new", brand_new: 1 }, undecodable],
    ["number", null, empty],
    ["number", 5, undecodable],
  ];
  test.each(results)("a formula of kind %s: %j", (kind, json, value) => {
    expect(propertyTypeOf("formula", null, kind).codec.decode(json)).toEqual(value);
  });

  const rollups: readonly (readonly [string, unknown, Value])[] = [
    ["sum", { type: "number", number: 3 }, number(3)],
    ["sum", { type: "number", number: null }, empty],
    ["date_range", { type: "number", number: 3 }, number(3)],
    ["latest_date", { type: "date", date: { start: null, end: null } }, empty],
    ["earliest_date", { type: "date", date: { start: "2026-06-27" } }, day("2026-06-27")],
    ["show_original", { type: "array", array: [] }, empty],
    [
      "show_unique",
      {
        type: "array",
        array: [
          { type: "title", title: [run("a")] },
          { type: "checkbox", checkbox: true },
          { type: "number", number: null },
          { type: "multi_select", multi_select: [{ name: "x" }, { name: "y" }] },
        ],
      },
      text("a, true, x, y"),
    ],
    [
      "show_original",
      { type: "array", array: [{ type: "relation", relation: [{ id: "a" }] }] },
      unknown("unsupported"),
    ],
    [
      "show_original",
      {
        type: "array",
        array: [
          { type: "number", number: 1 },
          { type: "date", date: 5 },
        ],
      },
      undecodable,
    ],
    ["show_original", { type: "array", array: null }, undecodable],
    ["sum", { type: "array", array: [{ type: "number", number: 1 }] }, undecodable],
    ["sum", null, empty],
    ["sum", { type: "unsupported" }, unknown("unsupported")],
  ];
  test.each(rollups)("a roll-up by %s: %j", (name, json, value) => {
    expect(propertyTypeOf("rollup", { function: name }).codec.decode(json)).toEqual(value);
  });
});

describe("writing", () => {
  const element = (content: string): unknown => ({ type: "text", text: { content } });
  const cases: readonly (readonly [string, Value, unknown])[] = [
    ["title", empty, []],
    ["title", text("a"), [element("a")]],
    ["rich_text", text("x".repeat(2_000)), [element("x".repeat(2_000))]],
    ["rich_text", text(`${"x".repeat(2_000)}y`), [element("x".repeat(2_000)), element("y")]],
    // The first and the last sign beyond the basic plane are not cut apart either.
    ...["\u{10000}", "\u{10ffff}"].map(
      (sign) =>
        [
          "rich_text",
          text(`${"x".repeat(1_999)}${sign}`),
          [element("x".repeat(1_999)), element(sign)],
        ] as const,
    ),
    ["url", empty, null],
    ["url", text("https://x.test"), "https://x.test"],
    ["email", empty, null],
    ["phone_number", text("1"), "1"],
    ["number", empty, null],
    ["number", number(0), 0],
    ["checkbox", empty, false],
    ["checkbox", boolean(true), true],
    ["checkbox", boolean(false), false],
    ["select", empty, null],
    ["select", choice("a"), { name: "a" }],
    ["status", empty, null],
    ["status", choice("a"), { name: "a" }],
    ["multi_select", empty, []],
    ["multi_select", choices(["b", "a"]), [{ name: "b" }, { name: "a" }]],
    ["date", empty, null],
    ["date", day("2026-06-27"), { start: "2026-06-27", end: null }],
    ["date", day("2026-06-27", "2026-06-28"), { start: "2026-06-27", end: "2026-06-28" }],
    [
      "date",
      instant(utc("2026-06-27T10:30:59Z"), utc("2026-06-27T11:00:00Z")),
      { start: "2026-06-27T10:30:00.000Z", end: "2026-06-27T11:00:00.000Z" },
    ],
    [
      "date",
      instant(utc("2026-06-27T10:30:00Z")),
      { start: "2026-06-27T10:30:00.000Z", end: null },
    ],
    ["people", empty, []],
    ["people", people([{ id: "x", email: "Ana@a.example", name: null }]), [{ id: ana }]],
    ["relation", empty, []],
    ["relation", links("b", "a"), [{ id: "b" }, { id: "a" }]],
  ];
  const titled = cases.map(
    ([type, value, content]) =>
      [type, JSON.stringify(value).slice(0, 70), { value, content }] as const,
  );
  test.each(titled)("into a %s: %s", (type, _value, { value, content }) => {
    const encoded = propertyTypeOf(type, null).codec.encode(value, context);
    expect(encoded).toEqual({ kind: "content", content });
  });

  const many = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, at) => `${at}`);
  const persons = (count: number): Value =>
    people(many(count).map((at) => ({ id: `p${at}`, email: "ana@a.example", name: null })));
  const bounds: readonly (readonly [string, (size: number) => Value, number])[] = [
    ["title", (size) => text("x".repeat(size)), limits.textMax],
    ["url", (size) => text("x".repeat(size)), limits.urlMax],
    ["email", (size) => text("x".repeat(size)), limits.emailMax],
    ["phone_number", (size) => text("x".repeat(size)), limits.phoneMax],
    // Counted as the service counts at its strictest: a sign beyond the basic plane as two.
    ["email", (size) => text("💾".repeat(size / 2) + (size % 2 === 0 ? "" : "x")), limits.emailMax],
    ["multi_select", (size) => choices(many(size)), limits.optionsMax],
    ["people", persons, limits.peopleMax],
    ["relation", (size) => links(...many(size)), limits.linksMax],
  ];
  test.each(bounds)("%s takes just as much as the service does", (type, valueOf, max) => {
    const { encode } = propertyTypeOf(type, null).codec;
    expect(encode(valueOf(max), context).kind).toBe("content");
    const refused = encode(valueOf(max + 1), context);
    expect(refused).toMatchObject({ kind: "refused" });
    expect("why" in refused && refused.why).toContain(String(max));
  });

  const years: readonly (readonly [string, "content" | "refused"])[] = [
    ["0000-01-01T00:00:00Z", "content"],
    ["9999-12-31T23:59:00Z", "content"],
    ["+010000-01-01T00:00:00Z", "refused"],
    ["-000001-12-31T23:59:00Z", "refused"],
  ];
  test.each(years)("a year has four digits: %s", (iso, kind) => {
    const { encode } = propertyTypeOf("date", null).codec;
    const at = utc(iso);
    expect(encode(instant(at), context).kind).toBe(kind);
    expect(encode(instant(utc("2026-01-01T00:00:00Z"), at), context).kind).toBe(kind);
  });

  const readOnly = "files created_time last_edited_time created_by unique_id formula rollup button";
  test.each(readOnly.split(" "))("%s is not written, not even to clear it", (type) => {
    const { encode } = propertyTypeOf(type, null).codec;
    for (const value of [empty, text("x")]) expect(encode(value, context).kind).toBe("refused");
  });
});

test("the limits are those that the service documents", () => {
  expect(limits).toEqual({
    budgetRequests: 180,
    budgetWindowMs: 60_500,
    writeBatchMax: 1,
    pageSize: 100,
    textElementMax: 2_000,
    textElementsMax: 100,
    textMax: 200_000,
    urlMax: 2_000,
    emailMax: 200,
    phoneMax: 200,
    optionsMax: 100,
    peopleMax: 100,
    linksMax: 100,
    inlineItemsMax: 25,
    filterConditionsMax: 100,
    propertiesAskedMax: 100,
    stampStepMs: 60_000,
    queryPagesMax: 10_000,
    recheckPagesMax: 10,
    itemPagesMax: 100,
    userPagesMax: 200,
    parallelMax: 4,
    callMs: 70_000,
    answerBytesMax: 67_108_864,
  });
});

test("a value that has a text is shown by it, and one that has none by nothing", () => {
  const shown: readonly (readonly [Value, string | null])[] = [
    [empty, ""],
    [text("a"), "a"],
    [{ kind: "rich", markdown: "**a**" }, "**a**"],
    [number(1.5), "1.5"],
    [day("2026-06-27"), "2026-06-27"],
    [instant(utc("2026-06-27T10:30:00Z")), "2026-06-27T10:30:00.000Z"],
    [
      instant(utc("2026-06-27T10:30:00Z"), utc("2026-06-27T11:30:00Z")),
      "2026-06-27T10:30:00.000Z → 2026-06-27T11:30:00.000Z",
    ],
    [instant(Number.NaN), ""],
    [choice("a"), "a"],
    [choices(["a", "b"]), "a, b"],
    [
      people([
        { id: "1", email: "a@a.example", name: "A" },
        { id: "2", email: "b@b.example", name: null },
        { id: "3", email: null, name: null },
      ]),
      "A, b@b.example, 3",
    ],
    [links("a"), null],
    [{ kind: "files", files: [{ name: "a", identity: "b" }] }, null],
    [unknown("error"), null],
  ];
  for (const [value, words] of shown) expect(shownText(value)).toBe(words);
});
