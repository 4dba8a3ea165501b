import { describe, expect, test } from "vitest";
import { makeHook } from "../../../../test/fixture/hook.ts";
import type { CapabilityResult } from "../../../workers/run-capability.ts";
import { makeAdmission } from "./admission.ts";
import { answerCall, type Answer, type WebhookCall, type WebhookEvent } from "./answer.ts";
import { makeHookHealth, type Hook } from "./hook.ts";

interface Bench {
  readonly queued: WebhookEvent[];
  readonly log: string[];
  readonly verified: WebhookCall[];
  readonly answer: (hook: Hook, call?: Partial<WebhookCall>) => Promise<Answer>;
}

function makeBench(verdict: CapabilityResult | null = null): Bench {
  const queued: WebhookEvent[] = [];
  const log: string[] = [];
  const verified: WebhookCall[] = [];
  const deps = {
    admission: makeAdmission(() => 0),
    health: makeHookHealth(),
    deliveryId: () => `d${queued.length + 1}`,
    verify: async (_hook: Hook, request: WebhookCall) => {
      verified.push(request);
      if (verdict === null) throw new Error("nobody was to be asked");
      return verdict;
    },
    enqueue: async (_hook: Hook, event: WebhookEvent) => {
      queued.push(event);
    },
    onLog: (text: string) => log.push(text),
  };
  const call = { method: "POST", url: "http://h/x", query: {}, headers: {}, rawBody: "" };
  return {
    queued,
    log,
    verified,
    answer: (hook, more) => answerCall(deps, hook, { ...call, ...more }),
  };
}

const failure = (name: string): CapabilityResult => ({
  kind: "failed",
  why: "thrown",
  name,
  message: "no",
  stack: null,
  retryAfterMs: null,
});
const checked = makeHook("pay", { hasVerify: true });

describe("a call of a webhook", () => {
  test("is accepted with 202 and queued with its body, parsed and raw", async () => {
    const { answer, queued } = makeBench();
    const given = { rawBody: '{"ref":"main"}', headers: { "x-event": "push" } };
    expect(await answer(makeHook("push"), given)).toMatchObject({ status: 202 });
    expect(queued).toEqual([
      {
        deliveryId: "d1",
        body: { ref: "main" },
        rawBody: '{"ref":"main"}',
        headers: { "x-event": "push" },
        method: "POST",
      },
    ]);
  });

  test.each(["", "a=b", "[1]", '"text"'])(
    "with the body %j has no object to hand on",
    async (rawBody) => {
      const { answer, queued } = makeBench();
      await answer(makeHook("push"), { rawBody });
      expect(queued).toMatchObject([{ body: {}, rawBody }]);
    },
  );

  test.each(["GET", "PUT", "HEAD"])(
    "by %s is refused where nothing verifies it",
    async (method) => {
      const { answer, queued } = makeBench();
      expect(await answer(makeHook("push"), { method })).toMatchObject({ status: 405 });
      expect(queued).toEqual([]);
    },
  );

  test("beyond the limit is answered 429 with the time to wait, and not queued", async () => {
    const { answer, queued } = makeBench();
    for (let count = 0; count < 60; count += 1) await answer(makeHook("push"));
    expect(await answer(makeHook("push"))).toMatchObject({
      status: 429,
      body: '{"error":"Rate limit exceeded"}',
      retryAfterSeconds: 60,
    });
    expect(queued).toHaveLength(60);
  });
});

test.each([
  [makeHook("push"), { method: "GET" }, 405, "Method not allowed"],
  [makeHook("pay", { hasVerify: true }), { method: "PUT" }, 405, "Method not allowed"],
])(
  "a method that is not taken is answered %#, and counts against no limit",
  async (hook, call, status, error) => {
    const { answer, queued } = makeBench({ kind: "done", json: { status: 200 } });
    for (let count = 0; count < 70; count += 1) {
      expect(await answer(hook, call)).toEqual({
        status,
        body: JSON.stringify({ error }),
        contentType: "application/json",
      });
    }
    expect((await answer(hook)).status).toBeLessThan(300);
    expect(queued).toHaveLength(1);
  },
);

