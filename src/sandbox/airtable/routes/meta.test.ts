import { describe, expect, test } from "vitest";
import { at, callSandbox, textAt, type Caller } from "../../../../test/fixture/airtable-call.ts";
import type { Json } from "../json.ts";

function makeCaller(): Caller {
  return callSandbox([
    {
      name: "T",
      fields: [
        { name: "Name", type: "singleLineText" },
        { name: "Sum", type: "formula", options: { formula: "LEN({Name})" } },
      ],
    },
  ]);
}

function addField(caller: Caller, field: Json) {
  const tableId = caller.base.tables["T"]?.id ?? "";
  return caller.call("POST", `meta/bases/${caller.base.id}/tables/${tableId}/fields`, field);
}

test("whoami shows the email only with the scope", () => {
  const caller = makeCaller();
  expect(at(caller.call("GET", "meta/whoami").body, "email")).toBe("owner@sandbox.example");
  caller.admin.setScopes(["data.records:read"]);
  expect(Object.keys(Object(caller.call("GET", "meta/whoami").body))).toEqual(["id", "scopes"]);
});

test("bases, and a new one with its tables", () => {
  const caller = makeCaller();
  expect(caller.call("GET", "meta/bases").body).toEqual({
    bases: [{ id: caller.base.id, name: "Base", permissionLevel: "create" }],
  });
  const made = caller.call("POST", "meta/bases", {
    workspaceId: "wspAAAAAAAAAAAAAA",
    name: "New",
    tables: [{ name: "A", fields: [{ name: "Name", type: "singleLineText" }] }],
  });
  expect(at(made.body, "id")).toMatch(/^app\w{14}$/);
  expect(at(made.body, "tables", 0, "views", 0, "name")).toBe("Grid view");
  expect(caller.call("POST", "meta/bases", { name: "x" }).status).toBe(422);
});

test("a schema has its keys in the service's order, and visible fields only on demand", () => {
  const caller = makeCaller();
  caller.admin.describeField("T", "Sum", "how long");
  const path = `meta/bases/${caller.base.id}/tables`;
  const field = at(caller.call("GET", path).body, "tables", 0, "fields", 1);
  expect(Object.keys(Object(field))).toEqual(["type", "options", "id", "name", "description"]);
  const nameId = caller.base.tables["T"]?.fields["Name"];
  expect(at(field, "options", "formula")).toBe(`LEN({${nameId}})`);
  const view = (query: string) =>
    at(caller.call("GET", path + query).body, "tables", 0, "views", 0);
  expect(at(view(""), "visibleFieldIds")).toBeNull();
  expect(at(view("?include[]=visibleFieldIds"), "visibleFieldIds", 0)).toBe(nameId);
});

test("a new table: its first field is the primary one, and not of every type", () => {
  const caller = makeCaller();
  const path = `meta/bases/${caller.base.id}/tables`;
  const made = caller.call("POST", path, {
    name: "New",
    description: "about",
    fields: [
      { name: "Name", type: "singleLineText" },
      { name: "Done", type: "email" },
    ],
  });
  expect(made.status).toBe(200);
  expect(at(made.body, "primaryFieldId")).toBe(at(made.body, "fields", 0, "id"));
  expect(caller.call("POST", path, { name: "new", fields: [] }).status).toBe(422);
  const again = caller.call("POST", path, { name: "NEW", fields: [{ name: "A", type: "email" }] });
  expect(again.error).toBe("DUPLICATE_TABLE_NAME");
  const bad = caller.call("POST", path, {
    name: "Bad",
    fields: [{ name: "A", type: "checkbox", options: { icon: "check", color: "redBright" } }],
  });
  expect(bad.status).toBe(422);
  expect(caller.call("GET", path).body).toMatchObject({ tables: [{ name: "T" }, { name: "New" }] });
});

