// What is Notion's own about the schema of a database that one-way syncs write to.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Binding, Destination, WriteCell } from "../../src/connectors/destination.ts";
import { must } from "../../src/core/assert.ts";
import type {
  DatabaseDeclaration,
  PropertyDeclaration,
} from "../../src/core/oneway/declaration.ts";
import {
  arrayAt,
  isObject,
  objectAt,
  stringAt,
  type JsonObject,
} from "../../src/sandbox/notion/json.ts";
import { everyCell, issues, people, text } from "./destination-fixture.ts";
import { openNotionDestinations, type NotionDestinationBench } from "./destination-notion-bench.ts";

let bench: NotionDestinationBench;

beforeEach(async () => {
  bench = await openNotionDestinations();
});
afterEach(async () => {
  await bench.close();
});

async function prepare(destination: Destination): Promise<Binding> {
  const preparation = await destination.prepareTable({ isPreview: false });
  return must(preparation.binding, "no table was prepared");
}

const go = { isPreview: false };

function property(binding: Binding, name: string): JsonObject {
  const source = bench.call("GET", `data_sources/${binding.tableId}`).body;
  return objectAt(objectAt(source, "properties"), name);
}

function options(
  binding: Binding,
  name: string,
): readonly (readonly [string | null, string | null])[] {
  const found = property(binding, name);
  const config = objectAt(found, stringAt(found, "type") ?? "");
  return arrayAt(config, "options").map((one) => {
    const option = isObject(one) ? one : {};
    return [stringAt(option, "name"), stringAt(option, "color")];
  });
}

function declare(...properties: readonly PropertyDeclaration[]): DatabaseDeclaration {
  return { ...issues, properties: [...issues.properties, ...properties] };
}

function requests(): readonly string[] {
  return bench.sandbox.log.map(
    ({ method, path }) => `${method} ${path.replaceAll(/[0-9a-f-]{36}/g, "…")}`,
  );
}

describe("a database that is made", () => {
  test("has title, icon, options with their colours, groups and formats", async () => {
    const all = declare(...everyCell.map(({ declared }) => declared));
    const binding = await prepare(bench.connect(all));
    const database = bench.call("GET", `databases/${binding.parentId}`).body;
    expect(binding).toMatchObject({ title: "Issues", url: expect.stringContaining("notion") });
    expect(database["icon"]).toEqual({ type: "emoji", emoji: "🐞" });
    expect(options(binding, "Stage")).toEqual([
      ["Red", "red"],
      ["Plain", "default"],
    ]);
    expect(options(binding, "Status")).toEqual([
      ["Open", "gray"],
      ["Busy", "blue"],
      ["Shut", "green"],
    ]);
    const groups = arrayAt(objectAt(property(binding, "Status"), "status"), "groups");
    expect(
      groups.map((group) => (isObject(group) ? arrayAt(group, "option_ids").length : 0)),
    ).toEqual([1, 1, 1]);
    expect(objectAt(property(binding, "Part"), "number")).toEqual({ format: "percent" });
  });

  test("costs a look, the making and a read; after that one read", async () => {
    const destination = bench.connect(issues);
    const binding = await prepare(destination);
    expect(requests()).toEqual([
      "GET /v1/blocks/…/children",
      "POST /v1/databases",
      "GET /v1/data_sources/…",
    ]);
    bench.sandbox.log.length = 0;
    await prepare(bench.connect(issues, { binding }));
    expect(requests()).toEqual(["GET /v1/data_sources/…"]);
  });

  test("is not made twice when the answer to its making is lost", async () => {
    bench.sandbox.faults.add({
      name: "lost",
      fault: { kind: "cut", when: "after" },
      matches: ({ path }) => path.endsWith("/databases"),
    });
    await prepare(bench.connect(issues));
    expect(bench.tableCount()).toBe(1);
  });

  test("is found again under another title, and by its own owner only", async () => {
    const binding = await prepare(bench.connect(issues));
    bench.call("PATCH", `databases/${binding.parentId}`, {
      title: [{ text: { content: "Renamed" } }],
    });
    const again = await prepare(bench.connect(issues));
    expect(again).toMatchObject({ tableId: binding.tableId, title: "Renamed" });
    const other = await prepare(bench.connect(issues, { owner: "another/issues" }));
    expect(other.tableId).not.toBe(binding.tableId);
  });

  test("needs a page to stand under", async () => {
    const without = bench.connect(issues, { parent: null });
    await expect(without.prepareTable(go)).rejects.toMatchObject({ code: "config_invalid" });
    const elsewhere = bench.connect(issues, { parent: "01234567-89ab-4cde-8f01-23456789abcd" });
    await expect(elsewhere.prepareTable(go)).rejects.toMatchObject({ code: "not_shared" });
  });

  test("gets a title column when none is declared", async () => {
    const bare = { ...issues, properties: issues.properties.filter(({ name }) => name !== "Name") };
    const destination = bench.connect(bare);
    const binding = await prepare(destination);
    expect(stringAt(property(binding, "Name"), "type")).toBe("title");
    const [made] = await destination.create([
      {
        key: "a",
        icon: null,
        coverUrl: null,
        body: "# Heading\nwords",
        cells: new Map([["ID", text("a")]]),
      },
    ]);
    const id = made?.kind === "done" ? made.id : "";
    expect(bench.sandbox.admin.readPage(id)?.title).toBe("");
  });

  test("keeps the column of a declaration that went away", async () => {
    const binding = await prepare(bench.connect(issues));
    const fewer = {
      ...issues,
      properties: issues.properties.filter(({ name }) => name !== "Count"),
    };
    const preparation = await bench.connect(fewer, { binding }).prepareTable(go);
    expect(preparation).toMatchObject({ steps: [], notes: [] });
    expect(bench.propertyNames(binding)).toContain("Count");
  });
});

