// The honest report of a run: what it replaced and how long nobody looked, how conflicts were settled,
// what is held and why, and what could not be known. "In sync" is said only when nothing is left.
import type { ConflictLabel } from "./entry.ts";
import type { CellPlan } from "./plan-cells.ts";
import type { RowPlan } from "./reconcile.ts";
import type { Sided } from "./side.ts";

/** Why a cell, a row or a write is left as it is for now. */
export type HoldReason =
  | "ask" /* both sides were edited, and a person decides */
  | "alignment" /* the sides differed when they were first compared */
  | "lossy" /* edited on the side that holds less than the original */
  | "drift" /* edited on the side that only receives */
  | "undone" /* taken back by an undo */
  | "notRepresentable" /* the other side cannot hold the value */
  | "editVersusDelete" /* removed here, edited there */
  | "noArchive" /* nobody said how to put rows away on that side */
  | "notCreated" /* the config creates no rows on that side */
  | "outOfScope" /* the row left the table or the filter */
  | "ambiguous" /* several rows fit together, or a marker names none */
  | "inDoubt" /* the outcome of a write is not known yet */
  | "rejected" /* the service refused it */
  | "hot" /* somebody is editing the row */
  | "moved" /* it changed while the run was under way */
  | "unreached"; /* the service stopped answering, or the listing lags */

/** Holds that are nobody's business: what is out of the filter is not meant to be in sync. */
const quietHold: HoldReason = "outOfScope";

export interface RunReport {
  /** Filled cells that were replaced, by the side written. */
  readonly overwrites: Sided<number>;
  /** Time between the last look at a row and the write into it, summed over the rows written. */
  readonly windowMsTotal: number;
  readonly conflicts: Readonly<Record<ConflictLabel, number>>;
  /** Only reasons that occurred. */
  readonly holds: Readonly<Partial<Record<HoldReason, number>>>;
  /** Rows that could not be read, or of which a cell could not. */
  readonly rowsUnknown: number;
  /** Brakes that were put on: a halt's guard, `incompleteListing`, `hotRow`. */
  readonly guards: readonly string[];
  /** Calls' rows, by what is known of them; `settledLate`: learned by a later run than the one that sent it. */
  readonly writes: {
    readonly clean: number;
    readonly indeterminate: number;
    readonly settledLate: number;
  };
  /** How old a reading may be, and how long an unknown outcome freezes its row. */
  readonly readLagMs: number;
  readonly settleMs: number;
  /** Whether the two sides agree, in words; null when the run did not get to compare them. */
  readonly agreement: string | null;
  /** What could not have been seen; null when nothing was overwritten there. */
  readonly unseen: string | null;
}

/** What a plan leaves as it is, cell by cell or as a whole row. */
export function holdsOf(plan: RowPlan): readonly HoldReason[] {
  const row = rowHold(plan);
  if (row !== null) return [row];
  return plan.cells.flatMap((cell) => cellHold(cell) ?? []);
}

function rowHold(plan: RowPlan): HoldReason | null {
  const { decision } = plan;
  if (plan.isArchiveMissing) return "noArchive";
  if (decision.act === "recreate" && plan.actions.length === 0) return "notCreated";
  if (decision.act !== "hold") return null;
  switch (decision.why) {
    case "frozen":
      return "inDoubt";
    case "edit-vs-delete":
      return "editVersusDelete";
    case "away":
      return "outOfScope";
    case "unknown":
      return null;
  }
}

function cellHold({ decision }: CellPlan): HoldReason | null {
  if (decision.act !== "hold") return null;
  switch (decision.why) {
    case "unknown":
      return null;
    case "refused":
      return "notRepresentable";
    case "alignment":
    case "lossy":
    case "ask":
    case "drift":
    case "undone":
      return decision.why;
  }
}

/** Whether something about the row could not be known. */
export function isRowUnknown(plan: RowPlan): boolean {
  const { decision } = plan;
  if (decision.act === "hold" && decision.why === "unknown") return true;
  return plan.cells.some((cell) => cell.decision.act === "hold" && cell.decision.why === "unknown");
}

/** `in sync`, or `in sync except 2 held, 1 unknown, a listing cut short`. */
export function agreementOf(
  report: Pick<RunReport, "holds" | "rowsUnknown">,
  isListingCut: boolean,
): string {
  const held = Object.entries(report.holds).reduce(
    (sum, [reason, amount]) => (reason === quietHold ? sum : sum + amount),
    0,
  );
  const rest = [
    ...(held > 0 ? [`${held} held`] : []),
    ...(report.rowsUnknown > 0 ? [`${report.rowsUnknown} unknown`] : []),
    ...(isListingCut ? ["a listing cut short"] : []),
  ];
  return rest.length === 0 ? "in sync" : `in sync except ${rest.join(", ")}`;
}
