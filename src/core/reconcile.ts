// The three-way decision for one link: what both sides hold, what they last agreed on, and what
// follows. It returns a plan and touches nothing, so a preview, a test and a real run share it.
import {
  planCells,
  isRowEdited,
  watchCells,
  type CellPlan,
  type WatchedCell,
} from "./plan-cells.ts";
import { decideRow, type RowDecision, type RowEvidence, type RowInput } from "./decide-row.ts";
import type { CellKey } from "./ids.ts";
import { idText } from "./fingerprint.ts";
import { createPlan } from "./create-plan.ts";
import type { Archival, Link } from "./link.ts";
import { archiveAction, restoreActions } from "./put-away.ts";
import { liveRow, type ReadWindow, type RowReading } from "./row.ts";
import type { Mapping, PairSetup } from "./setup.ts";
import { other, sided, sides, type Side, type Sided } from "./side.ts";
import { isSame, type Value } from "./value.ts";

/** A person's decision, good only while base and both values are what they were when it was taken. */
export interface Answer {
  readonly cell: CellKey | null;
  readonly base: Value | null;
  readonly values: Sided<Value | null>;
  readonly keep: Side | "both" | { readonly value: Value };
}

export interface RowFacts {
  readonly link: Link;
  /** Null: the link has no row on that side, or nothing made it necessary to look. */
  readonly rows: Sided<RowReading | null>;
  readonly isFrozen: boolean;
  readonly answers: readonly Answer[];
  /** What a service said about which edit came later, where it was asked. */
  readonly laterSaid: ReadonlyMap<CellKey, Side>;
}

export interface ReconcileContext {
  readonly setup: PairSetup;
  readonly prefer: Side | "newer" | null;
  readonly lastScans: Sided<ReadWindow | null>;
  readonly stampSteps: Sided<number | null>;
  readonly canRestore: Sided<boolean>;
  readonly nowMs: Sided<number>;
}

export interface PlannedCell {
  readonly mapping: Mapping | null;
  readonly field: Mapping["fields"]["left"];
  readonly before: Value;
  readonly after: Value;
  /** The value behind it on the other side: becomes that half of the base. */
  readonly source: Value;
  readonly rule: string;
  /** The target holds less than the source. */
  readonly isLossy: boolean;
  /** Whether success makes this pair of values the base. Not for a merge that writes both sides. */
  readonly isBase: boolean;
}

/** One call's worth of work on one row. */
export type RowAction =
  | {
      readonly kind: "update";
      readonly side: Side;
      readonly cells: readonly PlannedCell[];
      /** New marker text, or null to leave it. */
      readonly marker: string | null;
      /** Set when the update puts the row away, or takes the mark off again. */
      readonly archival: Archival | "lift" | null;
    }
  | {
      readonly kind: "create";
      readonly side: Side;
      readonly cells: readonly PlannedCell[];
      readonly marker: string | null;
    }
  | { readonly kind: "remove"; readonly side: Side; readonly archival: Archival }
  | { readonly kind: "restore"; readonly side: Side };

/** A change of the link itself that needs no call. */
export type LinkTurn = "none" | "revive" | "entomb" | "detach" | "drop";

export interface RowPlan {
  readonly link: Link;
  readonly rows: Sided<RowReading | null>;
  readonly decision: RowDecision;
  readonly cells: readonly CellPlan[];
  /** Cells of a row that waits or rests, for their edits' times only. */
  readonly watched: readonly WatchedCell[];
  readonly actions: readonly RowAction[];
  readonly turn: LinkTurn;
  /** The removal has no way of being carried out, because the user never said how. */
  readonly isArchiveMissing: boolean;
  /** Why a person's answer about the row could not be carried out, where it could not. */
  readonly refusal: string | null;
}

export function reconcile(facts: RowFacts, context: ReconcileContext): RowPlan {
  const { link } = facts;
  const input: RowInput = {
    state: link.state,
    rows: sided((side) => evidence(facts.rows[side], link.ids[side] === null)),
    // Matters only to a row without its counterpart, and costs a look at every cell.
    isEdited: sided((side) => {
      const row = liveRow(facts.rows[side]);
      // Stryker disable next-line ConditionalExpression,BooleanLiteral: nobody asks for it then.
      if (row === null || liveRow(facts.rows[other(side)]) !== null) return false;
      return isRowEdited(context, { link, side, row });
    }),
    archival: archivalState(facts),
    canRestore: context.canRestore,
    isFrozen: facts.isFrozen,
    deletes: context.setup.policy.deletes,
    answer: removalAnswer(facts),
  };
  const plan = carryOut(facts, context, decideRow(input));
  const refusal = refusalOf(plan);
  // Stryker disable next-line ConditionalExpression: without an answer the decision is the same again.
  if (input.answer === null || refusal === null) return plan;
  // An answer that cannot be carried out changes nothing: the row goes on waiting, and is asked again.
  const unanswered = decideRow({ ...input, answer: null });
  return unanswered.act === "hold" ? { ...carryOut(facts, context, unanswered), refusal } : plan;
}

