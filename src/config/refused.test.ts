// What keeps a config from being used, rule by rule: beside each refusal what is still let through, and
// where exactly a person is sent to mend it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadEnvironment } from "./environment.ts";
import { loadConfig, readConfig } from "./load.ts";
import type { ConfigProblem } from "./problem.ts";
import { missingServices } from "./rules/needs.ts";
import { parseStoreUrl } from "./store-url.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tandem-refused-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const environment = { N: "n", A: "a" };
const head = 'version: 1\nnotion: { token: "${N}" }\nairtable: { token: "${A}" }\n';

/** A pair by name; `more` is put below it, indented. */
function pair(name: string, fields: readonly string[], more = ""): string {
  return `  ${name}:
    notion: { database: db }
    airtable: { base: b, table: t }
    link: { airtable: Page }
    fields:
${fields.map((field) => `      - { ${field} }\n`).join("")}${more}`;
}

function problemsOf(source: string): readonly ConfigProblem[] {
  writeFileSync(join(directory, "t.yaml"), source);
  const result = readConfig({ file: "t.yaml", directory, environment });
  return result.kind === "problems" ? result.problems : result.config.warnings;
}

/** Level and path of each problem of a file with one pair. */
function told(fields: readonly string[], more = ""): readonly string[] {
  return problemsOf(`${head}pairs:\n${pair("p", fields, more)}`).map(
    ({ level, path }) => `${level} ${path.replace(/^pairs\.p\.?/u, "")}`,
  );
}

const name = "notion: Name, airtable: Title";

describe("what only can be read", () => {
  test.each([
    ["@url", []],
    ["@id", []],
    ["@created", []],
    ["@edited", []],
    ["@icon", []],
    ["@nothing", ["error fields[0].notion"]],
  ])("%s of a Notion page", (pseudo, expected) => {
    expect(told([`notion: "${pseudo}", airtable: X`])).toEqual(expected);
  });

  test.each([
    ["@url", []],
    ["@id", []],
    ["@created", []],
    ["@edited", ["error fields[0].airtable"]],
    ["@icon", ["error fields[0].airtable"]],
  ])("%s of an Airtable record", (pseudo, expected) => {
    expect(told([`notion: X, airtable: "${pseudo}"`])).toEqual(expected);
  });

  test.each<[string, string, readonly string[]]>([
    ["@url", "toAirtable", []],
    ["@url", "toNotion", ["error fields[0].direction"]],
    ["@url", "both", ["error fields[0].direction"]],
  ])("%s flows %s", (pseudo, direction, expected) => {
    expect(told([`notion: "${pseudo}", airtable: X, direction: ${direction}`])).toEqual(expected);
    const mirrored = { toAirtable: "toNotion", toNotion: "toAirtable", both: "both" }[direction];
    expect(told([`notion: X, airtable: "${pseudo}", direction: ${mirrored}`])).toEqual(expected);
  });

  test("marks no row as archived, on either side", () => {
    const marks = (notion: string, airtable: string): readonly string[] =>
      told(
        [name],
        `    archive: { notion: { property: "${notion}", value: x }, airtable: { field: "${airtable}", value: x } }\n`,
      );
    expect(marks("State", "State")).toEqual([]);
    expect(marks("@id", "State")).toEqual(["error archive.notion.property"]);
    expect(marks("State", "@id")).toEqual(["error archive.airtable.field"]);
  });
});