describe("options", () => {
  const stage = (...names: readonly string[]): DatabaseDeclaration =>
    declare({
      name: "Stage",
      shape: { type: "select", options: names.map((name) => ({ name, color: "red" })) },
    });

  test("are added to those that are there, which keep name, colour and description", async () => {
    const binding = await prepare(bench.connect(stage("One")));
    const at = { dataSourceId: binding.tableId, property: "Stage" };
    bench.sandbox.admin.addOption(at, { name: "By hand", color: "pink" });
    bench.call("PATCH", `data_sources/${binding.tableId}`, {
      properties: { Stage: { description: "said by people" } },
    });
    const wider = bench.connect(stage("one", "Two", "two", "Th,ree"), { binding });
    const preparation = await wider.prepareTable(go);
    expect(preparation.steps).toEqual([
      { kind: "add-options", property: "Stage", message: 'Add to "Stage": Two, Th，ree.' },
    ]);
    expect(options(binding, "Stage")).toEqual([
      ["One", "red"],
      ["By hand", "pink"],
      ["Two", "red"],
      ["Th，ree", "red"],
    ]);
    expect(stringAt(property(binding, "Stage"), "description")).toBe("said by people");
    expect((await wider.prepareTable(go)).steps).toEqual([]);
  });

  test("beyond a hundred come with the rows that hold them", async () => {
    const names = Array.from({ length: 120 }, (_, index) => `option ${index}`);
    const destination = bench.connect(stage(...names));
    const binding = await prepare(destination);
    expect(options(binding, "Stage")).toHaveLength(100);
    expect((await destination.prepareTable(go)).steps).toEqual([]);
    const cells = new Map<string, WriteCell>([
      ["ID", text("a")],
      ["Stage", { kind: "choice", name: "option 119" } as const],
    ]);
    const [made] = await destination.create([
      { key: "a", icon: null, coverUrl: null, body: null, cells },
    ]);
    expect(made).toMatchObject({ kind: "done", notes: [] });
    expect(options(binding, "Stage")).toHaveLength(101);
  });

  test("of a status are added with their group, and can be written then", async () => {
    const binding = await prepare(bench.connect(issues));
    const groups = [{ name: "Complete", options: [{ name: "Dropped", color: "red" }] }];
    const wider = {
      ...issues,
      properties: issues.properties.map((one): PropertyDeclaration =>
        one.name === "Status" ? { name: "Status", shape: { type: "status", groups } } : one,
      ),
    };
    const destination = bench.connect(wider, { binding });
    expect((await destination.prepareTable(go)).steps).toHaveLength(1);
    expect(options(binding, "Status").map(([name]) => name)).toEqual([
      "Open",
      "Busy",
      "Shut",
      "Dropped",
    ]);
    const cells = new Map<string, WriteCell>([
      ["ID", text("a")],
      ["Status", { kind: "choice", name: "dropped" } as const],
    ]);
    const [made] = await destination.create([
      { key: "a", icon: null, coverUrl: null, body: null, cells },
    ]);
    const id = made?.kind === "done" ? made.id : "";
    expect(bench.sandbox.admin.readPage(id)?.values["Status"]).toBe("Dropped");
  });
});

