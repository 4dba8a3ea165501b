// A plan's actions as a queue of work: what is sent, in which order, and in which company.
import { conflictOf } from "../core/cell-findings.ts";
import type { ConflictEntry } from "../core/entry.ts";
import type { RowAction, RowPlan } from "../core/reconcile.ts";
import type { Side } from "../core/side.ts";

/** One action of one row's plan, with the edits that give way to it. */
export interface Work {
  readonly plan: RowPlan;
  readonly action: RowAction;
  readonly conflicts: readonly ConflictEntry[];
  /** The refused work this one is a part of. */
  readonly whole?: Work;
  /** Made by another work of this run: what a new row gives back to the row it was made from. */
  readonly isFollowUp?: boolean;
}

/**
 * Order of work: new left rows first, because their ids go into right rows' markers; then updates, new
 * right rows and what those give back, rows brought back, and last of all rows put away, when
 * everything else has gone well.
 */
type Phase =
  | "create-left"
  | "update-right"
  | "update-left"
  | "create-right"
  | "give-back-left"
  | "restore"
  | "archive";

export const phases: readonly Phase[] = [
  "create-left",
  "update-right",
  "update-left",
  "create-right",
  "give-back-left",
  "restore",
  "archive",
];

export function phaseOf(work: Work): Phase {
  const { action } = work;
  if (work.isFollowUp === true) {
    return action.side === "left" ? "give-back-left" : "update-right";
  }
  switch (action.kind) {
    case "create":
      return action.side === "left" ? "create-left" : "create-right";
    case "update":
      if (action.archival !== null && action.archival !== "lift") return "archive";
      return action.side === "left" ? "update-left" : "update-right";
    case "restore":
      return "restore";
    case "remove":
      return "archive";
  }
}

export function worksOf(plans: readonly RowPlan[]): readonly Work[] {
  return plans.flatMap((plan) =>
    plan.actions.map((action) => ({
      plan,
      action,
      conflicts: plan.cells.flatMap((cell) => {
        const isHere = cell.writes.some((write) => write.side === action.side);
        const conflict = isHere && action.kind === "update" ? conflictOf(plan, cell) : null;
        return conflict === null ? [] : [conflict];
      }),
    })),
  );
}

/** One kind of work on one row of one side. */
export function workKey({ plan, action }: Work): string {
  return `${plan.link.id} ${callKey({ action })}`;
}

/** Works that may share one call: of one side and one kind. */
export function callKey(work: Pick<Work, "action">): `${Side} ${RowAction["kind"]}` {
  return `${work.action.side} ${work.action.kind}`;
}
