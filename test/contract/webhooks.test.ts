// Webhooks over real HTTP and a real store: what the front takes, and how queued calls reach their
// worker, are tried again, and survive a restart. The worker's own code is stood in for.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeHook } from "../fixture/hook.ts";
import {
  makeDelivery,
  type Delivered,
  type DeliverDeps,
} from "../../src/app/worker/webhook/deliver.ts";
import { makeHookHealth, type Hook, type HookHealth } from "../../src/app/worker/webhook/hook.ts";
import { listenForWebhooks, type Listening } from "../../src/app/worker/webhook/listen.ts";
import type { Answer, WebhookCall } from "../../src/app/worker/webhook/answer.ts";
import { runId } from "../../src/core/ids.ts";
import { syncId } from "../../src/core/oneway/ids.ts";
import { SyncError } from "../../src/errors.ts";
import type { OnewayStore } from "../../src/store/oneway-store.ts";
import type { Store } from "../../src/store/store.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { CapabilityResult } from "../../src/workers/run-capability.ts";

const push = makeHook("push");
const done: CapabilityResult = { kind: "done", json: { status: "success" } };

describe("the HTTP front", () => {
  let listening: Listening | null = null;
  afterEach(async () => {
    await listening?.close();
    listening = null;
  });

  async function listen(
    answer: (hook: Hook, call: WebhookCall) => Promise<Answer>,
  ): Promise<string> {
    const options = { host: "127.0.0.1", port: 0, hooks: [push], answer, onError: () => undefined };
    listening = await listenForWebhooks(options);
    return listening.url;
  }

  const accept = async (): Promise<Answer> => ({
    status: 202,
    body: "",
    contentType: "application/json",
  });

  test("hands a call on whole: path, query, headers in lower case, raw body", async () => {
    const calls: WebhookCall[] = [];
    const url = await listen((_hook, call) => {
      calls.push(call);
      return accept();
    });
    const answer = await fetch(`${url}/webhooks/gh/push?a=1&b=%20`, {
      method: "POST",
      body: '{"é":1}',
      headers: { "X-Signature": "abc" },
    });
    expect(answer.status).toBe(202);
    expect(calls).toMatchObject([
      {
        method: "POST",
        url: `${url}/webhooks/gh/push?a=1&b=%20`,
        query: { a: "1", b: " " },
        rawBody: '{"é":1}',
      },
    ]);
    expect(calls[0]?.headers["x-signature"]).toBe("abc");
  });

  test("hands on how it was called, and answers without a body where none may stand", async () => {
    const calls: string[] = [];
    const url = await listen((_hook, { method, query }) => {
      calls.push(`${method} ${JSON.stringify(query)}`);
      return Promise.resolve({ status: 200, body: "challenge", contentType: "text/plain" });
    });
    const texts: string[] = [];
    for (const method of ["GET", "HEAD", "PUT"]) {
      const answer = await fetch(`${url}/webhooks/gh/push?a=1&a=2`, { method });
      texts.push(await answer.text());
    }
    expect(calls).toEqual(['GET {"a":"2"}', 'HEAD {"a":"2"}', 'PUT {"a":"2"}']);
    expect(texts).toEqual(["challenge", "", "challenge"]);
  });

  test("passes an answer on whole: status, body, type, length, and how long to wait", async () => {
    const url = await listen(() =>
      Promise.resolve({
        status: 429,
        body: '{"é":1}',
        contentType: "application/json",
        retryAfterSeconds: 42,
      }),
    );
    const answer = await fetch(`${url}/webhooks/gh/push`, { method: "POST" });
    expect([answer.status, await answer.text()]).toEqual([429, '{"é":1}']);
    const headers = ["content-type", "content-length", "retry-after"];
    expect(headers.map((name) => answer.headers.get(name))).toEqual([
      "application/json",
      "8",
      "42",
    ]);
  });

  test("says that it has no room or no such path in JSON, and a body of exactly 1 MiB is taken", async () => {
    const lengths: number[] = [];
    const url = await listen((_hook, { rawBody }) => {
      lengths.push(rawBody.length);
      return accept();
    });
    const post = (path: string, length: number) =>
      fetch(url + path, { method: "POST", body: "x".repeat(length) });
    expect(await (await post("/nowhere", 0)).json()).toEqual({ error: "Not found" });
    expect((await post("/webhooks/gh/push", 1024 * 1024)).status).toBe(202);
    expect(lengths).toEqual([1024 * 1024]);
    expect((await post("/webhooks/gh/push", 0)).headers.get("retry-after")).toBeNull();
  });

  test("finds a hook whose names need quoting, and tells what could not be kept", async () => {
    const errors: unknown[] = [];
    const odd = makeHook("on push/é");
    listening = await listenForWebhooks({
      host: "127.0.0.1",
      port: 0,
      hooks: [push, odd],
      answer: (hook) => Promise.reject(new Error(`no room for ${hook.id}`)),
      onError: (error) => errors.push(String(error)),
    });
    const answer = await fetch(`${listening.url}/webhooks/gh/on%20push%2F%C3%A9`, {
      method: "POST",
    });
    expect([answer.status, await answer.text()]).toEqual([500, '{"error":"Try again later"}']);
    expect(errors).toEqual(["Error: no room for gh/on push/é"]);
  });

  test("once closed takes no more calls, and waits for the one it answers", async () => {
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: asked, resolve: begun } = Promise.withResolvers<void>();
    const url = await listen(async () => {
      begun();
      await gate;
      return accept();
    });
    const under = fetch(`${url}/webhooks/gh/push`, { method: "POST" });
    await asked;
    const told: string[] = [];
    const closed = listening?.close().finally(() => told.push("closed"));
    await expect(fetch(`${url}/webhooks/gh/push`, { method: "POST" })).rejects.toThrow("fetch");
    expect(told).toEqual([]);
    letGo();
    expect((await under).status).toBe(202);
    await closed;
    listening = null;
  });

  test("knows no other path, takes no body above 1 MiB, and says 500 when the call cannot be kept", async () => {
    const url = await listen(() => Promise.reject(new Error("disk full")));
    for (const path of ["/", "/webhooks/gh", "/webhooks/gh/push/", "/webhooks/gh/other"]) {
      expect((await fetch(url + path, { method: "POST" })).status).toBe(404);
    }
    const large = fetch(`${url}/webhooks/gh/push`, {
      method: "POST",
      body: "x".repeat(1024 * 1024 + 1),
    });
    expect((await large).status).toBe(413);
    expect((await fetch(`${url}/webhooks/gh/push`, { method: "POST" })).status).toBe(500);
  });

  test("an address that is taken is a matter of the config", async () => {
    const url = await listen(accept);
    const port = Number(new URL(url).port);
    const again = listenForWebhooks({
      host: "127.0.0.1",
      port,
      hooks: [],
      answer: accept,
      onError: () => undefined,
    });
    await expect(again).rejects.toThrow(SyncError);
    await expect(again).rejects.toMatchObject({
      code: "config_invalid",
      message: `Nothing can listen on 127.0.0.1, port ${port} (EADDRINUSE).`,
    });
  });
});

