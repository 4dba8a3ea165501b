// Exit codes, all in one place (they are a contract with cron jobs and scripts). Each result has one,
// and of several the worst counts.
import type { AppliedPlan } from "../app/apply-saved.ts";
import { InvariantError } from "../core/assert.ts";
import { disposition, SyncError } from "../errors.ts";
import type { DoctorFinding, HistoryCheck, PlanResult } from "./services.ts";
import type { SyncOutcome } from "../app/sync.ts";

type ExitName = "ok" | "attention" | "changes" | "halted" | "usage" | "internal" | "later";

export const exitCodes: Readonly<Record<ExitName, number>> = {
  ok: 0,
  /** Done, but rows need attention. */
  attention: 1,
  /** `plan --exit-code` only. */
  changes: 2,
  halted: 3,
  usage: 64,
  internal: 70,
  /** Try again later; nothing is lost. */
  later: 75,
};

/** Worst first. What needs a person comes before what mends itself with time. */
const order: readonly number[] = [70, 64, 78, 77, 3, 75, 1, 2, 0];

export function worst(codes: readonly number[]): number {
  return order.find((code) => codes.includes(code)) ?? codes[0] ?? exitCodes.ok;
}

export function exitOfError(error: unknown): number {
  if (error instanceof InvariantError) return exitCodes.internal;
  return error instanceof SyncError ? disposition(error.code).exit : exitCodes.internal;
}

export function exitOfOutcome(outcome: SyncOutcome): number {
  if (outcome.kind === "error") return exitOfError(outcome.error);
  const { run } = outcome;
  if (run.error !== null) return exitOfError(run.error);
  switch (run.status) {
    case "ok":
    case "paused":
      return exitCodes.ok;
    case "attention":
    case "error":
      return exitCodes.attention;
    case "halted":
      return exitCodes.halted;
  }
}

/** A cell that moved since the plan was made was not written: somebody should look. */
export function exitOfApplied(applied: AppliedPlan): number {
  const skipped = applied.skipped.some((entry) => entry.why === "moved");
  return worst([exitOfOutcome(applied.outcome), skipped ? exitCodes.attention : exitCodes.ok]);
}

/** `asksForChanges`: the flag --exit-code. Without it a plan that could be made is a success. */
export function exitOfPlan(result: PlanResult, asksForChanges: boolean): number {
  if (result.kind === "error") return exitOfError(result.error);
  const { view } = result.outcome;
  if (view.halt !== null) return exitCodes.halted;
  if (!asksForChanges) return exitCodes.ok;
  if (view.rows.length > 0) return exitCodes.changes;
  const isOpen = view.conflicts.some((conflict) => conflict.winner === null);
  const isWaiting = view.problems.some((problem) => problem.code !== "renamed");
  return isOpen || isWaiting ? exitCodes.attention : exitCodes.ok;
}

export function exitOfFinding(finding: DoctorFinding): number {
  if (finding.level !== "fail") return exitCodes.ok;
  return finding.code === null ? exitCodes.attention : disposition(finding.code).exit;
}

export function exitOfCheck(check: HistoryCheck): number {
  return check.breaks.length === 0 ? exitCodes.ok : exitCodes.attention;
}
