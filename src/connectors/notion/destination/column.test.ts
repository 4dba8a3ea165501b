// Which column a declared property is written to, and what the schema is asked for where there is none.
import { describe, expect, test } from "vitest";
import type {
  DatabaseDeclaration,
  PropertyDeclaration,
  PropertyShape,
  PropertyType,
} from "../../../core/oneway/declaration.ts";
import type { Binding } from "../../destination.ts";
import type { WireDataSource, WireProperty } from "../wire.ts";
import { matchColumns } from "./column.ts";
import { addOptions } from "./option.ts";
import { entryFor, relationEntry } from "./schema-entry.ts";

function declaration(...properties: readonly PropertyDeclaration[]): DatabaseDeclaration {
  const rest = { type: "managed", title: "T", icon: null, subItems: null } as const;
  return { key: "k", primaryKey: "ID", properties, ...rest };
}

function wire(...properties: readonly WireProperty[]): WireDataSource {
  return { id: "s", title: [], properties };
}

function property(name: string, type: string, config: unknown = {}): WireProperty {
  return { id: `w-${name}`, name, type, config };
}

const option = { name: "One", color: null };
const shapes: Readonly<Record<PropertyType, PropertyShape>> = {
  title: { type: "title" },
  text: { type: "text" },
  url: { type: "url" },
  email: { type: "email" },
  phone: { type: "phone" },
  checkbox: { type: "checkbox" },
  files: { type: "files" },
  number: { type: "number", format: null },
  date: { type: "date" },
  select: { type: "select", options: [option] },
  "multi-select": { type: "multi-select", options: [option] },
  status: { type: "status", groups: [{ name: "Complete", options: [option] }] },
  people: { type: "people" },
  place: { type: "place" },
  relation: { type: "relation", database: "other", twoWay: null },
};

const wireTypes = [
  ..."title rich_text url email phone_number checkbox files number date select".split(" "),
  ..."multi_select status people place relation formula button".split(" "),
];

describe("a declared property", () => {
  const texts = ["title", "rich_text", "url", "email", "phone_number"];
  test.each<[PropertyType, readonly string[]]>([
    ["title", ["title"]],
    ["text", texts],
    ["url", texts],
    ["email", texts],
    ["phone", texts],
    ["checkbox", ["checkbox"]],
    ["files", ["files"]],
    ["number", ["number"]],
    ["date", ["date"]],
    ["select", ["select", "status"]],
    ["status", ["select", "status"]],
    ["multi-select", ["multi_select"]],
    ["people", ["people"]],
    ["place", ["place"]],
  ])("%s is written to a column of these types alone: %j", (type, fitting) => {
    const declared = declaration({ name: "A", shape: shapes[type] });
    const written = wireTypes.filter((found) =>
      matchColumns(declared, wire(property("A", found)), null).byName.has("A"),
    );
    expect(written.toSorted()).toEqual([...fitting].toSorted());
  });

  test("goes by name, the title to the table's title, and what differs is told", () => {
    const declared = declaration(
      { name: "Name", shape: shapes.title },
      { name: "State", shape: shapes.status },
      { name: "Site", shape: shapes.url },
      { name: "Cost", shape: shapes.number },
      { name: "New", shape: shapes.date },
      { name: "Task", shape: shapes.text },
    );
    const options = [{ id: "o", name: "Done" }];
    const found = matchColumns(
      declared,
      wire(
        property("Task", "title"),
        property("State", "select", { options }),
        property("Site", "rich_text"),
        property("Cost", "formula"),
      ),
      null,
    );
    expect([...found.byName.values()]).toEqual([
      { name: "Name", wireId: "w-Task", type: "title", options: new Map() },
      { name: "State", wireId: "w-State", type: "select", options: new Map([["done", "Done"]]) },
      { name: "Site", wireId: "w-Site", type: "rich_text", options: new Map() },
    ]);
    expect(found.missing.map(({ name }) => name)).toEqual(["New"]);
    expect(found.notes).toEqual([
      '"Name" is written to the table\'s title, which is called "Task".',
      '"State" is select in the table and is written as that.',
      '"Site" is rich_text in the table and is written as that.',
      '"Cost" is declared as number and is formula in the table, so it is not written.',
      // Two declared properties do not share a column.
      '"Task" is declared as text and is title in the table, so it is not written.',
    ]);
  });
});

