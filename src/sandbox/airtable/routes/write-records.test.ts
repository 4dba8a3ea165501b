import { describe, expect, test } from "vitest";
import {
  at,
  callSandbox,
  fieldsOf,
  idsOf,
  textAt,
  type Caller,
} from "../../../../test/fixture/airtable-call.ts";
import type { AirtableSandboxOptions } from "../sandbox.ts";

function makeCaller(options: AirtableSandboxOptions = {}): Caller {
  return callSandbox(
    [
      {
        name: "Tasks",
        id: "tblTasks000000000",
        fields: [
          { name: "Name", type: "singleLineText" },
          { name: "Count", type: "number" },
          { name: "Notes", type: "richText" },
          { name: "Status", type: "singleSelect", options: { choices: [{ name: "Todo" }] } },
          { name: "No", type: "autoNumber" },
        ],
      },
      {
        name: "People",
        fields: [
          { name: "Name", type: "singleLineText" },
          {
            name: "Tasks",
            type: "multipleRecordLinks",
            options: { linkedTableId: "tblTasks000000000" },
          },
        ],
      },
    ],
    options,
  );
}

describe("batches", () => {
  test("one bad record fails all ten, and no number, option or row is left behind", () => {
    const caller = makeCaller();
    const records = [
      { fields: { Name: "a", Status: "New" } },
      { fields: { Name: "b", Count: { no: "number" } } },
    ];
    const failed = caller.table("POST", "Tasks", { records, typecast: true });
    expect([failed.status, failed.error]).toEqual([422, "INVALID_VALUE_FOR_COLUMN"]);
    expect(caller.admin.rows("Tasks")).toEqual([]);
    const schema = caller.call("GET", `meta/bases/${caller.base.id}/tables`).body;
    expect(at(schema, "tables", 0, "fields", 3, "options", "choices")).toMatchObject([
      { name: "Todo" },
    ]);
    expect(at(caller.table("POST", "Tasks", { fields: {} }).body, "fields")).toEqual({ No: 1 });
  });

  test("answers come in the order of the request", () => {
    const caller = makeCaller();
    const records = ["c", "a", "b"].map((name) => ({ fields: { Name: name } }));
    const made = caller.table("POST", "Tasks", { records });
    expect(fieldsOf(made).map((fields) => fields["Name"])).toEqual(["c", "a", "b"]);
  });

  test("at most ten records, with well-formed ids", () => {
    const caller = makeCaller();
    const eleven = Array.from({ length: 11 }, () => ({ fields: {} }));
    for (const records of [eleven, [], [{ nope: 1 }]]) {
      expect(caller.table("POST", "Tasks", { records }).error).toBe("INVALID_RECORDS");
    }
    const malformed = caller.table("PATCH", "Tasks", { records: [{ id: "rec1", fields: {} }] });
    expect(malformed.message).toBe(
      'You must provide an array of up to 10 record objects, each with an "id" ID field and a "fields" object for cell values.',
    );
    const gone = caller.table("PATCH", "Tasks", {
      records: [{ id: "recAAAAAAAAAAAAAA", fields: {} }],
    });
    expect(gone.message).toBe("Record ID recAAAAAAAAAAAAAA does not exist in this table");
  });

  test("bodies that are none", () => {
    const caller = makeCaller();
    const answer = caller.service({
      method: "POST",
      path: `/v0/${caller.base.id}/Tasks`,
      query: new URLSearchParams(),
      headers: { authorization: `Bearer ${caller.token}` },
      body: "{not json",
    });
    expect([answer.status, answer.body]).toEqual([
      422,
      { error: { type: "INVALID_REQUEST_BODY", message: "Could not parse request body" } },
    ]);
    expect(caller.table("POST", "Tasks", { nope: 1 }).error).toBe("INVALID_REQUEST_UNKNOWN");
    expect(caller.table("POST", "Tasks", {}).error).toBe("INVALID_REQUEST_MISSING_FIELDS");
  });
});

describe("update", () => {
  test("PATCH keeps what is not named, PUT clears it; a cleared rich text reads as a newline", () => {
    const caller = makeCaller();
    const id = caller.admin.addRow("Tasks", { Name: "a", Count: 1, Notes: "x", Status: "Todo" });
    const patched = caller.table("PATCH", `Tasks/${id}`, { fields: { Count: null } });
    expect(at(patched.body, "fields")).toEqual({ Name: "a", Notes: "x\n", Status: "Todo", No: 1 });
    const put = caller.table("PUT", "Tasks", { records: [{ id, fields: { Count: 2 } }] });
    expect(fieldsOf(put)).toEqual([{ Notes: "\n", No: 1, Count: 2 }]);
  });

  test("a rich text that was never filled stays absent when it is cleared", () => {
    const caller = makeCaller();
    const id = caller.admin.addRow("Tasks", { Name: "a" });
    const patched = caller.table("PATCH", `Tasks/${id}`, { fields: { Notes: null } });
    expect(at(patched.body, "fields")).toEqual({ Name: "a", No: 1 });
  });

  test("fields by id, in and out", () => {
    const caller = makeCaller();
    const nameId = caller.base.tables["Tasks"]?.fields["Name"] ?? "";
    const made = caller.table("POST", "Tasks", {
      fields: { [nameId]: "a" },
      returnFieldsByFieldId: true,
    });
    expect(at(made.body, "fields", nameId)).toBe("a");
  });
});

