// The second look at the schema after rows were read: what it takes for a change, and what not.
import { expect, test } from "vitest";
import { answeringInTurn } from "../../../test/fixture/airtable-answers.ts";
import { fieldId } from "../../core/ids.ts";
import { confirmTable } from "./confirm.ts";
import { makeTable } from "./table.ts";
import type { WireField } from "./wire.ts";

const name: WireField = { id: "fldName", name: "Name", type: "singleLineText" };
const notes: WireField = { id: "fldNotes", name: "Notes", type: "multilineText" };
const key: WireField = { id: "fldKey", name: "Key", type: "singleLineText" };
const wire = (fields: readonly WireField[], id = "tbl1", called = "Tasks") => ({
  id,
  name: called,
  primaryFieldId: "fldName",
  fields,
});
const before = makeTable("app1", wire([name, notes, key]));
// A pseudo-field, and one that is not there from the beginning, are nothing to look after.
const fields = ["@url", "fldGone", "fldName", "fldNotes"].map(fieldId);
const wanted = { fields, marker: fieldId("fldKey"), filter: null };

async function confirm(tables: readonly unknown[]): Promise<unknown> {
  const { caller } = answeringInTurn([{ body: { tables } }]);
  return confirmTable(caller, before, wanted).catch((error: unknown) => error);
}

test.each([
  ["nothing", [wire([name, notes, key])]],
  ["another order of fields", [wire([key, notes, name])]],
  ["names", [wire([name, { ...notes, name: "Remarks" }, key], "tbl1", "Work")]],
  ["a field that is not wanted", [wire([name, notes, key, { ...notes, id: "fldNew" }])]],
  ["another table of the old name", [wire([], "tbl2"), wire([name, notes, key], "tbl1", "Work")]],
])("a change of %s is none", async (_what, tables) => {
  expect(await confirm(tables)).toBeUndefined();
});

const removed = (field: string): string =>
  `The field "${field}" was removed from "Tasks" while it was read.`;
test.each([
  [
    "another type",
    [wire([name, { ...notes, name: "Remarks", type: "number" }, key])],
    'The field "Notes" in "Tasks" became a number while it was read; it was a multilineText.',
  ],
  ["a field that went away", [wire([name, key])], removed("Notes")],
  ["a marker that went away", [wire([name, notes])], removed("Key")],
  ["a table that went away", [wire([name, notes, key], "tbl2")], removed("Name")],
])("%s is told of", async (_what, tables, message) => {
  expect(await confirm(tables)).toMatchObject({ code: "schema_changed", message });
});
