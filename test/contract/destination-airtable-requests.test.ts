// Every request a one-way sync sends to an Airtable base before it writes rows, word for word as the sandbox
// logs it, and every step and note a person is shown for it. Ids are shown by names.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AirtableDestinationOptions } from "../../src/connectors/airtable/destination/destination.ts";
import type { Binding, Destination } from "../../src/connectors/destination.ts";
import { must } from "../../src/core/assert.ts";
import type { DatabaseDeclaration, PropertyShape } from "../../src/core/oneway/declaration.ts";
import { textAt } from "../fixture/airtable-call.ts";
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
const preview = { isPreview: true };
const tablesCall = "GET /v0/meta/bases/BASE/tables";

function declare(
  shapes: Readonly<Record<string, PropertyShape>>,
  change: Partial<DatabaseDeclaration> = {},
): DatabaseDeclaration {
  const properties = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
  return { ...issues, properties, ...change };
}

function named(content: string): string {
  const names = bench
    .tables()
    .flatMap((table) => [
      [textAt(table, "id"), `TABLE ${textAt(table, "name")}`] as const,
      ...bench
        .fields(textAt(table, "id"))
        .map((field) => [textAt(field, "id"), `<${textAt(field, "name")}>`] as const),
    ]);
  return names.reduce(
    (shown, [id, name]) => shown.replaceAll(id, name),
    content.replaceAll(bench.baseId, "BASE"),
  );
}

/** What was sent since the last look: reads as a line, writes with their body. */
function sent(): readonly unknown[] {
  const shown = bench.sandbox.log.map(({ method, path, body }) => {
    const call = named(`${method} ${path}`);
    return body === "" ? call : [call, JSON.parse(named(body)) as unknown];
  });
  bench.sandbox.log.length = 0;
  return shown;
}

/** A table that people made, its first field the primary one. */
function handMade(...fields: readonly (readonly [string, string])[]): string {
  const wishes = fields.map(([name, type]) => ({ name, type }));
  return bench.sandbox.admin.addTable(bench.baseId, { name: "Made", fields: wishes }).id;
}

async function prepared(
  declaration: DatabaseDeclaration,
  options: Partial<AirtableDestinationOptions> = {},
): Promise<{ readonly destination: Destination; readonly binding: Binding }> {
  const destination = bench.connect(declaration, options);
  const { binding } = await destination.prepareTable(go);
  return { destination, binding: must(binding, "no table") };
}

const choices = (...list: readonly (readonly [string, string])[]) => ({
  choices: list.map(([name, color]) => ({ name, color })),
});
const status = {
  name: "Status",
  type: "singleSelect",
  options: choices(["Open", "grayLight2"], ["Busy", "blueLight2"], ["Shut", "greenLight2"]),
};
const done = { name: "Done", type: "checkbox", options: { icon: "check", color: "greenBright" } };

