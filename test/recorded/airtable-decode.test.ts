// The Airtable connector against recorded answers of the real service, which nobody here wrote: every
// schema makes a table, every record a row, every cell of a known type a value that is understood.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeRow } from "../../src/connectors/airtable/row.ts";
import { makeTable, type Table } from "../../src/connectors/airtable/table.ts";
import {
  pageSchema,
  parseError,
  recordSchema,
  tablesSchema,
  type WireRecord,
  type WireTable,
} from "../../src/connectors/airtable/wire.ts";
import { valueKey } from "../../src/core/value.ts";

const cassettes = new URL("cassettes/", import.meta.url).pathname;
const folders = ["airtable.java", "grouparoo", "pyairtable"];

function jsonFiles(folder: string): readonly string[] {
  return readdirSync(join(cassettes, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json"))
    .map((file) => join(cassettes, folder, file));
}

function isRecord(thing: unknown): thing is Record<string, unknown> {
  return typeof thing === "object" && thing !== null && !Array.isArray(thing);
}

/** Every object in a JSON document, outermost first. */
function* objects(thing: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(thing)) for (const item of thing as unknown[]) yield* objects(item);
  if (!isRecord(thing)) return;
  yield thing;
  for (const value of Object.values(thing)) yield* objects(value);
}

/** A file's document; null for the few that are no JSON, such as an HTML error page. */
function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch {
    return null;
  }
}

const all = folders.flatMap((folder) =>
  jsonFiles(folder).flatMap((file) => [...objects(parsed(file))]),
);
const wireTables: readonly WireTable[] = all
  .filter((thing) => "primaryFieldId" in thing && Array.isArray(thing["fields"]))
  .flatMap((thing) => tablesSchema.parse({ tables: [thing] }).tables);
const records: readonly WireRecord[] = all
  .filter((thing) => typeof thing["id"] === "string" && thing["id"].startsWith("rec"))
  // Requests have no time of creation.
  .filter((thing) => isRecord(thing["fields"]) && "createdTime" in thing)
  .map((thing) => recordSchema.parse(thing));
const tables: readonly Table[] = wireTables.map((wire) => makeTable("appRecorded", wire));

/** The tables whose fields have all the names a record has cells for. */
function tablesOf(record: WireRecord): readonly Table[] {
  return tables.filter((table) => {
    const names = new Set(table.schema.fields.map((field) => field.name));
    return Object.keys(record.fields).every((name) => names.has(name));
  });
}

/** Recorded records are keyed by name; ours by id. */
function byId(table: Table, record: WireRecord): WireRecord {
  const ids = new Map(table.schema.fields.map((field) => [field.name, field.id]));
  const fields = Object.entries(record.fields).map(([name, cell]) => [ids.get(name) ?? name, cell]);
  return { ...record, fields: Object.fromEntries(fields) as Record<string, unknown> };
}

const window = { startMs: 0, endMs: 0 };

test("there is enough to judge by", () => {
  expect(wireTables.length).toBeGreaterThanOrEqual(40);
  expect(records.length).toBeGreaterThanOrEqual(100);
});

describe("schemas", () => {
  test("every recorded field has a known type, in whole tables", () => {
    const strangers = new Set(
      tables.flatMap((table) =>
        [...table.fields.values()]
          .filter((entry) => entry.type.kind.kind === "unsupported")
          .map((entry) => entry.field.type),
      ),
    );
    expect([...strangers]).toEqual([]);
  });

  test("single recorded fields make a table, whatever they hold", () => {
    const fields = jsonFiles("pyairtable/field_schema").map(parsed).filter(isRecord);
    expect(fields.length).toBeGreaterThanOrEqual(15);
    for (const field of fields) {
      const wire = { id: "tbl1", name: "T", primaryFieldId: "fld1", fields: [field] };
      const [table] = tablesSchema.parse({ tables: [wire] }).tables;
      const made = makeTable("app1", table!);
      expect(made.schema.fields).toHaveLength(4);
      // One sample is made up to be unknown.
      const isUnknown = made.schema.fields[0]?.kind.kind === "unsupported";
      expect(isUnknown).toBe(field["type"] === "somethingUnrecognizable");
    }
  });
});

describe("records", () => {
  test("every record of a known table decodes, and no cell is undecodable", () => {
    let cells = 0;
    const odd: string[] = [];
    const decoded = records.filter((record) => tablesOf(record).length > 0);
    for (const record of decoded) {
      for (const table of tablesOf(record)) {
        const wanted = {
          fields: table.schema.fields.map((field) => field.id),
          marker: null,
          filter: null,
        };
        const row = decodeRow(table, byId(table, record), { wanted, window });
        expect(row.cells.size).toBe(table.schema.fields.length);
        for (const [id, value] of row.cells) {
          cells += 1;
          if (value.kind !== "unknown" || value.why === "error") continue;
          const field = table.fields.get(id)?.field;
          odd.push(`${field?.type} ${field?.name}: ${valueKey(value)}`);
        }
      }
    }
    expect(decoded.length).toBeGreaterThanOrEqual(50);
    expect(cells).toBeGreaterThan(1_000);
    expect([...new Set(odd)]).toEqual([]);
  });

  test("every cell of every record survives the codec of every type", () => {
    const cells = records.flatMap((record) => Object.values(record.fields));
    const codecs = tables.flatMap((table) => [...table.fields.values()].map((one) => one.type));
    const types = [...new Map(codecs.map((type) => [type.codec, type])).values()];
    for (const cell of cells) {
      for (const type of types) expect(type.codec.decode(cell).kind).toBeTypeOf("string");
    }
    expect(cells.length * types.length).toBeGreaterThan(10_000);
  });

  test("recorded listings and errors are of the known shapes", () => {
    const answers = all.filter((thing) => "status" in thing && isRecord(thing["response"]));
    const bodies = answers.map((answer) => [Number(answer["status"]), answer["response"]] as const);
    expect(bodies.length).toBeGreaterThanOrEqual(80);
    for (const [status, body] of bodies) {
      if (status >= 400) expect(parseError(body)?.type).toMatch(/^[A-Z_]+$/);
      else if (isRecord(body) && "records" in body && !JSON.stringify(body).includes('"deleted"')) {
        expect(pageSchema.safeParse(body).success).toBe(true);
      }
    }
  });
});