/** Why nothing comes of a plan to put a row away or to make one. */
function refusalOf({ decision, actions, isArchiveMissing }: RowPlan): string | null {
  if (isArchiveMissing) return "the config does not say how to put rows away there";
  if (decision.act !== "recreate" || actions.length > 0) return null;
  return "the config creates no rows on that side";
}

function evidence(reading: RowReading | null, hasNoRow: boolean): RowEvidence {
  if (reading === null) return hasNoRow ? "none" : "unknown";
  switch (reading.state) {
    case "live":
      return "live";
    case "trashed":
    case "gone":
      return "removed";
    case "left":
      return "away";
    case "unknown":
      return "unknown";
  }
}

function archivalState(facts: RowFacts) {
  const { archival } = facts.link;
  if (archival === null) return null;
  if (archival.how.kind === "removed") {
    return { side: archival.side, by: "removal", isMarkSet: false } as const;
  }
  const value = liveRow(facts.rows[archival.side])?.cells.get(archival.how.field);
  // Judged by the mark that was set, whatever the config says by now; a cell that was not read cannot
  // be judged, and so counts as still marked.
  const isMarkSet = value === undefined || isSame(value, archival.how.value);
  return { side: archival.side, by: "mark", isMarkSet } as const;
}

/** A person's answer to "removed here, edited there": which row's fate wins. */
function removalAnswer(facts: RowFacts): "keep" | "remove" | null {
  // Good for the case it was asked about only: this row removed, that one edited.
  const answer = facts.answers.find(
    (entry) =>
      entry.cell === null &&
      sides.every((side) => (entry.values[side] === null) === (liveRow(facts.rows[side]) === null)),
  );
  if (answer === undefined || (answer.keep !== "left" && answer.keep !== "right")) return null;
  return liveRow(facts.rows[answer.keep]) === null ? "remove" : "keep";
}

function carryOut(facts: RowFacts, context: ReconcileContext, decision: RowDecision): RowPlan {
  const { link } = facts;
  const plan = (part: Partial<RowPlan>): RowPlan => ({
    link,
    rows: facts.rows,
    decision,
    cells: [],
    watched: [],
    actions: [],
    turn: "none",
    isArchiveMissing: false,
    refusal: null,
    ...part,
  });
  const watched = (): readonly WatchedCell[] =>
    watchCells(
      sided((side) => liveRow(facts.rows[side])),
      facts,
      context,
    );
  switch (decision.act) {
    case "nothing":
    case "hold":
      return plan({ watched: watched() });
    case "entomb":
      return plan({ turn: "entomb" });
    case "detach":
      return plan({ turn: "detach" });
    case "drop":
      return plan({ turn: "drop" });
    case "cells":
      return cellsPlan(facts, context, plan);
    case "revive":
      return { ...cellsPlan(facts, context, plan), turn: "revive" };
    case "archive": {
      const action = archiveAction(facts, context.setup, decision);
      return plan({
        // The row may come back before the other one is put away.
        watched: watched(),
        ...(action === null ? { isArchiveMissing: true } : { actions: [action] }),
      });
    }
    case "restore": {
      const actions = restoreActions(facts, context.setup, decision.side);
      // The marked field is gone, and its mark with it: the row lives again as it stands.
      if (actions.length === 0) return { ...cellsPlan(facts, context, plan), turn: "revive" };
      return plan({ actions });
    }
    case "recreate":
      return createPlan(facts, context, { plan, side: decision.side });
  }
}

function cellsPlan(
  facts: RowFacts,
  context: ReconcileContext,
  plan: (part: Partial<RowPlan>) => RowPlan,
): RowPlan {
  const rows = { left: liveRow(facts.rows.left), right: liveRow(facts.rows.right) };
  // Stryker disable next-line ConditionalExpression,LogicalOperator: both are there where cells are due.
  if (rows.left === null || rows.right === null) return plan({});
  const cells = planCells({ left: rows.left, right: rows.right }, facts, context);
  const actions = (["right", "left"] as const).flatMap((side) => {
    const planned = cells.flatMap((cell) => cell.writes.filter((write) => write.side === side));
    const marker = markerFix(facts.link, context.setup, {
      side,
      marker: rows[side]?.marker ?? null,
    });
    if (planned.length === 0 && marker === null) return [];
    const action: RowAction = {
      kind: "update",
      side,
      cells: planned.map((write) => write.cell),
      marker,
      archival: null,
    };
    return [action];
  });
  return plan({ cells, actions });
}

/**
 * The marker a row should carry, when it carries another one. The right marker is kept up in every
 * row. The left one is written by the create call alone, and mended only where it names a wrong row,
 * as it does in a copied page: writing it everywhere would cost one call a row.
 */
export function markerFix(
  link: Link,
  setup: PairSetup,
  at: { readonly side: Side; readonly marker: string | null },
): string | null {
  const wanted = link.ids[other(at.side)];
  if (setup.markers[at.side] === null || wanted === null) return null;
  const present = idText(at.marker ?? "");
  if (at.side === "left" && present === "") return null;
  return present === idText(wanted) ? null : wanted;
}
