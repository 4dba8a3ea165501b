// The rows behind the in-memory connector, and the one way they change: an edit by somebody at an
// instant. No promises, no faults; those are the connector's.
import { recordId, type FieldId, type RecordId } from "../../core/ids.ts";
import type { Row } from "../../core/row.ts";
import type { Schema } from "../../core/schema.ts";
import { boolean, empty, instant, text, type Value } from "../../core/value.ts";
import type { Wanted } from "../connector.ts";

/** Who makes a change: the sync's own token, or a person. */
export type Editor = "us" | "person";

export interface StoredRow {
  readonly id: RecordId;
  readonly createdAtMs: number;
  readonly createdBy: Editor;
  /** To the millisecond; the connector shows it rounded down. */
  readonly editedAtMs: number;
  readonly editedBy: Editor;
  readonly isTrashed: boolean;
  /** Cells that are not empty. */
  readonly cells: ReadonlyMap<FieldId, Value>;
  /** When each cell last changed. */
  readonly cellEditedAtMs: ReadonlyMap<FieldId, number>;
}

export interface MemoryTable {
  schema: Schema;
  readonly nowMs: () => number;
  readonly stampStepMs: number | null;
  readonly tellsMaker: boolean;
  /** In the order of creation. */
  readonly rows: Map<RecordId, StoredRow>;
  readonly idPrefix: string;
  /** Rows ever made, so that no id comes twice. */
  madeCount: number;
}

type Cells = ReadonlyMap<FieldId, Value>;

function isBlank(value: Value): boolean {
  return value.kind === "empty" || (value.kind === "boolean" && !value.isTrue);
}

/** What an absent cell of a field means: an unticked box, or nothing. */
function blankOf(table: MemoryTable, id: FieldId): Value {
  const field = table.schema.fields.find((one) => one.id === id);
  return field?.kind.kind === "boolean" ? boolean(false) : empty;
}

export function addRow(table: MemoryTable, cells: Cells, by: Editor): StoredRow {
  table.madeCount += 1;
  const atMs = table.nowMs();
  const row: StoredRow = {
    id: recordId(`${table.idPrefix}${String(table.madeCount).padStart(4, "0")}`),
    createdAtMs: atMs,
    createdBy: by,
    editedAtMs: atMs,
    editedBy: by,
    isTrashed: false,
    cells: new Map([...cells].filter(([, value]) => !isBlank(value))),
    cellEditedAtMs: new Map([...cells.keys()].map((id) => [id, atMs])),
  };
  table.rows.set(row.id, row);
  return row;
}

export function editRow(table: MemoryTable, row: StoredRow, cells: Cells, by: Editor): StoredRow {
  const atMs = table.nowMs();
  const next = new Map(row.cells);
  const edited = new Map(row.cellEditedAtMs);
  for (const [id, value] of cells) {
    if (isBlank(value)) next.delete(id);
    else next.set(id, value);
    edited.set(id, atMs);
  }
  return put(table, {
    ...row,
    cells: next,
    cellEditedAtMs: edited,
    editedAtMs: atMs,
    editedBy: by,
  });
}

export function trashRow(
  table: MemoryTable,
  row: StoredRow,
  change: { readonly isTrashed: boolean; readonly by: Editor },
): StoredRow {
  return put(table, {
    ...row,
    isTrashed: change.isTrashed,
    editedAtMs: table.nowMs(),
    editedBy: change.by,
  });
}

function put(table: MemoryTable, row: StoredRow): StoredRow {
  table.rows.set(row.id, row);
  return row;
}

/** The content of a cell, pseudo-fields included; null when the table has no such field. */
export function cellOf(table: MemoryTable, row: StoredRow, id: FieldId): Value | null {
  if (id === "@id") return text(row.id);
  if (id === "@url") return text(urlOf(row));
  if (id === "@created") return instant(row.createdAtMs);
  if (!table.schema.fields.some((field) => field.id === id)) return null;
  return row.cells.get(id) ?? blankOf(table, id);
}

function urlOf(row: StoredRow): string {
  return `https://memory.example/${row.id}`;
}

function textOf(value: Value | null): string | null {
  if (value?.kind === "text") return value.text;
  return value?.kind === "rich" ? value.markdown : null;
}

/** The row as one reading shows it, at this instant. */
export function showRow(table: MemoryTable, row: StoredRow, wanted: Wanted): Row {
  const cells = new Map<FieldId, Value>();
  for (const id of wanted.fields) {
    const value = cellOf(table, row, id);
    if (value !== null) cells.set(id, value);
  }
  const title = table.schema.fields.find((field) => field.isTitle);
  const atMs = table.nowMs();
  const { stampStepMs } = table;
  return {
    id: row.id,
    title: title === undefined ? "" : (textOf(cellOf(table, row, title.id)) ?? ""),
    url: urlOf(row),
    createdAtMs: row.createdAtMs,
    stampMs: stampStepMs === null ? null : Math.floor(row.editedAtMs / stampStepMs) * stampStepMs,
    editedBy: stampStepMs === null ? "unknown" : row.editedBy,
    ...(table.tellsMaker ? { isOurs: row.createdBy === "us" } : {}),
    marker: wanted.marker === null ? null : textOf(cellOf(table, row, wanted.marker)),
    cells,
    window: { startMs: atMs, endMs: atMs },
  };
}
