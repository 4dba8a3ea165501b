import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Timing } from "../timing.ts";
import { makeCaller, type Caller } from "./caller.ts";
import type { Call, Reply } from "./transport.ts";

const body = z.object({ id: z.string() });
const call: Call = { kind: "read", method: "GET", stem: "app1", path: "/tbl1" };
const write: Call = { ...call, kind: "write", method: "PATCH" };
const answer = (status: number, content: unknown = {}): Reply => ({
  kind: "answer",
  status,
  body: content,
  dateMs: null,
  retryAfterMs: 1,
});
const good = answer(200, { id: "r1" });

interface Made {
  readonly caller: Caller;
  /** What each call asked a budget for. */
  readonly bases: (string | null)[];
  readonly tries: () => number;
}

function make(replies: readonly Reply[]): Made {
  let nowMs = 1_000_000;
  let tries = 0;
  const bases: (string | null)[] = [];
  const timing: Timing = {
    nowMs: () => nowMs,
    elapsedMs: () => nowMs,
    sleep: (delayMs) => {
      nowMs += delayMs;
      return Promise.resolve();
    },
    random: () => 0.5,
  };
  const caller = makeCaller({
    transport: () => {
      const reply = replies[Math.min(tries, replies.length - 1)];
      tries += 1;
      return reply === undefined ? Promise.reject(new Error("no reply")) : Promise.resolve(reply);
    },
    pacersFor: (base) => {
      bases.push(base);
      return [];
    },
    timing,
  });
  return { caller, bases, tries: () => tries };
}

describe("a call counts against its base's budget", () => {
  test.each([
    [call, "app1"],
    [write, "app1"],
    [{ ...call, stem: "meta", path: "/bases/app2/tables" }, "app2"],
    [{ ...call, stem: "meta", path: "/bases" }, null],
  ] as const)("%#", async (asked, base) => {
    const { caller, bases } = make([good]);
    if (asked.kind === "read") await caller.read(asked, body);
    else await caller.write(asked, body);
    expect(bases).toEqual([base]);
  });
});

describe("a read", () => {
  test("is tried again after a doubtful answer, and after one of an unknown shape", async () => {
    for (const odd of [answer(500), answer(200, { id: 1 })]) {
      const { caller, tries } = make([odd, odd, good]);
      expect(await caller.read(call, body)).toEqual({ kind: "done", body: { id: "r1" } });
      expect(tries()).toBe(3);
      expect(caller.requests()).toEqual({ read: 3, write: 0 });
    }
  });

  test("throws when nothing helps, and at once when the token or the month is spent", async () => {
    const spent = { error: { type: "PUBLIC_API_BILLING_LIMIT_EXCEEDED", message: "" } };
    const failing: readonly (readonly [Reply, string, number])[] = [
      [answer(500), "unavailable", 5],
      [answer(200, {}), "contract_broken", 5],
      [answer(401), "unauthorized", 1],
      [answer(429, spent), "rate_limited", 1],
    ];
    for (const [reply, code, count] of failing) {
      const { caller, tries } = make([reply]);
      await expect(caller.read(call, body)).rejects.toMatchObject({ code });
      expect(tries()).toBe(count);
    }
  });

  test("a refusal is an answer", async () => {
    const { caller } = make([answer(404)]);
    expect(await caller.read(call, body)).toMatchObject({
      kind: "refused",
      refusal: { kind: "missing" },
    });
  });
});

describe("a write", () => {
  test("P17: is sent once where it may have been done, and so is one with a strange answer", async () => {
    for (const odd of [answer(500), answer(200, {}), { kind: "timeout" } as const]) {
      const { caller, tries } = make([odd]);
      expect(await caller.write(write, body)).toMatchObject({ kind: "doubt" });
      expect(tries()).toBe(1);
    }
  });

  test("is sent again while the service is busy, and not applied when it stays so", async () => {
    const helped = make([answer(429), good]);
    expect(await helped.caller.write(write, body)).toMatchObject({ kind: "done" });
    expect(helped.caller.requests()).toEqual({ read: 0, write: 2 });
    const stuck = make([answer(429)]);
    expect(await stuck.caller.write(write, body)).toMatchObject({ kind: "not-applied" });
  });

  test("a used-up month is surely not done, a bad token ends the run", async () => {
    const spent = { error: { type: "PUBLIC_API_BILLING_LIMIT_EXCEEDED", message: "" } };
    const { caller, tries } = make([answer(429, spent)]);
    expect(await caller.write(write, body)).toMatchObject({ kind: "not-applied" });
    expect(tries()).toBe(1);
    await expect(make([answer(401)]).caller.write(write, body)).rejects.toMatchObject({
      code: "unauthorized",
    });
  });
});

test("the clock is the service's, learned from any answer that names its time", async () => {
  const dateMs = 1_000_000 + 3_600_000;
  const { caller } = make([{ ...answer(404), dateMs } as Reply]);
  expect(caller.nowMs()).toBe(1_000_000);
  await caller.read(call, body);
  expect(Math.abs(caller.nowMs() - dateMs)).toBeLessThanOrEqual(1_000);
});

describe("an answer of a shape nobody knows", () => {
  test("is told with the call it came to, and where it differs", async () => {
    const { caller } = make([answer(200, { id: 7 })]);
    const error: unknown = await caller.read(call, body).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "contract_broken",
      message: "Airtable's answer to GET app1/tbl1 is not of the known shape.",
      context: { why: "id" },
    });
  });
});

test("a count of requests that was looked at once does not change any more", async () => {
  const { caller } = make([good]);
  const before = caller.requests();
  await caller.read(call, body);
  expect([before, caller.requests()]).toEqual([
    { read: 0, write: 0 },
    { read: 1, write: 0 },
  ]);
});

test("what is not known of a write is told in words: busy, used up, or lost", async () => {
  const spent = { error: { type: "PUBLIC_API_BILLING_LIMIT_EXCEEDED", message: "" } };
  const told = (reply: Reply): Promise<unknown> => make([reply]).caller.write(write, body);
  expect([
    await told(answer(429)),
    await told(answer(429, spent)),
    await told(answer(502)),
  ]).toEqual([
    { kind: "not-applied", message: "Airtable keeps answering 429 (too many requests)." },
    {
      kind: "not-applied",
      message: "Airtable's monthly number of API calls for this workspace is used up.",
    },
    { kind: "doubt", message: "Airtable gave no usable answer (status 502)." },
  ]);
});
