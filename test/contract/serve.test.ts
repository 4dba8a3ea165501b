// Schedules of pairs, in process and on in-memory services. Workers have tests of their own.
import { expect, test } from "vitest";
import { serve } from "../../src/app/serve.ts";
import type { SyncOutcome } from "../../src/app/sync.ts";
import type { WorkerContext } from "../../src/app/worker/context.ts";
import type { ServeOptions } from "../../src/cli/services.ts";
import { must } from "../../src/core/assert.ts";
import { text } from "../../src/core/value.ts";
import { makeApp, type App } from "../fixture/app.ts";

const everySecond = "* * * * * *";

/** Serves until the first run; what was told, and what the run was. */
async function served(
  made: App,
): Promise<{ readonly facts: readonly string[]; readonly outcomes: readonly SyncOutcome[] }> {
  const stop = new AbortController();
  const outcomes: SyncOutcome[] = [];
  let facts: readonly string[] = [];
  const options: ServeOptions = {
    onReady: (told) => {
      facts = told;
    },
    onRun: (outcome) => {
      outcomes.push(outcome);
      stop.abort();
    },
    onCycle: () => {},
    onDelivered: () => {},
  };
  // No workers.
  const catalog = { loadAll: () => Promise.resolve([]) };
  const app = { ...made.app, signal: stop.signal, catalog } as unknown as WorkerContext;
  await serve(app, options);
  return { facts, outcomes };
}

test("a pair is synced when it is due, as a scheduled run, and no more after the signal", async () => {
  const made = await makeApp(1, {}, everySecond);
  made.world.left.admin.edit(must(made.left[0], "a row"), { A: text("new") });
  const { facts, outcomes } = await served(made);
  expect(facts).toEqual([`pair runs on ${everySecond}`]);
  expect(outcomes).toMatchObject([{ kind: "run", run: { status: "ok" } }]);
  expect(made.world.picture().right).toEqual(["Row 0 | new | empty"]);
  const [last] = await made.world.store.loadRuns(made.world.policy.id, 1);
  expect(last).toMatchObject({ trigger: "cron", status: "ok" });
});

test("without a schedule there is nothing to serve", async () => {
  await expect(served(await makeApp(1))).rejects.toMatchObject({ code: "config_invalid" });
});
