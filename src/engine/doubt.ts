// Creates whose answer was lost on a side without a marker, or whose marker somebody changed before the
// row was seen. Nothing can find such a row for certain, so nothing is repeated: the matter is put before
// a person, with the rows that might be it. A word that cannot be followed (said to be there, and is not,
// or is there twice) is asked for again.
import { mayHaveMade, type Intent } from "../core/intent.ts";
import type { Row } from "../core/row.ts";
import { other, withSide } from "../core/side.ts";
import { text, type Value } from "../core/value.ts";
import type { Conflict, StoreChange } from "../store/store.ts";
import type { Prepared } from "./prepare.ts";

/** Rows that are listed for the person; more would not help to choose. */
const candidatesMax = 10;

export function doubtChanges(prepared: Prepared, conflictId: () => string): readonly StoreChange[] {
  const { recovery, conflicts } = prepared;
  const known = conflicts.filter((conflict) => conflict.kind === "create-in-doubt");
  const changes: StoreChange[] = [];
  for (const intent of recovery.doubtful) {
    const before = known.find((conflict) => conflict.link === intent.link) ?? null;
    if (before !== null && before.answer === null) continue;
    const rows = candidatesOf(prepared, intent);
    const conflict = question(prepared, intent, { id: before?.id ?? conflictId(), rows });
    changes.push({ kind: "conflict", conflict });
    changes.push(problem(prepared, intent, { conflict, found: rows.length, before }));
  }
  const open = new Set(recovery.doubtful.map((intent) => intent.link));
  for (const conflict of known) {
    if (!open.has(conflict.link))
      changes.push({ kind: "conflict", conflict: { ...conflict, status: "closed" } });
  }
  return changes;
}

function candidatesOf({ observation, recovery, setup }: Prepared, intent: Intent): readonly Row[] {
  const { kept, byRow } = observation;
  const { settleMs } = setup.policy.guards;
  return [...kept[intent.side].values()].filter(
    (row) =>
      mayHaveMade(intent, row, settleMs) &&
      !byRow[intent.side].has(row.id) &&
      !recovery.adopted.has(row.id),
  );
}

function question(
  { fold }: Prepared,
  intent: Intent,
  at: { readonly id: string; readonly rows: readonly Row[] },
): Conflict {
  const listed = at.rows.slice(0, candidatesMax).map((row) => row.url ?? row.id);
  const source = withSide<Value | null>(
    { left: null, right: null },
    other(intent.side),
    text(intent.title),
  );
  return {
    id: at.id,
    pair: intent.pair,
    link: intent.link,
    kind: "create-in-doubt",
    cell: null,
    field: null,
    title: intent.title,
    base: null,
    values: listed.length === 0 ? source : withSide(source, intent.side, text(listed.join("\n"))),
    sinceMs: fold.atMs,
    run: fold.run,
    status: "open",
    answer: null,
  };
}

function problem(
  { setup, fold }: Prepared,
  intent: Intent,
  at: { readonly conflict: Conflict; readonly found: number; readonly before: Conflict | null },
): StoreChange {
  const { names } = setup.policy;
  const name = names[intent.side];
  const [there, never] = [name.toLowerCase(), names[other(intent.side)].toLowerCase()];
  const hasMarker = intent.marker !== null;
  const found = hasMarker
    ? `${at.found} unlinked rows there may be it, and none has its link marker`
    : `${at.found} unlinked rows of that name are there`;
  const advice = hasMarker ? "" : ` A link marker in ${name} avoids such questions.`;
  return {
    kind: "entry",
    entry: {
      run: fold.run,
      pair: intent.pair,
      atMs: fold.toldAtMs,
      body: {
        type: "problem",
        side: intent.side,
        ids: { left: null, right: null },
        field: null,
        code: "create_in_doubt",
        message:
          at.before === null
            ? `Whether "${intent.title}" was created in ${name} is not known; ${found}.`
            : `"${intent.title}" was said to be in ${name}, but ${found}.`,
        remedy: `Look, then answer with \`tandem conflicts resolve ${at.conflict.id} --keep …\`: ${there} links the one row that may be it, ${never} creates it.${advice}`,
      },
    },
  };
}
