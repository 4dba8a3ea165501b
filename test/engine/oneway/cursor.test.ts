// Cursors of incremental syncs, failures and pauses of the upstream, budgets, and what people set.
import { describe, expect, test } from "vitest";

import { dueAt } from "../../../src/core/oneway/schedule.ts";
import {
  disableSync,
  enableSync,
  loadState,
  pauseSync,
  resetState,
  resumeSync,
  triggerSync,
} from "../../../src/oneway/control.ts";
import { runSync } from "../../../src/oneway/run.ts";
import type { ExecuteInput, PacerEntry } from "../../../src/oneway/source.ts";
import { standingOf } from "../../../src/oneway/state.ts";
import { idOf, makeWorld, page, paged, upsert, type Script, type World } from "./world.ts";

const incremental = (script: Script, pacers = {}): Promise<World> =>
  makeWorld({ syncs: { delta: { mode: "incremental", script } }, ...pacers });
const states = (world: World) => world.handed.map((one) => one.state);
const cursor = async (world: World) => (await loadState(idOf("delta"), world)).cursor;

describe("the cursor of an incremental sync", () => {
  test("W7: is kept over cycles, also when the last page brings nothing", async () => {
    const world = await incremental(({ state }) =>
      page([], { next: Number(state?.json ?? 0) + 1 }),
    );
    await world.run();
    await world.run();
    await world.run();
    expect(states(world)).toEqual([undefined, 1, 2]);
    expect(await cursor(world)).toEqual({ json: 3 });
  });

  test("W7: stays where the cycle began when a cycle ends without one", async () => {
    const world = await incremental(() => page([], { next: "start" }));
    await world.run();
    world.scripts.set("delta", ({ state }) =>
      state?.json === "start" ? page([], { hasMore: true, next: "page 2" }) : page([]),
    );
    await world.run();
    expect(await cursor(world)).toEqual({ json: "start" });
  });

  test("a cycle that goes in circles is told after three equal answers", async () => {
    const world = await incremental(() => page([upsert("a", {})], { hasMore: true }));
    const run = await world.run();
    expect(run).toMatchObject({ status: "failed", executions: 3, isCycleDone: false });
    expect(run.error?.message).toContain("the same nextState and the same changes 3 times");
    expect(await loadState(idOf("delta"), world)).toMatchObject({ failures: 1, cursor: null });
    world.scripts.set("delta", () => page([upsert("b", {})]));
    expect(await world.run()).toMatchObject({ status: "ok", isCycleDone: true });
  });

  test("a worker that waits for its upstream may give nothing for a while", async () => {
    let calls = 0;
    const world = await incremental(() => {
      calls += 1;
      return page([], { hasMore: calls < 12, next: "job 7" });
    });
    expect(await world.run()).toMatchObject({ status: "ok", executions: 12 });
    world.scripts.set("delta", () => page([], { hasMore: true, next: "job 8" }));
    expect(await world.run()).toMatchObject({ status: "failed", executions: 30 });
  });

  test("equal rows of another page, and other rows of the same state, are progress", async () => {
    let calls = 0;
    const world = await incremental(() => {
      calls += 1;
      const isOdd = calls % 2 === 1;
      return page([upsert(isOdd ? "a" : "b", {})], { hasMore: calls < 9, next: "queue" });
    });
    expect(await world.run()).toMatchObject({ status: "ok", executions: 9 });
    world.scripts.set("delta", ({ state }) => {
      const at = Number(state?.json === "queue" ? 0 : state?.json);
      return page([upsert("a", {})], { hasMore: at < 8, next: at + 1 });
    });
    expect(await world.run()).toMatchObject({ status: "ok", executions: 9 });
  });

  test("a state of null is not the same as none", async () => {
    const world = await incremental(() => page([], { next: null }));
    await world.run();
    await world.run();
    expect(states(world)).toEqual([undefined, null]);
  });

  test("W4: moves on with each page, and a failure goes on from the last one that was written", async () => {
    let fails = true;
    const world = await incremental((input) => {
      const at = Number(input.state?.json ?? 0);
      if (at === 2 && fails) {
        return { kind: "failed", why: "timeout", name: "Timeout", message: "m", stack: null };
      }
      return page([upsert(`k${at}`, {})], { hasMore: at < 3, next: at + 1 });
    });
    expect((await world.run()).status).toBe("failed");
    fails = false;
    expect(await world.run()).toMatchObject({ status: "ok", counts: { created: 2 } });
    expect(states(world)).toEqual([undefined, 1, 2, 2, 3]);
    expect(Object.keys(await world.rows())).toHaveLength(4);
  });

  test("W15: a state that is too large is refused before anything is written", async () => {
    const world = await incremental(() => page([upsert("a", {})], { next: "x".repeat(262_143) }));
    const run = await world.run();
    expect(run).toMatchObject({ status: "failed", error: { name: "StateTooLarge" } });
    expect(world.writes()).toBe(0);
    expect(await cursor(world)).toBeNull();
    world.scripts.set("delta", () => page([], { next: "x".repeat(262_142) }));
    expect((await world.run()).status).toBe("ok");
  });

  test("a run rests after a number of executions, and the next one goes on", async () => {
    const world = await incremental(({ state }) =>
      page([], { hasMore: true, next: Number(state?.json ?? 0) + 1 }),
    );
    expect(await world.run("delta", { executionsMax: 3 })).toMatchObject({
      status: "stopped",
      executions: 3,
      isCycleDone: false,
    });
    await world.run("delta", { executionsMax: 1 });
    expect(states(world)).toEqual([undefined, 1, 2, 3]);
  });

  test("a reset starts over, makes no row twice, and keeps what people set", async () => {
    const world = await incremental(() => page([upsert("a", {})], { next: "c" }));
    await world.run();
    await pauseSync(idOf("delta"), world);
    await resetState("crm", "delta", world.deps());
    expect(await loadState(idOf("delta"), world)).toMatchObject({
      cursor: null,
      cyclesDone: 0,
      cyclesBegun: 1,
      isPaused: true,
    });
    world.writes();
    await world.run();
    expect(states(world)).toEqual([undefined, undefined]);
    expect(world.writes()).toBe(0);
  });

  test("a reset in the middle of a replace cycle forgets what that cycle had seen", async () => {
    const world = await makeWorld({
      syncs: { all: { script: paged([[upsert("a", {}), upsert("b", {})]]) } },
    });
    await world.run();
    world.scripts.set("all", () => page([upsert("b", {})], { hasMore: true, next: 1 }));
    await world.run("all", { executionsMax: 1 });
    await resetState("crm", "all", world.deps());
    world.scripts.set("all", paged([[upsert("a", {})]]));
    expect((await world.run()).counts.removed).toBe(1);
    expect(Object.keys(await world.rows())).toEqual(["a"]);
  });
});

