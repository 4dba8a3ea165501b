// The laws of the codecs: what is written reads back as the same value, nothing makes decoding throw,
// and normal form is stable.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  boolean,
  choice,
  choices,
  day,
  empty,
  instant,
  isSame,
  number,
  people,
  text,
  unknown,
  type Value,
} from "../../../core/value.ts";
import { fieldTypeOf, type FieldType } from "../field-type.ts";

function typeOf(type: string, options: Record<string, unknown> = {}): FieldType {
  return fieldTypeOf({ type, options });
}

/** What the service gives back for a written cell: nothing for the empty ones. */
function readBack(type: FieldType, value: Value): Value {
  const encoded = type.codec.encode(value);
  if (encoded.kind === "refused") throw new Error(encoded.why);
  const json: unknown = JSON.parse(JSON.stringify(encoded.cell));
  const isEmpty =
    json === null || json === false || json === "" || (Array.isArray(json) && json.length === 0);
  return isEmpty ? type.codec.absent : type.codec.decode(json);
}

const anyText = fc.string({ unit: "grapheme", maxLength: 40 });
const textValue = anyText.map((content) => text(content));
const name = anyText.filter((content) => content !== "");
const dayText = fc
  .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const person = fc
  .stringMatching(/^usr[A-Za-z0-9]{14}$/)
  .map((id) => ({ id, email: `${id.toLowerCase()}@example.test`, name: "A" }));

const writable: readonly (readonly [string, fc.Arbitrary<Value>])[] = [
  ["singleLineText", textValue],
  ["multilineText", textValue],
  ["email", textValue],
  ["url", textValue],
  ["phoneNumber", textValue],
  [
    "richText",
    anyText
      .map((content) => content.normalize("NFC").replaceAll("\r", "").replace(/\n+$/, ""))
      .map((markdown): Value => (markdown === "" ? empty : { kind: "rich", markdown })),
  ],
  ["number", fc.double({ noNaN: true, noDefaultInfinity: true }).map(number)],
  ["percent", fc.double({ noNaN: true, noDefaultInfinity: true }).map(number)],
  ["currency", fc.double({ noNaN: true, noDefaultInfinity: true }).map(number)],
  ["duration", fc.integer().map(number)],
  ["rating", fc.integer({ min: 1, max: 10 }).map(number)],
  ["checkbox", fc.boolean().map(boolean)],
  ["singleSelect", name.map(choice)],
  ["multipleSelects", fc.array(name, { maxLength: 5 }).map(choices)],
  ["date", dayText.map((start) => day(start))],
  [
    "dateTime",
    fc
      .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
      .map((date) => instant(date.getTime())),
  ],
  ["multipleCollaborators", fc.array(person, { maxLength: 3 }).map(people)],
];

describe("laws", () => {
  test.each(writable)("%s reads back what was written", (type, values) => {
    const fieldType = typeOf(type);
    expect(fieldType.isWritable).toBe(true);
    fc.assert(
      fc.property(values, (value) => {
        const back = readBack(fieldType, value);
        // A collaborator's address is filled in by the service; the id is what was written.
        const same = type === "multipleCollaborators" ? { ...back } : back;
        if (type === "multipleCollaborators") {
          const ids = (v: Value): readonly string[] =>
            v.kind === "people" ? v.people.map((one) => one.id) : [];
          expect(ids(same)).toEqual(ids(value));
        } else expect(isSame(back, value)).toBe(true);
      }),
    );
  });

  test.each(writable.map(([type]) => type))("%s can be cleared", (type) => {
    const expected = type === "checkbox" ? boolean(false) : empty;
    expect(readBack(typeOf(type), empty)).toEqual(expected);
  });

  const types = [
    ...writable.map(([type]) => type),
    "singleCollaborator",
    "multipleRecordLinks",
    "multipleAttachments",
    "barcode",
    "formula",
    "rollup",
    "multipleLookupValues",
    "count",
    "autoNumber",
    "createdTime",
    "lastModifiedTime",
    "createdBy",
    "lastModifiedBy",
    "button",
    "aiText",
    "externalSyncSource",
    "manualSort",
    "constructor",
  ];

  test.each(types)("%s decodes anything without throwing", (type) => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (content, result) => {
        const fieldType = typeOf(type, { result });
        const value = fieldType.codec.decode(content);
        expect(value.kind).toBeTypeOf("string");
      }),
    );
  });
});

