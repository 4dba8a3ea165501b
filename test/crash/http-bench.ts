// The same bench with the real clients: both sandboxes behind HTTP, a store file, and a process that is
// killed at a request. The line is cut before the service sees it or after it was carried out; a dead
// process gets nothing through any more.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAirtableConnector } from "../../src/connectors/airtable/connector.ts";
import { makeNotionConnector } from "../../src/connectors/notion/connector.ts";
import type { Timing } from "../../src/connectors/timing.ts";
import { linkId, opId, runId } from "../../src/core/ids.ts";
import type { PairPolicy } from "../../src/core/policy.ts";
import type { Side } from "../../src/core/side.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { EngineDeps } from "../../src/engine/deps.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { openHistory } from "../../src/history/append.ts";
import { digest } from "../../src/lib/digest.ts";
import { startProductOps, type ProductOps } from "../../src/sandbox/product-ops.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import { isWrite, loadPolicy } from "../engine/http-world.ts";
import { minuteMs } from "../engine/world.ts";
import { historyNames, type Lived } from "./bench.ts";
import { Killed, makeLife, type Kill } from "./life.ts";
import { countRun } from "./tally.ts";

const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const fileNames = ["tandem.db", "tandem.db-wal", "history.jsonl"] as const;

export interface HttpBench {
  readonly ops: ProductOps;
  readonly policy: PairPolicy;
  readonly store: () => Store;
  readonly historyPath: () => string;
  readonly deps: () => Promise<EngineDeps>;
  readonly sync: () => Promise<PairRun>;
  readonly wait: (minutes: number) => void;
  /** Requests that were to change something, ever. */
  readonly writes: () => number;
  readonly live: (act: () => Promise<unknown>, kill: Kill | null) => Promise<Lived>;
  readonly close: () => Promise<void>;
}

export interface HttpOptions {
  readonly specCount: number;
  readonly config?: (text: string) => string;
}

interface Process {
  readonly directory: string;
  readonly opened: Store;
  readonly store: Store;
  readonly deps: () => Promise<EngineDeps>;
}

export async function makeHttpBench(options: HttpOptions): Promise<HttpBench> {
  const ops = await startProductOps({ specCount: options.specCount, isLimited: false });
  const policy = loadPolicy(ops, ["hotRowSeconds: 0"], options.config);
  const directory = mkdtempSync(join(root, "tandem-crash-http-"));
  const { clock } = ops;
  let life = makeLife();
  let count = 0;
  const next = (): string => {
    count += 1;
    return String(count).padStart(6, "0");
  };
  for (const side of ["notion", "airtable"] as const) {
    let cut: "before" | "after" | null = null;
    const rule = (when: "before" | "after") => ({
      name: `killed ${when}`,
      fault: { kind: "cut", when } as const,
      times: Number.POSITIVE_INFINITY,
    });
    // Asked first of every request, and so the one that counts it.
    ops[side].faults.add({
      ...rule("before"),
      matches: (request) => {
        const kind = isWrite(request) ? "write" : "read";
        cut = life.strike(`${side} ${kind}`);
        return cut === "before";
      },
    });
    ops[side].faults.add({ ...rule("after"), matches: () => cut === "after" });
  }
  const start = async (from: string | null): Promise<Process> => {
    const own = join(directory, next());
    mkdirSync(own);
    for (const name of from === null ? [] : fileNames) {
      const file = join(from ?? "", name);
      if (existsSync(file)) copyFileSync(file, join(own, name));
    }
    const nowMs = (): number => clock.nowMs();
    const opened = await openSqliteStore({ path: join(own, fileNames[0]), nowMs });
    const store = life.store(opened);
    const sink = openHistory({ path: join(own, fileNames[2]), names: historyNames });
    const mortal = life;
    const deps = async (): Promise<EngineDeps> => ({
      connectors: mortal.guard(await connect(ops, store, policy)),
      references: { left: ops.databaseId, right: ops.tableId },
      store,
      nowMs,
      ids: {
        link: () => linkId(`l${next()}`),
        op: () => opId(`o${next()}`),
        run: () => runId(`r${next()}`),
        conflict: () => `c${next()}`,
      },
      digest,
      flushHistory: () => store.drainEntries(sink),
      onProgress: () => {},
      signal: new AbortController().signal,
    });
    return { directory: own, opened, store, deps };
  };
  let now = await start(null);
  return {
    ops,
    policy,
    store: () => now.store,
    historyPath: () => join(now.directory, fileNames[2]),
    deps: () => now.deps(),
    sync: async () => {
      countRun();
      const how = { trigger: "cli", holder: "test", restrict: null } as const;
      return syncPair(policy, how, await now.deps());
    },
    wait: (minutes) => {
      clock.advance(minutes * minuteMs);
    },
    writes: () => [...ops.notion.log, ...ops.airtable.log].filter(isWrite).length,
    live: async (act, kill) => {
      life.arm(kill);
      try {
        await act();
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
      const isDead = life.isDead();
      const steps = [...life.steps];
      if (isDead) {
        const dead = now;
        life = makeLife();
        now = await start(dead.directory);
        await dead.opened.close();
        rmSync(dead.directory, { recursive: true });
      }
      return { steps, isDead };
    },
    close: async () => {
      await now.opened.close();
      await ops.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** New clients, that know of the tables what the store remembers. */
async function connect(
  ops: ProductOps,
  store: Store,
  policy: PairPolicy,
): Promise<EngineDeps["connectors"]> {
  const state = await store.loadPair(policy.id);
  const known = (side: Side): { tableId: string; parentId: string | null } | null => {
    const resolved = state?.resolved?.[side];
    return resolved === undefined
      ? null
      : { tableId: resolved.tableId, parentId: resolved.parentId };
  };
  const { clock } = ops;
  const timing: Timing = {
    nowMs: () => clock.nowMs(),
    elapsedMs: () => clock.nowMs(),
    sleep: async (delayMs) => {
      clock.advance(delayMs);
    },
    random: () => 0.5,
  };
  return {
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
  };
}