describe("one writer a field", () => {
  const other = "notion: Other, airtable: Title";
  test.each<[string, readonly string[], readonly string[]]>([
    ["two into one of Airtable", [name, other], ["error fields[1].airtable"]],
    ["of which one only comes back", [name, `${other}, direction: toNotion`], []],
    [
      "of which one only goes there",
      [name, `${other}, direction: toAirtable`],
      ["error fields[1].airtable"],
    ],
    ["two into one of Notion", [name, "notion: Name, airtable: X"], ["error fields[1].notion"]],
    ["of which one only goes away", [name, "notion: Name, airtable: X, direction: toAirtable"], []],
    [
      "of which one only comes in",
      [name, "notion: Name, airtable: X, direction: toNotion"],
      ["error fields[1].notion"],
    ],
    [
      "the very same mapping twice",
      [name, name],
      ["error fields[1].notion", "error fields[1].airtable"],
    ],
  ])("%s", (_, fields, expected) => {
    expect(told(fields)).toEqual(expected);
  });

  test.each<[string, string, readonly string[]]>([
    ["a stamp of its own", "    lastSynced: { notion: L, airtable: R }\n", []],
    [
      "a stamp in a mapped field of Notion",
      "    lastSynced: { notion: Name }\n",
      ["error lastSynced.notion"],
    ],
    [
      "a stamp in a mapped field of Airtable",
      "    lastSynced: { airtable: Title }\n",
      ["error lastSynced.airtable"],
    ],
    [
      "a stamp in the marker",
      "    lastSynced: { airtable: Page }\n",
      ["error lastSynced.airtable"],
    ],
    // The other side's field of that name is another field.
    [
      "a stamp named as the other side's field",
      "    lastSynced: { notion: Title, airtable: Name }\n",
      [],
    ],
    [
      "a stamp that is the archive mark",
      "    lastSynced: { notion: M }\n    archive: { notion: { property: M, value: x } }\n",
      ["error lastSynced.notion"],
    ],
    [
      "a marker that is the archive mark",
      "    archive: { airtable: { field: Page, value: x } }\n",
      ["error link.airtable"],
    ],
    [
      "an archive mark in a mapped field",
      "    archive: { airtable: { field: Title, value: x } }\n",
      [],
    ],
  ])("%s", (_, more, expected) => {
    expect(told([name], more)).toEqual(expected);
  });

  test("a marker in Notion has a field of its own too", () => {
    const source = head + "pairs:\n" + pair("p", [name]);
    const link = (field: string): readonly string[] =>
      problemsOf(
        source.replace("link: { airtable: Page }", `link: { airtable: Page, notion: ${field} }`),
      ).map(({ path }) => path);
    expect(link("Record")).toEqual([]);
    expect(link("Name")).toEqual(["pairs.p.link.notion"]);
  });
});

describe("settings that have no effect are told, and nothing is refused for them", () => {
  test.each<[string, readonly string[]]>([
    [`${name}, direction: toAirtable, owner: airtable`, ["warning fields[0].owner"]],
    [`${name}, direction: toAirtable, owner: notion`, []],
    [`${name}, direction: toNotion, owner: notion`, ["warning fields[0].owner"]],
    [`${name}, direction: toNotion, owner: airtable`, []],
    [`${name}, direction: toNotion, owner: ask`, []],
    [`${name}, owner: airtable`, []],
    [`${name}, drift: warn`, ["warning fields[0].drift"]],
    [`${name}, drift: ignore`, ["warning fields[0].drift"]],
    [`${name}, drift: revert`, []],
    [`${name}, direction: toNotion, drift: warn`, []],
  ])("%s", (field, expected) => {
    expect(told([field])).toEqual(expected);
  });

  test.each<[string, readonly string[]]>([
    ["deletes: delete", []],
    ["deletes: delete\n    archive: { airtable: delete }", ["warning archive.airtable"]],
    [
      "deletes: ignore\n    archive: { notion: { property: S, value: x } }",
      ["warning archive.notion"],
    ],
    ["deletes: ignore\n    archive: { notion: trash }", []],
    ["deletes: archive\n    archive: { airtable: delete }", []],
  ])("%s", (more, expected) => {
    expect(told([name], `    ${more}\n`)).toEqual(expected);
  });

  test("a pair without a marker is warned of", () => {
    const source = `${head}pairs:\n${pair("p", [name])}`.replace(/ +link:.*\n/u, "");
    expect(problemsOf(source).map(({ level, path }) => [level, path])).toEqual([
      ["warning", "pairs.p.link"],
    ]);
  });
});

