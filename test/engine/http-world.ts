// The Product Ops pair over HTTP: the real clients against both sandboxes, the real store in memory,
// and one movable clock for all of them, so that waiting for a rate limit or a settling time is free.
import type { Timing } from "../../src/connectors/timing.ts";
import { makeAirtableConnector } from "../../src/connectors/airtable/connector.ts";
import { makeNotionConnector } from "../../src/connectors/notion/connector.ts";
import { loadConfig } from "../../src/config/load.ts";
import { must } from "../../src/core/assert.ts";
import { linkId, opId, runId } from "../../src/core/ids.ts";
import type { PairPolicy } from "../../src/core/policy.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { EngineDeps } from "../../src/engine/deps.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { digest } from "../../src/lib/digest.ts";
import { startProductOps, type ProductOps } from "../../src/sandbox/product-ops.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface HttpWorld {
  readonly ops: ProductOps;
  readonly store: Store;
  readonly policy: PairPolicy;
  run(): Promise<PairRun>;
  /** Requests both services got since the world began. */
  requests(): number;
  writes(): number;
  close(): Promise<void>;
}

/** `change`: of the config's text. */
export function loadPolicy(
  ops: ProductOps,
  guards: readonly string[],
  change: (text: string) => string = (text) => text,
): PairPolicy {
  const directory = mkdtempSync(join(tmpdir(), "tandem-test-"));
  try {
    const file = join(directory, "tandem.yaml");
    writeFileSync(file, change(ops.config({ directory, guards })));
    const environment = { NOTION_TOKEN: ops.notion.token, AIRTABLE_TOKEN: ops.airtable.token };
    const config = loadConfig({ file, directory, environment });
    return must(config.pairs[0], "the Product Ops config has a pair").policy;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** `guards`: lines of the config below `guards:`. */
export async function makeHttpWorld(
  specCount: number,
  guards: readonly string[] = ["hotRowSeconds: 0"],
): Promise<HttpWorld> {
  const ops = await startProductOps({ specCount, isLimited: false });
  const { clock } = ops;
  const timing: Timing = {
    nowMs: () => clock.nowMs(),
    elapsedMs: () => clock.nowMs(),
    sleep: async (delayMs) => {
      clock.advance(delayMs);
    },
    random: () => 0.5,
  };
  const store = await openSqliteStore({ path: ":memory:", nowMs: () => clock.nowMs() });
  const policy = loadPolicy(ops, guards);
  const count = { id: 0 };
  const next = (prefix: string): string => `${prefix}${(count.id += 1)}`;
  const depsOf = async (): Promise<EngineDeps> => {
    const state = await store.loadPair(policy.id);
    const known = (side: "left" | "right") => {
      const side0 = state?.resolved?.[side];
      return side0 === undefined ? null : { tableId: side0.tableId, parentId: side0.parentId };
    };
    return {
      connectors: {
        left: makeNotionConnector({
          token: ops.notion.token,
          baseUrl: ops.notion.url,
          database: ops.databaseId,
          known: known("left"),
          timing,
        }),
        right: makeAirtableConnector({
          token: ops.airtable.token,
          baseUrl: ops.airtable.url,
          base: ops.baseId,
          table: ops.tableId,
          known: known("right"),
          timing,
        }),
      },
      references: { left: ops.databaseId, right: ops.tableId },
      store,
      nowMs: () => clock.nowMs(),
      ids: {
        link: () => linkId(next("l")),
        op: () => opId(next("o")),
        run: () => runId(next("r")),
        conflict: () => next("c"),
      },
      digest,
      flushHistory: async () => {},
      onProgress: () => {},
      signal: new AbortController().signal,
    };
  };
  const logs = () => [...ops.notion.log, ...ops.airtable.log];
  return {
    ops,
    store,
    policy,
    run: async () =>
      syncPair(policy, { trigger: "cli", holder: "test", restrict: null }, await depsOf()),
    requests: () => logs().length,
    writes: () => logs().filter(isWrite).length,
    close: async () => {
      await store.close();
      await ops.close();
    },
  };
}

/** Whether a request was to change something. */
export function isWrite(entry: { readonly method: string; readonly path: string }): boolean {
  if (entry.method === "GET") return false;
  return !entry.path.endsWith("/query") && !entry.path.endsWith("/listRecords");
}
