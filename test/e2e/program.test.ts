// The built program, from outside: request counts, exit codes, what is printed, and what is left when
// it is killed or told to stop.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { must } from "../../src/core/assert.ts";
import { standing } from "../fixture/standing.ts";
import { makeBench, type Bench, type BenchOptions } from "./bench.ts";

let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});

async function open(options: BenchOptions = {}): Promise<Bench> {
  bench = await makeBench(options);
  return bench;
}

const minuteMs = 60_000;

test("G1: 47 specs take at most 14 requests, and a run without edits at most 6 and no write", async () => {
  const { run, requests, ops } = await open({ specCount: 47 });
  const first = await run("sync");
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toContain("47 created in Airtable");
  expect(requests().all).toBeLessThanOrEqual(14);
  const before = requests();
  const quiet = await run("sync", "--json");
  expect(quiet.code).toBe(0);
  expect(requests().all - before.all).toBeLessThanOrEqual(6);
  expect(requests().writes).toBe(before.writes);
  const last = JSON.parse(must(quiet.stdout.trim().split("\n").at(-1), "a line")) as unknown;
  expect(last).toMatchObject({ type: "run", status: "ok", trigger: "cli" });
  expect(standing(ops).airtable).toEqual(standing(ops).notion);
});

test("plan shows, saves, and apply carries out what was shown; undo takes it back", async () => {
  const { run, ops, directory, log } = await open();
  await run("sync");
  ops.clock.advance(10 * minuteMs);
  const page = must(ops.pageIds[0], "a page");
  ops.notion.admin.editPage(page, { Sprint: { rich_text: [{ text: { content: "Sprint 77" } }] } });
  ops.clock.advance(10 * minuteMs);
  const plan = await run("plan", "--exit-code", "--out", "plan.json");
  expect(plan.code).toBe(2);
  expect(plan.stdout).toContain("Sprint 77");
  expect(JSON.parse(readFileSync(join(directory, "plan.json"), "utf8"))).toHaveLength(1);
  const applied = await run("apply", "plan.json");
  expect(applied.code).toBe(0);
  const change = must(
    log().findLast((line) => line["type"] === "change"),
    "a change",
  );
  expect(change).toMatchObject({
    side: "airtable",
    op: "update",
    fields: { Sprint: { after: "Sprint 77", rule: "F4" } },
  });
  const shown = await run("undo", String(change["run"]));
  expect(shown.stdout).toContain("Sprint 77");
  const undone = await run("undo", String(change["run"]), "--yes");
  expect(undone.code).toBe(0);
  const rows = ops.airtable.admin.rows(ops.tableId);
  expect(rows.some((row) => row.fields["Sprint"] === "Sprint 77")).toBe(false);
  expect((await run("history", "verify")).code).toBe(0);
});