describe("new fields", () => {
  const dateFormat = { name: "iso" };
  const timeFormat = { name: "24hour" };
  const accepted: readonly (readonly [string, Json])[] = [
    ["singleLineText", null],
    ["richText", null],
    ["number", { precision: 2 }],
    ["percent", { precision: 0 }],
    ["currency", { precision: 2, symbol: "€" }],
    ["duration", { durationFormat: "h:mm:ss" }],
    ["rating", { max: 5, icon: "star", color: "yellowBright" }],
    ["checkbox", { icon: "xCheckbox", color: "greenBright" }],
    ["singleSelect", { choices: [{ name: "A", color: "blueLight2" }, { name: "B" }] }],
    ["date", { dateFormat }],
    ["dateTime", { dateFormat, timeFormat, timeZone: "utc" }],
    ["multipleAttachments", null],
  ];
  test.each(accepted)("%s with %j", (type, options) => {
    const made = addField(makeCaller(), {
      name: "F",
      type,
      ...(options === null ? {} : { options }),
    });
    expect([made.status, at(made.body, "type"), at(made.body, "name")]).toEqual([200, type, "F"]);
  });

  const refused: readonly (readonly [string, Json])[] = [
    ["number", {}],
    ["number", { precision: 9 }],
    ["currency", { precision: 2 }],
    ["duration", { durationFormat: "m" }],
    ["rating", { max: 11, icon: "star", color: "yellowBright" }],
    ["checkbox", { icon: "check", color: "greenLight1" }],
    ["singleSelect", {}],
    ["date", { dateFormat: { name: "mine" } }],
    // This one zone is lower case only.
    ["dateTime", { dateFormat, timeFormat, timeZone: "UTC" }],
    ["email", { nope: 1 }],
  ];
  test.each(refused)("%s refuses %j", (type, options) => {
    expect(addField(makeCaller(), { name: "F", type, options }).error).toBe(
      "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE",
    );
  });

  test.each([
    "formula",
    "rollup",
    "count",
    "autoNumber",
    "createdTime",
    "lastModifiedTime",
    "button",
  ])("%s cannot be made", (type) => {
    const refusal = addField(makeCaller(), { name: "F", type });
    expect([refusal.error, refusal.message]).toEqual([
      "UNSUPPORTED_FIELD_TYPE_FOR_CREATE",
      `Invalid options for T.F: Creating ${type} fields is not supported at this time`,
    ]);
  });

  test("names are unique whatever their case", () => {
    const caller = makeCaller();
    for (const name of ["NAME", "", " "]) {
      expect(addField(caller, { name, type: "email" }).error).toBe("DUPLICATE_OR_EMPTY_FIELD_NAME");
    }
  });

  test("a link makes its other side, but not inside one table", () => {
    const caller = makeCaller();
    const tableId = caller.base.tables["T"]?.id ?? "";
    const other = caller.admin.addTable("Base", {
      name: "Other",
      fields: [{ name: "T", type: "singleLineText" }],
    });
    const options = { linkedTableId: other.id };
    const made = addField(caller, { name: "Link", type: "multipleRecordLinks", options });
    const inverseId = textAt(made.body, "options", "inverseLinkFieldId");
    const schema = caller.call("GET", `meta/bases/${caller.base.id}/tables`).body;
    expect(at(schema, "tables", 1, "fields", 1)).toMatchObject({
      id: inverseId,
      name: "T 2",
      options: { linkedTableId: tableId, inverseLinkFieldId: at(made.body, "id") },
    });
    const self = addField(caller, {
      name: "Self",
      type: "multipleRecordLinks",
      options: { linkedTableId: tableId },
    });
    expect(at(self.body, "options", "inverseLinkFieldId")).toBeNull();
  });
});

describe("changes", () => {
  test("names and descriptions of tables and fields", () => {
    const caller = makeCaller();
    const table = caller.base.tables["T"];
    const path = `meta/bases/${caller.base.id}/tables/${table?.id}`;
    const changed = caller.call("PATCH", path, { name: "U", description: "about" });
    expect(at(changed.body, "description")).toBe("about");
    expect(Object.keys(Object(at(changed.body, "fields", 1)))).toEqual([
      "id",
      "name",
      "type",
      "options",
    ]);
    expect(caller.call("PATCH", path, {}).status).toBe(422);
    const field = `${path}/fields/${table?.fields["Name"]}`;
    expect(at(caller.call("PATCH", field, { name: "Title" }).body, "name")).toBe("Title");
    const id = caller.admin.addRow("U", { Title: "abc" });
    expect(caller.admin.row(id)?.fields).toEqual({ Title: "abc", Sum: 3 });
  });

  test("a field keeps its type and its options, but a formula may change", () => {
    const caller = makeCaller();
    const table = caller.base.tables["T"];
    const fields = `meta/bases/${caller.base.id}/tables/${table?.id}/fields`;
    const name = `${fields}/${table?.fields["Name"]}`;
    expect(caller.call("PATCH", name, { type: "email" }).error).toBe("INVALID_REQUEST_UNKNOWN");
    expect(caller.call("PATCH", name, { options: { precision: 1 } }).status).toBe(422);
    const sum = `${fields}/${table?.fields["Sum"]}`;
    expect(caller.call("PATCH", sum, { options: { formula: "LEN({Name}) * 2" } }).status).toBe(200);
    const id = caller.admin.addRow("T", { Name: "abc" });
    expect(caller.admin.row(id)?.fields["Sum"]).toBe(6);
  });
});
