// The requests of one connection in time, on a clock that only waiting moves: 5 a second to a base, 50 with
// a token over all bases, half a minute of silence after a 429. Overrunning them locks a person's base for
// every program that uses it.
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import type { Caller } from "../../src/connectors/airtable/caller.ts";
import {
  makeConnection,
  type ConnectionOptions,
} from "../../src/connectors/airtable/connection.ts";
import { rateLimitFault } from "../../src/sandbox/airtable/faults.ts";
import { startAirtableSandbox, type AirtableSandbox } from "../../src/sandbox/airtable/sandbox.ts";

let sandbox: AirtableSandbox;
let clock: { nowMs: number };

beforeEach(async () => {
  sandbox = await startAirtableSandbox({ rateLimit: null });
  clock = { nowMs: 1_000_000 };
});
afterEach(async () => {
  await sandbox.close();
});

function connect(options: Partial<ConnectionOptions> = {}): Caller {
  return makeConnection({
    token: sandbox.token,
    baseUrl: sandbox.url,
    timing: {
      nowMs: () => clock.nowMs,
      elapsedMs: () => clock.nowMs,
      sleep: (delayMs) => {
        clock.nowMs += delayMs;
        return Promise.resolve();
      },
      random: () => 0.5,
    },
    ...options,
  });
}

const one = { kind: "read", method: "GET", stem: "meta" } as const;
const anything = z.unknown();
const schemaOf = (base: string) => ({ ...one, path: `/bases/${base}/tables` });
const bases = { ...one, path: "/bases" };

/** When each of the calls went out, counted from the first. */
async function timesOf(count: number, call: () => Promise<unknown>): Promise<readonly number[]> {
  const fromMs = clock.nowMs;
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    await call();
    times.push(clock.nowMs - fromMs);
  }
  return times;
}

test("a base gets its requests evenly, five in 1.1 s", async () => {
  const base = sandbox.admin.addBase({ name: "One", tables: [] }).id;
  const caller = connect();
  const times = await timesOf(7, () => caller.read(schemaOf(base), anything));
  expect(times).toEqual([0, 220, 440, 660, 880, 1_100, 1_320]);
});

test("two bases do not wait for each other", async () => {
  const [first, second] = ["One", "Two"].map(
    (name) => sandbox.admin.addBase({ name, tables: [] }).id,
  );
  const caller = connect();
  let at = 0;
  const times = await timesOf(5, () => {
    at += 1;
    return caller.read(schemaOf((at % 2 === 0 ? first : second) ?? ""), anything);
  });
  expect(times).toEqual([0, 0, 220, 220, 440]);
});

test("a token gets fifty requests over all bases in 1.1 s, those to a base among them", async () => {
  const base = sandbox.admin.addBase({ name: "One", tables: [] }).id;
  const caller = connect();
  await caller.read(schemaOf(base), anything);
  const times = await timesOf(50, () => caller.read(bases, anything));
  expect(times.slice(0, 49)).toEqual(Array.from({ length: 49 }, () => 0));
  expect(times[49]).toBe(1_100);
});

test("a base that answers 429 is left alone for half a minute, and then asked again", async () => {
  const base = sandbox.admin.addBase({ name: "One", tables: [] }).id;
  const caller = connect();
  sandbox.faults.add({ name: "429", fault: rateLimitFault, times: 2 });
  await caller.read(schemaOf(base), anything);
  expect(clock.nowMs).toBe(1_060_000);
  expect(caller.requests()).toEqual({ read: 3, write: 0 });
});

test("a call waits no longer than its patience, and says so", async () => {
  const base = sandbox.admin.addBase({ name: "One", tables: [] }).id;
  const caller = connect({ patienceMs: 10_000 });
  sandbox.faults.add({ name: "429", fault: rateLimitFault });
  await expect(caller.read(schemaOf(base), anything)).rejects.toMatchObject({
    code: "rate_limited",
    message: "Airtable keeps answering 429 (too many requests).",
  });
  // The lock-out holds for those that come after, too.
  await expect(caller.read(bases, anything)).rejects.toMatchObject({ code: "rate_limited" });
  expect(sandbox.log).toHaveLength(1);
  expect(clock.nowMs).toBe(1_000_000);
});

test("a stand-in without limits is not waited for", async () => {
  const base = sandbox.admin.addBase({ name: "One", tables: [] }).id;
  const caller = connect({ isPaced: false });
  const times = await timesOf(10, () => caller.read(schemaOf(base), anything));
  expect(new Set(times)).toEqual(new Set([0]));
});

test("two pairs of one process share the budget of their base", async () => {
  const base = sandbox.admin.addBase({ name: "One", tables: [] }).id;
  const { token, url: baseUrl } = sandbox;
  const fromMs = performance.now();
  for (const caller of [makeConnection({ token, baseUrl }), makeConnection({ token, baseUrl })]) {
    await caller.read(schemaOf(base), anything);
  }
  // On the machine's own clock, for only that is shared: the second call waits for its turn.
  expect(performance.now() - fromMs).toBeGreaterThan(200);
});
