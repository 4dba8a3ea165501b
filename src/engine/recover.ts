// Calls whose outcome an earlier run did not learn: it was killed, or the answer was lost. Each left a
// journal entry; what the services show now decides what became of it. Nothing is repeated here: a
// call that turns out not to have happened is planned anew by the same rules as everything else.
//
//   shows what was intended   -> confirmed, whatever the time
//   shows what was there before, or nothing
//       before sent + settle  -> still in doubt: the row stays frozen
//       after it              -> not applied: forget the entry
//   shows something else      -> a person edited meanwhile: after settling, forget the entry and let
//                                the base, which never moved, tell what was changed
import { idText } from "../core/fingerprint.ts";
import { foldBlanks, foldConfirmed, foldRowId, woken, type FoldContext } from "../core/fold.ts";
import type { LinkId, OpId, RecordId } from "../core/ids.ts";
import type { Intent, IntentCell } from "../core/intent.ts";
import type { Link } from "../core/link.ts";
import { broughtBack, livesAgain } from "../core/put-away.ts";
import type { Row, RowReading } from "../core/row.ts";
import { other } from "../core/side.ts";
import { isSame, type Value } from "../core/value.ts";
import type { StoreChange } from "../store/store.ts";
import { confirmEntries, fated, isLift, isMove, loserEntries } from "./journal.ts";
import { earliestMarked, isClaimedTwice, unmarkedRows, type LostCreates } from "./lost-create.ts";
import type { Observation } from "./observe.ts";

export interface Recovery {
  /** Links as they are after what was learned. */
  readonly links: ReadonlyMap<LinkId, Link>;
  /** Rows of links whose outcome is still in doubt. */
  readonly frozen: ReadonlySet<LinkId>;
  /** Creates in doubt whose row no marker can show: a person must look. */
  readonly doubtful: readonly Intent[];
  /** Creates in doubt, those that time will settle among them. */
  readonly awaited: readonly Intent[];
  /** Rows that now belong to a link, and are not new. */
  readonly adopted: ReadonlySet<RecordId>;
  /** Writes of earlier runs that turned out to have been done. */
  readonly confirmed: number;
  readonly changes: readonly StoreChange[];
}

export interface RecoverInput {
  readonly intents: readonly Intent[];
  readonly links: ReadonlyMap<LinkId, Link>;
  readonly readings: ReadonlyMap<
    LinkId,
    { readonly left: RowReading | null; readonly right: RowReading | null }
  >;
  readonly observation: Observation;
  readonly fold: FoldContext;
  /** A person's word on creates in doubt: the row is there (of that title), or it never came to be. */
  readonly saidOfCreates: ReadonlyMap<LinkId, "there" | "never">;
}

type Verdict =
  | { readonly kind: "confirmed"; readonly link: Link; readonly row: RecordId | null }
  /** Forgotten. Certain when the row shows what was there before, and so nothing was done. */
  | { readonly kind: "not-applied"; readonly isCertain: boolean }
  | { readonly kind: "frozen" }
  | { readonly kind: "doubtful" };

export function recover(input: RecoverInput): Recovery {
  const links = new Map(input.links);
  const frozen = new Set<LinkId>();
  const doubtful: Intent[] = [];
  const awaited: Intent[] = [];
  const adopted = new Set<RecordId>();
  const settled = new Set<OpId>();
  const changes: StoreChange[] = [];
  let done = 0;
  for (const intent of input.intents) {
    const link = links.get(intent.link);
    if (link === undefined) {
      changes.push({ kind: "intent-drop", id: intent.id });
      continue;
    }
    const verdict = judge(intent, link, { ...input, adopted, settled });
    const isOpen = verdict.kind === "doubtful" || verdict.kind === "frozen";
    if (!isOpen) settled.add(intent.id);
    if (isOpen && intent.kind === "create") awaited.push(intent);
    switch (verdict.kind) {
      case "confirmed":
        done += 1;
        links.set(link.id, verdict.link);
        if (verdict.row !== null) adopted.add(verdict.row);
        changes.push(
          { kind: "link", link: verdict.link },
          ...confirmEntries(intent, verdict.link, input.fold),
          { kind: "intent-drop", id: intent.id },
          // What the service refused before, it has taken.
          { kind: "quarantine-drop", link: link.id, side: intent.side },
        );
        break;
      case "not-applied":
        changes.push({ kind: "intent-drop", id: intent.id });
        // It may have been done, and written over since: what it took away is told all the same.
        if (!verdict.isCertain) changes.push(...loserEntries(intent, link, input.fold));
        break;
      case "doubtful":
        doubtful.push(intent);
        frozen.add(link.id);
        break;
      case "frozen":
        frozen.add(link.id);
        break;
    }
  }
  return { links, frozen, doubtful, awaited, adopted, confirmed: done, changes };
}

