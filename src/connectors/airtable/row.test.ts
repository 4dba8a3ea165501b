// A record as a row, whole: title, address, times, marker and cells, and what of it is shown in words.
import { describe, expect, test } from "vitest";
import { fieldId } from "../../core/ids.ts";
import { boolean, empty, instant, number, text, unknown } from "../../core/value.ts";
import type { Wanted } from "../connector.ts";
import { decodeRow, fieldsToAsk } from "./row.ts";
import { makeTable, type Table } from "./table.ts";

const dateTime = { result: { type: "dateTime" }, referencedFieldIds: [] };
const window = { startMs: 5, endMs: 9 };

/** A table whose first field, of this type, is not its title. */
function tableWith(type: string, options: Readonly<Record<string, unknown>> = {}): Table {
  return makeTable("app1", {
    id: "tbl1",
    name: "Tasks",
    primaryFieldId: "fldTitle",
    fields: [
      { id: "fldName", name: "Name", type: "singleLineText" },
      { id: "fldTitle", name: "Title", type, options },
      { id: "fldDone", name: "Done", type: "checkbox" },
      { id: "fldKey", name: "Key", type: "number" },
      { id: "fldT", name: "Touched", type: "lastModifiedTime", options: dateTime },
    ],
  });
}

const table = tableWith("singleLineText");
const ids = ["fldName", "fldDone", "@id", "@created", "@url", "fldGone"].map(fieldId);
const wanted: Wanted = { fields: ids, marker: fieldId("fldKey"), filter: null };
const nothing: Wanted = { fields: [], marker: null, filter: null };

test("a record with everything", () => {
  const record = {
    id: "rec1",
    createdTime: "2026-01-02T03:04:05.000Z",
    fields: {
      fldName: "n",
      fldTitle: "t",
      fldDone: true,
      fldKey: 7,
      fldT: "2026-02-03T04:05:06.000Z",
      fldExtra: "not asked for",
    },
  };
  const url = "https://airtable.com/app1/tbl1/rec1";
  const createdAtMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  expect(decodeRow(table, record, { wanted, window })).toEqual({
    id: "rec1",
    title: "t",
    url,
    createdAtMs,
    stampMs: Date.UTC(2026, 1, 3, 4, 5, 5, 500),
    editedBy: "unknown",
    marker: "7",
    cells: new Map([
      [fieldId("fldName"), text("n")],
      [fieldId("fldDone"), boolean(true)],
      [fieldId("@id"), text("rec1")],
      [fieldId("@created"), instant(createdAtMs)],
      [fieldId("@url"), text(url)],
    ]),
    window,
  });
});

test("a record with nothing: cells are empty, and what nobody knows is null", () => {
  const record = { id: "rec1", createdTime: "soon", fields: { fldName: null, fldT: "later" } };
  expect(decodeRow(table, record, { wanted, window })).toEqual({
    id: "rec1",
    title: "",
    url: "https://airtable.com/app1/tbl1/rec1",
    createdAtMs: null,
    stampMs: null,
    editedBy: "unknown",
    marker: null,
    cells: new Map([
      [fieldId("fldName"), empty],
      [fieldId("fldDone"), boolean(false)],
      [fieldId("@id"), text("rec1")],
      [fieldId("@created"), unknown("undecodable")],
      [fieldId("@url"), text("https://airtable.com/app1/tbl1/rec1")],
    ]),
    window,
  });
});

describe("the title in words", () => {
  const ada = { id: "usr1", email: "ada@example.com", name: "Ada" };
  test.each<readonly [string, unknown, string]>([
    ["singleLineText", "a", "a"],
    ["richText", "**a**\n", "**a**"],
    ["number", 1.5, "1.5"],
    ["checkbox", true, "yes"],
    ["checkbox", undefined, ""],
    ["date", "2026-02-28", "2026-02-28"],
    ["dateTime", "2026-02-28T10:30:00.000Z", "2026-02-28T10:30:00.000Z"],
    ["singleSelect", "A", "A"],
    ["multipleSelects", ["A", "B"], "A, B"],
    [
      "multipleCollaborators",
      [ada, { ...ada, name: null }, { id: "usr2" }],
      "Ada, ada@example.com, usr2",
    ],
    ["multipleRecordLinks", ["rec2"], ""],
    ["multipleAttachments", [{ id: "att1", filename: "a" }], ""],
    ["number", "odd", ""],
    ["singleLineText", undefined, ""],
  ])("of %s %j", (type, content, title) => {
    const record = { id: "rec1", fields: content === undefined ? {} : { fldTitle: content } };
    expect(decodeRow(tableWith(type), record, { wanted: nothing, window }).title).toBe(title);
  });
});

