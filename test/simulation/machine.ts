// The machine the engine runs on: starts a process with the real connectors, clients and store, lets
// it sync once, and kills it where the script says. What a dead process still does in memory reaches
// neither the services nor the disk.
import { makeAirtableConnector } from "../../src/connectors/airtable/connector.ts";
import { makeNotionConnector } from "../../src/connectors/notion/connector.ts";
import type { Timing } from "../../src/connectors/timing.ts";
import { linkId, opId, runId } from "../../src/core/ids.ts";
import type { RowPlan } from "../../src/core/reconcile.ts";
import { sides, type Side } from "../../src/core/side.ts";
import { syncPair } from "../../src/engine/cycle.ts";
import type { EngineDeps, Ids } from "../../src/engine/deps.ts";
import { preview, type Preview } from "../../src/engine/preview.ts";
import type { PairRun, RunOptions } from "../../src/engine/run.ts";
import { digest } from "../../src/lib/digest.ts";
import type { Store, StoreChange } from "../../src/store/store.ts";
import { openAirtableDoor } from "./airtable-door.ts";
import { throughDoor, type DoorState, type Life } from "./door.ts";
import type { Lens } from "./lens.ts";
import type { Disturbance } from "./script.ts";
import type { World } from "./world.ts";

/** Who is told what the engine does. */
export interface Eyes {
  /** After every transaction that was stored. */
  readonly onStored: (changes: readonly StoreChange[]) => void;
  /** With the plan of every pass. */
  readonly onPlanned: (plans: readonly RowPlan[]) => void;
}

export interface Machine {
  readonly world: World;
  lens: Lens | null;
  readonly ids: Ids;
  readonly eyes: Eyes;
  starts: number;
}

export type RunEnd =
  | { readonly kind: "run"; readonly run: PairRun }
  | { readonly kind: "killed" }
  /** A thrown error that is no run's end, such as a lease that somebody has. */
  | { readonly kind: "thrown"; readonly error: unknown };

export interface RunReport {
  readonly end: RunEnd;
  readonly calls: number;
  readonly writes: number;
  readonly commits: number;
}

class Killed extends Error {}

const never = new Promise<never>(() => {});
const callMs = 30_000;

export function makeMachine(world: World, lens: Lens | null, eyes: Eyes): Machine {
  let count = 0;
  const next = (prefix: string): string => `${prefix}${(count += 1)}`;
  return {
    world,
    lens,
    eyes,
    starts: 0,
    ids: {
      link: () => linkId(next("l")),
      op: () => opId(next("o")),
      run: () => runId(next("r")),
      conflict: () => next("c"),
    },
  };
}

interface Process {
  readonly door: DoorState;
  readonly deps: EngineDeps;
  readonly killed: Promise<never>;
  readonly commits: () => number;
  close(): void;
}

function mortalStore(
  machine: Machine,
  store: Store,
  at: { readonly life: Life; readonly disturbances: readonly Disturbance[]; count: number },
): Store {
  const { world } = machine;
  const isDue = (when: "before" | "after"): boolean =>
    at.disturbances.some(
      (entry) => entry.kind === "crash-store" && entry.call === at.count && entry.when === when,
    );
  const die = (when: "before" | "after"): boolean => {
    if (!isDue(when)) return false;
    world.tally.add("crash", `store transaction, ${when === "before" ? "not done" : "done"}`);
    at.life.end(`${when} a transaction of the store`);
    return true;
  };
  const mortal = { ...store } as Store;
  for (const [name, method] of Object.entries(store)) {
    if (typeof method !== "function") continue;
    const call = method as (...args: unknown[]) => Promise<unknown>;
    Object.defineProperty(mortal, name, {
      value: async (...args: unknown[]) => (at.life.isOver ? never : call(...args)),
    });
  }
  const commit: Store["commit"] = async (lease, changes) => {
    if (at.life.isOver) return never;
    at.count += 1;
    if (die("before")) return never;
    await store.commit(lease, changes);
    machine.eyes.onStored(changes);
    return die("after") ? never : undefined;
  };
  Object.defineProperty(mortal, "commit", { value: commit });
  return mortal;
}

