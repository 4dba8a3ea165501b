// What is Airtable's own about the table that one-way syncs write to: which table is meant, which fields
// are made, and what becomes of those that may not be.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AirtableDestinationOptions } from "../../src/connectors/airtable/destination/destination.ts";
import type { Binding, Destination, Preparation } from "../../src/connectors/destination.ts";
import { must } from "../../src/core/assert.ts";
import type { DatabaseDeclaration, PropertyShape } from "../../src/core/oneway/declaration.ts";
import { at, textAt } from "../fixture/airtable-call.ts";
import { issues, people, project } from "./destination-fixture.ts";
import {
  openAirtableDestinations,
  type AirtableDestinationBench,
} from "./destination-airtable-bench.ts";

let bench: AirtableDestinationBench;

beforeEach(async () => {
  bench = await openAirtableDestinations();
});
afterEach(async () => {
  await bench.close();
});

const go = { isPreview: false };

async function prepare(destination: Destination): Promise<Preparation & { binding: Binding }> {
  const preparation = await destination.prepareTable(go);
  return { ...preparation, binding: must(preparation.binding, "no table was prepared") };
}

function refused(
  declaration: DatabaseDeclaration,
  options: Partial<AirtableDestinationOptions>,
): Promise<unknown> {
  return bench
    .connect(declaration, options)
    .prepareTable(go)
    .catch((error: unknown) => error);
}

function declare(
  shapes: Readonly<Record<string, PropertyShape>>,
  change: Partial<DatabaseDeclaration> = {},
): DatabaseDeclaration {
  const properties = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
  return { ...issues, properties, ...change };
}

/** Name and type of each field. */
function shape(table: string): readonly (readonly [string, string])[] {
  return bench.fields(table).map((field) => [textAt(field, "name"), textAt(field, "type")]);
}

function writes(): number {
  return bench.sandbox.log.filter(({ method }) => method !== "GET").length;
}

describe("the table", () => {
  test("is found by the name of its base and its own, in two reads", async () => {
    const { binding } = await prepare(bench.connect(issues));
    const again = bench.connect(issues, { base: "synced", table: "issues" });
    expect((await prepare(again)).binding).toEqual(binding);
    expect(again.requests()).toEqual({ read: 2, write: 0 });
    const url = `https://airtable.com/${bench.baseId}/${binding.tableId}/viw00000000000000`;
    const pasted = await prepare(bench.connect(issues, { base: url, table: url }));
    expect(pasted.binding.url).toBe(`https://airtable.com/${bench.baseId}/${binding.tableId}`);
  });

  test("stays the one it is when people rename it, and the person is told", async () => {
    const { binding } = await prepare(bench.connect(issues));
    bench.sandbox.admin.renameTable(binding.tableId, "Bugs");
    const again = await prepare(bench.connect(issues, { binding }));
    expect(again).toMatchObject({ steps: [], binding: { tableId: binding.tableId } });
    expect(again.notes).toEqual([expect.stringMatching(/"Issues".*"Bugs"/)]);
    expect(bench.tableCount()).toBe(1);
  });

  test("is another one when the config names another base", async () => {
    const { binding } = await prepare(bench.connect(issues));
    const other = bench.sandbox.admin.addBase({ name: "Other", tables: [] });
    const moved = await prepare(bench.connect(issues, { binding, base: other.id }));
    expect(moved.binding.parentId).toBe(other.id);
    expect(moved.notes).toEqual([]);
  });

  test("that is named by an id and is not there is not made", async () => {
    const error = await refused(issues, { table: "tblAAAAAAAAAAAAAA" });
    expect(error).toMatchObject({ code: "not_shared" });
    expect(bench.tableCount()).toBe(0);
  });

  test("says in its description whose it is, and begins with the title", async () => {
    const { binding } = await prepare(bench.connect(issues));
    const [made] = bench.tables();
    expect(made?.["description"]).toBe("Kept up to date by Tandem (tests/issues).");
    expect(made?.["primaryFieldId"]).toBe(bench.fields(binding.tableId)[0]?.["id"]);
    expect(shape("Issues")).toEqual([
      ["Name", "singleLineText"],
      ["ID", "singleLineText"],
      ["Count", "number"],
      ["Done", "checkbox"],
      ["Status", "singleSelect"],
    ]);
  });

  test("gets a primary field of its own when nothing declared can be one", async () => {
    await prepare(
      bench.connect(declare({ No: { type: "number", format: null } }, { primaryKey: "No" })),
    );
    expect(shape("Issues")).toEqual([
      ["Name", "singleLineText"],
      ["No", "number"],
    ]);
  });

  test("whose making got no answer is looked for before it is made again", async () => {
    bench.loseAnswer("after");
    const made = await prepare(bench.connect(issues));
    expect(made.steps.map(({ kind }) => kind)).toEqual(["create-table"]);
    expect(bench.tableCount()).toBe(1);
    bench.loseAnswer("before");
    expect(await refused(people, {})).toMatchObject({ code: "unavailable" });
    expect(bench.tableCount()).toBe(1);
  });
});

