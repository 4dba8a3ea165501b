// The Product Ops pair against both local services over HTTP, with a store and a history on disk. One
// clock stands behind all of it: whoever would wait for a budget moves it on instead.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openServices } from "../../src/app.ts";
import type { Services } from "../../src/cli/services.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { startProductOps, type ProductOps } from "../../src/sandbox/product-ops.ts";

export interface LocalPair {
  readonly ops: ProductOps;
  readonly directory: string;
  readonly configFile: string;
  readonly environment: Readonly<Record<string, string>>;
  /** One sync, as the command line runs it. Throws when it did not end well. */
  sync(): Promise<PairRun>;
  close(): Promise<void>;
}

export interface LocalPairOptions {
  readonly specCount: number;
  /** Whether the services keep their request budgets. */
  readonly isLimited: boolean;
}

export async function openLocalPair(options: LocalPairOptions): Promise<LocalPair> {
  const ops = await startProductOps(options);
  const { clock } = ops;
  const directory = mkdtempSync(join(tmpdir(), "tandem-bench-"));
  const configFile = join(directory, "tandem.yaml");
  const guards = ["maxCreate: { percent: 100, floor: 1000000 }"];
  writeFileSync(configFile, ops.config({ directory, guards }), { mode: 0o600 });
  const environment = { NOTION_TOKEN: ops.notion.token, AIRTABLE_TOKEN: ops.airtable.token };
  const open = (): Promise<Services> =>
    openServices({
      config: loadConfig({ file: configFile, directory, environment }),
      signal: new AbortController().signal,
      timing: {
        nowMs: () => clock.nowMs(),
        elapsedMs: () => clock.nowMs(),
        sleep: (delayMs) => {
          clock.advance(delayMs);
          return Promise.resolve();
        },
        random: () => 0.5,
      },
      onProgress: () => undefined,
      onLog: () => undefined,
    });
  return {
    ops,
    directory,
    configFile,
    environment,
    sync: async () => {
      const services = await open();
      try {
        return await firstRun(services);
      } finally {
        await services.close();
      }
    },
    close: async () => {
      await ops.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The run of the one pair there is. Throws when it did not end well. */
export async function firstRun(services: Services): Promise<PairRun> {
  for await (const outcome of services.sync([], "cli")) {
    if (outcome.kind === "error") throw outcome.error;
    if (outcome.run.status === "ok") return outcome.run;
    throw outcome.run.error ?? new Error(`the run ended with ${outcome.run.status}`);
  }
  throw new Error("the config has no pair");
}
