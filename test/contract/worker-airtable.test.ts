// An example worker whose databases the config puts into two tables of an Airtable base: the whole program
// short of its command line, with the worker's own process, against the Airtable sandbox.
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openServices } from "../../src/app.ts";
import type { Services } from "../../src/cli/services.ts";
import { loadConfig } from "../../src/config/load.ts";
import { startAirtableSandbox, type AirtableSandbox } from "../../src/sandbox/airtable/sandbox.ts";
import { startUpstream, type Upstream } from "../fixture/upstream.ts";

const repository = new URL("../../", import.meta.url).pathname;

interface Opened {
  readonly airtable: AirtableSandbox;
  readonly baseId: string;
  readonly upstream: Upstream;
  readonly directory: string;
}

// Every cycle starts a process.
vi.setConfig({ testTimeout: 120_000 });

let opened: Opened;

beforeEach(async () => {
  const airtable = await startAirtableSandbox({ rateLimit: null });
  const baseId = airtable.admin.addBase({ name: "Plans", tables: [] }).id;
  const upstream = await startUpstream();
  const directory = mkdtempSync(join(tmpdir(), "tandem-airtable-"));
  cpSync(join(repository, "examples/related-databases"), join(directory, "planner"), {
    recursive: true,
  });
  symlinkSync(join(repository, "node_modules"), join(directory, "node_modules"), "dir");
  writeFileSync(join(directory, "planner/.env"), `PLANNER_URL=${upstream.url}\n`);
  opened = { airtable, baseId, upstream, directory };
});
afterEach(async () => {
  await opened.airtable.close();
  await opened.upstream.close();
  rmSync(opened.directory, { recursive: true, force: true });
});

/** What a process of its own would do: the store is opened for it, and closed after it. */
async function withServices<T>(
  work: (services: Services["workers"]) => Promise<T>,
  tail = "",
): Promise<T> {
  const { airtable, baseId, directory } = opened;
  const table = (name: string): string =>
    `{ airtable: { base: ${baseId}, table: ${name}${tail} } }`;
  const file = join(directory, "tandem.yaml");
  writeFileSync(
    file,
    `version: 1
airtable: { token: "\${AIRTABLE_TOKEN}" }
workers:
  planner:
    path: ./planner
    databases: { tasks: ${table("Tasks")}, projects: ${table("Projects")} }
`,
  );
  const environment = {
    PATH: process.env["PATH"],
    AIRTABLE_TOKEN: airtable.token,
    AIRTABLE_ENDPOINT_URL: airtable.url,
  };
  const services = await openServices({
    config: loadConfig({ file, directory, environment }),
    signal: new AbortController().signal,
    onProgress: () => {},
    onLog: () => {},
  });
  try {
    return await work(services.workers);
  } finally {
    await services.close();
  }
}

function say(lists: Readonly<Record<string, unknown>>): void {
  opened.upstream.answer = ({ path }) => ({ json: lists[path] });
}

const write = {
  id: "T1",
  name: "Write",
  done: false,
  project: "P1",
  assignee: "mara@acme.example",
};
const print = { id: "T2", name: "Print", done: true, project: null, assignee: null };
const book = { id: "P1", name: "Book" };

function writes(): number {
  return opened.airtable.log.filter(
    ({ method, path }) => method !== "GET" && !path.endsWith("/listRecords"),
  ).length;
}

function rows(table: string): readonly Readonly<Record<string, unknown>>[] {
  return opened.airtable.admin.rows(table).map(({ fields }) => fields);
}

test("a worker's databases in two tables of a base: made, linked, unchanged, swept", async () => {
  say({ "/tasks": [write, print], "/projects": [book] });
  await withServices(async (workers) => {
    const first = await workers.trigger("tasksSync");
    expect(first).toMatchObject({ status: "ok", counts: { created: 2 }, waiting: 1 });
    await workers.trigger("projectsSync");
    const { admin } = opened.airtable;
    const [project] = admin.rows("Projects");
    const task = admin.rows("Tasks").find(({ fields }) => fields["Task ID"] === "T1");
    expect(task?.fields).toEqual({
      Name: "Write",
      "Task ID": "T1",
      State: "Open",
      Assignee: "mara@acme.example",
      Project: [project?.id],
    });
    expect(project?.fields).toEqual({ Name: "Book", "Project ID": "P1", Tasks: [task?.id] });

    const before = writes();
    for (const key of ["tasksSync", "projectsSync"]) {
      expect(await workers.trigger(key)).toMatchObject({
        status: "ok",
        counts: { created: 0, updated: 0 },
      });
    }
    expect(writes()).toBe(before);

    say({ "/tasks": [{ ...write, name: "Rewrite" }], "/projects": [book] });
    expect(await workers.trigger("tasksSync")).toMatchObject({
      counts: { updated: 1, removed: 1 },
    });
    expect(rows("Tasks")).toMatchObject([{ Name: "Rewrite", "Task ID": "T1" }]);
  });
});

test("a preview says which tables would be made, and writes nothing", async () => {
  say({ "/tasks": [write], "/projects": [book] });
  const preview = await withServices((workers) => workers.preview("tasksSync", undefined));
  expect(preview.schema.map(({ message }) => message)).toEqual(
    expect.arrayContaining([
      'Make the table "Projects" in the base.',
      'Make the table "Tasks" in the base.',
      'Add the relation "Project".',
    ]),
  );
  expect(preview.counts).toMatchObject({ created: 1 });
  expect(writes()).toBe(0);
});

test("with a mark, a removed row stays and says so, and comes back without it", async () => {
  say({ "/tasks": [write, print], "/projects": [] });
  await withServices(async (workers) => {
    await workers.trigger("tasksSync");
    say({ "/tasks": [write], "/projects": [] });
    expect(await workers.trigger("tasksSync")).toMatchObject({ counts: { removed: 1 } });
    const marked = rows("Tasks").find((fields) => fields["Task ID"] === "T2");
    expect(marked).toMatchObject({ Name: "Print", Removed: "gone" });

    say({ "/tasks": [write, print], "/projects": [] });
    expect(await workers.trigger("tasksSync")).toMatchObject({
      counts: { created: 0, revived: 1 },
    });
    expect(rows("Tasks").filter((fields) => fields["Removed"] !== undefined)).toEqual([]);
    expect(rows("Tasks")).toHaveLength(2);
  }, ", mark: { field: Removed, value: gone }");
});

test("the config may name another field for the key", async () => {
  say({ "/tasks": [write], "/projects": [] });
  await withServices(async (workers) => {
    expect(await workers.trigger("tasksSync")).toMatchObject({ counts: { created: 1 } });
    expect(rows("Tasks")).toMatchObject([{ Name: "Write", Number: "T1" }]);
    expect(await workers.trigger("tasksSync")).toMatchObject({ counts: { unchanged: 1 } });
  }, ", key: Number");
});

test("when the data file is lost, rows are taken over by their key", async () => {
  say({ "/tasks": [write, print], "/projects": [book] });
  await withServices((workers) => workers.trigger("tasksSync"));
  rmSync(join(opened.directory, "data"), { recursive: true });
  const again = await withServices((workers) => workers.trigger("tasksSync"));
  expect(again).toMatchObject({ counts: { created: 0, updated: 2 } });
  expect(rows("Tasks")).toHaveLength(2);
});
