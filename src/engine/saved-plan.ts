// A plan as a file: reviewed today, carried out later. What was approved is each single cell with its
// value before and after; a cell that has moved since is skipped, and said to be.
import { other, type Side } from "../core/side.ts";
import { valueKey } from "../core/value.ts";
import type { PlannedCell, RowAction } from "../core/reconcile.ts";
import type { Work } from "./work.ts";

export interface SavedCell {
  readonly field: string;
  /** `valueKey` of the value before and after. */
  readonly before: string;
  readonly after: string;
}

export interface SavedWork {
  readonly side: Side;
  readonly kind: RowAction["kind"];
  /** Row written, or the source row of a create. */
  readonly row: string;
  readonly title: string;
  readonly cells: readonly SavedCell[];
}

export interface SavedPlan {
  readonly version: 1;
  readonly pair: string;
  readonly storeId: string;
  readonly madeAtMs: number;
  readonly works: readonly SavedWork[];
}

function cellsOf(action: RowAction): readonly PlannedCell[] {
  return action.kind === "update" || action.kind === "create" ? action.cells : [];
}

function rowOf(work: Work): string {
  const { action, plan } = work;
  const side = action.kind === "create" ? other(action.side) : action.side;
  return plan.link.ids[side] ?? "";
}

function savedCell(cell: PlannedCell): SavedCell {
  return { field: cell.field.id, before: valueKey(cell.before), after: valueKey(cell.after) };
}

export function saveWorks(works: readonly Work[]): readonly SavedWork[] {
  return works.map((work) => ({
    side: work.action.side,
    kind: work.action.kind,
    row: rowOf(work),
    title: work.plan.link.title,
    cells: cellsOf(work.action).map(savedCell),
  }));
}

export interface Skipped {
  readonly title: string;
  readonly field: string | null;
  /** `applied`: it was carried out before, by this plan or otherwise. */
  readonly why: "moved" | "not-planned" | "applied";
  /** What the plan had of it; absent for what it did not have. */
  readonly planned?: SavedWork;
}

export interface Restriction {
  readonly restrict: (work: Work) => Work | null;
  /** What was planned and could not be done, and what was not planned and was left. */
  readonly skipped: () => readonly Skipped[];
}

/** Lets pass only what the saved plan holds, cell by cell. */
export function restrictTo(saved: SavedPlan): Restriction {
  const open = new Map<string, SavedWork>();
  for (const work of saved.works) open.set(`${work.side} ${work.kind} ${work.row}`, work);
  const done = new Set<string>();
  const skipped: Skipped[] = [];
  const restrict = (work: Work): Work | null => {
    const key = `${work.action.side} ${work.action.kind} ${rowOf(work)}`;
    const planned = open.get(key);
    if (planned === undefined) {
      skipped.push({ title: work.plan.link.title, field: null, why: "not-planned" });
      return null;
    }
    done.add(key);
    return restrictCells(work, planned, skipped);
  };
  const gone = (): readonly Skipped[] =>
    saved.works
      .filter((work) => !done.has(`${work.side} ${work.kind} ${work.row}`))
      .map((work) => ({ title: work.title, field: null, why: "moved", planned: work }));
  return { restrict, skipped: () => [...skipped, ...gone()] };
}

function restrictCells(work: Work, planned: SavedWork, skipped: Skipped[]): Work | null {
  const { action } = work;
  if (action.kind !== "update" && action.kind !== "create") return work;
  const isPlanned = (cell: PlannedCell): boolean => {
    const now = savedCell(cell);
    return planned.cells.some(
      (then) => then.field === now.field && then.before === now.before && then.after === now.after,
    );
  };
  const kept = action.cells.filter(isPlanned);
  const { title } = work.plan.link;
  for (const cell of action.cells) {
    if (kept.includes(cell)) continue;
    const wasPlanned = planned.cells.some((then) => then.field === cell.field.id);
    skipped.push({ title, field: cell.field.name, why: wasPlanned ? "moved" : "not-planned" });
  }
  // Cells of the plan that nothing is to be done about any more.
  for (const then of planned.cells) {
    if (action.cells.some((cell) => cell.field.id === then.field)) continue;
    const mapping = work.plan.cells.find(
      (cell) => cell.mapping.fields[action.side].id === then.field,
    );
    const field = mapping?.mapping.name ?? then.field;
    skipped.push({ title, field, why: "moved", planned: { ...planned, cells: [then] } });
  }
  if (action.kind === "create") return kept.length === action.cells.length ? work : null;
  if (kept.length === 0 && action.cells.length > 0) return null;
  const names = new Set(kept.map((cell) => cell.mapping?.name ?? cell.field.name));
  return {
    ...work,
    action: { ...action, cells: kept },
    conflicts: work.conflicts.filter((conflict) => names.has(conflict.field)),
  };
}
