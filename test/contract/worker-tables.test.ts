// Where a worker's databases are, what doctor says of them, and what a preview and a cycle are told as: in
// process, on a local Notion, with a real project that is loaded once.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { doctor } from "../../src/app/doctor.ts";
import { makeWorkers } from "../../src/app/workers.ts";
import type { DoctorFinding } from "../../src/cli/services.ts";
import { databaseId, syncId } from "../../src/core/oneway/ids.ts";
import { makeIndexed } from "../fixture/oneway-store.ts";
import { noCounts } from "../fixture/worker-views.ts";
import {
  nowMs,
  openWorkshop,
  type OpenApp,
  type WorkerApp,
  type WorkerWorkshop,
} from "../fixture/worker-app.ts";
import { crmWorker } from "../fixture/worker-sources.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let workshop: WorkerWorkshop;
let open: OpenApp;
let app: WorkerApp;
beforeAll(async () => {
  workshop = await openWorkshop({ sources: { crm: crmWorker, broken: "export default 7;" } });
  open = workshop.withConfig(["workers: { crm: { path: ./crm, parent: PARENT } }"]);
});
afterAll(() => workshop.close());
beforeEach(async () => {
  app = await open();
  answer({ changes: [], hasMore: false });
});

/** What every execution answers from now on. */
function answer(content: object): void {
  writeFileSync(join(workshop.directory, "crm/answer.json"), JSON.stringify(content));
}

const upsert = (key: string, name: string, more: object = {}): object => ({
  type: "upsert",
  key,
  properties: { Id: [[key]], Name: [[name]] },
  ...more,
});

/** A database with these columns beside its title, as a person makes one. */
function makeDatabase(title: string, columns: readonly string[] = ["Id"]): string {
  const texts = columns.map((name) => [name, { rich_text: {} }] as const);
  const properties = { Name: { title: {} }, ...Object.fromEntries(texts) };
  return workshop.notion.admin.createDatabase({ title, properties }).dataSourceId;
}

const callsOf = (method: string): number =>
  workshop.notion.log.filter(
    (call) => call.method === method && !/\/(?:query|search)$/u.test(call.path),
  ).length;
const writes = (): number => callsOf("POST") + callsOf("PATCH");

const people = databaseId("crm/people");
const teams = databaseId("crm/teams");
const none = { live: 0, trashed: 0 };

describe("the list of databases", () => {
  const listed = async (lines: readonly string[]) =>
    makeWorkers(await workshop.withConfig(["workers:", ...lines])()).databases();

  test("says of one that is bound to nothing how it will be, or what keeps it", async () => {
    expect(await makeWorkers(app).databases()).toEqual([
      {
        database: people,
        type: "managed",
        binding: null,
        rows: none,
        note: "its first cycle makes it below the worker's parent page.",
      },
      {
        database: teams,
        type: "attached",
        binding: null,
        rows: none,
        note: "attach it: tandem worker databases attach crm/teams DATABASE",
      },
    ]);
    const bare = await listed([
      "  crm: { path: ./crm, databases: { teams: x } }",
      "  broken: { path: ./broken }",
    ]);
    expect(bare.map(({ note }) => note)).toEqual([
      "set workers.crm.parent, or attach it to a database that exists.",
      "named in the config; its first cycle binds it.",
    ]);
  });
});

