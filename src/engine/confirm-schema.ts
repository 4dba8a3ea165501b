// The second look at the schema, before a plan is carried out: a field that was removed or given another
// type while the rows were read shows values that nobody entered. Asked only where something would be
// done because of what a side showed, so that a quiet run costs nothing.
import type { RowPlan } from "../core/reconcile.ts";
import { liveRow } from "../core/row.ts";
import type { PairSetup } from "../core/setup.ts";
import { sides, type Side } from "../core/side.ts";
import { isSame } from "../core/value.ts";
import type { EngineDeps } from "./deps.ts";
import { wantedOf } from "./observe.ts";

/** Throws `schema_changed`. */
export async function confirmSchemas(
  plans: readonly RowPlan[],
  setup: PairSetup,
  deps: EngineDeps,
): Promise<void> {
  for (const side of sides) {
    const connector = deps.connectors[side];
    if (connector.confirmSchema === undefined) continue;
    if (!plans.some((plan) => leansOn(plan, side))) continue;
    await connector.confirmSchema(wantedOf(setup, side));
  }
}

/** Whether something is done because of what the row on that side showed. */
function leansOn(plan: RowPlan, side: Side): boolean {
  if (liveRow(plan.rows[side]) === null) return false;
  switch (plan.decision.act) {
    case "nothing":
    case "hold":
      return false;
    case "cells":
      return plan.cells.some(
        ({ base, values, decision }) =>
          decision.act !== "none" && (base === null || !isSame(base[side], values[side])),
      );
    case "archive":
    case "restore":
    case "recreate":
    case "revive":
    case "entomb":
    case "detach":
    case "drop":
      return true;
  }
}