describe("options with other names", () => {
  test.each<[string, readonly string[]]>([
    ["map: { A: X, B: Y }", []],
    ["map: { A: X, B: X }", ["error fields[0].map.B"]],
    ["map: { A: X, B: ' x ' }", ["error fields[0].map.B"]],
    ["map: { A: X, a: Y }", ["error fields[0].map.a"]],
    // The same letter as one sign and as two.
    ['map: { "\\u00e9": X, "e\\u0301": Y }', ['error fields[0].map["e\u0301"]']],
    ["map: { A: X, B: X }, direction: toAirtable", []],
    ["map: { A: X, a: Y }, direction: toAirtable", ["error fields[0].map.a"]],
    ["map: { A: X, B: X }, direction: toNotion", ["error fields[0].map.B"]],
  ])("%s", (map, expected) => {
    expect(told([`${name}, ${map}`])).toEqual(expected);
  });
});

describe("matching", () => {
  test.each<[string, readonly string[]]>([
    ["{ notion: Name, airtable: Title }", []],
    ["{ notion: Name, airtable: Other }", ["error match[0]"]],
    ["{ notion: Other, airtable: Title }", ["error match[0]"]],
  ])("by %s", (match, expected) => {
    expect(told([name, "notion: Other, airtable: Other"], `    match: [${match}]\n`)).toEqual(
      expected,
    );
  });
});

describe("a schedule", () => {
  test.each([
    ["*/15 * * * *", true],
    ["0 6 * * 1-5", true],
    ["60 * * * *", false],
    ["* 24 * * *", false],
    ["* * * *", false],
    ["hourly", false],
  ])("%s is one: %s", (schedule, isOne) => {
    const expected = isOne ? [] : ["error schedule"];
    expect(told([name], `    schedule: "${schedule}"\n`)).toEqual(expected);
  });
});

describe("two pairs", () => {
  const two = (
    first: string,
    second: string,
    change = (text: string): string => text,
  ): readonly string[] =>
    problemsOf(
      `${head}pairs:\n${pair("one", [name], first)}${change(pair("two", [name], second))}`,
    ).map(({ path }) => path);
  const filter = "    filter: { airtable: A }\n";
  const notionFilter = "    filter: { notion: { property: P } }\n";

  test("on one table and database are one too many, but where both have a filter", () => {
    expect(two("", "")).toEqual(["pairs.two"]);
    expect(two(filter, "")).toEqual(["pairs.two"]);
    expect(two("", filter)).toEqual(["pairs.two"]);
    expect(two(filter, notionFilter)).toEqual([]);
    expect(two(filter, filter)).toEqual([]);
  });

  test("on another table, base or database are none of each other's business", () => {
    expect(two("", "", (text) => text.replace("table: t", "table: u"))).toEqual([]);
    expect(two("", "", (text) => text.replace("base: b", "base: c"))).toEqual([]);
    expect(two("", "", (text) => text.replace("database: db", "database: dc"))).toEqual([]);
  });

  test("of one name are a slip, told where the second stands", () => {
    const source = `${head}pairs:\n${pair("p", [name])}${pair("p", [name])}`;
    expect(problemsOf(source)).toMatchObject([
      {
        level: "error",
        path: "",
        line: 11,
        remedy: "The same setting stands there twice; take one of the two out.",
      },
    ]);
  });
});

describe("a worker's databases", () => {
  const worker = (databases: string): readonly string[] =>
    problemsOf(`${head}workers: { w: { path: p, databases: ${databases} } }\n`).map(
      ({ path }) => path,
    );
  test.each<[string, readonly string[]]>([
    ["{ a: x, b: y }", []],
    ["{ a: x, b: x }", ["workers.w.databases.b"]],
    ["{ a: x, b: { notion: x } }", ["workers.w.databases.b"]],
    ["{ a: x, b: x, c: x }", ["workers.w.databases.b", "workers.w.databases.c"]],
    [
      "{ a: { airtable: { base: b, table: t } }, b: { airtable: { base: b, table: t, key: K } } }",
      ["workers.w.databases.b"],
    ],
    ["{ a: { airtable: { base: b, table: t } }, b: { airtable: { base: b, table: u } } }", []],
    ["{ a: { airtable: { base: b, table: t } }, b: { airtable: { base: c, table: t } } }", []],
  ])("%s", (databases, expected) => {
    expect(worker(databases)).toEqual(expected);
  });
});

