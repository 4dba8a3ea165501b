// One cell for `tandem explain`: the base, both readings with the time they stand for, and the run, the
// request and the rule behind the present value.
import type { ExplainedCell, ExplainedReading } from "../cli/services.ts";
import type { ConflictEntry, Entry } from "../core/entry.ts";
import type { Link } from "../core/link.ts";
import type { CellPlan } from "../core/plan-cells.ts";
import { isStaleRow, interval, readCell } from "../core/read-cell.ts";
import type { ReconcileContext, RowFacts, RowPlan } from "../core/reconcile.ts";
import type { Mapping } from "../core/setup.ts";
import { sided, type Side } from "../core/side.ts";

export interface ExplainAt {
  readonly facts: RowFacts;
  readonly context: ReconcileContext;
  readonly plan: RowPlan;
  /** Changes and conflicts of the link, newest first. */
  readonly entries: readonly Entry[];
}

export function explainCell(mapping: Mapping, at: ExplainAt): ExplainedCell {
  const { link } = at.facts;
  const base = link.cells.get(mapping.key) ?? null;
  const planned = at.plan.cells.find((cell) => cell.mapping.key === mapping.key) ?? null;
  return {
    field: mapping.name,
    fields: sided((side) => mapping.fields[side].name),
    owner: mapping.policy.owner,
    flow: mapping.policy.flow,
    base: base === null ? null : { left: base.left, right: base.right },
    agreed: base === null ? null : { rule: base.rule, run: base.run, atMs: base.atMs },
    lossySide: base?.lossySide ?? null,
    now: sided((side) => reading(mapping, side, { ...at, link })),
    next: planned === null ? null : nextOf(planned),
    lastChange: lastChange(at.entries, mapping.name),
  };
}

function nextOf(cell: CellPlan): NonNullable<ExplainedCell["next"]> {
  const { decision } = cell;
  const isBoth = cell.times.left !== null && cell.times.right !== null;
  return {
    rule: decision.rule,
    side: cell.writes[0]?.side ?? null,
    label: isBoth && cell.label !== "held" ? cell.label : null,
    refusal: cell.refusal,
  };
}

function reading(
  mapping: Mapping,
  side: Side,
  at: ExplainAt & { readonly link: Link },
): ExplainedReading | null {
  const { facts, context, link } = at;
  const found = facts.rows[side];
  if (found?.state !== "live") return null;
  const { row } = found;
  const isStale = isStaleRow(context, link, { side, row });
  const cell = readCell(context, link, { side, row, mapping, isStale });
  const isEdit = link.cells.has(mapping.key) && cell.reading === "changed";
  const entered = isEdit ? interval({ mapping, side, cell, row }, facts, context) : null;
  return {
    value: cell.value,
    editedAtMs: entered?.hiMs ?? null,
    editedAfterMs: entered === null || entered.loMs <= 0 ? null : entered.loMs,
  };
}

function lastChange(entries: readonly Entry[], field: string): ExplainedCell["lastChange"] {
  for (const { body, run, atMs } of entries) {
    if (body.type !== "change") continue;
    const cell = body.fields[field];
    if (cell === undefined) continue;
    const { before, after, rule } = cell;
    const label = conflictIn(entries, { run, field })?.label ?? null;
    return { run, atMs, side: body.side, before, after, rule, opId: body.opId, label };
  }
  return null;
}

/** The conflict that the same run settled for the same field. */
function conflictIn(
  entries: readonly Entry[],
  at: { readonly run: Entry["run"]; readonly field: string },
): ConflictEntry | null {
  for (const { body, run } of entries) {
    if (run !== at.run || body.type !== "conflict" || body.field !== at.field) continue;
    if (body.winner !== null) return body;
  }
  return null;
}
