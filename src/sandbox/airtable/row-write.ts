// Writing rows as a request does: every value of every record is read first, and only when all of them
// pass is anything changed.
import { openBatch, type WriteBatch } from "./cell/batch.ts";
import type { Cell } from "./cell/cell.ts";
import { readCell } from "./cell/read.ts";
import { clearedRichText } from "./cell/rich-text.ts";
import { kindOf } from "./field/kind.ts";
import type { JsonObject } from "./json.ts";
import { unknownField } from "./refusal.ts";
import { makeRow, setCell, type Edit } from "./row-change.ts";
import type { Sight } from "./sight.ts";
import { findField, type Field, type Row } from "./world.ts";

/** What a request wants of one record. */
export interface RowWish {
  /** The row to change, or `null` for a new one. */
  readonly row: Row | null;
  /** Values by field name or id. */
  readonly fields: JsonObject;
  /** Clear every writable field that is not named. */
  readonly isReplacing: boolean;
}

/** A wish whose values have all been read. */
export interface RowDraft {
  readonly row: Row | null;
  readonly cells: ReadonlyMap<Field, Cell | null>;
  /** The row was made just now, and is still being filled. */
  readonly isBirth?: boolean;
}

export interface WriteHow {
  readonly edit: Edit;
  readonly isTypecast: boolean;
}

/** Reads and carries out all wishes, or throws and changes nothing. Gives the rows in order. */
export function writeRows(sight: Sight, wishes: readonly RowWish[], how: WriteHow): Row[] {
  const batch = openBatch(sight, how.edit, how);
  const drafts = wishes.map((wish) => draftRow(batch, wish));
  return commit(batch, drafts);
}

/** Reads the values of one wish; throws on the first that cannot be. */
export function draftRow(batch: WriteBatch, wish: RowWish): RowDraft {
  const { table } = batch.sight;
  const cells = new Map<Field, Cell | null>();
  for (const [key, value] of Object.entries(wish.fields)) {
    const field = findField(table, key);
    if (field === null) throw unknownField(key);
    cells.set(field, readCell(batch, field, value));
  }
  if (wish.isReplacing) {
    for (const field of table.fields) {
      if (isWritable(field) && !cells.has(field)) cells.set(field, readCell(batch, field, null));
    }
  }
  return { row: wish.row, cells };
}

function isWritable(field: Field): boolean {
  const { family } = kindOf(field.type);
  return family !== "computed" && family !== "autoNumber";
}

/** Carries out drafts of one batch. */
export function commit(batch: WriteBatch, drafts: readonly RowDraft[]): Row[] {
  const { sight, edit } = batch;
  for (const { field, choice } of batch.newChoices) field.choices?.push(choice);
  for (const made of batch.newRows) {
    const other = { ...sight, table: made.table };
    const row = makeRow(other, edit, made.id);
    const primary = made.table.fields.find((field) => field.id === made.table.primaryFieldId);
    if (primary === undefined || !isWritable(primary)) continue;
    const cell = readCell({ ...batch, isTypecast: true }, primary, made.primaryText);
    setCell(other, { row, field: primary, cell, isBirth: true }, edit);
  }
  return drafts.map((draft) => commitOne(batch, draft));
}

function commitOne(batch: WriteBatch, draft: RowDraft): Row {
  const { sight, edit } = batch;
  const isBirth = draft.isBirth ?? draft.row === null;
  const row = draft.row ?? makeRow(sight, edit, sight.world.chance.id("rec"));
  for (const [field, cell] of draft.cells) {
    if (isBirth && cell === null) continue;
    // A rich text that was never filled stays absent when it is cleared.
    if (isClearedRichText(field, cell) && !row.cells.has(field.id)) continue;
    setCell(sight, { row, field, cell, isBirth }, edit);
  }
  return row;
}

function isClearedRichText(field: Field, cell: Cell | null): boolean {
  return field.type === "richText" && cell?.kind === "text" && cell.text === clearedRichText;
}
