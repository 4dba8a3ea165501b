// Rows that a create would make although they are there: made by a call whose answer was lost, or hidden
// by a filter or in an archive from a store that was lost. The service is asked for their markers.
import { must } from "../core/assert.ts";
import type { EntryBody } from "../core/entry.ts";
import type { LinkId } from "../core/ids.ts";
import { hiddenScope, withScope } from "../core/row-findings.ts";
import type { Side } from "../core/side.ts";
import type { StoreChange } from "../store/store.ts";
import { wantedOf, type Observation } from "./observe.ts";
import type { Sending } from "./sending.ts";
import type { Tally } from "./tally.ts";
import type { Work } from "./work.ts";

export interface StrayInput {
  readonly sending: Sending;
  readonly observation: Observation;
  readonly newLinks: ReadonlySet<LinkId>;
  readonly tally: Tally;
  /** The pair was never synced as a whole, as far as the store knows. */
  readonly isFirstRun: boolean;
}

/**
 * A store that was lost knew of counterparts that no listing shows. A right row learns the id of its left
 * one, so the left one of a row that names none is not hidden, and is not worth a query each; but the
 * store may have been lost before it learned it, and so a first run asks all the same.
 */
function mayBeHidden(side: Side, { sending, isFirstRun }: StrayInput): boolean {
  const { policy, markers } = sending.setup;
  const filter = policy.filters[side];
  if (filter === null || filter === undefined) return false;
  return isFirstRun || side === "right" || markers.right === null;
}

/**
 * Before a create is sent a second time, or where a filter may hide the row, the service is asked for
 * the marker, in its archive too: what is there already must not be made again. It is taken over once a
 * listing shows it.
 */
export async function withoutStrays(
  batch: readonly Work[],
  input: StrayInput,
): Promise<readonly Work[]> {
  const { sending, newLinks, tally } = input;
  const markers = new Map<string, Work>();
  for (const work of batch) {
    const { action, plan } = work;
    if (action.kind !== "create" || action.marker === null) continue;
    const isAgain = !newLinks.has(plan.link.id);
    if (isAgain || mayBeHidden(action.side, input)) markers.set(action.marker, work);
  }
  if (markers.size === 0) return batch;
  const side = must(batch[0], "an empty call").action.side;
  const rows = await sending.deps.connectors[side].findByMarker(
    [...markers.keys()],
    wantedOf(sending.setup, side),
  );
  // A row of another link is that one's, whatever somebody has made of its marker.
  const strays = rows.filter((row) => {
    const owner = input.observation.byRow[side].get(row.id);
    // The very row that was to be made anew: somebody has brought it back since.
    return owner === undefined || owner.id === markers.get(row.marker ?? "")?.plan.link.id;
  });
  const found = new Set(strays.flatMap((row) => markers.get(row.marker ?? "") ?? []));
  tally.waiting += found.size;
  tally.hold("unreached", found.size);
  const told = [...found].flatMap((work) => hiddenTold(work, input));
  if (told.length > 0) await sending.deps.store.commit(sending.lease, told);
  return batch.filter((work) => !found.has(work));
}

/** Told once: the link that waits for its counterpart is stored, and remembers it. */
function hiddenTold({ plan, action }: Work, input: StrayInput): readonly StoreChange[] {
  const { sending, newLinks } = input;
  const { side } = action;
  const link = sending.links.get(plan.link.id) ?? plan.link;
  const scope = hiddenScope(side);
  if (link.scopeTold === scope) return [];
  const body: EntryBody = {
    type: "problem",
    side,
    ids: link.ids,
    field: null,
    code: "out_of_scope",
    message: `The counterpart of "${link.title}" is there already, but the listing does not show it yet.`,
    remedy:
      "Nothing to do, unless a filter or the archive hides it: then change the row or the filter, or bring it back.",
  };
  const { run, toldAtMs } = sending.fold;
  const entry = { run, pair: link.pair, atMs: toldAtMs, body };
  const told: StoreChange = { kind: "entry", entry };
  const waiting = withScope(newLinks.has(link.id) ? { ...link, state: "creating" } : link, scope);
  sending.links.set(link.id, waiting);
  return [{ kind: "link", link: waiting }, told];
}
