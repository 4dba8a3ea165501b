// Converting the cells of a field whose type the owner changed: by way of their text, as far as it goes.
// What does not convert is empty afterwards, as the app warns.
import { openBatch } from "../cell/batch.ts";
import { readCell } from "../cell/read.ts";
import { fieldValue } from "../formula/field-value.ts";
import { toText } from "../formula/value.ts";
import { kindOf } from "../field/kind.ts";
import { Refusal } from "../refusal.ts";
import type { Sight } from "../sight.ts";
import type { Field } from "../world.ts";
import type { Cell } from "../cell/cell.ts";

/** Texts of a field's cells by row id. */
type Texts = ReadonlyMap<string, string>;

function read(sight: Sight, field: Field): Texts {
  const texts = new Map<string, string>();
  for (const row of [...sight.table.rows.values(), ...sight.table.trash.values()]) {
    if (row.cells.has(field.id)) texts.set(row.id, toText(fieldValue(sight, field, row)));
  }
  return texts;
}

function write(sight: Sight, field: Field, texts: Texts): void {
  const { family } = kindOf(field.type);
  const edit = { by: null, atMs: sight.world.nowMs() };
  for (const [rowId, text] of texts) {
    const row = sight.table.rows.get(rowId) ?? sight.table.trash.get(rowId);
    if (row === undefined) continue;
    row.cells.delete(field.id);
    if (family === "computed" || family === "autoNumber") continue;
    const batch = openBatch(sight, edit, { isTypecast: true });
    const cell = readOrNull(() => readCell(batch, field, text));
    for (const made of batch.newChoices) field.choices?.push(made.choice);
    if (cell !== null && batch.newRows.length === 0) row.cells.set(field.id, cell);
  }
}

function readOrNull(run: () => Cell | null): Cell | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** Read before the type changes, write after. */
export const retypeCells: {
  read(sight: Sight, field: Field): Texts;
  write(sight: Sight, field: Field, texts: Texts): void;
} = { read, write };