test("a killed run is taken over by the next one, at any call", async () => {
  const { ops, start, run } = await open({ specCount: 12 });
  for (const call of [1, 3, 5, 6]) {
    const moment = call % 2 === 0 ? "after" : "before";
    ops.airtable.faults.add({
      name: "hang",
      fault: { kind: "hang", when: moment, forMs: 60_000 },
      skip: call,
    });
    const before = ops.airtable.log.length;
    const { child, done } = start("sync");
    while (ops.airtable.log.length <= before + call && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill("SIGKILL");
    await done;
    ops.airtable.faults.clear();
    ops.clock.advance(5 * minuteMs);
    ops.notion.admin.createPage({
      parent: { dataSourceId: ops.dataSourceId },
      title: `After kill ${call}`,
    });
    ops.clock.advance(5 * minuteMs);
  }
  await run("sync");
  ops.clock.advance(5 * minuteMs);
  const last = await run("sync");
  expect(last.code).toBe(0);
  expect(standing(ops).airtable).toEqual(standing(ops).notion);
  expect(standing(ops).airtable).toHaveLength(16);
});

test("while one run is at work, another says so and exits 75; when it dies, its lease goes", async () => {
  const { ops, run, start } = await open();
  const fault = { kind: "hang", when: "before", forMs: 120_000 } as const;
  ops.notion.faults.add({ name: "hang", fault });
  const first = start("sync");
  while (ops.notion.log.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const second = await run("sync");
  expect(second.code).toBe(75);
  expect(second.stdout + second.stderr).toContain("Another run is at work");
  first.child.kill("SIGKILL");
  await first.done;
  expect((await run("sync")).code).toBe(0);
  expect(standing(ops).airtable).toEqual(standing(ops).notion);
});

test("SIGTERM in the middle of a write finishes the call and exits 0; the next run goes on", async () => {
  const { ops, run, start } = await open({ specCount: 25 });
  ops.airtable.faults.add({ name: "slow", fault: { kind: "slow", delayMs: 800 }, skip: 2 });
  const { child, done } = start("sync");
  while (ops.airtable.log.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGTERM");
  expect(await done).toMatchObject({ code: 0, signal: null });
  expect(ops.airtable.admin.rows(ops.tableId).length).toBeLessThan(25);
  expect((await run("sync")).code).toBe(0);
  expect(standing(ops).airtable).toEqual(standing(ops).notion);
});

test("G4: an empty table halts with exit 3, and a release lets it through", async () => {
  const { ops, run } = await open();
  await run("sync");
  for (const row of ops.airtable.admin.rows(ops.tableId)) ops.airtable.admin.deleteRow(row.id);
  ops.clock.advance(10 * minuteMs);
  const halted = await run("sync");
  expect(halted.code).toBe(3);
  expect(halted.stderr + halted.stdout).toContain("tandem pair release");
  expect(ops.notion.admin.rows(ops.dataSourceId)).toHaveLength(6);
});

test("a wrong token and an unshared database exit 77 and touch nothing", async () => {
  const wrong = await open({ environment: { NOTION_TOKEN: "ntn_wrong" } });
  const refused = await wrong.run("sync");
  expect(refused.code).toBe(77);
  expect(refused.stdout + refused.stderr).not.toContain("ntn_wrong");
  await wrong.close();
  const { ops, run, requests } = await open();
  ops.notion.admin.unshare(ops.databaseId);
  ops.notion.admin.unshare(ops.dataSourceId);
  const unshared = await run("sync");
  expect(unshared.code).toBe(77);
  expect(unshared.stderr + unshared.stdout).toMatch(/connection.*add the\s+connection/is);
  expect(requests().writes).toBe(0);
});

test("a removed field stops the pair with exit 78 before any write", async () => {
  const { ops, run, requests } = await open();
  await run("sync");
  ops.airtable.admin.removeField(ops.tableId, "Sprint");
  ops.notion.admin.editPage(must(ops.pageIds[0], "a page"), {
    Priority: { select: { name: "P3" } },
  });
  ops.clock.advance(10 * minuteMs);
  const { writes } = requests();
  const stopped = await run("sync");
  expect(stopped.code).toBe(78);
  expect(stopped.stderr + stopped.stdout).toContain('"Sprint"');
  expect(requests().writes).toBe(writes);
});

const broken: readonly (readonly [string, string, number, RegExp])[] = [
  ["no YAML", "pairs: [", 78, /line 1/],
  ["an unknown key", "version: 1\nnotoin: {}\n", 78, /notoin.*(notion|did you mean)/is],
  ["an empty file", "", 78, /version/],
];

test.each(broken)("bad config: %s", async (_name, content, code, said) => {
  const { run, file, requests } = await open();
  writeFileSync(file, content);
  const done = await run("sync");
  expect(done.code).toBe(code);
  expect(done.stderr).toMatch(said);
  expect(requests().all).toBe(0);
});

test.each([
  [["sync", "nope"], 64],
  [["sink"], 64],
  [["sync", "--nope"], 64],
  [["apply", "missing.json"], 64],
  [["undo", "missing-run"], 64],
  [["conflicts", "resolve", "zzzzz", "--keep", "notion"], 64],
] as const)("wrong usage exits 64 with one clear message: %s", async (args, code) => {
  const { run, requests } = await open();
  const done = await run(...args);
  expect(done.code).toBe(code);
  expect(done.stderr.trim().split("\n").length).toBeLessThanOrEqual(3);
  expect(requests().all).toBe(0);
});
