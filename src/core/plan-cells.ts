// The cells of a linked row, laid out for the decision table: what each side holds against its half
// of the base, when it was entered, and what the answer of the table means for the two services.
import { agrees } from "./bridge.ts";
import { decideCell, type CellDecision, type CellReading } from "./decide-cell.ts";
import type { ConflictLabel } from "./entry.ts";
import type { BaseCell, Link, PendingEdit } from "./link.ts";
import { mergeValues } from "./merge.ts";
import { clockErrorMs, orderEdits, readLagMs, type EditInterval } from "./order.ts";
import type { Answer, PlannedCell, ReconcileContext, RowFacts } from "./reconcile.ts";
import type { Row } from "./row.ts";
import type { Mapping } from "./setup.ts";
import { other, sided, sides, type Side, type Sided } from "./side.ts";
import { isBlank, isSame, unknown, valueKey, type Value } from "./value.ts";

export interface CellPlan {
  readonly mapping: Mapping;
  readonly base: BaseCell | null;
  readonly values: Sided<Value>;
  readonly decision: CellDecision;
  /** Why the target cannot hold the value; null when that is not the matter. */
  readonly refusal: string | null;
  readonly writes: readonly { readonly side: Side; readonly cell: PlannedCell }[];
  /** The side whose value gives way although it is not the base. */
  readonly loser: Side | null;
  readonly label: ConflictLabel;
  /** Latest moment each side's present value can have been entered; null when unchanged. */
  readonly times: Sided<number | null>;
  readonly pending: Sided<PendingEdit | null>;
}

/** Stamps may wobble by this much between two readings of one state (Airtable rounds them). */
const stampWobbleMs = 2_000;

/**
 * A reading that is older than one already accepted shows values that are no news. It is recognised
 * by its stamp, and only for as long as a stale reading can last: a stamp that went back for good
 * (somebody changed the stamp field) must not freeze the row for ever.
 */
function isStaleRow(context: ReconcileContext, link: Link, at: { side: Side; row: Row }): boolean {
  const accepted = link.stamps[at.side];
  if (accepted === null || at.row.stampMs === null) return false;
  if (at.row.stampMs + stampWobbleMs >= accepted) return false;
  const step = context.stampSteps[at.side] ?? 0;
  return context.nowMs[at.side] < accepted + step + readLagMs + clockErrorMs;
}

/**
 * The value a cell left a moment ago may be a stale reading of it, unless the row's stamp has moved
 * on. A person's undo is thereby put off for the settling time at most, never lost.
 */
function isFenced(
  context: ReconcileContext,
  link: Link,
  at: { side: Side; row: Row; base: BaseCell; value: Value },
): boolean {
  const previous = at.base.previous?.[at.side];
  if (previous === undefined || !isSame(previous, at.value)) return false;
  const accepted = link.stamps[at.side];
  if (accepted !== null && at.row.stampMs !== null && at.row.stampMs > accepted) return false;
  return context.nowMs[at.side] < at.base.atMs + context.setup.policy.guards.settleMs;
}

interface ReadCell {
  readonly value: Value;
  readonly reading: CellReading;
}

function readCell(
  context: ReconcileContext,
  link: Link,
  at: {
    readonly side: Side;
    readonly row: Row;
    readonly mapping: Mapping;
    readonly isStale: boolean;
  },
): ReadCell {
  const value = at.row.cells.get(at.mapping.fields[at.side].id) ?? unknown("undecodable");
  if (value.kind === "unknown") return { value, reading: "unknown" };
  const base = link.cells.get(at.mapping.key);
  if (base === undefined) return { value, reading: "changed" };
  if (isSame(base[at.side], value)) return { value, reading: "same" };
  if (at.isStale || isFenced(context, link, { side: at.side, row: at.row, base, value })) {
    return { value, reading: "unknown" };
  }
  return { value, reading: "changed" };
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
    if (cell.reading === "same") return false;
    if (cell.reading === "unknown") return true;
    const base = link.cells.get(mapping.key);
    if (base === undefined) return !isBlank(cell.value) && mapping.fields[side].id !== mark;
    const seen = side === "left" ? [cell.value, base.right] : [base.left, cell.value];
    return !agrees(mapping.bridge, seen[0] ?? cell.value, seen[1] ?? cell.value);
  });
}

