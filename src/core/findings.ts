// What a plan has to tell people: edits that give way, rows and cells that wait, and why. Derived
// from the plan alone, so that a preview says the same as the run.
import { cellFindings } from "./cell-findings.ts";
import type { Findings } from "./finding.ts";
import type { RowPlan } from "./reconcile.ts";
import { rowFindings } from "./row-findings.ts";

export function findingsOf(plan: RowPlan): Findings {
  const cells = plan.cells.map((cell) => cellFindings(plan, cell));
  const row = rowFindings(plan);
  const all = [row, ...cells];
  return {
    conflicts: all.flatMap((entry) => entry.conflicts),
    problems: all.flatMap((entry) => entry.problems),
    open: all.flatMap((entry) => entry.open),
    isWaiting: all.some((entry) => entry.isWaiting),
  };
}