describe("an upstream that asks for a pause", () => {
  test("W11: is left alone for as long as it said, also by hand", async () => {
    const limited: Script = () => ({
      kind: "rate-limited",
      retryAfterMs: 600_000,
      message: "slow down",
      pacers: new Map(),
    });
    const world = await incremental(limited);
    const run = await world.run();
    expect(run).toMatchObject({ status: "rate-limited", error: { name: "RateLimitError" } });
    expect(run.notBeforeMs).toBe(world.clock.nowMs + 600_000);
    world.scripts.set("delta", () => page([]));
    await expect(world.run()).rejects.toMatchObject({ code: "rate_limited" });
    expect(world.handed).toHaveLength(1);
    world.clock.nowMs += 600_000;
    expect((await world.run()).status).toBe("ok");
    expect((await loadState(idOf("delta"), world)).notBeforeMs).toBeNull();
  });

  test("waits longer each time, and never less than the upstream asked for", async () => {
    const world = await incremental(() => ({
      kind: "rate-limited",
      retryAfterMs: 90_000,
      message: "m",
      pacers: new Map(),
    }));
    const waits: number[] = [];
    for (let at = 0; at < 4; at += 1) {
      const { notBeforeMs } = await world.run();
      waits.push((notBeforeMs ?? 0) - world.clock.nowMs);
      world.clock.nowMs = notBeforeMs ?? 0;
    }
    expect(waits).toEqual([90_000, 120_000, 240_000, 480_000]);
  });

  test("a worker's own error of that name is an error", async () => {
    const world = await incremental(() => ({
      kind: "failed",
      why: "thrown",
      name: "RateLimitError",
      message: "m",
      stack: null,
    }));
    expect(await world.run()).toMatchObject({ status: "failed", error: { name: "Error" } });
    expect((await world.run()).status).toBe("failed");
  });
});