describe("a webhook that verifies", () => {
  test("gives the answer itself, and a 2xx queues the call", async () => {
    const json = { status: 200, body: "challenge", contentType: "text/plain" };
    const { answer, queued, verified } = makeBench({ kind: "done", json });
    expect(await answer(checked, { method: "GET", query: { c: "1" } })).toEqual(json);
    expect(queued).toHaveLength(1);
    expect(verified).toEqual([
      { method: "GET", url: "http://h/x", query: { c: "1" }, headers: {}, rawBody: "" },
    ]);
  });

  test("keeps a call out with 4xx", async () => {
    const { answer, queued } = makeBench({ kind: "done", json: { status: 403 } });
    expect(await answer(checked)).toEqual({ status: 403, body: "", contentType: "text/plain" });
    expect(queued).toEqual([]);
  });

  test.each([
    [200, 200, 1],
    [299, 299, 1],
    [300, 500, 0],
    [399, 500, 0],
    [400, 400, 0],
    [499, 499, 0],
    [500, 500, 0],
    [199, 500, 0],
    [201.5, 500, 0],
  ])("that says %s is answered %s, and queues %s calls", async (status, answered, count) => {
    const { answer, queued } = makeBench({ kind: "done", json: { status } });
    expect((await answer(checked)).status).toBe(answered);
    expect(queued).toHaveLength(count);
  });

  test("may say 8 KB, counted in bytes, and in JSON or plain text only", async () => {
    const say = (body: string, more = {}): Promise<Answer> =>
      makeBench({ kind: "done", json: { status: 200, body, ...more } }).answer(checked);
    expect(await say("é".repeat(4_096))).toEqual({
      status: 200,
      body: "é".repeat(4_096),
      contentType: "text/plain",
    });
    expect((await say(`${"é".repeat(4_096)}x`)).status).toBe(500);
    expect(await say("{}", { contentType: "application/json" })).toMatchObject({
      contentType: "application/json",
    });
    expect((await say("<p>", { contentType: "text/html" })).status).toBe(500);
  });

  test.each([
    ["a redirect", { status: 302 }],
    ["no answer", null],
    ["an answer too long", { status: 200, body: "x".repeat(9000) }],
  ])("that gives %s is a failure of ours, for the caller to try again", async (_name, json) => {
    const { answer, queued, log } = makeBench({ kind: "done", json });
    expect(await answer(checked)).toMatchObject({ status: 500 });
    expect(queued).toEqual([]);
    expect(log).toHaveLength(1);
  });

  test("and throws is asked again by the caller; a failed verification is told as such", async () => {
    const throwing = makeBench(failure("TypeError"));
    for (let count = 0; count < 7; count += 1) {
      expect(await throwing.answer(checked)).toEqual({
        status: 500,
        body: '{"error":"The webhook could not be checked"}',
        contentType: "application/json",
      });
    }
    expect(throwing.log.at(-1)).toBe("gh/pay: verify failed: TypeError: no");
    const refusing = makeBench(failure("WebhookVerificationError"));
    expect(await refusing.answer(checked)).toEqual({
      status: 401,
      body: '{"error":"Verification failed"}',
      contentType: "application/json",
    });
    expect([...throwing.queued, ...refusing.queued]).toEqual([]);
  });

  test("is blocked after five failed verifications in a row, and others are not", async () => {
    const { answer, verified, log } = makeBench(failure("WebhookVerificationError"));
    for (let count = 0; count < 5; count += 1) {
      expect(await answer(checked)).toMatchObject({ status: 401 });
    }
    expect(await answer(checked)).toEqual({
      status: 403,
      body: '{"error":"Blocked after five failed verifications; start the program again"}',
      contentType: "application/json",
    });
    expect(verified).toHaveLength(5);
    expect(log.filter((line) => line.includes("blocked"))).toEqual([
      "gh/pay: blocked until the next start",
    ]);
    expect(await answer(makeHook("push"))).toMatchObject({ status: 202 });
  });
});