describe("the queue", () => {
  let store: Store & OnewayStore;
  const clock = { nowMs: 1_795_000_000_000 };
  beforeEach(async () => {
    store = await openSqliteStore({ path: ":memory:", nowMs: () => clock.nowMs });
  });
  afterEach(() => store.close());

  let runs = 0;
  async function queue(id: string, hook = "gh/push"): Promise<void> {
    const event = { id, hook, json: { deliveryId: id }, attempts: 0, notBeforeMs: clock.nowMs };
    await store.commitOneway([], [{ kind: "event", event }]);
  }

  interface Bench {
    readonly deliver: () => Promise<boolean>;
    readonly seen: unknown[];
    readonly delivered: Delivered[];
    readonly health: HookHealth;
  }

  function makeBench(results: readonly CapabilityResult[]): Bench {
    const seen: unknown[] = [];
    const delivered: Delivered[] = [];
    const health = makeHookHealth();
    const deps: DeliverDeps = {
      store,
      hooks: new Map([[push.id, push]]),
      health,
      run: async (_hook, events, onLog) => {
        onLog({ atMs: clock.nowMs, stream: "out", text: "working" });
        seen.push(...events);
        return results[seen.length - 1] ?? done;
      },
      nowMs: () => clock.nowMs,
      runId: () => runId(`run-${(runs += 1)}`),
      onDelivered: (one) => delivered.push(one),
    };
    const delivery = makeDelivery(deps);
    const deliver = async (): Promise<boolean> => {
      const isAny = await delivery.startDue();
      await delivery.settled();
      return isAny;
    };
    return { deliver, seen, delivered, health };
  }

  const thrown = (name: string): CapabilityResult => ({
    kind: "failed",
    why: "thrown",
    name,
    message: "no",
    stack: null,
    retryAfterMs: null,
  });

  test("is worked off in the order the calls came, each with a run and its log", async () => {
    await queue("a");
    clock.nowMs += 5;
    await queue("b");
    const { deliver, seen, delivered } = makeBench([]);
    expect(await deliver()).toBe(true);
    expect(await deliver()).toBe(true);
    expect(await deliver()).toBe(false);
    expect(seen).toEqual([{ deliveryId: "a" }, { deliveryId: "b" }]);
    const [newest] = await store.loadOnewayRuns(syncId("gh/push"), 10);
    expect(delivered[1]).toEqual({
      hook: "gh/push",
      run: newest?.id,
      status: "ok",
      attempts: 1,
      retryAtMs: null,
      error: null,
    });
    expect(newest).toMatchObject({ trigger: "webhook", status: "ok", startedAtMs: clock.nowMs });
    expect(await store.loadEvents(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    expect(await store.loadLog(runId(String(newest?.id)))).toMatchObject([{ text: "working" }]);
  });

  test("W14: tries a failed call three more times, ever later, and then lets go of it", async () => {
    await queue("a");
    const { deliver, seen, delivered } = makeBench(
      Array.from({ length: 9 }, () => thrown("Error")),
    );
    for (const waitMs of [10_000, 60_000, 300_000]) {
      expect(await deliver()).toBe(true);
      expect(delivered.at(-1)?.retryAtMs).toBe(clock.nowMs + waitMs);
      expect(await deliver()).toBe(false);
      clock.nowMs += waitMs;
    }
    expect(await deliver()).toBe(true);
    expect(delivered.at(-1)).toMatchObject({ attempts: 4, retryAtMs: null, status: "failed" });
    clock.nowMs += 3_600_000;
    expect(await deliver()).toBe(false);
    expect(seen).toHaveLength(4);
  });

  test("W14: keeps a failed call as it came, counts its tries, and lets the next one pass meanwhile", async () => {
    await queue("a");
    clock.nowMs += 5;
    await queue("b");
    const { deliver, seen, delivered } = makeBench([thrown("TypeError"), done, done]);
    await deliver();
    expect(delivered).toEqual([
      {
        hook: "gh/push",
        run: delivered[0]?.run,
        status: "failed",
        attempts: 1,
        retryAtMs: clock.nowMs + 10_000,
        error: { name: "TypeError", message: "no" },
      },
    ]);
    expect(await store.loadOnewayRuns(syncId("gh/push"), 1)).toMatchObject([
      { status: "failed", error: { name: "TypeError", message: "no" } },
    ]);
    expect(await store.loadEvents(Number.MAX_SAFE_INTEGER, 1)).toMatchObject([{ id: "b" }]);
    await deliver();
    expect(await store.loadEvents(Number.MAX_SAFE_INTEGER, 9)).toEqual([
      {
        id: "a",
        hook: "gh/push",
        json: { deliveryId: "a" },
        attempts: 1,
        notBeforeMs: clock.nowMs + 10_000,
      },
    ]);
    clock.nowMs += 10_000;
    await deliver();
    expect(seen).toEqual([{ deliveryId: "a" }, { deliveryId: "b" }, { deliveryId: "a" }]);
    expect(delivered.at(-1)).toMatchObject({ status: "ok", attempts: 2 });
  });

  test("what a delivery breaks down over is thrown to whoever waits for it, once", async () => {
    await queue("a");
    const delivery = makeDelivery({
      store,
      hooks: new Map([[push.id, push]]),
      health: makeHookHealth(),
      run: () => Promise.reject(new Error("no process can be started")),
      nowMs: () => clock.nowMs,
      runId: () => runId("run-x"),
      onDelivered: () => undefined,
    });
    await delivery.startDue();
    await expect(delivery.settled()).rejects.toThrow("no process can be started");
    await delivery.settled();
    // It is still there, and its hook is free again.
    expect(await delivery.startDue()).toBe(true);
    await expect(delivery.settled()).rejects.toThrow();
  });

  test("waits as long as the upstream asks for, and never less than its own time", async () => {
    await queue("b");
    const short = makeBench([
      { ...thrown("RateLimitError"), retryAfterMs: 2_000 } as CapabilityResult,
    ]);
    await short.deliver();
    expect(short.delivered[0]?.retryAtMs).toBe(clock.nowMs + 10_000);
    await queue("a");
    const { deliver, delivered } = makeBench([
      { ...thrown("RateLimitError"), retryAfterMs: 90_000 } as CapabilityResult,
    ]);
    await deliver();
    expect(delivered[0]?.retryAtMs).toBe(clock.nowMs + 90_000);
  });

  test("does not repeat a failed verification, and five in a row block the hook", async () => {
    const { deliver, health, delivered } = makeBench(
      Array.from({ length: 5 }, () => thrown("WebhookVerificationError")),
    );
    for (const id of ["a", "b", "c", "d", "e"]) await queue(id);
    for (let count = 0; count < 5; count += 1) {
      expect(health.isBlocked("gh/push")).toBe(false);
      await deliver();
      expect(delivered.at(-1)?.retryAtMs).toBeNull();
    }
    expect(health.isBlocked("gh/push")).toBe(true);
    expect(await deliver()).toBe(false);
  });

  test("a call that is genuine begins the count of failed verifications anew", async () => {
    const refused = Array.from({ length: 4 }, () => thrown("WebhookVerificationError"));
    const { deliver, health } = makeBench([...refused, done, ...refused, thrown("Error")]);
    for (const id of ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]) await queue(id);
    for (let count = 0; count < 10; count += 1) await deliver();
    expect(health.isBlocked("gh/push")).toBe(false);
    expect(health.refused("gh/push")).toBe(true);
    expect(health.isBlocked("gh/push")).toBe(true);
    expect(health.isBlocked("gh/other")).toBe(false);
    // It is said once.
    expect(health.refused("gh/push")).toBe(false);
  });

  test("W14: a call that was interrupted is handled again, under its own id", async () => {
    await queue("a");
    const aborted: CapabilityResult = { ...thrown("Stopped"), why: "aborted" } as CapabilityResult;
    const { deliver, seen, delivered } = makeBench([aborted]);
    await deliver();
    expect(delivered).toEqual([]);
    await deliver();
    expect(seen).toEqual([{ deliveryId: "a" }, { deliveryId: "a" }]);
    expect(delivered).toMatchObject([{ status: "ok" }]);
  });

  test("a handler that takes its time holds up its own hook and no other", async () => {
    const slow = makeHook("slow");
    await queue("a", slow.id);
    await queue("b", slow.id);
    await queue("c");
    const started: string[] = [];
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
    const delivery = makeDelivery({
      store,
      hooks: new Map([push, slow].map((hook) => [hook.id, hook])),
      health: makeHookHealth(),
      run: async (hook, events) => {
        started.push(`${hook.key} ${JSON.stringify(events)}`);
        if (hook.key === "slow") await gate;
        return done;
      },
      nowMs: () => clock.nowMs,
      runId: () => runId(`run-${(runs += 1)}`),
      onDelivered: () => undefined,
    });
    expect(await delivery.startDue()).toBe(true);
    expect(started).toEqual(['slow [{"deliveryId":"a"}]', 'push [{"deliveryId":"c"}]']);
    expect(await delivery.startDue()).toBe(false);
    letGo();
    await delivery.settled();
    expect(await delivery.startDue()).toBe(true);
    expect(started.at(-1)).toBe('slow [{"deliveryId":"b"}]');
    await delivery.settled();
  });

  test("keeps the calls of a hook that is not served, and they hold nobody up", async () => {
    await queue("old", "gone/hook");
    await queue("a");
    const { deliver, seen } = makeBench([]);
    expect(await deliver()).toBe(true);
    expect(seen).toEqual([{ deliveryId: "a" }]);
    expect(await deliver()).toBe(false);
    expect(await store.loadEvents(clock.nowMs, 10)).toHaveLength(1);
  });
});
