// A worker that a test scripts, in-memory tables, a store in memory, and a clock that only moves when
// somebody sleeps. Runs can be ended at any call or commit, and begun again with what is left.
import {
  makeMemoryDestination,
  type MemoryDestination,
} from "../../../src/connectors/memory/destination.ts";
import { makeMemoryWorld, type MemoryWorld } from "../../../src/connectors/memory/world.ts";
import type {
  DestinationCapabilities,
  RowContent,
  RowOutcome,
} from "../../../src/connectors/destination.ts";
import { must } from "../../../src/core/assert.ts";
import { runId } from "../../../src/core/ids.ts";
import { blank, type Cell } from "../../../src/core/oneway/cell.ts";
import type { Change, ChangeNote, Deletion, Upsert } from "../../../src/core/oneway/change.ts";
import type {
  DatabaseDeclaration,
  PacerDeclaration,
  PropertyShape,
  SyncDeclaration,
} from "../../../src/core/oneway/declaration.ts";
import {
  databaseIdOf,
  syncIdOf,
  type DatabaseId,
  type SyncId,
} from "../../../src/core/oneway/ids.ts";
import type { SweepPolicy } from "../../../src/core/oneway/sweep.ts";
import { digest } from "../../../src/lib/digest.ts";
import type { OnewayDeps, OnewayProgress, OnewayWorker } from "../../../src/oneway/deps.ts";
import { runSync, type RunHow, type SyncRun } from "../../../src/oneway/run.ts";
import { makeRunningExecutions } from "../../../src/oneway/running.ts";
import type { Executed, ExecuteInput } from "../../../src/oneway/source.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open.ts";
import type { OnewayStore, StoredBinding } from "../../../src/store/oneway-store.ts";
import type { Store } from "../../../src/store/store.ts";

export const workerName = "crm";
export const idOf = (key: string): SyncId => syncIdOf(workerName, key);
export const databaseOf = (key: string): DatabaseId => databaseIdOf(workerName, key);

/** A cell by its plain form: text, number, boolean, a list of relation keys, null to clear. */
export type Plain = string | number | boolean | readonly string[] | null;

export function cellOf(plain: Plain): Cell {
  if (plain === null) return blank;
  if (typeof plain === "string") return { kind: "text", runs: [{ text: plain, url: null }] };
  if (typeof plain === "number") return { kind: "number", number: plain };
  if (typeof plain === "boolean") return { kind: "boolean", isTrue: plain };
  return { kind: "relation", keys: plain };
}

export function upsert(
  key: string,
  cells: Readonly<Record<string, Plain>>,
  change: Partial<Upsert> = {},
): Upsert {
  return {
    kind: "upsert",
    key,
    database: "items",
    cells: new Map(
      Object.entries({ Key: key, ...cells }).map(([name, plain]) => [name, cellOf(plain)]),
    ),
    icon: null,
    coverUrl: null,
    body: null,
    updatedAtMs: null,
    ...change,
  };
}

export function deletion(key: string, database = "items"): Deletion {
  return { kind: "delete", key, database };
}

/** One page a source gives. */
export function page(
  changes: readonly Change[],
  more: Partial<{
    readonly hasMore: boolean;
    readonly next: unknown;
    readonly notes: readonly ChangeNote[];
    readonly pacers: ExecuteInput["pacers"];
  }> = {},
): Executed {
  return {
    kind: "done",
    batch: { changes, notes: more.notes ?? [] },
    hasMore: more.hasMore ?? false,
    nextState: more.next === undefined ? null : { json: more.next },
    pacers: more.pacers ?? new Map(),
  };
}

/** Pages of a whole data set: the state is the number of the page. */
export function paged(pages: readonly (readonly Change[])[]): Script {
  return ({ state }) => {
    const at = typeof state?.json === "number" ? state.json : 0;
    const hasMore = at < pages.length - 1;
    return page(pages[at] ?? [], { hasMore, ...(hasMore ? { next: at + 1 } : {}) });
  };
}

export type Script = (input: ExecuteInput) => Executed | Promise<Executed>;

const key: PropertyShape = { type: "title" };

