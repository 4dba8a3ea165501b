// The Notion connector against recorded answers of the real service, which nobody here wrote: every
// data source makes a schema, every page a row, every value of a known type one that is understood.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Caller } from "../../src/connectors/notion/caller.ts";
import type { EncodeContext } from "../../src/connectors/notion/codec/codec.ts";
import { makeDirectory } from "../../src/connectors/notion/directory.ts";
import { decodeTyped, propertyTypeOf } from "../../src/connectors/notion/property-type.ts";
import { decodeRow } from "../../src/connectors/notion/row.ts";
import { decodeId, makeSource } from "../../src/connectors/notion/source.ts";
import {
  dataSourceSchema,
  pageSchema,
  parseError,
  querySchema,
} from "../../src/connectors/notion/wire.ts";
import { isSame, valueKey } from "../../src/core/value.ts";

const cassettes = new URL("cassettes/", import.meta.url).pathname;
const folders = ["ultimate-notion", "notion-sdk-py"];

type Json = Record<string, unknown>;

function isRecord(thing: unknown): thing is Json {
  return typeof thing === "object" && thing !== null && !Array.isArray(thing);
}

/** Every object in a document, outermost first. */
function* objects(thing: unknown): Generator<Json> {
  if (Array.isArray(thing)) for (const item of thing as unknown[]) yield* objects(item);
  if (!isRecord(thing)) return;
  yield thing;
  for (const value of Object.values(thing)) yield* objects(value);
}

/** Bodies of the answers; two spellings, and some are no JSON. */
function* answersIn(file: string): Generator<unknown> {
  const cassette: unknown = parse(readFileSync(file, "utf8"));
  const interactions = isRecord(cassette) ? cassette["interactions"] : [];
  for (const interaction of Array.isArray(interactions) ? (interactions as unknown[]) : []) {
    const response = isRecord(interaction) ? interaction["response"] : null;
    if (!isRecord(response)) continue;
    const { body, content } = response;
    const text = isRecord(body) ? body["string"] : content;
    if (typeof text !== "string") continue;
    try {
      yield JSON.parse(text) as unknown;
    } catch {
      /* an empty or an HTML answer */
    }
  }
}

const answers = folders.flatMap((folder) =>
  readdirSync(join(cassettes, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) => [...answersIn(join(cassettes, folder, file))]),
);
const all = answers.flatMap((answer) => [...objects(answer)]);
const isObject = (name: string) => (thing: Json) => thing["object"] === name;
const pages = all.filter(isObject("page")).filter((page) => isRecord(page["properties"]));
const dataSources = all
  .filter(isObject("data_source"))
  .filter((source) => isRecord(source["properties"]));
const items = all.filter(isObject("property_item"));
const errors = all.filter(isObject("error"));
const queries = answers
  .filter(isRecord)
  .filter((answer) => answer["type"] === "page_or_data_source");

const values = pages.flatMap((page) =>
  Object.values(page["properties"] as Json)
    .filter(isRecord)
    .map((property) => [property["type"] as string, property] as const),
);

const noCalls: Caller = {
  read: () => Promise.reject(new Error("no calls here")),
  write: () => Promise.reject(new Error("no calls here")),
  nowMs: () => 0,
};

/** Types that are known to carry nothing we could hold. */
const unsupported = new Set(["button", "verification", "place"]);

test("there is recorded traffic to judge by", () => {
  expect(pages.length).toBeGreaterThan(300);
  expect(dataSources.length).toBeGreaterThan(100);
  expect(items.length).toBeGreaterThan(5);
  expect(queries.length).toBeGreaterThan(50);
  expect(new Set(values.map(([type]) => type)).size).toBeGreaterThan(18);
});