describe("an attached database", () => {
  const attached: DatabaseDeclaration = { ...issues, type: "attached" };

  test("is found by its link, and its title is written whatever it is called", async () => {
    const { databaseId, dataSourceId } = bench.sandbox.admin.createDatabase({
      title: "Theirs",
      properties: { Task: { title: {} }, Status: { select: {} } },
    });
    const link = `https://www.notion.so/Theirs-${databaseId.replaceAll("-", "")}?v=1`;
    const destination = bench.connect(attached, { database: link, parent: null });
    const preparation = await destination.prepareTable(go);
    expect(preparation.binding?.tableId).toBe(dataSourceId);
    expect(preparation.notes).toEqual([
      '"Name" is written to the table\'s title, which is called "Task".',
      '"Status" is select in the table and is written as that.',
    ]);
    const cells = new Map<string, WriteCell>([
      ["ID", text("a")],
      ["Name", text("n")],
      ["Status", { kind: "choice", name: "Anything" } as const],
    ]);
    const [made] = await destination.create([
      { key: "a", icon: null, coverUrl: null, body: null, cells },
    ]);
    const page = bench.sandbox.admin.readPage(made?.kind === "done" ? made.id : "");
    expect(page).toMatchObject({ title: "n", values: { Status: "Anything" } });
  });

  test("that nobody named is asked for; one that is not shared is an error", async () => {
    const unnamed = bench.connect(attached);
    await expect(unnamed.prepareTable(go)).rejects.toMatchObject({ code: "config_invalid" });
    const byHand = bench.handMade(["Name"], "Count");
    bench.sandbox.admin.unshare(byHand.parentId);
    const hidden = bench.connect(attached, { binding: byHand });
    await expect(hidden.prepareTable(go)).rejects.toMatchObject({ code: "not_shared" });
  });

  test("a managed declaration bound to a database by config never makes another", async () => {
    const byHand = bench.handMade(["Name"], "Count");
    bench.trashTable(byHand);
    const destination = bench.connect(issues, { binding: byHand, database: byHand.parentId });
    await expect(destination.prepareTable(go)).rejects.toMatchObject({ code: "not_shared" });
    expect(bench.tableCount()).toBe(0);
  });

  test("whose key column has another type is refused, for no row could be found again", async () => {
    const byHand = bench.handMade(["Name"], "ID");
    const destination = bench.connect(attached, { binding: byHand });
    await expect(destination.prepareTable(go)).rejects.toMatchObject({ code: "config_invalid" });
  });

  test("one property that is refused does not keep the others from being added", async () => {
    const byHand = bench.handMade(["Name"], "Count");
    bench.sandbox.faults.add({
      name: "no places, and not all at once",
      fault: {
        kind: "answer",
        when: "before",
        answer: {
          status: 400,
          body: {
            object: "error",
            status: 400,
            code: "validation_error",
            message: "No such type.",
          },
        },
      },
      matches: ({ method, body }) => method === "PATCH" && body.includes("place"),
      times: 2,
    });
    const place: PropertyDeclaration = { name: "Where", shape: { type: "place" } };
    const destination = bench.connect({ ...declare(place), type: "attached" }, { binding: byHand });
    const preparation = await destination.prepareTable(go);
    expect(preparation.steps.map(({ property: name }) => name)).toEqual(["ID", "Done", "Status"]);
    expect(preparation.notes).toEqual([expect.stringContaining("No such type.")]);
  });
});

