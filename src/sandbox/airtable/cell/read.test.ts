import { describe, expect, test } from "vitest";
import {
  at,
  callSandbox,
  textAt,
  type Called,
  type Caller,
} from "../../../../test/fixture/airtable-call.ts";
import type { Json } from "../json.ts";

function makeCaller(): Caller {
  const caller = callSandbox([
    {
      name: "T",
      fields: [
        { name: "text", type: "singleLineText" },
        { name: "long", type: "multilineText" },
        { name: "rich", type: "richText" },
        { name: "email", type: "email" },
        { name: "number", type: "number", options: { precision: 1 } },
        { name: "percent", type: "percent" },
        { name: "rating", type: "rating" },
        { name: "done", type: "checkbox" },
        {
          name: "one",
          type: "singleSelect",
          options: { choices: [{ name: "A" }, { name: "B" }] },
        },
        {
          name: "many",
          type: "multipleSelects",
          options: { choices: [{ name: "A" }, { name: "B" }] },
        },
        { name: "day", type: "date" },
        { name: "when", type: "dateTime", options: { timeZone: "Europe/Berlin" } },
        { name: "who", type: "singleCollaborator" },
        { name: "all", type: "multipleCollaborators" },
        { name: "code", type: "barcode" },
        { name: "files", type: "multipleAttachments" },
        { name: "auto", type: "autoNumber" },
        { name: "sum", type: "formula", options: { formula: "{number} + 1" } },
      ],
    },
  ]);
  caller.admin.addCollaborator("Base", {
    id: "usrAnna0000000000",
    email: "anna@b.example",
    name: "Anna",
  });
  return caller;
}

function write(field: string, value: Json, typecast = false): Called {
  return makeCaller().table("POST", "T", { fields: { [field]: value }, typecast });
}

const anna = { id: "usrAnna0000000000", email: "anna@b.example", name: "Anna" };

describe("what is written and what reads back", () => {
  const cases: readonly (readonly [string, Json, Json])[] = [
    ["text", "x ", "x "],
    ["text", "", null],
    ["long", "a\nb", "a\nb"],
    ["rich", "* a", "- a\n"],
    ["email", "not checked", "not checked"],
    ["number", 0, 0],
    // Precision does not round what is stored.
    ["number", 1.25, 1.25],
    ["number", null, null],
    ["percent", 0.5, 0.5],
    ["rating", 5, 5],
    ["done", true, true],
    ["done", false, null],
    ["one", "B", "B"],
    ["one", "", null],
    ["many", ["B", "A"], ["B", "A"]],
    ["many", [], null],
    ["day", "2026-02-03", "2026-02-03"],
    ["day", "2026-02-03T23:00:00.000Z", "2026-02-03"],
    ["when", "2026-02-03T10:00:00Z", "2026-02-03T10:00:00.000Z"],
    ["when", "2026-02-03T10:00:00+02:00", "2026-02-03T08:00:00.000Z"],
    ["when", "2026-07-03T10:00:00", "2026-07-03T08:00:00.000Z"],
    ["when", 1_640_520_000_000, "2021-12-26T12:00:00.000Z"],
    ["who", { email: "Anna@b.example" }, anna],
    ["all", ["usrAnna0000000000"], [anna]],
    ["code", { text: "A1", type: "upce" }, { text: "A1", type: "upce" }],
  ];
  test.each(cases)("%s %j", (field, written, read) => {
    const called = write(field, written);
    expect(called.status).toBe(200);
    expect(at(called.body, "fields", field)).toEqual(read);
  });
});

