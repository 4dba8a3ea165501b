// What the commands about workers are answered, in process: the whole answers, field by field. The
// projects are real and loaded in child processes, once; stores are empty, and the clock stands still.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { makeWorkers } from "../../src/app/workers.ts";
import { must } from "../../src/core/assert.ts";
import { runId } from "../../src/core/ids.ts";
import { databaseId, syncId } from "../../src/core/oneway/ids.ts";
import { freshState } from "../../src/oneway/state.ts";
import type { SyncState } from "../../src/store/oneway-store.ts";
import { makeIndexed, makeOnewayRun } from "../fixture/oneway-store.ts";
import {
  nowMs,
  openWorkshop,
  type OpenApp,
  type WorkerApp,
  type WorkerWorkshop,
} from "../fixture/worker-app.ts";
import { crmWorker, shopWorker, thingsWorker } from "../fixture/worker-sources.ts";

// The first test that asks loads every project.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const minuteMs = 60_000;

const workers = [
  "serve: { port: 0 }",
  "workers:",
  "  crm: { path: ./crm, parent: PARENT, schedules: { all: 15m }, env: [CRM_KEY] }",
  "  shop: { path: ./shop }",
  "  off: { path: ./off, enabled: false }",
  "  broken: { path: ./broken }",
];

let workshop: WorkerWorkshop;
let open: OpenApp;
beforeAll(async () => {
  workshop = await openWorkshop({
    sources: {
      crm: crmWorker,
      shop: shopWorker,
      off: thingsWorker,
      broken: "export default 7;",
    },
  });
  open = workshop.withConfig(workers);
});
afterAll(() => workshop.close());

const folder = (name: string): string => join(workshop.directory, name);

const all = syncId("crm/all");
const people = databaseId("crm/people");

async function stand(app: WorkerApp, change: Partial<SyncState>): Promise<void> {
  const state = { ...freshState(all), ...change };
  await app.store.commitOneway([], [{ kind: "sync", state }]);
}

const brokenError = {
  code: "config_invalid",
  message: expect.stringContaining("this is no Worker. The default export is a number."),
  remedy: expect.stringContaining("export default worker"),
};

describe("the list", () => {
  test("tells of each worker what it declares and how that runs here, and of one that is broken why", async () => {
    const app = await open();
    const listed = await makeWorkers(app).list();
    expect(listed).toEqual([
      {
        name: "crm",
        path: folder("crm"),
        isEnabled: true,
        sdkVersion: "0.9.2",
        syncs: [
          {
            key: "all",
            database: "people",
            mode: "replace",
            schedule: { kind: "interval", everyMs: 15 * minuteMs },
            isOverridden: true,
          },
          {
            key: "delta",
            database: "people",
            mode: "incremental",
            schedule: { kind: "manual" },
            isOverridden: false,
          },
          {
            key: "teamsSync",
            database: "teams",
            mode: "replace",
            schedule: { kind: "continuous" },
            isOverridden: false,
          },
        ],
        databases: [
          { key: "people", title: "People" },
          { key: "teams", title: "Teams" },
        ],
        others: [],
        pacers: [{ key: "api", allowedRequests: 10, intervalMs: 1_000 }],
        notes: [
          'Database "teams", property "Due": a date\'s display format cannot be set through the API.',
        ],
        error: null,
      },
      {
        name: "shop",
        path: folder("shop"),
        isEnabled: true,
        sdkVersion: "0.9.2",
        syncs: [],
        databases: [],
        others: [
          { key: "greet", tag: "tool", title: "Greet", use: "worker exec", isRunnable: true },
          { key: "look", tag: "tool", title: "Look", use: "worker exec", isRunnable: true },
          { key: "on order", tag: "webhook", title: "Orders", use: "serve", isRunnable: true },
          { key: "signed", tag: "webhook", title: "Signed", use: "serve", isRunnable: true },
          { key: "mail", tag: "automation", title: "Mail", use: "worker exec", isRunnable: true },
          { key: "login", tag: "oauth", title: "login", use: "environment", isRunnable: true },
          {
            key: "board",
            tag: "custom_block",
            title: null,
            use: "at Notion only",
            isRunnable: false,
          },
        ],
        pacers: [],
        notes: [],
        error: null,
      },
      expect.objectContaining({ name: "off", isEnabled: false, error: null }),
      {
        name: "broken",
        path: folder("broken"),
        isEnabled: true,
        sdkVersion: null,
        syncs: [],
        databases: [],
        others: [],
        pacers: [],
        notes: [],
        error: expect.objectContaining(brokenError),
      },
    ]);
  });

  test("loads each worker once, also one that cannot be loaded", async () => {
    const { catalog } = await open();
    const loads = () => Promise.allSettled(catalog.configs.map((config) => catalog.load(config)));
    const [first, second] = [await loads(), await loads()];
    const broken = first.at(-1);
    expect(broken).toMatchObject({ status: "rejected", reason: brokenError });
    for (const [at, one] of first.entries()) {
      const again = second[at];
      if (one.status === "rejected") expect(again).toEqual(one);
      else expect(again?.status === "fulfilled" && again.value).toBe(one.value);
    }
  });

  test("of webhooks has their paths, and counts the calls of each that wait, whenever they are due", async () => {
    const app = await open();
    const event = (id: string, hook: string, notBeforeMs: number) =>
      ({ kind: "event", event: { id, hook, json: {}, attempts: 0, notBeforeMs } }) as const;
    await app.store.commitOneway(
      [],
      [
        event("1", "shop/on order", 0),
        event("2", "shop/on order", nowMs + 9e9),
        event("3", "gone/hook", 0),
      ],
    );
    expect(await makeWorkers(app).webhooks()).toEqual([
      { hook: "shop/on order", path: "/webhooks/shop/on%20order", title: "Orders", queued: 2 },
      { hook: "shop/signed", path: "/webhooks/shop/signed", title: "Signed", queued: 0 },
    ]);
  });
});

