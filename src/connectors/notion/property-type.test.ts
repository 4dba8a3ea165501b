import { describe, expect, test } from "vitest";
import { limits } from "./limits.ts";
import { decodeTyped, propertyTypeOf } from "./property-type.ts";

/** Kind with what a mapping depends on, in one line. */
function told(type: string, config: unknown = {}, formula?: "number" | "boolean" | "date"): string {
  const { kind, isWritable } = propertyTypeOf(type, config, formula);
  const more = {
    text: () =>
      kind.kind === "text"
        ? `${kind.format}${kind.isMultiline ? " lines" : ""} ${kind.lengthMax}`
        : "",
    number: () => (kind.kind === "number" ? String(kind.decimals) : ""),
    date: () => (kind.kind === "date" ? `${kind.time} ${kind.stepMs} range ${kind.hasRange}` : ""),
    choice: () => (kind.kind === "choice" ? `adds ${kind.canAddOptions}` : ""),
    choices: () => (kind.kind === "choices" ? `adds ${kind.canAddOptions} ${kind.countMax}` : ""),
    people: () => (kind.kind === "people" ? `many ${kind.isMany} ${kind.countMax}` : ""),
    links: () => (kind.kind === "links" ? String(kind.countMax) : ""),
  };
  const shown = Object.hasOwn(more, kind.kind) ? more[kind.kind as keyof typeof more]() : "";
  return `${kind.kind} ${shown}${isWritable ? " writable" : ""}`;
}

describe("what each type of property means", () => {
  test.each([
    ["title", "text plain 200000 writable"],
    ["rich_text", "text plain lines 200000 writable"],
    ["url", "text url 2000 writable"],
    ["email", "text email 200 writable"],
    ["phone_number", "text phone 200 writable"],
    ["number", "number null writable"],
    ["checkbox", "boolean  writable"],
    ["select", "choice adds true writable"],
    ["status", "choice adds false writable"],
    ["multi_select", "choices adds true 100 writable"],
    ["date", "date optional 60000 range true writable"],
    ["people", "people many true 100 writable"],
    ["relation", "links 100 writable"],
    ["files", "files "],
    ["created_time", "date required 60000 range false"],
    ["last_edited_time", "date required 60000 range false"],
    ["created_by", "people many false 1"],
    ["last_edited_by", "people many false 1"],
    ["unique_id", `text plain ${limits.textElementMax}`],
    ["formula", "text plain lines 200000"],
    ["rollup", "text plain lines 200000"],
    ["toString", "unsupported "],
    ["something_new", "unsupported "],
  ])("%s", (type, expected) => {
    expect(told(type)).toBe(expected);
  });

  test("a formula has the kind that was learned, a roll-up that of its function", () => {
    expect(told("formula", {}, "number")).toBe("number null");
    expect(told("formula", {}, "boolean")).toBe("boolean ");
    expect(told("formula", {}, "date")).toBe("date optional 60000 range true");
    expect(told("rollup", { function: "sum" })).toBe("number null");
    expect(told("rollup", { function: "latest_date" })).toBe("date optional 60000 range true");
    expect(told("rollup", { function: "show_unique" })).toBe("text plain lines 200000");
  });

  test("P15: a cleared status falls back to the first option of its first group", () => {
    const options = ["In progress", "Not started"].map((name, at) => ({ id: `o${at}`, name }));
    const blank = (config: unknown): unknown => propertyTypeOf("status", config).kind;
    const groups = [{ option_ids: ["o1"] }, { option_ids: ["o0"] }];
    expect(blank({ options, groups })).toMatchObject({ blankOption: "Not started" });
    expect(blank({ options })).toMatchObject({ blankOption: "In progress" });
    expect(blank({})).toMatchObject({ blankOption: null });
    expect(propertyTypeOf("select", { options, groups }).kind).toMatchObject({
      blankOption: null,
      refuses: [","],
      options,
    });
  });
});

test("options come in their order, with what their names may not hold, and odd ones are passed over", () => {
  const [one, two] = [
    { id: "1", name: "One" },
    { id: "2", name: "Two" },
  ];
  const config = {
    options: [{ ...two, color: "red" }, null, { id: 3, name: "x" }, { id: "4" }, one],
  };
  const kindOf = (type: string): unknown => propertyTypeOf(type, config).kind;
  const options = [two, one];
  expect(kindOf("multi_select")).toEqual({
    kind: "choices",
    options,
    canAddOptions: true,
    refuses: [","],
    countMax: 100,
  });
  const single = { kind: "choice", options, refuses: [","] };
  expect(kindOf("select")).toEqual({ ...single, canAddOptions: true, blankOption: null });
  expect(kindOf("status")).toEqual({ ...single, canAddOptions: false, blankOption: "Two" });
});

test("a value that carries its type along is read by that type", () => {
  expect(decodeTyped({ type: "number", number: 3 })).toEqual({ kind: "number", number: 3 });
  expect(decodeTyped({ type: "checkbox", checkbox: false })).toMatchObject({ isTrue: false });
  expect(decodeTyped({ number: 3 })).toEqual({ kind: "unknown", why: "undecodable" });
  expect(decodeTyped({ type: "something_new" }).kind).toBe("unknown");
});
