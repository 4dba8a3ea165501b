// What a declared cell becomes in a field of each type, whole: the JSON that is sent, the options it makes,
// and what a person is told of it.
import { describe, expect, test } from "vitest";
import { fieldId, recordId } from "../../../core/ids.ts";
import type { Moment } from "../../../core/oneway/cell.ts";
import type { WriteCell } from "../../destination.ts";
import { limits } from "../limits.ts";
import { encodeCell } from "./cell.ts";
import { foldName, type Column, type ColumnType } from "./column.ts";

function column(type: ColumnType, change: Partial<Column> = {}): Column {
  const options = new Map([
    ["red", "Red"],
    ["Red", "Red"],
  ]);
  const plain = { name: "F", id: fieldId("fldF"), fieldName: "F", zone: "utc", max: 5 };
  return { ...plain, type, options, declared: null, ...change };
}

const text = (content: string, url: string | null = null): WriteCell => ({
  kind: "text",
  runs: [{ text: content, url }],
});
const choice = (name: string): WriteCell => ({ kind: "choice", name });
const choices = (...names: readonly string[]): WriteCell => ({ kind: "choices", names });
const people = (...emails: readonly string[]): WriteCell => ({ kind: "people", emails });
const files = (...list: readonly (readonly [string, string])[]): WriteCell => ({
  kind: "files",
  files: list.map(([name, url]) => ({ name, url })),
});
const place = (name: string | null, address: string | null): WriteCell => ({
  kind: "place",
  place: { lat: 52.5, lon: -13.4, name, address, googlePlaceId: "g" },
});
const number = (content: number): WriteCell => ({ kind: "number", number: content });
const date = (start: Moment, end: Moment | null = null): WriteCell => ({
  kind: "date",
  start,
  end,
});
const day: Moment = { kind: "day", day: "2026-07-01" };
const wall = (time: string, zone: string | null): Moment => ({
  kind: "wall",
  day: "2026-07-01",
  time,
  zone,
});

const sent = (json: unknown, ...notes: readonly string[]) => ({
  json,
  newOptions: [],
  notes: notes.map((note) => `F: ${note}.`),
});
const skipped = (why: string) => ({ newOptions: [], notes: [`F: ${why}; left as it was.`] });
const misfit = (kind: string, type: ColumnType) =>
  skipped(`a ${kind} does not fit a field of type ${type}`);
const a = "https://example.com/a";

describe("plain cells", () => {
  test.each<readonly [ColumnType, WriteCell, object]>([
    ["singleLineText", text("a b", a), sent("a b")],
    ["url", text(a), sent(a)],
    ["richText", text("x", a), sent(`[x](${a})`)],
    ["number", text("1"), misfit("text", "number")],
    ["singleSelect", text("a"), misfit("text", "singleSelect")],
    ["number", number(0), sent(0)],
    ["number", number(-1.25), sent(-1.25)],
    ["percent", number(0.5), sent(0.5)],
    ["currency", number(2), sent(2)],
    ["duration", number(60), sent(60)],
    ["number", number(Number.NaN), skipped("no finite number")],
    ["number", number(Infinity), skipped("no finite number")],
    ["rating", number(1), sent(1)],
    ["rating", number(5), sent(5)],
    ["rating", number(0), skipped("0 is no rating")],
    ["rating", number(6), skipped("6 is no rating")],
    ["rating", number(2.5), skipped("2.5 is no rating")],
    ["singleLineText", number(1), misfit("number", "singleLineText")],
    ["checkbox", { kind: "boolean", isTrue: true }, sent(true)],
    ["checkbox", { kind: "boolean", isTrue: false }, sent(false)],
    ["singleLineText", { kind: "boolean", isTrue: true }, misfit("boolean", "singleLineText")],
    ["singleLineText", place("Here", "There 1"), sent("52.5, -13.4 Here, There 1")],
    ["singleLineText", place("Here", null), sent("52.5, -13.4 Here")],
    ["singleLineText", place(null, ""), sent("52.5, -13.4")],
  ])("%s: %j", (type, cell, expected) => {
    expect(encodeCell(column(type), cell)).toEqual(expected);
  });

  const cleared: readonly (readonly [ColumnType, null | readonly never[]])[] = [
    ["singleLineText", null],
    ["checkbox", null],
    ["number", null],
    ["dateTime", null],
    ["singleSelect", null],
    ["singleCollaborator", null],
    ["multipleSelects", []],
    ["multipleCollaborators", []],
    ["multipleAttachments", []],
    ["multipleRecordLinks", []],
  ];
  test.each(cleared)("%s is cleared by %j", (type, json) => {
    expect(encodeCell(column(type), { kind: "blank" })).toEqual(sent(json));
  });
});

