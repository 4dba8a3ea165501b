// Where the config's paths lead, and what a map: may do when nothing comes back.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig, readConfig } from "./load.ts";
import {
  inFileOrder,
  pathText,
  problemsText,
  type ConfigPath,
  type ConfigProblem,
} from "./problem.ts";

const source = (mapping: string): string => `version: 1
notion: { token: t }
airtable: { token: t }
store: sqlite:./data/x.db
history: ./log/h.jsonl
pairs:
  specs:
    notion: { database: 1f2e3d4c5b6a79880123456789abcdef }
    airtable: { base: appXXXXXXXXXXXXXX, table: Tracker }
    link: { airtable: Notion Page ID }
    fields:
      - { notion: Name, airtable: Name }
      - { notion: Status, airtable: Status${mapping} }
`;

test("paths count from the working directory, wherever the file lies", () => {
  const directory = mkdtempSync(join(tmpdir(), "tandem-places-"));
  mkdirSync(join(directory, "config"));
  writeFileSync(join(directory, "config", "t.yaml"), source(""));
  const config = loadConfig({ file: "config/t.yaml", directory, environment: {} });
  expect(config).toMatchObject({
    file: join(directory, "config", "t.yaml"),
    storePath: join(directory, "data", "x.db"),
    historyPath: join(directory, "log", "h.jsonl"),
  });
});

test("two options may become one where nothing comes back, and nowhere else", () => {
  const directory = mkdtempSync(join(tmpdir(), "tandem-places-"));
  const kindOf = (mapping: string): string => {
    writeFileSync(join(directory, "t.yaml"), source(mapping));
    return readConfig({ file: "t.yaml", directory, environment: {} }).kind;
  };
  const map = ", map: { Low: Any, High: Any }";
  expect(kindOf(`${map}, direction: toAirtable`)).toBe("config");
  expect(kindOf(map)).toBe("problems");
  expect(kindOf(`${map}, direction: toNotion`)).toBe("problems");
  expect(kindOf(", map: { Low: Niedrig, High: Hoch }")).toBe("config");
});

test.each<[ConfigPath, string]>([
  [[], ""],
  [["pairs"], "pairs"],
  [["pairs", "product-specs", "fields", 1, "owner"], "pairs.product-specs.fields[1].owner"],
  [["pairs", "a.b"], 'pairs["a.b"]'],
  [["pairs", "p", "fields", 0, "map", "In review"], 'pairs.p.fields[0].map["In review"]'],
  [["a b"], '["a b"]'],
  [["x", "@url", 'it\'s "so"'], 'x.@url["it\'s \\"so\\""]'],
])("the path %j is written %s", (path, expected) => {
  expect(pathText(path)).toBe(expected);
});

test("problems are told in the order of the file, each with its place", () => {
  const problem = (path: string, line: number | null, column: number | null): ConfigProblem => ({
    level: path === "w" ? "warning" : "error",
    path,
    line,
    column,
    message: "M.",
    remedy: "R.",
  });
  const problems = inFileOrder([
    problem("", null, null),
    problem("b", 2, 9),
    problem("w", 2, 3),
    problem("a", 1, 5),
  ]);
  expect(problemsText(problems)).toBe(
    [
      "  line 1  a\n    M.\n    R.",
      "  warning  line 2  w\n    M.\n    R.",
      "  line 2  b\n    M.\n    R.",
      "  the file\n    M.\n    R.",
    ].join("\n\n"),
  );
});
