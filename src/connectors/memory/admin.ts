// The side door of the in-memory connector: what people do to the table in the service's own windows,
// and what can go wrong with the next call. Fields are named as people name them.
import type { FieldId, RecordId } from "../../core/ids.ts";
import { must } from "../../core/assert.ts";
import { findField, type Schema } from "../../core/schema.ts";
import type { Value } from "../../core/value.ts";
import { SyncError } from "../../errors.ts";
import { addRow, cellOf, editRow, trashRow, type MemoryTable, type StoredRow } from "./table.ts";

/** What the next call meets. Reads know only `down`. */
type MemoryFault =
  /** Done, and the answer lost. */
  | "lost-after"
  /** Not done, and the answer lost. */
  | "lost-before"
  /** Busy beyond our patience: not done. */
  | "busy"
  /** Throws `unavailable`; writes are not done. */
  | "down"
  /** A listing that ends after its first page. */
  | "incomplete";

export interface MemoryAdmin {
  /** Cells by field name or id; what is not named is empty. */
  add(cells: Readonly<Record<string, Value>>): RecordId;
  edit(id: RecordId, cells: Readonly<Record<string, Value>>): void;
  trash(id: RecordId): void;
  restore(id: RecordId): void;
  /** Deletes for good. */
  purge(id: RecordId): void;
  /** A copy with all cells, the marker's included. */
  duplicate(id: RecordId): RecordId;
  changeSchema(change: (schema: Schema) => Schema): void;
  /** A cell by field name or id; null when there is no such row or field. */
  cell(id: RecordId, field: string): Value | null;
  /** Rows that are not in the trash, oldest first. */
  ids(): readonly RecordId[];
  isTrashed(id: RecordId): boolean;
  /** The next call of the kind meets the fault, once. Several wait in line. */
  failNext(kind: "read" | "write", fault: MemoryFault): void;
  /** Remembers table and waiting faults; each call of what it gives back puts them as they are now. */
  keep(): () => void;
}

export interface FaultLine {
  readonly read: MemoryFault[];
  readonly write: MemoryFault[];
}

export function downError(): SyncError {
  return new SyncError({
    code: "unavailable",
    message: "The in-memory service was told to be down.",
    remedy: "Try again later.",
  });
}

export function makeMemoryAdmin(table: MemoryTable, faults: FaultLine): MemoryAdmin {
  const row = (id: RecordId): StoredRow => must(table.rows.get(id), `no row ${id}`);
  const named = (cells: Readonly<Record<string, Value>>): Map<FieldId, Value> =>
    new Map(
      Object.entries(cells).map(([name, value]) => [
        must(findField(table.schema, name), `no field ${name}`).id,
        value,
      ]),
    );
  return {
    add: (cells) => addRow(table, named(cells), "person").id,
    edit: (id, cells) => {
      editRow(table, row(id), named(cells), "person");
    },
    trash: (id) => {
      trashRow(table, row(id), { isTrashed: true, by: "person" });
    },
    restore: (id) => {
      trashRow(table, row(id), { isTrashed: false, by: "person" });
    },
    purge: (id) => {
      table.rows.delete(id);
    },
    duplicate: (id) => addRow(table, row(id).cells, "person").id,
    changeSchema: (change) => {
      table.schema = change(table.schema);
    },
    cell: (id, field) => {
      const found = table.rows.get(id);
      const known = findField(table.schema, field);
      return found === undefined || known === null ? null : cellOf(table, found, known.id);
    },
    ids: () => [...table.rows.values()].filter((one) => !one.isTrashed).map((one) => one.id),
    isTrashed: (id) => table.rows.get(id)?.isTrashed === true,
    failNext: (kind, fault) => {
      faults[kind].push(fault);
    },
    keep: () => {
      const { schema, madeCount } = table;
      const [rows, read, write] = [[...table.rows], [...faults.read], [...faults.write]];
      return () => {
        table.schema = schema;
        table.madeCount = madeCount;
        table.rows.clear();
        for (const [id, kept] of rows) table.rows.set(id, kept);
        faults.read.splice(0, Infinity, ...read);
        faults.write.splice(0, Infinity, ...write);
      };
    },
  };
}
