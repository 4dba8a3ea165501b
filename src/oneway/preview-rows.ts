// What a preview shows of each row: the plan that a run would carry out, with the parts it would write.
import { arrange } from "../core/oneway/arrange.ts";
import type { Cell } from "../core/oneway/cell.ts";
import type { Batch, Change } from "../core/oneway/change.ts";
import { databaseIdOf } from "../core/oneway/ids.ts";
import type { IndexedRow, OnewayStore } from "../store/oneway-store.ts";
import type { OnewayDeps, OnewayWorker } from "./deps.ts";
import { adoptedRow } from "./index-table.ts";
import { makeTally, type Tally } from "./tally.ts";
import { planWorks, type Work } from "./work.ts";

export interface PreviewedRow {
  readonly database: string;
  readonly key: string;
  readonly action: "create" | "update" | "revive" | "remove" | "unchanged" | "skipped" | "refused";
  /** Cells that would be written, by property. */
  readonly cells: ReadonlyMap<string, Cell>;
  /** All parts that would be written, `@body`, `@icon` and `@cover` included. */
  readonly parts: readonly {
    readonly name: string;
    /** Hash of what was last written; null: never. */
    readonly before: string | null;
    readonly after: string;
  }[];
  readonly body: string | null;
  readonly message: string | null;
}

/** `made`: keys of databases that have a table already. */
export async function previewRows(
  worker: OnewayWorker,
  { batch, made }: { readonly batch: Batch; readonly made: ReadonlySet<string> },
  deps: OnewayDeps,
): Promise<readonly PreviewedRow[]> {
  const rows: PreviewedRow[] = [];
  for (const { database, changes } of arrange(batch.changes, worker.manifest.databases)) {
    const declaration = worker.manifest.databases.find((one) => one.key === database);
    if (declaration === undefined) {
      const message = `The worker does not declare ${database}.`;
      rows.push(...changes.map(({ key }) => ({ ...emptyRow(database, key), message })));
      continue;
    }
    const works = await planWorks(changes, {
      store: made.has(database)
        ? await withAdoption(worker, { database, changes }, deps)
        : deps.store,
      digest: deps.digest,
      worker: worker.name,
      database: databaseIdOf(worker.name, database),
      declaration,
    });
    rows.push(...works.map((work) => previewedRow(database, work)));
  }
  return rows;
}

/** The store, and rows of a table that was not indexed yet. */
async function withAdoption(
  worker: OnewayWorker,
  of: { readonly database: string; readonly changes: readonly Change[] },
  deps: OnewayDeps,
): Promise<Pick<OnewayStore, "loadRows" | "loadTargets">> {
  const { store } = deps;
  const id = databaseIdOf(worker.name, of.database);
  const binding = (await store.loadBindings(worker.name)).find((one) => one.database === id);
  const table = worker.tables.get(of.database);
  if (binding?.isIndexed === true || table === undefined) return store;
  const keys = of.changes.map((change) => change.key);
  const max = table.destination.capabilities.keyQueryMax;
  const found: IndexedRow[] = [];
  for (let at = 0; at < keys.length; at += max) {
    for (const row of await table.destination.findRows(keys.slice(at, at + max))) {
      if (row.key !== null) found.push(adoptedRow(id, { key: row.key, id: row.id }));
    }
  }
  return {
    loadTargets: (target, targetKeys) => store.loadTargets(target, targetKeys),
    loadRows: async (database, wanted) => {
      const known = await store.loadRows(database, wanted);
      const missing = found.filter(
        (row) => row.database === database && !known.some((one) => one.key === row.key),
      );
      return [...known, ...missing];
    },
  };
}

function emptyRow(database: string, key: string): PreviewedRow {
  return {
    database,
    key,
    action: "refused",
    cells: new Map(),
    parts: [],
    body: null,
    message: null,
  };
}

const actions = {
  create: "create",
  "in-doubt": "create",
  remove: "remove",
  unchanged: "unchanged",
  nothing: "unchanged",
  skipped: "skipped",
  refused: "refused",
} as const;

function previewedRow(database: string, work: Work): PreviewedRow {
  const { plan } = work;
  const base = emptyRow(database, work.key);
  if (plan.kind === "refused") return { ...base, message: plan.message };
  if (plan.kind === "update") {
    return { ...base, ...written(work, plan.parts), action: plan.isRevival ? "revive" : "update" };
  }
  const parts = plan.kind === "create" || plan.kind === "in-doubt" ? [...work.parts.keys()] : [];
  return { ...base, ...written(work, parts), action: actions[plan.kind] };
}

function written(
  work: Work,
  names: readonly string[],
): Pick<PreviewedRow, "cells" | "parts" | "body"> {
  const given = work.upsert?.cells ?? new Map<string, Cell>();
  return {
    cells: new Map([...given].filter(([name]) => names.includes(name))),
    parts: names.map((name) => ({
      name,
      before: work.known?.parts[name]?.hash ?? null,
      after: work.parts.get(name)?.hash ?? "",
    })),
    body: names.includes("@body") ? (work.upsert?.body ?? null) : null,
  };
}

export function countsOf(rows: readonly PreviewedRow[], batch: Batch): Tally {
  const counts = makeTally();
  counts.failed = batch.notes.filter((note) => note.weight === "refused").length;
  for (const { action } of rows) {
    if (action === "create") counts.created += 1;
    if (action === "update" || action === "revive") counts.updated += 1;
    if (action === "revive") counts.revived += 1;
    if (action === "remove") counts.removed += 1;
    if (action === "unchanged") counts.unchanged += 1;
    if (action === "skipped") counts.skipped += 1;
    if (action === "refused") counts.failed += 1;
  }
  return counts;
}
