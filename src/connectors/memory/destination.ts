// A destination without a service behind it: held to the same contract as the real ones, and good enough
// to test the one-way runtime with. The tables live in a `MemoryWorld`, which outlives the destination.
import { must } from "../../core/assert.ts";
import type { DatabaseDeclaration } from "../../core/oneway/declaration.ts";
import { SyncError } from "../../errors.ts";
import type {
  Binding,
  Destination,
  DestinationCapabilities,
  KeyedRow,
  KeysEnd,
  RowOutcome,
} from "../destination.ts";
import { createRow, removeRow, updateRow, type RowTable } from "./destination-rows.ts";
import { prepareRelations, prepareTable, type Bound } from "./destination-schema.ts";
import type { MemoryWorld, WorldRow, WorldTable } from "./world.ts";
import { cellText, makeWorldAdmin, type WorldAdmin } from "./world-admin.ts";

export interface MemoryDestinationOptions {
  readonly declaration: DatabaseDeclaration;
  readonly world: MemoryWorld;
  /** What the database was bound to before; null when it is not there yet. */
  readonly binding: Binding | null;
  /** Default: all true, one row a write, four writes at once, 100 keys a query. */
  readonly capabilities?: Partial<DestinationCapabilities>;
  /** Rows a page of a listing. Default 100. */
  readonly pageSize?: number;
}

export interface MemoryDestination extends Destination {
  /** Of the table this destination is bound to. */
  readonly admin: WorldAdmin;
}

const allCapable: DestinationCapabilities = {
  writeBatchMax: 1,
  parallelMax: 4,
  hasBodies: true,
  hasIcons: true,
  hasTrash: true,
  keyQueryMax: 100,
};

function down(): SyncError {
  return new SyncError({
    code: "unavailable",
    message: "The in-memory service was told to be down.",
    remedy: "Try again later.",
  });
}

/** Counts the call; true when the listing it belongs to shall end early. */
function countRead(world: MemoryWorld): boolean {
  world.count.read += 1;
  const fault = world.faults.read.shift();
  if (fault === "down") throw down();
  if (fault === "crash-before") throw new Error("the process ended before the read");
  return fault === "incomplete";
}

function withoutId(outcome: RowOutcome, hasHint: boolean): RowOutcome {
  const hint = hasHint && outcome.kind === "done" ? outcome.id : null;
  return { kind: "unknown", message: "the answer was lost", hint };
}

/** A write under the fault that waits: done or not, answered or not. */
function underFault<T>(
  world: MemoryWorld,
  items: readonly T[],
  act: (item: T) => RowOutcome,
): readonly RowOutcome[] {
  world.count.write += 1;
  const fault = world.faults.write.shift();
  switch (fault) {
    case "lost-after":
    case "lost-with-hint":
      return items.map((item) => withoutId(act(item), fault === "lost-with-hint"));
    case "lost-before":
      return items.map(() => ({ kind: "unknown", message: "the answer was lost", hint: null }));
    case "busy":
      return items.map(() => ({ kind: "not-applied", message: "busy" }));
    case "forbidden":
      return items.map(() => ({
        kind: "failed",
        why: "forbidden",
        message: "not allowed",
        property: null,
      }));
    case "down":
      throw down();
    case "crash-before":
      throw new Error("the process ended before the write");
    case "crash-after":
      for (const item of items) act(item);
      throw new Error("the process ended after the write");
    case "none":
    case "incomplete":
    case undefined:
      return items.map(act);
  }
}

async function* listKeys(
  on: RowTable,
  pageSize: number,
): AsyncGenerator<readonly KeyedRow[], KeysEnd> {
  const rows = [...on.table.rows.values()].filter((row) => !row.isTrashed && !row.isHidden);
  // One page at least: an empty table takes a call as well.
  for (let at = 0; at === 0 || at < rows.length; at += pageSize) {
    const isCut = countRead(on.world);
    const page = rows.slice(at, at + pageSize);
    yield await Promise.resolve(page.map((row) => ({ id: row.id, key: on.keyOf(row) })));
    if (isCut) return { isComplete: false, reason: "the listing was cut short" };
  }
  return { isComplete: true, reason: null };
}

/** A table that is not there yet, in a preview. */
async function* nothing(): AsyncGenerator<readonly KeyedRow[], KeysEnd> {
  yield await Promise.resolve([]);
  return { isComplete: true, reason: null };
}

function findRows(on: RowTable, keys: readonly string[]): readonly KeyedRow[] {
  countRead(on.world);
  const wanted = new Set(keys);
  return [...on.table.rows.values()]
    .filter((row) => !row.isTrashed && !row.isHidden)
    .map((row) => ({ id: row.id, key: on.keyOf(row) }))
    .filter((row) => row.key !== null && wanted.has(row.key));
}

/** The table bound to, or the one made for this database before the binding was forgotten. */
function findTable(options: MemoryDestinationOptions): WorldTable | null {
  const { declaration, world, binding } = options;
  if (binding !== null) return world.tables.get(binding.tableId) ?? null;
  if (declaration.type === "attached") return null;
  const own = [...world.tables.values()].find(
    (table) => table.owner === declaration.key && !table.isTrashed,
  );
  return own ?? null;
}

export function makeMemoryDestination(options: MemoryDestinationOptions): MemoryDestination {
  const { declaration, world } = options;
  const capabilities = { ...allCapable, ...options.capabilities };
  const bound: Bound = {
    declaration,
    world,
    table: findTable(options),
  };
  const table = (): WorldTable => must(bound.table, "the table was not prepared");
  const rowTable = (): RowTable => ({
    world,
    table: table(),
    hasTrash: capabilities.hasTrash,
    hasBodies: capabilities.hasBodies,
    keyOf: (row: WorldRow) => cellText(row.cells.get(declaration.primaryKey)),
  });
  const write = async <T>(
    items: readonly T[],
    act: (on: RowTable, item: T) => RowOutcome,
  ): Promise<readonly RowOutcome[]> => {
    const on = rowTable();
    return Promise.resolve(underFault(world, items, (item) => act(on, item)));
  };
  return {
    capabilities,
    admin: makeWorldAdmin(world, table),
    prepareTable: async (how) => {
      countRead(world);
      return Promise.resolve(prepareTable(bound, how));
    },
    prepareRelations: async (related, how) =>
      Promise.resolve(prepareRelations(bound, related, how)),
    listKeys: () =>
      bound.table === null ? nothing() : listKeys(rowTable(), options.pageSize ?? 100),
    findRows: async (keys) =>
      Promise.resolve(bound.table === null ? [] : findRows(rowTable(), keys)),
    create: async (rows) => write(rows, createRow),
    update: async (rows) => write(rows, updateRow),
    remove: async (ids) => write(ids, removeRow),
    requests: () => ({ ...world.count }),
  };
}
