// What a plan has to tell people: edits that give way, rows and cells that wait, and why. Derived
// from the plan alone, so that a preview says the same as the run.
import type { ConflictEntry, ProblemCode, ProblemEntry } from "./entry.ts";
import type { CellKey } from "./ids.ts";
import type { CellPlan } from "./plan-cells.ts";
import type { RowPlan } from "./reconcile.ts";
import { other, sided, type Side, type Sided } from "./side.ts";
import type { Value } from "./value.ts";

/** Something a person may decide. Becomes a conflict in the store. */
export interface OpenMatter {
  readonly kind: "cell" | "alignment" | "lossy" | "drift" | "edit-vs-delete";
  readonly cell: CellKey | null;
  readonly field: string | null;
  readonly base: Value | null;
  readonly values: Sided<Value | null>;
}

export interface Findings {
  readonly conflicts: readonly ConflictEntry[];
  readonly problems: readonly ProblemEntry[];
  readonly open: readonly OpenMatter[];
  /** Something about the row is not in step, and this run will not change that. */
  readonly isWaiting: boolean;
}

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

const none: Findings = { conflicts: [], problems: [], open: [], isWaiting: false };

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

function problem(
  plan: RowPlan,
  said: {
    readonly code: ProblemCode;
    readonly side: Side | null;
    readonly field?: string;
    readonly message: string;
    readonly remedy: string;
  },
): ProblemEntry {
  return {
    type: "problem",
    side: said.side,
    ids: plan.link.ids,
    field: said.field ?? null,
    code: said.code,
    message: said.message,
    remedy: said.remedy,
  };
}

function cellFindings(plan: RowPlan, cell: CellPlan): Findings {
  const conflict = conflictOf(plan, cell);
  const conflicts = conflict === null ? [] : [conflict];
  const { decision, mapping } = cell;
  if (decision.act !== "hold") return { ...none, conflicts };
  const field = mapping.name;
  const matter = { cell: mapping.key, field, base: cell.base?.left ?? null, values: cell.values };
  const title = `"${plan.link.title}"`;
  const held = (
    said: Parameters<typeof problem>[1] | null,
    kind: OpenMatter["kind"] | null,
  ): Findings => ({
    conflicts,
    problems: said === null ? [] : [problem(plan, said)],
    open: kind === null ? [] : [{ kind, ...matter }],
    isWaiting: true,
  });
  switch (decision.why) {
    case "unknown":
      return held(unknownSaid(cell, title), null);
    case "refused":
      return held(
        {
          code: "not_representable",
          side: cell.values.left.kind === "empty" ? "left" : null,
          field,
          message: `${field} of ${title} was not carried over: ${cell.refusal ?? "it does not fit"}.`,
          remedy: "Change the value, or the mapping of the field.",
        },
        null,
      );
    case "alignment":
      return held(
        {
          code: "differs_at_first_sync",
          side: null,
          field,
          message: `${field} of ${title} differs on the two sides, and they were never in step.`,
          remedy:
            "Make them equal, settle it with `tandem conflicts resolve`, or all of them with `tandem pair resync --prefer`.",
        },
        "alignment",
      );
    case "lossy":
      return held(
        {
          code: "lossy_target",
          side: cell.base?.lossySide ?? null,
          field,
          message: `${field} of ${title} was edited on the side that holds less than the original.`,
          remedy:
            "Edit the original, settle it with `tandem conflicts resolve`, or allow it with `as: { formatting: drop }`.",
        },
        "lossy",
      );
    case "drift":
      return held(
        {
          code: "drift",
          side: decision.rule === "F4" ? "left" : "right",
          field,
          message: `${field} of ${title} was edited on the side that only receives it.`,
          remedy: "Take the edit back, or set drift: revert.",
        },
        "drift",
      );
    case "ask":
      return held(null, "cell");
  }
}

function unknownSaid(cell: CellPlan, title: string): Parameters<typeof problem>[1] {
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

function rowFindings(plan: RowPlan): Findings {
  const { decision } = plan;
  const title = `"${plan.link.title}"`;
  if (plan.isArchiveMissing) {
    return {
      ...none,
      problems: [
        problem(plan, {
          code: "archive_not_configured",
          side: decision.act === "archive" ? decision.side : null,
          message: `The counterpart of ${title} was removed, and the config does not say how to put rows away there.`,
          remedy: "Set archive: for that side, or deletes: ignore.",
        }),
      ],
      isWaiting: true,
    };
  }
  if (decision.act === "detach") {
    return {
      ...none,
      problems: [
        problem(plan, {
          code: "unarchived_by_hand",
          side: plan.link.archival?.side ?? null,
          message: `${title} was taken out of the archive by hand while its counterpart is still removed; the two are no longer linked.`,
          remedy: "Nothing to do. To sync it again, copy the row: the copy counts as a new one.",
        }),
      ],
    };
  }
  if (decision.act === "recreate" && plan.actions.length === 0) {
    return {
      ...none,
      problems: [
        problem(plan, {
          code: "out_of_scope",
          side: decision.side,
          message: `${title} would have to be made anew there, and the config creates no rows on that side.`,
          remedy: "Allow it with creates:, or remove the row that is left.",
        }),
      ],
      isWaiting: true,
    };
  }
  if (decision.act !== "hold") return none;
  switch (decision.why) {
    case "frozen":
      return { ...none, isWaiting: true };
    case "edit-vs-delete":
      return editVersusDelete(plan, decision.side);
    case "away":
      return {
        ...none,
        problems: [
          problem(plan, {
            code: "out_of_scope",
            side: decision.side,
            message: `${title} has left the synced table there (archived, moved, or filtered out); nothing is written to either side.`,
            remedy: "Bring it back, or remove both rows.",
          }),
        ],
      };
    case "unknown":
      return { ...none, problems: [unknownRow(plan, decision.side)], isWaiting: true };
  }
}

function unknownRow(plan: RowPlan, side: Side): ProblemEntry {
  const reading = plan.rows[side];
  const why = reading?.state === "unknown" ? reading.why : "not looked up";
  return problem(plan, {
    code: "row_unknown",
    side,
    message: `"${plan.link.title}" was not in the listing, and looking it up settled nothing (${why}).`,
    remedy:
      "If it was deleted for good, delete its counterpart too; if it was moved out of reach, share it again.",
  });
}

function editVersusDelete(plan: RowPlan, removed: Side): Findings {
  const values = sided((side): Value | null =>
    side === removed ? null : { kind: "text", text: plan.link.title, isStyled: false },
  );
  return {
    conflicts: [],
    problems: [
      problem(plan, {
        code: "edit_versus_delete",
        side: removed,
        message: `"${plan.link.title}" was removed on one side and edited on the other.`,
        remedy: "Say which counts with `tandem conflicts resolve`.",
      }),
    ],
    open: [{ kind: "edit-vs-delete", cell: null, field: null, base: null, values }],
    isWaiting: true,
  };
}
