// People are written by e-mail address, and one without access to the base has the whole call refused, by
// a message that names nobody (community reports). Who was refused once is left out from then on, with a
// note: a source that names the same few strangers in every row costs no more than a few calls.
import type { RowOutcome } from "../../destination.ts";
import type { Column } from "./column.ts";
import { isPeople, type Part } from "./part.ts";
import { sendItems, type Item } from "./send.ts";
import type { TableState } from "./table.ts";

function nameOf({ id, json }: Part): string {
  return `${id} ${JSON.stringify(json)}`;
}

function without(item: Item, isLeftOut: (part: Part) => boolean): Item {
  const left = item.parts.filter(isLeftOut);
  if (left.length === 0) return item;
  const notes = left.map(
    ({ column }) =>
      `${column?.name}: not all of its people have access to the base; left as it was.`,
  );
  return {
    ...item,
    parts: item.parts.filter((part) => !left.includes(part)),
    notes: [...item.notes, ...notes],
  };
}

/** The part with people that a refusal names. */
function refusedPart(item: Item, outcome: RowOutcome | undefined): Part | null {
  if (outcome?.kind !== "failed" || outcome.why !== "invalid") return null;
  const { property } = outcome;
  return item.parts.find((part) => isPeople(part) && part.column?.name === property) ?? null;
}

/** As `sendItems`; rows that are refused for their people are sent once more without them. */
export async function sendWithPeople(
  state: TableState,
  items: readonly Item[],
  mergeOn: Column | null,
): Promise<readonly RowOutcome[]> {
  const { refusedPeople } = state;
  const isRefused = (part: Part): boolean => isPeople(part) && refusedPeople.has(nameOf(part));
  const known = items.map((item) => without(item, isRefused));
  const outcomes = [...(await sendItems(state, known, mergeOn))];
  for (const [index, item] of known.entries()) {
    const part = refusedPart(item, outcomes[index]);
    if (part !== null) refusedPeople.add(nameOf(part));
  }
  const again = known.flatMap((item, index) => {
    const next = without(item, isRefused);
    return next === item ? [] : [{ index, next }];
  });
  if (again.length === 0) return outcomes;
  const seconds = await sendItems(
    state,
    again.map(({ next }) => next),
    mergeOn,
  );
  for (const [at, { index }] of again.entries()) {
    const second = seconds[at];
    if (second !== undefined) outcomes[index] = second;
  }
  return outcomes;
}
