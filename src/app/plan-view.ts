// A plan as people read it: one block a row, with the cells that change, the rule behind each, and
// what the whole will cost. The same data is printed as lines for scripts.
import type { ChangeOp, ConflictEntry, HaltEntry, ProblemEntry } from "../core/entry.ts";
import { findingsOf } from "../core/findings.ts";
import type { PlannedCell, RowAction, RowPlan } from "../core/reconcile.ts";
import { sided, withSide, type Side, type Sided } from "../core/side.ts";
import type { Value } from "../core/value.ts";
import { costOf, type Cost } from "../engine/cost.ts";
import type { EngineDeps } from "../engine/deps.ts";
import { listingProblems } from "../engine/listing-problems.ts";
import { unchangedIn, type Prepared } from "../engine/prepare.ts";
import { worksOf, type Work } from "../engine/work.ts";

export interface CellView {
  readonly field: string;
  readonly before: Value;
  readonly after: Value;
  readonly rule: string;
}

export interface RowView {
  readonly ids: Sided<string | null>;
  readonly title: string;
  readonly op: ChangeOp;
  readonly side: Side;
  readonly rule: string;
  readonly cells: readonly CellView[];
}

export interface PlanView {
  readonly pair: string;
  readonly names: Sided<string>;
  readonly rows: readonly RowView[];
  readonly conflicts: readonly ConflictEntry[];
  readonly problems: readonly ProblemEntry[];
  readonly halt: HaltEntry | null;
  readonly cost: Sided<Cost>;
  /** Requests this preview itself took. */
  readonly spent: Sided<Cost>;
  readonly unchanged: number;
  readonly isFirstRun: boolean;
}

export function planView(prepared: Prepared, deps: EngineDeps): PlanView {
  const works = worksOf(prepared.plans);
  const found = prepared.plans.map(findingsOf);
  return {
    pair: prepared.setup.policy.id,
    names: prepared.setup.policy.names,
    rows: [...linkRows(prepared), ...works.flatMap((work) => rowViews(work, deps))],
    conflicts: found.flatMap((entry) => entry.conflicts),
    problems: [...listingProblems(prepared), ...found.flatMap((entry) => entry.problems)],
    halt: prepared.halt,
    cost: costOf(works, deps),
    spent: sided((side) => deps.connectors[side].requests()),
    unchanged: unchangedIn(prepared),
    isFirstRun: prepared.state.firstSyncedAtMs === null,
  };
}

/** Rows of both sides that will be linked; told once, on the right, as the history tells it. */
function linkRows(prepared: Prepared): readonly RowView[] {
  return prepared.plans
    .filter((plan) => prepared.newLinks.has(plan.link.id) && plan.link.state === "live")
    .map((plan) => ({
      ids: plan.link.ids,
      title: plan.link.title,
      op: "link",
      side: "right",
      rule: "R3",
      cells: [],
    }));
}

function rowViews(work: Work, deps: EngineDeps): readonly RowView[] {
  const { action, plan } = work;
  const cells = action.kind === "update" || action.kind === "create" ? action.cells : [];
  // A link marker alone is bookkeeping, and told by the link itself.
  if (action.kind === "update" && cells.length === 0) return [];
  const row: RowView = {
    // A row that is made anew is another one than the link still knows.
    ids: action.kind === "create" ? withSide(plan.link.ids, action.side, null) : plan.link.ids,
    title: plan.link.title,
    op: opOf(action, deps),
    side: action.side,
    rule: plan.decision.rule,
    cells: cells.map(cellView),
  };
  return [row];
}

function cellView(cell: PlannedCell): CellView {
  return {
    field: cell.mapping?.name ?? cell.field.name,
    before: cell.before,
    after: cell.after,
    rule: cell.rule,
  };
}

function opOf(action: RowAction, deps: EngineDeps): ChangeOp {
  switch (action.kind) {
    case "create":
      return "create";
    case "restore":
      return "restore";
    case "remove":
      return deps.connectors[action.side].capabilities.hasTrash ? "archive" : "delete";
    case "update":
      if (action.archival === null) return "update";
      return action.archival === "lift" ? "restore" : "archive";
  }
}

/** The view of plans that come from no observation, such as those of an undo. */
export function viewOfPlans(plans: readonly RowPlan[], deps: EngineDeps): readonly RowView[] {
  return worksOf(plans).flatMap((work) => rowViews(work, deps));
}
