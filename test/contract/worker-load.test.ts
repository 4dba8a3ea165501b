// Loading worker projects as their authors wrote them, and what is said when there is nothing to load.
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SyncError } from "../../src/errors.ts";
import { loadWorker } from "../../src/workers/load-worker.ts";
import { itemsManifest, itemsWorker, settingFor, writeProject } from "../fixture/worker-project.ts";

const worker = itemsWorker("return { changes: [], hasMore: false };");
const plain = worker
  .replace(/\(key: string\)/u, "(key)")
  .replace(/ as const/u, "")
  .replace(/\(state: any, context: any\): Promise<any>/u, "(state, context)");

/** The same in the words of CommonJS. */
const commonJs = plain
  .replace(
    'import { RateLimitError, Worker } from "@notionhq/workers";',
    'const { RateLimitError, Worker } = require("@notionhq/workers");',
  )
  .replace(
    'import * as Builder from "@notionhq/workers/builder";',
    'const Builder = require("@notionhq/workers/builder");',
  )
  .replace(
    'import * as Schema from "@notionhq/workers/schema";',
    'const Schema = require("@notionhq/workers/schema");',
  );

const outer =
  'import { title } from "./lib/title";\nimport { twice } from "./lib/twice.js";\nvoid [title, twice];\n';
const moduleType = { "package.json": '{ "name": "w", "type": "module" }' };
const commonType = { "package.json": '{ "name": "w" }' };
const parts = {
  "src/lib/title.ts": "export const title: string = 'T';\n",
  "src/lib/twice.ts":
    "export enum Twice { A, B }\nexport const twice = (n: number): number => n * Twice.B;\n",
};

describe("a project loads", () => {
  const cases: readonly [string, Record<string, string>][] = [
    ["TypeScript, ES modules", { "src/index.ts": worker }],
    ["TypeScript, CommonJS by its package.json", { ...commonType, "src/index.ts": worker }],
    ["JavaScript, ES modules", { "index.js": plain }],
    [
      "CommonJS with module.exports",
      {
        ...commonType,
        "dist/index.js": commonJs.replace("export default worker", "module.exports = worker"),
      },
    ],
    [
      "CommonJS with exports.default",
      {
        ...commonType,
        "index.cjs": commonJs.replace("export default worker", "exports.default = worker"),
      },
    ],
    [
      "imports without an ending, and .js for .ts",
      { ...moduleType, ...parts, "src/index.ts": outer + worker },
    ],
    ["the same as CommonJS", { ...commonType, ...parts, "src/index.ts": outer + worker }],
    [
      "paths from its tsconfig.json",
      {
        ...parts,
        "tsconfig.json": '{ "compilerOptions": { "baseUrl": ".", "paths": { "~/*": ["src/*"] } } }',
        "src/index.ts": `import { title } from "~/lib/title";\nvoid title;\n${worker}`,
      },
    ],
    [
      "main without an ending, and a build beside it",
      {
        "package.json": '{ "name": "w", "type": "module", "main": "./out/worker" }',
        "out/worker.js": plain,
        "src/index.ts": "export default 7;",
      },
    ],
    [
      "exports with conditions",
      {
        "package.json":
          '{ "name": "w", "type": "module", "exports": { ".": { "types": "./x.d.ts", "import": "./lib/w.js" } } }',
        "lib/w.js": plain,
      },
    ],
    [
      "a main that was not built yet",
      {
        "package.json": '{ "name": "w", "type": "module", "main": "dist/index.js" }',
        "src/index.ts": worker,
      },
    ],
  ];

  test.each(cases)("%s", async (_name, files) => {
    const manifest = await loadWorker(settingFor(writeProject({ files })));
    expect(manifest).toEqual(itemsManifest);
  });

  test("when the path names its file, from the folder that has its package.json", async () => {
    const folder = writeProject({ files: { "workers/crm.ts": worker } });
    const setting = settingFor(join(folder, "workers/crm.ts"));
    expect(setting.project.folder).toBe(folder);
    expect(await loadWorker(setting)).toEqual(itemsManifest);
  });

  test("through a link, as tools that link packages make", async () => {
    const folder = writeProject({ files: { "src/index.ts": worker } });
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    expect(await loadWorker(settingFor(link))).toEqual(itemsManifest);
  });

  test("without any secret, and what it prints meanwhile is handed on", async () => {
    const folder = writeProject({
      files: { "src/index.ts": `${worker}\nconsole.log("hello", process.env.KEY);` },
    });
    const lines: string[] = [];
    await loadWorker(settingFor(folder), { onLog: ({ text }) => lines.push(text) });
    expect(lines).toEqual(["hello undefined"]);
  });

  test("although it holds the process open", async () => {
    const folder = writeProject({
      files: { "src/index.ts": `${worker}\nsetInterval(() => {}, 1000);` },
    });
    expect(await loadWorker(settingFor(folder))).toEqual(itemsManifest);
  });
});

