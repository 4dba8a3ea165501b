// The end of a replace cycle: rows that nobody named are moved to the trash. Only after the last page,
// only past the guards, and only what is the sync's to remove:
//
//   its own database     every row, or its own when another replace sync writes there too
//   another database     rows it named itself in some earlier cycle
//
// A row that any source named since the cycle began stays, and so does one that another replace sync
// named in its last complete cycle.
import { guardSweep, type SweepFacts, type SweepStop } from "../core/oneway/sweep.ts";
import { syncIdOf, type SyncId } from "../core/oneway/ids.ts";
import type { UnseenQuery } from "../store/oneway-store.ts";
import type { ReadyTable } from "./prepare.ts";
import { progress, type Writing } from "./session.ts";
import { removeRows } from "./remove-rows.ts";

const pageRows = 100;

export type SweepEnd =
  | { readonly kind: "swept" }
  | { readonly kind: "held"; readonly stop: SweepStop }
  /** A change that nobody could read makes absence prove nothing. */
  | { readonly kind: "blind" };

interface Scope {
  readonly table: ReadyTable;
  readonly query: UnseenQuery;
  readonly facts: SweepFacts;
}

/** Sweeps all databases of the sync, or none. */
export async function sweep(writing: Writing, approval: number | null): Promise<SweepEnd> {
  const { session, cycle } = writing;
  const scopes = await scopesOf(writing);
  const total = scopes.reduce((sum, { facts }) => sum + facts.removals, 0);
  if (total === 0) return { kind: "swept" };
  if (cycle.unnamed > 0) {
    session.notes.add(
      `Nothing is removed: ${cycle.unnamed} changes of this cycle could not be read, and any row might have been meant.`,
    );
    return { kind: "blind" };
  }
  const stop = guardSweep(
    scopes.map(({ facts }) => facts),
    session.worker.sweep,
    approval,
  );
  if (stop !== null) return { kind: "held", stop };
  let done = 0;
  for (const { table, query } of scopes) {
    // Bound: every row of a page is removed, or touched and so found no more; else the lot throws.
    for (;;) {
      const rows = await session.deps.store.loadUnseen(query, pageRows);
      if (rows.length === 0) break;
      await removeRows(rows, { writing, table });
      done += rows.length;
      progress(session, "sweep", { done, total });
    }
  }
  return { kind: "swept" };
}

async function scopesOf(writing: Writing): Promise<readonly Scope[]> {
  const { session } = writing;
  const scopes: Scope[] = [];
  for (const table of session.tables.tables.values()) {
    const namers = await session.deps.store.loadNamers(table.id);
    const isOwn = table.declaration.key === session.sync.database;
    if (!isOwn && !namers.includes(session.id)) continue;
    scopes.push(await scopeOf(table, { isOwn, namers }, writing));
  }
  return scopes;
}

async function scopeOf(
  table: ReadyTable,
  of: { readonly isOwn: boolean; readonly namers: readonly SyncId[] },
  writing: Writing,
): Promise<Scope> {
  const { session, cycle } = writing;
  const { store } = session.deps;
  const others = otherReplaceSyncs(table, of.namers, writing);
  const keptBy: { sync: SyncId; cycle: number }[] = [];
  for (const sync of others) {
    const lastCycleDone = (await store.loadSync(sync))?.lastCycleDone ?? null;
    if (lastCycleDone !== null) keptBy.push({ sync, cycle: lastCycleDone });
  }
  const query: UnseenQuery = {
    sync: session.id,
    database: table.id,
    cycle: cycle.number,
    touchedBeforeMs: cycle.startedAtMs,
    isOwnOnly: !of.isOwn || others.length > 0,
    keptBy,
  };
  // In a cycle that never was, nobody named anything: all that could be removed.
  const anyCycle = { ...query, cycle: -1, touchedBeforeMs: Number.MAX_SAFE_INTEGER, keptBy: [] };
  return {
    table,
    query,
    facts: {
      database: table.id,
      known: await store.countUnseen(anyCycle),
      removals: await store.countUnseen(query),
      named: await store.countSeen({
        sync: session.id,
        database: table.id,
        cycle: cycle.number,
      }),
      maySweep: table.binding.maySweep,
    },
  };
}

/** Other replace syncs of the worker that write the table: by declaration, or because they once did. */
function otherReplaceSyncs(
  table: ReadyTable,
  namers: readonly SyncId[],
  { session }: Writing,
): readonly SyncId[] {
  const { name, manifest } = session.worker;
  return manifest.syncs
    .filter((sync) => sync.mode === "replace" && sync.key !== session.sync.key)
    .map((sync) => ({ id: syncIdOf(name, sync.key), database: sync.database }))
    .filter(({ id, database }) => database === table.declaration.key || namers.includes(id))
    .map(({ id }) => id);
}
