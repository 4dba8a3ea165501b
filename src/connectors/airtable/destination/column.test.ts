// Which field each declared property is written to, what is noted of it, and which fields are made for those
// that have none.
import { describe, expect, test } from "vitest";
import { fieldId } from "../../../core/ids.ts";
import type { DatabaseDeclaration, PropertyShape } from "../../../core/oneway/declaration.ts";
import type { Binding } from "../../destination.ts";
import type { WireField } from "../wire.ts";
import { matchColumns, type Columns } from "./column.ts";
import { linkWish, wishFor, wishWords } from "./field-wish.ts";

type Shapes = Readonly<Record<string, PropertyShape>>;

function declare(shapes: Shapes, primaryKey = "ID"): DatabaseDeclaration {
  const properties = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
  const plain = { key: "issues", type: "managed", title: "Issues", icon: null } as const;
  return { ...plain, subItems: null, primaryKey, properties };
}

const wireField = (name: string, type: string, options: object | null = null): WireField => ({
  id: `fld${name}`,
  name,
  type,
  options: options === null ? null : { ...options },
});

const people: Binding = { tableId: "tblP", parentId: "app1", title: "People", url: null };

interface Asked {
  readonly key?: string;
  readonly related?: ReadonlyMap<string, Binding> | null;
}

function match(shapes: Shapes, fields: readonly WireField[], asked: Asked = {}): Columns {
  const { key = null, related = null } = asked;
  const wire = { id: "tbl1", name: "Issues", primaryFieldId: "fldA", fields };
  return matchColumns({ declaration: declare(shapes), baseId: "app1", wire, key, related });
}

/** Property, field and type of each column. */
function shown({ byName, missing, notes }: Columns): unknown {
  return {
    columns: [...byName].map(([name, { id, type }]) => `${name} ${id} ${type}`),
    missing: missing.map(({ name }) => name),
    notes,
  };
}

const options = [
  { name: " Red ", color: "red" },
  { name: "RED", color: null },
  { name: "", color: null },
  { name: "Mauve", color: "mauve" },
];
const groups = [
  { name: "To-do", options: [{ name: "Open", color: "gray" }] },
  { name: "Complete", options: [{ name: "Shut", color: "brown" }] },
];
const number = (format: string | null): PropertyShape => ({ type: "number", format });
const relation: PropertyShape = { type: "relation", database: "people", twoWay: null };

describe("a field takes a property", () => {
  const lines = ["singleLineText", "multilineText", "richText"];
  const texts = [...lines, "url", "email", "phoneNumber"];
  const numbers = ["number", "percent", "currency", "duration", "rating"];
  const all = [
    ...texts,
    ...numbers,
    "checkbox",
    "multipleAttachments",
    "date",
    "dateTime",
    "singleSelect",
    "multipleSelects",
    "singleCollaborator",
    "multipleCollaborators",
    "barcode",
    "formula",
    "lastModifiedTime",
  ];
  test.each<readonly [PropertyShape, readonly string[]]>([
    [{ type: "title" }, texts],
    [{ type: "text" }, texts],
    [{ type: "url" }, texts],
    [{ type: "email" }, texts],
    [{ type: "phone" }, texts],
    [{ type: "checkbox" }, ["checkbox"]],
    [{ type: "files" }, ["multipleAttachments", "url", ...lines]],
    [number(null), numbers],
    [{ type: "date" }, ["date", "dateTime"]],
    [{ type: "select", options: [] }, ["singleSelect", ...lines]],
    [{ type: "status", groups }, ["singleSelect", ...lines]],
    [{ type: "multi-select", options: [] }, ["multipleSelects", ...lines]],
    [{ type: "people" }, ["multipleCollaborators", "singleCollaborator", "email", ...lines]],
    [{ type: "place" }, lines],
  ])("$type", (shape, types) => {
    const taken = all.filter((type) => {
      const { byName, notes } = match({ F: shape }, [wireField("F", type)]);
      const refusal = `"F" is declared as ${shape.type} and is ${type} in the table, so it is not written.`;
      expect(byName.has("F")).toBe(!notes.includes(refusal));
      return byName.get("F")?.type === type;
    });
    expect(new Set(taken)).toEqual(new Set(types));
  });
});

