import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeProject } from "../../test/fixture/worker-project.ts";
import { SyncError } from "../errors.ts";
import { findProject, hasDependencies } from "./project.ts";

/** A project of these files; their content does not matter. */
function project(main: object, ...files: readonly string[]): string {
  const content = { "package.json": JSON.stringify(main) };
  return writeProject({
    files: { ...content, ...Object.fromEntries(files.map((file) => [file, ""])) },
    isInstalled: false,
  });
}

/** The file that is loaded, from the project's folder. */
function entryOf(folder: string): string {
  const found = findProject(folder);
  expect(found.folder).toBe(folder);
  return found.entry.slice(folder.length + 1);
}

function refusal(path: string): SyncError {
  try {
    findProject(path);
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
  throw new Error("It is a project.");
}

const conditions = { types: "./t.d.ts", default: "./d.js", require: "./r.js", import: "./i.js" };

describe("the file to load", () => {
  test.each<[string, object, readonly string[]]>([
    ["src/index.ts", {}, ["src/index.ts", "index.ts", "dist/index.js"]],
    ["index.js", {}, ["index.js", "dist/index.js", "build/index.js", "lib/index.js"]],
    ["dist/index.js", {}, ["dist/index.js", "build/index.js", "lib/index.js"]],
    ["build/index.mjs", {}, ["build/index.mjs", "lib/index.cjs"]],
    ["lib/index.cjs", {}, ["lib/index.cjs"]],
    ["src/index.ts", {}, ["src/index.js", "src/index.mts", "src/index.ts"]],
    ["src/index.mts", {}, ["src/index.mts", "src/index.cts", "src/index.js"]],
    ["src/index.js", {}, ["src/index.tsx", "src/index.js"]],
    ["src/index.tsx", {}, ["src/index.tsx"]],
    ["out/worker.js", { main: "./out/worker.js" }, ["out/worker.js", "src/index.ts"]],
    ["out/worker.js", { main: "out/worker" }, ["out/worker.js", "out/worker.ts"]],
    ["out/worker.ts", { main: "out/worker" }, ["out/worker.ts", "src/index.ts"]],
    ["out/index.js", { main: "out" }, ["out/index.js", "out/index.ts"]],
    ["out/index.ts", { main: "out" }, ["out/index.ts"]],
    ["src/index.ts", { main: "out/gone.js" }, ["src/index.ts"]],
    ["src/index.ts", { main: 7, exports: 7 }, ["src/index.ts"]],
    ["e.js", { exports: "./e.js", main: "./m.js" }, ["e.js", "m.js"]],
    ["m.js", { exports: "./gone.js", main: "./m.js" }, ["m.js", "src/index.ts"]],
    ["i.js", { exports: conditions }, ["i.js", "r.js", "d.js", "t.d.ts"]],
    ["r.js", { exports: conditions }, ["r.js", "d.js"]],
    ["d.js", { exports: conditions }, ["d.js"]],
    ["n.js", { exports: { ".": { import: "./i.js", node: "./n.js" } } }, ["n.js", "i.js"]],
    [
      "d.js",
      { exports: { ".": { import: { default: "./d.js" } }, "./x": "./x.js" } },
      ["d.js", "x.js"],
    ],
    ["src/index.ts", { exports: { "./x": "./x.js" } }, ["x.js", "src/index.ts"]],
  ])("is %s for %j with %j", (entry, main, files) => {
    expect(entryOf(project(main, ...files))).toBe(entry);
  });

  test("is the one that is named, in the folder with the nearest package.json", () => {
    const folder = project({}, "a/b/worker.ts", "src/index.ts");
    const path = join(folder, "a/b/worker.ts");
    expect(findProject(path)).toEqual({ folder, entry: path });
  });
});

describe("what is no project says what to do", () => {
  const code = "config_invalid";

  test("nothing there", () => {
    const path = join(project({}), "gone");
    expect(refusal(path)).toMatchObject({
      code,
      message: `There is no worker at ${path}.`,
      remedy: "Correct `path` in the config.",
    });
  });

  test("a folder without a package.json, or with a folder of that name", () => {
    const folder = project({}, "sub/file.txt", "odd/file.txt");
    mkdirSync(join(folder, "odd/package.json"));
    for (const name of ["sub", "odd"]) {
      expect(refusal(join(folder, name))).toMatchObject({
        code,
        message: `${join(folder, name)} is no worker project: it has no package.json.`,
        remedy: "Name the folder that holds the worker's package.json.",
      });
    }
  });

  test("nothing to load, and the layout of the alpha, by either of its marks", () => {
    expect(refusal(project({}, "readme.md"))).toMatchObject({
      code,
      message: expect.stringContaining("has no file to load"),
    });
    for (const file of ["dist/worker.js", "src/syncs/one.ts"]) {
      expect(refusal(project({}, file)).message).toContain("alpha layout");
    }
  });

  test("a package.json that cannot be read", () => {
    const folder = writeProject({ files: { "package.json": "{" }, isInstalled: false });
    expect(refusal(folder)).toMatchObject({
      code,
      message: expect.stringContaining(`${join(folder, "package.json")} cannot be read`),
      remedy: expect.stringContaining("npm pkg get name"),
    });
  });
});

test("dependencies count as installed in the folder or in one above it", () => {
  const folder = project({}, "workers/crm/package.json", "workers/node_modules/x/index.js");
  expect(hasDependencies(folder)).toBe(false);
  expect(hasDependencies(join(folder, "workers"))).toBe(true);
  expect(hasDependencies(join(folder, "workers/crm"))).toBe(true);
});