describe("a key", () => {
  const find = async (key: string): Promise<unknown> => {
    const app = await open();
    return makeWorkers(app)
      .state(key)
      .then(({ sync }) => sync)
      .catch((error: unknown) => error);
  };

  test("names its sync with the worker in front; alone only where no worker is broken or has the same", async () => {
    expect(await find("crm/delta")).toBe("crm/delta");
    expect(await find("delta")).toBe("crm/delta");
    expect(await find("all")).toMatchObject({
      code: "usage",
      message: '"all" is a sync of several workers.',
      remedy: "Say which: crm/all, off/all.",
    });
    // It could be the broken one's.
    expect(await find("dalta")).toMatchObject(brokenError);
    expect(await find("broken/x")).toMatchObject(brokenError);
    expect(await find("crm/dalta")).toMatchObject({
      code: "usage",
      message: 'There is no sync "crm/dalta".',
      remedy: 'Did you mean "crm/delta"? There are: crm/all, crm/delta, crm/teamsSync.',
    });
    expect(await find("shop/x")).toMatchObject({ remedy: "No worker has one." });
    expect(await find("nobody/x")).toMatchObject(brokenError);
  });

  test.each([
    [
      "schedules: { al: 15m }",
      'workers.crm.schedules.al: the worker declares no sync "al".',
      'Did you mean "all"?',
    ],
    [
      "databases: { zzzzzz: x }",
      'workers.crm.databases.zzzzzz: the worker declares no database "zzzzzz".',
      "It has: people, teams.",
    ],
  ])(
    "that the config gives and the code does not have is refused: %s",
    async (more, message, remedy) => {
      const app = await workshop.withConfig(["workers:", `  crm: { path: ./crm, ${more} }`])();
      await expect(makeWorkers(app).status(null)).rejects.toMatchObject({
        code: "config_invalid",
        message,
        remedy,
      });
    },
  );
});