export function planCells(
  rows: Sided<Row>,
  facts: RowFacts,
  context: ReconcileContext,
): readonly CellPlan[] {
  const isStale = sided((side) => isStaleRow(context, facts.link, { side, row: rows[side] }));
  return context.setup.mappings.map((mapping) => {
    const cells = sided((side) =>
      readCell(context, facts.link, { side, row: rows[side], mapping, isStale: isStale[side] }),
    );
    return planCell({ mapping, cells, rows }, facts, context);
  });
}

interface CellAt {
  readonly mapping: Mapping;
  readonly cells: Sided<ReadCell>;
  readonly rows: Sided<Row>;
}

function planCell(at: CellAt, facts: RowFacts, context: ReconcileContext): CellPlan {
  const { mapping, cells } = at;
  const base = facts.link.cells.get(mapping.key) ?? null;
  const values = sided((side) => cells[side].value);
  const intervals = sided((side) => interval(at, side, { facts, context, base }));
  const merged = mergedValue(mapping, base, values);
  const decision = decideCell({
    hasBase: base !== null,
    readings: sided((side) => cells[side].reading),
    isBlank: sided((side) => isBlank(values[side])),
    isAgreed: agrees(mapping.bridge, values.left, values.right),
    isOwn: { left: false, right: false },
    lossySide: base?.lossySide ?? null,
    owner: mapping.policy.owner,
    flow: mapping.policy.flow,
    drift: mapping.policy.drift,
    canMerge: merged !== null,
    order: orderEdits(intervals, facts.laterSaid.get(mapping.key) ?? null),
    prefer: context.prefer,
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
      isChanged[side]
        ? { key: valueKey(values[side]), loMs: intervals[side].loMs, hiMs: intervals[side].hiMs }
        : null,
    ),
  };
  const answer = answerFor(facts.answers, draft);
  if (decision.act === "hold" && decision.why !== "unknown" && answer !== null) {
    return followAnswer(draft, answer);
  }
  return withWrites(draft, decision, merged);
}

function interval(
  at: CellAt,
  side: Side,
  known: {
    readonly facts: RowFacts;
    readonly context: ReconcileContext;
    readonly base: BaseCell | null;
  },
): EditInterval {
  const { facts, context, base } = known;
  const row = at.rows[side];
  const stampStepMs = context.stampSteps[side] ?? 0;
  const stampHiMs =
    row.stampMs === null ? Number.POSITIVE_INFINITY : row.stampMs + stampStepMs + clockErrorMs;
  const seenAtMs = Math.max(context.lastScans[side]?.startMs ?? 0, base?.atMs ?? 0);
  const fresh = {
    loMs: Math.max(0, seenAtMs - readLagMs),
    hiMs: Math.min(row.window.endMs, stampHiMs),
  };
  const before = facts.link.pending[side].get(at.mapping.key);
  const isSameEdit = before !== undefined && before.key === valueKey(at.cells[side].value);
  return {
    loMs: isSameEdit ? before.loMs : fresh.loMs,
    hiMs: isSameEdit ? Math.min(before.hiMs, fresh.hiMs) : fresh.hiMs,
    stampMs: row.stampMs,
    stampStepMs,
  };
}

/** The merge of both edits in the left side's words, or null. */
function mergedValue(mapping: Mapping, base: BaseCell | null, values: Sided<Value>): Value | null {
  if (mapping.policy.owner !== "merge" || base === null) return null;
  if (values.left.kind === "unknown" || values.right.kind === "unknown") return null;
  const [was, right] = [
    mapping.bridge.carry("left", base.right),
    mapping.bridge.carry("left", values.right),
  ];
  if (was.kind === "refused" || right.kind === "refused") return null;
  return mergeValues(base.left, values.left, right.value);
}

