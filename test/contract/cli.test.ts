// The program as it is started: a process of its own, its streams, its signals and its exit codes,
// against the local services.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startProductOps, type ProductOps } from "../../src/sandbox/product-ops.ts";

const main = join(import.meta.dirname, "../../src/cli/main.ts");

let world: ProductOps;
let directory: string;

beforeAll(async () => {
  world = await startProductOps({ specCount: 3, isLimited: false });
  directory = mkdtempSync(join(tmpdir(), "tandem-cli-"));
  writeFileSync(join(directory, "t.yaml"), world.config());
});

afterAll(async () => {
  await world.close();
  rmSync(directory, { recursive: true });
});

interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[], more: Record<string, string> = {}): ChildProcess {
  const { PATH: path = "" } = process.env;
  return spawn(process.execPath, [main, ...args], {
    cwd: directory,
    env: {
      PATH: path,
      NOTION_TOKEN: world.notion.token,
      AIRTABLE_TOKEN: world.airtable.token,
      ...more,
    },
  });
}

function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    let out = "";
    let err = "";
    child.stdout?.on("data", (data) => (out += String(data)));
    child.stderr?.on("data", (data) => (err += String(data)));
    child.on("close", (exit) => {
      resolve({ exit, out, err });
    });
  });
}

const tandem = (...args: readonly string[]): Promise<Ended> =>
  ended(start([...args, "-c", "t.yaml"]));

test("plan, sync, plan again: changes, done, nothing to do", async () => {
  expect(await tandem("plan", "--exit-code")).toMatchObject({ exit: 2, err: "" });
  const synced = await tandem("sync");
  expect(synced).toMatchObject({ exit: 0, err: "" });
  expect(synced.out).toContain("3 created in Airtable");
  const again = await tandem("plan", "--exit-code", "--json");
  expect(again).toMatchObject({ exit: 0, err: "" });
  expect(JSON.parse(again.out)).toMatchObject({ type: "plan", rows: 0, unchanged: 3 });
});

test("every line of a run's JSON is a line of the history", async () => {
  const { exit, out } = await tandem("sync", "--json");
  expect(exit).toBe(0);
  const lines = out.trimEnd().split("\n");
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    type: "run",
    pair: "product-specs",
    status: "ok",
    trigger: "cli",
    counts: { created: { notion: 0, airtable: 0 }, unchanged: 3 },
  });
  const { run } = JSON.parse(lines[0] ?? "") as { readonly run: string };
  // The beginning of an id is enough, where only one run begins so.
  for (const id of [run, run.slice(0, -2)]) {
    const told = await tandem("history", id, "--json");
    expect(told.exit).toBe(0);
    expect(
      told.out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ type: "run", run }]);
  }
  const verified = await tandem("history", "verify", "--json");
  expect(verified.exit).toBe(0);
});

test("a token that is not accepted ends with 77 and says what to do", async () => {
  const child = start(["sync", "-c", "t.yaml"], { NOTION_TOKEN: "ntn_wrong" });
  const { exit, out, err } = await ended(child);
  expect(exit).toBe(77);
  expect(out + err).toContain("Notion");
  expect(out + err).not.toContain("ntn_wrong");
});

test("a reader that stops reading is no error", async () => {
  const child = start(["config", "schema"]);
  child.stdout?.once("data", () => child.stdout?.destroy());
  const { exit, err } = await ended(child);
  expect(exit).toBe(0);
  expect(err).toBe("");
});

test("SIGTERM ends the sandbox and what serves, with success", async () => {
  for (const args of [
    ["sandbox", "--rows", "1"],
    ["serve", "-c", "t.yaml"],
  ]) {
    const child = start(args);
    const end = ended(child);
    const isUp = new Promise((resolve) => {
      child.stdout?.once("data", resolve);
      child.stderr?.once("data", resolve);
    });
    await isUp;
    child.kill("SIGTERM");
    expect((await end).exit).toBe(0);
  }
});
