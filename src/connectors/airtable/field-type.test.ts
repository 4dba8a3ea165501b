import { describe, expect, test } from "vitest";
import { fieldTypeOf, type FieldType } from "./field-type.ts";
import { limits } from "./limits.ts";

const of = (type: string, options: Record<string, unknown> = {}): FieldType =>
  fieldTypeOf({ type, options });

/** Kind with what a mapping depends on, in one line. */
function told(type: string, options: Record<string, unknown> = {}): string {
  const { kind, isWritable, isMergeKey } = of(type, options);
  const more = {
    text: () => (kind.kind === "text" ? `${kind.format}${kind.isMultiline ? " lines" : ""}` : ""),
    number: () => (kind.kind === "number" ? String(kind.decimals) : ""),
    date: () => (kind.kind === "date" ? `${kind.time} ${kind.stepMs}` : ""),
    choice: () => (kind.kind === "choice" ? `adds ${kind.canAddOptions}` : ""),
    choices: () => (kind.kind === "choices" ? `adds ${kind.canAddOptions}` : ""),
    people: () => (kind.kind === "people" ? `many ${kind.isMany}` : ""),
  };
  const shown = Object.hasOwn(more, kind.kind) ? more[kind.kind as keyof typeof more]() : "";
  return `${kind.kind} ${shown}${isWritable ? " writable" : ""}${isMergeKey ? " key" : ""}`;
}

describe("what each type of field means", () => {
  test.each([
    ["singleLineText", {}, "text plain writable key"],
    ["multilineText", {}, "text plain lines writable key"],
    ["richText", {}, "rich  writable"],
    ["email", {}, "text email writable"],
    ["url", {}, "text url writable"],
    ["phoneNumber", {}, "text phone writable"],
    ["number", { precision: 0 }, "number 0 writable key"],
    ["number", { precision: 3 }, "number 3 writable key"],
    ["number", {}, "number null writable key"],
    ["number", { precision: -1 }, "number null writable key"],
    ["percent", { precision: 1 }, "number 3 writable"],
    ["percent", {}, "number null writable"],
    ["currency", { precision: 2 }, "number 2 writable"],
    ["duration", { durationFormat: "h:mm" }, "number 0 writable"],
    ["duration", { durationFormat: "h:mm:ss.SS" }, "number 2 writable"],
    ["rating", { max: 5 }, "number 0 writable"],
    ["checkbox", {}, "boolean  writable"],
    ["singleSelect", { choices: [] }, "choice adds true writable key"],
    ["multipleSelects", { choices: [] }, "choices adds true writable key"],
    ["date", {}, "date none 86400000 writable key"],
    ["dateTime", {}, "date required 1 writable"],
    ["singleCollaborator", {}, "people many false writable"],
    ["multipleCollaborators", {}, "people many true writable"],
    ["multipleRecordLinks", {}, "links "],
    ["multipleAttachments", {}, "files "],
    ["barcode", {}, "text plain"],
    ["count", {}, "number 0"],
    ["autoNumber", {}, "number 0"],
    ["createdTime", { result: { type: "date" } }, "date none 86400000"],
    ["lastModifiedTime", { result: { type: "dateTime" } }, "date required 1"],
    ["createdBy", {}, "people many false"],
    ["lastModifiedBy", {}, "people many false"],
    ["button", {}, "text url"],
    ["aiText", {}, "text plain lines"],
    ["externalSyncSource", { choices: [] }, "choice adds false"],
    ["formula", { result: { type: "number", options: { precision: 1 } } }, "number 1"],
    ["formula", { result: { type: "singleLineText" } }, "text plain"],
    ["formula", {}, "text plain lines"],
    ["rollup", { result: { type: "checkbox" } }, "boolean "],
    ["constructor", {}, "unsupported "],
    ["somethingNew", {}, "unsupported "],
  ])("%s %j", (type, options, expected) => {
    expect(told(type, options)).toBe(expected);
  });

  test("options without a name cannot be told from an empty cell, and are none", () => {
    const choices = [{ id: "s1", name: "Low" }, { id: "s2", name: "" }, { id: "s3" }, null];
    expect(of("singleSelect", { choices }).kind).toMatchObject({
      options: [{ id: "s1", name: "Low" }],
      blankOption: null,
      refuses: [],
    });
  });

  test("text and lists know their limits", () => {
    expect(of("richText").kind).toEqual({ kind: "rich", lengthMax: limits.textCharsMax });
    expect(of("singleLineText").kind).toMatchObject({ lengthMax: limits.textCharsMax });
    expect(of("multipleSelects", {}).kind).toMatchObject({ countMax: limits.optionsMax });
    expect(of("multipleCollaborators").kind).toMatchObject({ countMax: limits.peopleMax });
  });

  test("P25: a field nobody knows holds its cells still", () => {
    const { codec } = of("somethingNew");
    expect(codec.absent).toEqual({ kind: "unknown", why: "unsupported" });
    expect(codec.decode("x")).toEqual({ kind: "unknown", why: "unsupported" });
    expect(codec.encode({ kind: "empty" }).kind).toBe("refused");
  });
});
