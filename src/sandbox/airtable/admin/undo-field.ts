// Undo of a change of a field, as the app offers it: the field stands where it stood, under its id, and
// its cells hold what they held. What somebody entered since is carried back as far as it converts.
import type { Cell } from "../cell/cell.ts";
import type { Sight } from "../sight.ts";
import type { Field, Row } from "../world.ts";
import { retypeCells } from "./retype.ts";

export type UndoField = () => void;

function rowsOf({ table }: Sight): readonly Row[] {
  return [...table.rows.values(), ...table.trash.values()];
}

function cellsOf(sight: Sight, field: Field): ReadonlyMap<string, Cell | undefined> {
  return new Map(rowsOf(sight).map((row) => [row.id, row.cells.get(field.id)]));
}

/** Makes the change, and gives the way back. */
export function undoable(sight: Sight, field: Field, change: () => void): UndoField {
  const place = sight.table.fields.indexOf(field);
  const { type, options, choices } = field;
  const before = cellsOf(sight, field);
  change();
  const after = cellsOf(sight, field);
  return () => {
    const now = cellsOf(sight, field);
    const texts = retypeCells.read(sight, field);
    Object.assign(field, { type, options, choices });
    if (sight.table.fields.includes(field)) retypeCells.write(sight, field, texts);
    else sight.table.fields.splice(place, 0, field);
    for (const row of rowsOf(sight)) {
      const cell = before.get(row.id);
      if (!before.has(row.id) || now.get(row.id) !== after.get(row.id)) continue;
      if (cell === undefined) row.cells.delete(field.id);
      else row.cells.set(field.id, cell);
    }
  };
}