type JudgeInput = RecoverInput & {
  readonly adopted: ReadonlySet<RecordId>;
  /** What is not in doubt any more since this run began. */
  readonly settled: ReadonlySet<OpId>;
};

function judge(intent: Intent, link: Link, input: JudgeInput): Verdict {
  // Judged by when the listing began: what it shows is older than now.
  const readAtMs = input.observation.ends[intent.side].window.startMs;
  const settleMs = input.fold.setup.policy.guards.settleMs;
  const isSettled = readAtMs >= intent.sentAtMs + settleMs;
  const unless: Verdict = isSettled
    ? { kind: "not-applied", isCertain: isUntouched(intent, link, input) }
    : { kind: "frozen" };
  switch (intent.kind) {
    case "create":
      return judgeCreate(intent, link, { ...input, isSettled });
    case "update":
      return judgeUpdate(intent, link, { ...input, unless });
    case "remove": {
      const reading = input.readings.get(link.id)?.[intent.side] ?? null;
      if (reading?.state === "trashed" || reading?.state === "gone") {
        return confirmed(intent, { ...link, state: "archived", archival: intent.archival }, input);
      }
      return unless;
    }
    case "restore": {
      const reading = input.readings.get(link.id)?.[intent.side] ?? null;
      if (reading?.state === "live") {
        return confirmed(intent, broughtBack(link, intent.side), input);
      }
      return unless;
    }
  }
}

function confirmed(intent: Intent, link: Link, input: RecoverInput): Verdict {
  const known = isMove(intent) ? woken(link, input.fold.atMs) : link;
  const folded = fated(foldConfirmed(known, intent, null, input.fold), intent);
  return { kind: "confirmed", link: folded, row: folded.ids[intent.side] };
}

/** A create is found by its marker; by that alone, for everything else may be somebody else's. */
function judgeCreate(
  intent: Intent,
  link: Link,
  input: JudgeInput & { readonly isSettled: boolean },
): Verdict {
  // The link has found a row by other ways.
  if (link.ids[intent.side] !== (intent.replaces ?? null)) {
    return { kind: "not-applied", isCertain: true };
  }
  if (intent.marker === null) {
    const said = input.saidOfCreates.get(link.id);
    if (said === "never") return { kind: "not-applied", isCertain: true };
    // Of which row that was said is plain only where all of them are seen.
    const isWhole = input.observation.ends[intent.side].isComplete;
    if (said !== "there" || !isWhole) return { kind: "doubtful" };
  }
  const found =
    intent.marker === null
      ? unmarkedRows(intent, lostCreates(input))
      : earliestMarked(intent, lostCreates(input));
  if (intent.marker === null && found.length !== 1) return { kind: "doubtful" };
  // One of them is a person's copy of the other, and taken for it, its edits would be the row's.
  if (found.length > 1) return { kind: "doubtful" };
  const [first] = found;
  if (first !== undefined && intent.marker === null && isRivalled(first, intent, input)) {
    return { kind: "doubtful" };
  }
  if (first !== undefined) return takenAsMade(intent, link, { row: first, input });
  if (!input.observation.ends[intent.side].isComplete) return { kind: "frozen" };
  return input.isSettled ? judgeUnmarked(intent, link, input) : { kind: "frozen" };
}

/**
 * Nothing carries the marker, and nothing will any more. Where a row is there that the call may have made
 * all the same, because somebody changed its marker before it was ever seen, a person must look.
 */
