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
    await expect(again).rejects.toMatchObject({ code: "config_invalid" });
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
    expect(newest).toMatchObject({ trigger: "webhook", status: "ok", id: delivered[1]?.run });
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

  test("waits as long as the upstream asks for", async () => {
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
