// Leases of runs that meet: who waits is let in, and nobody works on without one.
import { afterEach, describe, expect, test } from "vitest";

import { digest } from "../../../src/lib/digest.ts";
import type { OnewayDeps } from "../../../src/oneway/deps.ts";
import { leaseName, makeLeases } from "../../../src/oneway/leases.ts";
import { makeNotes } from "../../../src/oneway/notes.ts";
import { makeRunningExecutions, pacerEntries } from "../../../src/oneway/running.ts";
import { makeWorld, page, upsert, type World } from "./world.ts";

const open: World[] = [];

async function start(): Promise<{ readonly world: World; readonly deps: OnewayDeps }> {
  const world = await makeWorld({ syncs: { all: { script: () => page([]) } } });
  open.push(world);
  return { world, deps: world.deps() };
}

afterEach(async () => {
  for (const world of open.splice(0)) await world.store.close();
});

describe("leases", () => {
  test("one that is taken is refused, and one that is waited for comes when it is free", async () => {
    const { deps } = await start();
    const mine = makeLeases(deps);
    const theirs = makeLeases({ ...deps, holder: "other" });
    await mine.take("a");
    await expect(theirs.take("a")).rejects.toMatchObject({ code: "lease_held" });
    const waiting = theirs.wait("a");
    await mine.drop("a");
    await waiting;
    expect(theirs.held()).toMatchObject([{ name: "a", token: 2 }]);
  });

  test("one that nobody waits for is kept; one that somebody waits for goes to them, and comes back", async () => {
    const { deps } = await start();
    const mine = makeLeases(deps);
    const theirs = makeLeases({ ...deps, holder: "other" });
    await mine.wait("a");
    await mine.giveWay("a");
    expect(mine.held()).toMatchObject([{ name: "a", token: 1 }]);
    const waiting = theirs.wait("a");
    while ((await deps.store.countLeases("queue-a")) === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await mine.giveWay("a");
    const again = mine.wait("a");
    await waiting;
    await theirs.dropAll();
    await again;
    expect(mine.held()).toMatchObject([{ name: "a", token: 3 }]);
    expect(await deps.store.countLeases("queue-")).toBe(0);
  });

  test("a wait ends when the run is asked to stop, and after half an hour", async () => {
    const { world, deps } = await start();
    const startMs = world.clock.nowMs;
    // The first one lives on and renews its lease, so the other never gets it.
    const held = await deps.store.takeLease("b", "keeper");
    const keeping = {
      ...deps,
      holder: "other",
      sleep: async (delayMs: number, signal: AbortSignal) => {
        if ("token" in held) await deps.store.renewLease(held);
        await deps.sleep(delayMs, signal);
      },
    };
    await expect(makeLeases(keeping).wait("b")).rejects.toMatchObject({ code: "lease_held" });
    expect(world.clock.nowMs - startMs).toBeGreaterThan(1_800_000);
    world.abort.controller.abort();
    await expect(makeLeases(keeping).wait("b")).rejects.toThrow("aborted");
    expect(await deps.store.countLeases("queue-")).toBe(0);
  });

  test("they are renewed now and then, and one that was lost ends the run", async () => {
    const { world, deps } = await start();
    const mine = makeLeases(deps);
    await mine.take("a");
    world.clock.nowMs += 100_000;
    await mine.keep();
    world.clock.nowMs += 100_000;
    expect(await deps.store.takeLease("a", "other")).toEqual({ heldBy: "test" });
    world.clock.nowMs += 200_000;
    await deps.store.takeLease("a", "other");
    await expect(mine.keep()).rejects.toMatchObject({ code: "lease_lost" });
    await mine.dropAll();
    expect(await deps.store.takeLease("a", "third")).toEqual({ heldBy: "other" });
  });

  test("a run that lost its lease while the worker ran saves nothing", async () => {
    const { world } = await start();
    world.scripts.set("all", async () => {
      world.clock.nowMs += 121_000;
      await world.store.takeLease("sync-crm/all", "another machine");
      return page([upsert("a", {})]);
    });
    await expect(world.run()).rejects.toMatchObject({ code: "lease_lost" });
    expect(await world.store.loadSync("crm/all" as never)).toMatchObject({
      cycle: { executions: 0 },
    });
    expect(world.writes()).toBe(0);
  });

  test("names stay short enough for a file", () => {
    expect(leaseName("sync", "crm/all", digest)).toBe("sync-crm/all");
    expect(leaseName("sync", `crm/${"é".repeat(50)}`, digest)).toBe(
      `sync-${digest(`crm/${"é".repeat(50)}`)}`,
    );
  });
});

describe("executions that run at once", () => {
  test("are counted a worker, and all are told when one comes or goes", () => {
    const running = makeRunningExecutions();
    const told: string[] = [];
    const one = running.join("a", () => told.push("one"));
    const two = running.join("a", () => told.push("two"));
    running.join("b", () => told.push("b"));
    expect([running.count("a"), running.count("b"), running.count("c")]).toEqual([2, 1, 0]);
    expect(told).toEqual(["one", "one", "two", "b"]);
    two.leave();
    two.leave();
    expect(told.slice(4)).toEqual(["one"]);
    one.leave();
    expect(running.count("a")).toBe(0);
  });

  test("are handed all pacers, and beside others their first call waits a step", () => {
    const declared = [
      { key: "x", allowedRequests: 10, intervalMs: 1_000 },
      { key: "y", allowedRequests: 3, intervalMs: 60_000 },
    ];
    const stored = new Map([["x", 500]]);
    const sharing = { declared, stored, nowMs: 9_000 };
    expect([...pacerEntries({ ...sharing, among: 1 })]).toEqual([
      ["x", { lastScheduledAtMs: 500, allowedRequests: 10, intervalMs: 1_000 }],
      ["y", { lastScheduledAtMs: 0, allowedRequests: 3, intervalMs: 60_000 }],
    ]);
    expect([...pacerEntries({ ...sharing, among: 2 })]).toEqual([
      ["x", { lastScheduledAtMs: 9_000, allowedRequests: 5, intervalMs: 1_000 }],
      ["y", { lastScheduledAtMs: 9_000, allowedRequests: 3, intervalMs: 120_000 }],
    ]);
  });
});

test("notes are told once each, and no more than a few hundred", () => {
  const notes = makeNotes();
  for (let at = 0; at < 300; at += 1) notes.add(`note ${at % 250}`);
  expect(notes.takeNew()).toHaveLength(200);
  expect(notes.takeNew()).toEqual([]);
  expect(notes.all()).toHaveLength(201);
  expect(notes.all().at(-1)).toMatch(/^… and \d+ more\.$/u);
});
