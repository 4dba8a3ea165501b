// A row to be made from its counterpart: every filled cell that flows that way, and what does not fit.
import type { CellPlan } from "./plan-cells.ts";
import type { PlannedCell, ReconcileContext, RowAction, RowFacts, RowPlan } from "./reconcile.ts";
import { liveRow } from "./row.ts";
import { mappingsFrom, type Mapping } from "./setup.ts";
import { other, type Side } from "./side.ts";
import { isBlank, valueKey, type Value } from "./value.ts";

export function createPlan(
  facts: RowFacts,
  context: ReconcileContext,
  made: { readonly plan: (part: Partial<RowPlan>) => RowPlan; readonly side: Side },
): RowPlan {
  const { setup } = context;
  const source = liveRow(facts.rows[other(made.side)]);
  if (source === null) return made.plan({});
  if (!setup.policy.creates[made.side]) return made.plan({});
  const refused: CellPlan[] = [];
  const cells = mappingsFrom(setup, other(made.side)).flatMap((mapping) => {
    const value = source.cells.get(mapping.fields[other(made.side)].id);
    if (value === undefined || value.kind === "unknown" || isBlank(value)) return [];
    const carried = mapping.bridge.carry(made.side, value);
    if (carried.kind === "refused") {
      refused.push(refusedCell(mapping, { side: made.side, value, why: carried.why }));
      return [];
    }
    const cell: PlannedCell = {
      mapping,
      field: mapping.fields[made.side],
      before: { kind: "empty" },
      after: carried.value,
      source: value,
      rule: made.side === "right" ? "R1" : "R2",
      isLossy: carried.isLossy,
      isBase: true,
    };
    return valueKey(carried.value) === "" ? [] : [cell];
  });
  const marker = setup.markers[made.side] === null ? null : facts.link.ids[other(made.side)];
  const action: RowAction = { kind: "create", side: made.side, cells, marker };
  // A row that is made anew takes the old one's place when it is there, and not before: until then
  // somebody may bring the old one back, with all that was agreed on.
  return made.plan({ cells: refused, actions: [action] });
}

function refusedCell(
  mapping: Mapping,
  at: { readonly side: Side; readonly value: Value; readonly why: string },
): CellPlan {
  const empty: Value = { kind: "empty" };
  return {
    mapping,
    base: null,
    values:
      at.side === "right" ? { left: at.value, right: empty } : { left: empty, right: at.value },
    decision: { act: "hold", rule: "F19", why: "refused" },
    refusal: at.why,
    refusedSide: at.side,
    writes: [],
    loser: null,
    label: "held",
    times: { left: null, right: null },
    pending: { left: null, right: null },
  };
}
