// Creates of which nobody knows what came of them: the process ended, or the answer was lost. Each is
// searched by its key before anything is made again, and only repeated once it can no longer turn up.
import type { RecordId } from "../core/ids.ts";
import type { IndexedRow, OnewayChange } from "../store/oneway-store.ts";
import { adoptedRow, duplicateNote } from "./index-table.ts";
import type { ReadyTable } from "./prepare.ts";
import { commit, type Session } from "./session.ts";

export interface Searched {
  /** Rows that are there after all. */
  readonly found: ReadonlySet<string>;
  /** Not there, and too late to turn up. */
  readonly absent: ReadonlySet<string>;
}

/** Searches open creates and stores what was found. */
export async function settleCreates(
  rows: readonly IndexedRow[],
  at: { readonly session: Session; readonly table: ReadyTable },
): Promise<Searched> {
  const { session, table } = at;
  const ids = await searchKeys(
    rows.map((row) => row.key),
    at,
  );
  const nowMs = session.deps.nowMs();
  const changes: OnewayChange[] = [];
  const absent = new Set<string>();
  for (const row of rows) {
    const id = ids.get(row.key);
    const settledAtMs = (row.createBegunAtMs ?? 0) + session.deps.settleMs;
    if (id !== undefined) {
      const adopted = adoptedRow(table.id, { key: row.key, id });
      changes.push({ kind: "row", row: { ...adopted, touchedAtMs: row.touchedAtMs } });
    } else if (settledAtMs <= nowMs) {
      absent.add(row.key);
      changes.push({ kind: "row-drop", database: table.id, key: row.key });
    }
  }
  await commit(session, changes);
  return { found: new Set(ids.keys()), absent };
}

/** Looks for live rows with these keys; of several with one key the first counts. */
export async function searchKeys(
  keys: readonly string[],
  at: { readonly session: Session; readonly table: ReadyTable },
): Promise<ReadonlyMap<string, RecordId>> {
  const { session, table } = at;
  const { keyQueryMax } = table.destination.capabilities;
  const ids = new Map<string, RecordId>();
  for (let start = 0; start < keys.length; start += keyQueryMax) {
    await session.leases.keep();
    for (const row of await table.destination.findRows(keys.slice(start, start + keyQueryMax))) {
      if (row.key === null) continue;
      const known = ids.get(row.key);
      if (known === undefined) ids.set(row.key, row.id);
      else if (known !== row.id) session.notes.add(duplicateNote(table.id, row.key));
    }
  }
  return ids;
}

/** Settles what an earlier run left open, in all tables. */
export async function recoverCreates(session: Session): Promise<void> {
  for (const table of session.tables.tables.values()) {
    const open = await session.deps.store.loadOpenCreates(table.id);
    if (open.length > 0) await settleCreates(open, { session, table });
  }
}
