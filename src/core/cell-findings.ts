// What a plan has to tell about one cell: an edit that gives way, or why the cell waits.
import type { ConflictEntry } from "./entry.ts";
import { nothingFound, problemOf, type Findings, type OpenMatter, type Said } from "./finding.ts";
import type { CellPlan } from "./plan-cells.ts";
import type { RowPlan } from "./reconcile.ts";
import { other, sided, type Side } from "./side.ts";

/** The conflict line of a cell whose edit gives way, or that waits for a person. */
export function conflictOf(plan: RowPlan, cell: CellPlan): ConflictEntry | null {
  const isMerge = cell.decision.act === "merge" && cell.writes.length > 0;
  const isAsked = cell.decision.act === "hold" && cell.decision.why === "ask";
  if (cell.loser === null && !isMerge && !isAsked) return null;
  return {
    type: "conflict",
    link: plan.link.id,
    ids: plan.link.ids,
    title: plan.link.title,
    field: cell.mapping.name,
    base: cell.base?.left ?? null,
    values: sided((side) => ({ value: cell.values[side], atMs: cell.times[side] })),
    winner: isAsked ? null : isMerge ? "merged" : other(cell.loser ?? "right"),
    rule: cell.decision.rule,
    label: cell.label,
  };
}

export function cellFindings(plan: RowPlan, cell: CellPlan): Findings {
  const conflict = conflictOf(plan, cell);
  const conflicts = conflict === null ? [] : [conflict];
  const { decision, mapping } = cell;
  if (decision.act !== "hold") return { ...nothingFound, conflicts };
  const said = saidOf(plan, cell);
  const kind = matterOf(decision.why);
  const base = cell.base?.left ?? null;
  const matter = { cell: mapping.key, field: mapping.name, base, values: cell.values };
  return {
    conflicts,
    problems: said === null ? [] : [problemOf(plan, said)],
    open: kind === null ? [] : [{ kind, ...matter }],
    isWaiting: true,
  };
}

type Why = Extract<CellPlan["decision"], { act: "hold" }>["why"];

/** What a person may decide; null where only the cell itself can be mended. */
function matterOf(why: Why): OpenMatter["kind"] | null {
  switch (why) {
    case "unknown":
    case "refused":
      return null;
    case "ask":
      return "cell";
    case "alignment":
    case "lossy":
    case "drift":
    case "undone":
      return why;
  }
}

/** Why a cell waits; null where the conflict's own line, or the undo's, has said it. */
function saidOf(plan: RowPlan, cell: CellPlan): Said | null {
  const { decision, mapping } = cell;
  if (decision.act !== "hold") return null;
  const field = mapping.name;
  const title = `"${plan.link.title}"`;
  switch (decision.why) {
    case "unknown":
      return unknownSaid(cell, title);
    case "refused":
      return {
        code: "not_representable",
        side: cell.refusedSide ?? null,
        field,
        message: `${field} of ${title} was not carried over: ${cell.refusal ?? "it does not fit"}.`,
        remedy: "Change the value, or the mapping of the field.",
      };
    case "alignment":
      return {
        code: "differs_at_first_sync",
        side: null,
        field,
        message: `${field} of ${title} differs on the two sides, and they were never in step.`,
        remedy:
          "Make them equal, settle it with `tandem conflicts resolve`, or all of them with `tandem pair resync --prefer`.",
      };
    case "lossy":
      return {
        code: "lossy_target",
        side: cell.base?.lossySide ?? null,
        field,
        message: `${field} of ${title} was edited on the side that holds less than the original.`,
        remedy:
          "Edit the original, settle it with `tandem conflicts resolve`, or allow it with `as: { formatting: drop }`.",
      };
    case "drift":
      return {
        code: "drift",
        side: decision.rule === "F4" ? "left" : "right",
        field,
        message: `${field} of ${title} was edited on the side that only receives it.`,
        remedy: "Take the edit back, or set drift: revert.",
      };
    case "ask":
    case "undone":
      return null;
  }
}

function unknownSaid(cell: CellPlan, title: string): Said {
  const side: Side = cell.decision.rule === "F1" ? "left" : "right";
  const value = cell.values[side];
  const why = value.kind === "unknown" ? value.why : "suspect";
  const field = cell.mapping.name;
  if (why === "suspect") {
    return {
      code: "suspect_reading",
      side,
      field,
      message: `${field} of ${title} may have been read from before its last change.`,
      remedy: "Nothing to do: the next run reads it again.",
    };
  }
  return {
    code: "undecodable",
    side,
    field,
    message: `${field} of ${title} could not be read (${why}), so it was left alone on both sides.`,
    remedy: "Look at the cell; an error value or a cut list has to be mended there.",
  };
}
