import { describe, expect, test } from "vitest";
import {
  at,
  callSandbox,
  startMs,
  textAt,
  type Caller,
} from "../../../../test/fixture/airtable-call.ts";
import type { JsonObject } from "../json.ts";
import type { AirtableSandboxOptions } from "../sandbox.ts";

function makeCaller(options: AirtableSandboxOptions = {}): Caller {
  return callSandbox(
    [
      {
        name: "Tasks",
        id: "tblTasks000000000",
        fields: [
          { name: "Name", type: "singleLineText" },
          { name: "Hours", type: "number" },
          {
            name: "Status",
            type: "singleSelect",
            options: { choices: [{ name: "Todo" }, { name: "Done" }] },
          },
          { name: "Created", type: "createdTime" },
          { name: "Touched", type: "lastModifiedTime" },
        ],
      },
      {
        name: "Projects",
        fields: [
          { name: "Name", type: "singleLineText" },
          {
            name: "Tasks",
            id: "fldLinks000000000",
            type: "multipleRecordLinks",
            options: { linkedTableId: "tblTasks000000000" },
          },
        ],
      },
    ],
    options,
  );
}

function fields(caller: Caller, rowId: string): JsonObject {
  return caller.admin.row(rowId)?.fields ?? {};
}

describe("computed fields", () => {
  test("formula, count, lookup and rollup follow the linked rows", () => {
    const caller = makeCaller();
    const { admin } = caller;
    const hoursId = caller.base.tables["Tasks"]?.fields["Hours"] ?? "";
    const through = { recordLinkFieldId: "fldLinks000000000", fieldIdInLinkedTable: hoursId };
    admin.addField("Projects", {
      name: "Count",
      type: "count",
      options: { recordLinkFieldId: "fldLinks000000000" },
    });
    admin.addField("Projects", { name: "Hours", type: "multipleLookupValues", options: through });
    admin.addField("Projects", {
      name: "Mean",
      type: "rollup",
      options: through,
      rollup: "AVERAGE(values)",
    });
    admin.addField("Projects", {
      name: "Label",
      type: "formula",
      options: { formula: "{Name} & ':' & {Count}" },
    });
    const [first = "", second = ""] = admin.addRows("Tasks", [{ Hours: 1 }, { Hours: 4 }]);
    const project = admin.addRow("Projects", { Name: "P" });
    expect(fields(caller, project)).toEqual({
      Name: "P",
      Label: "P:0",
      Mean: { specialValue: "NaN" },
      Count: 0,
    });
    admin.editRow(project, { Tasks: [first, second] });
    expect(fields(caller, project)).toMatchObject({
      Count: 2,
      Hours: [1, 4],
      Mean: 2.5,
      Label: "P:2",
    });
    admin.fixCell(project, "Label", { error: "#ERROR!" });
    expect(fields(caller, project)["Label"]).toEqual({ error: "#ERROR!" });
  });

  test("a change of a linked row or of a computed value does not touch the row", () => {
    const caller = makeCaller();
    const { admin } = caller;
    const task = admin.addRow("Tasks", { Name: "t" });
    const project = admin.addRow("Projects", { Name: "P", Tasks: [task] });
    admin.addField("Projects", { name: "Touched", type: "lastModifiedTime" });
    caller.clock.advance(60_000);
    admin.editRow(task, { Name: "new" });
    expect(fields(caller, project)["Touched"]).toBe("2026-03-01T12:00:00.000Z");
    expect(fields(caller, task)["Touched"]).toBe("2026-03-01T12:01:00.000Z");
  });

  test("a last modified time over some fields is absent until one of them is written", () => {
    const caller = makeCaller();
    const hoursId = caller.base.tables["Tasks"]?.fields["Hours"] ?? "";
    caller.admin.addField("Tasks", {
      name: "Hours at",
      type: "lastModifiedTime",
      options: { referencedFieldIds: [hoursId] },
    });
    const id = caller.admin.addRow("Tasks", { Name: "a" });
    expect(fields(caller, id)["Hours at"]).toBeUndefined();
    caller.clock.advance(5000);
    caller.table("PATCH", `Tasks/${id}`, { fields: { Hours: 1 } });
    caller.clock.advance(5000);
    caller.table("PATCH", `Tasks/${id}`, { fields: { Name: "b" } });
    expect(fields(caller, id)).toMatchObject({
      Created: "2026-03-01T12:00:00.000Z",
      "Hours at": "2026-03-01T12:00:05.000Z",
      Touched: "2026-03-01T12:00:10.000Z",
    });
  });

  test("a write of equal values touches, or does not: nobody has measured it", () => {
    for (const doesEqualWriteTouch of [true, false]) {
      const caller = makeCaller({ doesEqualWriteTouch });
      const id = caller.admin.addRow("Tasks", { Name: "a" });
      caller.clock.advance(5000);
      caller.table("PATCH", `Tasks/${id}`, { fields: { Name: "a" } });
      const seconds = doesEqualWriteTouch ? "05" : "00";
      expect(fields(caller, id)["Touched"]).toBe(`2026-03-01T12:00:${seconds}.000Z`);
    }
  });
});

