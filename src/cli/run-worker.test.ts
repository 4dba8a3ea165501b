import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { fakeServices, fakeWorkers } from "../../test/fixture/services.ts";
import {
  cycleOf,
  databaseOf,
  heldSweep,
  noCounts,
  nowMs,
  previewOf,
  runOf,
  syncOf,
  workerOf,
} from "../../test/fixture/worker-views.ts";
import { syncId } from "../core/oneway/ids.ts";
import { SyncError } from "../errors.ts";
import { runCli } from "./run-cli.ts";
import type { Services } from "./services.ts";
import type { WorkerServices } from "./worker-services.ts";

const config =
  'version: 1\nnotion: { token: "${NOTION_TOKEN:-a}" }\nworkers: { tasks: { path: x } }\n';

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

interface Around {
  readonly isTty?: boolean;
  readonly signal?: AbortSignal;
}

function worker(
  args: readonly string[],
  answers: Partial<WorkerServices> = {},
  around: Around = {},
): Promise<Ran> {
  return tandem(["worker", ...args], { workers: fakeWorkers(answers) }, around);
}

async function tandem(
  args: readonly string[],
  answers: Partial<Services>,
  around: Around,
): Promise<Ran> {
  const directory = mkdtempSync(join(tmpdir(), "tandem-cli-"));
  writeFileSync(join(directory, "t.yaml"), config);
  let out = "";
  let err = "";
  const exit = await runCli({
    args: [...args, "-c", "t.yaml"],
    version: "1.2.3",
    open: fakeServices(answers).open,
    terminal: {
      stdin: Readable.from([]),
      stdout: { write: (text) => (out += text), isTTY: around.isTty === true },
      stderr: { write: (text) => (err += text) },
      environment: { NO_COLOR: "1" },
      directory,
      signal: around.signal ?? new AbortController().signal,
      nowMs: () => nowMs,
    },
  });
  rmSync(directory, { recursive: true });
  return { exit, out, err };
}