describe("single types", () => {
  test("a cleared rich text reads back as a line end, and is empty", () => {
    expect(typeOf("richText").codec.decode("\n")).toEqual(empty);
    expect(typeOf("richText").codec.decode("**b**\n")).toEqual({ kind: "rich", markdown: "**b**" });
  });

  test("mentions make a long text styled", () => {
    const value = typeOf("multilineText").codec.decode(
      'hi <airtable:mention id="menAAAAAAAAAAAAAA">@A</airtable:mention>',
    );
    expect(value).toMatchObject({ kind: "text", isStyled: true });
  });

  test("error objects are no values", () => {
    const formula = typeOf("formula", { result: { type: "number" } });
    expect(formula.codec.decode({ error: "#ERROR!" })).toEqual(unknown("error"));
    expect(formula.codec.decode({ specialValue: "NaN" })).toEqual(unknown("error"));
    expect(typeOf("count").codec.decode({ specialValue: "NaN" })).toEqual(unknown("error"));
    expect(typeOf("count").codec.decode("3")).toEqual(unknown("undecodable"));
    const lookup = typeOf("multipleLookupValues", { result: { type: "singleLineText" } });
    expect(lookup.codec.decode(["a", { error: "#ERROR!" }])).toEqual(unknown("error"));
  });

  test("a formula is read by what is there", () => {
    const asNumber = typeOf("formula", { result: { type: "number", options: { precision: 2 } } });
    expect(asNumber.kind).toEqual({ kind: "number", decimals: 2 });
    expect(asNumber.isWritable).toBe(false);
    expect(asNumber.codec.decode(3)).toEqual(number(3));
    expect(asNumber.codec.decode([3])).toEqual(number(3));
    expect(asNumber.codec.decode("")).toEqual(empty);
    expect(asNumber.codec.decode([1, 2])).toEqual(unknown("unsupported"));
    expect(asNumber.codec.decode("x")).toEqual(unknown("undecodable"));
    expect(typeOf("formula").codec.decode(7)).toEqual(text("7"));
  });

  test("a lookup joins texts and gathers options and people", () => {
    const texts = typeOf("multipleLookupValues", { result: { type: "singleLineText" } });
    expect(texts.codec.decode(["a", null, "b"])).toEqual(text("a, b"));
    const options = typeOf("multipleLookupValues", {
      result: { type: "singleSelect", options: { choices: [{ id: "selA", name: "A" }] } },
    });
    expect(options.kind.kind).toBe("choices");
    expect(options.codec.decode(["A", "B"])).toEqual(choices(["A", "B"]));
    const owners = typeOf("multipleLookupValues", { result: { type: "singleCollaborator" } });
    expect(owners.codec.decode([{ id: "usrA", email: "A@b.test", name: "A" }])).toEqual(
      people([{ id: "usrA", email: "a@b.test", name: "A" }]),
    );
  });

  test("decimals follow what the field shows", () => {
    expect(typeOf("percent", { precision: 0 }).kind).toEqual({ kind: "number", decimals: 2 });
    expect(typeOf("currency", { precision: 2 }).kind).toEqual({ kind: "number", decimals: 2 });
    expect(typeOf("duration", { durationFormat: "h:mm:ss.SS" }).kind).toEqual({
      kind: "number",
      decimals: 2,
    });
    expect(typeOf("number").kind).toEqual({ kind: "number", decimals: null });
  });

  test("attachments are known by id, never by their passing address", () => {
    const value = typeOf("multipleAttachments").codec.decode([
      { id: "attA", url: "https://x.test/1", filename: "a.jpg" },
    ]);
    expect(value).toEqual({ kind: "files", files: [{ name: "a.jpg", identity: "attA" }] });
  });

  test("a person of another service is written by address, and refused without one", () => {
    const { codec } = typeOf("singleCollaborator");
    const stranger = { id: "1f2e3d4c-aaaa", email: "p@x.test", name: "P" };
    expect(codec.encode(people([stranger]))).toEqual({ kind: "cell", cell: { email: "p@x.test" } });
    expect(codec.encode(people([{ ...stranger, email: null }])).kind).toBe("refused");
    expect(codec.encode(people([stranger, stranger])).kind).toBe("refused");
  });

  test("ranges and values of another kind are refused", () => {
    expect(typeOf("date").codec.encode(day("2026-01-01", "2026-01-02")).kind).toBe("refused");
    expect(typeOf("number").codec.encode(text("3")).kind).toBe("refused");
    expect(typeOf("formula").codec.encode(text("3")).kind).toBe("refused");
  });

  test("an aiText that is still being written is no value yet", () => {
    const { codec } = typeOf("aiText");
    expect(codec.decode({ state: "generated", value: "x", isStale: false })).toEqual(text("x"));
    expect(codec.decode({ state: "empty", value: null, isStale: false })).toEqual(empty);
    expect(codec.decode({ state: "loading", value: null })).toEqual(unknown("incomplete"));
  });
});