describe("rows", () => {
  test("a deleted row comes back with its id, its age and its links", () => {
    const caller = makeCaller();
    const { admin } = caller;
    const task = admin.addRow("Tasks", { Name: "t" });
    const project = admin.addRow("Projects", { Tasks: [task] });
    const before = admin.row(task);
    caller.clock.advance(60_000);
    caller.table("DELETE", `Tasks/${task}`);
    expect(admin.row(task)).toBeNull();
    expect(fields(caller, project)["Tasks"]).toBeUndefined();
    admin.restoreRow(task);
    expect(admin.row(task)).toMatchObject({ id: task, createdTime: before?.createdTime });
    expect(fields(caller, project)["Tasks"]).toEqual([task]);
    expect(() => {
      admin.restoreRow(task);
    }).toThrow(/trash/);
  });

  test("a duplicate has another id and age, and every cell the same", () => {
    const caller = makeCaller();
    const { admin } = caller;
    const id = admin.addRow("Tasks", { Name: "key-1", Hours: 2 });
    caller.clock.advance(5000);
    const copy = admin.duplicateRow(id);
    expect(copy).not.toBe(id);
    expect(fields(caller, copy)).toMatchObject({
      Name: "key-1",
      Hours: 2,
      Created: "2026-03-01T12:00:05.000Z",
    });
  });

  test("rows of a recorded world keep their origin", () => {
    const caller = makeCaller();
    const id = caller.admin.addRow(
      "Tasks",
      { Name: "a" },
      { id: "recAAAAAAAAAAAAAA", createdMs: startMs - 5000, modifiedMs: startMs - 1000 },
    );
    expect(caller.admin.row(id)).toMatchObject({
      id: "recAAAAAAAAAAAAAA",
      createdTime: "2026-03-01T11:59:55.000Z",
      fields: { Touched: "2026-03-01T11:59:59.000Z" },
    });
  });
});

describe("the schema", () => {
  test("renamed things keep their ids and their rows", () => {
    const caller = makeCaller();
    const { admin } = caller;
    const id = admin.addRow("Tasks", { Name: "a", Status: "Todo" });
    admin.renameField("Tasks", "Status", "State");
    admin.renameOption("Tasks", "State", { from: "Todo", to: "To do" });
    admin.renameTable("Tasks", "Work");
    expect(fields(caller, id)).toMatchObject({ Name: "a", State: "To do" });
    expect(caller.table("GET", "Tasks").status).toBe(403);
    expect(caller.table("GET", "Work").status).toBe(200);
    expect(caller.table("PATCH", `Work/${id}`, { fields: { Status: "To do" } }).error).toBe(
      "UNKNOWN_FIELD_NAME",
    );
  });

  test("a removed option leaves the cells, a removed field the records", () => {
    const caller = makeCaller();
    const { admin } = caller;
    const id = admin.addRow("Tasks", { Name: "a", Status: "Todo", Hours: 1 });
    admin.removeOption("Tasks", "Status", "Todo");
    expect(fields(caller, id)["Status"]).toBeUndefined();
    admin.removeField("Tasks", "Hours");
    expect(fields(caller, id)["Hours"]).toBeUndefined();
    expect(caller.table("GET", "Tasks?fields[]=Hours").error).toBe("UNKNOWN_FIELD_NAME");
    admin.removeTable("Tasks");
    expect(caller.table("GET", "Tasks").status).toBe(403);
  });

  test("a new option is there to be written", () => {
    const caller = makeCaller();
    const optionId = caller.admin.addOption("Tasks", "Status", { name: "Waiting" });
    expect(optionId).toMatch(/^sel\w{14}$/);
    const made = caller.table("POST", "Tasks", { fields: { Status: "Waiting" } });
    expect(at(made.body, "fields", "Status")).toBe("Waiting");
  });

  test("a retyped field keeps its id and converts what converts", () => {
    const caller = makeCaller();
    const { admin } = caller;
    const [first = "", second = ""] = admin.addRows("Tasks", [{ Name: "12" }, { Name: "many" }]);
    const nameId = caller.base.tables["Tasks"]?.fields["Name"] ?? "";
    admin.retypeField("Tasks", "Name", { type: "number", options: { precision: 0 } });
    expect([fields(caller, first)["Name"], fields(caller, second)["Name"]]).toEqual([
      12,
      undefined,
    ]);
    const schema = caller.call("GET", `meta/bases/${caller.base.id}/tables`).body;
    expect(textAt(schema, "tables", 0, "fields", 0, "id")).toBe(nameId);
    admin.retypeField("Tasks", "Name", { type: "singleSelect" });
    expect(fields(caller, first)["Name"]).toBe("12");
  });

  test("a removed or retyped field comes back with its id and its cells", () => {
    const caller = makeCaller();
    const { admin } = caller;
    const [first = "", second = "", third = ""] = admin.addRows("Tasks", [
      { Name: "12", Hours: 1 },
      { Name: "many" },
      { Name: "gone" },
    ]);
    admin.deleteRow(third);
    const retyped = admin.retypeField("Tasks", "Name", { type: "number" });
    admin.editRow(first, { Name: 13 });
    const [added = ""] = admin.addRows("Tasks", [{ Name: 7 }]);
    retyped();
    admin.restoreRow(third);
    expect([first, second, third, added].map((id) => fields(caller, id)["Name"])).toEqual([
      "13",
      "many",
      "gone",
      "7",
    ]);
    const before = caller.call("GET", `meta/bases/${caller.base.id}/tables`).body;
    const removed = admin.removeField("Tasks", "Hours");
    removed();
    expect(fields(caller, first)["Hours"]).toBe(1);
    expect(caller.call("GET", `meta/bases/${caller.base.id}/tables`).body).toEqual(before);
  });

  test("a name that is not there says what is", () => {
    const caller = makeCaller();
    expect(() => caller.admin.addRow("Nope", {})).toThrow(/Tasks, Projects/);
    expect(() => {
      caller.admin.renameField("Tasks", "Nope", "x");
    }).toThrow(/Name, Hours/);
  });
});