describe("a service that is not there", () => {
  const path = "p";
  const airtable = { airtable: { base: "b", table: "t" } };
  test.each<[string, unknown, readonly string[]]>([
    ["nothing needs one", {}, []],
    [
      "a pair needs both",
      { pairs: { a: {}, b: {} } },
      ["notion: the pair a", "airtable: the pair a"],
    ],
    ["of which one is there", { airtable: {}, pairs: { a: {} } }, ["notion: the pair a"]],
    ["a worker alone needs Notion", { workers: { w: { path } } }, ["notion: the worker w"]],
    [
      "a worker with a page needs Notion",
      { workers: { w: { path, parent: "x", databases: { d: airtable } } } },
      ["notion: the worker w", "airtable: the worker w"],
    ],
    [
      "a worker in Airtable needs that",
      { workers: { w: { path, databases: { d: airtable } } } },
      ["airtable: the worker w"],
    ],
    [
      "a worker in Notion needs that",
      { workers: { w: { path, databases: { d: "x" } } } },
      ["notion: the worker w"],
    ],
    [
      "a worker in both needs both",
      { workers: { w: { path, databases: { d: "x", e: airtable } } } },
      ["notion: the worker w", "airtable: the worker w"],
    ],
    [
      "the worker that needs it is named",
      { workers: { v: { path, databases: { d: airtable } }, w: { path } } },
      ["notion: the worker w", "airtable: the worker v"],
    ],
    ["what is no group needs none", { pairs: [], workers: "x" }, []],
    ["a file that is none", "text", []],
  ])("%s", (_, content, expected) => {
    const found = missingServices(content).map(({ path: [service], message }) => {
      const user = /^"\w+" is missing, and (?<user>.*) needs it\.$/u.exec(message)?.groups?.[
        "user"
      ];
      return `${String(service)}: ${user}`;
    });
    expect(found).toEqual(expected);
  });
});

test.each([
  ["sqlite:./data/x.db", { kind: "sqlite", path: "./data/x.db" }],
  ["sqlite:x.db", { kind: "sqlite", path: "x.db" }],
  ["SQLITE:x.db", { kind: "sqlite", path: "x.db" }],
  ["sqlite:///var/x.db", { kind: "sqlite", path: "/var/x.db" }],
  ["sqlite://./x.db", { kind: "sqlite", path: "./x.db" }],
  ["sqlite::memory:", { kind: "sqlite", path: ":memory:" }],
  ["sqlite:", { kind: "problem", message: "The store has no path." }],
  [
    "postgres://u:p@h/d",
    { kind: "problem", message: "A PostgreSQL store is not yet in this version." },
  ],
  [
    "postgresql://h/d",
    { kind: "problem", message: "A PostgreSQL store is not yet in this version." },
  ],
  ["mysql://u:p@h/d", { kind: "problem", message: '"mysql://…@h/d" is no store.' }],
  ["./data/x.db", { kind: "problem", message: '"./data/x.db" is no store.' }],
])("the store %s", (url, expected) => {
  const remedy = "Write store: sqlite:./data/tandem.db, with the path you want.";
  const isGood = expected.kind === "sqlite";
  expect(parseStoreUrl(url)).toEqual(isGood ? expected : { ...expected, remedy });
});

describe("a file that cannot be used", () => {
  const load = (file: string, from = directory): unknown => {
    try {
      return loadConfig({ file, directory: from, environment });
    } catch (error) {
      return error;
    }
  };

  test("is named as it was given, or whole where it lies elsewhere", () => {
    writeFileSync(
      join(directory, "t.yaml"),
      `${head}pairs:\n${pair("p", [name], "    creates: x\n    deletes: y\n")}`,
    );
    mkdirSync(join(directory, "sub"));
    expect(load("t.yaml")).toMatchObject({
      code: "config_invalid",
      message: expect.stringMatching(
        /^t\.yaml has 2 problems:\n\n {2}line 11 {2}pairs\.p\.creates\n/u,
      ),
      context: { problems: 2 },
    });
    expect(load("../t.yaml", join(directory, "sub"))).toMatchObject({
      message: expect.stringContaining(`${join(directory, "t.yaml")} has 2 problems:`),
    });
  });

  test("with one problem and a warning has a problem, and the warning is not told", () => {
    writeFileSync(
      join(directory, "t.yaml"),
      `${head}pairs:\n${pair("p", [`${name}, drift: warn`], "    schedule: x\n")}`,
    );
    const error = load("t.yaml");
    expect(error).toMatchObject({ context: { problems: 1 } });
    expect(String(error)).toContain("t.yaml has a problem:");
    expect(String(error)).not.toContain("drift");
  });

  test("that cannot be read says why", () => {
    mkdirSync(join(directory, "t.yaml"));
    expect(load("t.yaml")).toMatchObject({
      code: "config_invalid",
      message: "The config at t.yaml cannot be read (EISDIR).",
    });
  });

  test("a .env file that is there and cannot be read is not passed over", () => {
    mkdirSync(join(directory, ".env"));
    expect(() => loadEnvironment(join(directory, "t.yaml"), {})).toThrow("EISDIR");
    expect(loadEnvironment(join(directory, "none", "t.yaml"), { A: "x" })).toEqual({ A: "x" });
  });
});