describe("delete", () => {
  test("one and many, whole or not at all", () => {
    const caller = makeCaller();
    const [first = "", second = "", third = ""] = caller.admin.addRows("Tasks", [{}, {}, {}]);
    expect(caller.table("DELETE", `Tasks/${first}`).body).toEqual({ deleted: true, id: first });
    const failed = caller.table("DELETE", `Tasks?records[]=${second}&records[]=${first}`);
    expect(failed.status).toBe(403);
    expect(caller.admin.row(second)?.id).toBe(second);
    const gone = caller.table("DELETE", `Tasks?records[]=${third}&records[]=${second}`);
    expect(gone.body).toEqual({
      records: [
        { deleted: true, id: third },
        { deleted: true, id: second },
      ],
    });
    expect(caller.table("DELETE", `Tasks/${first}`).error).toBe(
      "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND",
    );
    expect(caller.table("DELETE", `Tasks?records=${third}`).message).toBe(
      '"records" must be an array of up to 10 record IDs.',
    );
  });
});

describe("links", () => {
  test("show on both sides, in order, and vanish with the row", () => {
    const caller = makeCaller();
    const [first = "", second = ""] = caller.admin.addRows("Tasks", [
      { Name: "t1" },
      { Name: "t2" },
    ]);
    const made = caller.table("POST", "People", { fields: { Name: "p", Tasks: [second, first] } });
    const personId = textAt(made.body, "id");
    expect(at(made.body, "fields", "Tasks")).toEqual([second, first]);
    expect(caller.admin.row(first)?.fields["People"]).toEqual([personId]);
    caller.table("PATCH", `People/${personId}`, { fields: { Tasks: [first] } });
    expect(caller.admin.row(second)?.fields["People"]).toBeUndefined();
    caller.table("DELETE", `Tasks/${first}`);
    expect(caller.admin.row(personId)?.fields["Tasks"]).toBeUndefined();
  });

  test("an unknown row is refused, a name needs typecast and may make a row", () => {
    const caller = makeCaller();
    const known = caller.admin.addRow("Tasks", { Name: "known" });
    const link = (tasks: string[], typecast: boolean) =>
      caller.table("POST", "People", { fields: { Tasks: tasks }, typecast });
    expect(link(["recAAAAAAAAAAAAAA"], false).error).toBe("ROW_DOES_NOT_EXIST");
    expect(link(["known"], false).error).toBe("INVALID_VALUE_FOR_COLUMN");
    const cast = link(["known", "new", "new"], true);
    const rows = caller.admin.rows("Tasks");
    expect(rows.map((row) => row.fields["Name"])).toEqual(["known", "new"]);
    expect(at(cast.body, "fields", "Tasks")).toEqual([known, rows[1]?.id]);
  });

  test("are primary texts in a formula", () => {
    const caller = makeCaller();
    const task = caller.admin.addRow("Tasks", { Name: "t1" });
    const person = caller.admin.addRow("People", { Name: "p", Tasks: [task] });
    const filter = (formula: string) =>
      idsOf(caller.table("GET", `People?filterByFormula=${encodeURIComponent(formula)}`));
    expect(filter("FIND('t1', {Tasks})")).toEqual([person]);
    expect(filter(`FIND('${task}', {Tasks})`)).toEqual([]);
  });
});

describe("the shape of a record", () => {
  test("whole seconds, rounded; time before cells, and the other way round in 2022", () => {
    const now = makeCaller();
    now.clock.freeze(Date.parse("2026-03-01T12:00:00.600Z"));
    const made = now.table("POST", "Tasks", { fields: { Name: "a" } });
    expect(Object.keys(Object(made.body))).toEqual(["id", "createdTime", "fields"]);
    expect(at(made.body, "createdTime")).toBe("2026-03-01T12:00:01.000Z");
    const then = makeCaller({ dialect: "2022" }).table("POST", "Tasks", { fields: {} });
    expect(Object.keys(Object(then.body))).toEqual(["id", "fields", "createdTime"]);
  });
});