describe("budgets", () => {
  const pacers = [{ key: "api", allowedRequests: 10, intervalMs: 1_000 }];
  const entries = (input: ExecuteInput | undefined): PacerEntry | undefined =>
    input?.pacers.get("api");

  test("are handed out whole to one, and remembered", async () => {
    const inputs: ExecuteInput[] = [];
    const world = await incremental(
      (input) => {
        inputs.push(input);
        const used = { lastScheduledAtMs: 5_000.25, allowedRequests: 10, intervalMs: 1_000 };
        return page([], { pacers: new Map([["api", used]]) });
      },
      { pacers },
    );
    await world.run();
    await world.run();
    expect(inputs.map(entries)).toEqual([
      { lastScheduledAtMs: 0, allowedRequests: 10, intervalMs: 1_000 },
      { lastScheduledAtMs: 5_001, allowedRequests: 10, intervalMs: 1_000 },
    ]);
  });

  test("count the calls of an execution that failed", async () => {
    const used = { lastScheduledAtMs: 7_000, allowedRequests: 10, intervalMs: 1_000 };
    const failed = { kind: "failed", why: "thrown", name: "E", message: "m", stack: null } as const;
    const inputs: ExecuteInput[] = [];
    const world = await incremental(
      (input) => {
        inputs.push(input);
        return inputs.length > 1 ? failed : { ...failed, pacers: new Map([["api", used]]) };
      },
      { pacers },
    );
    for (let run = 0; run < 3; run += 1) await world.run();
    expect(inputs.map((input) => entries(input)?.lastScheduledAtMs)).toEqual([0, 7_000, 7_000]);
  });

  test("W11: are split while two syncs run, in this process", async () => {
    const shares: Record<string, PacerEntry | undefined> = {};
    let letGo: (() => void) | null = null;
    const isOther = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const world = await makeWorld({
      pacers,
      syncs: {
        one: {
          mode: "incremental",
          script: async (input) => {
            shares["first"] = entries(input);
            input.onShare((next) => {
              shares[shares["second"] === undefined ? "told" : "after"] = next.get("api");
            });
            await isOther;
            return page([]);
          },
        },
        two: {
          mode: "incremental",
          database: "other",
          script: (input) => {
            shares["second"] = entries(input);
            letGo?.();
            return page([]);
          },
        },
      },
      databases: [
        (await import("./world.ts")).database("items"),
        (await import("./world.ts")).database("other"),
      ],
    });
    await Promise.all([world.run("one"), world.run("two")]);
    expect(shares["first"]).toMatchObject({ allowedRequests: 10 });
    expect(shares["told"]).toMatchObject({ allowedRequests: 5, intervalMs: 1_000 });
    expect(shares["second"]).toMatchObject({ allowedRequests: 5, intervalMs: 1_000 });
  });

  test("W11: are split with executions of other processes, which are seen by their leases", async () => {
    const shares: (PacerEntry | undefined)[] = [];
    const world = await incremental(
      (input) => {
        shares.push(entries(input));
        return page([]);
      },
      { pacers },
    );
    const other = await world.store.takeLease("execution-crm/elsewhere", "another process");
    await world.run();
    if ("token" in other) await world.store.dropLease(other);
    await world.run();
    expect(shares.map((one) => one?.allowedRequests)).toEqual([5, 10]);
  });
});