describe("what is refused", () => {
  const cases: readonly (readonly [string, Json, string, string])[] = [
    ["text", 5, "INVALID_VALUE_FOR_COLUMN", 'Field "text" cannot accept the provided value'],
    ["number", "5", "INVALID_VALUE_FOR_COLUMN", 'Field "number" cannot accept the provided value'],
    ["rating", 0, "INVALID_VALUE_FOR_COLUMN", 'Field "rating" cannot accept the provided value'],
    ["rating", 6, "INVALID_VALUE_FOR_COLUMN", 'Field "rating" cannot accept the provided value'],
    ["done", "yes", "INVALID_VALUE_FOR_COLUMN", 'Field "done" cannot accept the provided value'],
    [
      "one",
      "C",
      "INVALID_MULTIPLE_CHOICE_OPTIONS",
      'Insufficient permissions to create new select option ""C""',
    ],
    ["many", "A", "INVALID_VALUE_FOR_COLUMN", 'Field "many" cannot accept the provided value'],
    ["day", "soon", "INVALID_VALUE_FOR_COLUMN", 'Cannot parse value "soon" for field day'],
    [
      "day",
      "2026-02-31",
      "INVALID_VALUE_FOR_COLUMN",
      'Cannot parse value "2026-02-31" for field day',
    ],
    [
      "who",
      { email: "x@b.example" },
      "INVALID_VALUE_FOR_COLUMN",
      'Cannot parse value "[object Object]" for field who',
    ],
    [
      "files",
      [{ nope: 1 }],
      "INVALID_ATTACHMENT_OBJECT",
      'Invalid attachment object for field files: {"nope":1}',
    ],
    [
      "auto",
      4,
      "INVALID_VALUE_FOR_COLUMN",
      'Field "auto" cannot accept a value because the field is computed',
    ],
    [
      "sum",
      4,
      "INVALID_VALUE_FOR_COLUMN",
      'Field "sum" cannot accept a value because the field is computed',
    ],
    ["nope", 4, "UNKNOWN_FIELD_NAME", 'Unknown field name: "nope"'],
  ];
  test.each(cases)("%s %j", (field, written, error, message) => {
    const called = write(field, written);
    expect({ status: called.status, error: called.error, message: called.message }).toEqual({
      status: 422,
      error,
      message,
    });
  });
});

describe("typecast", () => {
  const cases: readonly (readonly [string, Json, Json])[] = [
    ["text", 5, "5"],
    ["number", "$1,200.50", 1200.5],
    ["number", "none", null],
    ["percent", "45%", 0.45],
    ["done", "true", true],
    ["done", "no", null],
    ["one", "C", "C"],
    ["many", "A, C", ["A", "C"]],
    ["day", "2/3/2026", "2026-02-03"],
    ["day", "soon", null],
    ["who", "Anna", anna],
  ];
  test.each(cases)("%s %j", (field, written, read) => {
    const called = write(field, written, true);
    expect(called.status).toBe(200);
    expect(at(called.body, "fields", field)).toEqual(read);
  });

  test("a new option appears once in the schema, with an id and the next colour", () => {
    const caller = makeCaller();
    const records = [{ fields: { one: "C" } }, { fields: { one: "C" } }];
    expect(caller.table("POST", "T", { records, typecast: true }).status).toBe(200);
    const schema = caller.call("GET", `meta/bases/${caller.base.id}/tables`).body;
    const choices = at(schema, "tables", 0, "fields", 8, "options", "choices");
    expect(choices).toMatchObject([
      { name: "A", color: "blueLight2" },
      { name: "B", color: "cyanLight2" },
      { name: "C", color: "tealLight2" },
    ]);
    expect(at(choices, 2, "id")).toMatch(/^sel\w{14}$/);
  });
});

describe("attachments", () => {
  const url = "https://files.example/a%20b.png";

  test("show size and type once they have arrived, and keep their address for two hours", () => {
    const caller = makeCaller();
    const made = caller.table("POST", "T", { fields: { files: [{ url }] } });
    const id = textAt(made.body, "id");
    expect(Object.keys(Object(at(made.body, "fields", "files", 0)))).toEqual([
      "id",
      "url",
      "filename",
    ]);
    const read = (): Json => at(caller.table("GET", `T/${id}`).body, "fields", "files", 0);
    caller.clock.advance(10_000);
    const first = read();
    expect(Object.keys(Object(first))).toEqual([
      "id",
      "width",
      "height",
      "url",
      "filename",
      "size",
      "type",
      "thumbnails",
    ]);
    expect(at(first, "filename")).toBe("a b.png");
    expect(at(first, "url")).toContain(`/${Date.parse("2026-03-01T16:00:00Z")}/`);
    caller.clock.advance(3_600_000);
    expect(at(read(), "url")).toBe(at(first, "url"));
    caller.clock.advance(3_600_000);
    expect(at(read(), "url")).not.toBe(at(first, "url"));
  });

  test("an id keeps the file, an address makes another", () => {
    const caller = makeCaller();
    const made = caller.table("POST", "T", { fields: { files: [{ url, filename: "x.txt" }] } });
    const rowId = textAt(made.body, "id");
    const kept = { id: at(made.body, "fields", "files", 0, "id") };
    const both = caller.table("PATCH", `T/${rowId}`, { fields: { files: [kept, { url }] } });
    expect(at(both.body, "fields", "files", 0, "id")).toBe(kept.id);
    expect(at(both.body, "fields", "files", 1, "id")).not.toBe(kept.id);
    const unknown = [{ id: "attAAAAAAAAAAAAAA" }];
    const refused = caller.table("PATCH", `T/${rowId}`, { fields: { files: unknown } });
    expect(refused.error).toBe("INVALID_ATTACHMENT_OBJECT");
  });
});