describe("schemas", () => {
  test("every data source makes one, with one title and distinct ids", () => {
    for (const json of dataSources) {
      const wire = dataSourceSchema.parse(json);
      const { schema } = makeSource(wire, { botId: null, formulas: new Map() });
      expect(schema.fields.filter((field) => field.isTitle).length).toBe(1);
      const ids = schema.fields.map((field) => field.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { id } of wire.properties) {
        expect(encodeURIComponent(decodeId(id))).toBe(id);
      }
    }
  });

  test("every recorded type of property is known", () => {
    const unknownTypes = dataSources
      .flatMap((json) => dataSourceSchema.parse(json).properties)
      .filter(({ type, config }) => propertyTypeOf(type, config).kind.kind === "unsupported")
      .map(({ type }) => type);
    expect(unknownTypes.filter((type) => !unsupported.has(type))).toEqual([]);
  });
});

describe("pages", () => {
  test("every page is a row with its stamps", () => {
    const directory = makeDirectory(noCalls);
    for (const json of pages) {
      const page = pageSchema.parse(json);
      const properties = Object.entries(json["properties"] as Json).flatMap(([name, property]) =>
        isRecord(property)
          ? [{ id: property["id"] as string, name, type: property["type"] as string, config: {} }]
          : [],
      );
      const wire = { id: "source", title: [], properties };
      const source = makeSource(wire, { botId: null, formulas: new Map() });
      const fields = source.schema.fields.map((field) => field.id);
      const wanted = { fields, marker: null, filter: null };
      const window = { startMs: 0, endMs: 1 };
      const reader = { caller: noCalls, source, directory };
      const { row, cut } = decodeRow(reader, page, { wanted, window });
      expect(row.cells.size).toBe(fields.length);
      expect(row.stampMs! % 60_000).toBe(0);
      expect(row.createdAtMs).not.toBeNull();
      expect(row.url).toMatch(/^https:/);
      for (const [id, value] of row.cells) {
        if (value.kind !== "unknown") continue;
        const field = source.schema.fields.find((candidate) => candidate.id === id);
        const isCut = cut.some((property) => property.field.id === id);
        const label = `${field?.type} ${value.why}`;
        expect(isCut || unsupported.has(field?.type ?? "") || id === "@icon", label).toBe(true);
      }
    }
  });

  test("every value of a known type is understood", () => {
    const odd = values
      .filter(([type]) => !unsupported.has(type))
      .map(([type, property]) => [type, decodeTyped(property), property] as const)
      .filter(([, value]) => value.kind === "unknown")
      .map(([type, value, property]) => `${type} ${valueKey(value)} ${JSON.stringify(property)}`);
    expect([...new Set(odd)].slice(0, 5)).toEqual([]);
  });

  test("every writable value is taken back as the same value", () => {
    const context: EncodeContext = { userIdOf: () => null };
    const bare = new Set(["number", "checkbox", "url", "email", "phone_number", "date"]);
    let compared = 0;
    for (const [type, property] of values) {
      const { codec, isWritable } = propertyTypeOf(type, null);
      if (!isWritable) continue;
      const value = decodeTyped(property);
      const encoded = codec.encode(value, context);
      // Options were recorded with commas nowhere, and nothing was longer than a write may be.
      if (encoded.kind === "refused") throw new Error(`${type}: ${encoded.why}`);
      if (!bare.has(type) && type !== "select" && type !== "status" && type !== "relation") continue;
      expect(isSame(codec.decode(encoded.content), value), JSON.stringify(property)).toBe(true);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(500);
  });
});

describe("the rest", () => {
  test("every item of the property endpoint is understood", () => {
    const lists = new Set(["title", "rich_text", "people", "relation"]);
    for (const item of items) {
      const type = item["type"] as string;
      if (unsupported.has(type) || type === "rollup" || item[type] === undefined) continue;
      const content = lists.has(type) ? [item[type]] : item[type];
      const value = propertyTypeOf(type, null).codec.decode(content);
      expect(value.kind, JSON.stringify(item)).not.toBe("unknown");
    }
  });

  test("every query answer and every error envelope is parsed", () => {
    for (const query of queries) expect(querySchema.parse(query).results).toBeInstanceOf(Array);
    for (const error of errors) expect(parseError(error).code).not.toBe("");
  });
});
