import { describe, expect, test } from "vitest";
import { fieldId } from "../../core/ids.ts";
import { blamedField } from "./blame.ts";
import { decodeRow, fieldsToAsk } from "./row.ts";
import { makeTable, type Table } from "./table.ts";

interface FieldWish {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly options?: object;
}

function tableWith(...fields: readonly FieldWish[]): Table {
  return makeTable("app1", {
    id: "tbl1",
    name: "T",
    primaryFieldId: "fldName",
    fields: [
      { id: "fldName", name: "Name", type: "singleLineText" },
      ...fields.map((field) => ({ ...field, options: { ...field.options } })),
    ],
  });
}

const touched = (options: object): FieldWish => ({
  id: "fldT",
  name: "Touched",
  type: "lastModifiedTime",
  options: { isValid: true, result: { type: "dateTime" }, ...options },
});

describe("the stamp", () => {
  test.each([
    ["all fields", { referencedFieldIds: [] }, "fldT"],
    ["every writable field", { referencedFieldIds: ["fldName"] }, "fldT"],
    ["only another field", { referencedFieldIds: ["fldOther"] }, null],
    ["days only", { referencedFieldIds: [], result: { type: "date" } }, null],
    ["nothing, being broken", { isValid: false, referencedFieldIds: [] }, null],
  ])("a field that watches %s", (_what, options, expected) => {
    expect(tableWith(touched(options)).stamp).toBe(expected);
  });

  test("lies half a second before what the field shows", () => {
    const table = tableWith(touched({ referencedFieldIds: [] }));
    const record = {
      id: "rec1",
      createdTime: "2026-01-01T00:00:00.000Z",
      fields: { fldT: "2026-01-01T00:00:10.000Z" },
    };
    const row = decodeRow(table, record, {
      wanted: { fields: [], marker: null, filter: null },
      window: { startMs: 0, endMs: 0 },
    });
    expect(row.stampMs).toBe(Date.UTC(2026, 0, 1, 0, 0, 9, 500));
    expect(row.createdAtMs).toBe(Date.UTC(2026, 0, 1));
    expect(row.url).toBe("https://airtable.com/app1/tbl1/rec1");
  });
});

test("a listing names the wanted fields, the marker, the title and the stamp", () => {
  const table = tableWith(touched({}), { id: "fldK", name: "Key", type: "singleLineText" });
  const wanted = {
    fields: [fieldId("@url"), fieldId("fldGone")],
    marker: fieldId("fldK"),
    filter: null,
  };
  // A field that is not there any more is named all the same, so that the service says so.
  expect(fieldsToAsk(table, wanted)).toEqual(["fldName", "fldGone", "fldK", "fldT"]);
});

test("the longest name in a message is the one that is blamed", () => {
  const table = tableWith(
    { id: "fldA", name: "Due", type: "date" },
    { id: "fldB", name: "Due date", type: "date" },
  );
  const written = [fieldId("fldA"), fieldId("fldB"), fieldId("fldName")];
  const say = (message: string): string | null => blamedField(table, written, message);
  expect(say('Field "Due date" cannot accept the provided value')).toBe("fldB");
  expect(say('Field "Due" cannot accept the provided value')).toBe("fldA");
  expect(say("Cannot parse value for field fldB")).toBe("fldB");
  expect(say("Invalid request")).toBeNull();
});
