// Every request the Airtable connector sends, word for word as the sandbox logs it: what is asked for
// decides what an absent cell means, and what is written decides what a person finds. Ids of the base, the
// table, its fields and its rows are shown by their names.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Connector, Wanted } from "../../src/connectors/connector.ts";
import { must } from "../../src/core/assert.ts";
import { recordId, type FieldId, type RecordId } from "../../src/core/ids.ts";
import { findField, type Schema } from "../../src/core/schema.ts";
import {
  boolean,
  choice,
  choices,
  day,
  empty,
  instant,
  number,
  people,
  text,
  type Value,
} from "../../src/core/value.ts";
import { openAirtableBench, type AirtableBench } from "./airtable-bench.ts";

let bench: AirtableBench;
let schema: Schema;
let connector: Connector;
let wanted: Wanted;
let rows: readonly RecordId[];

const id = (name: string): FieldId => must(findField(schema, name), name).id;
const rowAt = (at: number): RecordId => must(rows[at], `row ${at}`);

beforeEach(async () => {
  bench = await openAirtableBench();
  ({ connector } = bench);
  schema = await connector.describe();
  wanted = { fields: [id("Notes"), id("Done"), id("@url")], marker: id("Key"), filter: null };
  const two = [{ Name: "a" }, { Name: "b" }];
  rows = bench.sandbox.admin.addRows(bench.tableId, two).map(recordId);
  bench.sandbox.log.length = 0;
});
afterEach(async () => {
  await bench.sandbox.close();
});

function named(content: string): string {
  const names: readonly (readonly [string, string])[] = [
    [bench.baseId, "BASE"],
    [bench.tableId, "TABLE"],
    [bench.person.id, "PERSON"],
    ...rows.map((row, at) => [row, `ROW${at}`] as const),
    ...schema.fields.map((field) => [field.id, `<${field.name}>`] as const),
  ];
  return names
    .filter(([found]) => !found.startsWith("@"))
    .reduce((shown, [found, name]) => shown.replaceAll(found, name), content);
}

interface Sent {
  readonly call: string;
  /** Each parameter of the address, sorted. */
  readonly query?: readonly string[];
  readonly body?: unknown;
}

/** What was sent since the last look. */
function sent(): readonly Sent[] {
  const shown = bench.sandbox.log.map(({ method, path, query, body }): Sent => {
    const parameters = [...new URLSearchParams(query)].map(([name, value]) =>
      name === "offset" ? "offset=NEXT" : `${name}=${value}`,
    );
    return {
      call: named(`${method} ${path}`),
      ...(parameters.length === 0 ? {} : { query: parameters.map(named).toSorted() }),
      ...(body === "" ? {} : { body: JSON.parse(named(body)) as unknown }),
    };
  });
  bench.sandbox.log.length = 0;
  return shown;
}

async function drain(filter: unknown = null): Promise<void> {
  for await (const page of connector.scan({ ...wanted, filter })) void page;
}

const asked = ["<Key>", "<Name>", "<Notes>", "<Done>", "<Touched>"]
  .map((field) => `fields[]=${field}`)
  .toSorted();
const page = ["pageSize=100", "returnFieldsByFieldId=true"];
const list = "GET /v0/BASE/TABLE";