function judgeUnmarked(intent: Intent, link: Link, input: JudgeInput): Verdict {
  const said = input.saidOfCreates.get(link.id);
  const rows = said === "never" ? [] : unmarkedRows(intent, lostCreates(input));
  const [only] = rows;
  if (only === undefined) return { kind: "not-applied", isCertain: true };
  if (said !== "there" || rows.length > 1 || isRivalled(only, intent, input)) {
    return { kind: "doubtful" };
  }
  return takenAsMade(intent, link, { row: only, input });
}

/** Two that are both said to be there, and one row: whose it is was not said. */
function isRivalled(row: Row, intent: Intent, input: JudgeInput): boolean {
  const rivals = input.intents.filter(
    ({ id, link }) => !input.settled.has(id) && input.saidOfCreates.get(link) !== "never",
  );
  return isClaimedTwice(row, intent, { ...lostCreates(input), rivals });
}

function lostCreates({ intents, observation, adopted, fold }: JudgeInput): LostCreates {
  const { settleMs } = fold.setup.policy.guards;
  return { intents, observation, adopted, settleMs };
}

function takenAsMade(
  intent: Intent,
  link: Link,
  { row, input }: { readonly row: Row; readonly input: RecoverInput },
): Verdict {
  return { kind: "confirmed", link: madeLink(intent, link, { made: row, input }), row: row.id };
}

/**
 * The link of a create that turned out to have been done. What was not sent is taken in as after an
 * answer that arrived: blanks that agree, and what a copied row brought along from its original.
 */
function madeLink(
  intent: Intent,
  link: Link,
  { made, input }: { readonly made: Row; readonly input: RecoverInput },
): Link {
  const linked = { ...foldRowId(link, intent.side, made.id), isFlagged: true };
  const folded = foldConfirmed(linked, intent, null, input.fold);
  const source = input.readings.get(link.id)?.[other(intent.side)];
  const whole =
    source?.state === "live"
      ? foldBlanks(
          folded,
          { side: intent.side, source: source.row, made, isLate: true },
          input.fold,
        )
      : folded;
  return fated(whole, intent);
}

function judgeUpdate(
  intent: Intent,
  link: Link,
  input: JudgeInput & { readonly unless: Verdict },
): Verdict {
  const row = shownRow(intent, input.readings.get(link.id)?.[intent.side] ?? null);
  // Not to be seen, or gone meanwhile: after settling, nothing of this write is left to ask about.
  if (row === null) return input.unless;
  if (intent.cells.length === 0) {
    return idText(row.marker ?? "") === idText(intent.marker ?? "")
      ? confirmed(intent, link, input)
      : input.unless;
  }
  if (!intent.cells.every((cell) => holds(cell, row, intent, input))) return input.unless;
  if (isLift(intent)) {
    return confirmed(intent, livesAgain(link), input);
  }
  if (intent.archival === null) return confirmed(intent, link, input);
  return confirmed(intent, { ...link, state: "archived", archival: intent.archival }, input);
}

/**
 * The row in which a write can be told. One that somebody threw away meanwhile still shows it; what
 * was to become of the row by a mark, however, is overtaken by where it lies now.
 */
function shownRow(intent: Intent, reading: RowReading | null): Row | null {
  if (reading?.state === "live") return reading.row;
  return reading?.state === "trashed" && !isMove(intent) ? reading.row : null;
}

/** Whether the row shows in every cell what it held before the call. */
function isUntouched(intent: Intent, link: Link, input: JudgeInput): boolean {
  const reading = input.readings.get(link.id)?.[intent.side] ?? null;
  if (reading?.state !== "live") return false;
  return intent.cells.every((cell) => {
    const value = reading.row.cells.get(cell.field);
    return value !== undefined && isSame(value, cell.before);
  });
}

/** Whether the row shows what was sent, in the words in which the two sides agree. */
function holds(cell: IntentCell, row: Row, intent: Intent, input: RecoverInput): boolean {
  const value: Value | undefined = row.cells.get(cell.field);
  if (value === undefined || value.kind === "unknown") return false;
  const mapping = input.fold.setup.mappings.find((entry) => entry.key === cell.key);
  if (mapping === undefined) return isSame(value, cell.after);
  const canon = mapping.bridge.canon[intent.side];
  return canon(value) === canon(cell.after);
}
