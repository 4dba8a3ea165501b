import { expect, test } from "vitest";
import {
  at,
  callSandbox,
  fieldsOf,
  idsOf,
  type Caller,
} from "../../../../test/fixture/airtable-call.ts";
import type { Json } from "../json.ts";

function makeCaller(): Caller {
  return callSandbox([
    {
      name: "T",
      fields: [
        { name: "Key", type: "singleLineText" },
        { name: "Year", type: "number" },
        { name: "Value", type: "number" },
        { name: "Mail", type: "email" },
        {
          name: "Tags",
          type: "multipleSelects",
          options: { choices: [{ name: "A" }, { name: "B" }] },
        },
      ],
    },
  ]);
}

function upsert(caller: Caller, on: string[], records: Json, method = "PATCH") {
  return caller.table(method, "T", { performUpsert: { fieldsToMergeOn: on }, records });
}

test("none matching creates, one updates; records come in the order of the request", () => {
  const caller = makeCaller();
  const known = caller.admin.addRow("T", { Key: "a", Value: 1 });
  const called = upsert(
    caller,
    ["Key"],
    [{ fields: { Key: "b", Value: 2 } }, { fields: { Key: "a", Value: 3 } }],
  );
  const [created = ""] = idsOf(called);
  expect(fieldsOf(called)).toEqual([
    { Key: "b", Value: 2 },
    { Key: "a", Value: 3 },
  ]);
  expect(at(called.body, "createdRecords")).toEqual([created]);
  expect(at(called.body, "updatedRecords")).toEqual([known]);
});

test("several fields match together, sets in any order", () => {
  const caller = makeCaller();
  const known = caller.admin.addRow("T", { Key: "a", Year: 2026, Tags: ["A", "B"] });
  const same = { Key: "a", Year: 2026, Tags: ["B", "A"] };
  expect(idsOf(upsert(caller, ["Key", "Year", "Tags"], [{ fields: same }]))).toEqual([known]);
  const other = { Key: "a", Year: 2027, Tags: ["B", "A"] };
  expect(
    at(upsert(caller, ["Key", "Year", "Tags"], [{ fields: other }]).body, "updatedRecords"),
  ).toEqual([]);
});

test("several matching rows fail the whole request", () => {
  const caller = makeCaller();
  caller.admin.addRows("T", [{ Key: "a" }, { Key: "a" }]);
  const called = upsert(caller, ["Key"], [{ fields: { Key: "new" } }, { fields: { Key: "a" } }]);
  expect(called.status).toBe(422);
  expect(caller.admin.rows("T").length).toBe(2);
});

test("an empty key creates, a missing one is refused", () => {
  const caller = makeCaller();
  caller.admin.addRow("T", { Value: 1 });
  expect(at(upsert(caller, ["Key"], [{ fields: { Key: null } }]).body, "updatedRecords")).toEqual(
    [],
  );
  expect(upsert(caller, ["Key"], [{ fields: { Value: 1 } }]).status).toBe(422);
});

test("an id goes before the key, and must exist", () => {
  const caller = makeCaller();
  const [first = ""] = caller.admin.addRows("T", [{ Key: "a" }, { Key: "b" }]);
  const called = upsert(caller, ["Key"], [{ id: first, fields: { Key: "b" } }]);
  expect(at(called.body, "updatedRecords")).toEqual([first]);
  const missing = upsert(caller, ["Key"], [{ id: "recAAAAAAAAAAAAAA", fields: { Key: "c" } }]);
  expect(missing.error).toBe("ROW_DOES_NOT_EXIST");
});

test("PUT clears what is not named", () => {
  const caller = makeCaller();
  caller.admin.addRow("T", { Key: "a", Value: 1 });
  expect(fieldsOf(upsert(caller, ["Key"], [{ fields: { Key: "a" } }], "PUT"))).toEqual([
    { Key: "a" },
  ]);
});

test("one to three fields, of types that can match", () => {
  const caller = makeCaller();
  const fields = { Key: "a", Mail: "a@b.example" };
  expect(upsert(caller, ["Mail"], [{ fields }]).status).toBe(422);
  expect(upsert(caller, [], [{ fields }]).status).toBe(422);
  expect(upsert(caller, ["Nope"], [{ fields }]).error).toBe("UNKNOWN_FIELD_NAME");
});