describe("options", () => {
  const status = { declared: new Map([["busy", "Busy"]]) };
  const both = {
    options: new Map([
      ["a", "a"],
      ["A", "A"],
    ]),
  };
  test.each<readonly [ColumnType, WriteCell, Partial<Column>, object]>([
    ["singleSelect", choice("Red"), {}, sent("Red")],
    ["singleSelect", choice(" rED "), {}, sent("Red")],
    ["singleSelect", choice(" New "), {}, { ...sent("New"), newOptions: ["New"] }],
    ["singleSelect", choice("A"), both, sent("A")],
    ["singleSelect", choice("a"), both, sent("a")],
    ["singleSelect", choice("  "), {}, skipped("an option without a name")],
    ["singleSelect", choice("red"), status, sent("Red")],
    ["singleSelect", choice("BUSY"), status, { ...sent("Busy"), newOptions: ["Busy"] }],
    ["singleSelect", choice(" Else "), status, skipped('there is no status "Else"')],
    ["singleLineText", choice("red"), {}, sent("Red")],
    ["number", choice("Red"), {}, misfit("text", "number")],
    [
      "multipleSelects",
      choices("b", "red", "", "B", " a "),
      {},
      { ...sent(["B", "Red", "a"]), newOptions: ["B", "a"] },
    ],
    ["multipleSelects", choices(), {}, sent([])],
    ["multilineText", choices("b", "red"), {}, sent("b, Red")],
  ])("%s: %j", (type, cell, change, expected) => {
    expect(encodeCell(column(type, change), cell)).toEqual(expected);
  });
});

describe("what points elsewhere", () => {
  const pdf = [{ url: a, filename: "a.pdf" }];
  const ids = ["rec1", "rec2"].map(recordId);
  test.each<readonly [ColumnType, WriteCell, object]>([
    ["multipleCollaborators", people("a@x", "b@x"), sent([{ email: "a@x" }, { email: "b@x" }])],
    ["singleCollaborator", people("a@x"), sent({ email: "a@x" })],
    [
      "singleCollaborator",
      people("a@x", "b@x"),
      sent({ email: "a@x" }, "only the first of its people"),
    ],
    ["singleCollaborator", people(), sent(null)],
    ["email", people("a@x", "b@x"), sent("a@x, b@x")],
    ["multipleAttachments", files(["a.pdf", a]), sent(pdf)],
    ["multipleAttachments", files(["", "http://x.test/b"]), sent([{ url: "http://x.test/b" }])],
    [
      "multipleAttachments",
      files(["x", "ftp://x.test/b"], ["a.pdf", a], ["y", "no address"]),
      sent(pdf, "a file without a usable address was left out"),
    ],
    ["url", files(["a", a], ["b", "https://x.test/b"]), sent(a)],
    ["url", files(), sent("")],
    ["multilineText", files(["a", a], ["b", "https://x.test/b"]), sent(`${a}\nhttps://x.test/b`)],
    ["multipleRecordLinks", { kind: "rows", ids, keys: ["a", "b", "gone"] }, sent(ids)],
    ["singleLineText", { kind: "rows", ids, keys: ["a", "b", "gone"] }, sent("a, b, gone")],
    ["singleLineText", { kind: "rows", ids }, sent("")],
  ])("%s: %j", (type, cell, expected) => {
    expect(encodeCell(column(type), cell)).toEqual(expected);
  });

  test("no more people and links than a cell takes", () => {
    const many = Array.from({ length: limits.linksMax + 1 }, (_, at) => `rec${at}`);
    const emails = many.slice(0, limits.peopleMax + 1);
    const { json } = encodeCell(column("multipleCollaborators"), people(...emails));
    expect(json).toEqual(emails.slice(0, 500).map((email) => ({ email })));
    const links = encodeCell(column("multipleRecordLinks"), {
      kind: "rows",
      ids: many.map(recordId),
    });
    expect(links.json).toEqual(many.slice(0, 10_000));
  });
});