function lines(out: string): readonly unknown[] {
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

const unloadable = new SyncError({
  code: "config_invalid",
  message: "There is no worker.",
  remedy: "Correct workers.tasks.path.",
});

/** Another command than `worker`, in a config of one worker. */
const other = (words: readonly string[], answers: Partial<Services>): Promise<Ran> =>
  tandem(words, answers, {});

describe("other commands", () => {
  const empty = { status: async () => [] };

  test("status shows the syncs of a config without pairs", async () => {
    const workers = fakeWorkers({ status: async () => [syncOf(), syncOf({ sync: "a/b" })] });
    const plain = await other(["status"], { ...empty, workers });
    expect(plain.exit).toBe(0);
    expect(plain.out).toMatch(/^Sync .*tasks\/tasksSync.*a\/b/su);
    const json = await other(["status", "--json"], { ...empty, workers });
    expect(lines(json.out)).toMatchObject([{ type: "sync" }, { type: "sync", sync: "a/b" }]);
    expect((await other(["status", "one-pair"], { ...empty, workers })).out).toBe("");
  });

  test("serve prints each cycle and each webhook call, and with --quiet only what went wrong", async () => {
    const delivered = {
      hook: "gh/push",
      run: runOf().id,
      attempts: 1,
      retryAtMs: nowMs + 10_000,
      status: "failed" as const,
      error: { name: "Error", message: "no" },
    };
    const serve: Services["serve"] = async ({ onReady, onCycle, onDelivered }) => {
      onReady(["tasks/tasksSync runs every 15 min"]);
      onCycle(cycleOf());
      onCycle(cycleOf({ sync: "tasks/bad", status: "held", held: heldSweep }));
      onDelivered({ ...delivered, status: "ok", error: null, retryAtMs: null });
      onDelivered(delivered);
    };
    const loud = await other(["serve"], { serve });
    expect(loud.err).toContain("runs every 15 min");
    expect(loud.out).toMatch(/tasksSync {2}ok.*bad {2}held.*push {2}ok.*push {2}failed.*in 10 s/su);
    const quiet = await other(["serve", "--quiet"], { serve });
    expect(quiet.out).not.toContain("tasksSync  ok");
    expect(quiet.out).toMatch(/bad {2}held.*push {2}failed/su);
    const json = await other(["serve", "--json"], { serve });
    expect(lines(json.out).map((line) => (line as { type: string }).type)).toEqual([
      "cycle",
      "cycle",
      "webhook",
      "webhook",
    ]);
  });
});

describe("tandem worker", () => {
  test.each([
    "list",
    "status",
    "trigger",
    "exec",
    "state get",
    "state reset",
    "pause",
    "resume",
    "enable",
    "disable",
    "confirm",
    "databases list",
    "databases attach",
    "databases detach",
    "runs list",
    "runs logs",
    "webhooks list",
  ])("%s --help has an example", async (words) => {
    const { exit, out } = await worker([...words.split(" "), "--help"]);
    expect(exit).toBe(0);
    expect(out).toContain(`Example:\n  $ tandem worker ${words}`);
  });

  test("list tells a worker that cannot be loaded beside those that can, and exits 78", async () => {
    const list = async () => [workerOf(), workerOf({ name: "broken", error: unloadable })];
    const plain = await worker(["list"], { list });
    expect(plain.exit).toBe(78);
    expect(plain.out).toContain("tasksSync");
    expect(plain.out).toContain("There is no worker.");
    const json = await worker(["list", "--json"], { list });
    expect(lines(json.out)).toMatchObject([
      { type: "worker", name: "tasks", error: null },
      { type: "worker", error: { code: "config_invalid", message: "There is no worker." } },
    ]);
  });

  test("status looks once where nobody watches, with instants in ISO form", async () => {
    const status = async (): Promise<readonly [ReturnType<typeof syncOf>]> => [
      syncOf({ held: heldSweep }),
    ];
    const { exit, out } = await worker(["status", "tasksSync", "--json"], { status });
    expect(exit).toBe(0);
    expect(lines(out)).toEqual([
      expect.objectContaining({
        type: "sync",
        sync: "tasks/tasksSync",
        health: "HEALTHY",
        nextStartAt: "2026-11-21T14:10:00.000Z",
        held: expect.objectContaining({ guard: "shrunk", at: "2026-11-21T13:55:00.000Z" }),
      }),
    ]);
  });

  test("status looks again on a terminal until it is stopped, and once with --no-watch", async () => {
    const stop = new AbortController();
    let looks = 0;
    const status = async (key: string | null) => {
      expect(key).toBeNull();
      looks += 1;
      if (looks === 3) stop.abort();
      return [syncOf(), syncOf({ sync: "tasks/other" })];
    };
    const around = { isTty: true, signal: stop.signal };
    const watched = await worker(["status", "--interval", "0.1"], { status }, around);
    expect(watched.exit).toBe(0);
    expect(looks).toBe(3);
    const once = await worker(["status", "--no-watch"], { status }, { isTty: true });
    expect(looks).toBe(4);
    expect(once.out).not.toContain("\u001B");
  });

  test.each([
    ["ok", 0],
    ["stopped", 0],
    ["attention", 1],
    ["held", 3],
    ["failed", 75],
    ["rate-limited", 75],
  ] as const)("trigger of a cycle that ends %s exits %s", async (status, exit) => {
    const trigger = async (key: string) => cycleOf({ sync: key, status });
    const plain = await worker(["trigger", "tasks/tasksSync"], { trigger });
    expect(plain.exit).toBe(exit);
    expect(plain.out).toContain(`tasks/tasksSync  ${status}`);
    const quiet = await worker(["trigger", "tasksSync", "--quiet"], { trigger });
    expect(quiet.out === "").toBe(exit === 0);
  });

  test("trigger of a cycle that the destination refused exits with that code's number", async () => {
    const failure = { name: "not_shared", message: "The page is not shared." };
    const trigger = async () => cycleOf({ status: "failed", failure });
    expect((await worker(["trigger", "t"], { trigger })).exit).toBe(77);
  });

  test.each([
    ["lease_held", 75],
    ["not_shared", 77],
    ["config_invalid", 78],
    ["usage", 64],
  ] as const)("trigger that throws %s exits %s", async (code, exit) => {
    const trigger = async (): Promise<never> => {
      throw new SyncError({ code, message: "No.", remedy: "Do." });
    };
    expect((await worker(["trigger", "x"], { trigger })).exit).toBe(exit);
  });

  test("a preview hands the context on, and writes one line a row as JSON", async () => {
    const asked: unknown[] = [];
    const preview = async (key: string, context: unknown) => {
      asked.push(key, context);
      return previewOf({ counts: noCounts });
    };
    const first = await worker(["trigger", "t", "--preview"], { preview });
    expect(first.exit).toBe(0);
    const words = ["trigger", "t", "--preview", "--context", '{"page":2}', "--json"];
    const second = await worker(words, { preview });
    expect(asked).toEqual(["t", undefined, "t", { page: 2 }]);
    expect(lines(second.out)).toMatchObject([
      { type: "preview-row", op: "create", key: "T-1" },
      { type: "preview-row", op: "remove" },
      { type: "preview-row", op: "refused" },
      { type: "preview", hasMore: true, nextContext: { page: 2 } },
    ]);
  });

  test("a preview with a refused change exits 1", async () => {
    const preview = async () => previewOf();
    expect((await worker(["trigger", "t", "--preview"], { preview })).exit).toBe(1);
  });

  test.each([
    [["trigger", "t", "--context", "{}"], "--context is for previews"],
    [["trigger", "t", "--preview", "--context", "{page}"], "What --context was given is no JSON"],
    [["exec", "t", "-d", "name=Ada"], "What --data was given is no JSON"],
    [["status", "--interval", "soon"], '"soon" is no number of seconds'],
    [["runs", "list", "-n", "0"], '"0" is no number of lines'],
  ])("%j is told in two lines and exits 64", async (args, message) => {
    const { exit, out, err } = await worker(args);
    expect(exit).toBe(64);
    expect(out).toBe("");
    expect(err).toContain(message);
    expect(err.trimEnd().split("\n")).toHaveLength(2);
  });

  test("exec prints what the capability gave on stdout and its output on stderr", async () => {
    const exec: WorkerServices["exec"] = async (key, input, onLog) => {
      onLog({ atMs: nowMs, stream: "out", text: "thinking" });
      return { key, tag: "tool", output: { input }, failure: null, log: [], durationMs: 5 };
    };
    const { exit, out, err } = await worker(["exec", "greet", "-d", '{"name":"Ada"}'], { exec });
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({ input: { name: "Ada" } });
    expect(err).toContain("thinking");
  });

  test("exec of what fails exits 1 and says why", async () => {
    const failure = { name: "InvalidToolInputError", message: "name must be a text" };
    const exec: WorkerServices["exec"] = async (key) => ({
      key,
      tag: "tool",
      output: null,
      failure,
      log: [],
      durationMs: 5,
    });
    const { exit, out } = await worker(["exec", "greet"], { exec });
    expect(exit).toBe(1);
    expect(out).toContain("InvalidToolInputError: name must be a text");
  });

  test("confirm asks on a terminal, and in a script the command is the answer", async () => {
    const done: unknown[] = [];
    const act: WorkerServices["act"] = async (action) => {
      done.push(action);
      return "The next cycle may remove 80 rows.";
    };
    const asked = await worker(["confirm", "t"], { act }, { isTty: true });
    expect(asked).toMatchObject({ exit: 0, out: "" });
    expect(asked.err).toContain("--yes");
    expect(done).toEqual([]);
    expect((await worker(["confirm", "t"], { act })).out).toContain("may remove 80 rows");
    expect((await worker(["pause", "t"], { act }, { isTty: true })).exit).toBe(0);
    expect((await worker(["state", "reset", "t", "--yes"], { act }, { isTty: true })).exit).toBe(0);
    expect(done).toEqual([
      { kind: "confirm", key: "t" },
      { kind: "pause", key: "t" },
      { kind: "reset", key: "t" },
    ]);
  });

  test("state get prints JSON alone on stdout", async () => {
    const state: WorkerServices["state"] = async (key) => ({
      sync: `tasks/${key}`,
      state: { cursor: 7 },
      bytes: 12,
      cycle: null,
      cyclesDone: 2,
    });
    const { out, err } = await worker(["state", "get", "t"], { state });
    expect(JSON.parse(out)).toEqual({ cursor: 7 });
    expect(err).toContain("12 bytes of 262144");
  });

  test("databases, webhooks and runs are listed, attached and detached", async () => {
    const answers: Partial<WorkerServices> = {
      databases: async () => [databaseOf()],
      webhooks: async () => [],
      runs: async () => [runOf()],
      log: async () => ({ run: runOf(), lines: [{ atMs: nowMs, stream: "out", text: "hello" }] }),
      attach: async (key, reference) => `${key} is bound to ${reference}.`,
      detach: async (key) => `${key} is not bound any more.`,
    };
    expect((await worker(["databases", "list"], answers)).out).toContain("tasks/tasks");
    expect((await worker(["webhooks", "list"], answers)).out).toContain("No worker has a webhook");
    expect((await worker(["runs", "list"], answers)).out).toContain("20261121-135500-k7f2");
    const log = await worker(["runs", "logs", "2026", "--json"], answers);
    expect(lines(log.out)).toMatchObject([
      { type: "run", startedAt: "2026-11-21T13:55:00.000Z" },
      { type: "log", text: "hello", at: "2026-11-21T14:00:00.000Z" },
    ]);
    expect((await worker(["databases", "attach", "a", "b"], answers)).out).toContain(
      "a is bound to b.",
    );
    expect((await worker(["databases", "detach", "a"], answers)).out).toContain("not bound");
  });
});

describe("what is printed, in words and as JSON lines", () => {
  const lastFailure = { name: "TypeError", message: "no", atMs: nowMs - 1_000 };
  const cycle = {
    number: 5,
    startedAtMs: nowMs - 2_000,
    executions: 2,
    seen: 9,
    startCursor: null,
    unnamed: 0,
  };
  const line = { atMs: nowMs, stream: "out" as const, text: "hello\u001B[2J" };
  const done = { tag: "tool", output: { a: [1] }, failure: null, log: [line], durationMs: 5 };
  const failure = { name: "Error", message: "one\ntwo" };
  const answers: Partial<WorkerServices> = {
    list: async () => [workerOf(), workerOf({ name: "broken", error: unloadable })],
    status: async (key) => [
      syncOf({ sync: key ?? "all", cycle, failures: 1, lastFailure, held: heldSweep }),
      ...(key === null ? [syncOf({ lastStartAtMs: null, nextStartAtMs: null })] : []),
    ],
    trigger: async (key) =>
      cycleOf({
        sync: key,
        status: "failed",
        failure,
        retryAtMs: nowMs + 60_000,
        notes: ["a note"],
      }),
    preview: async (key) => previewOf({ sync: key, log: [line] }),
    exec: async (key, input, onLog) => {
      onLog(line);
      return input === null ? { ...done, key, failure } : { ...done, key };
    },
    state: async (key) => ({ sync: key, state: undefined, bytes: 0, cycle, cyclesDone: 2 }),
    act: async ({ kind, key }) => `${kind} of ${key} is done.`,
    databases: async () => [databaseOf()],
    attach: async (key, reference) => `${key} is bound to ${reference}.`,
    detach: async (key) => `${key} is not bound any more.`,
    runs: async (key, countMax) => [
      runOf({ sync: syncId(`${key ?? "all"}/${countMax}`), finishedAtMs: null, status: "running" }),
    ],
    log: async () => ({ run: runOf(), lines: [line] }),
    webhooks: async () => [
      { hook: "gh/issues", path: "/webhooks/gh/issues", title: "Issues", queued: 2 },
    ],
  };

  test.each([
    "list",
    "status",
    "status tasks/tasksSync",
    "trigger tasks/tasksSync",
    "trigger tasks/tasksSync --preview",
    "exec greet",
    "exec greet -d null",
    "state get tasks/tasksSync",
    "state reset tasks/tasksSync",
    "pause tasks/tasksSync",
    "confirm tasks/tasksSync",
    "databases list",
    "databases attach tasks 1f2e",
    "databases detach tasks",
    "runs list",
    "runs list tasks/tasksSync -n 7",
    "runs logs 2026",
    "webhooks list",
  ])("worker %s", async (words) => {
    const args = words.split(" ");
    const plain = await worker(args, answers);
    const json = await worker([...args, "--json"], answers);
    expect(json.exit).toBe(plain.exit);
    expect({ ...plain, json: { lines: lines(json.out), err: json.err } }).toMatchSnapshot();
  });

  test("worker trigger --preview shows fifty rows, and all of them with --verbose", async () => {
    const rows = Array.from({ length: 60 }, (_, at) => {
      const key = `T-${at}`;
      return { op: "update" as const, database: "tasks", key, cells: [], parts: [], message: null };
    });
    const preview = async () => previewOf({ rows, counts: noCounts });
    const short = await worker(["trigger", "t", "--preview"], { preview });
    expect(short.out).toContain("T-49");
    expect(short.out).not.toContain("T-50");
    expect(short.out).toContain("… and 10 rows more; --verbose shows them all");
    const long = await worker(["trigger", "t", "--preview", "--verbose"], { preview });
    expect(long.out).toContain("T-59");
  });

  test.each(["confirm t", "state reset t", "databases attach t x"])(
    "worker %s asks on a terminal first, and --yes or a script go ahead",
    async (words) => {
      const args = words.split(" ");
      const asked = await worker(args, {}, { isTty: true });
      expect(asked).toMatchObject({ exit: 0, out: "" });
      expect(asked.err).toContain("Nothing was changed. Say --yes to go on.");
      expect((await worker([...args, "--yes"], answers, { isTty: true })).out).not.toBe("");
      expect((await worker([...args, "--json"], answers, { isTty: true })).out).not.toBe("");
    },
  );

  test("worker list of a config without workers, and status without a sync, say so", async () => {
    const none = { list: async () => [], status: async () => [] };
    expect(await worker(["list"], none)).toMatchObject({
      exit: 0,
      out: "The config has no workers.\n",
    });
    expect((await worker(["status"], none)).out).toBe("No worker declares a sync.\n");
  });

  test("worker status looks again every two seconds, or as often as it is told", async () => {
    const beganMs = Date.now();
    const stop = new AbortController();
    let looks = 0;
    const status = async () => {
      if ((looks += 1) === 2) stop.abort();
      return [syncOf()];
    };
    const around = { isTty: true, signal: stop.signal };
    const { out } = await worker(["status", "--interval", "0.3"], { status }, around);
    expect(Date.now() - beganMs).toBeGreaterThanOrEqual(295);
    expect(out.split("\u001B[H\u001B[J")).toHaveLength(3);
    expect(out).toContain("Ctrl-C ends this.");
    for (const wrong of ["0.05", "90000", "-1"]) {
      expect((await worker(["status", "--interval", wrong], { status })).exit).toBe(64);
    }
  });
});