/** Starts a process: nothing of an earlier one is left but services and disk. */
async function start(machine: Machine, disturbances: readonly Disturbance[]): Promise<Process> {
  const { world, lens } = machine;
  machine.starts += 1;
  const { services } = world;
  const death = Promise.withResolvers<never>();
  death.promise.catch(() => {});
  const life: Life = {
    isOver: false,
    end: (why) => {
      life.isOver = true;
      world.tell(() => `** the process is killed ${why}`);
      death.reject(new Killed());
    },
  };
  const door: DoorState = {
    world,
    lens,
    life,
    disturbances,
    calls: 0,
    writes: 0,
    lastOp: "schema",
    lockedOut: null,
  };
  const startedAtMs = world.nowMs();
  const timing: Timing = {
    nowMs: () => world.ourNowMs(),
    // People set the clock, not the time that passes. A new process starts to count anew.
    elapsedMs: () => world.nowMs() - startedAtMs,
    sleep: async (delayMs) => {
      if (life.isOver) return never;
      world.pass(delayMs);
      return undefined;
    },
    random: () => 0.5,
  };
  const open = openAirtableDoor(`w${world.seed}-${machine.starts}`, (request) =>
    throughDoor(door, "right", request),
  );
  const at = { life, disturbances, count: 0 };
  const store = mortalStore(
    machine,
    world.disk.open(() => world.ourNowMs()),
    at,
  );
  const state = await store.loadPair(world.policy.id);
  const known = (side: Side): { tableId: string; parentId: string | null } | null => {
    const found = state?.resolved?.[side];
    return found === undefined ? null : { tableId: found.tableId, parentId: found.parentId };
  };
  const deps: EngineDeps = {
    connectors: {
      left: makeNotionConnector({
        token: services.notion.token,
        baseUrl: "http://notion.simulation",
        database: services.databaseId,
        known: known("left"),
        timing,
        callMs,
        fetch: async (input, init) => {
          const request = {
            method: init?.method ?? "GET",
            url: new URL(input instanceof Request ? input.url : input),
            headers: Object.fromEntries(new Headers(init?.headers)),
            body: typeof init?.body === "string" ? init.body : "",
          };
          const { status, headers, text } = await throughDoor(door, "left", request);
          return new Response(text, { status, headers });
        },
      }),
      right: makeAirtableConnector({
        token: services.airtable.token,
        baseUrl: open.url,
        base: services.baseId,
        table: services.tableId,
        known: known("right"),
        timing,
        callMs,
      }),
    },
    references: { left: services.databaseId, right: services.tableId },
    store,
    nowMs: () => world.ourNowMs(),
    ids: machine.ids,
    digest,
    flushHistory: async () => {},
    onProgress: () => {},
    onPlanned: machine.eyes.onPlanned,
    signal: new AbortController().signal,
  };
  return { door, deps, killed: death.promise, commits: () => at.count, close: () => open.close() };
}

async function ended(work: Promise<PairRun>, killed: Promise<never>): Promise<RunEnd> {
  try {
    return { kind: "run", run: await Promise.race([work, killed]) };
  } catch (error) {
    return error instanceof Killed ? { kind: "killed" } : { kind: "thrown", error };
  }
}

/** What a process is started for. */
export type Job = (deps: EngineDeps, options: RunOptions) => Promise<PairRun>;

export function syncJob(world: World): Job {
  return (deps, options) => syncPair(world.policy, { ...options, restrict: null }, deps);
}

/** One run, from the start of a process to its end. */
export async function runOnce(
  machine: Machine,
  at: { readonly disturbances: readonly Disturbance[]; readonly job: Job },
): Promise<RunReport> {
  const { world } = machine;
  const process = await start(machine, at.disturbances);
  const options = { trigger: "cli", holder: `p${machine.starts}` } as const;
  const end = await ended(at.job(process.deps, options), process.killed);
  process.close();
  const { calls, writes } = process.door;
  for (const side of sides) for (const row of world.ghost.rows(side)) row.look = null;
  return { end, calls, writes, commits: process.commits() };
}

/** What a run would do now. Faults play no part. */
export async function previewOnce(machine: Machine): Promise<Preview> {
  const process = await start(machine, []);
  const shown = await preview(machine.world.policy, process.deps);
  process.close();
  return shown;
}
