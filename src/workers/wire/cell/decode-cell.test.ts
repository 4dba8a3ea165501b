import * as Builder from "@notionhq/workers/builder";
import { describe, expect, test } from "vitest";
import type { Cell } from "../../../core/oneway/cell.ts";
import type { PropertyShape, PropertyType } from "../../../core/oneway/declaration.ts";
import { decodeCell } from "./decode-cell.ts";

const shapes: Record<PropertyType, PropertyShape> = {
  title: { type: "title" },
  text: { type: "text" },
  url: { type: "url" },
  email: { type: "email" },
  phone: { type: "phone" },
  checkbox: { type: "checkbox" },
  files: { type: "files" },
  number: { type: "number", format: null },
  date: { type: "date" },
  select: { type: "select", options: [] },
  "multi-select": { type: "multi-select", options: [] },
  status: { type: "status", groups: [] },
  people: { type: "people" },
  place: { type: "place" },
  relation: { type: "relation", database: "projects", twoWay: null },
};
const types = Object.keys(shapes) as readonly PropertyType[];

/** As the value comes out of the child: through JSON. */
function decode(type: PropertyType, value: unknown, zone: string | null = null) {
  const wire: unknown = value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  return decodeCell(wire, shapes[type], { zone });
}

const text = (content: string, url: string | null = null): Cell => ({
  kind: "text",
  runs: [{ text: content, url }],
});
const day = (content: string) => ({ kind: "day", day: content }) as const;
const wall = (content: string, time: string, zone: string | null = null) =>
  ({ kind: "wall", day: content, time, zone }) as const;
const date = (
  start: Extract<Cell, { kind: "date" }>["start"],
  end: typeof start | null = null,
): Cell => ({
  kind: "date",
  start,
  end,
});

describe("what the SDK's helpers make", () => {
  const table: readonly [PropertyType, string, unknown, Cell][] = [
    ["title", "title", Builder.title("T"), text("T")],
    ["text", "richText", Builder.richText("a"), text("a")],
    ["text", "text", Builder.text("a, b"), text("a, b")],
    ["text", "link", Builder.link("t", "https://x.test/"), text("t", "https://x.test/")],
    ["url", "url", Builder.url("https://x.test/?q=1"), text("https://x.test/?q=1")],
    ["url", "link in a url column", Builder.link("t", "https://x.test/"), text("https://x.test/")],
    ["email", "email", Builder.email("Ana@X.test"), text("Ana@X.test")],
    ["phone", "phoneNumber", Builder.phoneNumber("+49 1"), text("+49 1")],
    ["checkbox", "checkbox", Builder.checkbox(true), { kind: "boolean", isTrue: true }],
    ["checkbox", "checkbox, false", Builder.checkbox(false), { kind: "boolean", isTrue: false }],
    ["number", "number", Builder.number(1.5), { kind: "number", number: 1.5 }],
    ["number", "number, large", Builder.number(1e21), { kind: "number", number: 1e21 }],
    ["number", "number, tiny", Builder.number(-2.5e-7), { kind: "number", number: -2.5e-7 }],
    ["number", "number, minus nought", Builder.number(-0), { kind: "number", number: 0 }],
    ["number", "number, NaN", Builder.number(Number.NaN), { kind: "blank" }],
    ["select", "select", Builder.select("High, really"), { kind: "choice", name: "High, really" }],
    ["status", "status", Builder.status("Done"), { kind: "choice", name: "Done" }],
    [
      "multi-select",
      "multiSelect",
      Builder.multiSelect("a", "b"),
      { kind: "choices", names: ["a", "b"] },
    ],
    ["multi-select", "multiSelect, none", Builder.multiSelect(), { kind: "blank" }],
    // The helper joins with commas, so a comma within a name cannot be told from one between names.
    [
      "multi-select",
      "multiSelect, comma",
      Builder.multiSelect("a, b", "a"),
      { kind: "choices", names: ["a", "b"] },
    ],
    [
      "files",
      "file",
      Builder.file("https://x.test/a.pdf"),
      { kind: "files", files: [{ name: "https://x.test/a.pdf", url: "https://x.test/a.pdf" }] },
    ],
    [
      "files",
      "file, named",
      Builder.file("https://x.test/a.pdf", "A"),
      { kind: "files", files: [{ name: "A", url: "https://x.test/a.pdf" }] },
    ],
    [
      "files",
      "file, named with nothing",
      Builder.file("https://x.test/a", ""),
      { kind: "files", files: [{ name: "https://x.test/a", url: "https://x.test/a" }] },
    ],
    ["date", "date", Builder.date("2026-01-15"), date(day("2026-01-15"))],
    [
      "date",
      "dateTime",
      Builder.dateTime("2026-01-15T10:30:45Z"),
      date(wall("2026-01-15", "10:30")),
    ],
    // The helper drops the offset without a word.
    [
      "date",
      "dateTime, offset",
      Builder.dateTime("2026-01-15T10:30:45+05:00"),
      date(wall("2026-01-15", "10:30")),
    ],
    [
      "date",
      "dateTime, zone",
      Builder.dateTime("2026-01-15T10:30", "Europe/Berlin"),
      date(wall("2026-01-15", "10:30", "Europe/Berlin")),
    ],
    [
      "date",
      "dateRange",
      Builder.dateRange("2026-01-15", "2026-02-01"),
      date(day("2026-01-15"), day("2026-02-01")),
    ],
    [
      "date",
      "dateTimeRange",
      Builder.dateTimeRange("2026-01-15T10:30", "2026-01-15T11:00", "Asia/Tokyo"),
      date(wall("2026-01-15", "10:30", "Asia/Tokyo"), wall("2026-01-15", "11:00", "Asia/Tokyo")),
    ],
    [
      "people",
      "people",
      Builder.people("Ana@X.test", "bo@x.test", "ana@x.test"),
      { kind: "people", emails: ["ana@x.test", "bo@x.test"] },
    ],
    ["people", "people, none", Builder.people(), { kind: "blank" }],
    [
      "place",
      "place",
      Builder.place({ lat: 1, lon: 2 }),
      { kind: "place", place: { lat: 1, lon: 2, name: null, address: null, googlePlaceId: null } },
    ],
    [
      "place",
      "place, whole",
      Builder.place({ lat: 1, lon: -2.5, name: "N", address: "A", googlePlaceId: "G" }),
      { kind: "place", place: { lat: 1, lon: -2.5, name: "N", address: "A", googlePlaceId: "G" } },
    ],
    [
      "relation",
      "relation",
      [Builder.relation("p1"), Builder.relation("p2")],
      { kind: "relation", keys: ["p1", "p2"] },
    ],
    ["relation", "relation, bare", Builder.relation("p1"), { kind: "relation", keys: ["p1"] }],
  ];

  test.each(table)("%s: %s", (type, _name, value, cell) => {
    expect(decode(type, value)).toEqual({ cell, notes: [] });
  });

  test("no property type is left out", () => {
    expect(new Set(table.map(([type]) => type))).toEqual(new Set(types));
  });
});

