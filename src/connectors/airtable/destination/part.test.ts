// Which property a refusal is about: the row is sent again without it, so a wrong one costs a cell that was
// good, and none at all costs the row.
import { expect, test } from "vitest";
import { fieldId } from "../../../core/ids.ts";
import type { Refusal } from "../failure.ts";
import type { Column, ColumnType } from "./column.ts";
import { blamedProperty, isPeople, isTypecastSafe, learnOptions, type Part } from "./part.ts";

function part(name: string, type: ColumnType, newOptions: readonly string[] = []): Part {
  const id = fieldId(`fld${name.replaceAll(" ", "")}`);
  const column: Column = {
    name: `declared ${name}`,
    id,
    fieldName: name,
    type,
    options: new Map(),
    declared: null,
    zone: "utc",
    max: 5,
  };
  return { column, id, json: "x", newOptions };
}

const mark: Part = { column: null, id: fieldId("fldMark"), json: "x", newOptions: ["Gone"] };
const due = part("Due", "date");
const dueDate = part("Due date", "date");
const tags = part("Tags", "multipleSelects", ["New"]);
const kind = part("Kind", "singleSelect", ["Fresh"]);
const lead = part("Lead", "multipleRecordLinks");
const files = part("Files", "multipleAttachments");
const who = part("Who", "multipleCollaborators");
const boss = part("Boss", "singleCollaborator");

test.each<readonly [string, readonly Part[], Partial<Refusal>, string | null]>([
  ["named in quotes", [due, dueDate], { message: 'Field "Due" cannot take it' }, "Due"],
  [
    "named by the longer of two names",
    [due, dueDate],
    { message: "field Due date is odd" },
    "Due date",
  ],
  [
    "named by the longer, in another order",
    [dueDate, due],
    { message: "field Due date is odd" },
    "Due date",
  ],
  ["named by its id", [mark, due, dueDate], { message: "fldDuedate is odd" }, "Due date"],
  ["a word of whose name stands there by chance", [due], { message: "Due to an error" }, null],
  [
    "named, though it is none that points elsewhere",
    [due, who],
    { type: "INVALID_VALUE_FOR_COLUMN", message: 'Field "Due"' },
    "Due",
  ],
  [
    "not named: the first that points elsewhere",
    [due, who, files],
    { type: "INVALID_VALUE_FOR_COLUMN" },
    "Who",
  ],
  ["not named, of one person", [due, boss], { type: "INVALID_VALUE_FOR_COLUMN" }, "Boss"],
  [
    "not named, and nothing points elsewhere",
    [due, tags],
    { type: "INVALID_VALUE_FOR_COLUMN" },
    null,
  ],
  ["not named, beside the mark", [mark, who], { type: "INVALID_VALUE_FOR_COLUMN" }, "Who"],
  ["a file", [due, files], { type: "INVALID_ATTACHMENT_OBJECT" }, "Files"],
  ["a file that could not be fetched", [files], { type: "ATTACHMENTS_FAILED_UPLOADING" }, "Files"],
  ["a row that is linked to", [who, lead], { type: "ROW_DOES_NOT_EXIST", message: "recX" }, "Lead"],
  [
    "a row, where nothing links",
    [who, files],
    { type: "ROW_DOES_NOT_EXIST", message: "recX" },
    null,
  ],
  ["anything else", [who, files], { type: "INVALID_REQUEST" }, null],
  [
    "an option that may not be made",
    [tags, kind],
    { type: "INVALID_MULTIPLE_CHOICE_OPTIONS", message: 'option ""Fresh""' },
    "Kind",
  ],
  [
    "an option that is not named",
    [due, tags, kind],
    { type: "INVALID_MULTIPLE_CHOICE_OPTIONS" },
    "Tags",
  ],
  [
    "one of two options that are made",
    [kind, part("Tags", "multipleSelects", ["New", "Extra"])],
    { type: "INVALID_MULTIPLE_CHOICE_OPTIONS", message: 'option ""Extra""' },
    "Tags",
  ],
  ["an option, where none is made", [due], { type: "INVALID_MULTIPLE_CHOICE_OPTIONS" }, null],
  [
    "the option of the mark",
    [mark, tags],
    { type: "INVALID_MULTIPLE_CHOICE_OPTIONS", message: "Gone" },
    null,
  ],
  ["the mark's field", [mark, due], { message: "fldMark is odd" }, null],
])("%s", (_what, parts, refusal, name) => {
  const plain = { kind: "content", status: 422, type: "X", message: "" } as const;
  expect(blamedProperty(parts, { ...plain, ...refusal })).toBe(
    name === null ? null : `declared ${name}`,
  );
});

test("links and files are kept from typecast, people are told apart from the rest", () => {
  const all = [mark, due, tags, lead, files, who, boss];
  expect(all.filter((one) => !isTypecastSafe(one))).toEqual([lead, files]);
  expect(all.filter(isPeople)).toEqual([who, boss]);
});

test("options that were made are known from then on, in any case", () => {
  learnOptions([mark, tags, due]);
  expect(tags.column?.options).toEqual(
    new Map([
      ["new", "New"],
      ["New", "New"],
    ]),
  );
});
