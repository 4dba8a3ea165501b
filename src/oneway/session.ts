// One run of one sync while it is under way: what its parts share.
import { must } from "../core/assert.ts";
import type { RecordId } from "../core/ids.ts";
import type { Change } from "../core/oneway/change.ts";
import type { SyncDeclaration } from "../core/oneway/declaration.ts";
import type { SyncId } from "../core/oneway/ids.ts";
import { SyncError } from "../errors.ts";
import type { Cycle, OnewayChange } from "../store/oneway-store.ts";
import type { OnewayDeps, OnewayProgress, OnewayWorker } from "./deps.ts";
import type { Leases } from "./leases.ts";
import type { Notes } from "./notes.ts";
import type { ReadyTable, ReadyTables } from "./prepare.ts";
import type { Tally } from "./tally.ts";

export interface Session {
  readonly worker: OnewayWorker;
  readonly sync: SyncDeclaration;
  readonly id: SyncId;
  readonly deps: OnewayDeps;
  readonly leases: Leases;
  readonly notes: Notes;
  readonly tables: ReadyTables;
}

/** One execution's writing. */
export interface Writing {
  readonly session: Session;
  readonly tally: Tally;
  /** The cycle it belongs to; what it names is seen in it. */
  readonly cycle: Cycle;
  /** Rows that came to be or came back, by database key: others may wait for them. */
  readonly fresh: Map<string, string[]>;
  /** Changes that wait for an earlier create of their key to be settled. */
  readonly deferred: { readonly table: ReadyTable; readonly change: Change }[];
  /** Rows that were not written as asked. */
  problems: number;
  /** Rows in a row of which nobody can say what came of their write; infinite after one that was repeated. */
  lostInRow: number;
  /** Creates in a row that this connection is not allowed. */
  forbiddenInRow: number;
  /** Rows handled, for the progress. */
  done: number;
  readonly total: number;
}

/** The table of a database key. Throws what stands in its way. */
export function tableOf(session: Session, key: string): ReadyTable {
  const ready = session.tables.tables.get(key);
  if (ready !== undefined) return ready;
  const error = session.tables.broken.get(key);
  if (error !== undefined) throw error;
  throw new SyncError({
    code: "contract_broken",
    message: `${session.id} names the database ${key}, which its worker does not declare.`,
    remedy: "Declare the database in the worker, or correct the name.",
  });
}

/** Stores the changes under all leases of the run. */
export async function commit(session: Session, changes: readonly OnewayChange[]): Promise<void> {
  if (changes.length === 0) return;
  const rank = (change: OnewayChange): number =>
    change.kind === "seen" ? 2 : change.kind === "touch" ? 1 : 0;
  // The same said of many keys is stored at once when it stands together.
  const ordered = changes.toSorted((a, b) => rank(a) - rank(b));
  await session.deps.store.commitOneway(session.leases.held(), ordered);
}

export function progress(
  session: Session,
  stage: OnewayProgress["stage"],
  at: { readonly done: number; readonly total: number | null },
): void {
  session.deps.onProgress({ sync: session.id, stage, ...at });
}

/** That the source named this key now. */
export function seenChange(writing: Writing, table: ReadyTable, key: string): OnewayChange {
  return {
    kind: "seen",
    sync: writing.session.id,
    database: table.id,
    key,
    cycle: writing.cycle.number,
  };
}

export function noteFresh(writing: Writing, table: ReadyTable, key: string): void {
  const { key: database } = table.declaration;
  const keys = writing.fresh.get(database) ?? [];
  writing.fresh.set(database, keys);
  keys.push(key);
}

/** For messages about a row. */
export function rowName(table: ReadyTable, key: string): string {
  return `${table.id} "${key}"`;
}

/** A row id where the plan has made sure that there is one. */
export function rowIdOf(row: { readonly rowId: RecordId | null }): RecordId {
  return must(row.rowId, "an update of a row without an id");
}