describe("a field is found", () => {
  const text: PropertyShape = { type: "text" };
  const line = (name: string): WireField => wireField(name, "singleLineText");

  test("by its name, in any case; what has none is missing", () => {
    const found = match({ ID: text, Name: text, Due: text }, [line(" name "), line("ID")]);
    expect(shown(found)).toEqual({
      columns: ["ID fldID singleLineText", "Name fld name  singleLineText"],
      missing: ["Due"],
      notes: [],
    });
  });

  test("each for one property: the exact name goes first, the other is told of", () => {
    expect(shown(match({ id: text, ID: text }, [line("ID")]))).toEqual({
      columns: ["ID fldID singleLineText"],
      missing: [],
      notes: ['"id" is not written: for Airtable it is the same name as "ID".'],
    });
    expect(shown(match({ id: text, ID: text }, [line("Id")]))).toMatchObject({
      columns: ["id fldId singleLineText"],
      notes: ['"ID" is not written: for Airtable it is the same name as "Id".'],
    });
  });

  test("for the key by the name that the config gives", () => {
    const found = match({ ID: text, Name: text }, [line("Ticket"), line("ID")], { key: "Ticket" });
    expect(shown(found)).toEqual({
      columns: ["ID fldTicket singleLineText"],
      missing: ["Name"],
      notes: [],
    });
  });

  test("for a relation only when the other table is known", () => {
    const link = wireField("Lead", "multipleRecordLinks", { linkedTableId: "tblP" });
    const related = new Map([["people", people]]);
    expect(shown(match({ Lead: relation }, [link]))).toEqual({
      columns: [],
      missing: [],
      notes: [],
    });
    expect(shown(match({ Lead: relation }, [], { related: new Map() }))).toMatchObject({
      missing: [],
    });
    expect(shown(match({ Lead: relation }, [], { related }))).toMatchObject({ missing: ["Lead"] });
    expect(shown(match({ Lead: relation }, [link], { related }))).toEqual({
      columns: ["Lead fldLead multipleRecordLinks"],
      missing: [],
      notes: [],
    });
    const astray = { ...link, options: { linkedTableId: "tblQ" } };
    expect(shown(match({ Lead: relation }, [astray], { related }))).toEqual({
      columns: [],
      missing: [],
      notes: ['"Lead" links to another table than "People", so it is not written.'],
    });
    const asText = match({ Lead: relation }, [line("Lead")], { related });
    expect(shown(asText)).toMatchObject({ columns: ["Lead fldLead singleLineText"], notes: [] });
  });
});

test.each<readonly [PropertyShape, WireField, readonly string[]]>([
  [
    { type: "date" },
    wireField("F", "date"),
    ['"F" is a date without a time in the table; times of day are left out.'],
  ],
  [{ type: "date" }, wireField("F", "dateTime"), []],
  [
    number(null),
    wireField("F", "percent"),
    ['"F" is a percentage in the table: 1 is written as 100 %.'],
  ],
  [number("percent"), wireField("F", "percent"), []],
  [
    { type: "select", options },
    wireField("F", "richText"),
    ['"F" is richText in the table and is written as text.'],
  ],
  [
    { type: "status", groups },
    wireField("F", "singleLineText"),
    ['"F" is singleLineText in the table and is written as text.'],
  ],
  [
    { type: "multi-select", options },
    wireField("F", "multilineText"),
    ['"F" is multilineText in the table and is written as text.'],
  ],
  [{ type: "files" }, wireField("F", "url"), ['"F" is url in the table and is written as text.']],
  [{ type: "select", options }, wireField("F", "singleSelect"), []],
  [{ type: "multi-select", options }, wireField("F", "multipleSelects"), []],
  [{ type: "files" }, wireField("F", "multipleAttachments"), []],
  [{ type: "people" }, wireField("F", "email"), []],
  [{ type: "text" }, wireField("F", "richText"), []],
])("a person is told where a field is not what was declared: %j in %j", (shape, field, notes) => {
  expect(match({ F: shape }, [field]).notes).toEqual(notes);
});