describe("a declared relation", () => {
  const declared = declaration({ name: "Lead", shape: shapes.relation });
  const target: Binding = { tableId: "t", parentId: "d", title: "People", url: null };
  const at = (id: string): WireDataSource =>
    wire(property("Lead", "relation", { data_source_id: id }));
  const match = (source: WireDataSource, related: ReadonlyMap<string, Binding> | null) => {
    const { byName, missing, notes } = matchColumns(declared, source, related);
    return [[...byName.keys()], missing.map(({ name }) => name), notes];
  };

  test("is written where it points to the declared table, once that is known", () => {
    const related = new Map([["other", target]]);
    expect(match(at("t"), related)).toEqual([["Lead"], [], []]);
    expect(match(at("t"), null)).toEqual([[], [], []]);
    expect(match(wire(), related)).toEqual([[], ["Lead"], []]);
    expect(match(at("elsewhere"), related)).toEqual([
      [],
      [],
      ['"Lead" points to another database than "People", so it is not written.'],
    ]);
    expect(match(at("t"), new Map())).toEqual([
      [],
      [],
      ['"Lead" is not written: there is no table for it.'],
    ]);
  });

  test("is made one-way or two-way", () => {
    expect(relationEntry("t", false)).toEqual({
      relation: { data_source_id: "t", type: "single_property", single_property: {} },
    });
    expect(relationEntry("t", true)).toEqual({
      relation: { data_source_id: "t", type: "dual_property", dual_property: {} },
    });
  });
});

test("a property that is missing is made with the type that is declared", () => {
  const entries = Object.entries(shapes).map(([type, shape]) => [
    type,
    entryFor({ name: "A", shape }),
  ]);
  expect(Object.fromEntries(entries)).toEqual({
    title: { title: {} },
    text: { rich_text: {} },
    url: { url: {} },
    email: { email: {} },
    phone: { phone_number: {} },
    checkbox: { checkbox: {} },
    files: { files: {} },
    number: { number: {} },
    date: { date: {} },
    select: { select: { options: [{ name: "One" }] } },
    "multi-select": { multi_select: { options: [{ name: "One" }] } },
    status: { status: { options: [{ name: "One", group: "Complete" }] } },
    people: { people: {} },
    place: { place: {} },
    relation: { relation: {} },
  });
  const of = (shape: PropertyShape): unknown => entryFor({ name: "A", shape });
  expect(of({ type: "number", format: "euro" })).toEqual({ number: { format: "euro" } });
  expect(of({ type: "status", groups: [] })).toEqual({ status: {} });
});

describe("options", () => {
  const present = (type: string, count: number): WireProperty =>
    property("A", type, {
      options: Array.from({ length: count }, (_, at) => ({ id: `o${at}`, name: `Old ${at}` })),
    });
  const shape = (...names: readonly string[]): PropertyShape => ({
    type: "select",
    options: names.map((name) => ({ name, color: "red" })),
  });

  test("that are missing are sent with those that are there, which go by their ids alone", () => {
    expect(addOptions(present("select", 2), shape("old 1", "New", "new", " "))).toEqual({
      options: [{ id: "o0" }, { id: "o1" }, { name: "New", color: "red" }],
      added: ["New"],
    });
    expect(addOptions(present("select", 2), shape("OLD 0"))).toBeNull();
    expect(addOptions(property("A", "select", null), shape("New"))?.added).toEqual(["New"]);
  });

  test("fill the list up to a hundred and no further", () => {
    expect(addOptions(present("select", 99), shape("x", "y"))?.added).toEqual(["x"]);
    expect(addOptions(present("select", 100), shape("x"))).toBeNull();
    expect(addOptions(present("select", 120), shape("x"))).toBeNull();
  });

  test("have a group in a status alone", () => {
    const declared = shapes.status;
    expect(addOptions(present("status", 0), declared)?.options).toEqual([
      { name: "One", group: "Complete" },
    ]);
    expect(addOptions(present("select", 0), declared)?.options).toEqual([{ name: "One" }]);
  });
});