describe("a database that a person attaches", () => {
  test("is read and bound, and the next cycle is told of; again it is bound already", async () => {
    const services = makeWorkers(app);
    const dataSourceId = makeDatabase("Our teams");
    const before = writes();
    expect(await services.attach("teams", dataSourceId)).toBe(
      'crm/teams is bound to "Our teams". The next cycle adds: Add the property "Due" (date). Rows whose key is known are taken over.',
    );
    const [, view] = await services.databases();
    expect(view).toMatchObject({
      database: teams,
      binding: {
        database: teams,
        tableId: dataSourceId,
        title: "Our teams",
        origin: "command",
        isIndexed: false,
        maySweep: false,
      },
      note: null,
    });
    expect(await services.attach("crm/teams", dataSourceId)).toBe(
      'crm/teams is bound to "Our teams" already.',
    );
    expect(writes()).toBe(before);
  });

  test("takes the place of another one, whose rows are forgotten, and is let go of again", async () => {
    const services = makeWorkers(app);
    const [first, second] = [makeDatabase("One"), makeDatabase("Two")];
    await services.attach("teams", first);
    const row = makeIndexed("t1", { database: teams });
    await app.store.commitOneway([], [{ kind: "row", row }]);
    expect((await services.databases())[1]?.rows).toEqual({ live: 1, trashed: 0 });
    await services.attach("teams", second);
    expect((await services.databases())[1]).toMatchObject({
      binding: { title: "Two" },
      rows: none,
    });
    expect(await services.detach("teams")).toBe(
      'crm/teams is not bound to "Two" any more. The database and its rows stay as they are.',
    );
    expect((await services.databases())[1]).toMatchObject({ binding: null });
    expect(await services.detach("teams")).toBe("crm/teams is bound to nothing.");
  });

  test("is refused where the config says another, where there is none, and while a sync of the worker runs", async () => {
    const services = makeWorkers(app);
    const dataSourceId = makeDatabase("Elsewhere");
    const configured = makeWorkers(
      await workshop.withConfig(["workers: { crm: { path: ./crm, databases: { teams: x } } }"])(),
    );
    const refusal = {
      code: "usage",
      message: "The config says where crm/teams is.",
      remedy: "Change or take out workers.crm.databases.teams there.",
    };
    await expect(configured.attach("teams", dataSourceId)).rejects.toMatchObject(refusal);
    await expect(configured.detach("teams")).rejects.toMatchObject(refusal);
    await expect(
      services.attach("teams", "0123456789abcdef0123456789abcdef"),
    ).rejects.toMatchObject({ code: "config_invalid" });
    const lease = await app.store.takeLease("sync-crm/delta", "process 7");
    await expect(services.attach("teams", dataSourceId)).rejects.toMatchObject({
      code: "lease_held",
      message: "A sync of crm is at work (process 7).",
    });
    // None of the leases it had taken until then is left.
    expect(await app.store.countLeases("sync-")).toBe(1);
    if ("token" in lease) await app.store.dropLease(lease);
    await services.attach("teams", dataSourceId);
    expect(await app.store.countLeases("sync-")).toBe(0);
  });
});

describe("doctor", () => {
  const examined = async (of: WorkerApp, names: readonly string[] = []) => {
    const found: DoctorFinding[] = [];
    for await (const finding of doctor(of, names)) found.push(finding);
    return found.filter(({ area }) => !["config", "store", "history"].includes(area));
  };
  const fine = { level: "ok", remedy: null, code: null };

  test("tells of a worker what it declares, what it lacks, and where its databases are or will be", async () => {
    const dataSourceId = makeDatabase("Teams here");
    await makeWorkers(app).attach("teams", dataSourceId);
    const before = writes();
    expect(await examined(app)).toEqual([
      {
        ...fine,
        area: "crm",
        message: `${join(workshop.directory, "crm")} loads: 3 syncs, @notionhq/workers 0.9.2`,
      },
      {
        level: "warn",
        area: "crm",
        message:
          'Database "teams", property "Due": a date\'s display format cannot be set through the API.',
        remedy: "Nothing to do, if that is meant.",
        code: null,
      },
      {
        ...fine,
        area: "crm/people",
        message:
          'not made yet; the next cycle: Make the database "People" under the worker\'s parent page. Add the relation "Team".',
      },
      {
        ...fine,
        area: "crm/teams",
        message: '"Teams here" is reachable; the next cycle: Add the property "Due" (date).',
      },
    ]);
    expect(writes()).toBe(before);
  });

  test("tells what is broken, switched off or not set, each with what to do", async () => {
    const lines = [
      "workers:",
      "  crm: { path: ./crm, parent: PARENT, enabled: false, env: [NOT_SET, NOTION_TOKEN] }",
      "  broken: { path: ./broken }",
    ];
    const found = await examined(await workshop.withConfig(lines)());
    expect(found.filter(({ level }) => level !== "ok")).toEqual([
      {
        level: "warn",
        area: "crm",
        message: "it is switched off in the config",
        remedy: "Take enabled: false out.",
        code: null,
      },
      {
        level: "warn",
        area: "crm",
        message: "the variable NOT_SET, which env: names, is not set",
        remedy: "Set NOT_SET, or take it out of env:.",
        code: null,
      },
      expect.objectContaining({ level: "warn", area: "crm" }),
      {
        level: "fail",
        area: "crm/teams",
        message: "The database teams of the worker crm has no table yet.",
        remedy:
          "Name one under workers.crm.databases, or run `tandem worker databases attach teams DATABASE`.",
        code: "config_invalid",
      },
      {
        level: "fail",
        area: "broken",
        message: expect.stringContaining("this is no Worker"),
        remedy: expect.stringContaining("export default worker"),
        code: "config_invalid",
      },
    ]);
  });

  test("tells when a service is not configured, and looks at no worker when pairs are named", async () => {
    const lines = [
      "workers:",
      "  crm: { path: ./crm, databases: { people: { airtable: { base: appAAAAAAAAAAAAAA, table: P } } } }",
    ];
    const open = workshop.withConfig([...lines, 'airtable: { token: "pat" }']);
    const made = await open();
    const services = { ...made.config.services, airtable: null };
    const without = await open({ config: { ...made.config, services } });
    expect((await examined(without)).at(-1)).toEqual({
      level: "fail",
      area: "crm",
      message: "A worker's database is in Airtable, and the config does not say how to reach it.",
      remedy: 'Add airtable: { token: "${AIRTABLE_TOKEN}" }.',
      code: "config_invalid",
    });
    await expect(examined(app, ["pair"])).rejects.toMatchObject({ code: "config_invalid" });
  });
});

