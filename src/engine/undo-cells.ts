// The cells of one row, taken back: each gets what it held before the run, if it still holds what the
// run wrote. What the run wrote twice is taken back in one step, from the last value to the first.
import type { CellChange, ChangeEntry } from "../core/entry.ts";
import type { RunId } from "../core/ids.ts";
import { undoRule, type BaseCell, type Link } from "../core/link.ts";
import type { PlannedCell } from "../core/reconcile.ts";
import type { Row, RowReading } from "../core/row.ts";
import { mayWrite, type Mapping, type PairSetup } from "../core/setup.ts";
import { other, sides, withSide, type Side, type Sided } from "../core/side.ts";
import { isBlank, isSame, type Value } from "../core/value.ts";

/** Something of the run that stays as it is, and why. */
export interface Kept {
  readonly title: string;
  /** The side it is about; null for the row as a whole. */
  readonly side: Side | null;
  readonly field: string | null;
  /** A clause without its subject: "was changed since". */
  readonly why: string;
  /** What the cell holds now, where that is the reason. */
  readonly now: Value | null;
}

/** What an undo knows of one row. */
export interface UndoAt {
  readonly link: Link;
  readonly readings: Sided<RowReading | null>;
  readonly setup: PairSetup;
  readonly canRestore: Sided<boolean>;
  /** One of the two rows has a link of its own by now. */
  readonly isTaken: boolean;
  /** Runs that came after the one that is taken back. */
  readonly laterRuns: ReadonlySet<RunId>;
}

export interface UndoneCells {
  readonly cells: readonly PlannedCell[];
  readonly kept: readonly Kept[];
}

/** First value before and last value after, for every cell the run wrote on a side. */
export function mergedFields(
  changes: readonly ChangeEntry[],
  side: Side,
): ReadonlyMap<string, CellChange> {
  const merged = new Map<string, CellChange>();
  for (const change of changes) {
    if (change.side !== side) continue;
    for (const [name, cell] of Object.entries(change.fields)) {
      const first = merged.get(name);
      merged.set(name, first === undefined ? cell : { ...cell, before: first.before });
    }
  }
  return merged;
}

/** Why a row cannot be written to, in the words of `Kept`; null when it can. */
export function whyNotLive(reading: RowReading | null): string | null {
  if (reading === null) return "could not be looked up";
  switch (reading.state) {
    case "live":
      return null;
    case "trashed":
      return "is in a row that is in the trash by now";
    case "gone":
      return "is in a row that is gone";
    case "left":
      return "is in a row that has left the table";
    case "unknown":
      return `is in a row that could not be read (${reading.why})`;
  }
}

export function undoneCells(
  fields: ReadonlyMap<string, CellChange>,
  side: Side,
  at: UndoAt,
): UndoneCells {
  const kept: Kept[] = [];
  const cells: PlannedCell[] = [];
  const reading = at.readings[side];
  const row = reading?.state === "live" ? reading.row : null;
  for (const [name, written] of fields) {
    const stay = (why: string, now: Value | null = null): void => {
      kept.push({ title: at.link.title, side, field: name, why, now });
    };
    // A run may have written to and fro: nothing of it is left to take back.
    if (isSame(written.before, written.after)) continue;
    const mapping = at.setup.mappings.find((entry) => entry.name === name) ?? null;
    const mark = at.setup.marks[side]?.field;
    // The mark is known by its field's own name; a field that is mapped no more is nobody's mark.
    const field = mapping?.fields[side] ?? (mark?.name === name ? mark : undefined);
    const away = whyNotLive(reading);
    const now = field === undefined ? undefined : row?.cells.get(field.id);
    if (away !== null) stay(away);
    else if (field === undefined || now === undefined) stay("is not synced any more");
    else if (now.kind === "unknown") stay("cannot be read now");
    else if (!means(mapping, side, [now, written.after])) stay("was changed since", now);
    else if (mapping !== null && !mayWrite(mapping, side)) {
      stay("may not be written any more, as the config stands now");
    } else {
      const source = mapping === null ? written.before : agreedOrShown(mapping, other(side), at);
      if (source === null) {
        stay("cannot be told from an edit: its counterpart could not be read");
        continue;
      }
      cells.push({
        mapping,
        field,
        before: now,
        after: written.before,
        source,
        rule: undoRule,
        isLossy: false,
        isBase: mapping !== null,
      });
    }
  }
  return { cells, kept };
}

/** A side's half of the base, or what it holds where a resync has forgotten that; null: nobody knows. */
function agreedOrShown(mapping: Mapping, side: Side, at: UndoAt): Value | null {
  const agreed = at.link.cells.get(mapping.key)?.[side];
  if (agreed !== undefined) return agreed;
  const reading = at.readings[side];
  const shown = reading?.state === "live" ? reading.row.cells.get(mapping.fields[side].id) : null;
  return shown === undefined || shown?.kind === "unknown" ? null : shown;
}

/** Whether two values of a side mean the same, in the words in which the two sides agree. */
function means(mapping: Mapping | null, side: Side, [one, two]: readonly [Value, Value]): boolean {
  const canon = mapping?.bridge.canon[side];
  return canon === undefined || two.kind === "unknown"
    ? isSame(one, two)
    : canon(one) === canon(two);
}

/**
 * Where both sides of a cell are put back, what the other side holds now is its half of the base until it
 * is written: the second call may never come, and what it leaves behind must not count as an edit.
 */
export function facing(made: Sided<readonly PlannedCell[]>): Sided<readonly PlannedCell[]> {
  let faced = made;
  for (const side of sides) {
    const cells = made[side].map((cell) => {
      const twin = made[other(side)].find((entry) => entry.mapping?.key === cell.mapping?.key);
      return cell.mapping === null || twin === undefined ? cell : { ...cell, source: twin.before };
    });
    faced = withSide(faced, side, cells);
  }
  return faced;
}

/**
 * Cells of a row in which somebody has been since the run: they hold what both sides did not agree on,
 * blank ones included, or a later run has carried something to them or from them.
 */
export function touchedFields(
  row: Row,
  side: Side,
  at: UndoAt & { readonly changes: readonly ChangeEntry[] },
): readonly string[] {
  const written = mergedFields(at.changes, other(side));
  return at.setup.mappings.flatMap((mapping) => {
    const now = row.cells.get(mapping.fields[side].id);
    const base = at.link.cells.get(mapping.key);
    const agreed = base?.[side];
    if (now === undefined) return [];
    if (now.kind === "unknown") return [mapping.name];
    const isCarriedLater = base !== undefined && at.laterRuns.has(base.run);
    // What an undo took back of the very run is this undo, cut off half-way, and nobody's edit.
    const isOurs = base?.rule === undoRule && written.has(mapping.name);
    if (isCarriedLater && !isOurs && !isPutBack(base, side, now)) return [mapping.name];
    const isAsAgreed = agreed === undefined ? isBlank(now) : isSame(now, agreed);
    return isAsAgreed ? [] : [mapping.name];
  });
}

/**
 * Whether an undo put that there, which is nobody's edit. What it left alone on this side is what it took
 * back from the other one: somebody's edit, unless it is a blank.
 */
function isPutBack(base: BaseCell, side: Side, now: Value): boolean {
  if (base.rule !== undoRule) return false;
  const before = base.previous?.[side];
  return isBlank(now) || before === undefined || !isSame(before, base[side]);
}