describe("two-way relations", () => {
  const lead: PropertyDeclaration = {
    name: "Lead",
    shape: { type: "relation", database: "people", twoWay: "Leads" },
  };
  const parent: PropertyDeclaration = {
    name: "Parent",
    shape: { type: "relation", database: "issues", twoWay: "Children" },
  };

  async function both(
    one: DatabaseDeclaration,
    two: DatabaseDeclaration,
  ): Promise<{
    readonly first: Destination;
    readonly second: Destination;
    readonly related: ReadonlyMap<string, Binding>;
  }> {
    const [first, second] = [bench.connect(one), bench.connect(two)];
    const related = new Map([
      ["issues", await prepare(first)],
      ["people", await prepare(second)],
    ]);
    return { first, second, related };
  }

  function bindingOf(related: ReadonlyMap<string, Binding>, key: string): Binding {
    return must(related.get(key), key);
  }

  test("to a table of another service are told, and nothing is asked of Notion for them", async () => {
    const destination = bench.connect(declare(lead));
    await prepare(destination);
    const table: Binding = {
      tableId: "tblAAAAAAAAAAAAAA",
      parentId: "appAAAAAAAAAAAAAA",
      title: "People",
      url: null,
    };
    const before = destination.requests();
    const { notes, steps } = await destination.prepareRelations(new Map([["people", table]]), go);
    expect(steps).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('"Lead" is not written')]);
    expect(destination.requests()).toEqual(before);
  });

  test("get the declared name at the other end, once", async () => {
    const { first, related } = await both(declare(lead), people);
    const preparation = await first.prepareRelations(related, go);
    expect(preparation.steps.map(({ kind }) => kind)).toEqual(["add-relation", "rename-property"]);
    expect(preparation.notes).toEqual([]);
    expect(bench.propertyNames(bindingOf(related, "people"))).toContain("Leads");
    bench.sandbox.log.length = 0;
    expect(await first.prepareRelations(related, go)).toMatchObject({ steps: [], notes: [] });
    expect(requests()).toEqual([]);
  });

  test("declared at both ends are made once", async () => {
    const back: PropertyDeclaration = {
      name: "Leads",
      shape: { type: "relation", database: "issues", twoWay: "Lead" },
    };
    const other = { ...people, properties: [...people.properties, back] };
    const { first, second, related } = await both(declare(lead), other);
    await first.prepareRelations(related, go);
    const preparation = await second.prepareRelations(related, go);
    expect(preparation).toMatchObject({ steps: [], notes: [] });
    expect(bench.propertyNames(bindingOf(related, "people"))).toHaveLength(3);
    expect(bench.propertyNames(bindingOf(related, "issues"))).toHaveLength(6);
  });

  test("cut short between the making and the naming are named by the next run", async () => {
    const { first, related } = await both(declare(lead), people);
    bench.sandbox.faults.add({
      name: "the naming fails",
      fault: { kind: "cut", when: "before" },
      matches: ({ method, body }) => method === "PATCH" && body.includes('"Leads"'),
    });
    await expect(first.prepareRelations(related, go)).rejects.toMatchObject({
      code: "unavailable",
    });
    const again = bench.connect(declare(lead), { binding: bindingOf(related, "issues") });
    await again.prepareTable(go);
    const preparation = await again.prepareRelations(related, go);
    expect(preparation.steps.map(({ kind }) => kind)).toEqual(["rename-property"]);
    expect(bench.propertyNames(bindingOf(related, "people"))).toContain("Leads");
  });

  test("a name that people gave the other end stays", async () => {
    const { first, related } = await both(declare(lead), people);
    await first.prepareRelations(related, go);
    bench.sandbox.admin.renameProperty(bindingOf(related, "people").tableId, "Leads", "Guides");
    const again = bench.connect(declare(lead), { binding: bindingOf(related, "issues") });
    await again.prepareTable(go);
    expect(await again.prepareRelations(related, go)).toMatchObject({ steps: [] });
    expect(bench.propertyNames(bindingOf(related, "people"))).toContain("Guides");
  });

  test("of a database to itself", async () => {
    const { first, related } = await both(declare(parent), people);
    const preparation = await first.prepareRelations(related, go);
    expect(preparation.notes).toEqual([]);
    expect(bench.propertyNames(bindingOf(related, "issues"))).toEqual(
      expect.arrayContaining(["Parent", "Children"]),
    );
    expect((await first.prepareRelations(related, go)).steps).toEqual([]);
  });

  test.each([
    [
      "with an error",
      { kind: "answer", when: "before", answer: { status: 500, body: {} } } as const,
    ],
    [
      "with a refusal",
      {
        kind: "answer",
        when: "before",
        answer: {
          status: 400,
          body: { object: "error", code: "validation_error", message: "No." },
        },
      } as const,
    ],
  ])("of a database to itself that fail %s become one-way, with a note", async (_, fault) => {
    const { first, related } = await both(declare(parent), people);
    bench.sandbox.faults.add({
      name: "no dual relation to itself",
      fault,
      matches: ({ method, body }) => method === "PATCH" && body.includes("dual_property"),
    });
    const preparation = await first.prepareRelations(related, go);
    expect(preparation.steps.map(({ kind }) => kind)).toEqual(["add-relation"]);
    expect(preparation.notes).toEqual(['"Parent" is a one-way relation here, without "Children".']);
    expect(bench.propertyNames(bindingOf(related, "issues"))).not.toContain("Children");
  });

  test("that point elsewhere already are told of and not written", async () => {
    const byHand = bench.handMade(["Name"], "Votes");
    const { first, related } = await both(declare(lead), people);
    bench.sandbox.admin.addProperty(bindingOf(related, "issues").tableId, "Lead", {
      relation: { data_source_id: byHand.tableId, single_property: {} },
    });
    const preparation = await first.prepareRelations(related, go);
    expect(preparation).toMatchObject({
      steps: [],
      notes: [expect.stringContaining("another database")],
    });
  });
});
