// Drives the built program with workers: a local Notion behind it, an upstream before it, and a folder
// of its own for config, store and workers written by the test.
import { type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "../../src/core/assert.ts";
import { startNotionSandbox, type NotionSandbox } from "../../src/sandbox/notion/sandbox.ts";
import { startUpstream, type Upstream } from "../fixture/upstream.ts";
import { startProgramIn, type Done } from "./program-in.ts";

const repository = new URL("../../", import.meta.url).pathname;

export interface WorkerBench {
  readonly notion: NotionSandbox;
  readonly upstream: Upstream;
  readonly directory: string;
  readonly run: (...args: string[]) => Promise<Done>;
  readonly start: (...args: string[]) => {
    readonly child: ChildProcess;
    readonly done: Promise<Done>;
  };
  /** The JSON lines that a command prints; stderr must hold none of ours. */
  readonly json: (...args: string[]) => Promise<readonly Record<string, unknown>[]>;
  /** Copies an example beside the config, so that a test may change it. Gives its folder. */
  readonly example: (name: string) => string;
  /** Writes a worker of one file. Gives its folder. */
  readonly worker: (name: string, source: string) => string;
  /** Writes the config: the workers, each with further lines of YAML, without indentation. */
  readonly configure: (
    workers: Readonly<Record<string, readonly string[]>>,
    head?: readonly string[],
  ) => void;
  /** Live rows of a bound database, by the text of their key property. */
  readonly rows: (database: string, keyProperty: string) => Promise<ReadonlyMap<string, Row>>;
  readonly writes: () => number;
  readonly close: () => Promise<void>;
}

export interface Row {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface WorkerBenchOptions {
  readonly environment?: Readonly<Record<string, string>>;
}

export async function makeWorkerBench(options: WorkerBenchOptions = {}): Promise<WorkerBench> {
  const notion = await startNotionSandbox({ rateLimit: null });
  const upstream = await startUpstream();
  const directory = mkdtempSync(join(tmpdir(), "tandem-workers-"));
  const file = join(directory, "tandem.yaml");
  linkModules(directory);
  const start: WorkerBench["start"] = (...args) =>
    startProgramIn(directory, ["--config", file, ...args], {
      NOTION_TOKEN: notion.token,
      NOTION_API_BASE_URL: notion.url,
      ...options.environment,
    });
  const run: WorkerBench["run"] = (...args) => start(...args).done;
  const json: WorkerBench["json"] = async (...args) => {
    const { stdout, stderr, code } = await run(...args, "--json");
    if (stdout.trim() === "") throw new Error(`nothing was printed (${code}): ${stderr}`);
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const tableIds = new Map<string, string>();
  const tableIdOf = async (database: string): Promise<string> => {
    const all = await json("worker", "databases", "list");
    const view = all.find((line) => line["database"] === database);
    const binding = must(view?.["binding"], `the binding of ${database}`);
    return (binding as { tableId: string }).tableId;
  };
  return {
    notion,
    upstream,
    directory,
    run,
    start,
    json,
    example: (name) => {
      cpSync(join(repository, "examples", name), join(directory, name), { recursive: true });
      return `./${name}`;
    },
    worker: (name, source) => {
      mkdirSync(join(directory, name, "src"), { recursive: true });
      writeFileSync(join(directory, name, "package.json"), '{ "type": "module" }\n');
      writeFileSync(join(directory, name, "src/index.ts"), source);
      return `./${name}`;
    },
    configure: (workers, head = []) => {
      const lines = Object.entries(workers).flatMap(([name, more]) => [
        `  ${name}:`,
        ...[`parent: ${notion.admin.rootPageId}`, ...more].map((line) => `    ${line}`),
      ]);
      const top = ["version: 1", 'notion: { token: "${NOTION_TOKEN}" }', ...head, "workers:"];
      writeFileSync(file, `${[...top, ...lines].join("\n")}\n`);
    },
    rows: async (database, keyProperty) => {
      const known = tableIds.get(database) ?? (await tableIdOf(database));
      tableIds.set(database, known);
      const live = notion.admin.rows(known);
      return new Map(live.map((row) => [textOf(row.values[keyProperty]), row]));
    },
    writes: () =>
      notion.log.filter(
        ({ method, path }) => method !== "GET" && !/\/(?:query|search)$/u.test(path),
      ).length,
    close: async () => {
      await notion.close();
      await upstream.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function textOf(content: unknown): string {
  return typeof content === "string" ? content : JSON.stringify(content);
}

/** The workers' SDK, as `npm install` in each of them would put it there. */
function linkModules(directory: string): void {
  symlinkSync(join(repository, "node_modules"), join(directory, "node_modules"), "dir");
}
