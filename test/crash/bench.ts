// Two in-memory services, a real store file and a real audit log, and one process after another that
// works on them. A process that is killed leaves its files as they are at that moment, write-ahead log
// included; the next one opens a copy of them and holds nothing else in memory.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MemoryConnector } from "../../src/connectors/memory/connector.ts";
import { linkId, opId, runId } from "../../src/core/ids.ts";
import type { PairPolicy } from "../../src/core/policy.ts";
import { syncPair, type Restrict } from "../../src/engine/cycle.ts";
import type { EngineDeps } from "../../src/engine/deps.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { openHistory } from "../../src/history/append.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import { makeWorld, minuteMs, type WorldOptions } from "../engine/world.ts";
import { Killed, makeLife, type Kill, type Step } from "./life.ts";
import { countRun } from "./tally.ts";

export const historyNames = { left: "notion", right: "airtable" } as const;

/** Stands in memory where the machine has such a place, for a thousand forced writes cost nothing there. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

const fileNames = ["tandem.db", "tandem.db-wal", "history.jsonl"] as const;

export interface Bench {
  readonly left: MemoryConnector;
  readonly right: MemoryConnector;
  /** May be changed by a scenario, as a person changes the config. */
  policy: PairPolicy;
  readonly nowMs: () => number;
  readonly wait: (minutes: number) => void;
  /** What the present process is handed. */
  readonly deps: () => EngineDeps;
  readonly store: () => Store;
  readonly historyPath: () => string;
  readonly sync: (restrict?: Restrict) => Promise<PairRun>;
  /** Calls that were to write something, ever. */
  readonly writes: () => number;
  /** Does it in the process at work, which may be killed; tells what was done, and whether it died. */
  readonly live: (act: () => Promise<unknown>, kill: Kill | null) => Promise<Lived>;
  /** Remembers everything; each call of what it gives back starts a new process from there. */
  readonly keep: () => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
}

export interface Lived {
  readonly steps: readonly Step[];
  readonly isDead: boolean;
}

/** Files and open handles of one process. */
interface Process {
  readonly directory: string;
  readonly store: Store;
  readonly deps: EngineDeps;
}

export async function makeBench(options: WorldOptions = {}): Promise<Bench> {
  const world = await makeWorld(options);
  await world.store.close();
  const directory = mkdtempSync(join(root, "tandem-crash-"));
  const { left, right } = world;
  let count = 0;
  let life = makeLife();
  const next = (): string => {
    count += 1;
    return String(count).padStart(6, "0");
  };
  const start = async (from: string | null): Promise<Process> => {
    const own = join(directory, next());
    mkdirSync(own);
    if (from !== null) copyFiles(from, own);
    const opened = await openSqliteStore({
      path: join(own, fileNames[0]),
      nowMs: () => world.nowMs,
    });
    const store = life.store(opened);
    const sink = openHistory({ path: join(own, fileNames[2]), names: historyNames });
    const deps: EngineDeps = {
      ...world.deps(),
      connectors: life.connectors({ left, right }),
      store,
      ids: {
        link: () => linkId(`l${next()}`),
        op: () => opId(`o${next()}`),
        run: () => runId(`r${next()}`),
        conflict: () => `c${next()}`,
      },
      flushHistory: () => store.drainEntries(sink),
    };
    return { directory: own, store: opened, deps };
  };
  const end = async (process: Process): Promise<void> => {
    await process.store.close();
    rmSync(process.directory, { recursive: true });
  };
  let now = await start(null);
  const bench: Bench = {
    left,
    right,
    policy: world.policy,
    nowMs: () => world.nowMs,
    wait: (minutes) => {
      world.nowMs += minutes * minuteMs;
    },
    deps: () => now.deps,
    store: () => now.deps.store,
    historyPath: () => join(now.directory, fileNames[2]),
    sync: (restrict) => {
      countRun();
      const how = { trigger: "cli", holder: "test", restrict: restrict ?? null } as const;
      return syncPair(bench.policy, how, now.deps);
    },
    writes: () => left.requests().write + right.requests().write,
    live: async (act, kill) => {
      life.arm(kill);
      const { steps } = life;
      try {
        await act();
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
      const isDead = life.isDead();
      if (isDead) {
        // The next process begins with the files alone.
        const dead = now;
        life = makeLife();
        now = await start(dead.directory);
        await end(dead);
      }
      return { steps, isDead };
    },
    keep: async () => {
      const putBack = [left.admin.keep(), right.admin.keep()];
      const { nowMs } = world;
      const { policy } = bench;
      const kept = join(directory, "kept");
      mkdirSync(kept);
      copyFiles(now.directory, kept);
      return async () => {
        for (const side of putBack) side();
        world.nowMs = nowMs;
        bench.policy = policy;
        const before = now;
        life = makeLife();
        now = await start(kept);
        await end(before);
      };
    },
    close: async () => {
      await now.store.close();
      rmSync(directory, { recursive: true });
    },
  };
  return bench;
}

function copyFiles(from: string, to: string): void {
  for (const name of fileNames) {
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
  }
}