describe("times", () => {
  const end = "its end was left out: dates in Airtable have none";
  const berlin = { zone: "Europe/Berlin" };
  test.each<readonly [ColumnType, WriteCell, Partial<Column>, object]>([
    ["date", date(day), {}, sent("2026-07-01")],
    ["date", date(wall("23:30", "America/New_York"), day), {}, sent("2026-07-01", end)],
    ["dateTime", date(day), {}, sent("2026-07-01T00:00:00.000Z")],
    ["dateTime", date(day), berlin, sent("2026-06-30T22:00:00.000Z")],
    ["dateTime", date(wall("10:30", null)), berlin, sent("2026-07-01T10:30:00.000Z")],
    ["dateTime", date(wall("10:30", "Asia/Tokyo")), berlin, sent("2026-07-01T01:30:00.000Z")],
    [
      "dateTime",
      date(wall("10:30", "Mars/Base"), day),
      {},
      sent("2026-07-01T10:30:00.000Z", end, "nobody knows the time zone Mars/Base; taken as UTC"),
    ],
    ["dateTime", date(day), { zone: "Mars/Base" }, sent("2026-07-01T00:00:00.000Z")],
    ["dateTime", date({ kind: "day", day: "2026-02-30" }), {}, skipped("no day of the calendar")],
    ["dateTime", date(wall("25:00", null)), {}, skipped("no time of day")],
    ["singleLineText", date(day), {}, misfit("date", "singleLineText")],
  ])("%s: %j", (type, cell, change, expected) => {
    expect(encodeCell(column(type, change), cell)).toEqual(expected);
  });
});

describe("texts", () => {
  const rich = (content: string, url: string | null = null): unknown =>
    encodeCell(column("richText"), text(content, url)).json;

  test.each([
    ["1 * 2 _x_ `y` [z] ~a~ \\", "1 \\* 2 \\_x\\_ \\`y\\` \\[z\\] \\~a\\~ \\\\"],
    [
      "# one\n- two\n  + three\n> four\n#five - six",
      "\\# one\n\\- two\n  \\+ three\n\\> four\n\\#five - six",
    ],
    ["plain (a) 1. b!", "plain (a) 1. b!"],
  ])("signs that Markdown would take for its own are escaped: %j", (content, expected) => {
    expect(rich(content)).toBe(expected);
  });

  test("an address that would end its link too early is left out", () => {
    expect(rich("x", "https://x.test/(a)")).toBe("x");
    expect(rich("x", "https://x.test/a b")).toBe("x");
    expect(rich("[x]", a)).toBe(`[\\[x\\]](${a})`);
  });

  const long = "x".repeat(limits.textCharsMax);
  test.each([
    ["one that just fits is whole", long, sent(long)],
    ["one sign more is cut", `${long}y`, sent(long, "cut after 100000 characters")],
    ["never half a sign", `${long.slice(1)}👍`, sent(long.slice(1), "cut after 100000 characters")],
    [
      "half a sign that came so is nobody's to mend",
      `\ud83d${long}`,
      sent(`\ud83d${long.slice(1)}`, "cut after 100000 characters"),
    ],
  ])("too long: %s", (_what, content, expected) => {
    expect(encodeCell(column("multilineText"), text(content))).toEqual(expected);
  });
});

test("names are the same whatever their case and the blanks around them", () => {
  expect(foldName("  Done Ä ")).toBe("done ä");
});
