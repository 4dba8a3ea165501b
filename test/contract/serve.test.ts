// Schedules of pairs, in process and on in-memory services: what is due, what waits, and how it all ends.
// The clock of the schedules is in the tests' hands. Workers have tests of their own.
import { schedule, type ScheduledTask, type TaskFn } from "node-cron";
import { beforeEach, expect, test, vi } from "vitest";
import { serve } from "../../src/app/serve.ts";
import type { SyncOutcome } from "../../src/app/sync.ts";
import type { PairConfig } from "../../src/config/load.ts";
import { must } from "../../src/core/assert.ts";
import { pairId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";
import { SyncError } from "../../src/errors.ts";
import { makeApp, type App } from "../fixture/app.ts";

vi.mock("node-cron", () => ({ schedule: vi.fn() }));

const hourly = "0 * * * *";

/** Schedules that are set, by their words; gone when they are taken down. */
const due = new Map<string, () => void>();

beforeEach(() => {
  due.clear();
  vi.mocked(schedule).mockImplementation((words: string, act: TaskFn | string) => {
    if (typeof act === "string") throw new Error("no file");
    due.set(words, () => void act({} as Parameters<TaskFn>[0]));
    const destroy = (): void => void due.delete(words);
    return { destroy } as Partial<ScheduledTask> as ScheduledTask;
  });
});

interface Served {
  readonly outcomes: readonly SyncOutcome[];
  readonly facts: readonly string[];
  readonly ended: Promise<void>;
  readonly stop: () => void;
  /** Until so many runs were told. */
  readonly runs: (count: number) => Promise<void>;
}

function served(made: App, pairs: readonly PairConfig[] = [made.pair]): Served {
  const stop = new AbortController();
  const outcomes: SyncOutcome[] = [];
  const facts: string[] = [];
  const app = { ...made.app, signal: stop.signal, config: { ...made.app.config, pairs } };
  const ended = serve(app, {
    onReady: (told) => void facts.push(...told),
    onRun: (outcome) => void outcomes.push(outcome),
    onCycle: () => undefined,
    onDelivered: () => undefined,
  });
  const runs = (count: number): Promise<void> =>
    vi.waitFor(() => expect(outcomes.length).toBeGreaterThanOrEqual(count), { interval: 1 });
  return {
    outcomes,
    facts,
    ended,
    runs,
    stop: () => {
      stop.abort();
    },
  };
}

const ready = ({ facts }: Served): Promise<void> =>
  vi.waitFor(() => expect(facts).not.toEqual([]), { interval: 1 });

/** Lets a run of the pair go on only when it is told to. */
function held(made: App): { readonly isHeld: () => boolean; readonly letGo: () => void } {
  const describe = made.world.left.describe.bind(made.world.left);
  let go: (() => void) | null = null;
  made.world.left.describe = async () => {
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    made.world.left.describe = describe;
    return describe();
  };
  return { isHeld: () => go !== null, letGo: () => go?.() };
}

test("a pair is synced when it is due, as a scheduled run, and no more after the signal", async () => {
  const made = await makeApp(1, {}, hourly);
  made.world.left.admin.edit(must(made.left[0], "a row"), { A: text("new") });
  const serving = served(made);
  await ready(serving);
  expect(serving.facts).toEqual([`pair runs on ${hourly}`]);
  expect(serving.outcomes).toEqual([]);
  const wake = must(due.get(hourly), "a schedule");
  wake();
  await serving.runs(1);
  expect(serving.outcomes).toMatchObject([{ kind: "run", run: { status: "ok" } }]);
  expect(made.world.picture().right).toEqual(["Row 0 | new | empty"]);
  const [last] = await made.world.store.loadRuns(made.world.policy.id, 1);
  expect(last).toMatchObject({ trigger: "cron", status: "ok" });
  serving.stop();
  await serving.ended;
  expect([...due]).toEqual([]);
  wake();
  await new Promise(setImmediate);
  expect(serving.outcomes).toHaveLength(1);
});

test("the words of a schedule are cron's own, seconds included", async () => {
  const real = await vi.importActual<{ readonly schedule: typeof schedule }>("node-cron");
  vi.mocked(schedule).mockImplementation(real.schedule);
  const serving = served(await makeApp(1, {}, "* * * * * *"));
  await vi.waitFor(() => expect(serving.outcomes).toHaveLength(1), { timeout: 5_000 });
  serving.stop();
  await serving.ended;
});

test("a pair that is due twice while a run is under way runs once more, and pairs run in turn", async () => {
  const made = await makeApp(1, {}, hourly);
  const second = { ...made.pair, id: pairId("second"), schedule: "5 * * * *" };
  const unscheduled = { ...made.pair, id: pairId("by hand"), schedule: null };
  const run = held(made);
  const serving = served(made, [made.pair, second, unscheduled]);
  await ready(serving);
  expect(serving.facts).toEqual([`pair runs on ${hourly}`, "second runs on 5 * * * *"]);
  must(due.get(hourly), "a schedule")();
  await vi.waitFor(() => expect(run.isHeld()).toBe(true), { interval: 1 });
  must(due.get("5 * * * *"), "a schedule")();
  must(due.get(hourly), "a schedule")();
  must(due.get(hourly), "a schedule")();
  expect(serving.outcomes).toEqual([]);
  run.letGo();
  await serving.runs(3);
  expect(serving.outcomes.map(({ pair }) => pair)).toEqual(["pair", "second", "pair"]);
  serving.stop();
  await serving.ended;
  expect(serving.outcomes).toHaveLength(3);
});

test("the signal waits for the run in flight, and what was due after it is left", async () => {
  const made = await makeApp(1, {}, hourly);
  const second = { ...made.pair, id: pairId("second"), schedule: "5 * * * *" };
  const run = held(made);
  const serving = served(made, [made.pair, second]);
  let isEnded = false;
  void serving.ended.then(() => (isEnded = true));
  await ready(serving);
  must(due.get(hourly), "a schedule")();
  must(due.get("5 * * * *"), "a schedule")();
  await vi.waitFor(() => expect(run.isHeld()).toBe(true), { interval: 1 });
  serving.stop();
  await new Promise(setImmediate);
  expect(isEnded).toBe(false);
  run.letGo();
  await serving.ended;
  expect(serving.outcomes.map(({ pair }) => pair)).toEqual(["pair"]);
});

test("a run that fails is told, and one that breaks is logged; the next one runs all the same", async () => {
  const made = await makeApp(1, {}, hourly);
  const describe = made.world.left.describe.bind(made.world.left);
  const failures: (() => Promise<never>)[] = [
    () => Promise.reject(new SyncError({ code: "unavailable", message: "Down.", remedy: "Wait." })),
    () => Promise.reject(new Error("a bug of ours")),
  ];
  made.world.left.describe = () => (failures.shift() ?? describe)();
  const serving = served(made);
  await ready(serving);
  const wake = must(due.get(hourly), "a schedule");
  wake();
  await serving.runs(1);
  expect(serving.outcomes).toMatchObject([{ run: { status: "error" } }]);
  await new Promise(setImmediate);
  wake();
  await vi.waitFor(() => expect(made.logged).toEqual(["error: a scheduled run failed"]));
  await new Promise(setImmediate);
  wake();
  await serving.runs(2);
  expect(serving.outcomes.at(-1)).toMatchObject({ run: { status: "ok" } });
  serving.stop();
  await serving.ended;
});

test("without a schedule there is nothing to serve, and it says what to add", async () => {
  const made = await makeApp(1);
  const told = async (pairs: readonly PairConfig[], workers: App["app"]["config"]["workers"]) => {
    const config = { ...made.app.config, pairs, workers };
    const catalog = { ...made.app.catalog, loadAll: () => Promise.resolve([]) };
    const error: unknown = await serve(
      { ...made.app, config, catalog },
      {
        onReady: () => undefined,
        onRun: () => undefined,
        onCycle: () => undefined,
        onDelivered: () => undefined,
      },
    ).catch((thrown: unknown) => thrown);
    if (!(error instanceof SyncError)) throw new Error("served");
    return [error.code, error.message, error.remedy];
  };
  const noSchedule = [
    "config_invalid",
    "No pair has a schedule, so there is nothing to serve.",
    'Add schedule: "*/15 * * * *" to a pair, or run `tandem sync` from cron.',
  ];
  expect(await told([made.pair], [])).toEqual(noSchedule);
  expect(await told([], [])).toEqual(noSchedule);
  const worker = { name: "w" } as App["app"]["config"]["workers"][number];
  expect(await told([made.pair], [worker])).toEqual(noSchedule);
  expect(await told([], [worker])).toEqual([
    "config_invalid",
    "No worker that is enabled has a sync or a webhook, so there is nothing to serve.",
    "See `tandem worker list` for what they declare.",
  ]);
});
