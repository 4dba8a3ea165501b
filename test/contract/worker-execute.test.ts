// One execution in its child process: what comes back, and every way it can end instead.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Executed, PacerEntry } from "../../src/oneway/source.ts";
import {
  execute,
  executeBody,
  itemsSource,
  itemsWorker,
  settingFor,
  writeProject,
} from "../fixture/worker-project.ts";

const entry = (allowedRequests: number, lastScheduledAtMs = 0): PacerEntry => ({
  lastScheduledAtMs,
  allowedRequests,
  intervalMs: 1_000,
});

function done(executed: Executed): Extract<Executed, { kind: "done" }> {
  if (executed.kind !== "done") throw new Error(JSON.stringify(executed));
  return executed;
}

describe("an execution gives back", () => {
  test("changes, state and pacers, and takes state in", async () => {
    const { executed } = await executeBody(
      `await pacer.wait();
       return { changes: [upsert("k" + state.page)], hasMore: true, nextState: { page: state.page + 1 } };`,
      { input: { state: { json: { page: 2 } } } },
    );
    const { batch, hasMore, nextState, pacers } = done(executed);
    expect(batch.changes.map(({ key, database }) => [key, database])).toEqual([["k2", "items"]]);
    expect(hasMore).toBe(true);
    expect(nextState).toEqual({ json: { page: 3 } });
    expect(pacers.get("api")?.lastScheduledAtMs).toBeGreaterThan(0);
  });

  test("no state where none was given, and hands undefined to the first one", async () => {
    const { executed, lines } = await executeBody(
      `console.log(typeof state, Object.keys(context)); return { changes: [], hasMore: false };`,
    );
    expect(done(executed).nextState).toBeNull();
    expect(lines.map(({ text }) => text)).toEqual(["undefined [ 'notion' ]"]);
  });

  test("the same with a build in CommonJS, where the SDK may be loaded twice", async () => {
    const body = "throw new RateLimitError({ retryAfter: 2 });";
    const folder = writeProject({
      files: { "package.json": '{ "name": "w" }', "src/index.ts": itemsWorker(body) },
    });
    const { executed } = await execute(itemsSource(settingFor(folder)));
    expect(executed).toMatchObject({ kind: "rate-limited", retryAfterMs: 2_000 });
  });

  test("an answer, and ends, whatever the worker left running", async () => {
    const startedAtMs = Date.now();
    const { executed } = await executeBody(
      `setInterval(() => {}, 1000);
       require("node:child_process").spawn("sleep", ["60"], { stdio: "inherit" });
       return { changes: [upsert("a")], hasMore: false };`,
      {
        before:
          'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    );
    expect(done(executed).batch.changes).toHaveLength(1);
    expect(Date.now() - startedAtMs).toBeLessThan(20_000);
  });

  test("ten thousand rows, and output beside them that looks like an answer", async () => {
    const { executed, lines } = await executeBody(
      `console.log('<__notion_output__>{"_tag":"success"}</__notion_output__>');
       const changes = Array.from({ length: 10000 }, (_, i) => upsert("k" + i + "x".repeat(500)));
       return { changes, hasMore: false };`,
    );
    expect(done(executed).batch.changes).toHaveLength(10_000);
    expect(lines).toHaveLength(1);
  });
});

describe("an upstream that asks for a pause", () => {
  test("is told apart, with its delay and the pacers as they stand", async () => {
    const { executed } = await executeBody(
      `await pacer.wait(); throw new RateLimitError({ retryAfter: 1.5 });`,
    );
    expect(executed).toMatchObject({
      kind: "rate-limited",
      retryAfterMs: 1_500,
      message: "Rate limited by external API",
    });
    const pacers =
      executed.kind === "rate-limited" ? executed.pacers : new Map<string, PacerEntry>();
    expect(pacers.get("api")?.lastScheduledAtMs).toBeGreaterThan(0);
  });

  test("is known by its name, and needs no delay", async () => {
    const { executed } = await executeBody(
      `const error = new Error("slow down"); error.name = "RateLimitError"; throw error;`,
    );
    expect(executed).toMatchObject({
      kind: "rate-limited",
      retryAfterMs: null,
      message: "slow down",
    });
  });
});

describe("an execution fails", () => {
  test("and tells how far its budget was used", async () => {
    const { executed } = await executeBody(`await pacer.wait(); throw new Error("no luck");`);
    const pacers = executed.kind === "failed" ? executed.pacers : undefined;
    expect(pacers?.get("api")?.lastScheduledAtMs).toBeGreaterThan(0);
  });

  const cases: readonly [string, string, object][] = [
    [
      "with its own error",
      `throw new TypeError("no luck");`,
      { why: "thrown", name: "TypeError", message: "no luck" },
    ],
    [
      "with something that is no error",
      `throw { code: 7 };`,
      { why: "thrown", message: "{ code: 7 }" },
    ],
    [
      "without a token for context.notion",
      `await context.notion.users.me({});`,
      { why: "thrown", message: expect.stringMatching(/NOTION_API_TOKEN is not set/u) },
    ],
    [
      "in a rejection nobody looks at",
      `void Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 5000));`,
      { why: "thrown", message: "lost" },
    ],
    [
      "in a timer",
      `setTimeout(() => { throw new RangeError("late"); }, 10); await new Promise((r) => setTimeout(r, 5000));`,
      { why: "thrown", name: "RangeError", message: "late" },
    ],
    [
      "by leaving",
      `process.exit(0);`,
      {
        why: "crashed",
        name: "Crash",
        message: expect.stringMatching(/exit code 0 before it gave an answer/u),
      },
    ],
    [
      "by being killed",
      `process.kill(process.pid, "SIGKILL"); await new Promise((r) => setTimeout(r, 5000));`,
      { why: "crashed", message: expect.stringMatching(/SIGKILL/u) },
    ],
    [
      "waiting for nothing",
      `await new Promise(() => {});`,
      { why: "crashed", name: "Crash", message: expect.stringMatching(/can no longer happen/u) },
    ],
    [
      "giving nothing",
      `return undefined;`,
      {
        why: "contract",
        message: expect.stringMatching(/What .execute. gave back cannot be read/u),
      },
    ],
    [
      "giving no changes",
      `return { hasMore: false };`,
      {
        why: "contract",
        message: expect.stringMatching(/must give \{ changes, hasMore, nextState \}/u),
      },
    ],
    [
      "giving what JSON cannot say",
      `return { changes: [], hasMore: false, nextState: 10n };`,
      { why: "contract", message: expect.stringMatching(/BigInt/u) },
    ],
    [
      "giving a word for hasMore",
      `return { changes: [], hasMore: "no" };`,
      { why: "contract", name: "ContractError", message: expect.stringMatching(/hasMore/u) },
    ],
    [
      "giving too much",
      `return { changes: [{ ...upsert("a"), pageContentMarkdown: "x".repeat(65 * 1024 * 1024) }], hasMore: false };`,
      { why: "contract", message: expect.stringMatching(/Give fewer changes/u) },
    ],
  ];

  test.each(cases)("%s", async (_name, body, expected) => {
    const { executed } = await executeBody(body);
    expect(executed).toMatchObject({ kind: "failed", ...expected });
  });

  test("when its sync is gone from the worker", async () => {
    const body = "return { changes: [], hasMore: false };";
    const files = { "src/index.ts": itemsWorker(body).replace('"items-sync"', '"other"') };
    const { executed } = await execute(itemsSource(settingFor(writeProject({ files }))));
    expect(executed).toMatchObject({
      kind: "failed",
      why: "contract",
      message: expect.stringMatching(/"items-sync"/u),
    });
  });

  test("when the worker speaks into the channel itself", async () => {
    const { executed, lines } = await executeBody(
      `console.log(typeof process.send); process.emit("message", { kind: "nonsense" }); return { changes: [], hasMore: false };`,
    );
    expect(lines.map(({ text }) => text)).toEqual(["undefined"]);
    expect(done(executed).hasMore).toBe(false);
  });
});

describe("limits", () => {
  test("a loop without an end is ended when its time is over", async () => {
    const { executed } = await executeBody("for (;;) {}", { limits: { seconds: 3 } });
    expect(executed).toMatchObject({
      kind: "failed",
      why: "timeout",
      name: "TimeLimit",
      message: expect.stringMatching(/3 seconds/u),
    });
  });

  test("so is a worker that does not listen to SIGTERM, a little later", async () => {
    const { executed } = await executeBody(
      `process.on("SIGTERM", () => console.log("no")); for (;;) await new Promise((r) => setTimeout(r, 50));`,
      { limits: { seconds: 2 } },
    );
    expect(executed).toMatchObject({ kind: "failed", why: "timeout" });
  });

  test("too much memory is told as that", async () => {
    const { executed } = await executeBody(
      "const all = []; for (;;) all.push(new Array(100000).fill(Math.random()));",
      { limits: { memoryMb: 64 } },
    );
    expect(executed).toMatchObject({
      kind: "failed",
      why: "memory",
      name: "MemoryLimit",
      message: expect.stringMatching(/64 MB/u),
    });
  });

  test("an abort ends it, and all that it started", async () => {
    const stop = new AbortController();
    const pidFile = `${writeProject({ files: {} })}/pid`;
    const running = executeBody(
      `const child = spawn("sleep", ["300"], { stdio: "ignore" });
       writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
       await new Promise((r) => setTimeout(r, 60000));`,
      {
        before:
          'import { spawn } from "node:child_process"; import { writeFileSync } from "node:fs";',
        input: { signal: stop.signal },
      },
    );
    const pid = Number(await waitForText(pidFile));
    stop.abort();
    expect((await running).executed).toMatchObject({
      kind: "failed",
      why: "aborted",
      name: "Stopped",
    });
    expect(await isGone(pid)).toBe(true);
  });

  test("an abort before the start starts nothing", async () => {
    const { executed, lines } = await executeBody('console.log("here"); return {};', {
      input: { signal: AbortSignal.abort() },
    });
    expect(executed).toMatchObject({ kind: "failed", why: "aborted" });
    expect(lines).toEqual([]);
  });
});

describe("pacers", () => {
  test("a new share is in force at the next wait", async () => {
    const shares: ((pacers: ReadonlyMap<string, PacerEntry>) => void)[] = [];
    const texts: string[] = [];
    const { executed } = await executeBody(
      `await pacer.wait();
       console.log("ready");
       await new Promise((r) => setTimeout(r, 1500));
       const from = Date.now();
       for (let i = 0; i < 4; i += 1) await pacer.wait();
       console.log("took", Date.now() - from);
       return { changes: [], hasMore: false };`,
      {
        input: {
          // Half a second a call, until the share of a tenth of that is told.
          pacers: new Map([["api", entry(2)]]),
          onShare: (listen) => void shares.push(listen),
          onLog: (line) => {
            texts.push(line.text);
            if (line.text === "ready") shares[0]?.(new Map([["api", entry(20)]]));
          },
        },
      },
    );
    const took = Number(texts.find((text) => text.startsWith("took"))?.slice(5));
    expect(took).toBeGreaterThanOrEqual(140);
    expect(took).toBeLessThan(1_000);
    expect(done(executed).pacers.get("api")).toMatchObject({ allowedRequests: 20 });
  });
});

test("a new share leaves what is scheduled where it is", async () => {
  const shares: ((pacers: ReadonlyMap<string, PacerEntry>) => void)[] = [];
  const beganMs = Date.now();
  const { executed } = await executeBody(
    `for (let i = 0; i < 4; i += 1) void pacer.wait();
     console.log("ready");
     await new Promise((r) => process.once("message", r));
     return { changes: [], hasMore: false };`,
    {
      input: {
        pacers: new Map([["api", entry(2)]]),
        onShare: (listen) => void shares.push(listen),
        onLog: ({ text }) => {
          if (text === "ready") shares[0]?.(new Map([["api", entry(20)]]));
        },
      },
    },
  );
  const after = done(executed).pacers.get("api");
  // Three steps of half a second from the first call on.
  expect(after?.lastScheduledAtMs).toBeGreaterThanOrEqual(beganMs + 1_500);
  expect(after?.allowedRequests).toBe(20);
});

describe("the log of a run", () => {
  test("has each line with its stream, masked, without terminal codes, and capped", async () => {
    const { lines } = await executeBody(
      `console.log("key", process.env.API_KEY, "\\u001b[31mred\\u001b[0m");
       console.error("to err\\r");
       process.stdout.write("y".repeat(100000) + "\\n");
       for (let i = 0; i < 2500; i += 1) console.log("line", i);
       return { changes: [], hasMore: false };`,
      { env: { API_KEY: "s3cr3t-value" } },
    );
    const texts = lines.filter(({ stream }) => stream === "out").map(({ text }) => text);
    expect(texts[0]).toBe("key [secret] red");
    expect(lines.find(({ stream }) => stream === "err")?.text).toBe("to err");
    expect(texts[1]).toMatch(/^y{65536}… \(cut\)$/u);
    expect(lines).toHaveLength(2_001);
    expect(lines.at(-1)).toMatchObject({ stream: "host", text: "Only 2000 lines are kept." });
  });

  test("errors are masked too", async () => {
    const { executed } = await executeBody(
      `throw new Error("bad key " + process.env.API_KEY + " for " + encodeURIComponent(process.env.API_KEY));`,
      { env: { API_KEY: "s3cr3t value" } },
    );
    expect(executed).toMatchObject({ message: "bad key [secret] for [secret]" });
    expect(JSON.stringify(executed)).not.toContain("s3cr3t");
  });

  test("and so is what is noted of a change", async () => {
    const { executed } = await executeBody(
      `return { changes: [{ ...upsert("a"), type: "patch" }, { ...upsert("b"), targetDatabaseKey: process.env.API_KEY }], hasMore: false };`,
      { env: { API_KEY: "s3cr3t-value" } },
    );
    expect(done(executed).batch.notes.map(({ message }) => message)).toEqual([
      'Its type is neither "upsert" nor "delete".',
      'It goes to "[secret]", a database that is not declared.',
    ]);
  });
});

test("the environment is what the list lets pass, and nothing else", async () => {
  const real = {
    PATH: process.env["PATH"],
    LC_ALL: "C",
    NOTION_TOKEN: "ours",
    AIRTABLE_TOKEN: "ours",
    OTHER: "ours",
    WISHED: "handed",
  };
  const files = {
    "src/index.ts": itemsWorker(
      "console.log(Object.keys(process.env).sort().join()); return { changes: [], hasMore: false };",
    ),
    ".env": "OWN=1\n",
    ".env.example": "WISHED=\nNOTION_TOKEN=\n",
  };
  const setting = settingFor(writeProject({ files }), { real });
  const { lines } = await execute(itemsSource(setting));
  expect(lines[0]?.text).toBe("LC_ALL,OWN,PATH,WISHED");
});

async function waitForText(file: string): Promise<string> {
  for (let turn = 0; turn < 400; turn += 1) {
    try {
      const text = readFileSync(file, "utf8");
      if (text !== "") return text;
    } catch {
      // Not there yet.
    }
    await sleep(50);
  }
  throw new Error(`${file} never came.`);
}

async function isGone(pid: number): Promise<boolean> {
  for (let turn = 0; turn < 100; turn += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(50);
  }
  return false;
}
