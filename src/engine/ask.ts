// Where two people edited the same cell, the later edit may have to win, and row stamps are a poor
// witness: they belong to the row, and one service keeps none without a field for it. So the services
// are asked about the cell itself, one or two calls for all conflicts of a run.
import type { EditQuestion } from "../connectors/connector.ts";
import type { CellKey, LinkId } from "../core/ids.ts";
import { clockErrorMs } from "../core/order.ts";
import type { CellPlan } from "../core/plan-cells.ts";
import type { RowPlan } from "../core/reconcile.ts";
import { liveRow } from "../core/row.ts";
import { other, type Side } from "../core/side.ts";
import type { EngineDeps } from "./deps.ts";

interface Doubt {
  readonly plan: RowPlan;
  readonly cell: CellPlan;
}

/** Conflicts that are settled by time, and not by proof. */
function doubts(plans: readonly RowPlan[]): readonly Doubt[] {
  return plans.flatMap((plan) =>
    plan.cells.flatMap((cell) => {
      const isByTime =
        cell.decision.act === "write" &&
        (cell.decision.rule === "F12" || cell.decision.rule === "F17") &&
        (cell.label === "tie" || cell.label === "estimated");
      return isByTime ? [{ plan, cell }] : [];
    }),
  );
}

/** For each link, the side whose edit of a cell came later, where a service could tell. */
export async function askOrder(
  plans: readonly RowPlan[],
  deps: EngineDeps,
): Promise<ReadonlyMap<LinkId, ReadonlyMap<CellKey, Side>>> {
  const said = new Map<LinkId, Map<CellKey, Side>>();
  // One question a field: a service answers with rows, and two fields of one row would be mixed up.
  const byField = Map.groupBy(doubts(plans), (doubt) => doubt.cell.mapping.key);
  for (const [key, open] of byField) {
    for (const { plan, later } of await askField(open, deps)) {
      const cells = said.get(plan.link.id) ?? new Map<CellKey, Side>();
      said.set(plan.link.id, cells.set(key, later));
    }
  }
  return said;
}

async function askField(
  open: readonly Doubt[],
  deps: EngineDeps,
): Promise<readonly { readonly plan: RowPlan; readonly later: Side }[]> {
  for (const asked of ["right", "left"] as const) {
    const verdict = await askSide(asked, open, deps);
    if (verdict === null) continue;
    return open.flatMap(({ plan }) => {
      const later = verdict(plan);
      return later === null ? [] : [{ plan, later }];
    });
  }
  return [];
}

type Verdict = (plan: RowPlan) => Side | null;

/**
 * Asks one side twice: whose edit came after the other side's stamp could have been, and whose came
 * before it. What is neither happened within the stamp's own step, and stays a tie.
 */
async function askSide(
  asked: Side,
  open: readonly Doubt[],
  deps: EngineDeps,
): Promise<Verdict | null> {
  const facing = other(asked);
  const stepMs = deps.connectors[facing].capabilities.stampStepMs ?? 0;
  const questions = (shiftMs: number): EditQuestion[] =>
    open.flatMap(({ plan, cell }) => {
      const id = plan.link.ids[asked];
      const stampMs = liveRow(plan.rows[facing])?.stampMs ?? null;
      if (id === null || stampMs === null) return [];
      return [{ id, field: cell.mapping.fields[asked].id, thanMs: stampMs + shiftMs }];
    });
  const after = questions(stepMs);
  if (after.length === 0) return null;
  const surelyAfter = await deps.connectors[asked].editedAfter(after);
  if (surelyAfter === null) return null;
  const notBefore = await deps.connectors[asked].editedAfter(questions(-clockErrorMs));
  if (notBefore === null) return null;
  return (plan) => {
    const id = plan.link.ids[asked];
    if (id === null) return null;
    if (surelyAfter.has(id)) return asked;
    return notBefore.has(id) ? null : facing;
  };
}