describe("a cycle", () => {
  const runId = expect.stringMatching(/^20261121-140000-[2-9a-z]{4}$/u);

  test("is told with its counts, all of its calls, and its run", async () => {
    answer({ changes: [upsert("k1", "One"), upsert("k2", "Two")], hasMore: false });
    const services = makeWorkers(app);
    await services.attach("teams", makeDatabase("Teams of a cycle"));
    const asked = workshop.notion.log.length;
    const cycle = await services.trigger("all");
    const calls = workshop.notion.log.slice(asked);
    const isWrite = ({ method, path }: (typeof calls)[number]): boolean =>
      method !== "GET" && !/\/(?:query|search)$/u.test(path);
    expect(cycle).toEqual({
      sync: "crm/all",
      status: "ok",
      executions: 1,
      counts: { ...noCounts, created: 2 },
      requests: {
        read: calls.filter((call) => !isWrite(call)).length,
        write: calls.filter(isWrite).length,
      },
      durationMs: 0,
      notes: expect.any(Array),
      waiting: 0,
      held: null,
      failure: null,
      retryAtMs: null,
      run: runId,
    });
    expect((await services.databases())[0]).toMatchObject({
      binding: { origin: "managed", title: "People", isIndexed: true, maySweep: true },
      rows: { live: 2, trashed: 0 },
    });
    const log = await services.log(String(cycle.run));
    expect(log.run).toMatchObject({ trigger: "manual", sync: "crm/all", status: "ok" });
    expect(log.lines.map(({ stream, text }) => `${stream} ${text}`)).toContain(
      "out handed undefined",
    );
  });

  test("that fails tells why and when the schedule tries again, which it does not for a worker that is off", async () => {
    answer({ error: "no luck" });
    const services = makeWorkers(app);
    const failure = { name: "RangeError", message: "no luck" };
    expect(await services.trigger("all")).toMatchObject({
      status: "failed",
      executions: 1,
      counts: noCounts,
      failure,
      retryAtMs: nowMs + 60_000,
    });
    const lines = ["workers: { crm: { path: ./crm, parent: PARENT, enabled: false } }"];
    const off = makeWorkers(await workshop.withConfig(lines)());
    expect(await off.trigger("all")).toMatchObject({ failure, retryAtMs: null });
  });

  test("whose upstream asks for a pause says so; a second start by hand is refused", async () => {
    answer({ retryAfter: 90 });
    const services = makeWorkers(app);
    expect(await services.trigger("all")).toMatchObject({
      status: "rate-limited",
      failure: { name: "RateLimitError" },
      retryAtMs: nowMs + 90_000,
    });
    await expect(services.trigger("all")).rejects.toMatchObject({
      code: "rate_limited",
      message: "The upstream of crm/all asked for a pause, which lasts 90 more seconds.",
    });
  });

  test("of a sync that is switched off is a slip, and none runs", async () => {
    const services = makeWorkers(app);
    await services.act({ kind: "disable", key: "all" });
    await expect(services.trigger("all")).rejects.toMatchObject({
      code: "usage",
      message: "crm/all is switched off.",
      remedy: "Switch it on with `tandem worker enable crm/all`.",
    });
    expect(await services.runs(null, 9)).toEqual([]);
  });
});

