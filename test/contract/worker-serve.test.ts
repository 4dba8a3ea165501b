// What `serve` does for workers, in process: what it says it will run, what it starts, and the way of a
// webhook call from the address to the worker's own code.
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { serve } from "../../src/app/serve.ts";
import type { CycleView } from "../../src/app/worker/view.ts";
import type { Delivered } from "../../src/app/worker/webhook/deliver.ts";
import { makeWorkers } from "../../src/app/workers.ts";
import { syncId } from "../../src/core/oneway/ids.ts";
import { SyncError } from "../../src/errors.ts";
import { freshState } from "../../src/oneway/state.ts";
import { noCounts } from "../fixture/worker-views.ts";
import {
  nowMs,
  openWorkshop,
  type OpenApp,
  type WorkerApp,
  type WorkerWorkshop,
} from "../fixture/worker-app.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const crm = `
import { Worker } from "@notionhq/workers";
import * as Schema from "@notionhq/workers/schema";
const worker = new Worker();
export default worker;
const people = worker.database("people", {
  type: "managed",
  initialTitle: "People",
  primaryKeyProperty: "Id",
  schema: { properties: { Id: Schema.title() } },
});
const execute = async () => ({ changes: [{ type: "upsert", key: "a", properties: { Id: [["a"]] } }], hasMore: false });
worker.sync("all", { database: people, schedule: "90m", execute });
worker.sync("again", { database: people, schedule: "continuous", execute });
worker.sync("byHand", { database: people, mode: "incremental", schedule: "manual", execute });
`;

const shop = `
import { WebhookVerificationError, Worker } from "@notionhq/workers";
const worker = new Worker();
export default worker;
worker.webhook("orders", {
  title: "Orders",
  description: "",
  execute: async ([event]) => {
    if (event.body.order === "bad") throw new RangeError("no such order");
    console.log(event.method, event.rawBody, event.headers["x-key"], event.deliveryId.length);
  },
});
worker.webhook("signed", {
  title: "Signed",
  description: "",
  verify: (request) => {
    if (request.headers["x-key"] === undefined) throw new WebhookVerificationError("no key");
    return { status: request.headers["x-key"] === "ok" ? 200 : 403, body: request.method + " " + request.query.q };
  },
  execute: async () => {},
});
`;

let workshop: WorkerWorkshop;
let openCrm: OpenApp;
let openShop: OpenApp;
beforeAll(async () => {
  workshop = await openWorkshop({ sources: { crm, shop, broken: "export default 7;" } });
  openCrm = workshop.withConfig([
    "workers:",
    "  crm: { path: ./crm, parent: PARENT }",
    "  off: { path: ./crm, enabled: false }",
    "  broken: { path: ./broken }",
  ]);
  openShop = workshop.withConfig(["serve: { port: 0 }", "workers: { shop: { path: ./shop } }"]);
});
afterAll(() => workshop.close());

interface Serving {
  readonly app: WorkerApp;
  readonly facts: readonly string[];
  readonly cycles: CycleView[];
  readonly delivered: Delivered[];
  readonly stop: () => Promise<void>;
}

/** Serves until it is stopped; comes back once everything runs. */
async function start(
  open: OpenApp,
  prepare: (app: WorkerApp) => Promise<unknown> = () => Promise.resolve(),
): Promise<Serving> {
  const signal = new AbortController();
  const app = await open({ signal: signal.signal });
  await prepare(app);
  const cycles: CycleView[] = [];
  const delivered: Delivered[] = [];
  const { promise: ready, resolve, reject } = Promise.withResolvers<readonly string[]>();
  const ended = serve(app, {
    onReady: resolve,
    onRun: () => undefined,
    onCycle: (cycle) => cycles.push(cycle),
    onDelivered: (one) => delivered.push(one),
  });
  ended.catch(reject);
  const facts = await ready;
  const stop = async (): Promise<void> => {
    signal.abort();
    await ended;
  };
  return { app, facts, cycles, delivered, stop };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let turns = 0; turns < 2_500; turns += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it never came to that");
}

const flag = (app: WorkerApp, key: string, change: object) =>
  app.store.commitOneway([], [{ kind: "sync", state: { ...freshState(syncId(key)), ...change } }]);

describe("syncs of workers", () => {
  test("W13: those that are due are started, and none that rests, is off, or runs by hand only", async () => {
    const serving = await start(openCrm, async (app) => {
      await flag(app, "crm/again", { isPaused: true });
    });
    expect(serving.facts).toEqual([
      "crm/all runs every 90 min",
      "crm/again runs again and again",
      "crm/byHand runs when it is triggered",
    ]);
    expect(serving.app.logged).toEqual([
      "error: the worker broken cannot be loaded and is left out",
    ]);
    await until(() => serving.cycles.length > 0);
    await serving.stop();
    expect(serving.cycles).toEqual([
      {
        sync: "crm/all",
        status: "ok",
        executions: 1,
        counts: { ...noCounts, created: 1 },
        requests: { read: expect.any(Number), write: 2 },
        durationMs: 0,
        notes: [],
        waiting: 0,
        held: null,
        failure: null,
        retryAtMs: null,
        run: expect.stringMatching(/^20261121-140000-/u),
      },
    ]);
    expect(await serving.app.store.loadOnewayRuns(null, 9)).toMatchObject([
      { sync: "crm/all", trigger: "schedule", status: "ok" },
    ]);
    expect(await serving.app.store.countLeases("")).toBe(0);
  });

  test("W13: one that somebody asked for is started, also by hand only, and also while it rests", async () => {
    const serving = await start(openCrm, async (app) => {
      await flag(app, "crm/all", { isDisabled: true });
      await flag(app, "crm/again", { cycleStartedAtMs: nowMs, lastSuccessAtMs: nowMs });
      await flag(app, "crm/byHand", { isTriggered: true });
    });
    await until(() => serving.cycles.length > 0);
    await serving.stop();
    expect(serving.cycles.map(({ sync, status }) => [sync, status])).toEqual([
      ["crm/byHand", "ok"],
    ]);
    expect(await serving.app.store.loadSync(syncId("crm/byHand"))).toMatchObject({
      isTriggered: false,
      cyclesDone: 1,
    });
  });

  test("those that another process runs are left to it, and the others go on", async () => {
    const serving = await start(openCrm, async (app) => {
      await app.store.takeLease("sync-crm/all", "another process");
      await app.store.takeLease("sync-crm/again", "another process");
      await flag(app, "crm/byHand", { isTriggered: true });
    });
    await until(() => serving.cycles.length > 0);
    await serving.stop();
    expect(serving.app.logged.filter((line) => line.startsWith("debug"))).toEqual([
      "debug: another process runs the sync",
      "debug: another process runs the sync",
    ]);
    expect(serving.cycles.map(({ sync }) => sync)).toEqual(["crm/byHand"]);
  });

  test("a store that cannot be read for a moment is asked again", async () => {
    let fails = 1;
    const signal = new AbortController();
    const app = await openCrm({ signal: signal.signal });
    const own = { ...app.store };
    const busy = new SyncError({ code: "store_unusable", message: "locked", remedy: "r" });
    Object.assign(app.store, {
      loadSyncs: (worker: string | null) =>
        (fails -= 1) >= 0 ? Promise.reject(busy) : own.loadSyncs(worker),
    });
    await flag(app, "crm/all", { isPaused: true });
    await flag(app, "crm/byHand", { isTriggered: true });
    await flag(app, "crm/again", { isPaused: true });
    const cycles: CycleView[] = [];
    const ended = serve(app, {
      onReady: () => undefined,
      onRun: () => undefined,
      onCycle: (cycle) => {
        cycles.push(cycle);
        signal.abort();
      },
      onDelivered: () => undefined,
    });
    await ended;
    expect(cycles).toHaveLength(1);
    expect(app.logged).toContain("error: the store cannot be read; trying again");
  });
});

describe("nothing to serve", () => {
  const refused = async (lines: readonly string[]): Promise<unknown> =>
    start(workshop.withConfig(lines)).catch((error: unknown) => error);

  test("is said when the only worker is broken, switched off, or declares nothing that runs", async () => {
    expect(await refused(["workers: { broken: { path: ./broken } }"])).toMatchObject({
      code: "config_invalid",
      message: expect.stringContaining("this is no Worker"),
    });
    expect(await refused(["workers: { crm: { path: ./crm, enabled: false } }"])).toMatchObject({
      code: "config_invalid",
      message: "No worker that is enabled has a sync or a webhook, so there is nothing to serve.",
      remedy: "See `tandem worker list` for what they declare.",
    });
  });
});

describe("webhooks of workers", () => {
  let serving: Serving;
  const urlOf = (hook: string): string => {
    const fact = serving.facts.find((line) => line.endsWith(`/webhooks/shop/${hook}`)) ?? "";
    return fact.replace("POST ", "");
  };
  const post = (hook: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(urlOf(hook), { method: "POST", body, headers });
  beforeEach(async () => {
    serving = await start(openShop);
    return () => serving.stop();
  });

  test("W14: a call is kept before it is answered, handled by the worker's code, and told with its run", async () => {
    expect(serving.facts).toEqual([
      expect.stringMatching(/^POST http:\/\/127\.0\.0\.1:\d+\/webhooks\/shop\/orders$/u),
      expect.stringMatching(/^POST http:\/\/127\.0\.0\.1:\d+\/webhooks\/shop\/signed$/u),
    ]);
    const answer = await post("orders", '{"order":7}', { "x-key": "k" });
    expect([answer.status, await answer.text(), answer.headers.get("content-type")]).toEqual([
      202,
      "",
      "application/json",
    ]);
    await until(() => serving.delivered.length > 0);
    expect(serving.delivered).toEqual([
      {
        hook: "shop/orders",
        run: expect.stringMatching(/^20261121-140000-/u),
        status: "ok",
        attempts: 1,
        retryAtMs: null,
        error: null,
      },
    ]);
    const workers = makeWorkers(serving.app);
    const log = await workers.log(String(serving.delivered[0]?.run));
    expect(log.run).toEqual({
      id: serving.delivered[0]?.run,
      sync: "shop/orders",
      trigger: "webhook",
      cycle: null,
      startedAtMs: nowMs,
      finishedAtMs: nowMs,
      status: "ok",
      hasMore: null,
      counts: noCounts,
      requests: { read: 0, write: 0 },
      error: null,
    });
    expect(log.lines.map(({ text }) => text)).toEqual(['POST {"order":7} k 36']);
    expect((await workers.webhooks())[0]).toMatchObject({ queued: 0 });
  });

  test("W14: one that fails is told, and waits in the queue for its next try", async () => {
    await post("orders", '{"order":"bad"}');
    await until(() => serving.delivered.length > 0);
    expect(serving.delivered).toMatchObject([
      {
        status: "failed",
        attempts: 1,
        retryAtMs: nowMs + 10_000,
        error: { name: "RangeError", message: "no such order" },
      },
    ]);
    const [event] = await serving.app.store.loadEvents(Number.MAX_SAFE_INTEGER, 9);
    expect(event).toEqual({
      id: expect.stringMatching(/^000000001-[0-9a-f-]{36}$/u),
      hook: "shop/orders",
      json: expect.objectContaining({ body: { order: "bad" }, method: "POST" }),
      attempts: 1,
      notBeforeMs: nowMs + 10_000,
    });
  });

  test("W14: one that its worker does not know for genuine is not kept; what the worker says is the answer", async () => {
    const genuine = await fetch(`${urlOf("signed")}?q=1`, { headers: { "x-key": "ok" } });
    expect([genuine.status, await genuine.text(), genuine.headers.get("content-type")]).toEqual([
      200,
      "GET 1",
      "text/plain",
    ]);
    const foreign = await post("signed", "{}", { "x-key": "other" });
    expect([foreign.status, await foreign.text()]).toEqual([403, "POST undefined"]);
    const bare = await post("signed", "{}");
    expect([bare.status, await bare.text()]).toEqual([401, '{"error":"Verification failed"}']);
    expect(serving.app.logged).toEqual([
      "warn: shop/signed: verify failed: WebhookVerificationError: no key",
    ]);
    await until(() => serving.delivered.length > 0);
    expect(serving.delivered).toHaveLength(1);
    expect(await serving.app.store.loadEvents(Number.MAX_SAFE_INTEGER, 9)).toEqual([]);
  });

  test("after the signal no call is taken any more", async () => {
    const url = urlOf("orders");
    await serving.stop();
    await expect(fetch(url, { method: "POST" })).rejects.toThrow("fetch failed");
  });
});