describe("fields", () => {
  test("are made of each type, with formats, options and colours", async () => {
    const options = [
      { name: " Red ", color: "red" },
      { name: "red", color: null },
      { name: "Plain", color: "mauve" },
    ];
    await prepare(
      bench.connect(
        declare({
          ID: { type: "text" },
          Long: { type: "text" },
          Share: { type: "number", format: "percent" },
          Price: { type: "number", format: "euro" },
          When: { type: "date" },
          Kind: { type: "select", options },
          Tags: { type: "multi-select", options: [] },
          Files: { type: "files" },
          Who: { type: "people" },
          Where: { type: "place" },
        }),
      ),
    );
    expect(shape("Issues")).toEqual([
      ["ID", "singleLineText"],
      ["Long", "multilineText"],
      ["Share", "percent"],
      ["Price", "currency"],
      ["When", "dateTime"],
      ["Kind", "singleSelect"],
      ["Tags", "multipleSelects"],
      ["Files", "multipleAttachments"],
      ["Who", "singleLineText"],
      ["Where", "singleLineText"],
    ]);
    const field = (name: string): unknown =>
      at(bench.fields("Issues").find((one) => one["name"] === name) ?? null, "options");
    expect(field("Price")).toEqual({ precision: 2, symbol: "€" });
    expect(field("When")).toMatchObject({ timeZone: "utc", timeFormat: { name: "24hour" } });
    expect(field("Kind")).toMatchObject({
      choices: [{ name: "Red", color: "redLight2" }, { name: "Plain" }],
    });
  });

  test("are the same in upper and lower case", async () => {
    const byHand = bench.handMade(["name", "id"], "COUNT");
    const found = await prepare(bench.connect(issues, { table: byHand.tableId }));
    expect(found.steps.map(({ property }) => property)).toEqual(["Done", "Status"]);
    const twice = declare({ ID: { type: "text" }, Id: { type: "text" } }, { title: "Twice" });
    const made = await prepare(bench.connect(twice));
    expect(made.notes).toEqual([expect.stringContaining('"Id" is not written')]);
    expect(shape("Twice")).toEqual([["ID", "singleLineText"]]);
  });

  test("that may not be added are named with their types, and the others are written", async () => {
    const byHand = bench.handMade(["Name", "ID"], "Count");
    bench.sandbox.admin.setScopes(["data.records:read", "data.records:write", "schema.bases:read"]);
    const destination = bench.connect(issues, { table: byHand.tableId });
    const found = await prepare(destination);
    expect(found.steps).toEqual([]);
    expect(found.notes).toEqual([
      expect.stringMatching(/"Done" \(Checkbox\), "Status" \(Single select\).*schema\.bases:write/),
    ]);
    // One try is enough to know.
    expect(writes()).toBe(1);
    const cells = new Map([["Name", { kind: "text", runs: [{ text: "n", url: null }] } as const]]);
    const row = { key: "a", cells, icon: null, coverUrl: null, body: null };
    expect(await destination.create([row])).toMatchObject([{ kind: "done", notes: [] }]);
  });

  test("the key's may not be added: an error that says what to do", async () => {
    const byHand = bench.handMade(["Name"], "Count");
    bench.sandbox.admin.setScopes(["data.records:read", "data.records:write", "schema.bases:read"]);
    const error = await refused(issues, { table: byHand.tableId });
    expect(error).toMatchObject({
      code: "config_invalid",
      message: expect.stringContaining('"ID"') as string,
      remedy: expect.stringContaining('"ID" (Single line text)') as string,
    });
    expect(await refused(people, {})).toMatchObject({
      code: "forbidden",
      remedy: expect.stringContaining('"ID" (Single line text)') as string,
    });
  });

  test("the config may name another field for the key, and one for the mark", async () => {
    const byHand = bench.handMade(["Name", "Ticket"], "Count");
    const mark = { field: "Gone", value: "x" };
    const options = { table: byHand.tableId, key: "Ticket", mark };
    const preview = await bench.connect(issues, options).prepareTable({ isPreview: true });
    expect(preview.steps.map(({ property }) => property)).toEqual(["Done", "Status", "Gone"]);
    expect(writes()).toBe(0);
    const found = await prepare(bench.connect(issues, options));
    expect(found.steps).toEqual(preview.steps);
    expect(bench.propertyNames(byHand)).not.toContain("ID");
    expect((await prepare(bench.connect(issues, options))).steps).toEqual([]);
  });

  test("that cannot hold a key, or a mark, stop the sync", async () => {
    const { admin } = bench.sandbox;
    const table = admin.addTable(bench.baseId, {
      name: "Odd",
      fields: [
        { name: "Name", type: "singleLineText" },
        { name: "ID", type: "richText" },
        { name: "Key", type: "singleLineText" },
        { name: "Mail", type: "email" },
      ],
    }).id;
    expect(await refused(issues, { table })).toMatchObject({ code: "config_invalid" });
    const mark = { field: "Mail", value: "x" };
    expect(await refused(issues, { table, key: "Key", mark })).toMatchObject({
      code: "config_invalid",
      message: expect.stringContaining("email") as string,
    });
  });

  test("of another type than the declared one are written as what they are, or told of", async () => {
    const table = bench.sandbox.admin.addTable(bench.baseId, {
      name: "Odd",
      fields: [
        { name: "ID", type: "singleLineText" },
        { name: "When", type: "date", options: { dateFormat: { name: "iso" } } },
        { name: "Share", type: "percent", options: { precision: 0 } },
        { name: "Kind", type: "multilineText" },
        { name: "Sum", type: "formula", options: { formula: "1+1" } },
      ],
    }).id;
    const declaration = declare({
      ID: { type: "title" },
      When: { type: "date" },
      Share: { type: "number", format: null },
      Kind: { type: "select", options: [] },
      Sum: { type: "number", format: null },
    });
    const { notes } = await prepare(bench.connect(declaration, { table }));
    expect(notes).toEqual([
      expect.stringContaining("times of day are left out"),
      expect.stringContaining("100 %"),
      expect.stringContaining("written as text"),
      expect.stringContaining("is formula in the table, so it is not written"),
    ]);
  });
});

