// What each cell of the API reads as, and what is refused before it is sent: one line a cell. A cell that is
// read as another value, or as an empty one, is carried to the other side.
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
import { fieldTypeOf } from "../field-type.ts";
import { limits } from "../limits.ts";
import { oddCell } from "./codec.ts";

type Options = Readonly<Record<string, unknown>>;

const odd = unknown("undecodable");
const broken = unknown("error");
const ada = { id: "usrAAAAAAAAAAAAAA", email: "Ada@Example.com", name: "Ada" };
const adaRead = { ...ada, email: "ada@example.com" };
const nobody = { id: "usrBBBBBBBBBBBBBB", email: null, name: null };
const group = { id: "ugpAAAAAAAAAAAAAA", name: "Crew" };
const groupRead = { ...group, email: null };
const file = { id: "att1", url: "https://x.test/1", filename: "a.jpg", size: 3 };
const result = (type: string, options: Options = {}): Options => ({ result: { type, options } });
const styled = 'to <airtable:mention id="men1">@Ada</airtable:mention>';

describe("a cell reads as", () => {
  test.each<readonly [string, Options, unknown, Value]>([
    ["singleLineText", {}, " a ", text(" a ")],
    ["singleLineText", {}, 7, odd],
    ["multilineText", {}, "a\r\nb", text("a\nb")],
    ["multilineText", {}, styled, text(styled, true)],
    ["multilineText", {}, "<airtable:mentioned>", text("<airtable:mentioned>")],
    ["richText", {}, "a\r\nb\rc\n\n", { kind: "rich", markdown: "a\nb\nc" }],
    ["richText", {}, "  a  \n", { kind: "rich", markdown: "  a  " }],
    ["richText", {}, "e\u0301\n", { kind: "rich", markdown: "\u00E9" }],
    ["richText", {}, 1, odd],
    ["number", {}, 0.299_999_999_999_998_77, number(0.299_999_999_999_998_77)],
    ["number", {}, 0, number(0)],
    ["number", {}, "1", odd],
    ["percent", {}, 0.5, number(0.5)],
    ["duration", {}, 3_600, number(3_600)],
    ["checkbox", {}, "checked", odd],
    ["singleSelect", {}, "A", choice("A")],
    ["multipleSelects", {}, ["B", "A"], choices(["B", "A"])],
    ["multipleSelects", {}, [], empty],
    ["multipleSelects", {}, [{ error: "#ERROR!" }], broken],
    ["date", {}, "2026-02-28", day("2026-02-28")],
    ["date", {}, "2026-02-30", odd],
    ["date", {}, 20_260_228, odd],
    ["dateTime", {}, "2026-02-28T10:30:15.250Z", instant(Date.UTC(2026, 1, 28, 10, 30, 15, 250))],
    ["dateTime", {}, "2026-02-28T10:30:00+01:00", instant(Date.UTC(2026, 1, 28, 9, 30))],
    // Without a zone it would be read in the zone of this machine.
    ["dateTime", {}, "2026-02-28T10:30:00", odd],
    ["dateTime", {}, "2026-02-28T25:00:00Z", odd],
    ["singleCollaborator", {}, ada, people([adaRead])],
    ["singleCollaborator", {}, { id: nobody.id, email: "", name: "" }, people([nobody])],
    ["singleCollaborator", {}, { email: "a@x.test" }, odd],
    ["multipleCollaborators", {}, [ada, group], people([adaRead, groupRead])],
    ["multipleCollaborators", {}, [ada, "x"], odd],
    ["createdBy", {}, ada, people([adaRead])],
    ["lastModifiedBy", {}, ada, people([adaRead])],
    ["multipleRecordLinks", {}, ["rec1", { id: "rec2", name: "b" }], links("rec1", "rec2")],
    ["multipleRecordLinks", {}, [], empty],
    ["multipleRecordLinks", {}, ["rec1", 2], odd],
    ["multipleRecordLinks", {}, "rec1", odd],
    ["multipleAttachments", {}, [file, { id: "att2" }], files(["a.jpg", "att1"], ["", "att2"])],
    ["multipleAttachments", {}, [], empty],
    ["multipleAttachments", {}, [file, { url: "https://x.test/1" }], odd],
    ["multipleAttachments", {}, file, odd],
    ["barcode", {}, { text: "123", type: "upce" }, text("123")],
    ["barcode", {}, { type: "upce" }, odd],
    ["barcode", {}, "123", odd],
    ["count", {}, 3, number(3)],
    ["autoNumber", {}, 3, number(3)],
    ["createdTime", {}, "2026-02-28T10:30:00.000Z", instant(Date.UTC(2026, 1, 28, 10, 30))],
    ["lastModifiedTime", result("date"), "2026-02-28", day("2026-02-28")],
    ["button", {}, { label: "Go", url: "https://x.test" }, text("https://x.test")],
    ["button", {}, { label: "Go", url: null }, empty],
    ["button", {}, { label: "Go" }, odd],
    ["aiText", {}, { state: "error", value: "old" }, broken],
    ["aiText", {}, { state: "generated", value: null }, odd],
    ["aiText", {}, "x", odd],
    ["externalSyncSource", {}, "A", choice("A")],
    ["manualSort", {}, "x", unknown("unsupported")],
  ])("%s %j: %j", (type, options, cell, value) => {
    expect(fieldTypeOf({ type, options }).codec.decode(cell)).toEqual(value);
  });
});