describe("the status", () => {
  const untouched = {
    sync: "crm/all",
    health: "INITIALIZING",
    mode: "replace",
    schedule: { kind: "interval", everyMs: 15 * minuteMs },
    isRunning: false,
    cycle: null,
    cyclesDone: 0,
    isOffInConfig: false,
    lastRun: null,
    lastStartAtMs: null,
    lastSuccessAtMs: null,
    rows: { live: 0, trashed: 0 },
    waiting: 0,
    nextStartAtMs: 0,
    failures: 0,
    lastFailure: null,
    held: null,
  };

  test("of syncs that never ran: due at once, by hand only, or switched off with their worker", async () => {
    const app = await open();
    expect(await makeWorkers(app).status(null)).toEqual([
      untouched,
      {
        ...untouched,
        sync: "crm/delta",
        mode: "incremental",
        schedule: { kind: "manual" },
        nextStartAtMs: null,
      },
      { ...untouched, sync: "crm/teamsSync", schedule: { kind: "continuous" } },
      {
        ...untouched,
        sync: "off/all",
        schedule: { kind: "interval", everyMs: 30 * minuteMs },
        health: "DISABLED",
        isOffInConfig: true,
        nextStartAtMs: null,
      },
    ]);
    expect(app.logged).toEqual([
      expect.stringMatching(/^warn: the worker broken cannot be loaded: .*this is no Worker/u),
    ]);
  });

  test("of one sync has all that is known of it", async () => {
    const app = await open();
    const held = {
      guard: "cap" as const,
      database: people,
      removals: 30,
      seen: 70,
      message: "too many",
      atMs: nowMs - 5,
    };
    const cycle = {
      number: 8,
      startedAtMs: nowMs - 4 * minuteMs,
      executions: 2,
      seen: 9,
      startCursor: null,
      unnamed: 0,
    };
    const lastFailure = { name: "TypeError", message: "no", atMs: nowMs - minuteMs };
    await stand(app, {
      cycle,
      cyclesDone: 7,
      cycleStartedAtMs: cycle.startedAtMs,
      lastSuccessAtMs: nowMs - 3 * minuteMs,
      failures: 3,
      lastFailure,
      notBeforeMs: nowMs + 2 * minuteMs,
      held,
    });
    const newest = makeOnewayRun("r2", { sync: all, startedAtMs: 2 });
    const waiting = { Team: { target: databaseId("crm/teams"), keys: ["t"], missing: ["t"] } };
    await app.store.commitOneway(
      [],
      [
        { kind: "run", run: makeOnewayRun("r1", { sync: all, startedAtMs: 1 }) },
        { kind: "run", run: newest },
        { kind: "row", row: makeIndexed("a", { database: people, waiting }) },
        { kind: "row", row: makeIndexed("b", { database: people }) },
        { kind: "row", row: makeIndexed("c", { database: people, isTrashed: true }) },
        { kind: "row", row: makeIndexed("t", { database: databaseId("crm/teams") }) },
      ],
    );
    const lease = await app.store.takeLease("sync-crm/all", "somebody");
    await app.store.takeLease("sync-crm/all of them", "another sync, whose name only begins so");
    const expected = {
      ...untouched,
      health: "ERROR",
      isRunning: true,
      cycle,
      cyclesDone: 7,
      lastRun: newest,
      lastStartAtMs: cycle.startedAtMs,
      lastSuccessAtMs: nowMs - 3 * minuteMs,
      rows: { live: 2, trashed: 1 },
      waiting: 1,
      nextStartAtMs: nowMs + 2 * minuteMs,
      failures: 3,
      lastFailure,
      held,
    };
    expect(await makeWorkers(app).status("crm/all")).toEqual([expected]);
    // The record of the run still says that it runs.
    if ("token" in lease) await app.store.dropLease(lease);
    expect(await makeWorkers(app).status("crm/all")).toEqual([{ ...expected, isRunning: false }]);
  });

  test("of a worker that is switched off still tells of a start that was asked for", async () => {
    const app = await open();
    await makeWorkers(app).act({ kind: "pause", key: "off/all" });
    const state = must(await app.store.loadSync(syncId("off/all")), "a state");
    await app.store.commitOneway([], [{ kind: "sync", state: { ...state, isTriggered: true } }]);
    expect(await makeWorkers(app).status("off/all")).toMatchObject([
      { health: "DISABLED", isOffInConfig: true, nextStartAtMs: 0 },
    ]);
  });

  test("of the only worker, which is broken, is its error", async () => {
    const app = await workshop.withConfig(["workers: { broken: { path: ./broken } }"])();
    await expect(makeWorkers(app).status(null)).rejects.toMatchObject(brokenError);
  });
});

