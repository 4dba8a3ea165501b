// Where the config's paths lead, and what a map: may do when nothing comes back.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig, readConfig } from "./load.ts";

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
