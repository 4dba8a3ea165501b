// What the sweep at the end of a previewed cycle would come to. Goes through the index page by page, as a
// preview marks nothing as seen.
import type { Batch } from "../core/oneway/change.ts";
import type { SyncDeclaration } from "../core/oneway/declaration.ts";
import { databaseIdOf } from "../core/oneway/ids.ts";
import { guardSweep, type SweepStop } from "../core/oneway/sweep.ts";
import type { IndexedRow } from "../store/oneway-store.ts";
import type { OnewayDeps, OnewayWorker } from "./deps.ts";

/** A sweep, and the guard that would hold it. */
export interface PreviewedSweep {
  readonly removals: number;
  readonly stop: SweepStop | null;
}

const pageRows = 500;

/** Of the sync's own database, when the batch is the whole of a cycle. */
export async function previewSweep(
  worker: OnewayWorker,
  of: { readonly sync: SyncDeclaration; readonly batch: Batch },
  deps: OnewayDeps,
): Promise<PreviewedSweep> {
  const { sync, batch } = of;
  const id = databaseIdOf(worker.name, sync.database);
  const named = new Set([
    ...batch.changes.filter((one) => one.database === sync.database).map((one) => one.key),
    ...batch.notes.flatMap((note) => (note.database === sync.database ? (note.key ?? []) : [])),
  ]);
  let known = 0;
  let removals = 0;
  let after: string | null = null;
  // Bound: pages in key order, each after the one before.
  for (;;) {
    const rows: readonly IndexedRow[] = await deps.store.loadRowPage(id, after, pageRows);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.key;
    const live = rows.filter((row) => row.rowId !== null && !row.isTrashed);
    known += live.length;
    removals += live.filter((row) => !named.has(row.key)).length;
  }
  const binding = (await deps.store.loadBindings(worker.name)).find((one) => one.database === id);
  const facts = {
    database: id,
    known,
    removals,
    named: named.size,
    maySweep: binding?.maySweep ?? false,
  };
  return { removals, stop: guardSweep([facts], worker.sweep, null) };
}
