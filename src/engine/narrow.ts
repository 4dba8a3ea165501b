// A refused row, tried again with less: one bad cell must not keep the others of its row from being
// synced, nor a whole row from being made. Each step sends fewer cells than the one before, so it ends
// with the bad cell alone, and that one rests.
import type { WriteOutcome } from "../connectors/connector.ts";
import type { PlannedCell } from "../core/reconcile.ts";
import type { Work } from "./work.ts";

/** Works that together hold what can still be tried of a refused one; none when nothing is left. */
export function narrowed(work: Work, outcome: WriteOutcome): readonly Work[] {
  const { action } = work;
  if (outcome.kind !== "failed" || outcome.why !== "invalid") return [];
  if (action.kind === "update") {
    if (action.archival !== null || action.cells.length < 2) return [];
    return parts(action.cells, outcome.field).map((cells, at) => ({
      ...work,
      whole: work.whole ?? work,
      action: { ...action, cells, marker: at === 0 ? action.marker : null },
      conflicts: work.conflicts.filter((conflict) =>
        cells.some((cell) => cell.mapping?.name === conflict.field),
      ),
    }));
  }
  if (action.kind !== "create") return [];
  const cells = fewerForCreate(action.cells, outcome.field);
  // What is left out is filled in by a later run, cell by cell, as in any row that was just linked.
  return cells === null
    ? []
    : [{ ...work, whole: work.whole ?? work, action: { ...action, cells } }];
}

/** Without the blamed cell, and that one alone; with nobody to blame, each cell by itself. */
function parts(
  cells: readonly PlannedCell[],
  blamed: PlannedCell["field"]["id"] | null,
): readonly (readonly PlannedCell[])[] {
  const others = cells.filter((cell) => cell.field.id !== blamed);
  if (others.length === cells.length) return cells.map((cell) => [cell]);
  return [others, cells.filter((cell) => cell.field.id === blamed)];
}

function fewerForCreate(
  cells: readonly PlannedCell[],
  blamed: PlannedCell["field"]["id"] | null,
): readonly PlannedCell[] | null {
  const others = cells.filter((cell) => cell.field.id !== blamed);
  if (others.length < cells.length) return others;
  const titles = cells.filter((cell) => cell.field.isTitle);
  return titles.length < cells.length ? titles : null;
}