describe("reading", () => {
  test("the schema: the base's tables, before rows are read and after", async () => {
    await connector.describe();
    await connector.confirmSchema?.(wanted);
    const call = "GET /v0/meta/bases/BASE/tables";
    expect(sent()).toEqual([{ call }, { call }]);
  });

  test("a scan names every wanted field, the title, the marker and the stamp on each page", async () => {
    bench.sandbox.admin.addRows(
      bench.tableId,
      Array.from({ length: 99 }, () => ({})),
    );
    await drain();
    const query = [...asked, ...page].toSorted();
    expect(sent()).toEqual([
      { call: list, query },
      { call: list, query: [...query, "offset=NEXT"].toSorted() },
    ]);
  });

  test("a scan hands the pair's filter on as it is", async () => {
    const filter = "AND({Name}!='it\\'s', {Done}=0)";
    await drain(filter);
    await drain("");
    const query = [...asked, ...page].toSorted();
    expect(sent()).toEqual([
      { call: list, query: [...query, `filterByFormula=${filter}`].toSorted() },
      { call: list, query },
    ]);
  });

  test("rows are looked up in the table's listing, the control among them once", async () => {
    const filtered = { ...wanted, filter: "FALSE()" };
    await connector.read([rowAt(0)], filtered, rowAt(1));
    await connector.read([rowAt(0), rowAt(1)], filtered, rowAt(1));
    await connector.recheck([rowAt(1)], filtered, 0);
    const look = (formula: string): Sent => ({
      call: list,
      query: [...asked, ...page, `filterByFormula=${formula}`].toSorted(),
    });
    const both = "OR(RECORD_ID()='ROW0',RECORD_ID()='ROW1')";
    expect(sent()).toEqual([look(both), look(both), look("RECORD_ID()='ROW1'")]);
  });

  test("a single row is asked for by itself only when there is no other to stand witness", async () => {
    bench.sandbox.admin.deleteRow(rowAt(0));
    await connector.read([rowAt(0)], wanted, null);
    expect(sent().slice(1)).toEqual([
      { call: "GET /v0/BASE/TABLE/ROW0", query: ["returnFieldsByFieldId=true"] },
    ]);
  });

  test("markers are looked up each once, times of edits by field in UTC", async () => {
    await connector.findByMarker(["k'1", "k2", "k2"], wanted);
    await connector.editedAfter([
      { id: rowAt(0), field: id("Notes"), thanMs: Date.UTC(2026, 1, 3, 4, 5, 6, 7) },
    ]);
    const at = "DATETIME_PARSE('2026-02-03T04:05:06.007Z')";
    const formula = `AND(RECORD_ID()='ROW0',IS_AFTER(LAST_MODIFIED_TIME({<Notes>}),${at}))`;
    expect(sent()).toEqual([
      {
        call: list,
        query: [...asked, ...page, "filterByFormula=OR({<Key>}='k\\'1',{<Key>}='k2')"].toSorted(),
      },
      {
        call: list,
        query: [
          ...["<Name>", "<Touched>"].map((field) => `fields[]=${field}`),
          ...page,
          `filterByFormula=${formula}`,
        ].toSorted(),
      },
    ]);
  });
});

