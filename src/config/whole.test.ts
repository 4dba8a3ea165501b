// The config as the rest of the program gets it, whole: what a file that says the least means, what each
// setting becomes when it says everything, and the bounds and words of each.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { readConfig, type Config } from "./load.ts";
import { problemsText } from "./problem.ts";
import { configJsonSchema } from "./schema.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tandem-whole-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

type Group = Record<string, unknown>;

function read(file: Group, environment: Record<string, string | undefined> = {}) {
  writeFileSync(join(directory, "tandem.yaml"), stringify(file));
  return readConfig({ file: "tandem.yaml", directory, environment });
}

function load(file: Group, environment: Record<string, string | undefined> = {}): Config {
  const result = read(file, environment);
  if (result.kind === "problems") throw new Error(problemsText(result.problems));
  return result.config;
}

const pair = {
  notion: { database: "1f2e3d4c5b6a79880123456789abcdef" },
  airtable: { base: "appX", table: "Tracker" },
  link: { airtable: "Page" },
  fields: [{ notion: "Name", airtable: "Title" }],
};
const least = {
  version: 1,
  notion: { token: "n" },
  airtable: { token: "a" },
  pairs: { specs: pair },
};

describe("a file that says the least", () => {
  test("means all of this", () => {
    const { warnings, ...config } = load(least, { HOME: "/home/ana", GONE: undefined });
    expect(config).toEqual({
      file: join(directory, "tandem.yaml"),
      storePath: join(directory, "data", "tandem.db"),
      historyPath: join(directory, "sync_history.jsonl"),
      services: {
        notion: { token: "n", baseUrl: null },
        airtable: { token: "a", baseUrl: null },
      },
      serve: { host: "127.0.0.1", port: 8787 },
      environment: { HOME: "/home/ana" },
      workers: [],
      pairs: [
        {
          id: "specs",
          schedule: null,
          notion: { token: "n", baseUrl: null, database: "1f2e3d4c5b6a79880123456789abcdef" },
          airtable: { token: "a", baseUrl: null, base: "appX", table: "Tracker" },
          policy: {
            id: "specs",
            names: { left: "Notion", right: "Airtable" },
            fields: [
              {
                name: "Name",
                fields: { left: "Name", right: "Title" },
                owner: "latest",
                flow: "both",
                drift: "revert",
                renames: [],
                carry: {},
              },
            ],
            match: [],
            markers: { left: null, right: "Page" },
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
          },
        },
      ],
    });
    expect(warnings.map(({ path }) => path)).toEqual(["notion.token", "airtable.token"]);
  });
});