test("a listing asks for the title and the stamp though nothing is wanted, for each field once", () => {
  expect(fieldsToAsk(table, nothing)).toEqual(["fldTitle", "fldT"]);
  const fields = ["fldTitle", "fldDone", "@url"].map(fieldId);
  expect(fieldsToAsk(table, { fields, marker: fieldId("fldDone"), filter: null })).toEqual([
    "fldTitle",
    "fldDone",
    "fldT",
  ]);
});

describe("the table", () => {
  const textKind = { kind: "text", format: "plain", isMultiline: false, lengthMax: 100_000 };
  const instants = { kind: "date", time: "required", stepMs: 1, hasRange: false };
  const record = { type: "record", isWritable: false, isTitle: false };

  test("as the core sees it", () => {
    expect(table.schema).toEqual({
      tableId: "tbl1",
      parentId: "app1",
      name: "Tasks",
      fields: [
        field("fldName", "Name", "singleLineText", { kind: textKind }),
        field("fldTitle", "Title", "singleLineText", { kind: textKind, isTitle: true }),
        field("fldDone", "Done", "checkbox", { kind: { kind: "boolean" } }),
        field("fldKey", "Key", "number", { kind: { kind: "number", decimals: null } }),
        field("fldT", "Touched", "lastModifiedTime", { kind: instants, isWritable: false }),
        { id: "@id", name: "@id", kind: textKind, ...record },
        { id: "@created", name: "@created", kind: { ...instants, stepMs: 1_000 }, ...record },
        { id: "@url", name: "@url", kind: { ...textKind, format: "url" }, ...record },
      ],
    });
    expect([table.baseId, table.tableId, table.primary, table.stamp]).toEqual([
      "app1",
      "tbl1",
      "fldTitle",
      "fldT",
    ]);
  });

  test("shows fields of a type that nobody knows, as such", () => {
    const { schema, fields } = tableWith("manualSort");
    expect(schema.fields[1]).toEqual(
      field("fldTitle", "Title", "manualSort", {
        kind: { kind: "unsupported" },
        isWritable: false,
        isTitle: true,
      }),
    );
    expect([...fields.keys()]).toEqual(["fldName", "fldTitle", "fldDone", "fldKey", "fldT"]);
  });

  test.each<readonly [string, readonly Readonly<Record<string, unknown>>[], string | null]>([
    [
      "of several stamps: the first that can be used",
      [{ isValid: false }, dateTime, dateTime],
      "fld1",
    ],
    ["that says nothing of what it watches", [{ result: { type: "dateTime" } }], "fld0"],
    ["that watches one of two fields", [{ ...dateTime, referencedFieldIds: ["fldA"] }], null],
    ["that watches both", [{ ...dateTime, referencedFieldIds: ["fldB", "fldA"] }], "fld0"],
    ["that shows days", [{ ...dateTime, result: { type: "date" } }], null],
  ])("a stamp %s", (_what, stamps, expected) => {
    const { stamp } = makeTable("app1", {
      id: "tbl1",
      name: "T",
      primaryFieldId: "fldA",
      fields: [
        { id: "fldA", name: "A", type: "singleLineText" },
        { id: "fldB", name: "B", type: "number" },
        { id: "fldC", name: "C", type: "createdTime", options: dateTime },
        { id: "fldD", name: "D", type: "autoNumber", options: null },
        ...stamps.map((options, at) => ({
          id: `fld${at}`,
          name: `S${at}`,
          type: "lastModifiedTime",
          options,
        })),
      ],
    });
    expect(stamp).toBe(expected);
  });
});

function field(id: string, name: string, type: string, more: object): object {
  return { id, name, type, isWritable: true, isTitle: false, ...more };
}

test("a number in a title keeps its digits", () => {
  const reading = { wanted: { ...nothing, fields: [fieldId("fldTitle")] }, window };
  const row = decodeRow(tableWith("number"), { id: "rec1", fields: { fldTitle: 0 } }, reading);
  expect([row.title, row.cells.get(fieldId("fldTitle"))]).toEqual(["0", number(0)]);
});