describe("a column knows", () => {
  test("the options of its field, and those that may be added", () => {
    const choices = [{ name: "Open" }, { name: "open" }, { name: "" }, {}, null];
    const field = wireField("F", "singleSelect", { choices });
    const status = match({ F: { type: "status", groups } }, [field]).byName.get("F");
    const known = new Map([
      ["open", "open"],
      ["Open", "Open"],
    ]);
    expect(status).toEqual({
      name: "F",
      id: fieldId("fldF"),
      fieldName: "F",
      type: "singleSelect",
      options: known,
      declared: new Map([
        ["open", "Open"],
        ["shut", "Shut"],
        ["Open", "Open"],
        ["Shut", "Shut"],
      ]),
      zone: "utc",
      max: Infinity,
    });
    const select = match({ F: { type: "select", options } }, [field]).byName.get("F");
    expect([select?.options, select?.declared]).toEqual([known, null]);
  });

  test("the zone of its times and the end of its ratings", () => {
    const zone = (timeZone: unknown) =>
      match({ F: { type: "date" } }, [wireField("F", "dateTime", { timeZone })]).byName.get("F")
        ?.zone;
    expect(["Europe/Berlin", "client", 7].map(zone)).toEqual(["Europe/Berlin", "utc", "utc"]);
    const rating = match({ F: number(null) }, [wireField("F", "rating", { max: 3 })]);
    expect(rating.byName.get("F")?.max).toBe(3);
  });
});

describe("a field is made", () => {
  const wish = (shape: PropertyShape, primaryKey = "ID"): unknown => {
    const { name: _, ...rest } = wishFor(
      { name: "F", shape },
      { name: "Field", declaration: declare({ F: shape }, primaryKey) },
    );
    return rest;
  };
  const dollar = { type: "currency", options: { precision: 2, symbol: "$" } };
  const plain = { type: "number", options: { precision: 8 } };
  const choices = [{ name: "Red", color: "redLight2" }, { name: "Mauve" }];

  test.each<readonly [PropertyShape, object]>([
    [{ type: "title" }, { type: "singleLineText" }],
    [{ type: "text" }, { type: "multilineText" }],
    [{ type: "url" }, { type: "url" }],
    [{ type: "email" }, { type: "email" }],
    [{ type: "phone" }, { type: "phoneNumber" }],
    [{ type: "checkbox" }, { type: "checkbox", options: { icon: "check", color: "greenBright" } }],
    [{ type: "files" }, { type: "multipleAttachments" }],
    [number(null), plain],
    [number("percent"), { type: "percent", options: { precision: 8 } }],
    [number("dollar"), dollar],
    [number("constructor"), plain],
    [
      { type: "date" },
      {
        type: "dateTime",
        options: { dateFormat: { name: "iso" }, timeFormat: { name: "24hour" }, timeZone: "utc" },
      },
    ],
    [
      { type: "select", options },
      { type: "singleSelect", options: { choices } },
    ],
    [
      { type: "multi-select", options },
      { type: "multipleSelects", options: { choices } },
    ],
    [
      { type: "status", groups },
      {
        type: "singleSelect",
        options: {
          choices: [
            { name: "Open", color: "grayLight2" },
            { name: "Shut", color: "orangeDark1" },
          ],
        },
      },
    ],
    [{ type: "people" }, { type: "singleLineText" }],
    [{ type: "place" }, { type: "singleLineText" }],
    [relation, { type: "singleLineText" }],
  ])("for %j", (shape, expected) => {
    expect(wish(shape)).toEqual(expected);
  });

  test("as a single line where it holds the key, and under the config's name", () => {
    expect(wish({ type: "text" }, "F")).toEqual({ type: "singleLineText" });
    expect(wish({ type: "url" }, "F")).toEqual({ type: "url" });
    const declaration = declare({ ID: { type: "text" } });
    const declared = { name: "ID", shape: { type: "text" } } as const;
    expect(wishFor(declared, { name: "Ticket", declaration })).toEqual({
      name: "Ticket",
      type: "singleLineText",
    });
  });

  test("as a link to its table, and by hand as the app calls it", () => {
    const link = linkWish("Lead", "tblP");
    expect(link).toEqual({
      name: "Lead",
      type: "multipleRecordLinks",
      options: { linkedTableId: "tblP" },
    });
    expect(wishWords(link)).toBe('"Lead" (Link to another record)');
    const words = (
      ["multilineText", "dateTime", "singleSelect", "multipleAttachments"] as const
    ).map((type) => wishWords({ name: "F", type }));
    expect(words).toEqual([
      '"F" (Long text)',
      '"F" (Date with time)',
      '"F" (Single select)',
      '"F" (Attachment)',
    ]);
  });
});