describe("a file that says everything", () => {
  test("means all of that", () => {
    writeFileSync(join(directory, ".env"), "NOTION_TOKEN=ntn_file\nAIRTABLE_TOKEN=pat_file\n");
    const config = load(
      {
        version: 1,
        store: "sqlite:/var/tandem.db",
        history: "/var/log/h.jsonl",
        notion: { token: "${NOTION_TOKEN}", baseUrl: "https://n.test/", requestsPerMinute: 600 },
        airtable: { token: "${AIRTABLE_TOKEN}", baseUrl: "http://a.test:81/v0" },
        serve: { host: "0.0.0.0", port: 0 },
        pairs: {
          specs: {
            schedule: "*/15 * * * *",
            notion: { database: "db" },
            airtable: { base: "b", table: "t" },
            link: { notion: "Record", airtable: "Page" },
            match: [{ notion: "Name", airtable: "Title" }],
            lastSynced: { notion: "Synced L", airtable: "Synced R" },
            fields: [
              {
                notion: "Name",
                airtable: "Title",
                owner: "notion",
                direction: "both",
                drift: "revert",
                map: { Done: "Closed", Open: "New" },
                as: { zone: "Europe/Berlin", people: "email", formatting: "drop" },
              },
              { notion: "B", airtable: "B", owner: "airtable", as: { people: "name" } },
              { notion: "C", airtable: "C", owner: "merge", as: { formatting: "keep" } },
              { notion: "D", airtable: "D", owner: "ask" },
              { notion: "E", airtable: "E", direction: "toAirtable", drift: "warn" },
              { notion: "F", airtable: "F", direction: "toNotion", drift: "ignore" },
              { notion: "@edited", airtable: "Edited" },
              { notion: "Created", airtable: "@created" },
              { notion: "Name", airtable: "Copy", direction: "toAirtable" },
            ],
            creates: "none",
            deletes: "archive",
            archive: {
              notion: { property: "State", value: "Gone" },
              airtable: { field: "Status", value: "Archived" },
            },
            filter: {
              notion: { property: "Name", title: { is_not_empty: true } },
              airtable: "{A}",
            },
            guards: {
              maxRemove: { percent: 1, floor: 2, cap: 3 },
              maxCreate: { percent: 4, floor: 5, cap: 6 },
              massChange: { percent: 7, floor: 8, cap: 9 },
              massBlank: { percent: 10, floor: 11, cap: 12 },
              emptySide: "off",
              hotRowSeconds: 1.5,
              settleSeconds: 0,
              sentinel: false,
            },
          },
        },
      },
      { AIRTABLE_TOKEN: "pat_real", NOTION_API_BASE_URL: "http://unused" },
    );
    const services = {
      notion: { token: "ntn_file", baseUrl: "https://n.test", requestsPerMinute: 600 },
      airtable: { token: "pat_real", baseUrl: "http://a.test:81" },
    };
    const field = (name: string, right: string, more: Group) => ({
      name,
      fields: { left: name.replace(/ \(.*/u, ""), right },
      owner: "latest",
      flow: "both",
      drift: "revert",
      renames: [],
      carry: {},
      ...more,
    });
    expect(config).toEqual({
      file: join(directory, "tandem.yaml"),
      storePath: "/var/tandem.db",
      historyPath: "/var/log/h.jsonl",
      services,
      serve: { host: "0.0.0.0", port: 0 },
      environment: {
        NOTION_TOKEN: "ntn_file",
        AIRTABLE_TOKEN: "pat_real",
        NOTION_API_BASE_URL: "http://unused",
      },
      workers: [],
      warnings: [],
      pairs: [
        {
          id: "specs",
          schedule: "*/15 * * * *",
          notion: { ...services.notion, database: "db" },
          airtable: { ...services.airtable, base: "b", table: "t" },
          policy: {
            id: "specs",
            names: { left: "Notion", right: "Airtable" },
            fields: [
              field("Name", "Title", {
                owner: "left",
                renames: [
                  { left: "Done", right: "Closed" },
                  { left: "Open", right: "New" },
                ],
                carry: { zone: "Europe/Berlin", people: "email", formatting: "drop" },
              }),
              field("B", "B", { owner: "right", carry: { people: "name" } }),
              field("C", "C", { owner: "merge", carry: { formatting: "keep" } }),
              field("D", "D", { owner: "ask" }),
              field("E", "E", { flow: "toRight", drift: "warn" }),
              field("F", "F", { flow: "toLeft", drift: "ignore" }),
              field("@edited", "Edited", { flow: "toRight" }),
              field("Created", "@created", { flow: "toLeft" }),
              field("Name (Copy)", "Copy", { flow: "toRight" }),
            ],
            match: [{ left: "Name", right: "Title" }],
            markers: { left: "Record", right: "Page" },
            lastSynced: { left: "Synced L", right: "Synced R" },
            creates: { left: false, right: false },
            deletes: "archive",
            archive: {
              left: { kind: "mark", field: "State", value: "Gone" },
              right: { kind: "mark", field: "Status", value: "Archived" },
            },
            filters: { left: { property: "Name", title: { is_not_empty: true } }, right: "{A}" },
            guards: {
              maxRemove: { percent: 1, floor: 2, cap: 3 },
              maxCreate: { percent: 4, floor: 5, cap: 6 },
              massChange: { percent: 7, floor: 8, cap: 9 },
              massBlank: { percent: 10, floor: 11, cap: 12 },
              emptySide: "off",
              hotRowMs: 1_500,
              settleMs: 0,
            },
          },
        },
      ],
    });
  });

  test("a mapping has a name of its own, whatever the fields are called", () => {
    const fields = [
      { notion: "Name", airtable: "A" },
      { notion: "Name", airtable: "B", direction: "toAirtable" },
      { notion: "Name (B)", airtable: "C" },
      { notion: "Name", airtable: "D", direction: "toAirtable" },
    ];
    const [specs] = load({ ...least, pairs: { specs: { ...pair, fields } } }).pairs;
    expect(specs?.policy.fields.map((field) => field.name)).toEqual([
      "Name",
      "Name (B)",
      "Name (B) (C)",
      "Name (D)",
    ]);
  });

  test("a store in memory has no path", () => {
    expect(load({ ...least, store: "sqlite::memory:" }).storePath).toBe(":memory:");
  });

  test("of a worker", () => {
    mkdirSync(join(directory, "crm"));
    const config = load(
      {
        version: 1,
        notion: { token: "${T}" },
        airtable: { token: "${T}" },
        workers: {
          crm: {
            path: "crm",
            parent: "page",
            databases: {
              a: { airtable: { base: "b", table: "t" } },
              b: {
                airtable: { base: "b", table: "u", key: "Key", mark: { field: "F", value: "v" } },
              },
            },
            env: ["T", "EMPTY", "GONE"],
            envFile: "secrets/crm.env",
            limits: { seconds: 1.5, memoryMb: 64 },
            zone: "America/New_York",
            schedules: { one: "2h", two: "manual" },
            sweep: {
              maxRemove: { percent: 1, floor: 2, cap: 3 },
              minSeen: { percent: 4 },
              first: "go",
            },
            settleSeconds: 7,
            enabled: false,
          },
        },
      },
      { T: "t", EMPTY: "" },
    );
    expect(config.workers).toEqual([
      {
        name: "crm",
        path: join(directory, "crm"),
        parent: "page",
        databases: new Map<string, unknown>([
          ["a", { kind: "airtable", base: "b", table: "t", key: null, mark: null }],
          [
            "b",
            {
              kind: "airtable",
              base: "b",
              table: "u",
              key: "Key",
              mark: { field: "F", value: "v" },
            },
          ],
        ]),
        variables: { T: "t", EMPTY: "" },
        missingVariables: ["GONE"],
        envFile: join(directory, "secrets", "crm.env"),
        limits: { seconds: 1.5, memoryMb: 64 },
        zone: "America/New_York",
        schedules: new Map<string, unknown>([
          ["one", { kind: "interval", everyMs: 7_200_000 }],
          ["two", { kind: "manual" }],
        ]),
        sweep: {
          maxRemove: { percent: 1, floor: 2, cap: 3 },
          minSeen: { percent: 4 },
          first: "go",
        },
        settleMs: 7_000,
        isEnabled: false,
      },
    ]);
  });
});

/** The file with a setting put in, groups on the way made: `pairs.specs.guards.emptySide`. */
function withSetting(path: string, setting: unknown): Group {
  const file: Group = {
    ...structuredClone(least),
    workers: { crm: { path: "crm" } },
  };
  const parts = path.split(".");
  const last = parts.pop() ?? "";
  let here: Group = file;
  for (const part of parts) {
    here[part] ??= {};
    here = here[part] as Group;
  }
  here[last] = setting;
  return file;
}

/** The problems that are errors, as `path: message`. */
function refusals(path: string, setting: unknown): readonly string[] {
  const result = read(withSetting(path, setting));
  if (result.kind === "config") return [];
  const errors = result.problems.filter((problem) => problem.level === "error");
  return errors.map((problem) => `${problem.path}: ${problem.message}`);
}

const specs = "pairs.specs";
const crm = "workers.crm";

describe("the bounds of a number", () => {
  const share = ["percent", 0, 100, false] as const;
  const count = ["floor", 0, null, true] as const;
  const limits = [
    `${specs}.guards.maxCreate`,
    `${specs}.guards.massChange`,
    `${specs}.guards.massBlank`,
    `${crm}.sweep.maxRemove`,
  ];
  test.each<readonly [path: string, min: number, max: number | null, isWhole: boolean]>([
    ...[`${specs}.guards.maxRemove`, ...limits].map(
      (path) => [`${path}.${share[0]}`, share[1], share[2], share[3]] as const,
    ),
    ...limits.map((path) => [`${path}.${count[0]}`, count[1], count[2], count[3]] as const),
    [`${specs}.guards.hotRowSeconds`, 0, 86_400, false],
    [`${specs}.guards.settleSeconds`, 0, 86_400, false],
    ["serve.port", 0, 65_535, true],
    ["notion.requestsPerMinute", 1, 600, true],
    [`${crm}.limits.seconds`, 1, 86_400, false],
    [`${crm}.limits.memoryMb`, 64, 65_536, true],
    [`${crm}.sweep.minSeen.percent`, 0, 100, false],
    [`${crm}.settleSeconds`, 0, 86_400, false],
  ])("%s: from %s to %s, whole: %s", (path, min, max, isWhole) => {
    const name = path.split(".").at(-1) ?? "";
    expect(refusals(path, min)).toEqual([]);
    expect(refusals(path, min - 1)).toEqual([`${path}: "${name}" must be ${min} or more.`]);
    if (max !== null) {
      expect(refusals(path, max)).toEqual([]);
      expect(refusals(path, max + 1)).toEqual([`${path}: "${name}" must be ${max} or less.`]);
    }
    const fraction = isWhole
      ? [`${path}: "${name}" must be a whole number, and is ${min + 1.5}.`]
      : [];
    expect(refusals(path, min + 1.5)).toEqual(fraction);
    expect(refusals(path, "many")).toEqual([`${path}: "${name}" must be a number, and is a text.`]);
  });

  test.each([
    ...["maxRemove", "maxCreate", "massChange", "massBlank"].map(
      (name) => `${specs}.guards.${name}`,
    ),
    `${crm}.sweep.maxRemove`,
  ])("%s: a cap is no lower than the floor, or null for none", (path) => {
    expect(refusals(path, { floor: 4, cap: 4 })).toEqual([]);
    expect(refusals(path, { floor: 4, cap: null })).toEqual([]);
    expect(refusals(path, { floor: 0, cap: 0 })).toEqual([]);
    expect(refusals(path, { floor: 4, cap: 3 })).toEqual([
      `${path}: The floor of 4 is above the cap of 3.`,
    ]);
    expect(refusals(`${path}.cap`, -1)).toEqual([`${path}.cap: "cap" must be 0 or more.`]);
  });
});

describe("the words of a setting", () => {
  const field = (more: Group): unknown => [{ notion: "A", airtable: "A", ...more }];
  test.each<readonly [path: string, words: readonly string[], put: (word: string) => unknown]>([
    [
      "fields[0].owner",
      ["notion", "airtable", "latest", "merge", "ask"],
      (owner) => field({ owner }),
    ],
    [
      "fields[0].direction",
      ["both", "toAirtable", "toNotion"],
      (direction) => field({ direction }),
    ],
    ["fields[0].drift", ["revert", "warn", "ignore"], (drift) => field({ drift })],
    ["fields[0].as.people", ["email", "name"], (people) => field({ as: { people } })],
    ["fields[0].as.formatting", ["keep", "drop"], (formatting) => field({ as: { formatting } })],
    ["creates", ["both", "toAirtable", "toNotion", "none"], (word) => word],
    ["deletes", ["archive", "delete", "ignore"], (word) => word],
    ["archive.notion", ["trash"], (word) => word],
    ["archive.airtable", ["delete"], (word) => word],
    ["guards.emptySide", ["halt", "off"], (word) => word],
  ])("%s: %j", (path, words, put) => {
    const key = path.startsWith("fields") ? "fields" : path;
    for (const word of words) expect(refusals(`${specs}.${key}`, put(word)), word).toEqual([]);
    const name = path.split(".").at(-1) ?? "";
    expect(refusals(`${specs}.${key}`, put("nonsense"))).toEqual([
      `${specs}.${path}: "${name}" cannot be "nonsense".`,
    ]);
  });

  test("of a worker's first sweep", () => {
    for (const word of ["ask", "go"]) expect(refusals(`${crm}.sweep.first`, word)).toEqual([]);
    expect(refusals(`${crm}.sweep.first`, "maybe")).toHaveLength(1);
  });

  test.each([
    ["both", [true, true]],
    ["toNotion", [true, false]],
    ["toAirtable", [false, true]],
    ["none", [false, false]],
  ])("creates: %s makes rows left and right: %s", (creates, [left, right]) => {
    const [made] = load(withSetting(`${specs}.creates`, creates)).pairs;
    expect(made?.policy.creates).toEqual({ left, right });
  });
});

describe("a setting nobody knows is refused, at every depth", () => {
  test.each([
    "weather",
    "notion.weather",
    "airtable.weather",
    "airtable.requestsPerMinute",
    "serve.weather",
    `${specs}.weather`,
    `${specs}.notion.weather`,
    `${specs}.airtable.weather`,
    `${specs}.link.weather`,
    `${specs}.lastSynced.weather`,
    `${specs}.archive.weather`,
    `${specs}.filter.weather`,
    `${specs}.guards.weather`,
    `${specs}.guards.maxRemove.weather`,
    `${crm}.weather`,
    `${crm}.limits.weather`,
    `${crm}.sweep.weather`,
    `${crm}.sweep.maxRemove.weather`,
    `${crm}.sweep.minSeen.weather`,
  ])("%s", (path) => {
    const name = path.split(".").at(-1) ?? "";
    expect(refusals(path, 1)).toEqual([`${path}: There is no setting "${name}" here.`]);
  });

  test.each<[string, unknown]>([
    [`${specs}.fields[0].weather`, [{ notion: "A", airtable: "A", weather: 1 }]],
    [`${specs}.fields[0].as.weather`, [{ notion: "A", airtable: "A", as: { weather: 1 } }]],
    [`${specs}.match[0].weather`, [{ notion: "Name", airtable: "Title", weather: 1 }]],
  ])("%s", (path, setting) => {
    const key = path.slice(0, path.indexOf("["));
    expect(refusals(key, setting)).toEqual([`${path}: There is no setting "weather" here.`]);
  });
});

describe("the name of a pair or a worker", () => {
  const long = "a".repeat(60);
  test.each(["a", "7", "A-b_c.d", long])("%s is one", (name) => {
    expect(refusals(`pairs`, { [name]: pair })).toEqual([]);
    expect(refusals(`workers`, { [name]: { path: "p" } })).toEqual([]);
  });
  test.each(["", "-a", ".a", "_a", "a/b", "a b", "ä", `${long}a`])("%j is none", (name) => {
    const told = (kind: string): unknown =>
      expect.stringContaining(`"${name}" cannot be the name of a ${kind}.`);
    expect(refusals(`pairs`, { [name]: pair })).toEqual([told("pair")]);
    expect(refusals(`workers`, { [name]: { path: "p" } })).toEqual([told("worker")]);
  });
});

test("the JSON Schema says what the parser takes, with its defaults and bounds", () => {
  expect(configJsonSchema()).toMatchSnapshot();
});
