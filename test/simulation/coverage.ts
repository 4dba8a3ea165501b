// Which lines of the decision tables the histories made use of, counted at each plan.
import type { RowPlan } from "../../src/core/reconcile.ts";
import { sides } from "../../src/core/side.ts";
import type { PairRun } from "../../src/engine/run.ts";
import { watchProof } from "./later.ts";
import type { World } from "./world.ts";

/** Lines a pass made use of. */
export function notePlans(world: World, plans: readonly RowPlan[]): void {
  const { tally } = world;
  for (const plan of plans) {
    tally.add("rule", plan.decision.rule);
    watchProof(world, plan);
    for (const { decision, mapping } of plan.cells) {
      tally.add("rule", decision.rule);
      if (decision.act !== "write") continue;
      if (decision.loser !== null) tally.add("relation", decision.label);
      if (!mapping.fields.right.isWritable || !mapping.fields.left.isWritable) {
        tally.add("rule", "F21");
      }
    }
  }
}

/**
 * R3, R4 and R25 are about rows of no link, and are decided before there is a plan. R24 is met where a
 * listing shows a row of a link that was taken apart, and no plan is made for it.
 */
export function noteMatches(world: World, run: PairRun): void {
  const { prepared } = run;
  if (prepared === null) return;
  for (const { link } of prepared.plans) {
    if (!prepared.newLinks.has(link.id)) continue;
    if (link.ids.left !== null && link.ids.right !== null) world.tally.add("rule", "R3");
    if (link.isFlagged) world.tally.add("rule", "R25");
  }
  const planned = new Set(prepared.plans.map(({ link }) => link.id));
  for (const { id, state } of prepared.observation.index.values()) {
    const isListed = sides.some((side) => prepared.observation.seen[side].has(id));
    if (state === "detached" && isListed && !planned.has(id)) world.tally.add("rule", "R24");
  }
  for (const held of prepared.held) {
    if (held.code === "duplicate_key") world.tally.add("rule", "R4");
  }
}