describe("relations", () => {
  const twoWay: DatabaseDeclaration = {
    ...project,
    properties: project.properties.map((one) =>
      one.name === "Lead"
        ? { ...one, shape: { type: "relation", database: "people", twoWay: "Leads" } }
        : one,
    ),
  };

  test("the other end of a two-way one gets its name, once", async () => {
    const { binding: target } = await prepare(bench.connect(people));
    const destination = bench.connect(twoWay);
    const { binding } = await prepare(destination);
    const related = new Map([
      ["people", target],
      ["project", binding],
    ]);
    const made = await destination.prepareRelations(related, go);
    expect(made.steps.map(({ kind, property }) => [kind, property])).toEqual([
      ["add-relation", "Lead"],
      ["add-relation", "Part of"],
      ["rename-property", "Lead"],
    ]);
    expect(shape("People")).toContainEqual(["Leads", "multipleRecordLinks"]);
    bench.sandbox.admin.renameField("People", "Leads", "Projects led");
    const before = writes();
    const again = bench.connect(twoWay, { binding });
    await prepare(again);
    const second = await again.prepareRelations(related, go);
    expect(second).toMatchObject({ steps: [], notes: [] });
    expect(writes()).toBe(before);
    expect(shape("People")).toContainEqual(["Projects led", "multipleRecordLinks"]);
  });

  test("to a table elsewhere hold the keys as text", async () => {
    const elsewhere: Binding = { tableId: "x", parentId: "y", title: "People", url: null };
    const destination = bench.connect(project);
    const { binding } = await prepare(destination);
    const related = new Map([
      ["people", elsewhere],
      ["project", binding],
    ]);
    const made = await destination.prepareRelations(related, go);
    expect(made.notes).toEqual([expect.stringMatching(/"Lead".*as text/)]);
    expect(shape("Projects")).toContainEqual(["Lead", "singleLineText"]);
    const cells = new Map([["Lead", { kind: "rows", ids: [], keys: ["a", "b"] } as const]]);
    const row = { key: "p", cells, icon: null, coverUrl: null, body: null };
    const [outcome] = await destination.create([row]);
    const id = outcome?.kind === "done" ? outcome.id : null;
    expect(bench.cell(binding, must(id, "not made"), "Lead")).toBe("a, b");
  });

  test("a link to another table than the related one is left alone", async () => {
    const { binding: target } = await prepare(bench.connect(people));
    const { binding } = await prepare(bench.connect(project));
    bench.sandbox.admin.addField(binding.tableId, {
      name: "Lead",
      type: "multipleRecordLinks",
      options: { linkedTableId: binding.tableId },
    });
    const destination = bench.connect(project);
    await prepare(destination);
    const related = new Map([
      ["people", target],
      ["project", binding],
    ]);
    const { notes } = await destination.prepareRelations(related, go);
    expect(notes).toEqual([expect.stringContaining('"Lead" links to another table')]);
  });

  test("that may not be added are told, and keep no row from being written", async () => {
    const { binding: target } = await prepare(bench.connect(people));
    const destination = bench.connect(project);
    const { binding } = await prepare(destination);
    bench.sandbox.admin.setScopes(["data.records:read", "data.records:write", "schema.bases:read"]);
    const related = new Map([
      ["people", target],
      ["project", binding],
    ]);
    const { notes, steps } = await destination.prepareRelations(related, go);
    expect(steps).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('"Lead" (Link to another record)')]);
  });
});