describe("what people set", () => {
  test("W13: a paused sync runs by hand only, and a disabled one not at all", async () => {
    const world = await incremental(() => page([]));
    const schedule = { kind: "interval", everyMs: 60_000 } as const;
    const due = async () => dueAt(schedule, standingOf(await loadState(idOf("delta"), world)));
    await pauseSync(idOf("delta"), world);
    expect(await due()).toBeNull();
    expect((await world.run("delta", { trigger: "schedule" })).status).toBe("paused");
    expect((await world.run()).status).toBe("ok");
    await resumeSync(idOf("delta"), world);
    expect(await due()).toBe(world.clock.nowMs + 60_000);
    await disableSync(idOf("delta"), world);
    expect((await world.run()).status).toBe("disabled");
    await enableSync(idOf("delta"), world);
    await triggerSync(idOf("delta"), world);
    expect(await due()).toBe(0);
    expect((await world.run("delta", { trigger: "schedule" })).status).toBe("ok");
    expect(await due()).toBe(world.clock.nowMs + 60_000);
    expect(world.handed).toHaveLength(2);
  });

  test("a pause during a run is not undone by the run", async () => {
    const world = await incremental(() => page([]));
    world.scripts.set("delta", async () => {
      await pauseSync(idOf("delta"), world);
      return page([], { next: "c" });
    });
    await world.run();
    expect(await loadState(idOf("delta"), world)).toMatchObject({
      isPaused: true,
      cursor: { json: "c" },
    });
  });

  test("a second run of the same sync is refused, and so is a reset", async () => {
    const world = await incremental(() => page([]));
    const tried: unknown[] = [];
    world.scripts.set("delta", async () => {
      tried.push(await world.run().catch((error: unknown) => error));
      tried.push(await resetState("crm", "delta", world.deps()).catch((error: unknown) => error));
      return page([]);
    });
    await world.run();
    expect(tried).toMatchObject([{ code: "lease_held" }, { code: "lease_held" }]);
  });

  test("W16: a run that is asked to stop keeps what it wrote and counts as no failure", async () => {
    const world = await incremental(() => page([]));
    const many = Array.from({ length: 60 }, (_, at) => upsert(`k${at}`, {}));
    world.scripts.set("delta", () => page(many, { next: 1 }));
    const deps = world.deps();
    let lots = 0;
    const run = await runSync(
      await world.worker(),
      { sync: "delta", trigger: "schedule" },
      {
        ...deps,
        onProgress: ({ stage, done }) => {
          if (stage !== "write" || done === 0) return;
          lots += 1;
          if (lots === 2) world.abort.controller.abort();
        },
      },
    );
    expect(run).toMatchObject({ status: "stopped", error: null });
    expect(await loadState(idOf("delta"), world)).toMatchObject({ failures: 0, cursor: null });
    const made = world.writes();
    expect(made).toBeGreaterThan(0);
    world.abort.controller = new AbortController();
    expect((await world.run()).counts).toMatchObject({ created: 60 - made, unchanged: made });
  });
});

describe("runs", () => {
  test("each execution is a record with its counts and log", async () => {
    const world = await incremental(({ state, onLog }) => {
      onLog({ atMs: 1, stream: "out", text: "hello" });
      return state === null
        ? page([upsert("a", {})], { hasMore: true, next: 1 })
        : page([upsert("b", {}), upsert("a", {})], { next: 2 });
    });
    const run = await world.run();
    const runs = await world.store.loadOnewayRuns(idOf("delta"), 10);
    expect(
      runs.map((one) => [one.status, one.hasMore, one.counts.created, one.counts.unchanged]),
    ).toEqual([
      ["ok", false, 1, 1],
      ["ok", true, 1, 0],
    ]);
    expect(run.lastRun).toBe(runs[0]?.id);
    expect(
      (await world.store.loadLog(runs[0]?.id ?? run.lastRun ?? ("" as never))).map(
        (one) => one.text,
      ),
    ).toEqual(["hello"]);
  });

  test("one whose process ended is told as stopped by the next", async () => {
    const world = await incremental(() => page([upsert("a", {})]));
    world.steps.crashAt = world.steps.count + 8;
    await world.run().catch(() => null);
    world.steps.crashAt = null;
    await world.run();
    const runs = await world.store.loadOnewayRuns(idOf("delta"), 10);
    expect(runs.map((one) => one.status)).toEqual(["ok", "stopped"]);
  });

  test("an unknown sync is a slip", async () => {
    const world = await incremental(() => page([]));
    await expect(world.run("nope")).rejects.toMatchObject({ code: "usage" });
  });
});
