// The second look at the reason of a removal, right before it: whoever has brought the counterpart back
// since the plan was made must not lose the row that is left. A counterpart that cannot be judged now
// is no reason either; the next run looks again.
import type { PairSetup } from "../core/setup.ts";
import { other, sides } from "../core/side.ts";
import type { EngineDeps } from "./deps.ts";
import { wantedOf, type Observation } from "./observe.ts";
import type { Work } from "./work.ts";

function isRemoval({ action }: Work): boolean {
  if (action.kind === "remove") return true;
  return action.kind === "update" && action.archival !== null && action.archival !== "lift";
}

/** The removals among `works` whose counterpart is not surely removed any more. */
export async function withdrawn(
  works: readonly Work[],
  input: { readonly setup: PairSetup; readonly observation: Observation },
  deps: EngineDeps,
): Promise<ReadonlySet<Work>> {
  const found = new Set<Work>();
  for (const side of sides) {
    const mine = works.filter((work) => isRemoval(work) && other(work.action.side) === side);
    const ids = mine.flatMap((work) => work.plan.link.ids[side] ?? []);
    if (ids.length === 0) continue;
    const control = input.observation.control[side];
    const readings = await deps.connectors[side].read(ids, wantedOf(input.setup, side), control);
    for (const work of mine) {
      const id = work.plan.link.ids[side];
      const state = id === null ? undefined : readings.get(id)?.state;
      if (state !== "trashed" && state !== "gone") found.add(work);
    }
  }
  return found;
}
