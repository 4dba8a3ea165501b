// The world the demonstration plays in: both local services without request budgets, a directory for
// the store and the history, and the config that ties them. One clock stands behind all of it, and
// nobody waits: whoever would sleep moves it on. It reaches the present about when the story ends.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Timekeeper } from "../cli/services.ts";
import { loadConfig, type Config } from "../config/load.ts";
import { makeSandboxClock } from "../sandbox/clock.ts";
import { startProductOps, type ProductOps } from "../sandbox/product-ops.ts";

export interface DemoWorld {
  readonly ops: ProductOps;
  readonly directory: string;
  readonly config: Config;
  readonly timing: Timekeeper;
  /** Stops both services, and removes the directory unless it is to be kept. */
  close(): Promise<void>;
}

const specCount = 47;
/** About what the story takes on its clock, the making of the specs included. */
const storyMs = 4.5 * 3_600_000;

export async function startDemoWorld(options: { readonly isKept: boolean }): Promise<DemoWorld> {
  const clock = makeSandboxClock(Date.now() - storyMs);
  const ops = await startProductOps({ specCount, isLimited: false, clock });
  const directory = mkdtempSync(join(tmpdir(), "tandem-demo-"));
  const file = join(directory, "tandem.yaml");
  writeFileSync(file, ops.config({ directory }), { mode: 0o600 });
  const environment = { NOTION_TOKEN: ops.notion.token, AIRTABLE_TOKEN: ops.airtable.token };
  return {
    ops,
    directory,
    timing: {
      nowMs: () => clock.nowMs(),
      elapsedMs: () => clock.nowMs(),
      sleep: (delayMs) => {
        clock.advance(delayMs);
        return Promise.resolve();
      },
      random: () => 0.5,
    },
    config: loadConfig({ file, directory, environment }),
    close: async () => {
      await ops.close();
      if (!options.isKept) rmSync(directory, { recursive: true, force: true });
    },
  };
}
