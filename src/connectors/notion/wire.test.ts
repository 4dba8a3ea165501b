// What of an answer is taken in, and what an answer may leave out.
import { describe, expect, test } from "vitest";
import {
  blockSchema,
  databaseSchema,
  dataSourceSchema,
  listSchema,
  markdownSchema,
  pageSchema,
  parseError,
  querySchema,
  selfSchema,
} from "./wire.ts";

describe("an answer", () => {
  const page = {
    object: "page",
    id: "p",
    created_time: "a",
    last_edited_time: "b",
    created_by: { id: "u1" },
    last_edited_by: { id: "u2" },
    parent: { type: "data_source_id", data_source_id: "s", database_id: "d" },
    in_trash: true,
    is_archived: true,
    icon: { type: "emoji" },
    url: "https://x.test",
    properties: { Name: { id: "title" } },
  };

  test("is taken in with all that is needed of it, and without what is new in it", () => {
    expect(pageSchema.parse({ ...page, brand_new: 1 })).toEqual(page);
    const query = {
      object: "list",
      results: [1],
      next_cursor: "c",
      has_more: true,
      request_status: { type: "incomplete" },
    };
    expect(querySchema.parse({ ...query, brand_new: 1 })).toEqual(query);
    const database = {
      object: "database",
      id: "d",
      in_trash: true,
      description: [],
      data_sources: [{ id: "s", name: "S" }],
    };
    expect(databaseSchema.parse({ ...database, brand_new: 1 })).toEqual(database);
  });

  test.each([
    ["a page", pageSchema, { object: "page", id: "p" }],
    ["a query", querySchema, { object: "list", results: [] }],
    ["a list", listSchema, { object: "list", results: [], next_cursor: null }],
    ["a database", databaseSchema, { object: "database", id: "d", data_sources: [{ id: "s" }] }],
    ["a user", selfSchema, { id: "u", type: null }],
    ["a block", blockSchema, { id: "b", type: "child_database" }],
    ["a body", markdownSchema, { object: "page_markdown" }],
  ])("may be as short as this: %s", (_name, schema, json) => {
    expect(schema.parse(json)).toEqual(json);
    // What it is stands in it: another thing in its place is not taken for it.
    if ("object" in json)
      expect(schema.safeParse({ ...json, object: "error" }).success).toBe(false);
    const [first = ""] = Object.keys(json).filter((key) => key !== "object");
    if (first !== "") expect(schema.safeParse({ ...json, [first]: 5 }).success).toBe(false);
  });

  test("about a data source may come without a title and without descriptions", () => {
    const source = {
      object: "data_source",
      id: "s",
      properties: { A: { id: "a", name: "A", type: "select", select: { options: [] } } },
    };
    expect(dataSourceSchema.parse(source)).toEqual({
      object: "data_source",
      id: "s",
      title: [],
      properties: [
        { id: "a", name: "A", type: "select", description: null, config: { options: [] } },
      ],
    });
  });
});

describe("an error", () => {
  test("is taken in with its code, its words, the request's id and what else there is", () => {
    const json = {
      code: "c",
      message: "m",
      request_id: "r",
      additional_data: { retry_after: "7" },
    };
    expect(parseError(json)).toEqual({
      code: "c",
      message: "m",
      requestId: "r",
      additional: { retry_after: "7" },
    });
  });

  test.each([[null], [[]], ["x"], [{ code: 5 }], [{}]])("may be anything else: %j", (json) => {
    expect(parseError(json)).toEqual({ code: "", message: "", requestId: null, additional: {} });
  });
});
