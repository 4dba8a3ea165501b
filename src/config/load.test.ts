import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig, readConfig, type Config } from "./load.ts";
import { problemsText } from "./problem.ts";

const head = `version: 1
notion: { token: "\${NOTION_TOKEN}" }
airtable: { token: "\${AIRTABLE_TOKEN}" }
pairs:
`;
const pair = `  specs:
    notion: { database: 1f2e3d4c5b6a79880123456789abcdef }
    airtable: { base: appXXXXXXXXXXXXXX, table: Tracker }
    link: { airtable: Notion Page ID }
`;
const fields = `    fields:
      - { notion: Name, airtable: Spec Name, owner: notion }
      - { notion: Status, airtable: Status }
`;
const environment = { NOTION_TOKEN: "ntn_test", AIRTABLE_TOKEN: "pat.test" };

function write(source: string): { readonly directory: string; readonly file: string } {
  const directory = mkdtempSync(join(tmpdir(), "tandem-config-"));
  writeFileSync(join(directory, "tandem.yaml"), source);
  return { directory, file: "tandem.yaml" };
}

function load(source: string, more: Record<string, string> = {}): Config {
  return loadConfig({ ...write(source), environment: { ...environment, ...more } });
}

/** What a person reads, problems and warnings alike. */
function told(source: string): string {
  const result = readConfig({ ...write(source), environment });
  const problems = result.kind === "problems" ? result.problems : result.config.warnings;
  return `\n${problemsText(problems)}\n`;
}

describe("a valid config", () => {
  test("gets the defaults of the contract", () => {
    const config = load(head + pair + fields);
    const [specs] = config.pairs;
    expect(specs?.policy).toMatchObject({
      id: "specs",
      names: { left: "Notion", right: "Airtable" },
      match: [],
      markers: { left: null, right: "Notion Page ID" },
      lastSynced: { left: null, right: null },
      creates: { left: true, right: true },
      deletes: "archive",
      archive: { left: { kind: "remove" }, right: null },
      filters: { left: null, right: null },
      guards: {
        maxRemove: { percent: 5, floor: 3, cap: 100 },
        maxCreate: { percent: 20, floor: 25, cap: null },
        massChange: { percent: 50, floor: 20, cap: null },
        massBlank: { percent: 10, floor: 5, cap: null },
        emptySide: "halt",
        hotRowMs: 90_000,
        settleMs: 120_000,
      },
    });
    expect(specs?.policy.fields[1]).toEqual({
      name: "Status",
      fields: { left: "Status", right: "Status" },
      owner: "latest",
      flow: "both",
      drift: "revert",
      renames: [],
      carry: {},
    });
    expect(config.storePath).toMatch(/\/data\/tandem\.db$/u);
    expect(config.historyPath).toMatch(/\/sync_history\.jsonl$/u);
    expect(config.warnings).toEqual([]);
  });

  test("names the sides left and right", () => {
    const config = load(
      `${head}${pair}${fields}      - { notion: Size, airtable: Size, owner: airtable, direction: toNotion, drift: warn,
          map: { S: Small }, as: { zone: Europe/Berlin } }
      - { notion: "@url", airtable: Link }
      - { notion: Name, airtable: Copy of name, direction: toAirtable }
    creates: toNotion
    archive: { airtable: { field: Status, value: Archived }, notion: { property: State, value: Gone } }
`,
    );
    const policy = config.pairs[0]?.policy;
    expect(policy?.fields.slice(2)).toEqual([
      {
        name: "Size",
        fields: { left: "Size", right: "Size" },
        owner: "right",
        flow: "toLeft",
        drift: "warn",
        renames: [{ left: "S", right: "Small" }],
        carry: { zone: "Europe/Berlin" },
      },
      expect.objectContaining({ name: "@url", flow: "toRight" }),
      expect.objectContaining({ name: "Name (Copy of name)", flow: "toRight" }),
    ]);
    expect(policy?.creates).toEqual({ left: true, right: false });
    expect(policy?.archive).toEqual({
      left: { kind: "mark", field: "State", value: "Gone" },
      right: { kind: "mark", field: "Status", value: "Archived" },
    });
  });

  test("a guard's number keeps the defaults of the numbers beside it", () => {
    const config = load(`${head}${pair}${fields}    guards: { maxRemove: { percent: 40 } }\n`);
    expect(config.pairs[0]?.policy.guards.maxRemove).toEqual({ percent: 40, floor: 3, cap: 100 });
  });

  test("addresses come from the file, else from the environment, without slash and version", () => {
    const source = head.replace(
      'notion: { token: "${NOTION_TOKEN}" }',
      'notion: { token: "${NOTION_TOKEN}", baseUrl: "http://localhost:1/v1/" }',
    );
    const config = load(source + pair + fields, {
      NOTION_API_BASE_URL: "http://ignored",
      AIRTABLE_ENDPOINT_URL: "http://localhost:2//",
    });
    expect(config.pairs[0]?.notion.baseUrl).toBe("http://localhost:1");
    expect(config.pairs[0]?.airtable.baseUrl).toBe("http://localhost:2");
    expect(load(head + pair + fields).pairs[0]?.notion.baseUrl).toBeNull();
  });

  test("a base URL that is no web address is named, not tried", () => {
    for (const url of ["localhost", "localhost:3000", "ftp://host", "http://"]) {
      expect(() => load(head + pair + fields, { AIRTABLE_ENDPOINT_URL: url })).toThrow(
        /AIRTABLE_ENDPOINT_URL is no web address/,
      );
    }
  });

  test("unquoted numbers are good names, and an unquoted reference may stand for a number", () => {
    const config = load(
      `${head}${pair}    fields:\n      - { notion: 2024, airtable: 2024 }\n    guards:\n      hotRowSeconds: \${HOT}\n`,
      { HOT: "15" },
    );
    expect(config.pairs[0]?.policy.fields[0]?.fields).toEqual({ left: "2024", right: "2024" });
    expect(config.pairs[0]?.policy.guards.hotRowMs).toBe(15_000);
  });

  test("pairs may be left out when there is a worker", () => {
    expect(
      load(`${head.replace("pairs:\n", "")}workers: { crm: { path: ./crm } }\n`).pairs,
    ).toEqual([]);
  });
});