function answerFor(answers: readonly Answer[], cell: CellPlan): Answer | null {
  const found = answers.find(
    (entry) =>
      entry.cell === cell.mapping.key &&
      keyOf(entry.base) === keyOf(cell.base?.left ?? null) &&
      sides.every((side) => keyOf(entry.values[side]) === keyOf(cell.values[side])),
  );
  return found ?? null;
}

const keyOf = (value: Value | null): string | null => (value === null ? null : valueKey(value));

function followAnswer(draft: CellPlan, answer: Answer): CellPlan {
  const rule = "F12";
  if (answer.keep === "both") return draft;
  if (answer.keep === "left" || answer.keep === "right") {
    const side = other(answer.keep);
    const decision: CellDecision = { act: "write", rule, side, loser: side, label: "policy" };
    return withWrites({ ...draft, decision }, decision, null);
  }
  // A value typed by a person comes as text; the bridge turns it into what the fields hold.
  const typed = draft.mapping.bridge.carry("left", answer.keep.value);
  if (typed.kind === "refused") return refuse(draft, typed.why);
  const decision: CellDecision = { act: "merge", rule };
  return withWrites({ ...draft, decision }, decision, typed.value);
}

/** Adds the writes a decision asks for; a value that does not fit turns it into a hold (F19). */
function withWrites(draft: CellPlan, decision: CellDecision, merged: Value | null): CellPlan {
  switch (decision.act) {
    case "none":
    case "adopt":
    case "hold":
      return draft;
    case "write": {
      const source = draft.values[other(decision.side)];
      const made = writeCell(draft, { side: decision.side, source, value: source });
      if (made.kind === "refused") return refuse(draft, made.why);
      const { loser, label } = decision;
      return { ...draft, writes: [{ side: decision.side, cell: made.cell }], loser, label };
    }
    case "merge":
      return merged === null ? draft : mergeWrites(draft, merged);
  }
}

/** `merged` is in the left side's words; each side that differs from it is written. */
function mergeWrites(draft: CellPlan, merged: Value): CellPlan {
  const { bridge } = draft.mapping;
  const canon = bridge.canon.left(merged);
  const due = sides.filter((side) => bridge.canon[side](draft.values[side]) !== canon);
  const writes: { side: Side; cell: PlannedCell }[] = [];
  for (const side of due) {
    // Written to both sides, the two calls cannot become a base together; the next run finds both
    // sides changed and equal, and adopts them.
    const isBase = due.length === 1;
    const source = isBase ? draft.values[other(side)] : merged;
    const made = writeCell(draft, { side, source, value: side === "left" ? null : merged });
    if (made.kind === "refused") return refuse(draft, made.why);
    const after = side === "left" ? merged : made.cell.after;
    writes.push({ side, cell: { ...made.cell, after, isBase } });
  }
  return { ...draft, writes, label: "policy" };
}

function refuse(draft: CellPlan, why: string): CellPlan {
  return {
    ...draft,
    decision: { act: "hold", rule: "F19", why: "refused" },
    refusal: why,
    writes: [],
    loser: null,
    label: "held",
  };
}

function writeCell(
  draft: CellPlan,
  at: { readonly side: Side; readonly source: Value; readonly value: Value | null },
):
  | { readonly kind: "cell"; readonly cell: PlannedCell }
  | { readonly kind: "refused"; readonly why: string } {
  const { mapping, decision } = draft;
  const carried =
    at.value === null
      ? ({ kind: "value", value: at.source, isLossy: false } as const)
      : mapping.bridge.carry(at.side, at.value);
  if (carried.kind === "refused") return carried;
  return {
    kind: "cell",
    cell: {
      mapping,
      field: mapping.fields[at.side],
      before: draft.values[at.side],
      after: carried.value,
      source: at.source,
      rule: decision.rule,
      isLossy: carried.isLossy,
      isBase: true,
    },
  };
}
