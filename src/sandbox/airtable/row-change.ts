// The only places where rows change: making one, setting a cell, deleting and restoring.
//
// Links are kept on both sides, and an edit of the other side counts as an edit of that row. Nothing here
// can fail: whatever may be refused is refused before (row-write.ts).
import { isSameCell, type Cell } from "./cell/cell.ts";
import { kindOf } from "./field/kind.ts";
import type { Sight } from "./sight.ts";
import { inverseField, linkedTable, type Field, type Person, type Row } from "./world.ts";

/** Who edits, and when. */
export interface Edit {
  readonly by: Person | null;
  readonly atMs: number;
}

/** A new, empty row with its automatic numbers. */
export function makeRow(sight: Sight, edit: Edit, id: string): Row {
  const row: Row = {
    id,
    seq: sight.world.nextSeq(),
    createdMs: edit.atMs,
    createdBy: edit.by,
    modifiedMs: edit.atMs,
    modifiedBy: edit.by,
    cells: new Map(),
    late: new Set(),
    touchedMs: new Map(),
    fixed: new Map(),
  };
  for (const field of sight.table.fields) {
    if (kindOf(field.type).family !== "autoNumber") continue;
    row.cells.set(field.id, { kind: "number", number: sight.table.nextNumber });
  }
  sight.table.nextNumber += 1;
  sight.table.rows.set(row.id, row);
  return row;
}

interface CellChange {
  readonly row: Row;
  readonly field: Field;
  readonly cell: Cell | null;
  /** The row is being made: its cells are not late ones. */
  readonly isBirth?: boolean;
}

/** Sets or clears a cell, and the other side of a link. */
export function setCell(sight: Sight, change: CellChange, edit: Edit): void {
  const { row, field, cell } = change;
  const before = row.cells.get(field.id) ?? null;
  if (isSameCell(before, cell) && !sight.world.doesEqualWriteTouch) return;
  storeCell(row, field.id, cell, change.isBirth === true);
  touch(row, field.id, edit);
  if (kindOf(field.type).family === "links") mirrorLinks(sight, change, before, edit);
}

function storeCell(row: Row, fieldId: string, cell: Cell | null, isBirth: boolean): void {
  if (cell === null) {
    row.cells.delete(fieldId);
    row.late.delete(fieldId);
    return;
  }
  if (!isBirth && !row.cells.has(fieldId)) row.late.add(fieldId);
  row.cells.set(fieldId, cell);
}

function touch(row: Row, fieldId: string, edit: Edit): void {
  row.touchedMs.set(fieldId, edit.atMs);
  row.modifiedMs = edit.atMs;
  row.modifiedBy = edit.by;
}

function linkIds(cell: Cell | null | undefined): readonly string[] {
  return cell?.kind === "links" ? cell.ids : [];
}

function mirrorLinks(sight: Sight, change: CellChange, before: Cell | null, edit: Edit): void {
  const inverse = inverseField(sight.base, change.field);
  const other = linkedTable(sight.base, change.field);
  if (inverse === null || other === null) return;
  const was = linkIds(before);
  const is = linkIds(change.cell);
  for (const id of was.filter((candidate) => !is.includes(candidate))) {
    const row = other.rows.get(id);
    if (row !== undefined) dropLink(row, inverse, change.row.id, edit);
  }
  for (const id of is.filter((candidate) => !was.includes(candidate))) {
    const row = other.rows.get(id);
    if (row !== undefined) addLink(row, inverse, change.row.id, edit);
  }
}

function dropLink(row: Row, field: Field, targetId: string, edit: Edit): void {
  const ids = linkIds(row.cells.get(field.id)).filter((id) => id !== targetId);
  storeCell(row, field.id, ids.length === 0 ? null : { kind: "links", ids }, false);
  touch(row, field.id, edit);
}

function addLink(row: Row, field: Field, targetId: string, edit: Edit): void {
  const ids = linkIds(row.cells.get(field.id));
  if (ids.includes(targetId)) return;
  storeCell(row, field.id, { kind: "links", ids: [...ids, targetId] }, false);
  touch(row, field.id, edit);
}

/** Deletes a row into the trash; its id vanishes from every link to it. */
export function deleteRow(sight: Sight, row: Row, edit: Edit): void {
  sight.table.rows.delete(row.id);
  sight.table.trash.set(row.id, row);
  for (const table of sight.base.tables) {
    for (const field of table.fields) {
      if (linkedTable(sight.base, field) !== sight.table) continue;
      for (const linking of table.rows.values()) {
        if (linkIds(linking.cells.get(field.id)).includes(row.id)) {
          dropLink(linking, field, row.id, edit);
        }
      }
    }
  }
}

/** Takes a row back from the trash with its id, its creation time and its links. */
export function restoreRow(sight: Sight, row: Row, edit: Edit): void {
  sight.table.trash.delete(row.id);
  sight.table.rows.set(row.id, row);
  for (const field of sight.table.fields) {
    const inverse = inverseField(sight.base, field);
    const other = linkedTable(sight.base, field);
    if (inverse === null || other === null) continue;
    const ids = linkIds(row.cells.get(field.id)).filter((id) => other.rows.has(id));
    storeCell(row, field.id, ids.length === 0 ? null : { kind: "links", ids }, false);
    for (const id of ids) {
      const linked = other.rows.get(id);
      if (linked !== undefined) addLink(linked, inverse, row.id, edit);
    }
  }
}