async function refusal(folder: string): Promise<SyncError> {
  try {
    await loadWorker(settingFor(folder));
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
  throw new Error("It loaded.");
}

describe("a project is refused, and told how to mend it", () => {
  const old = worker.replace(
    "database: items,",
    'primaryKeyProperty: "Id", schema: { defaultName: "Items", properties: {} },',
  );
  const cases: readonly [string, Record<string, string>, RegExp, RegExp][] = [
    [
      "no Worker",
      { "src/index.ts": "export default { run: 7 };" },
      /this is no Worker\. The default export is an object without `manifest` and `run`/u,
      /export default worker/u,
    ],
    [
      "no default export",
      { "src/index.ts": "export const worker = 7;" },
      /this is no Worker/u,
      /export default worker/u,
    ],
    [
      "declarations as before 0.3",
      { "src/index.ts": old },
      /as before version 0\.3 of the SDK/u,
      /worker\.database/u,
    ],
    [
      "the same in CommonJS",
      { ...commonType, "src/index.ts": old },
      /as before version 0\.3 of the SDK/u,
      /worker\.database/u,
    ],
    [
      "a mistake in its code",
      { "src/index.ts": `const a = ;\n${worker}` },
      /it does not parse\..*src\/index\.ts:1:10/su,
      /Mend the file/u,
    ],
    [
      "a mistake in a file it imports",
      { "src/index.ts": `import "./part";\n${worker}`, "src/part.ts": "\nexport const b = (;\n" },
      /it does not parse\..*src\/part\.ts:2/su,
      /Mend the file/u,
    ],
    [
      "a mistake in JavaScript",
      { "src/index.js": `const a = ;\n${plain}` },
      /it does not parse\..*src\/index\.js:1/su,
      /Mend the file/u,
    ],
    [
      "a package that is not there",
      { "src/index.ts": `import x from "no-such-package";\nvoid x;\n${worker}` },
      /something it imports is not there\..*no-such-package/su,
      /npm install/u,
    ],
    [
      "a file that is not there",
      { "src/index.ts": `import { x } from "./gone";\nvoid x;\n${worker}` },
      /something it imports is not there\..*gone/su,
      /correct the import/u,
    ],
    [
      "an error while it is loaded",
      { "src/index.ts": `${worker}\nthrow new Error("no KEY");` },
      /it fails while it is loaded\. no KEY \(src\/index\.ts:\d+/u,
      /read secrets when it runs/u,
    ],
    [
      "process.exit while it is loaded",
      { "src/index.ts": `${worker}\nprocess.exit(3);` },
      /ended with exit code 3/u,
      /nothing but declarations/u,
    ],
    [
      "a wait that never ends while it is loaded",
      { "src/index.ts": `${worker}\nawait new Promise(() => {});` },
      /waits for something that can no longer happen/u,
      /Mend the worker/u,
    ],
    [
      "a name that is used twice",
      {
        "src/index.ts": `${worker}\nworker.pacer("items", { allowedRequests: 1, intervalMs: 1 });`,
      },
      /"items" already registered/u,
      /Mend the worker/u,
    ],
  ];

  test.each(cases)("%s", async (_name, files, message, remedy) => {
    const error = await refusal(writeProject({ files }));
    expect(error.code).toBe("config_invalid");
    expect(error.message).toMatch(message);
    expect(error.remedy).toMatch(remedy);
  });

  test("dependencies that were never installed", async () => {
    const folder = writeProject({ files: { "src/index.ts": worker }, isInstalled: false });
    const error = await refusal(folder);
    expect(error.message).toMatch(/its dependencies are not installed/u);
    expect(error.remedy).toBe(`Run \`npm install\` in ${folder}.`);
  });

  test.each([
    ["nothing at all", { "package.json": '{ "name": "w" }' }, /no file to load/u],
    ["a package.json that is none", { "package.json": "{" }, /package\.json cannot be read/u],
    ["the alpha layout", { "dist/worker.js": "", "dist/manifest.json": "{}" }, /alpha layout/u],
  ])("%s, before any code runs", async (_name, files, message) => {
    expect(() => settingFor(writeProject({ files }))).toThrow(message);
  });

  test("a path that leads nowhere, or to no project", () => {
    const folder = writeProject({ files: { "src/index.ts": worker } });
    expect(() => settingFor(join(folder, "gone"))).toThrow(/There is no worker at/u);
    expect(() => settingFor(join(folder, "src"))).toThrow(/no package\.json/u);
  });

  test("a loop without an end runs into its time limit", async () => {
    const folder = writeProject({ files: { "src/index.ts": `${worker}\nfor (;;) {}` } });
    const loading = loadWorker(settingFor(folder, { limits: { seconds: 2 } }));
    await expect(loading).rejects.toThrow(/ran for more than 2 seconds/u);
  });
});