describe("nothing to write", () => {
  test.each(types)("%s: an empty list, a null and tokens without text clear the cell", (type) => {
    for (const value of [[], null, [[null]], [[""]], [[]]]) {
      expect(decode(type, value)).toEqual({ cell: { kind: "blank" }, notes: [] });
    }
  });

  test("a url helper that was handed null clears the cell", () => {
    const url: (address: never) => unknown = Builder.url;
    expect(decode("url", url(null as never))).toEqual({ cell: { kind: "blank" }, notes: [] });
  });
});

describe("values of another type than their column", () => {
  const cases: readonly [PropertyType, string, unknown, Cell][] = [
    ["date", "an empty text", Builder.richText(""), { kind: "blank" }],
    ["date", "a day as text", Builder.richText("2026-01-15"), date(day("2026-01-15"))],
    [
      "date",
      "an instant as text",
      Builder.richText("2026-01-15T23:30:00-02:00"),
      date(wall("2026-01-16", "01:30", "UTC")),
    ],
    [
      "date",
      "a short offset",
      Builder.richText("2026-01-15T23:30-0200"),
      date(wall("2026-01-16", "01:30", "UTC")),
    ],
    [
      "date",
      "wall time as text",
      Builder.richText("2026-01-15 10:30:09.5"),
      date(wall("2026-01-15", "10:30")),
    ],
    ["number", "a number as text", Builder.richText(" 12 "), { kind: "number", number: 12 }],
    ["number", "a bare number", 12, { kind: "number", number: 12 }],
    ["checkbox", "a bare boolean in a token", [["Yes"]], { kind: "boolean", isTrue: true }],
    ["text", "a number", Builder.number(7), text("7")],
    ["title", "a bare text", "T", text("T")],
    ["multi-select", "one token a name", [["a"], ["b"]], { kind: "choices", names: ["a", "b"] }],
    [
      "multi-select",
      "the comma as a token",
      [["a"], [","], ["b"]],
      { kind: "choices", names: ["a", "b"] },
    ],
    ["multi-select", "a bare list", ["a", "b"], { kind: "choices", names: ["a", "b"] }],
    [
      "people",
      "e-mail as text",
      Builder.email("Ana@x.test"),
      { kind: "people", emails: ["ana@x.test"] },
    ],
    [
      "files",
      "an address as text",
      Builder.url("https://x.test/a"),
      { kind: "files", files: [{ name: "https://x.test/a", url: "https://x.test/a" }] },
    ],
    [
      "files",
      "several files",
      [...Builder.file("https://x.test/a", "A"), ...Builder.file("https://x.test/b", "B")],
      {
        kind: "files",
        files: [
          { name: "A", url: "https://x.test/a" },
          { name: "B", url: "https://x.test/b" },
        ],
      },
    ],
    [
      "place",
      "the words of an older guide",
      { latitude: 1, longitude: 2 },
      { kind: "place", place: { lat: 1, lon: 2, name: null, address: null, googlePlaceId: null } },
    ],
    [
      "place",
      "in a list",
      [Builder.place({ lat: 1, lon: 2 })],
      { kind: "place", place: { lat: 1, lon: 2, name: null, address: null, googlePlaceId: null } },
    ],
    ["relation", "keys as text", [["p1"], ["p2"]], { kind: "relation", keys: ["p1", "p2"] }],
    [
      "relation",
      "a number for a key",
      [{ type: "primaryKey", value: 7 }],
      { kind: "relation", keys: ["7"] },
    ],
    [
      "relation",
      "one key twice",
      [Builder.relation("p"), Builder.relation("p")],
      { kind: "relation", keys: ["p"] },
    ],
  ];

  test.each(cases)("%s: %s is read as if it fitted", (type, _name, value, cell) => {
    expect(decode(type, value)).toEqual({ cell, notes: [] });
  });

  const altered: readonly [PropertyType, string, unknown, Cell, RegExp][] = [
    ["text", "a date", Builder.date("2026-01-15"), text("2026-01-15"), /date was written as text/u],
    [
      "text",
      "a range",
      Builder.dateTimeRange("2026-01-15T10:30", "2026-01-16T11:00"),
      text("2026-01-15 10:30 – 2026-01-16 11:00"),
      /date was written as text/u,
    ],
    ["text", "a reference", [Builder.relation("p1")], text("p1"), /written as text/u],
    ["text", "people", Builder.people("a@x.test"), text("a@x.test"), /written as text/u],
    [
      "text",
      "a link to nowhere",
      Builder.link("t", "nowhere"),
      text("t"),
      /link "nowhere" is no address/u,
    ],
    ["checkbox", "another spelling", [["true"]], { kind: "boolean", isTrue: true }, /read as Yes/u],
    ["checkbox", "a bare boolean", false, { kind: "boolean", isTrue: false }, /read as No/u],
    [
      "number",
      "more digits than fit",
      [["12345678901234567890"]],
      { kind: "number", number: 12345678901234567000 },
      /rounded/u,
    ],
    [
      "people",
      "no e-mail",
      [{ email: "ana" }, { email: "b@x.test" }],
      { kind: "people", emails: ["b@x.test"] },
      /"ana" is no e-mail/u,
    ],
    [
      "files",
      "no address",
      [["a"], ["https://x.test/b"]],
      { kind: "files", files: [{ name: "https://x.test/b", url: "https://x.test/b" }] },
      /"a" is no address/u,
    ],
    [
      "relation",
      "a null key",
      [Builder.relation("p"), { type: "primaryKey", value: null }],
      { kind: "relation", keys: ["p"] },
      /without a key/u,
    ],
    [
      "date",
      "an unknown zone",
      Builder.dateTime("2026-01-15T10:30", "Mars/Base"),
      date(wall("2026-01-15", "10:30")),
      /zone "Mars\/Base"/u,
    ],
    [
      "date",
      "an end before the start",
      Builder.dateRange("2026-02-01", "2026-01-15"),
      date(day("2026-02-01")),
      /end is no date after/u,
    ],
  ];

  test.each(altered)("%s: %s is read another way, and told", (type, _name, value, cell, note) => {
    expect(decode(type, value)).toEqual({ cell, notes: [expect.stringMatching(note)] });
  });

  const unread: readonly [PropertyType, string, unknown, RegExp][] = [
    ["number", "Infinity", Builder.number(Number.POSITIVE_INFINITY), /"Infinity" is no number/u],
    ["number", "words", Builder.richText("1,000"), /"1,000" is no number/u],
    ["number", "hexadecimal", [["0x10"]], /no number/u],
    ["number", "an object", { email: "a@x.test" }, /no number/u],
    ["checkbox", "words", [["maybe"]], /neither Yes nor No/u],
    ["date", "words", Builder.richText("soon"), /"soon" is no date/u],
    [
      "date",
      "a day that is none",
      [["‣", [["d", { type: "date", start_date: "2026-02-30" }]]]],
      /not in the calendar/u,
    ],
    ["date", "an instant that is none", Builder.richText("2026-02-30T10:00:00Z"), /is no date/u],
    [
      "date",
      "an hour that is none",
      [["‣", [["d", { start_date: "2026-02-03", start_time: "25:00" }]]]],
      /not in the calendar/u,
    ],
    ["date", "a token without content", [["‣", [["d", 7]]]], /no object/u],
    ["select", "an object", [{ email: "a@x.test" }], /object/u],
    ["multi-select", "an object", [{ email: "a@x.test" }], /object/u],
    ["files", "an object", [{ email: "a@x.test" }], /object/u],
    ["files", "words", [["a"]], /"a" is no address/u],
    ["people", "words", [["ana"]], /no e-mail/u],
    ["place", "words", Builder.richText("Berlin"), /no place/u],
    ["place", "off the earth", { lat: 91, lon: 0 }, /no place/u],
    ["text", "a place", Builder.place({ lat: 1, lon: 2 }), /object/u],
  ];

  test.each(unread)("%s: %s leaves the cell alone, and is told", (type, _name, value, note) => {
    expect(decode(type, value)).toEqual({ cell: null, notes: [expect.stringMatching(note)] });
  });
});