describe("what a person does to a sync", () => {
  test.each([
    [
      "pause",
      { isPaused: true },
      "The schedule of crm/all rests. By hand it still runs: tandem worker trigger crm/all",
    ],
    ["resume", { isPaused: false }, "The schedule of crm/all goes on."],
    ["disable", { isDisabled: true }, "crm/all does not run any more, not even by hand."],
    ["enable", { isDisabled: false }, "crm/all may run again."],
    [
      "confirm",
      { sweepApproval: 2, isTriggered: true },
      "The next cycle of crm/all may remove 2 rows. `tandem serve` starts it at once; else: tandem worker trigger crm/all",
    ],
    [
      "reset",
      { cursor: null, cyclesDone: 0, held: null },
      "crm/all begins from nothing at its next start. Its rows stay, and are compared.",
    ],
  ] as const)("%s changes that and nothing else, and is told", async (kind, change, told) => {
    const app = await open();
    const before: SyncState = {
      ...freshState(all),
      cursor: { json: 7 },
      cyclesDone: 4,
      isPaused: kind === "resume" || kind === "reset",
      isDisabled: kind === "enable" || kind === "reset",
      held: { guard: "cap", database: people, removals: 2, seen: 1, message: "m", atMs: 5 },
    };
    await app.store.commitOneway([], [{ kind: "sync", state: before }]);
    expect(await makeWorkers(app).act({ kind, key: "crm/all" })).toBe(told);
    expect(await app.store.loadSync(all)).toEqual({ ...before, ...change });
  });

  test("one row is one row; and what waits for nothing cannot be confirmed", async () => {
    const app = await open();
    const held = {
      guard: "cap",
      database: people,
      removals: 1,
      seen: 1,
      message: "m",
      atMs: 5,
    } as const;
    await stand(app, { held });
    const services = makeWorkers(app);
    expect(await services.act({ kind: "confirm", key: "crm/all" })).toContain("may remove 1 row.");
    await expect(services.act({ kind: "confirm", key: "crm/delta" })).rejects.toMatchObject({
      code: "usage",
      message: "No removal of crm/delta waits for a confirmation.",
    });
  });

  test("a reset waits for the run to be over", async () => {
    const app = await open();
    await app.store.takeLease("sync-crm/all", "process 7");
    await expect(makeWorkers(app).act({ kind: "reset", key: "crm/all" })).rejects.toMatchObject({
      code: "lease_held",
      message: "crm/all runs at the moment (process 7).",
    });
  });

  test("works for a sync that ran once although its worker is broken now", async () => {
    const app = await open();
    const id = syncId("broken/old");
    await app.store.commitOneway([], [{ kind: "sync", state: freshState(id) }]);
    await makeWorkers(app).act({ kind: "disable", key: "broken/old" });
    expect(await app.store.loadSync(id)).toMatchObject({ isDisabled: true });
  });
});

describe("the state", () => {
  test("is what the next execution is handed, with its length in bytes", async () => {
    const app = await open();
    const services = makeWorkers(app);
    const nothing = { sync: "crm/all", state: undefined, bytes: 0, cycle: null, cyclesDone: 0 };
    expect(await services.state("crm/all")).toEqual(nothing);
    await stand(app, { cursor: { json: "é" }, cyclesDone: 3 });
    expect(await services.state("crm/all")).toEqual({
      ...nothing,
      state: "é",
      bytes: 4,
      cyclesDone: 3,
    });
    await stand(app, { cursor: { json: null } });
    expect(await services.state("crm/all")).toEqual({ ...nothing, state: null, bytes: 4 });
  });
});

describe("runs", () => {
  test("are listed of all or of one sync, so many; and found by the beginning of their id", async () => {
    const app = await open();
    const services = makeWorkers(app);
    const delta = syncId("crm/delta");
    const runs = [
      makeOnewayRun("20261121-1-a", { sync: all, startedAtMs: 1 }),
      makeOnewayRun("20261121-2-b", { sync: delta, startedAtMs: 2 }),
      makeOnewayRun("20261121-3-c", { sync: all, startedAtMs: 3 }),
    ];
    const lines = [{ atMs: 5, stream: "out", text: "hello" }] as const;
    await app.store.commitOneway(
      [],
      [
        ...runs.map((run) => ({ kind: "run", run }) as const),
        { kind: "log", run: runId("20261121-2-b"), lines },
      ],
    );
    const ids = async (key: string | null, countMax: number) =>
      (await services.runs(key, countMax)).map(({ id }) => id);
    expect(await ids(null, 2)).toEqual(["20261121-3-c", "20261121-2-b"]);
    expect(await ids("crm/all", 9)).toEqual(["20261121-3-c", "20261121-1-a"]);
    const log = { run: runs[1], lines: [...lines] };
    expect(await services.log("20261121-2-b")).toEqual(log);
    expect(await services.log("20261121-2")).toEqual(log);
    await expect(services.log("20261121-")).rejects.toMatchObject({
      code: "usage",
      message: '3 runs begin with "20261121-".',
      remedy: "Write more of its id.",
    });
    await expect(services.log("2025")).rejects.toMatchObject({
      code: "usage",
      message: 'There is no run "2025".',
    });
  });
});
