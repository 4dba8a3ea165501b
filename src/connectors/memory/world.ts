// The tables behind in-memory destinations. They outlive the destinations that write to them, so that a
// test can end a run anywhere and begin another with the same tables.
import { recordId, type RecordId } from "../../core/ids.ts";
import type { Icon, PropertyType } from "../../core/oneway/declaration.ts";
import type { Binding, RowContent, WriteCell } from "../destination.ts";

/** What one call meets. Reads know `down`, `incomplete` and `crash-before`. */
export type WorldFault =
  /** Nothing happens; lets one call pass when several faults wait in line. */
  | "none"
  /** Done, and the answer lost. */
  | "lost-after"
  /** The same, but the service let the ids of created rows slip. */
  | "lost-with-hint"
  /** Not done, and the answer lost. */
  | "lost-before"
  /** Busy beyond our patience: not done. */
  | "busy"
  | "forbidden"
  /** Throws `unavailable`; not done. */
  | "down"
  /** A listing that ends after its first page. */
  | "incomplete"
  /** Our own process ends: throws what nobody catches, before or after the call was done. */
  | "crash-before"
  | "crash-after";

export interface WorldRow {
  readonly id: RecordId;
  /** By property name; what is not there is empty. */
  readonly cells: ReadonlyMap<string, WriteCell>;
  readonly icon: Icon | null;
  readonly coverUrl: string | null;
  readonly body: string;
  readonly isTrashed: boolean;
  /** Somebody hung pages below the row; its body cannot be replaced. */
  readonly hasChildPages: boolean;
  /** Queries do not find it yet, as with a fresh row on a slow index. */
  readonly isHidden: boolean;
}

export interface WorldTable {
  readonly binding: Binding;
  /** Key of the managed database it was made for; null for a table of people. */
  readonly owner: string | null;
  readonly properties: Map<string, PropertyType>;
  /** Names a status takes, by property. */
  readonly statuses: Map<string, ReadonlySet<string>>;
  /** In the order of creation. */
  readonly rows: Map<RecordId, WorldRow>;
  /** Why rows with this key are refused, whatever they hold. */
  readonly refusedKeys: Map<string, string>;
  isTrashed: boolean;
}

export interface MemoryWorld {
  readonly tables: Map<string, WorldTable>;
  readonly faults: { readonly read: WorldFault[]; readonly write: WorldFault[] };
  /** Calls of all destinations together. */
  readonly count: { read: number; write: number };
  /** Tables and rows ever made, so that no id comes twice. */
  madeCount: number;
}

export function makeMemoryWorld(): MemoryWorld {
  return {
    tables: new Map(),
    faults: { read: [], write: [] },
    count: { read: 0, write: 0 },
    madeCount: 0,
  };
}

/** Without an owner it is a table that people made, there to be attached. */
export function addTable(
  world: MemoryWorld,
  made: { readonly title: string; readonly owner: string | null },
): WorldTable {
  const { title, owner } = made;
  world.madeCount += 1;
  const id = `table-${world.madeCount}`;
  const table: WorldTable = {
    binding: { tableId: id, parentId: `base-${world.madeCount}`, title, url: `memory:${id}` },
    owner,
    properties: new Map(),
    statuses: new Map(),
    rows: new Map(),
    refusedKeys: new Map(),
    isTrashed: false,
  };
  world.tables.set(id, table);
  return table;
}

/** Cells that are cleared are left out, so that a row holds only what a person would see. */
function withCells(
  before: ReadonlyMap<string, WriteCell>,
  cells: ReadonlyMap<string, WriteCell>,
): ReadonlyMap<string, WriteCell> {
  const after = new Map(before);
  for (const [name, cell] of cells) {
    const isEmpty = cell.kind === "blank" || (cell.kind === "rows" && cell.ids.length === 0);
    if (isEmpty) after.delete(name);
    else after.set(name, cell);
  }
  return after;
}

export function addRow(world: MemoryWorld, table: WorldTable, content: RowContent): WorldRow {
  world.madeCount += 1;
  const row: WorldRow = {
    id: recordId(`row-${world.madeCount}`),
    cells: withCells(new Map(), content.cells),
    icon: content.icon,
    coverUrl: content.coverUrl,
    body: content.body ?? "",
    isTrashed: false,
    hasChildPages: false,
    isHidden: false,
  };
  table.rows.set(row.id, row);
  return row;
}

export function changeRow(table: WorldTable, row: WorldRow, content: RowContent): WorldRow {
  const after: WorldRow = {
    ...row,
    cells: withCells(row.cells, content.cells),
    icon: content.icon ?? row.icon,
    coverUrl: content.coverUrl ?? row.coverUrl,
    body: content.body === null || row.hasChildPages ? row.body : content.body,
  };
  table.rows.set(row.id, after);
  return after;
}