describe("a broken config tells", () => {
  test("that it is missing", () => {
    expect(() => loadConfig({ file: "no.yaml", directory: "/nowhere", environment })).toThrow(
      "There is no config at no.yaml (/nowhere/no.yaml).",
    );
  });

  test("all of its problems in one error with the exit code of a bad config", () => {
    const broken =
      head + pair.replace("table:", "tabel:") + fields.replace("owner: notion", "owner: me");
    expect(() => load(broken)).toThrow(
      expect.objectContaining({ code: "config_invalid", context: { problems: 3 } }),
    );
  });

  test("that a schedule is no cron expression, and how one is written", () => {
    const scheduled = (cron: string): string =>
      told(`${head}${pair}${fields}    schedule: "${cron}"\n`);
    for (const cron of ["every day", "61 * * * *"]) {
      expect(scheduled(cron)).toContain(`"${cron}" is no cron expression.`);
      expect(scheduled(cron)).toContain('"*/15 * * * *"');
    }
    expect(scheduled("*/15 * * * *")).not.toContain("cron");
  });

  test("no value of a token", () => {
    const result = told(head.replace('"${NOTION_TOKEN}"', "[ntn_secret123]") + pair + fields);
    expect(result).toContain("notion.token");
    expect(result).not.toContain("secret123");
  });

  test.each([
    ["an empty file", ""],
    ["a file that is a text", "hello"],
    ["broken YAML", `${head}  specs:\n   notion: {\n  x`],
    ["an unquoted reference in braces", head.replace('"${NOTION_TOKEN}"', "${NOTION_TOKEN}")],
    [
      "an unquoted pseudo-property",
      `${head}${pair}    fields:\n      - { notion: @url, airtable: U }\n`,
    ],
    ["a key given twice", `${head}${pair}${fields}    creates: both\n    creates: none\n`],
  ])("syntax: %s", (_name, source) => {
    expect(told(source)).toMatchSnapshot();
  });

  test.each([
    [
      "misspelt and unknown keys",
      `${head}${pair}${fields}    shedule: "* * * * *"\n    guards: { maxremove: {}, weather: 1 }\n`,
    ],
    [
      "an unknown key inside a choice of forms",
      `${head}${pair}${fields}    archive: { airtable: { feild: Status, value: Gone } }\n`,
    ],
    ["a wrong word in a choice of forms", `${head}${pair}${fields}    archive: { notion: bin }\n`],
    ["missing keys", `${head}  specs:\n    notion: {}\n${fields}`],
    [
      "wrong types",
      `${head}${pair}    fields: Name\n    guards: { maxRemove: { percent: many, floor: 1.5 }, hotRowSeconds: -1 }\n    match:\n`,
    ],
    [
      "an unknown owner and direction",
      `${head}${pair}    fields:\n      - { notion: Name, airtable: Name, owner: notoin, direction: both-ways }\n`,
    ],
    ["no pairs", head.replace("pairs:", "pairs: {}")],
    ["no fields", `${head}${pair}    fields: []\n`],
    ["a bad name of a pair", `${head}${pair.replace("specs", "a/b")}${fields}`],
    [
      "unset variables beside other slips",
      `${head.replace("NOTION_TOKEN", "MY_TOKEN")}${pair}${fields}    schedule: "every day"\n    creates: always\n`,
    ],
    [
      "another version, and a store that is not there yet",
      `${head.replace("version: 1", "version: 2\nstore: postgres://u:p@h/d")}${pair}${fields}`,
    ],
    ["a PostgreSQL store", `${head}${pair}${fields}store: postgres://u:p@h/d\n`],
    ["a store of another kind", `${head}${pair}${fields}store: mysql://u:p@h/d\n`],
    ["tokens in the file", `${head.replaceAll(/"\$\{\w+\}"/g, "abc")}${pair}${fields}`],
    [
      "an address that is none",
      `${head.replace("airtable: { token", "airtable: { baseUrl: localhost, token")}${pair}${fields}`,
    ],
    [
      "a time zone that is none",
      `${head}${pair}    fields:\n      - { notion: Due, airtable: Due, as: { zone: Europe/Berln } }\n`,
    ],
  ])("schema: %s", (_name, source) => {
    expect(told(source)).toMatchSnapshot();
  });

  test.each([
    [
      "a map that does not come back",
      `${head}${pair}    fields:\n      - { notion: Status, airtable: Status, map: { Done: Closed, Dropped: closed } }\n`,
    ],
    [
      "a map with one option twice",
      `${head}${pair}    fields:\n      - { notion: S, airtable: S, direction: toAirtable, map: { Done: A, done: B, C: A } }\n`,
    ],
    [
      "values flowing to what can only be read",
      `${head}${pair}    fields:\n      - { notion: "@url", airtable: U, direction: both }\n      - { notion: V, airtable: "@id", direction: toAirtable }\n      - { notion: "@id", airtable: "@url" }\n      - { notion: "@ur", airtable: W }\n`,
    ],
    [
      "two writers of one field",
      `${head}${pair}${fields}      - { notion: State, airtable: Status }\n      - { notion: Name, airtable: Copy }\n`,
    ],
    [
      "owner and drift without effect",
      `${head}${pair}    fields:\n      - { notion: A, airtable: A, direction: toAirtable, owner: airtable }\n      - { notion: B, airtable: B, drift: ignore }\n`,
    ],
    [
      "matching by what is not mapped",
      `${head}${pair}${fields}    match: [{ notion: Name, airtable: Status }]\n`,
    ],
    [
      "markers with a second task",
      `${head}${pair.replace("Notion Page ID", "Status")}${fields}    lastSynced: { airtable: Spec Name, notion: Stamp }\n`,
    ],
    [
      "a stamp in the marker",
      `${head}${pair}${fields}    lastSynced: { airtable: Notion Page ID }\n    archive: { airtable: { field: Notion Page ID, value: x } }\n`,
    ],
    ["no marker", `${head}${pair.replace(/ {4}link.*\n/u, "")}${fields}`],
    [
      "archive settings without effect, or on what can only be read",
      `${head}${pair}${fields}    deletes: ignore\n    archive: { airtable: delete }\n${pair.replace("specs", "other").replace("Tracker", "Other")}${fields}    archive: { notion: { property: "@id", value: x } }\n`,
    ],
    [
      "guards at odds",
      `${head}${pair}${fields}    guards: { sentinel: true, maxRemove: { cap: 1 } }\n`,
    ],
    ["two pairs on one table", `${head}${pair}${fields}${pair.replace("specs", "again")}${fields}`],
  ])("rules: %s", (_name, source) => {
    expect(told(source)).toMatchSnapshot();
  });
});
