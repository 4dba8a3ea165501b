// Relations whose target rows were not there yet. When a key comes to be, the rows that waited for it
// are completed, of whichever sync they are; at the end of a cycle also those of which only a part has
// arrived. What stays open waits on, and is counted.
import { relationPart } from "../core/oneway/parts.ts";
import { resolveRelation } from "../core/oneway/relation.ts";
import { databaseIdOf } from "../core/oneway/ids.ts";
import type { RowOutcome, RowUpdate, WriteCell } from "../connectors/destination.ts";
import type { IndexedRow, OnewayChange, WaitingRelation } from "../store/oneway-store.ts";
import type { ReadyTable } from "./prepare.ts";
import { sendAll } from "./send.ts";
import { commit, progress, rowIdOf, rowName, type Writing } from "./session.ts";

const pageRows = 100;

/** Completes what the fresh rows of this execution make possible; all that is possible when final. */
export async function completeRelations(
  writing: Writing,
  how: { readonly isFinal: boolean },
): Promise<void> {
  if (how.isFinal) return completeAll(writing);
  const { session } = writing;
  const fresh = [...writing.fresh];
  writing.fresh.clear();
  for (const [database, keys] of fresh) {
    const id = databaseIdOf(session.worker.name, database);
    for (let start = 0; start < keys.length; start += pageRows) {
      const rows = await session.deps.store.loadWaiting(id, keys.slice(start, start + pageRows));
      await completeRows(rows, writing, how);
    }
  }
}

async function completeAll(writing: Writing): Promise<void> {
  const { session } = writing;
  for (const table of session.tables.tables.values()) {
    let after: string | null = null;
    // Bound: pages in key order, each after the one before.
    for (;;) {
      const rows: readonly IndexedRow[] = await session.deps.store.loadWaitingPage(
        table.id,
        after,
        pageRows,
      );
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.key;
      await completeRows(rows, writing, { isFinal: true });
    }
  }
}

interface Completion {
  readonly row: IndexedRow;
  readonly cells: ReadonlyMap<string, WriteCell>;
  /** The entry once the cells are written. */
  readonly after: IndexedRow;
}

async function completeRows(
  rows: readonly IndexedRow[],
  writing: Writing,
  how: { readonly isFinal: boolean },
): Promise<void> {
  const { session } = writing;
  const tables = new Map([...session.tables.tables.values()].map((table) => [table.id, table]));
  for (const [database, group] of Map.groupBy(rows, (row) => row.database)) {
    const table = tables.get(database);
    if (table === undefined) continue;
    const found: Completion[] = [];
    for (const row of group) {
      const completion = await completionOf(row, writing, how);
      if (completion !== null) found.push(completion);
    }
    await send(found, writing, table);
  }
}

/** Null when there is nothing to write yet. */
async function completionOf(
  row: IndexedRow,
  writing: Writing,
  how: { readonly isFinal: boolean },
): Promise<Completion | null> {
  if (row.rowId === null || row.isTrashed) return null;
  const { deps } = writing.session;
  const cells = new Map<string, WriteCell>();
  const waiting: Record<string, WaitingRelation> = { ...row.waiting };
  const parts = { ...row.parts };
  for (const [property, wanted] of Object.entries(row.waiting)) {
    const targets = await deps.store.loadTargets(wanted.target, wanted.keys);
    const relation = resolveRelation(wanted.keys, targets);
    const before = row.parts[property];
    const { hash } = relationPart(relation, deps.digest);
    if (before === undefined || before.hash === hash) continue;
    if (relation.missing.length > 0 && !how.isFinal) continue;
    cells.set(property, { kind: "rows", ids: relation.ids, keys: wanted.keys });
    parts[property] = { ...before, hash };
    delete waiting[property];
    if (relation.missing.length > 0) waiting[property] = { ...wanted, missing: relation.missing };
  }
  return cells.size === 0 ? null : { row, cells, after: { ...row, parts, waiting } };
}

async function send(
  completions: readonly Completion[],
  writing: Writing,
  table: ReadyTable,
): Promise<void> {
  if (completions.length === 0) return;
  const { session } = writing;
  const { sent, stop } = await sendAll(
    completions,
    (batch) => table.destination.update(batch.map(updateOf)),
    { session, table },
  );
  const changes = completions.flatMap((completion, index) => {
    const outcome = sent[index] ?? { kind: "not-sent" };
    switch (outcome.kind) {
      case "done":
        for (const note of outcome.notes) {
          session.notes.add(`${rowName(table, completion.row.key)}: ${note}`);
        }
        return [{ kind: "row", row: completion.after } satisfies OnewayChange];
      case "failed":
        return [{ kind: "row", row: refused(completion, outcome, writing) } satisfies OnewayChange];
      case "unknown":
      case "thrown":
      case "not-applied":
      case "not-sent":
        return [];
    }
  });
  await commit(session, changes);
  progress(session, "relations", { done: changes.length, total: completions.length });
  if (stop !== null) throw stop.error;
}

function updateOf({ row, cells }: Completion): RowUpdate {
  return { id: rowIdOf(row), cells, icon: null, coverUrl: null, body: null, isRevival: false };
}

/**
 * A row that cannot take its relation waits no more; the next change that names it finds the relation
 * different from what was written, and tries again.
 */
function refused(
  { row, cells }: Completion,
  outcome: Extract<RowOutcome, { readonly kind: "failed" }>,
  writing: Writing,
): IndexedRow {
  const waiting: Record<string, WaitingRelation> = { ...row.waiting };
  for (const property of cells.keys()) delete waiting[property];
  // Somebody put the row away: that is nobody's fault.
  if (outcome.why !== "trashed" && outcome.why !== "missing") {
    writing.problems += 1;
    writing.session.notes.add(
      `${row.database} "${row.key}": its relation could not be completed: ${outcome.message}`,
    );
  }
  return { ...row, waiting };
}
