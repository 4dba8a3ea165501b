// What one-way syncs promise, seen from outside: brakes and confirmations, failures and resumes, kills,
// databases that were there before, pauses, and the exit codes of all that.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { must } from "../../src/core/assert.ts";
import { startProductOps } from "../../src/sandbox/product-ops.ts";
import { makeWorkerBench, type WorkerBench, type WorkerBenchOptions } from "./worker-bench.ts";

// Each command of a worker starts two processes, and some tests give a dozen commands.
vi.setConfig({ testTimeout: 300_000 });

let bench: WorkerBench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});

/** A worker that asks its upstream what to say: each execution posts its state and passes the answer on. */
const parrot = `
import { Worker } from "@notionhq/workers";
import * as Builder from "@notionhq/workers/builder";
import * as Schema from "@notionhq/workers/schema";
const worker = new Worker();
export default worker;
const items = worker.database("items", {
  type: "managed",
  initialTitle: "Items",
  primaryKeyProperty: "Key",
  schema: { properties: { Name: Schema.title(), Key: Schema.richText() } },
});
for (const [key, mode, schedule] of [["all", "replace", "1h"], ["recent", "incremental", "manual"]]) {
  worker.sync(key, {
    database: items,
    mode,
    schedule,
    execute: async (state) => {
      console.log("asking with " + process.env.UPSTREAM_KEY);
      const page = encodeURIComponent(JSON.stringify(state ?? null));
      const answer = await fetch(process.env.UPSTREAM_URL + "/" + key + "?state=" + page);
      if (!answer.ok) throw new TypeError("upstream says " + answer.status);
      const { rows, more, next } = await answer.json();
      const changes = rows.map(([id, name]) => name === null
        ? { type: "delete", key: id }
        : { type: "upsert", key: id, properties: { Name: Builder.title(name), Key: Builder.richText(id) } });
      return { changes, hasMore: more ?? false, nextState: next };
    },
  });
}
`;

type Rows = readonly (readonly [string, string | null])[];

interface Page {
  readonly rows: Rows;
  readonly more?: boolean;
  readonly next?: unknown;
}

interface Parrot extends WorkerBench {
  /** By the state an execution is handed, as JSON; `fail` answers 500. */
  readonly pages: Record<string, Page | "fail">;
  readonly keys: () => Promise<readonly string[]>;
}

async function open(
  more: readonly string[] = [],
  options: WorkerBenchOptions = {},
): Promise<Parrot> {
  const made = await makeWorkerBench(options);
  bench = made;
  const { upstream, worker, configure, rows } = made;
  const pages: Parrot["pages"] = {};
  upstream.answer = ({ query }) => {
    const page = pages[query.get("state") ?? ""] ?? "fail";
    return page === "fail" ? { status: 500 } : { json: page };
  };
  const variables = `env: { UPSTREAM_URL: "${upstream.url}", UPSTREAM_KEY: "sesame-123456" }`;
  configure({ w: [`path: ${worker("parrot", parrot)}`, variables, ...more] });
  return {
    ...made,
    pages,
    keys: async () => [...(await rows("w/items", "Key")).keys()].toSorted(),
  };
}

function numbered(count: number, from = 1): Rows {
  return Array.from({ length: count }, (_, index) => [`k${from + index}`, `Item ${from + index}`]);
}

const states = (calls: WorkerBench["upstream"]["calls"]): readonly (string | null)[] =>
  calls.map(({ query }) => query.get("state"));

test("W4: a failure on page two removes nothing; the next run begins there and remembers page one", async () => {
  const { pages, run, json, keys, upstream } = await open();
  pages["null"] = { rows: [...numbered(3), ["old", "Old"]] };
  expect(await run("worker", "trigger", "all")).toMatchObject({ code: 0 });
  pages["null"] = { rows: [["k1", "Item 1"]], more: true, next: 2 };
  pages["2"] = "fail";
  const failed = await run("worker", "trigger", "all");
  expect(failed.code).toBe(75);
  expect(failed.stdout).toContain("upstream says 500");
  expect(await keys()).toEqual(["k1", "k2", "k3", "old"]);
  expect(await json("worker", "status", "all")).toMatchObject([
    { health: "WARNING", failures: 1, cycle: { executions: 1, seen: 1 } },
  ]);
  pages["2"] = { rows: [["k2", "Item 2"]], more: true, next: 3 };
  pages["3"] = { rows: [["k3", "Item 3"]] };
  const before = upstream.calls.length;
  const resumed = await run("worker", "trigger", "w/all");
  expect(resumed.code).toBe(0);
  expect(resumed.stdout).toContain("1 removed");
  expect(states(upstream.calls.slice(before))).toEqual(["2", "3"]);
  expect(await keys()).toEqual(["k1", "k2", "k3"]);
  expect(await json("worker", "status", "all")).toMatchObject([{ health: "HEALTHY", cycle: null }]);
});

