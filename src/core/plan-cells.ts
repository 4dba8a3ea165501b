// The cells of a linked row, laid out for the decision table: what each side holds against its half
// of the base, when it was entered, and what the answer of the table means for the two services.
import { agrees } from "./bridge.ts";
import { withWrites } from "./cell-writes.ts";
import { decideCell, type CellDecision } from "./decide-cell.ts";
import type { ConflictLabel } from "./entry.ts";
import { undoRule, type BaseCell, type Link, type PendingEdit } from "./link.ts";
import { answerFor, followAnswer } from "./follow-answer.ts";
import { mergeValues } from "./merge.ts";
import { orderEdits } from "./order.ts";
import {
  interval,
  isStaleRow,
  pendingEdit,
  readCell,
  unseenEdit,
  type ReadCell,
} from "./read-cell.ts";
import type { PlannedCell, ReconcileContext, RowFacts } from "./reconcile.ts";
import type { Row } from "./row.ts";
import type { Mapping } from "./setup.ts";
import { sided, type Side, type Sided } from "./side.ts";
import { isBlank, isSame, type Value } from "./value.ts";

export interface CellPlan {
  readonly mapping: Mapping;
  readonly base: BaseCell | null;
  readonly values: Sided<Value>;
  readonly decision: CellDecision;
  /** Why the target cannot hold the value; null when that is not the matter. */
  readonly refusal: string | null;
  /** The side that cannot hold it. */
  readonly refusedSide?: Side;
  readonly writes: readonly { readonly side: Side; readonly cell: PlannedCell }[];
  /** The side whose value gives way although it is not the base. */
  readonly loser: Side | null;
  readonly label: ConflictLabel;
  /** Latest moment each side's present value can have been entered; null when unchanged. */
  readonly times: Sided<number | null>;
  readonly pending: Sided<PendingEdit | null>;
}

/** Whether a row holds anything that was not carried over, or that nobody can judge. */
export function isRowEdited(
  context: ReconcileContext,
  at: { readonly link: Link; readonly side: Side; readonly row: Row },
): boolean {
  const { link, side, row } = at;
  const isStale = isStaleRow(context, link, { side, row });
  const mark = context.setup.marks[side]?.field.id ?? null;
  return context.setup.mappings.some((mapping) => {
    const cell = readCell(context, link, { side, row, mapping, isStale });
    const base = link.cells.get(mapping.key);
    // What an undo left different on the two sides is on no side but this one.
    // Stryker disable next-line ConditionalExpression: what reads the same has a base.
    if (cell.reading === "same") return base !== undefined && isResting(mapping, base);
    if (cell.reading === "unknown") return true;
    if (base === undefined) return !isBlank(cell.value) && mapping.fields[side].id !== mark;
    const seen = side === "left" ? [cell.value, base.right] : [base.left, cell.value];
    return !agrees(mapping.bridge, seen[0] ?? cell.value, seen[1] ?? cell.value);
  });
}

/** Taken back by an undo, and different on the two sides since. */
export function isResting(mapping: Mapping, base: BaseCell): boolean {
  return base.rule === undoRule && !agrees(mapping.bridge, base.left, base.right);
}

export function planCells(
  rows: Sided<Row>,
  facts: RowFacts,
  context: ReconcileContext,
): readonly CellPlan[] {
  const isStale = sided((side) => isStaleRow(context, facts.link, { side, row: rows[side] }));
  return context.setup.mappings.map((mapping) => {
    const quiet = quietCell(mapping, facts.link, rows);
    // Stryker disable next-line ConditionalExpression: the table says the same, only later.
    if (quiet !== null) return quiet;
    const cells = sided((side) =>
      readCell(context, facts.link, { side, row: rows[side], mapping, isStale: isStale[side] }),
    );
    return planCell({ mapping, cells, rows }, facts, context);
  });
}

const quietDecision: CellDecision = { act: "none", rule: "F3" };
const nobody: Sided<null> = { left: null, right: null };

