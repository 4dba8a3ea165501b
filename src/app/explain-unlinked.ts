// A row that is there and belongs to no link, named by its id: what the next sync will make of it.
import type { Explanation } from "../cli/services.ts";
import { idText } from "../core/fingerprint.ts";
import { recordId } from "../core/ids.ts";
import type { Row } from "../core/row.ts";
import { other, sided, sides, type Side } from "../core/side.ts";
import { wantedOf } from "../engine/observe.ts";
import { freshState, prepareSetup } from "../engine/prepare.ts";
import { selectPairs, type AppContext, type OpenPair } from "./context.ts";
import { explainRow } from "./explain-row.ts";

/** An id is never a whole title, so what is short is not asked of a service. */
const idLengthMin = 15;

/** Null when neither service shows a row of these ids. */
export async function explainUnlinked(
  app: AppContext,
  query: { readonly pair: string | null },
  ids: readonly string[],
): Promise<Explanation | null> {
  const likely = ids.filter((id) => id.length >= idLengthMin && !/\s|\//u.test(id));
  if (likely.length === 0) return null;
  for (const pair of selectPairs(app.config, query.pair === null ? [] : [query.pair])) {
    const open = await app.openPair(pair);
    const state = (await app.store.loadPair(pair.id)) ?? freshState(open.policy);
    const { setup } = await prepareSetup(open.policy, state, open.deps);
    for (const side of sides) {
      const mine = likely.filter((id) => isIdOf(side, id)).map(recordId);
      if (mine.length === 0) continue;
      const found = await open.deps.connectors[side].read(mine, wantedOf(setup, side), null);
      for (const reading of found.values()) {
        if (reading.state === "live") return explanation(open, side, reading.row);
      }
    }
  }
  return null;
}

/** Records' ids have a form of their own; a service must not be asked about another one's. */
function isIdOf(side: Side, id: string): boolean {
  const isRecord = /^rec[A-Za-z0-9]{14}$/u.test(id);
  return side === "right" ? isRecord : !isRecord;
}

function explanation(open: OpenPair, side: Side, row: Row): Explanation {
  const { policy } = open;
  const [here, there] = [policy.names[side], policy.names[other(side)]];
  const marker = idText(row.marker ?? "");
  const notes = [
    `This row in ${here} is not linked with one in ${there}.`,
    marker === ""
      ? policy.creates[other(side)]
        ? `The next sync makes it a counterpart in ${there}, unless a filter leaves it out, or rows of both sides are still matched.`
        : `The config lets no rows be created in ${there}.`
      : `Its link marker names ${row.marker ?? ""}: if that row is there and free, the next sync links the two.`,
  ];
  const isHere = (at: Side): boolean => at === side;
  return {
    pair: open.pair.id,
    names: policy.names,
    title: row.title,
    state: "not linked",
    ids: sided((at) => (isHere(at) ? row.id : null)),
    urls: sided((at) => (isHere(at) ? row.url : null)),
    bornAtMs: row.createdAtMs ?? row.window.startMs,
    rows: sided((at) => (isHere(at) ? explainRow({ state: "live", row }) : null)),
    rowRule: null,
    notes,
    cells: [],
    conflicts: [],
    waiting: [],
  };
}
