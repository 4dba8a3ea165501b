// How many calls a plan will cost, by the same batching the run uses.
import { sides, type Sided } from "../core/side.ts";
import type { EngineDeps } from "./deps.ts";
import { lookedSide } from "./precheck.ts";
import { phaseOf, phases, type Work } from "./work.ts";

export interface Cost {
  readonly read: number;
  readonly write: number;
}

/** Calls to carry the works out. Looks before writes are counted as reads. */
export function costOf(works: readonly Work[], deps: EngineDeps): Sided<Cost> {
  const cost = { left: { read: 0, write: 0 }, right: { read: 0, write: 0 } };
  for (const phase of phases) {
    const group = works.filter((work) => phaseOf(work) === phase);
    for (const side of sides) {
      const mine = group.filter((work) => work.action.side === side).length;
      const size = deps.connectors[side].capabilities.writeBatchMax;
      cost[side].write += Math.ceil(mine / size);
    }
    for (const side of sides) {
      const looked = group.filter((work) => lookedSide(work) === side).length;
      cost[side].read += Math.ceil(looked / 100);
    }
  }
  return cost;
}