describe("a computed cell reads as", () => {
  const nested = { type: "multipleLookupValues", options: result("number") };
  test.each<readonly [string, Options, unknown, Value]>([
    ["formula", result("checkbox"), 1, boolean(true)],
    ["formula", result("checkbox"), true, boolean(true)],
    ["formula", result("singleLineText"), true, text("true")],
    ["formula", result("singleLineText"), "", empty],
    ["formula", result("date"), "2026-02-28", day("2026-02-28")],
    ["formula", result("dateTime"), "2026-02-28T00:00:00.000Z", instant(Date.UTC(2026, 1, 28))],
    ["formula", result("singleSelect"), "A", choice("A")],
    ["formula", result("multipleRecordLinks"), ["rec1"], links("rec1")],
    ["formula", result("multipleRecordLinks"), null, empty],
    ["rollup", result("multipleSelects"), "A", choices(["A"])],
    ["rollup", result("multipleSelects"), ["A", "B"], choices(["A", "B"])],
    ["rollup", result("number"), { specialValue: "Infinity" }, broken],
    ["rollup", result("singleSelect"), ["A", "B"], unknown("unsupported")],
    ["multipleLookupValues", result("singleLineText"), [], empty],
    ["multipleLookupValues", result("singleLineText"), [["a"], ["b", [""]]], text("a, b")],
    ["multipleLookupValues", result("singleLineText"), ["a", 7, false], text("a, 7, false")],
    ["multipleLookupValues", result("singleLineText"), ["a", {}], odd],
    ["multipleLookupValues", result("singleLineText"), [[{ error: "#ERROR!" }]], broken],
    ["multipleLookupValues", result("number"), [null, 3], number(3)],
    ["multipleLookupValues", result("number"), [1, 2], unknown("unsupported")],
    ["multipleLookupValues", { result: nested }, [[3]], number(3)],
    ["multipleLookupValues", result("checkbox"), [true], boolean(true)],
    ["multipleLookupValues", result("multipleAttachments"), [file], files(["a.jpg", "att1"])],
    [
      "multipleLookupValues",
      result("multipleRecordLinks"),
      ["rec1", "rec2"],
      links("rec1", "rec2"),
    ],
    ["multipleLookupValues", result("singleSelect"), ["A", "", "B"], choices(["A", "B"])],
    [
      "multipleLookupValues",
      result("multipleCollaborators"),
      [[ada], [group]],
      people([adaRead, groupRead]),
    ],
    ["lookup", result("singleSelect"), ["A"], choices(["A"])],
  ])("%s %j: %j", (type, options, cell, value) => {
    expect(fieldTypeOf({ type, options }).codec.decode(cell)).toEqual(value);
  });

  test("an absent one is empty, except for a tick that is not there", () => {
    const absent = (type: string, options: Options = {}): Value =>
      fieldTypeOf({ type, options }).codec.absent;
    expect(absent("formula", result("checkbox"))).toEqual(boolean(false));
    expect(absent("rollup", result("manualSort"))).toEqual(empty);
    for (const type of ["formula", "multipleRecordLinks", "button", "aiText", "barcode", "count"]) {
      expect(absent(type)).toEqual(empty);
    }
  });

  test("the kind of a lookup says what may stand there, and that nothing is added to it", () => {
    const options = [{ id: "sel1", name: "A" }];
    const kind = (inner: string, more: Options = {}): unknown =>
      fieldTypeOf({ type: "multipleLookupValues", options: result(inner, more) }).kind;
    expect(kind("singleSelect", { choices: options })).toEqual({
      kind: "choices",
      options,
      canAddOptions: false,
      refuses: [],
      countMax: 1,
    });
    expect(kind("singleCollaborator")).toEqual({
      kind: "people",
      isMany: true,
      countMax: limits.peopleMax,
    });
    expect(kind("number", { precision: 1 })).toEqual({ kind: "number", decimals: 1 });
  });
});

