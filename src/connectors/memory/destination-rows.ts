// The writing half of the in-memory destination. Every row has its own outcome; what a service's limits
// do to values is the business of the real destinations.
import type { RecordId } from "../../core/ids.ts";
import type { PropertyType } from "../../core/oneway/declaration.ts";
import type { RowContent, RowCreate, RowOutcome, RowUpdate, WriteCell } from "../destination.ts";
import { addRow, changeRow, type MemoryWorld, type WorldRow, type WorldTable } from "./world.ts";

export interface RowTable {
  readonly world: MemoryWorld;
  readonly table: WorldTable;
  readonly hasTrash: boolean;
  readonly hasBodies: boolean;
  /** Key of a row as it stands; null when the cell is empty. */
  readonly keyOf: (row: WorldRow) => string | null;
}

type Failed = Extract<RowOutcome, { readonly kind: "failed" }>;

const cellKinds: Record<PropertyType, WriteCell["kind"]> = {
  title: "text",
  text: "text",
  url: "text",
  email: "text",
  phone: "text",
  checkbox: "boolean",
  files: "files",
  number: "number",
  date: "date",
  select: "choice",
  "multi-select": "choices",
  status: "choice",
  people: "people",
  place: "place",
  relation: "rows",
};

function failed(why: Failed["why"], message: string, property: string | null = null): Failed {
  return { kind: "failed", why, message, property };
}

interface Fitted {
  readonly content: RowContent;
  readonly notes: readonly string[];
}

/** The content as the table takes it: one bad cell never keeps the rest of its row from being written. */
function fit(on: RowTable, content: RowContent): Fitted {
  const cells = new Map<string, WriteCell>();
  const notes: string[] = [];
  for (const [name, cell] of content.cells) {
    const type = on.table.properties.get(name);
    const statuses = on.table.statuses.get(name);
    if (type === undefined) notes.push(`${name}: there is no such property.`);
    else if (cell.kind !== "blank" && cell.kind !== cellKinds[type]) {
      notes.push(`${name}: a ${cell.kind} does not fit a ${type}; left as it was.`);
    } else if (cell.kind === "choice" && statuses?.has(cell.name) === false) {
      notes.push(`${name}: there is no status "${cell.name}"; left as it was.`);
    } else cells.set(name, cell);
  }
  return { content: { ...content, cells, body: on.hasBodies ? content.body : null }, notes };
}

export function createRow(on: RowTable, row: RowCreate): RowOutcome {
  const refusal = on.table.refusedKeys.get(row.key);
  if (refusal !== undefined) return failed("invalid", refusal);
  const fitted = fit(on, row);
  const { id } = addRow(on.world, on.table, fitted.content);
  return { kind: "done", id, notes: fitted.notes };
}

export function updateRow(on: RowTable, update: RowUpdate): RowOutcome {
  const row = on.table.rows.get(update.id);
  if (row === undefined) return failed("missing", "no such row");
  if (row.isTrashed && !update.isRevival) return failed("trashed", "it is in the trash");
  const refusal = on.table.refusedKeys.get(on.keyOf(row) ?? "");
  if (refusal !== undefined) return failed("invalid", refusal);
  const fitted = fit(on, update);
  changeRow(on.table, { ...row, isTrashed: false }, fitted.content);
  const isKept = fitted.content.body !== null && row.hasChildPages;
  const kept = isKept ? ["The body was left as it is: pages hang below it."] : [];
  return { kind: "done", id: row.id, notes: [...fitted.notes, ...kept] };
}

export function removeRow(on: RowTable, id: RecordId): RowOutcome {
  const row = on.table.rows.get(id);
  if (row === undefined) return failed("missing", "no such row");
  if (on.hasTrash) on.table.rows.set(id, { ...row, isTrashed: true });
  else on.table.rows.delete(id);
  return { kind: "done", id, notes: [] };
}
