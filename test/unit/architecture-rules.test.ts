// Shows that each rule of the house can fail: little sources that exist only here, one breach each,
// beside their lawful twins.
import { describe, expect, test } from "vitest";
import type { Breach } from "../architecture/breach.ts";
import { showBreaches } from "../architecture/breach.ts";
import { checkLayers, checkOrphans } from "../architecture/imports.ts";
import { isUnder, layers } from "../architecture/layers.ts";
import { checkShape } from "../architecture/shape.ts";
import { parseSource, type Source } from "../architecture/source.ts";
import { checkProviders, checkWords } from "../architecture/words.ts";

const source = (file: string, code: string): Source =>
  parseSource(file, `// For a test.\n${code}\n`);

const whats = (breaches: readonly Breach[]): readonly string[] =>
  breaches.map(({ line, what }) => `${line}: ${what}`);

const layerBreaches = (file: string, code: string): readonly string[] =>
  whats(checkLayers([source(file, code)]));

describe("layers", () => {
  test.each([
    ["src/core/row.ts", `import { z } from "zod";`, `2: imports the package "zod".`],
    ["src/core/row.ts", `import { hash } from "node:crypto";`, `the package "node:crypto"`],
    ["src/core/row.ts", `import { digest } from "../lib/digest.ts";`, "imports src/lib/digest.ts"],
    ["src/engine/cycle.ts", `import { a } from "../connectors/pacer.ts";`, "connectors/pacer.ts"],
    ["src/engine/cycle.ts", `import type { A } from "../config/load.ts";`, "src/config/load.ts"],
    ["src/engine/cycle.ts", `import { a } from "../store/sqlite/open.ts";`, "sqlite/open.ts"],
    ["src/connectors/notion/a.ts", `import { b } from "../airtable/b.ts";`, "airtable/b.ts"],
    ["src/store/sqlite/a.ts", `import { b } from "../../engine/b.ts";`, "src/engine/b.ts"],
    ["src/store/query.ts", `import Database from "better-sqlite3";`, `"better-sqlite3"`],
    ["src/sandbox/notion/a.ts", `import { b } from "../../core/value.ts";`, "src/core/value.ts"],
    ["src/cli/output.ts", `import { makeApp } from "../app.ts";`, "imports src/app.ts"],
    ["src/cli/output.ts", `await import("../app.ts");`, "imports src/app.ts"],
    ["src/cli/output.ts", `export { makeApp } from "../app.ts";`, "imports src/app.ts"],
    ["src/app.ts", `import { run } from "./cli/commands/sync.ts";`, "cli/commands/sync.ts"],
    ["src/lib/a.ts", `import { b } from "../../test/fixture/b.ts";`, "test/fixture/b.ts"],
    ["src/somewhere/a.ts", `export const a = 1;`, "1: belongs to no layer."],
  ])("%s: %s is a breach", (file, code, expected) => {
    const found = layerBreaches(file, code);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  test.each([
    ["src/core/carry/a.ts", `import { b } from "../value.ts";`],
    ["src/engine/cycle.ts", `import type { Store } from "../store/store.ts";`],
    ["src/connectors/notion/a.ts", `import { Client } from "@notionhq/client";`],
    ["src/connectors/notion/a.ts", `import { wait } from "../pacer.ts";`],
    ["src/cli/output.ts", `import type { App } from "../app.ts";`],
    ["src/cli/output.ts", `import { type App } from "../app.ts";`],
    ["src/cli/commands/sandbox.ts", `await import("../../sandbox/notion/sandbox.ts");`],
    ["src/cli/main.ts", `import { makeApp } from "../app.ts";`],
    ["src/core/row.test.ts", `import fc from "fast-check";`],
  ])("%s: %s is lawful", (file, code) => {
    expect(layerBreaches(file, code)).toEqual([]);
  });

  test("the table names each place once", () => {
    const owned = layers.flatMap(({ owns }) => owns);
    expect(new Set(owned).size).toBe(owned.length);
    expect(isUnder("src/store/*", "src/store/store.ts")).toBe(true);
    expect(isUnder("src/store/*", "src/store/sqlite/open.ts")).toBe(false);
  });
});

describe("orphans", () => {
  const main = source("src/cli/main.ts", `import "../lib/used.ts";`);
  const used = source("src/lib/used.ts", "export const a = 1;");
  const lonely = source("src/lib/lonely.ts", "export const b = 1;");

  test("a file that only its own test imports is a breach", () => {
    const ownTest = source("src/lib/lonely.test.ts", `import { b } from "./lonely.ts";`);
    const found = checkOrphans([main, used, lonely, ownTest]);
    expect(found.map(({ file }) => file)).toEqual(["src/lib/lonely.ts"]);
  });

  test("a fixture that a test beside its source imports is used", () => {
    const fixture = source("test/fixture/a.ts", "export const c = 1;");
    const ownTest = source("src/lib/used.test.ts", `import { c } from "../../test/fixture/a.ts";`);
    expect(checkOrphans([main, used, fixture, ownTest])).toEqual([]);
    expect(checkOrphans([main, used, fixture])).toHaveLength(1);
  });

  test("a file that a contract test imports is used", () => {
    const contract = source("test/contract/a.test.ts", `import "../../src/lib/lonely.ts";`);
    expect(checkOrphans([main, used, lonely, contract])).toEqual([]);
  });
});

describe("shape", () => {
  const lines = (count: number): string => "console;\n".repeat(count);
  const shape = (file: string, code: string): readonly string[] =>
    whats(checkShape(source(file, code)));

  test("a file must open with a comment, except a test beside its source", () => {
    const code = "export const a = 1;\n// Too late.\n";
    expect(whats(checkShape(parseSource("src/lib/a.ts", code)))).toEqual([
      "1: opens without a comment.",
    ]);
    expect(checkShape(parseSource("src/lib/a.test.ts", code))).toEqual([]);
    expect(checkShape(parseSource("src/cli/main.ts", `#!/usr/bin/env node\n// Entry.\n`))).toEqual(
      [],
    );
  });

  test("a file that only passes exports on is a breach", () => {
    expect(shape("src/lib/a.ts", `export * from "./b.ts";`)).toEqual([
      "1: only exports what others declare.",
    ]);
    expect(shape("src/lib/a.ts", `import { b } from "./b.ts";\nexport { b };`)).toHaveLength(1);
    expect(shape("src/lib/a.ts", `export * from "./b.ts";\nexport const c = 1;`)).toEqual([]);
  });

  test("a default export is a breach", () => {
    expect(shape("src/lib/a.ts", "\nexport default 1;")).toEqual(["3: has a default export."]);
    expect(shape("src/lib/a.ts", "const a = 1;\nexport { a as default };")).toHaveLength(1);
  });

  test.each(["src/lib/camelCase.ts", "src/lib/utils.ts", "src/lib/index.ts", "src/lib/a_b.ts"])(
    "%s is no name for a file",
    (file) => {
      expect(shape(file, "export const a = 1;")).toHaveLength(1);
    },
  );

  test("an import without its ending is a breach", () => {
    expect(shape("src/lib/a.ts", `import { b } from "./b";`)).toEqual([
      `2: imports "./b" without its ending.`,
    ]);
  });

  test.each(["for (;;) {\n}", "while (true) {\n}", "do {\n} while (1);", "for (; true; ) {\n}"])(
    "%j needs a bound",
    (loop) => {
      expect(shape("src/lib/a.ts", loop)).toEqual(["2: loops without a condition."]);
      expect(shape("src/lib/a.ts", `// Bound: ten pages.\n\n${loop}`)).toEqual([]);
      expect(shape("src/lib/a.ts", `// Bound: too far off.\n\n\n\n${loop}`)).toHaveLength(1);
    },
  );

  test("a loop with a condition needs none", () => {
    expect(shape("src/lib/a.ts", "for (let a = 0; a < 3; a += 1) {\n}\nwhile (b) {\n}")).toEqual(
      [],
    );
  });

  test("a source of more than 400 lines of code is a breach, blank lines and comments aside", () => {
    expect(shape("src/lib/a.ts", `${lines(400)}\n\n/* one\n two */ // three`)).toEqual([]);
    expect(shape("src/lib/a.ts", lines(401))).toEqual([
      "1: has 401 lines of code; the limit is 400.",
    ]);
    expect(shape("test/contract/a.test.ts", lines(600))).toEqual([]);
    expect(shape("test/contract/a.test.ts", lines(601))).toHaveLength(1);
    expect(shape("test/fixture/table/a.ts", lines(2_000))).toEqual([]);
  });

  test("a function of more than 70 lines, or of more than four parameters, is a breach", () => {
    expect(shape("src/lib/a.ts", `const f = () => {\n${lines(68)}};`)).toEqual([]);
    expect(shape("src/lib/a.ts", `const f = () => {\n${lines(69)}};`)).toEqual([
      "2: has a function of 71 lines; the limit is 70.",
    ]);
    expect(shape("src/lib/a.ts", "export function f(a, b, c, d) {}")).toEqual([]);
    expect(shape("src/lib/a.ts", "export function f(a, b, c, d, e) {}")).toEqual([
      "2: has a function of 5 parameters; the limit is 4.",
    ]);
    expect(shape("test/contract/a.test.ts", `const f = () => {\n${lines(99)}};`)).toEqual([]);
  });

  test("what does not parse is a breach", () => {
    expect(shape("src/lib/a.ts", "const = ;")[0]).toContain("does not parse");
  });
});

describe("words", () => {
  const words = (code: string): readonly string[] =>
    whats(checkWords(source("src/lib/a.ts", code)));

  test.each([
    ["// TODO later", "leaves a note to itself."],
    ["/* FIXME */", "leaves a note to itself."],
    ["// @ts-expect-error", "silences a checker."],
    ["// oxlint-disable-next-line", "silences a checker."],
    [`const a = "${["", "home", "me", "data"].join("/")}";`, "names a folder of one machine."],
    [`// see ${["", "Users", "me"].join("/")}`, "names a folder of one machine."],
    ["const a: any = 1;", "uses the type `any`."],
    ["const a = b as any[];", "uses the type `any`."],
    ["test.skip('a', () => {});", "marks a test with test.skip."],
    ["describe.only('a', () => {});", "marks a test with describe.only."],
    ["it.todo('a');", "marks a test with it.todo."],
  ])("%s is a breach", (code, what) => {
    expect(words(code)).toEqual([`2: ${what}`]);
  });

  test.each(["// a todo list", `const any = "TODO";`, `const a = "/v1/users/me";`, "skip.test();"])(
    "%s is lawful",
    (code) => {
      expect(words(code)).toEqual([]);
    },
  );
});

describe("services' names", () => {
  const names = (file: string, code: string): readonly string[] =>
    whats(checkProviders(source(file, code)));

  test.each([
    "const notionId = 1;",
    "const a = { airtable: 1 };",
    `const a = "Notion";`,
    "const a = `to ${b} in Airtable`;",
    "const AIRTABLE_TOKEN = 1;",
    "interface NotionRow {}",
    `type A = "notion" | "left";`,
  ])("%s is a breach in core", (code) => {
    expect(names("src/core/a.ts", code).length).toBeGreaterThan(0);
    expect(names("src/connectors/notion/a.ts", code)).toEqual([]);
    expect(names("src/core/a.test.ts", code)).toEqual([]);
  });

  test.each(["// Airtable rounds them.", "interface PairTable {}", `const a = "notional";`])(
    "%s is lawful in core",
    (code) => {
      expect(names("src/core/a.ts", code)).toEqual([]);
    },
  );
});

test("a breach is shown with its place and how to mend it", () => {
  const [breach] = checkLayers([source("src/core/a.ts", `import "zod";`)]);
  expect(showBreaches(breach === undefined ? [] : [breach])).toBe(
    `src/core/a.ts:2 imports the package "zod". Reach it through a port or a parameter: core is pure and knows nothing of the world.`,
  );
});