export function database(
  name: string,
  properties: Readonly<Record<string, PropertyShape>> = {},
  change: Partial<DatabaseDeclaration> = {},
): DatabaseDeclaration {
  const shapes: Readonly<Record<string, PropertyShape>> = {
    Key: key,
    Name: { type: "text" },
    Size: { type: "number", format: null },
    ...properties,
  };
  return {
    key: name,
    type: "managed",
    title: name,
    primaryKey: "Key",
    properties: Object.entries(shapes).map(([each, shape]) => ({ name: each, shape })),
    icon: null,
    subItems: null,
    ...change,
  };
}

export const relationTo = (name: string): PropertyShape => ({
  type: "relation",
  database: name,
  twoWay: null,
});

export interface SyncSpec {
  readonly mode?: SyncDeclaration["mode"];
  readonly database?: string;
  readonly script: Script;
}

export interface WorldOptions {
  readonly databases?: readonly DatabaseDeclaration[];
  readonly syncs: Readonly<Record<string, SyncSpec>>;
  readonly pacers?: readonly PacerDeclaration[];
  readonly sweep?: Partial<SweepPolicy>;
  readonly capabilities?: Partial<DestinationCapabilities>;
  readonly path?: string;
}

/** What a test ends a process with: thrown by a commit or a call, and by everything after it. */
export class Crash extends Error {
  override readonly name = "Crash";
}

export interface World {
  readonly memory: MemoryWorld;
  readonly clock: { nowMs: number };
  readonly store: Store & OnewayStore;
  /** What each sync was handed, in order. */
  readonly handed: { readonly sync: string; readonly state: unknown }[];
  readonly progress: OnewayProgress[];
  /** Scripts can be exchanged between runs. */
  readonly scripts: Map<string, Script>;
  /** Calls and commits so far; a number here ends the process at that one. */
  readonly steps: { count: number; crashAt: number | null; isAfter: boolean; names: string[] };
  readonly abort: { controller: AbortController };
  /** Rows that hold one of these properties are refused because of it. */
  readonly badProperties: Set<string>;
  worker(): Promise<OnewayWorker>;
  deps(): OnewayDeps;
  run(sync?: string, how?: Partial<RunHow>): Promise<SyncRun>;
  table(name?: string): Promise<MemoryDestination["admin"]>;
  /** Rows by key: plain text of each cell. */
  rows(name?: string): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>>;
  /** Writes since the last time it was asked. */
  writes(): number;
}

const sweepDefault: SweepPolicy = {
  maxRemove: { percent: 20, floor: 10, cap: null },
  minSeen: { percent: 50 },
  first: "ask",
};

