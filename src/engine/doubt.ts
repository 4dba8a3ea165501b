// Creates whose answer was lost on a side without a marker, or whose marker somebody changed before the
// row was seen. Nothing can find such a row for certain, so nothing is repeated: the matter is put before
// a person, with the rows that might be it. A word that cannot be followed (said to be there, and is not,
// or is there twice) is asked for again, and the rows are looked up anew in every run: one may show up
// late, or turn out to be another row's.
import type { Intent } from "../core/intent.ts";
import type { Row } from "../core/row.ts";
import { other, withSide, type Side } from "../core/side.ts";
import { empty, text, valueKey, type Value } from "../core/value.ts";
import type { Conflict, StoreChange } from "../store/store.ts";
import { earliestMarked, isClaimedTwice, unmarkedRows } from "./lost-create.ts";
import type { Prepared } from "./prepare.ts";

/** Rows that are listed for the person; more would not help to choose. */
const candidatesMax = 10;

export function doubtChanges(prepared: Prepared, conflictId: () => string): readonly StoreChange[] {
  const { recovery, conflicts, observation } = prepared;
  const known = conflicts.filter((conflict) => conflict.kind === "create-in-doubt");
  const changes: StoreChange[] = [];
  for (const intent of recovery.doubtful) {
    const before = known.find((conflict) => conflict.link === intent.link) ?? null;
    // Rows that a listing was cut before are not gone, and what a person said of them still holds.
    if (before !== null && !observation.ends[intent.side].isComplete) continue;
    const { rows, areTwins, isShared } = candidatesOf(prepared, intent);
    const asked = question(prepared, intent, { id: before?.id ?? conflictId(), rows });
    const conflict = before === null ? asked : { ...asked, sinceMs: before.sinceMs };
    if (before?.answer === null && isOffered(before, conflict, intent.side)) continue;
    changes.push({ kind: "conflict", conflict });
    changes.push(
      problem(prepared, intent, { conflict, found: rows.length, areTwins, isShared, before }),
    );
  }
  const open = new Set(recovery.doubtful.map((intent) => intent.link));
  for (const conflict of known) {
    if (open.has(conflict.link) || isUnseen(conflict, prepared)) continue;
    changes.push({ kind: "conflict", conflict: { ...conflict, status: "closed" } });
  }
  return changes;
}

/** Whether the question offers the same rows as before. */
function isOffered(before: Conflict, after: Conflict, side: Side): boolean {
  const key = ({ values }: Conflict): string => valueKey(values[side] ?? empty);
  return key(before) === key(after);
}

/** A run that was stopped before it looked into the calls in doubt has settled none. */
function isUnseen({ link }: Conflict, { intents, recovery }: Prepared): boolean {
  return !recovery.links.has(link) && intents.some((intent) => intent.link === link);
}

/**
 * `areTwins`: all carry the marker, and nothing tells which of them is a copy of the other. `isShared`:
 * another create in doubt may have made the one row as well.
 */
function candidatesOf(
  { observation, recovery, setup, intents }: Prepared,
  intent: Intent,
): { readonly rows: readonly Row[]; readonly areTwins: boolean; readonly isShared: boolean } {
  const { settleMs } = setup.policy.guards;
  const at = { intents, observation, adopted: recovery.adopted, settleMs };
  const marked = intent.marker === null ? [] : earliestMarked(intent, at);
  const areTwins = marked.length > 1;
  const rows = areTwins ? marked : unmarkedRows(intent, at);
  const [only] = rows;
  const rivals = recovery.doubtful;
  const isShared =
    only !== undefined && rows.length === 1 && isClaimedTwice(only, intent, { ...at, rivals });
  return { rows, areTwins, isShared };
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
  at: {
    readonly conflict: Conflict;
    readonly found: number;
    readonly areTwins: boolean;
    readonly isShared: boolean;
    readonly before: Conflict | null;
  },
): StoreChange {
  const { names } = setup.policy;
  const name = names[intent.side];
  const [there, never] = [name.toLowerCase(), names[other(intent.side)].toLowerCase()];
  const hasMarker = intent.marker !== null;
  const found = at.areTwins
    ? `${at.found} unlinked rows there have its link marker, and were made at once`
    : `${foundWords(at.found, hasMarker)}${at.isShared ? ", and may be another lost one's" : ""}`;
  const said = at.before?.answer ?? null;
  const look = at.areTwins
    ? "Clear the link marker of each copy, and the row that keeps it is linked; or answer"
    : "Look, then answer";
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
          said === null || at.areTwins
            ? `Whether "${intent.title}" was created in ${name} is not known; ${found}.`
            : `"${intent.title}" was said to be in ${name}, but ${found}.`,
        remedy: `${look} with \`tandem conflicts resolve ${at.conflict.id} --keep …\`: ${there} links the one row that may be it, ${never} creates it.${advice}`,
      },
    },
  };
}

function foundWords(count: number, hasMarker: boolean): string {
  const rows = `${count} unlinked ${count === 1 ? "row" : "rows"}`;
  if (hasMarker) return `${rows} there may be it, and none has its link marker`;
  return `${rows} of that name ${count === 1 ? "is" : "are"} there`;
}