/** Most cells of most rows hold what was agreed: F3 of the table, without asking it. Else null. */
function quietCell(mapping: Mapping, link: Link, rows: Sided<Row>): CellPlan | null {
  const base = link.cells.get(mapping.key);
  const left = rows.left.cells.get(mapping.fields.left.id);
  const right = rows.right.cells.get(mapping.fields.right.id);
  if (base === undefined || left === undefined || right === undefined) return null;
  if (left.kind === "unknown" || right.kind === "unknown") return null;
  if (!isSame(base.left, left) || !isSame(base.right, right)) return null;
  if (base.rule === undoRule) return null;
  return {
    mapping,
    base,
    values: { left, right },
    decision: quietDecision,
    refusal: null,
    writes: [],
    loser: null,
    label: "held",
    times: nobody,
    pending: nobody,
  };
}

interface CellAt {
  readonly mapping: Mapping;
  readonly cells: Sided<ReadCell>;
  readonly rows: Sided<Row>;
}

/** A cell of a row that is not decided on in this run: its edits keep the time they were seen at. */
export type WatchedCell = Pick<CellPlan, "mapping" | "pending">;

export function watchCells(
  rows: Sided<Row | null>,
  facts: RowFacts,
  context: ReconcileContext,
): readonly WatchedCell[] {
  const { link } = facts;
  return context.setup.mappings.map((mapping) => ({
    mapping,
    pending: sided((side) => {
      const row = rows[side];
      if (row === null) return unseenEdit(mapping, side, { facts, context });
      const isStale = isStaleRow(context, link, { side, row });
      const cell = readCell(context, link, { side, row, mapping, isStale });
      return pendingEdit({ mapping, side, cell, row }, facts, context);
    }),
  }));
}

function planCell(at: CellAt, facts: RowFacts, context: ReconcileContext): CellPlan {
  const { mapping, cells } = at;
  const base = facts.link.cells.get(mapping.key) ?? null;
  const values = sided((side) => cells[side].value);
  const seen = sided((side) => ({ mapping, side, cell: cells[side], row: at.rows[side] }));
  const intervals = sided((side) => interval(seen[side], facts, context));
  const merged = mergedValue(mapping, base, values);
  const answer = answerFor(facts.answers, { mapping, base, values });
  const decision = decideCell({
    hasBase: base !== null,
    readings: sided((side) => cells[side].reading),
    isBlank: sided((side) => isBlank(values[side])),
    isAgreed: agrees(mapping.bridge, values.left, values.right),
    // Stryker disable next-line ConditionalExpression: the other cells that read the same are quiet.
    isUndone: base?.rule === undoRule,
    lossySide: base?.lossySide ?? null,
    owner: mapping.policy.owner,
    flow: mapping.policy.flow,
    drift: mapping.policy.drift,
    canMerge: merged !== null,
    order: orderEdits(intervals, facts.laterSaid.get(mapping.key) ?? null),
    // A resync with a preference forgets the answers before it: this one is a later word.
    prefer: answer === null ? context.prefer : null,
  });
  const isChanged = sided((side) => base !== null && cells[side].reading === "changed");
  const draft: CellPlan = {
    mapping,
    base,
    values,
    decision,
    refusal: null,
    writes: [],
    loser: null,
    label: "held",
    times: sided((side) => (isChanged[side] ? intervals[side].hiMs : null)),
    pending: sided((side) =>
      decision.act === "adopt" ? null : pendingEdit(seen[side], facts, context),
    ),
  };
  if (decision.act === "hold" && decision.why !== "unknown" && answer !== null) {
    return followAnswer(draft, answer);
  }
  return withWrites(draft, decision, merged);
}

/** The merge of both edits in the left side's words, or null. */
function mergedValue(mapping: Mapping, base: BaseCell | null, values: Sided<Value>): Value | null {
  // Stryker disable next-line ConditionalExpression: no other owner looks at it.
  if (mapping.policy.owner !== "merge" || base === null) return null;
  // Stryker disable next-line ConditionalExpression,LogicalOperator,StringLiteral: it is held, merged or not.
  if (values.left.kind === "unknown" || values.right.kind === "unknown") return null;
  const [was, right] = [
    mapping.bridge.carry("left", base.right),
    mapping.bridge.carry("left", values.right),
  ];
  if (was.kind === "refused" || right.kind === "refused") return null;
  return mergeValues(base.left, values.left, right.value);
}