test("an error in place of a value is told apart from what nobody understands", () => {
  expect(
    [{ error: "x" }, { specialValue: "NaN" }, {}, null, [{ error: "x" }]].map(oddCell),
  ).toEqual([broken, broken, odd, odd, odd]);
});

describe("a value that does not fit is refused, with the reason", () => {
  const stranger = { id: "2f26ee68", email: null, name: "Eve" };
  const long = "x".repeat(limits.textCharsMax);
  const many = Array.from({ length: limits.optionsMax + 1 }, (_, at) => `o${at}`);
  const tooLong = "the text has 100001 characters, Airtable takes 100000";
  const noRange = "Airtable dates have no end, and this one has";
  const noAddress = "Eve has no visible e-mail address to find them by in Airtable";
  const other = (kind: string, wants: string): string =>
    `a value of kind ${kind} cannot stand in a field of ${wants}`;
  test.each<readonly [string, Value, string]>([
    ["multilineText", text(`${long}x`), tooLong],
    ["richText", { kind: "rich", markdown: `${long}x` }, tooLong],
    ["singleLineText", number(1), other("number", "text")],
    ["richText", text("a"), other("text", "rich text")],
    ["number", boolean(true), other("boolean", "numbers")],
    ["checkbox", text("yes"), other("text", "checkboxes")],
    ["singleSelect", choices(["a"]), other("choices", "single options")],
    ["multipleSelects", choice("a"), other("choice", "options")],
    ["multipleSelects", choices(many), "too many options for one cell"],
    ["date", instant(0), other("instant", "days")],
    ["date", day("2026-01-01", "2026-01-02"), noRange],
    ["dateTime", day("2026-01-01"), other("day", "instants")],
    ["dateTime", instant(0, 1), noRange],
    ["dateTime", instant(Date.UTC(10_000, 0)), "the year is out of range"],
    ["dateTime", instant(Date.UTC(-1, 0)), "the year is out of range"],
    ["singleCollaborator", people([ada, adaRead]), "several people, the field takes one"],
    ["singleCollaborator", people([stranger]), noAddress],
    [
      "singleCollaborator",
      people([{ ...stranger, name: null }]),
      noAddress.replace("Eve", "2f26ee68"),
    ],
    ["multipleCollaborators", people([adaRead, stranger]), noAddress],
    ["singleCollaborator", text("a"), other("text", "one person")],
    ["multipleCollaborators", text("a"), other("text", "people")],
    ["multipleRecordLinks", links("rec1"), "the field is not written by the sync"],
    ["multipleAttachments", files(["a", "b"]), "the field is not written by the sync"],
    ["barcode", text("1"), "the field is not written by the sync"],
    ["formula", text("1"), "the field is computed by Airtable"],
    ["rollup", empty, "the field is computed by Airtable"],
    ["button", empty, "buttons cannot be written"],
    ["aiText", empty, "the field is generated by Airtable"],
    ["manualSort", empty, "the sync does not know this type of field"],
  ])("%s", (type, value, why) => {
    expect(fieldTypeOf({ type, options: {} }).codec.encode(value)).toEqual({
      kind: "refused",
      why,
    });
  });

  test("and one that just fits is written", () => {
    const { codec } = fieldTypeOf({ type: "multilineText", options: {} });
    expect(codec.encode(text(long))).toEqual({ kind: "cell", cell: long });
    const crew = fieldTypeOf({ type: "multipleCollaborators", options: {} }).codec;
    const mixed = people([{ ...groupRead }, { ...stranger, email: "eve@x.test" }]);
    expect(crew.encode(mixed)).toEqual({
      kind: "cell",
      cell: [{ id: group.id }, { email: "eve@x.test" }],
    });
  });
});

function links(...ids: readonly string[]): Value {
  return { kind: "links", ids };
}

function files(...list: readonly (readonly [string, string])[]): Value {
  return { kind: "files", files: list.map(([name, identity]) => ({ name, identity })) };
}