test("W5: an empty cycle is held with exit 3 until it is confirmed, and only as far as it was", async () => {
  const { pages, run, json, keys } = await open();
  pages["null"] = { rows: numbered(6) };
  await run("worker", "trigger", "all");
  pages["null"] = { rows: [] };
  const held = await run("worker", "trigger", "all");
  expect(held.code).toBe(3);
  expect(held.stdout).toContain("tandem worker confirm w/all");
  expect(await keys()).toHaveLength(6);
  expect(await json("worker", "status")).toMatchObject([
    { sync: "w/all", held: { guard: "empty", removals: 6 } },
    { sync: "w/recent", held: null },
  ]);
  expect((await run("worker", "confirm", "w/recent")).code).toBe(64);
  expect((await run("worker", "confirm", "w/all")).stdout).toContain("6 rows");
  expect((await run("worker", "trigger", "all")).stdout).toContain("6 removed");
  expect(await keys()).toEqual([]);
  pages["null"] = { rows: numbered(2) };
  expect((await run("worker", "trigger", "all")).stdout).toContain("2 updated");
  expect(await keys()).toEqual(["k1", "k2"]);
});

test("W9 W16: killed in the middle of a cycle, the next run makes no row twice and misses none", async () => {
  const { pages, run, start, keys, notion, writes } = await open(["settleSeconds: 1"]);
  pages["null"] = { rows: numbered(10), more: true, next: 2 };
  pages["2"] = { rows: numbered(10, 11) };
  for (const [skip, when] of [
    [3, "after"],
    [6, "before"],
    [9, "after"],
  ] as const) {
    const fault = { kind: "hang", when, forMs: 60_000 } as const;
    notion.faults.add({ name: "hang", fault, skip });
    const asked = notion.log.length;
    const { child, done } = start("worker", "trigger", "all");
    // A call that is merely under way has no answer either, but soon will.
    const hangs = (): number =>
      notion.log.slice(asked).filter(({ status }) => status === null).length;
    for (
      let looks = 0;
      looks < 10 && child.exitCode === null;
      looks = hangs() > 0 ? looks + 1 : 0
    ) {
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(child.exitCode).toBe(null);
    child.kill("SIGKILL");
    await done;
    notion.faults.clear();
  }
  // A create whose answer was lost is looked for, and waited for, before it is made again.
  for (let tries = 0; tries < 3; tries += 1) await run("worker", "trigger", "all");
  expect((await keys()).length).toBeLessThanOrEqual(20);
  const before = writes();
  const last = await run("worker", "trigger", "all");
  expect(new Set(await keys()).size).toBe((await keys()).length);
  expect(await keys()).toHaveLength(20);
  expect(last.stdout).toContain("20 unchanged");
  expect(writes()).toBe(before);
});

test("W6: a database that was there is taken over by key; what is foreign stays; its first sweep asks", async () => {
  const { pages, run, json, notion } = await open();
  const { dataSourceId } = notion.admin.createDatabase({
    title: "Things",
    properties: { Title: { title: {} }, Key: { rich_text: {} }, Owner: { rich_text: {} } },
  });
  const words = (content: string) => [{ text: { content } }];
  const row = (key: string) =>
    notion.admin.createPage({
      parent: { dataSourceId },
      properties: {
        Title: { title: words(`Old ${key}`) },
        Key: { rich_text: words(key) },
        Owner: { rich_text: words("Mara") },
      },
    });
  const [known, other] = [row("k1"), row("own")];
  const attached = await run("worker", "databases", "attach", "items", dataSourceId);
  expect(attached).toMatchObject({ code: 0 });
  expect(attached.stdout).toContain('bound to "Things"');
  pages["null"] = { rows: numbered(2) };
  const held = await run("worker", "trigger", "all");
  expect(held.code).toBe(3);
  expect(held.stdout).toContain("1 created, 1 updated");
  expect(notion.admin.readPage(known)?.values).toMatchObject({ Title: "Item 1", Owner: "Mara" });
  expect(notion.admin.readPage(other)?.isInTrash).toBe(false);
  expect(await json("worker", "status", "all")).toMatchObject([
    { held: { guard: "first-attached", removals: 1 } },
  ]);
  await run("worker", "confirm", "all");
  expect((await run("worker", "trigger", "all")).stdout).toContain("1 removed");
  expect(notion.admin.readPage(other)?.isInTrash).toBe(true);
  const [view] = await json("worker", "databases", "list");
  expect(view).toMatchObject({ database: "w/items", binding: { origin: "command" } });
  expect((await run("worker", "databases", "detach", "items")).code).toBe(0);
  expect(notion.admin.rows(dataSourceId)).toHaveLength(2);
  expect(await json("worker", "databases", "list")).toMatchObject([{ binding: null }]);
});

test("W13: paused it still runs by hand, disabled it does not; a reset begins from nothing and keeps the rows", async () => {
  const { pages, run, json, keys, upstream, writes, worker } = await open();
  pages["null"] = { rows: numbered(2), next: "c1" };
  pages['"c1"'] = { rows: [], next: "c1" };
  expect(await json("worker", "status", "recent")).toMatchObject([
    { health: "INITIALIZING", nextStartAt: null },
  ]);
  await run("worker", "pause", "recent");
  expect(await json("worker", "status", "recent")).toMatchObject([{ health: "PAUSED" }]);
  expect((await run("worker", "trigger", "recent")).stdout).toContain("2 created");
  await run("worker", "resume", "w/recent");
  expect(await json("worker", "status", "recent")).toMatchObject([{ health: "HEALTHY" }]);
  await run("worker", "disable", "w/recent");
  const refused = await run("worker", "trigger", "recent");
  expect(refused.code).toBe(64);
  expect(refused.stderr).toContain("tandem worker enable w/recent");
  // What has run before can be handled also while its code is broken.
  worker("parrot", "syntax error");
  expect(await run("worker", "enable", "w/recent")).toMatchObject({ code: 0 });
  expect(await json("worker", "state", "get", "w/recent")).toMatchObject([{ state: "c1" }]);
  await run("worker", "state", "reset", "w/recent");
  expect(await json("worker", "state", "get", "w/recent")).toMatchObject([{ state: null }]);
  expect((await run("worker", "trigger", "w/recent")).code).toBe(78);
  worker("parrot", parrot);
  const before = writes();
  expect((await run("worker", "trigger", "recent")).stdout).toContain("2 unchanged");
  expect(writes()).toBe(before);
  expect(states(upstream.calls)).toEqual(["null", "null"]);
  expect(await keys()).toEqual(["k1", "k2"]);
});

test("W13: serve starts what is due at once, keeps its times over a restart, and SIGTERM ends it with 0", async () => {
  const { pages, run, start, keys, upstream } = await open();
  pages["null"] = { rows: numbered(2) };
  const first = start("serve");
  while (upstream.calls.length === 0 && first.child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  first.child.kill("SIGKILL");
  await first.done;
  expect(await keys()).toEqual(["k1", "k2"]);
  const calls = upstream.calls.length;
  const second = start("serve", "--json");
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  // Not due for an hour, but somebody may ask for it.
  expect(upstream.calls.length).toBe(calls);
  pages["null"] = { rows: numbered(3) };
  expect((await run("worker", "trigger", "all")).stdout).toContain("1 created");
  second.child.kill("SIGTERM");
  expect(await second.done).toMatchObject({ code: 0, signal: null });
});

test("W16: SIGTERM in the middle of a cycle ends after the write in flight, and the next run goes on", async () => {
  const { pages, run, start, keys, notion } = await open();
  pages["null"] = { rows: numbered(30) };
  notion.faults.add({ name: "slow", fault: { kind: "slow", delayMs: 300 }, skip: 3 });
  const { child, done } = start("worker", "trigger", "all");
  while (notion.log.length < 6 && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGTERM");
  expect(await done).toMatchObject({ code: 0, signal: null });
  const made = (await keys()).length;
  expect(made).toBeLessThan(30);
  expect((await run("worker", "trigger", "all")).stdout).toContain(`${30 - made} created`);
  expect(await keys()).toHaveLength(30);
});

test("W12: what a worker prints is kept with its run, its secrets masked", async () => {
  const { pages, run, json, directory } = await open();
  pages["null"] = { rows: [] };
  await run("worker", "trigger", "all");
  const [newest] = await json("worker", "runs", "list", "all");
  const log = await run("worker", "runs", "logs", String(newest?.["id"]).slice(0, 18));
  expect(log.stdout).toContain("asking with");
  expect(log.stdout).not.toContain("sesame");
  expect(readFileSync(join(directory, "data/tandem.db")).includes("sesame-123456")).toBe(false);
});

test("W15: a state above 256 KiB is refused before anything is written, and the cursor stays", async () => {
  const { pages, run, json, writes } = await open();
  pages["null"] = { rows: [["a", "A"]], next: "c1" };
  await run("worker", "trigger", "recent");
  const before = writes();
  pages['"c1"'] = { rows: [["b", "B"]], next: "x".repeat(270_000) };
  const refused = await run("worker", "trigger", "recent");
  expect(refused.code).toBe(75);
  expect(refused.stdout).toContain("256 KiB");
  expect(writes()).toBe(before);
  expect(await json("worker", "state", "get", "recent")).toMatchObject([{ state: "c1" }]);
});

test("W15: an execution that takes too long is ended, and nothing of it is written", async () => {
  const { run, upstream, writes } = await open(["limits: { seconds: 3 }"]);
  upstream.answer = () => ({ json: { rows: numbered(2) }, delayMs: 20_000 });
  const late = await run("worker", "trigger", "all");
  expect(late.code).toBe(75);
  expect(late.stdout).toContain("more than 3 seconds");
  // The database was made; no row was.
  expect(writes()).toBe(1);
});

test("W9: when the data file is lost, the database is found again and its rows are taken over", async () => {
  const { pages, run, json, keys, notion, directory } = await open();
  pages["null"] = { rows: numbered(3) };
  await run("worker", "trigger", "all");
  const [before] = await json("worker", "databases", "list");
  rmSync(join(directory, "data"), { recursive: true });
  const again = await run("worker", "trigger", "all");
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain("3 updated");
  const [after] = await json("worker", "databases", "list");
  const { tableId } = must(before?.["binding"], "a binding") as { tableId: string };
  expect(after?.["binding"]).toMatchObject({ tableId });
  expect(await keys()).toEqual(["k1", "k2", "k3"]);
  expect(notion.log.filter(({ path }) => path === "/v1/databases")).toHaveLength(1);
});

test("W2 W5: the same worker keeps an Airtable table, beside pairs of the same config", async () => {
  const ops = await startProductOps({ specCount: 3, isLimited: false });
  try {
    const { pages, run, worker, upstream, directory } = await open([], {
      environment: {
        NOTION_API_BASE_URL: ops.notion.url,
        NOTION_TOKEN: ops.notion.token,
        AIRTABLE_TOKEN: ops.airtable.token,
      },
    });
    const workers = `workers:
  w:
    path: ${worker("parrot", parrot)}
    env: { UPSTREAM_URL: "${upstream.url}", UPSTREAM_KEY: "sesame-123456" }
    databases: { items: { airtable: { base: ${ops.baseId}, table: Items } } }
`;
    writeFileSync(join(directory, "tandem.yaml"), `${ops.config({ directory: "." })}${workers}`);
    pages["null"] = { rows: numbered(3) };
    expect((await run("worker", "trigger", "all")).stdout).toContain("3 created");
    expect((await run("sync")).stdout).toContain("3 created in Airtable");
    const asked = ops.airtable.log.length;
    expect((await run("worker", "trigger", "all")).stdout).toContain("3 unchanged");
    expect(ops.airtable.log.slice(asked).map(({ method }) => method)).toEqual(["GET"]);
    pages["null"] = {
      rows: [
        ["k1", "One"],
        ["k2", "Item 2"],
      ],
    };
    // The table was made here, so its first removal asks nobody.
    expect((await run("worker", "trigger", "all")).stdout).toContain("1 updated, 1 removed");
    pages["null"] = { rows: [] };
    expect((await run("worker", "trigger", "all")).code).toBe(3);
    const status = await run("status");
    expect(status.stdout).toMatch(/product-specs.*w\/all/su);
    const names = ops.airtable.admin.rows("Items").map(({ fields }) => fields["Name"]);
    expect(new Set(names)).toEqual(new Set(["Item 2", "One"]));
  } finally {
    await ops.close();
  }
});

test("each way to be unable has its exit code and says what to do", async () => {
  const { run, notion, configure, worker, pages } = await open();
  pages["null"] = { rows: [["a", "A"]] };
  notion.admin.unshare(notion.admin.rootPageId);
  expect((await run("worker", "trigger", "all")).code).toBe(77);
  notion.admin.share(notion.admin.rootPageId);
  expect((await run("worker", "trigger", "nothing")).code).toBe(64);
  expect((await run("worker", "runs", "logs", "nothing")).code).toBe(64);
  configure({
    bad: [`path: ${worker("broken", "export default {};")}`],
    none: ["path: ./nowhere"],
  });
  const listed = await run("worker", "list");
  expect(listed.code).toBe(78);
  expect(listed.stdout).toMatch(
    /bad.*this is\s+no\s+Worker.*none.*There\s+is\s+no\s+worker\s+at/su,
  );
  expect((await run("worker", "trigger", "bad/x")).code).toBe(78);
  const doctor = await run("doctor");
  expect(doctor.code).toBe(78);
  expect(doctor.stdout).toContain("2 problems");
  configure({ w: ["path: ./parrot", "schedules: { al: 15m }"] });
  const misspelt = await run("worker", "status");
  expect(misspelt.code).toBe(78);
  expect(misspelt.stderr).toContain('Did you mean "all"?');
});

test("a wrong token exits 77, and is not printed", async () => {
  const { pages, run } = await open([], { environment: { NOTION_TOKEN: "ntn_wrong_token" } });
  pages["null"] = { rows: [["a", "A"]] };
  const refused = await run("worker", "trigger", "all");
  expect(refused.code).toBe(77);
  expect(refused.stdout + refused.stderr).not.toContain("ntn_wrong_token");
});
