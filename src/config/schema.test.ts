import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { keysAt } from "./known-keys.ts";
import { readConfig } from "./load.ts";
import { configJsonSchema, configSchema } from "./schema.ts";

test("the JSON Schema is closed, describes the file as written, and keeps defaults optional", () => {
  const schema = configJsonSchema();
  expect(schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    additionalProperties: false,
    required: ["version"],
    properties: { pairs: { additionalProperties: { additionalProperties: false } } },
  });
  expect(JSON.stringify(schema)).not.toContain("NaN");
});

test("every setting of the JSON Schema that a person may misread is described", () => {
  const described = JSON.stringify(configJsonSchema());
  for (const words of ["cron expression", "the other row's id", "Who wins when both sides"]) {
    expect(described).toContain(words);
  }
});

test("known keys are found along a path, through records, lists and choices", () => {
  expect(keysAt([])).toContain("pairs");
  expect(keysAt(["pairs", "any"])).toContain("fields");
  expect(keysAt(["pairs", "any", "fields", 3])).toEqual([
    "notion",
    "airtable",
    "owner",
    "direction",
    "drift",
    "map",
    "as",
  ]);
  expect(keysAt(["pairs", "any", "archive", "airtable"])).toEqual(["field", "value"]);
  expect(keysAt(["nothing", "here"])).toEqual([]);
});

test("a file of nothing but its required keys is valid", () => {
  const minimal = { version: 1, notion: { token: "a" }, airtable: { token: "b" } };
  expect(configSchema.safeParse(minimal).success).toBe(true);
  expect(configSchema.safeParse({ ...minimal, version: "1" }).success).toBe(false);
});

test.each(["product-ops.yaml", "workers.example.yaml"])("the example %s is valid", (name) => {
  const environment = {
    NOTION_TOKEN: "a",
    AIRTABLE_TOKEN: "b",
    NOTION_DATABASE: "c",
    AIRTABLE_BASE: "d",
    NOTION_PARENT_PAGE: "e",
  };
  const result = readConfig({ file: `config/${name}`, directory: ".", environment });
  expect(result.kind === "problems" ? result.problems : result.config.warnings).toEqual([]);
  expect(readFileSync(`config/${name}`, "utf8")).not.toMatch(/(?:ntn_|secret_|pat\w{14}\.)/u);
});
