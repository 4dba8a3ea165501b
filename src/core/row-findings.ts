// What a plan has to tell about a row as a whole: why it waits, or that its two halves part.
import { nothingFound, problemOf, type Findings } from "./finding.ts";
import type { Link } from "./link.ts";
import type { RowPlan } from "./reconcile.ts";
import type { ProblemEntry } from "./entry.ts";
import { sided, type Side } from "./side.ts";
import type { Value } from "./value.ts";

/**
 * Why a row of the link is out of scope, and on which side: what a history line about it is known by, so
 * that it is told when it begins and when the reason changes, and not in every run between.
 */
export function scopeOf({ decision, rows, actions }: RowPlan): string | null {
  if (decision.act === "recreate" && actions.length === 0) return `${decision.side} not made`;
  if (decision.act !== "hold" || decision.why !== "away") return null;
  const reading = rows[decision.side];
  return `${decision.side} ${reading?.state === "left" ? reading.why : "away"}`;
}

/** What is known of a row whose counterpart is there and hidden, in the words of `scopeOf`. */
export function hiddenScope(side: Side): string {
  return `${side} hidden`;
}

/** The link with what was told last; null for a row that is back in scope. */
export function withScope(link: Link, scope: string | null): Link {
  if (link.scopeTold === (scope ?? undefined)) return link;
  const { scopeTold: _, ...others } = link;
  return scope === null ? others : { ...others, scopeTold: scope };
}

const awayWords = {
  archived: "archived",
  moved: "moved to another table",
  filtered: "filtered out",
} as const;

export function rowFindings(plan: RowPlan): Findings {
  const { decision } = plan;
  const title = `"${plan.link.title}"`;
  if (plan.isArchiveMissing) {
    return {
      ...nothingFound,
      problems: [
        problemOf(plan, {
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
      ...nothingFound,
      problems: [
        problemOf(plan, {
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
      ...nothingFound,
      problems: [
        problemOf(plan, {
          code: "out_of_scope",
          side: decision.side,
          message: `${title} would have to be made anew there, and the config creates no rows on that side.`,
          remedy: "Allow it with creates:, or remove the row that is left.",
        }),
      ],
      isWaiting: true,
    };
  }
  if (decision.act !== "hold") return nothingFound;
  switch (decision.why) {
    case "frozen":
      return { ...nothingFound, isWaiting: true };
    case "edit-vs-delete":
      return editVersusDelete(plan, decision.side);
    case "away":
      return {
        ...nothingFound,
        problems: [
          problemOf(plan, {
            code: "out_of_scope",
            side: decision.side,
            message: `${title} has left the synced table there${awayReason(plan, decision.side)}; nothing is written to either side.`,
            remedy: "Bring it back, or remove both rows.",
          }),
        ],
      };
    case "unknown":
      return { ...nothingFound, problems: [unknownRow(plan, decision.side)], isWaiting: true };
  }
}

function awayReason(plan: RowPlan, side: Side): string {
  const reading = plan.rows[side];
  return reading?.state === "left" ? ` (${awayWords[reading.why]})` : "";
}

function unknownRow(plan: RowPlan, side: Side): ProblemEntry {
  const reading = plan.rows[side];
  const why = reading?.state === "unknown" ? reading.why : "not looked up";
  return problemOf(plan, {
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
      problemOf(plan, {
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