describe("writing", () => {
  const update = (cells: readonly (readonly [string, Value])[]): Promise<unknown> =>
    connector.update(
      [{ id: rowAt(0), cells: new Map(cells.map(([name, value]) => [id(name), value])) }],
      wanted,
    );

  function body(fields: Readonly<Record<string, unknown>>): readonly Sent[] {
    const records = [{ id: "ROW0", fields }];
    const call = "PATCH /v0/BASE/TABLE";
    return [{ call, body: { records, returnFieldsByFieldId: true } }];
  }

  test("each type of field gets its value as the API takes it", async () => {
    const stranger = { id: "2f26ee68-df30-4251", email: "q@example.com", name: "Q" };
    const outcome = await update([
      ["Name", text("a ")],
      ["Notes", text("one\ntwo")],
      ["Count", number(-1.5)],
      ["Done", boolean(true)],
      ["Story", { kind: "rich", markdown: "**b**" }],
      ["Mail", text("a@example.com")],
      ["Site", text("https://example.com")],
      ["Phone", text("+49 30 1")],
      ["Share", number(0.25)],
      ["Price", number(9.99)],
      ["Spent", number(3_600)],
      ["Stars", number(5)],
      ["Status", choice("Done")],
      ["Tags", choices(["Todo", "Done", "In progress"])],
      ["Due", day("2026-02-28")],
      ["Meeting", instant(Date.UTC(2026, 1, 28, 10, 30, 15, 250))],
      ["Owner", people([bench.person])],
      ["Crew", people([bench.person])],
    ]);
    expect(outcome).toMatchObject([{ kind: "done" }]);
    expect(sent()).toEqual(
      body({
        "<Name>": "a ",
        "<Notes>": "one\ntwo",
        "<Count>": -1.5,
        "<Done>": true,
        "<Story>": "**b**",
        "<Mail>": "a@example.com",
        "<Site>": "https://example.com",
        "<Phone>": "+49 30 1",
        "<Share>": 0.25,
        "<Price>": 9.99,
        "<Spent>": 3_600,
        "<Stars>": 5,
        "<Status>": "Done",
        // In the order given: Airtable shows the options of a cell in it.
        "<Tags>": ["Todo", "Done", "In progress"],
        "<Due>": "2026-02-28",
        "<Meeting>": "2026-02-28T10:30:15.250Z",
        "<Owner>": { id: "PERSON" },
        "<Crew>": [{ id: "PERSON" }],
      }),
    );
    await update([["Crew", people([stranger])]]);
    expect(sent()[0]).toEqual(body({ "<Crew>": [{ email: "q@example.com" }] })[0]);
  });

  test("a cleared cell is null, a list with nothing in it, or an unticked box; zero is a number", async () => {
    const names = schema.fields.filter((one) => one.isWritable).map(({ name }) => name);
    expect(await update(names.map((name) => [name, empty]))).toMatchObject([{ kind: "done" }]);
    const nothing = new Map<string, unknown>([
      ["Done", false],
      ["Tags", []],
      ["Crew", []],
    ]);
    expect(sent()).toEqual(
      body(Object.fromEntries(names.map((name) => [`<${name}>`, nothing.get(name) ?? null]))),
    );
    await update([
      ["Count", number(0)],
      ["Done", boolean(false)],
    ]);
    expect(sent()).toEqual(body({ "<Count>": 0, "<Done>": false }));
  });

  test("nothing is sent of a value that does not fit, or of a field that is gone", async () => {
    expect(await update([["Count", text("1")]])).toMatchObject([
      { kind: "failed", why: "invalid", field: id("Count") },
    ]);
    const gone = "fldAAAAAAAAAAAAAA" as FieldId;
    const cells = new Map([[gone, text("x")]]);
    expect(await connector.update([{ id: rowAt(0), cells }], wanted)).toEqual([
      { kind: "failed", why: "invalid", message: "the field is not in the table", field: gone },
    ]);
    expect(sent()).toEqual([]);
  });

  test("a new option is made by the write that holds it, and only by that one", async () => {
    await update([["Tags", choices(["Todo", "Fresh"])]]);
    await update([["Tags", choices(["Fresh"])]]);
    // The other field does not have it yet.
    await update([["Status", choice("Fresh")]]);
    expect(sent().map((one) => one.body)).toMatchObject([
      { records: [{ fields: { "<Tags>": ["Todo", "Fresh"] } }], typecast: true },
      expect.not.objectContaining({ typecast: expect.anything() as unknown }),
      { records: [{ fields: { "<Status>": "Fresh" } }], typecast: true },
    ]);
  });

  test("new rows: made at first, and by their marker when they are sent again", async () => {
    const create = { ref: "r", cells: new Map([[id("Name"), text("c")]]), marker: "k" };
    await connector.create([{ ...create, isFirst: true }], wanted);
    await connector.create([create], wanted);
    const records = [{ fields: { "<Name>": "c", "<Key>": "k" } }];
    expect(sent()).toEqual([
      { call: "POST /v0/BASE/TABLE", body: { records, returnFieldsByFieldId: true } },
      {
        call: "PATCH /v0/BASE/TABLE",
        body: {
          records,
          performUpsert: { fieldsToMergeOn: ["<Key>"] },
          returnFieldsByFieldId: true,
        },
      },
    ]);
  });

  test("rows are deleted by their ids, and none is brought back", async () => {
    await connector.remove(rows, wanted);
    expect(sent()).toEqual([
      { call: "DELETE /v0/BASE/TABLE", query: ["records[]=ROW0", "records[]=ROW1"] },
    ]);
    expect(await connector.restore(rows, wanted)).toMatchObject(
      rows.map(() => ({ kind: "failed", why: "invalid", field: null })),
    );
    expect(sent()).toEqual([]);
  });

  test("rows that may be gone are looked up by nothing but their ids", async () => {
    bench.sandbox.admin.deleteRow(rowAt(0));
    await update([["Notes", text("x")]]);
    const fields = ["<Name>", "<Touched>"].map((field) => `fields[]=${field}`);
    expect(sent()[1]).toEqual({
      call: list,
      query: [...fields, ...page, "filterByFormula=RECORD_ID()='ROW0'"].toSorted(),
    });
  });

  test("more rows than the service takes in one call are never sent", async () => {
    const eleven = Array.from({ length: 11 }, () => ({ id: rowAt(0), cells: new Map() }));
    await expect((async () => connector.update(eleven, wanted))()).rejects.toThrow("more rows");
    expect(sent()).toEqual([]);
  });
});

test("what the engine may ask of it: stamps only where a field tells of every edit", async () => {
  const capabilities = { stampStepMs: 1_500, writeBatchMax: 10, hasTrash: false };
  expect(connector.capabilities).toEqual(capabilities);
  const plain = await openAirtableBench({ hasStamp: false });
  const without = { ...capabilities, stampStepMs: null };
  expect(plain.connector.capabilities).toEqual(without);
  await plain.connector.describe();
  expect(plain.connector.capabilities).toEqual(without);
  await plain.sandbox.close();
});

test("an option that people took away since is made anew after the next look at the schema", async () => {
  const write = { id: rowAt(0), cells: new Map([[id("Status"), choice("Done")]]) };
  bench.sandbox.admin.removeOption(bench.tableId, "Status", "Done");
  await connector.describe();
  sent();
  expect(await connector.update([write], wanted)).toMatchObject([{ kind: "done" }]);
  expect(sent()).toMatchObject([{ body: { typecast: true } }]);
});
