// Fills the index of keys from the table itself: rows that were there before us, or before the store was
// lost, are taken over by their key. What they hold is not known, so their first change writes them.
import type { KeyedRow, KeysEnd } from "../connectors/destination.ts";
import type { IndexedRow, OnewayChange } from "../store/oneway-store.ts";
import type { PrepareAt, ReadyTable } from "./prepare.ts";

export interface IndexEnd extends KeysEnd {
  /** Rows in the table, with a key or without. */
  readonly rows: number;
}

/** Goes through the table page by page. An entry that is there already stays. */
export async function indexTable(ready: ReadyTable, at: PrepareAt): Promise<IndexEnd> {
  const listing = ready.destination.listKeys();
  let rows = 0;
  // Bound: the listing ends; each page is one of the table.
  for (;;) {
    await at.leases.keep();
    const step = await listing.next();
    if (step.done === true) return { ...step.value, rows };
    rows += step.value.length;
    await indexPage(ready, step.value, at);
    at.onIndexed(rows);
  }
}

async function indexPage(
  { id }: ReadyTable,
  page: readonly KeyedRow[],
  at: PrepareAt,
): Promise<void> {
  const { store } = at.deps;
  const keyed = page.flatMap((row) => (row.key === null || row.key === "" ? [] : [row.key]));
  const known = new Map((await store.loadRows(id, keyed)).map((row) => [row.key, row]));
  const changes: OnewayChange[] = [];
  for (const row of page) {
    if (row.key === null || row.key === "") continue;
    const before = known.get(row.key) ?? null;
    if (before !== null && before.rowId !== null && !before.isTrashed) {
      if (before.rowId !== row.id) at.notes.add(duplicateNote(id, row.key));
      continue;
    }
    const adopted = adoptedRow(id, { key: row.key, id: row.id });
    known.set(row.key, adopted);
    changes.push({ kind: "row", row: adopted });
  }
  if (changes.length > 0) await store.commitOneway(at.leases.held(), changes);
}

const pageRows = 500;

/**
 * Forgets what was written to properties that the table did not have any more: somebody took them away,
 * and the new ones are empty.
 */
export async function forgetParts(
  database: IndexedRow["database"],
  names: readonly string[],
  at: PrepareAt,
): Promise<void> {
  const { store } = at.deps;
  let after: string | null = null;
  // Bound: pages in key order, each after the one before.
  for (;;) {
    await at.leases.keep();
    const page: readonly IndexedRow[] = await store.loadRowPage(database, after, pageRows);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.key;
    const stale = page.filter((row) => names.some((name) => Object.hasOwn(row.parts, name)));
    const changes = stale.map((row): OnewayChange => {
      const parts = Object.entries(row.parts).filter(([name]) => !names.includes(name));
      return { kind: "row", row: { ...row, parts: Object.fromEntries(parts) } };
    });
    if (changes.length > 0) await store.commitOneway(at.leases.held(), changes);
  }
}

/** An entry for a row of which only the key is known. */
export function adoptedRow(
  database: IndexedRow["database"],
  row: { readonly key: string; readonly id: KeyedRow["id"] },
): IndexedRow {
  return {
    database,
    key: row.key,
    rowId: row.id,
    parts: {},
    waiting: {},
    isTrashed: false,
    touchedAtMs: 0,
    createBegunAtMs: null,
    problem: null,
  };
}

export function duplicateNote(database: string, key: string): string {
  return `${database}: several rows have the key "${key}"; the first one found is kept up to date, the others are left alone.`;
}
