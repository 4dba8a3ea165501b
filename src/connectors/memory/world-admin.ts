// The side door of the in-memory tables: what people do to them in the service's own windows, and what
// can go wrong with the next calls.
import { must } from "../../core/assert.ts";
import type { RecordId } from "../../core/ids.ts";
import { plainText } from "../../core/oneway/cell.ts";
import type { WriteCell } from "../destination.ts";
import {
  addRow,
  changeRow,
  type MemoryWorld,
  type WorldFault,
  type WorldRow,
  type WorldTable,
} from "./world.ts";

/** A cell as tests write it: a text stands for a text cell without links. */
export type PlainCell = WriteCell | string;

export interface WorldAdmin {
  /** A row a person makes. */
  add(cells: Readonly<Record<string, PlainCell>>): RecordId;
  edit(id: RecordId, cells: Readonly<Record<string, PlainCell>>): void;
  /** A copy of a row with all cells, its key included. */
  duplicate(id: RecordId): RecordId;
  trash(id: RecordId): void;
  restore(id: RecordId): void;
  /** Deletes for good. */
  purge(id: RecordId): void;
  /** Hangs a page below the row, which its body then keeps. */
  addChildPage(id: RecordId): void;
  /** Queries overlook the row until it is shown again, as an index does that lags. */
  hide(id: RecordId): void;
  show(id: RecordId): void;
  /** The table itself. */
  trashTable(): void;
  /** Rows with this key are refused as invalid; null takes them again. */
  refuseKey(key: string, message: string | null): void;
  addProperty(name: string, type: "title" | "text" | "number"): void;
  dropProperty(name: string): void;
  propertyNames(): readonly string[];
  row(id: RecordId): WorldRow | null;
  /** Rows that are not in the trash, oldest first. */
  rows(): readonly WorldRow[];
  trashed(): readonly WorldRow[];
  /** The plain text of a cell; null when it is empty. */
  text(id: RecordId, property: string): string | null;
}

/** The next call of the kind, of any destination of the world, meets the fault, once; several wait in line. */
export function failNext(world: MemoryWorld, kind: "read" | "write", fault: WorldFault): void {
  world.faults[kind].push(fault);
}

function cellsOf(cells: Readonly<Record<string, PlainCell>>): ReadonlyMap<string, WriteCell> {
  return new Map(
    Object.entries(cells).map(([name, cell]) => [
      name,
      typeof cell === "string" ? { kind: "text", runs: [{ text: cell, url: null }] } : cell,
    ]),
  );
}

/** What a person reads in a cell; null when it is empty. */
export function cellText(cell: WriteCell | undefined): string | null {
  if (cell === undefined) return null;
  switch (cell.kind) {
    case "blank":
      return null;
    case "text":
      return plainText(cell.runs);
    case "number":
      return String(cell.number);
    case "boolean":
      return String(cell.isTrue);
    case "choice":
      return cell.name;
    case "choices":
      return cell.names.join(",");
    case "people":
      return cell.emails.join(",");
    case "rows":
      return cell.ids.join(",");
    case "date":
      return cell.start.kind === "day" ? cell.start.day : `${cell.start.day} ${cell.start.time}`;
    case "files":
      return cell.files.map((file) => file.url).join(",");
    case "place":
      return `${cell.place.lat},${cell.place.lon}`;
  }
}

type RowEdits = Pick<
  WorldAdmin,
  "edit" | "trash" | "restore" | "addChildPage" | "hide" | "show" | "duplicate"
>;

function makeRowEdits(
  world: MemoryWorld,
  table: () => WorldTable,
  find: (id: RecordId) => WorldRow,
): RowEdits {
  const set = (id: RecordId, change: Partial<WorldRow>): void => {
    table().rows.set(id, { ...find(id), ...change });
  };
  return {
    duplicate: (id) => addRow(world, table(), find(id)).id,
    edit: (id, cells) => {
      const none = { icon: null, coverUrl: null, body: null };
      changeRow(table(), find(id), { cells: cellsOf(cells), ...none });
    },
    trash: (id) => {
      set(id, { isTrashed: true });
    },
    restore: (id) => {
      set(id, { isTrashed: false });
    },
    addChildPage: (id) => {
      set(id, { hasChildPages: true });
    },
    hide: (id) => {
      set(id, { isHidden: true });
    },
    show: (id) => {
      set(id, { isHidden: false });
    },
  };
}

/** `table` is asked anew for each act, because a destination may make its table late, or again. */
export function makeWorldAdmin(world: MemoryWorld, table: () => WorldTable): WorldAdmin {
  const find = (id: RecordId): WorldRow => must(table().rows.get(id), `no row ${id}`);
  const all = (): readonly WorldRow[] => [...table().rows.values()];
  return {
    ...makeRowEdits(world, table, find),
    add: (cells) => {
      const none = { icon: null, coverUrl: null, body: null };
      return addRow(world, table(), { cells: cellsOf(cells), ...none }).id;
    },
    purge: (id) => {
      table().rows.delete(id);
    },
    trashTable: () => {
      table().isTrashed = true;
    },
    refuseKey: (key, message) => {
      if (message === null) table().refusedKeys.delete(key);
      else table().refusedKeys.set(key, message);
    },
    addProperty: (name, type) => {
      table().properties.set(name, type);
    },
    dropProperty: (name) => {
      table().properties.delete(name);
    },
    propertyNames: () => [...table().properties.keys()],
    row: (id) => table().rows.get(id) ?? null,
    rows: () => all().filter((row) => !row.isTrashed),
    trashed: () => all().filter((row) => row.isTrashed),
    text: (id, property) => cellText(table().rows.get(id)?.cells.get(property)),
  };
}