describe("a preview", () => {
  test("shows schema, rows with what would be sent of each, and what the worker printed; nothing is written", async () => {
    const cover = { type: "image", url: "https://x.test/c.png" };
    const whole = { pageContentMarkdown: "text", icon: { type: "emoji", value: "🎯" }, cover };
    answer({
      changes: [upsert("k1", "One", whole), upsert("k2", "Two"), upsert("", "no key")],
      hasMore: true,
      nextState: { page: 2 },
    });
    // A page of its own, below which no other test has made the database.
    const parent = workshop.notion.admin.createPage({ title: "Empty" });
    const lines = [`workers: { crm: { path: ./crm, parent: ${parent} } }`];
    const services = makeWorkers(await workshop.withConfig(lines)());
    const before = writes();
    const text = (content: string) => ({ kind: "text", runs: [{ text: content, url: null }] });
    const view = await services.preview("crm/all", undefined);
    const row = (key: string, name: string, parts: readonly string[]) => ({
      op: "create",
      database: "people",
      key,
      cells: [
        { property: "Id", cell: text(key) },
        { property: "Name", cell: text(name) },
      ],
      parts,
      message: null,
    });
    expect(view).toEqual({
      sync: "crm/all",
      schema: [
        {
          database: "people",
          kind: "create-table",
          property: null,
          message: 'Make the database "People" under the worker\'s parent page.',
        },
        {
          database: "people",
          kind: "add-relation",
          property: "Team",
          message: 'Add the relation "Team".',
        },
      ],
      rows: [row("k1", "One", ["body", "icon", "cover"]), row("k2", "Two", [])],
      counts: { ...noCounts, created: 2, failed: 1 },
      notes: [
        "teams: The database teams of the worker crm has no table yet.",
        "A change has an empty key, so its row cannot be known.",
      ],
      sweep: null,
      hasMore: true,
      run: expect.stringMatching(/^20261121-140000-/u),
      nextContext: { page: 2 },
      log: [{ atMs: expect.any(Number), stream: "out", text: "handed undefined" }],
    });
    expect(writes()).toBe(before);
    expect(await services.status("crm/all")).toMatchObject([{ cyclesDone: 0, failures: 0 }]);
  });

  test("begins with the context it is given, and counts what needs nothing without showing it", async () => {
    answer({ changes: [upsert("k1", "One"), upsert("k2", "Two")], hasMore: false });
    const services = makeWorkers(app);
    await services.trigger("delta");
    answer({
      changes: [upsert("k1", "One"), upsert("k2", "Deux"), { type: "delete", key: "k9" }],
      hasMore: false,
    });
    const first = await services.preview("delta", { page: 7 });
    expect(first.log.map(({ text }) => text)).toEqual(['handed {"page":7}']);
    expect(first.rows.map(({ op, key, cells }) => [op, key, cells.length])).toEqual([
      ["update", "k2", 1],
    ]);
    expect(first.counts).toEqual({ ...noCounts, updated: 1, unchanged: 2 });
    expect(first).toMatchObject({ hasMore: false, nextContext: undefined, sweep: null });
    answer({ changes: [], hasMore: false });
    // The SDK makes undefined of null, and of nothing else.
    const { log } = await services.preview("delta", 0);
    expect(log.map(({ text }) => text)).toEqual(["handed 0"]);
    const emptied = await services.preview("all", undefined);
    expect(emptied.sweep).toEqual({
      removals: 2,
      held: "The cycle named no row of crm/people, although 2 rows are there.",
    });
  });

  test("and a cycle go by the zone and the guards that the config sets", async () => {
    const sweep = "sweep: { maxRemove: { percent: 0, floor: 0 } }";
    const parent = workshop.notion.admin.createPage({ title: "Guarded" });
    const lines = [
      `workers: { crm: { path: ./crm, parent: ${parent}, zone: Europe/Berlin, ${sweep} } }`,
    ];
    const guarded = await workshop.withConfig(lines)();
    const services = makeWorkers(guarded);
    const due = { start_date: "2026-12-01", start_time: "09:30" };
    answer({
      changes: [
        {
          type: "upsert",
          key: "t1",
          targetDatabaseKey: "teams",
          properties: { Due: [["‣", [["d", due]]]] },
        },
      ],
      hasMore: false,
    });
    const { rows } = await services.preview("teamsSync", undefined);
    expect(rows[0]?.cells.find(({ property }) => property === "Due")?.cell).toEqual({
      kind: "date",
      start: { kind: "wall", day: "2026-12-01", time: "09:30", zone: "Europe/Berlin" },
      end: null,
    });
    answer({ changes: [upsert("k1", "One"), upsert("k2", "Two")], hasMore: false });
    await services.trigger("all");
    answer({ changes: [upsert("k1", "One")], hasMore: false });
    guarded.clock.nowMs += 1;
    expect(await services.trigger("all")).toMatchObject({
      status: "held",
      held: { guard: "cap", removals: 1, seen: 1, atMs: nowMs + 1 },
      counts: { removed: 0 },
    });
  });

  test("that fails tells why", async () => {
    const services = makeWorkers(app);
    answer({ error: "no luck" });
    await expect(services.preview("all", undefined)).rejects.toMatchObject({
      code: "unavailable",
      message: "RangeError: no luck",
      remedy: "Mend the worker, or its upstream, and try again.",
    });
    answer({ retryAfter: 5 });
    await expect(services.preview("all", undefined)).rejects.toMatchObject({
      code: "rate_limited",
      message: "The upstream asked for a pause: Rate limited by external API",
      remedy: "Try again later.",
    });
    expect(await app.store.loadSync(syncId("crm/all"))).toBeNull();
  });
});