test("a token that is not set is told once, and one that is empty too", () => {
  const source = `${head}pairs:\n${pair("p", [name])}`;
  const said = (text: string): unknown =>
    problemsOf(text).map(({ path, line, message, remedy }) => [path, line, message, remedy]);
  expect(said(source.replace("${N}", "${GONE}"))).toEqual([
    [
      "notion.token",
      2,
      "The environment variable GONE is not set.",
      "Set GONE, put it in a .env file beside the config, or give a default: ${GONE:-…}.",
    ],
  ]);
  for (const empty of ["${GONE:-}", "${GONE:- }"]) {
    expect(said(source.replace("${N}", empty))).toEqual([
      [
        "notion.token",
        2,
        '"token" is empty.',
        "Set the environment variable that it is taken from.",
      ],
    ]);
  }
});

test("a name that stands for nothing is a slip of the file, told where it is", () => {
  expect(
    problemsOf(`${head}pairs:\n${pair("p", [name], "    filter: { airtable: *all }\n")}`),
  ).toEqual([
    {
      level: "error",
      path: "",
      line: 11,
      column: 25,
      message:
        "This is not valid YAML: Unresolved alias (the anchor must be set before the alias): all.",
      remedy: 'A value that begins with * must be quoted: "*".',
    },
  ]);
});

test("an address of a service that is none is refused, wherever it comes from", () => {
  const source = `${head}pairs:\n${pair("p", [name])}`;
  const remedy =
    "Write it whole, such as http://localhost:3000, or leave it out to reach the real service.";
  const given = source.replace('{ token: "${N}" }', '{ token: "${N}", baseUrl: "ftp://h" }');
  expect(() => problemsOf(given)).toThrow(
    expect.objectContaining({
      code: "config_invalid",
      message: "A baseUrl is no web address.",
      remedy,
    }),
  );
  writeFileSync(join(directory, "t.yaml"), source);
  const load = (url: string) =>
    loadConfig({
      file: "t.yaml",
      directory,
      environment: { ...environment, NOTION_API_BASE_URL: url },
    }).services;
  expect(() => load("h:3000")).toThrow(
    expect.objectContaining({
      message: "The environment variable NOTION_API_BASE_URL is no web address.",
      remedy,
    }),
  );
  expect(load(" ").notion?.baseUrl).toBeNull();
  expect(load(" https://h.test/x/v1// ")).toMatchObject({
    notion: { baseUrl: "https://h.test/x" },
    airtable: { baseUrl: null },
  });
});

test("in a file that is not valid as a whole, pairs that are valid are looked at too", () => {
  const source = `${head}pairs:\n${pair("p", [name], "    schedule: x\n")}${pair("q", [name], "    creates: x\n")}`;
  expect(problemsOf(source).map(({ path }) => path)).toEqual([
    "pairs.p.schedule",
    "pairs.q.creates",
  ]);
});

test("warnings come in the order of the file", () => {
  const source = `${head}pairs:\n${pair("p", [`${name}, drift: warn`])}`.replace(
    / +link:.*\n/u,
    "",
  );
  expect(problemsOf(source).map(({ level, path, line }) => [level, path, line])).toEqual([
    ["warning", "pairs.p.link", 5],
    ["warning", "pairs.p.fields[0].drift", 9],
  ]);
});
