// Drives the built program as a user does: a child process in a directory of its own, with the two
// sandboxes behind it.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProductOps, type ProductOps } from "../../src/sandbox/product-ops.ts";

/** What is driven: the built program, or another one while it is worked on. */
const program =
  process.env["TANDEM_PROGRAM"] ?? new URL("../../dist/cli/main.js", import.meta.url).pathname;

export interface Done {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Bench {
  readonly ops: ProductOps;
  readonly directory: string;
  readonly file: string;
  readonly run: (...args: string[]) => Promise<Done>;
  /** The same where no file may grow beyond so many blocks of 1,024 bytes. */
  readonly runLimited: (blocks: number, ...args: string[]) => Promise<Done>;
  readonly start: (...args: string[]) => {
    readonly child: ChildProcess;
    readonly done: Promise<Done>;
  };
  /** The audit log's lines. */
  readonly log: () => readonly Record<string, unknown>[];
  readonly requests: () => { readonly all: number; readonly writes: number };
  readonly close: () => Promise<void>;
}

export interface BenchOptions {
  readonly specCount?: number;
  readonly guards?: readonly string[];
  /** Replaces environment variables; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Changes the config's text. */
  readonly config?: (text: string) => string;
}

export async function makeBench(options: BenchOptions = {}): Promise<Bench> {
  const ops = await startProductOps({ specCount: options.specCount ?? 6, isLimited: false });
  const directory = mkdtempSync(join(tmpdir(), "tandem-e2e-"));
  const file = join(directory, "tandem.yaml");
  const guards = options.guards ?? ["hotRowSeconds: 0"];
  const config = ops.config({ directory: ".", guards });
  writeFileSync(file, options.config?.(config) ?? config);
  const startWith = (command: readonly string[]): ReturnType<Bench["start"]> => {
    const [first = process.execPath, ...rest] = command;
    const child = spawn(first, rest, {
      cwd: directory,
      env: {
        ...process.env,
        NOTION_TOKEN: ops.notion.token,
        AIRTABLE_TOKEN: ops.airtable.token,
        NO_COLOR: "1",
        ...options.environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { child, done: finished(child) };
  };
  const commandOf = (args: readonly string[]): readonly string[] => [
    process.execPath,
    program,
    "--config",
    file,
    ...args,
  ];
  const start: Bench["start"] = (...args) => startWith(commandOf(args));
  return {
    ops,
    directory,
    file,
    start,
    run: (...args) => start(...args).done,
    runLimited: (blocks, ...args) =>
      startWith(["bash", "-c", `ulimit -f ${blocks}; exec "$@"`, "bash", ...commandOf(args)]).done,
    log: () =>
      readFileSync(join(directory, "sync_history.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    requests: () => {
      const all = [...ops.notion.log, ...ops.airtable.log];
      const writes = all.filter(
        (entry) => entry.method !== "GET" && !/\/(query|listRecords)$/.test(entry.path),
      );
      return { all: all.length, writes: writes.length };
    },
    close: async () => {
      await ops.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function finished(child: ChildProcess): Promise<Done> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
}
