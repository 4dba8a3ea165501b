// The frame of a run: who may run, how a lease is kept, what is stored in which portions, and how each
// end of it is told, also those that should not happen.
import { expect, test } from "vitest";
import { InvariantError } from "../../src/core/assert.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { EngineDeps } from "../../src/engine/deps.ts";
import {
  beforeCall,
  commitInParts,
  entryChange,
  inRun,
  type PairRun,
  type Run,
} from "../../src/engine/run.ts";
import { SyncError } from "../../src/errors.ts";
import type { Store, StoreChange } from "../../src/store/store.ts";
import { text } from "../../src/core/value.ts";
import { makeWorld, minuteMs, type World } from "./world.ts";

const options = { trigger: "cron", holder: "this run" } as const;
const unusable = new SyncError({
  code: "store_unusable",
  message: "The disk is full.",
  remedy: "x",
});

/** The store, with some of its calls taken over. */
function storeWith(world: World, part: Partial<Store>): Store {
  return Object.assign(Object.create(world.store) as Store, part);
}

function runIn(
  world: World,
  body: (run: Run) => Promise<void>,
  part: Partial<EngineDeps> = {},
): Promise<PairRun> {
  const deps = { ...world.deps(), ...part };
  return inRun(world.policy, options, { deps, body: (run) => body(run).then(() => null) });
}

const reads = (world: World): number => world.left.requests().read + world.right.requests().read;

test("P22: a second run ends at once, says who is at work, and has read and written nothing", async () => {
  const world = await makeWorld();
  await runIn(world, async () => {
    const second = syncPair(
      world.policy,
      { ...options, holder: "b", restrict: null },
      world.deps(),
    );
    await expect(second).rejects.toMatchObject({
      code: "lease_held",
      message: "Another run is at work on pair (this run).",
      remedy: "Wait for it to end; nothing was read or written.",
    });
  });
  expect(reads(world)).toBe(0);
  expect(await world.store.loadRuns(world.policy.id, 10)).toHaveLength(1);
  // Pairs do not wait for each other.
  expect(await world.store.takeLease("pair-other", "c")).not.toHaveProperty("heldBy");
});

test("a run keeps its lease: it is renewed before a call, half a minute after the last time at the latest", async () => {
  const world = await makeWorld();
  const renewedMs: number[] = [];
  const beganMs = world.nowMs;
  const store = storeWith(world, {
    renewLease: async (lease) => {
      renewedMs.push(world.nowMs - beganMs);
      await world.store.renewLease(lease);
    },
  });
  await runIn(
    world,
    async (run) => {
      for (const waitMs of [0, 29_999, 1, 29_999, 1, 10, 90_000, 0]) {
        world.nowMs += waitMs;
        await beforeCall(run);
      }
    },
    { store },
  );
  expect(renewedMs).toEqual([30_000, 60_000, 150_010]);
});

test("a run that lost its lease stops before its next call", async () => {
  const world = await makeWorld();
  let calls = 0;
  const run = await runIn(world, async (at) => {
    world.nowMs += 60 * minuteMs;
    await world.store.takeLease("pair-pair", "somebody else");
    await beforeCall(at);
    calls += 1;
  }).catch((error: unknown) => error);
  expect(run).toMatchObject({ code: "lease_lost" });
  expect(calls).toBe(0);
});

test("a run that was asked to stop makes no other call, and what it did is told", async () => {
  const world = await makeWorld();
  const stop = new AbortController();
  let calls = 0;
  const run = await runIn(
    world,
    async (at) => {
      await beforeCall(at);
      calls += 1;
      stop.abort();
      await beforeCall(at);
      calls += 1;
    },
    { signal: stop.signal },
  );
  expect(calls).toBe(1);
  expect(run).toMatchObject({ status: "attention", error: { code: "aborted" } });
  expect(run.summary).toMatchObject({ status: "attention", trigger: "cron" });
  expect(run.summary.error).toEqual({
    code: "aborted",
    message: "The run was asked to stop.",
    remedy: "Nothing is lost; the next run goes on from here.",
  });
});

