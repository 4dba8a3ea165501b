// What stands behind the commands, put together as the program does it: over local services and a store
// in a file, opened anew as by another process.
import { afterAll, beforeAll, expect, test } from "vitest";
import { openServices } from "../../src/app.ts";
import type { SyncOutcome } from "../../src/app/sync.ts";
import type { Reported } from "../../src/cli/progress.ts";
import type { Services } from "../../src/cli/services.ts";
import type { Config } from "../../src/config/load.ts";
import { must } from "../../src/core/assert.ts";
import { startDemoWorld, type DemoWorld } from "../../src/demo/world.ts";

let world: DemoWorld;
const told: (readonly [stage: Reported["stage"], of: string | undefined])[] = [];

beforeAll(async () => {
  world = await startDemoWorld({ isKept: false });
}, 60_000);
afterAll(() => world.close());

const open = (config: Config): Promise<Services> =>
  openServices({
    config,
    signal: new AbortController().signal,
    timing: world.timing,
    onProgress: ({ stage }, of) => told.push([stage, of]),
    onLog: () => undefined,
  });

async function synced(config: Config): Promise<SyncOutcome> {
  const services = await open(config);
  try {
    for await (const outcome of services.sync([], "cli")) return outcome;
    throw new Error("no pair");
  } finally {
    await services.close();
  }
}

const pairOf = ({ pairs }: Config) => must(pairs[0], "a pair");

test("a table that was looked up is known to the next process, until the config names another", async () => {
  const { config } = world;
  const pair = pairOf(config);
  const first = await synced(config);
  expect(first).toMatchObject({ kind: "run", run: { status: "ok" } });
  expect(told).toContainEqual(["scan", pair.id]);
  const second = await synced(config);
  expect(second).toMatchObject({ kind: "run", run: { status: "ok" } });
  if (first.kind !== "run" || second.kind !== "run") throw new Error("no run");
  // Looking a database up takes requests that the second process need not make.
  const reads = ({ run }: typeof first): number => run.summary.requests.left.read;
  expect(reads(second)).toBeLessThan(reads(first));
  for (const change of [
    { airtable: { ...pair.airtable, table: "No such table" } },
    { notion: { ...pair.notion, database: "0123456789abcdef0123456789abcdef" } },
  ]) {
    const outcome = await synced({ ...config, pairs: [{ ...pair, ...change }] });
    const error = outcome.kind === "error" ? outcome.error : outcome.run.error;
    expect(["config_invalid", "not_shared"]).toContain(error?.code);
  }
});

test("a config of nothing opens no store", async () => {
  const empty = { ...world.config, pairs: [], workers: [], storePath: "/nowhere/at/all.db" };
  await expect(open(empty)).rejects.toMatchObject({ code: "config_invalid" });
});
