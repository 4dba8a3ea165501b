// Undo of a change of a column, as the app offers it: the column is there under its id, and its cells
// hold what they held. What somebody entered since is carried back as far as it can be read.
import type { Property } from "./property.ts";
import type { SchemaChange } from "./schema-change.ts";
import { carryOver } from "./value/carry-over.ts";
import type { CellValue } from "./value/cell.ts";
import type { Page } from "./world.ts";

export type UndoProperty = () => void;

function rowsOf({ world, source }: SchemaChange): readonly Page[] {
  return source.rowIds.flatMap((id) => world.pages.get(id) ?? []);
}

function cellsOf(change: SchemaChange, id: string): ReadonlyMap<string, CellValue | undefined> {
  return new Map(rowsOf(change).map((row) => [row.id, row.values.get(id)]));
}

/** Makes the change, and gives the way back. */
export function undoable(change: SchemaChange, property: Property, make: () => void): UndoProperty {
  const { world, source } = change;
  const { config } = property;
  const before = cellsOf(change, property.id);
  make();
  const after = cellsOf(change, property.id);
  return () => {
    const since = property.config;
    property.config = config;
    if (!source.properties.includes(property)) source.properties.push(property);
    for (const row of rowsOf(change)) {
      const now = row.values.get(property.id);
      const isAsChanged = before.has(row.id) && now === after.get(row.id);
      const carried =
        now === undefined ? null : carryOver(world, { config: since, cell: now }, property);
      const cell = isAsChanged ? before.get(row.id) : (carried ?? undefined);
      if (cell === now) continue;
      if (cell === undefined) row.values.delete(property.id);
      else row.values.set(property.id, cell);
      world.onPageChange(row);
    }
  };
}
