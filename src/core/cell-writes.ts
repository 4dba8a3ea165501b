// What a decision about one cell means for the two services: the values to write, in the words of the
// side that gets them. A value that does not fit turns the decision into a hold (F19).
import type { CellDecision } from "./decide-cell.ts";
import type { CellPlan } from "./plan-cells.ts";
import type { PlannedCell } from "./reconcile.ts";
import { other, sides, type Side } from "./side.ts";
import type { Value } from "./value.ts";

/** Adds the writes a decision asks for; a value that does not fit turns it into a hold (F19). */
export function withWrites(
  draft: CellPlan,
  decision: CellDecision,
  merged: Value | null,
): CellPlan {
  switch (decision.act) {
    case "none":
    case "adopt":
    case "hold":
      return draft;
    case "write": {
      const source = draft.values[other(decision.side)];
      const made = writeCell(draft, { side: decision.side, source, value: source });
      if (made.kind === "refused") return refuse(draft, made.why, decision.side);
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
    if (made.kind === "refused") return refuse(draft, made.why, side);
    const after = side === "left" ? merged : made.cell.after;
    writes.push({ side, cell: { ...made.cell, after, isBase } });
  }
  return { ...draft, writes, label: "policy" };
}

function refuse(draft: CellPlan, why: string, side: Side): CellPlan {
  return {
    ...draft,
    decision: { act: "hold", rule: "F19", why: "refused" },
    refusal: why,
    refusedSide: side,
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