test("several tokens of a text keep their links and join where there is none", () => {
  expect(
    decode("text", [["a "], ["b "], ...Builder.link("c", "https://x.test/"), [" d"]]).cell,
  ).toEqual({
    kind: "text",
    runs: [
      { text: "a b ", url: null },
      { text: "c", url: "https://x.test/" },
      { text: " d", url: null },
    ],
  });
  expect(decode("select", [["a"], ["b"]]).cell).toEqual({ kind: "choice", name: "ab" });
});

test("long text, emoji and half of a letter pair come through", () => {
  const long = "ä🎯".repeat(60_000);
  expect(decode("text", Builder.richText(long)).cell).toEqual(text(long));
  expect(decode("text", Builder.richText("a\uD83C")).cell).toEqual(text("a\uFFFD"));
});

test("a time without a zone is in the sync's own zone; a day has none", () => {
  expect(decode("date", Builder.dateTime("2026-01-15T10:30"), "Europe/Berlin").cell).toEqual(
    date(wall("2026-01-15", "10:30", "Europe/Berlin")),
  );
  expect(decode("date", Builder.date("2026-01-15"), "Europe/Berlin").cell).toEqual(
    date(day("2026-01-15")),
  );
  expect(
    decode("date", Builder.dateTime("2026-01-15T10:30", "Asia/Tokyo"), "Europe/Berlin").cell,
  ).toEqual(date(wall("2026-01-15", "10:30", "Asia/Tokyo")));
});