export async function makeWorld(options: WorldOptions): Promise<World> {
  const memory = makeMemoryWorld();
  const clock = { nowMs: 1_795_000_000_000 };
  const real = await openSqliteStore({
    path: options.path ?? ":memory:",
    nowMs: () => clock.nowMs,
  });
  const steps: World["steps"] = { count: 0, crashAt: null, isAfter: false, names: [] };
  const step = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    if (steps.crashAt !== null && steps.count > steps.crashAt) throw new Crash("dead");
    const isHere = steps.crashAt === steps.count;
    steps.count += 1;
    steps.names.push(name);
    if (isHere && !steps.isAfter) throw new Crash(`before ${name}`);
    const result = await act();
    if (isHere) throw new Crash(`after ${name}`);
    return result;
  };
  const store: Store & OnewayStore = {
    ...real,
    commitOneway: (leases, changes) =>
      step(`commit ${[...new Set(changes.map((one) => one.kind))].join("+")}`, () =>
        real.commitOneway(leases, changes),
      ),
  };
  const badProperties = new Set<string>();
  const picky = async <T extends RowContent>(
    rows: readonly T[],
    write: (good: readonly T[]) => Promise<readonly RowOutcome[]>,
  ): Promise<readonly RowOutcome[]> => {
    const refusals = rows.map(({ cells }): RowOutcome | null => {
      const property = [...cells.keys()].find((name) => badProperties.has(name));
      return property === undefined
        ? null
        : { kind: "failed", why: "invalid", message: "not like this", property };
    });
    const good = rows.filter((_, index) => refusals[index] === null);
    const outcomes = good.length === 0 ? [] : [...(await write(good))];
    return refusals.map((refusal) => refusal ?? must(outcomes.shift(), "no outcome"));
  };
  const databases = options.databases ?? [database("items")];
  const scripts = new Map(
    Object.entries(options.syncs).map(([name, { script }]) => [name, script]),
  );
  const handed: World["handed"] = [];
  const progress: OnewayProgress[] = [];
  const running = makeRunningExecutions();
  const abort = { controller: new AbortController() };
  const origins = (one: DatabaseDeclaration): StoredBinding["origin"] =>
    one.type === "managed" ? "managed" : "config";
  let runs = 0;
  let written = 0;

  const destinationOf = async (one: DatabaseDeclaration): Promise<MemoryDestination> => {
    const bindings = await real.loadBindings(workerName);
    const stored = bindings.find((each) => each.database === databaseOf(one.key));
    const attached = [...memory.tables.values()].find((table) => table.binding.title === one.title);
    const binding = stored ?? (one.type === "attached" ? attached?.binding : undefined) ?? null;
    const made = makeMemoryDestination({
      declaration: one,
      world: memory,
      binding,
      ...(options.capabilities === undefined ? {} : { capabilities: options.capabilities }),
    });
    return {
      ...made,
      prepareTable: (how) => step("prepareTable", () => made.prepareTable(how)),
      prepareRelations: (related, how) =>
        step("prepareRelations", () => made.prepareRelations(related, how)),
      findRows: (keys) => step("findRows", () => made.findRows(keys)),
      create: (rows) => step("create", () => picky(rows, (good) => made.create(good))),
      update: (rows) => step("update", () => picky(rows, (good) => made.update(good))),
      remove: (ids) => step("remove", () => made.remove(ids)),
    };
  };

  const worker = async (): Promise<OnewayWorker> => {
    const tables = new Map();
    for (const one of databases) {
      tables.set(one.key, { destination: await destinationOf(one), origin: origins(one) });
    }
    return {
      name: workerName,
      manifest: {
        sdkVersion: null,
        databases,
        syncs: Object.entries(options.syncs).map(([name, spec]) => ({
          key: name,
          database: spec.database ?? "items",
          mode: spec.mode ?? "replace",
          schedule: { kind: "interval", everyMs: 1_800_000 },
        })),
        pacers: options.pacers ?? [],
        others: [],
        notes: [],
      },
      tables,
      sources: new Map(
        Object.keys(options.syncs).map((name) => [
          name,
          {
            execute: async (input) => {
              handed.push({ sync: name, state: input.state?.json });
              const script = scripts.get(name);
              if (script === undefined) throw new Error(`no script ${name}`);
              return script(input);
            },
          },
        ]),
      ),
      sweep: { ...sweepDefault, ...options.sweep },
    };
  };

  const deps = (): OnewayDeps => ({
    store,
    nowMs: () => clock.nowMs,
    sleep: async (delayMs, signal) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (!signal.aborted) clock.nowMs += delayMs;
    },
    newRunId: () => {
      runs += 1;
      return runId(`run-${String(runs).padStart(5, "0")}`);
    },
    digest,
    signal: abort.controller.signal,
    holder: "test",
    onProgress: (one) => {
      progress.push(one);
    },
    running,
    settleMs: 60_000,
  });

  const table = async (name = "items"): Promise<MemoryDestination["admin"]> => {
    const one = databases.find((each) => each.key === name);
    if (one === undefined) throw new Error(`no database ${name}`);
    return (await destinationOf(one)).admin;
  };
  return {
    memory,
    clock,
    store,
    handed,
    progress,
    scripts,
    steps,
    abort,
    badProperties,
    worker,
    deps,
    run: async (sync = Object.keys(options.syncs)[0] ?? "", how = {}) => {
      clock.nowMs += 1_000;
      return runSync(await worker(), { sync, trigger: "manual", ...how }, deps());
    },
    table,
    rows: async (name = "items") => {
      const admin = await table(name);
      const names = databases.find((one) => one.key === name)?.properties ?? [];
      return Object.fromEntries(
        admin.rows().map((row) => {
          const cells = names
            .filter((each) => each.name !== "Key")
            .flatMap((each) => {
              const text = admin.text(row.id, each.name);
              return text === null ? [] : [[each.name, text]];
            });
          return [admin.text(row.id, "Key") ?? row.id, Object.fromEntries(cells)];
        }),
      );
    },
    writes: () => {
      const since = memory.count.write - written;
      written = memory.count.write;
      return since;
    },
  };
}
