import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { must } from "../core/assert.ts";
import { parseInterval } from "./interval.ts";
import { readConfig, type LoadResult } from "./load.ts";
import { problemsText } from "./problem.ts";

const head = 'version: 1\nnotion: { token: "${NOTION_TOKEN}" }\n';
const environment = { NOTION_TOKEN: "ntn_test", GITHUB_TOKEN: "ghp_1234567" };

function read(source: string): LoadResult {
  const directory = mkdtempSync(join(tmpdir(), "tandem-config-"));
  writeFileSync(join(directory, "tandem.yaml"), source);
  const result = readConfig({ directory, file: "tandem.yaml", environment });
  rmSync(directory, { recursive: true });
  return result;
}

function told(source: string): string {
  const result = read(source);
  const problems = result.kind === "problems" ? result.problems : result.config.warnings;
  return `\n${problemsText(problems)}\n`;
}

describe("a worker of the config", () => {
  test("needs nothing but its path, and no Airtable", () => {
    const result = read(`${head}workers:\n  crm: { path: ./workers/crm }\n`);
    if (result.kind === "problems") throw new Error(problemsText(result.problems));
    const [crm] = result.config.workers;
    expect(crm).toEqual({
      name: "crm",
      path: join(result.config.file, "..", "workers/crm"),
      parent: null,
      databases: new Map(),
      variables: {},
      missingVariables: [],
      envFile: null,
      limits: { seconds: 300, memoryMb: 512 },
      zone: null,
      schedules: new Map(),
      sweep: {
        maxRemove: { percent: 20, floor: 10, cap: null },
        minSeen: { percent: 50 },
        first: "ask",
      },
      settleMs: 120_000,
      isEnabled: true,
    });
    expect(result.config.services.airtable).toBeNull();
    expect(result.config.serve).toEqual({ host: "127.0.0.1", port: 8787 });
  });

  test("takes each setting in each of its forms", () => {
    const result = read(`${head}airtable: { token: "\${GITHUB_TOKEN}" }
serve: { port: 0 }
workers:
  crm:
    path: /srv/crm/index.ts
    parent: https://www.notion.so/acme/Home-1f2e3d4c5b6a79880123456789abcdef
    databases:
      a: 1f2e3d4c5b6a79880123456789abcdef
      b: { notion: 2f2e3d4c5b6a79880123456789abcdef }
      c: { airtable: { base: appX, table: Issues, key: Number, mark: { field: Gone, value: true } } }
    env: [GITHUB_TOKEN, NOT_SET]
    envFile: secrets/crm.env
    limits: { seconds: 60 }
    zone: Europe/Berlin
    schedules: { issues: 15m, all: continuous, repair: manual }
    sweep: { maxRemove: { percent: 50 }, first: go }
    enabled: false
  map: { path: crm, env: { TOKEN: "\${GITHUB_TOKEN}", LEVEL: 3 } }
`);
    if (result.kind === "problems") throw new Error(problemsText(result.problems));
    expect(result.config.services.notion).toEqual({ token: "ntn_test", baseUrl: null });
    const [crm, map] = result.config.workers;
    expect(crm).toMatchObject({
      path: "/srv/crm/index.ts",
      variables: { GITHUB_TOKEN: "ghp_1234567" },
      missingVariables: ["NOT_SET"],
      limits: { seconds: 60, memoryMb: 512 },
      zone: "Europe/Berlin",
      sweep: { maxRemove: { percent: 50, floor: 10, cap: null }, first: "go" },
      isEnabled: false,
    });
    expect(must(crm, "crm").databases).toEqual(
      new Map<string, unknown>([
        ["a", { kind: "notion", reference: "1f2e3d4c5b6a79880123456789abcdef" }],
        ["b", { kind: "notion", reference: "2f2e3d4c5b6a79880123456789abcdef" }],
        [
          "c",
          {
            kind: "airtable",
            base: "appX",
            table: "Issues",
            key: "Number",
            mark: { field: "Gone", value: "true" },
          },
        ],
      ]),
    );
    expect([...must(crm, "crm").schedules]).toEqual([
      ["issues", { kind: "interval", everyMs: 900_000 }],
      ["all", { kind: "continuous" }],
      ["repair", { kind: "manual" }],
    ]);
    expect(must(map, "map").variables).toEqual({ TOKEN: "ghp_1234567", LEVEL: "3" });
  });

  test.each([
    [
      "slips in many places, all at once",
      `${head}workers:
  a/b: { path: x }
  crm:
    pth: ./crm
    databases: { c: { airtabel: { base: b } } }
    env: { 1BAD: x }
    limits: { seconds: 0, memoryMb: 1.5 }
    zone: Mars
    schedules: { issues: 30s, all: 8d }
    sweep: { maxRemove: { percent: 200 }, first: never }
`,
    ],
    ["no path", `${head}workers: { crm: {} }\n`],
    [
      "an Airtable table without the section, beside another slip",
      `${head}workers: { crm: { path: x, zone: Mars, databases: { c: { airtable: { base: b, table: t } } } } }\n`,
    ],
    ["no Notion", "version: 1\nworkers: { crm: { path: x } }\n"],
    [
      "rules",
      `${head}workers: { crm: { path: x, sweep: { maxRemove: { cap: 3 } }, databases: { a: abc, b: abc } } }\n`,
    ],
    ["a flow", `${head}workers: { crm: { path: x } }\nflows: { users: { from: {} } }\n`],
  ])("tells %s", (_name, source) => {
    expect(told(source)).toMatchSnapshot();
  });

  test("in Airtable alone needs no Notion", () => {
    const source =
      'version: 1\nairtable: { token: "${GITHUB_TOKEN}" }\nworkers: { crm: { path: x, databases: { c: { airtable: { base: b, table: t } } } } }\n';
    expect(told(source).trim()).toBe("");
  });
});

test.each([
  ["1m", 60_000],
  ["7d", 604_800_000],
  ["36h", 129_600_000],
  ["0m", null],
  ["8d", null],
  ["169h", null],
  ["30s", null],
  ["1.5h", null],
  ["m", null],
  ["", null],
  ["Manual", null],
])("an interval of %s is %s ms", (text, everyMs) => {
  expect(parseInterval(text)).toEqual(everyMs === null ? null : { kind: "interval", everyMs });
});

test("a workspace with a larger budget says so", () => {
  const notion = (requests: number): string =>
    `version: 1\nnotion: { token: "\${NOTION_TOKEN}", requestsPerMinute: ${requests} }\nworkers: { a: { path: a } }\n`;
  const result = read(notion(600));
  expect(result).toMatchObject({
    kind: "config",
    config: { services: { notion: { requestsPerMinute: 600 } } },
  });
  expect(told(notion(1000))).toContain('"requestsPerMinute" must be 600 or less.');
});
