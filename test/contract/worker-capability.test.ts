// Capabilities that are no syncs: tools, webhooks and automations, run on request in a child process.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { LogLine } from "../../src/oneway/source.ts";
import { loadWorker } from "../../src/workers/load-worker.ts";
import { type CapabilityResult, runCapability } from "../../src/workers/run-capability.ts";
import { itemsWorker, settingFor, writeProject } from "../fixture/worker-project.ts";

const folder = writeProject({
  files: {
    "src/index.ts": `
import { RateLimitError, Worker, WebhookVerificationError } from "@notionhq/workers";
import { j } from "@notionhq/workers/schema-builder";
const worker = new Worker();
export default worker;
worker.tool("greet", {
  title: "Greet",
  description: "Says hello",
  schema: j.object({ name: j.string() }),
  execute: ({ name }) => {
    if (name === "nobody") throw new Error("no such name");
    return "Hello, " + name;
  },
});
worker.webhook("onPush", {
  title: "Push",
  description: "",
  verify: (request) => ({ status: request.headers["x-key"] === "ok" ? 200 : 401 }),
  execute: async (events) => {
    for (const event of events) {
      if (event.body === "bad") throw new WebhookVerificationError("bad signature");
      console.log("event", event.deliveryId);
    }
  },
});
worker.automation("mail", { title: "Mail", description: "", execute: (event) => {
  if (event.pageId === "slow") throw new RateLimitError({ retryAfter: 1.5 });
  console.log(event.pageId);
} });
worker.oauth("login", { name: "login", provider: "google" });
`,
  },
});

async function run(
  key: string,
  input: unknown,
): Promise<{ result: CapabilityResult; lines: readonly string[] }> {
  const lines: LogLine[] = [];
  const result = await runCapability(settingFor(folder), {
    key,
    input,
    signal: new AbortController().signal,
    onLog: (line) => lines.push(line),
  });
  return { result, lines: lines.map(({ text }) => text) };
}

test("they are listed with what they are", async () => {
  const manifest = await loadWorker(settingFor(folder));
  expect(manifest.others).toEqual([
    { key: "greet", tag: "tool", title: "Greet", hasVerify: false },
    { key: "onPush", tag: "webhook", title: "Push", hasVerify: true },
    { key: "mail", tag: "automation", title: "Mail", hasVerify: false },
    { key: "login", tag: "oauth", title: "login", hasVerify: false },
  ]);
});

test("a tool gives its answer", async () => {
  expect((await run("greet", { name: "Ana" })).result).toEqual({
    kind: "done",
    json: "Hello, Ana",
  });
});

test("a tool's errors keep the SDK's names for them", async () => {
  expect((await run("greet", { name: 7 })).result).toMatchObject({
    kind: "failed",
    why: "thrown",
    name: "InvalidToolInputError",
    message: expect.stringMatching(/must be string/u),
  });
  expect((await run("greet", { name: "nobody" })).result).toMatchObject({
    why: "thrown",
    name: "ToolExecutionError",
    message: "no such name",
  });
});

test("a webhook checks a request, and takes its events", async () => {
  const request = (key: string) => ({
    request: {
      method: "POST",
      url: "http://x.test/",
      query: {},
      headers: { "x-key": key },
      rawBody: "",
    },
  });
  expect((await run("onPush", request("ok"))).result).toEqual({
    kind: "done",
    json: { status: 200 },
  });
  expect((await run("onPush", request("no"))).result).toEqual({
    kind: "done",
    json: { status: 401 },
  });
  const { result, lines } = await run("onPush", [{ deliveryId: "d1", body: "fine" }]);
  expect(result).toEqual({ kind: "done", json: { status: "success" } });
  expect(lines).toEqual(["event d1"]);
});

test("a webhook's doubt about a sender is known by its name", async () => {
  expect((await run("onPush", [{ deliveryId: "d1", body: "bad" }])).result).toMatchObject({
    kind: "failed",
    why: "thrown",
    name: "WebhookVerificationError",
    message: "bad signature",
  });
});

test("an automation takes its event", async () => {
  expect(await run("mail", { pageId: "p1" })).toEqual({
    result: { kind: "done", json: { status: "success" } },
    lines: ["p1"],
  });
});

test("an upstream's wish for a pause comes with its time, in milliseconds", async () => {
  expect((await run("mail", { pageId: "slow" })).result).toMatchObject({
    kind: "failed",
    why: "rate-limited",
    name: "RateLimitError",
    retryAfterMs: 1_500,
  });
});

test("what cannot run says so, and so does what is not there", async () => {
  expect((await run("login", {})).result).toMatchObject({
    kind: "failed",
    message: expect.stringMatching(/Cannot run OAuth/u),
  });
  expect((await run("gone", {})).result).toMatchObject({
    kind: "failed",
    why: "contract",
    message: expect.stringMatching(/"gone"/u),
  });
});

test("when the host is killed, a worker in a loop without an end goes too", async () => {
  const project = writeProject({
    files: { "src/index.ts": itemsWorker('console.log("pid", process.pid); for (;;) {}') },
  });
  const fixture = new URL("../fixture/worker-project.ts", import.meta.url).href;
  const program = `
    const { execute, itemsSource, settingFor } = await import(${JSON.stringify(fixture)});
    const onLog = ({ text }) => console.log(text);
    await execute(itemsSource(settingFor(${JSON.stringify(project)})), { onLog });`;
  const host = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = await new Promise<number>((resolve) => {
    host.stdout.on("data", (chunk: Buffer) => resolve(Number(String(chunk).split(" ")[1])));
  });
  expect(isAlive(pid)).toBe(true);
  host.kill("SIGKILL");
  for (let turn = 0; turn < 200 && isAlive(pid); turn += 1) await sleep(100);
  expect(isAlive(pid)).toBe(false);
});

test("a worker whose host died before it could look goes too", async () => {
  const program = fileURLToPath(new URL("../../src/workers/child/main.ts", import.meta.url));
  const nobody = "999999999";
  const child = spawn(process.execPath, [program, nobody], {
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const late = setTimeout(() => child.kill("SIGTERM"), 20_000);
  expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
  clearTimeout(late);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