describe("a table", () => {
  test("is made with everything in one call", async () => {
    const mark = { field: "Gone", value: "x" };
    const destination = bench.connect(issues, { mark, key: "Ticket" });
    const prepared_ = await destination.prepareTable(go);
    const [table] = bench.tables();
    const tableId = textAt(table ?? null, "id");
    expect(prepared_).toEqual({
      binding: {
        tableId,
        parentId: bench.baseId,
        title: "Issues",
        url: `https://airtable.com/${bench.baseId}/${tableId}`,
      },
      steps: [
        { kind: "create-table", property: null, message: 'Make the table "Issues" in the base.' },
      ],
      notes: [],
    });
    expect(sent()).toEqual([
      tablesCall,
      [
        "POST /v0/meta/bases/BASE/tables",
        {
          name: "Issues",
          description: "Kept up to date by Tandem (tests/issues).",
          fields: [
            { name: "Name", type: "singleLineText" },
            { name: "Ticket", type: "singleLineText" },
            { name: "Count", type: "number", options: { precision: 8 } },
            done,
            status,
            { name: "Gone", type: "singleLineText" },
          ],
        },
      ],
    ]);
  });

  test.each<
    readonly [string, DatabaseDeclaration, Partial<AirtableDestinationOptions>, readonly string[]]
  >([
    [
      "the title, wherever it is declared",
      declare({ No: { type: "number", format: null }, ID: { type: "text" }, T: { type: "title" } }),
      {},
      ["T", "ID", "No"],
    ],
    [
      "the key, without a title",
      declare({ Mail: { type: "email" }, ID: { type: "text" }, Note: { type: "text" } }),
      {},
      ["ID", "Mail", "Note"],
    ],
    [
      "a field of its own, without a text",
      declare({ ID: { type: "select", options: [] } }),
      {},
      ["Name", "ID"],
    ],
    [
      "the title, though another property has its name for Airtable",
      declare({ T: { type: "title" }, ID: { type: "text" }, t: { type: "text" } }),
      {},
      ["T", "ID"],
    ],
    [
      "the title, and has the mark's field where it is declared",
      declare({
        ID: { type: "title" },
        Gone: { type: "select", options: [] },
        Done: { type: "checkbox" },
      }),
      { mark: { field: "gone", value: "x" } },
      ["ID", "Gone", "Done"],
    ],
    [
      "nothing of a relation, which comes later",
      declare({
        T: { type: "title" },
        ID: { type: "text" },
        R: { type: "relation", database: "people", twoWay: null },
      }),
      {},
      ["T", "ID"],
    ],
  ])("begins with %s", async (_what, declaration, options, names) => {
    await bench
      .connect(declaration, options)
      .prepareTable(go)
      .catch(() => null);
    const [made] = bench.tables();
    const id = textAt(made ?? null, "id");
    expect(bench.fields(id).map((field) => textAt(field, "name"))).toEqual(names);
  });

  test("that may not be made is told field by field, with what the token lacks", async () => {
    bench.sandbox.admin.setScopes(["data.records:read", "data.records:write", "schema.bases:read"]);
    await expect(bench.connect(issues).prepareTable(go)).rejects.toMatchObject({
      code: "forbidden",
      message: 'The token may not make the table "Issues" in the base.',
      remedy:
        'Either give the token the scope schema.bases:write and its owner the Creator role on the base; or make the table by hand with these fields: "Name" (Single line text), "ID" (Single line text), "Count" (Number), "Done" (Checkbox), "Status" (Single select).',
    });
  });

  test.each([
    [404, "NOT_FOUND", "forbidden", /^The token may not make the table "Issues"/],
    [403, "INVALID_PERMISSIONS", "forbidden", /^The token may not make the table "Issues"/],
    [422, "INVALID_REQUEST", "rejected", /the base, to make "Issues" there: odd$/],
  ] as const)("that is refused with %i %s", async (status_, type, code, message) => {
    const body = { error: { type, message: "odd" } };
    const fault = { kind: "answer", when: "before", answer: { status: status_, body } } as const;
    const isWrite = ({ method }: { readonly method: string }): boolean => method === "POST";
    bench.sandbox.faults.add({ name: "refused", fault, matches: isWrite });
    await expect(bench.connect(issues).prepareTable(go)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  test("that an attached database names and that is not there: the tables that are", async () => {
    handMade(["ID", "singleLineText"]);
    const attached = { ...issues, type: "attached" } as const;
    const refused = bench.connect(attached).prepareTable(go);
    await expect(refused).rejects.toMatchObject({
      code: "not_shared",
      message: 'The Airtable base has no table "Issues".',
      remedy: expect.stringMatching(
        /^Name one of its tables in the config: "Made" \(tbl\w+\)\.$/,
      ) as string,
    });
    const byId = bench.connect(issues, { table: "tblAAAAAAAAAAAAAA" }).prepareTable(go);
    await expect(byId).rejects.toMatchObject({
      message: "The Airtable base has no table tblAAAAAAAAAAAAAA.",
    });
    expect(sent()).toEqual([tablesCall, tablesCall]);
  });

  test("that went away is made anew, and that is told; one that people renamed is kept", async () => {
    const { binding } = await prepared(people);
    bench.sandbox.admin.renameTable(binding.tableId, "Folk");
    const renamed = await bench.connect(people, { binding }).prepareTable(go);
    expect(renamed).toEqual({
      binding: { ...binding, title: "Folk" },
      steps: [],
      notes: ['The table "People" of the config is called "Folk" by now.'],
    });
    bench.sandbox.admin.removeTable(binding.tableId);
    const again = await bench.connect(people, { binding }).prepareTable(go);
    expect(again.notes).toEqual(['The table "People" is gone; another one takes its place.']);
    expect(again.steps.map(({ kind }) => kind)).toEqual(["create-table"]);
  });

  test("whose making nobody can tell of is looked for, and is not taken for made", async () => {
    sent();
    bench.loseAnswer("before");
    await expect(bench.connect(people).prepareTable(go)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(
        /^The table "People" could not be made: Airtable gave no/,
      ) as string,
    });
    expect(sent().map((call) => (Array.isArray(call) ? call[0] : call) as unknown)).toEqual([
      tablesCall,
      "POST /v0/meta/bases/BASE/tables",
      tablesCall,
    ]);
  });

  test("that went away since the first look: a preview finds nothing where it was, and rows are looked for in the new one", async () => {
    const { destination, binding } = await prepared(people);
    bench.sandbox.admin.removeTable(binding.tableId);
    expect(await destination.prepareTable(preview)).toMatchObject({ binding: null });
    expect(await destination.findRows(["a"])).toEqual([]);
    expect(await destination.listKeys().next()).toMatchObject({ value: { isComplete: true } });
    const again = must((await destination.prepareTable(go)).binding, "no table");
    expect(again.tableId).not.toBe(binding.tableId);
    const key = bench.addRow(again, { ID: "a" });
    expect(await destination.findRows(["a"])).toEqual([{ id: key, key: "a" }]);
  });

  test("a second look at it goes to what the first found, whatever its name", async () => {
    const { destination, binding } = await prepared(people);
    bench.sandbox.admin.renameTable(binding.tableId, "Folk");
    expect((await destination.prepareTable(go)).binding?.tableId).toBe(binding.tableId);
  });
});

describe("fields", () => {
  const fieldsCall = "POST /v0/meta/bases/BASE/tables/TABLE Made/fields";
  const steps = [
    { kind: "add-property", property: "Done", message: 'Add the field "Done" (Checkbox).' },
    {
      kind: "add-property",
      property: "Status",
      message: 'Add the field "Status" (Single select).',
    },
  ];

  test("that are missing are added one by one, and only told of in a preview", async () => {
    const table = handMade(
      ["ID", "singleLineText"],
      ["Name", "singleLineText"],
      ["count", "number"],
    );
    const told = await bench.connect(issues, { table }).prepareTable(preview);
    expect([told.steps, told.notes]).toEqual([steps, []]);
    expect(sent()).toEqual([tablesCall]);
    const made = await bench.connect(issues, { table }).prepareTable(go);
    expect([made.steps, made.notes]).toEqual([steps, []]);
    expect(sent()).toEqual([tablesCall, [fieldsCall, done], [fieldsCall, status]]);
  });

  test("one that the service refuses is told of in its words, and the others are added", async () => {
    const table = handMade(
      ["ID", "singleLineText"],
      ["Name", "singleLineText"],
      ["Count", "number"],
    );
    const body = { error: { type: "INVALID_REQUEST", message: "odd" } };
    const fault = { kind: "answer", when: "before", answer: { status: 422, body } } as const;
    const isWrite = ({ method }: { readonly method: string }): boolean => method === "POST";
    bench.sandbox.faults.add({ name: "odd", fault, matches: isWrite });
    const made = await bench.connect(issues, { table }).prepareTable(go);
    expect([made.steps, made.notes]).toEqual([
      steps.slice(1),
      ['Airtable refused the field "Done" (Checkbox): odd'],
    ]);
  });

  test.each([
    ["cut", "unavailable", /^Nobody can say whether a change of the table's fields was done/],
    ["busy", "rate_limited", /^A change of the table's fields was put off/],
  ] as const)("whose adding is %s end the run", async (what, code, message) => {
    const table = handMade(["ID", "singleLineText"]);
    const body = { errors: [{ error: "PUBLIC_API_BILLING_LIMIT_EXCEEDED", message: "" }] };
    const busy = { kind: "answer", when: "before", answer: { status: 429, body } } as const;
    bench.sandbox.faults.add({
      name: what,
      fault: what === "cut" ? { kind: "cut", when: "before" } : busy,
      matches: ({ method }) => method === "POST",
    });
    await expect(bench.connect(issues, { table }).prepareTable(go)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  test("that may not be added are all told by one refusal", async () => {
    const table = handMade(
      ["ID", "singleLineText"],
      ["Name", "singleLineText"],
      ["Count", "number"],
    );
    bench.sandbox.admin.setScopes(["data.records:read", "data.records:write", "schema.bases:read"]);
    const mark = { field: "Gone", value: "x" };
    const failure = bench.connect(issues, { table, mark }).prepareTable(go);
    await expect(failure).rejects.toMatchObject({
      code: "config_invalid",
      message: 'The table has no field "Gone" to mark removed rows in, and none could be added.',
    });
    expect(sent()).toHaveLength(2);
    const { notes } = await bench.connect(issues, { table }).prepareTable(go);
    expect(notes).toEqual([
      'Not written until they are there: "Done" (Checkbox), "Status" (Single select). Add them by hand, or give the token the scope schema.bases:write and its owner the Creator role on the base.',
    ]);
  });

  test("the one for the mark is made as a text, unless another field of that name is made", async () => {
    const table = handMade(
      ["ID", "singleLineText"],
      ["Name", "singleLineText"],
      ["Count", "number"],
    );
    const mark = { field: "Gone", value: "x" };
    await bench.connect(issues, { table, mark }).prepareTable(go);
    expect(sent().at(-1)).toEqual([fieldsCall, { name: "Gone", type: "singleLineText" }]);
    const more = declare({ ID: { type: "text" }, Left: { type: "select", options: [] } });
    const found = bench.connect(more, { table, mark: { field: "left", value: "x" } });
    const { steps: made, notes } = await found.prepareTable(go);
    expect([made.map(({ property }) => property), notes]).toEqual([["Left"], []]);
  });
});

describe("relations", () => {
  const leadsBackAs = (twoWay: string): DatabaseDeclaration => ({
    ...project,
    properties: project.properties.map((one) =>
      one.name === "Lead"
        ? { ...one, shape: { type: "relation", database: "people", twoWay } }
        : one,
    ),
  });
  const leads = leadsBackAs("Leads");
  const link = (name: string, linkedTableId: string) => ({
    name,
    type: "multipleRecordLinks",
    options: { linkedTableId },
  });

  async function both(declaration: DatabaseDeclaration = leads) {
    const target = (await prepared(people)).binding;
    const { destination, binding } = await prepared(declaration);
    sent();
    const related = new Map([
      ["people", target],
      ["project", binding],
    ]);
    return { destination, binding, target, related };
  }

  const steps = [
    {
      kind: "add-relation",
      property: "Lead",
      message: 'Add the link "Lead" to "People", and "Leads" back from there.',
    },
    { kind: "add-relation", property: "Part of", message: 'Add the link "Part of" to "Projects".' },
  ];

  test("are links that are added one by one; the other end is renamed from the name it was given", async () => {
    const { destination, binding, related } = await both();
    expect(await destination.prepareRelations(related, preview)).toEqual({
      binding,
      steps,
      notes: [],
    });
    expect(sent()).toEqual([]);
    const rename = {
      kind: "rename-property",
      property: "Lead",
      message: 'Rename "Projects" in "People" to "Leads".',
    };
    expect(await destination.prepareRelations(related, go)).toEqual({
      binding,
      steps: [...steps, rename],
      notes: [],
    });
    const fields = "POST /v0/meta/bases/BASE/tables/TABLE Projects/fields";
    expect(sent()).toEqual([
      tablesCall,
      [fields, link("Lead", "TABLE People")],
      [fields, link("Part of", "TABLE Projects")],
      tablesCall,
      ["PATCH /v0/meta/bases/BASE/tables/TABLE People/fields/<Leads>", { name: "Leads" }],
    ]);
  });

  test.each([
    ["Projects 2", true],
    ["projects", true],
    ["Projects two", false],
    ["Projects led", false],
    ["My Projects", false],
    ["Customer 2", false],
    ["leads", false],
  ])("the other end that is called %s is renamed: %s", async (name, isRenamed) => {
    const { destination, related } = await both();
    await destination.prepareRelations(related, go);
    bench.sandbox.admin.renameField("People", "Leads", name);
    const again = await destination
      .prepareTable(go)
      .then(() => destination.prepareRelations(related, go));
    expect(again.steps).toEqual(
      isRenamed
        ? [
            {
              kind: "rename-property",
              property: "Lead",
              message: `Rename "${name}" in "People" to "Leads".`,
            },
          ]
        : [],
    );
    expect(again.notes).toEqual([]);
  });

  test("the other end that is to be called what it was given needs no second request", async () => {
    const { destination, related } = await both(leadsBackAs("projects"));
    const made = await destination.prepareRelations(related, go);
    expect(made.steps.map(({ kind }) => kind)).toEqual(["add-relation", "add-relation"]);
  });

  test("the other end that cannot be renamed keeps its name, and that is told", async () => {
    const { destination, related } = await both();
    const body = { error: { type: "INVALID_REQUEST", message: "taken" } };
    const fault = { kind: "answer", when: "before", answer: { status: 422, body } } as const;
    bench.sandbox.faults.add({ name: "odd", fault, matches: ({ method }) => method === "PATCH" });
    const made = await destination.prepareRelations(related, go);
    expect([made.steps, made.notes]).toEqual([steps, ['"Projects" keeps its name: taken']]);
  });

  test("within one table have no other end, and that is told", async () => {
    const self = {
      ...project,
      properties: project.properties.map((one) =>
        one.name === "Part of"
          ? { ...one, shape: { type: "relation", database: "project", twoWay: "Parts" } as const }
          : one,
      ),
    };
    const { destination, related } = await both(self);
    expect((await destination.prepareRelations(related, go)).notes).toEqual([
      '"Part of" is a one-way link here, without "Parts".',
    ]);
  });

  test("to a table elsewhere are texts, with a note; to one that nobody knows there is none", async () => {
    const { destination, related } = await both();
    const elsewhere = { tableId: "tblX", parentId: "appX", title: "Far", url: null };
    const astray = new Map([["people", elsewhere]]);
    expect(await destination.prepareRelations(astray, preview)).toMatchObject({
      steps: [
        {
          kind: "add-relation",
          property: "Lead",
          message: 'Add the field "Lead" for the keys of "Far", as text.',
        },
        { kind: "add-relation", property: "Part of", message: 'Add the relation "Part of".' },
      ],
      notes: [],
    });
    const made = await destination.prepareRelations(astray, go);
    expect(made.steps.map(({ property }) => property)).toEqual(["Lead"]);
    expect(made.notes).toEqual(
      [
        '"Lead" holds the keys of "Far" as text, and no links.',
        '"Part of" is not written: there is no table for project.',
      ].toSorted((one, two) => made.notes.indexOf(one) - made.notes.indexOf(two)),
    );
    expect(sent()[1]).toEqual([
      "POST /v0/meta/bases/BASE/tables/TABLE Projects/fields",
      { name: "Lead", type: "singleLineText" },
    ]);
    expect(related.size).toBe(2);
  });

  test("of a table that is still to come are only told of", async () => {
    const destination = bench.connect(leads);
    await destination.prepareTable(preview);
    const plain = (property: string) => ({
      kind: "add-relation",
      property,
      message: `Add the relation "${property}".`,
    });
    expect(await destination.prepareRelations(new Map(), preview)).toEqual({
      binding: null,
      steps: [plain("Lead"), plain("Part of")],
      notes: [],
    });
  });
});

test("what the runtime may ask of it", async () => {
  const options = { mark: { field: "Gone", value: "x" } };
  const capabilities = {
    writeBatchMax: 10,
    parallelMax: 3,
    hasBodies: false,
    hasIcons: false,
    keyQueryMax: 100,
  };
  expect(bench.connect(issues).capabilities).toEqual({ ...capabilities, hasTrash: false });
  expect(bench.connect(issues, options).capabilities).toEqual({ ...capabilities, hasTrash: true });
  await expect(bench.connect(issues).create([])).rejects.toThrow("prepareTable() comes before");
});