test("whatever a value is made of, decoding gives a cell or a note and never throws", () => {
  const odd: readonly unknown[] = [
    undefined,
    0,
    -1,
    Infinity,
    true,
    "",
    "x",
    {},
    { type: "x" },
    [null],
    [[null, null]],
    [["a", "b"]],
    [["a", [null]]],
    [["a", [["a"]]]],
    [["a", [["d"]]]],
    [[["a"]]],
    [{}],
    [[{}]],
    [{ value: {} }],
    [[1, [["a", 2]]]],
  ];
  for (const type of types) {
    for (const value of odd) {
      const read = decodeCell(value, shapes[type], { zone: null });
      if (read.cell === null) expect(read.notes).not.toEqual([]);
      else expect(read.cell.kind).toEqual(expect.any(String));
    }
  }
});

test("seconds of a time are left out, and a time that is none refuses the date", () => {
  const read = (start_time: unknown) =>
    decode("date", [["‣", [["d", { start_date: "2026-03-19", start_time }]]]]);
  expect(read("09:30:15")).toEqual({ cell: date(wall("2026-03-19", "09:30")), notes: [] });
  expect(read("23:59").cell).toEqual(date(wall("2026-03-19", "23:59")));
  expect(read("").cell).toEqual(date(day("2026-03-19")));
  for (const none of ["24:00", "9:30", "09:60", 930]) expect(read(none).cell).toBeNull();
});