test("what is much is stored in portions, under the run's lease, each change once and in its order", async () => {
  const world = await makeWorld();
  const parts: (readonly [boolean, readonly string[]])[] = [];
  const store = storeWith(world, {
    commit: async (lease, changes) => {
      const told = changes.flatMap((change) =>
        change.kind === "entry" && change.entry.body.type === "problem"
          ? [change.entry.body.message]
          : [],
      );
      if (told.length > 0) parts.push([lease !== null, told]);
      await world.store.commit(lease, changes);
    },
  });
  const messages = Array.from({ length: 1_201 }, (_, at) => String(at));
  await runIn(
    world,
    async (run) => {
      const changes = messages.map((message): StoreChange =>
        entryChange(run, {
          type: "problem",
          side: null,
          ids: { left: null, right: null },
          field: null,
          code: "history",
          message,
          remedy: "",
        }),
      );
      await commitInParts(run, changes);
      await commitInParts(run, []);
    },
    { store },
  );
  expect(parts.map(([isLeased, told]) => [isLeased, told.length])).toEqual([
    [true, 500],
    [true, 500],
    [true, 201],
  ]);
  expect(parts.flatMap(([, told]) => told)).toEqual(messages);
});

test("G6: a run whose log takes no line reads nothing, and says so", async () => {
  const world = await makeWorld();
  world.left.admin.add({ Name: text("One") });
  const deps = { ...world.deps(), flushHistory: () => Promise.reject(unusable) };
  const run = await syncPair(world.policy, { ...options, restrict: null }, deps);
  expect(run).toMatchObject({ status: "error", error: unusable, plans: [], prepared: null });
  expect(reads(world)).toBe(0);
  expect(run.summary.error).toEqual({
    code: "store_unusable",
    message: "The disk is full.",
    remedy: "x",
  });
});

test("a lease that could not be dropped hides no end, unless something is wrong with the program", async () => {
  const world = await makeWorld();
  const dropping = (error: Error): Promise<PairRun> =>
    runIn(world, async () => {}, {
      store: storeWith(world, {
        dropLease: async (lease) => {
          await world.store.dropLease(lease);
          throw error;
        },
      }),
    });
  expect((await dropping(unusable)).status).toBe("ok");
  await expect(dropping(new TypeError("wrong"))).rejects.toThrow("wrong");
});

test("an error of the program is thrown as it is, is no run's end, and gives the lease back", async () => {
  for (const error of [new InvariantError("cannot be"), new TypeError("wrong")]) {
    const world = await makeWorld();
    await expect(runIn(world, () => Promise.reject(error))).rejects.toBe(error);
    expect(await world.store.loadRuns(world.policy.id, 10)).toEqual([]);
    expect(await world.entries()).toEqual([]);
    expect(await world.store.takeLease("pair-pair", "next")).not.toHaveProperty("heldBy");
  }
});

test("what breaks because the run was asked to stop is that, and not an error; what cannot be is", async () => {
  const world = await makeWorld();
  const signal = AbortSignal.abort();
  const run = await runIn(world, () => Promise.reject(new TypeError("cut off")), { signal });
  expect(run).toMatchObject({ status: "attention", error: { code: "aborted" } });
  const wrong = new InvariantError("cannot be");
  await expect(runIn(world, () => Promise.reject(wrong), { signal })).rejects.toBe(wrong);
});

test("the record of a run has its beginning, its end and its numbers", async () => {
  const world = await makeWorld();
  const startedAtMs = world.nowMs;
  const run = await runIn(world, async ({ tally }) => {
    tally.failed = 1;
    world.nowMs += 1_234;
    await world.left.describe();
  });
  expect(await world.store.loadRun(run.run)).toEqual({
    id: run.run,
    pair: "pair",
    trigger: "cron",
    startedAtMs,
    finishedAtMs: startedAtMs + 1_234,
    status: "attention",
    counts: run.summary.counts,
    requests: { left: { read: 1, write: 0 }, right: { read: 0, write: 0 } },
    error: null,
  });
  expect(run.summary).toMatchObject({ status: "attention", startedAtMs, durationMs: 1_234 });
  const [entry] = await world.entries(run);
  expect(entry).toEqual({ run: run.run, pair: "pair", atMs: world.nowMs, body: run.summary });
});
