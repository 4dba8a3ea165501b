import { describe, expect, test } from "vitest";
import { syncId, type SyncId } from "../../core/oneway/ids.ts";
import { runningMax, runScheduler, type ScheduledSync } from "./scheduler.ts";

function sync(name: string): ScheduledSync {
  return { id: syncId(`w/${name}`), worker: "w", schedule: { kind: "manual" } };
}

interface Bench {
  readonly started: string[];
  readonly errors: unknown[];
  readonly nowMs: () => number;
}

interface Plan {
  readonly syncs: readonly ScheduledSync[];
  readonly due: (nowMs: number) => ReadonlyMap<SyncId, number | null>;
  readonly run: (sync: ScheduledSync, nowMs: number) => Promise<void>;
  readonly seconds: number;
}

/** A scheduler whose seconds pass at once. */
async function schedule(plan: Plan): Promise<Bench> {
  const stop = new AbortController();
  let now = 0;
  const started: string[] = [];
  const errors: unknown[] = [];
  await runScheduler({
    syncs: plan.syncs,
    dueAt: async () => plan.due(now),
    run: (each) => {
      started.push(`${now / 1000} ${each.id}`);
      return plan.run(each, now);
    },
    nowMs: () => now,
    sleep: async (delayMs) => {
      now += delayMs;
      if (now >= plan.seconds * 1000) stop.abort();
      await new Promise((resolve) => setImmediate(resolve));
    },
    signal: stop.signal,
    onError: (_id, error) => errors.push(error),
  });
  return { started, errors, nowMs: () => now };
}

describe("the scheduler", () => {
  test("starts what is due, the longest due first, and nothing that rests", async () => {
    const { started } = await schedule({
      syncs: [sync("a"), sync("b"), sync("c"), sync("d")],
      due: (now) =>
        now > 3000
          ? new Map()
          : new Map([
              [sync("a").id, 2_000],
              [sync("b").id, 1_000],
              [sync("c").id, null],
            ]),
      run: async () => undefined,
      seconds: 5,
    });
    expect(started.slice(0, 3)).toEqual(["1 w/b", "2 w/b", "2 w/a"]);
    expect(started.join()).not.toMatch(/w\/[cd]/u);
  });

  test("never starts a sync that runs, nor more than so many side by side", async () => {
    const names = Array.from({ length: runningMax + 2 }, (_, index) => sync(String(index)));
    let side = 0;
    let most = 0;
    const { started } = await schedule({
      syncs: names,
      due: () => new Map(names.map(({ id }) => [id, 0])),
      run: async () => {
        most = Math.max(most, (side += 1));
        for (let turn = 0; turn < 3; turn += 1) await new Promise((go) => setImmediate(go));
        side -= 1;
      },
      seconds: 4,
    });
    expect(runningMax).toBe(4);
    expect(most).toBe(runningMax);
    expect(new Set(started.slice(0, runningMax)).size).toBe(runningMax);
  });

  test("gives each worker its turn, however many syncs another one has", async () => {
    const many = Array.from({ length: 6 }, (_, index) => sync(String(index)));
    const few: ScheduledSync = { ...sync("x"), id: syncId("v/x"), worker: "v" };
    const { started } = await schedule({
      syncs: [...many, few],
      due: () => new Map([...many.map(({ id }) => [id, 0] as const), [few.id, 500]]),
      run: () => new Promise((resolve) => setTimeout(resolve, 30)),
      seconds: 2,
    });
    // At first it is not due; then every place is taken, and the next free one is its own.
    expect(started.slice(0, runningMax).every((line) => line.startsWith("0 w/"))).toBe(true);
    const fair = await schedule({
      syncs: [...many, few],
      due: () => new Map([...many.map(({ id }) => [id, 0] as const), [few.id, 0]]),
      run: async () => undefined,
      seconds: 1,
    });
    expect(fair.started.slice(0, 2)).toEqual(["0 w/0", "0 v/x"]);
  });

  test("rests a minute after a run that broke down, and goes on with the others", async () => {
    const { started, errors } = await schedule({
      syncs: [sync("bad"), sync("good")],
      due: () =>
        new Map([
          [sync("bad").id, 0],
          [sync("good").id, 0],
        ]),
      run: async ({ id }) => {
        if (id === sync("bad").id) throw new Error("no disk");
      },
      seconds: 100,
    });
    const bad = started.filter((line) => line.endsWith("bad"));
    expect(bad).toEqual(["0 w/bad", "61 w/bad"]);
    expect(started.length - bad.length).toBeGreaterThan(50);
    expect(errors).toHaveLength(2);
  });

  test("ends when the runs under way have ended", async () => {
    let isDone = false;
    await schedule({
      syncs: [sync("slow")],
      due: () => new Map([[sync("slow").id, 0]]),
      run: async () => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        isDone = true;
      },
      seconds: 2,
    });
    expect(isDone).toBe(true);
  });
});
