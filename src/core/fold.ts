// Outcomes into the base. The base moves only on witnessed agreement: both sides were read equal, or
// one was read and the other's write was confirmed. What was merely intended never gets here.
import { agrees, isUnchosen } from "./bridge.ts";
import { plainText } from "./carry/text.ts";
import { baseFingerprint } from "./fingerprint.ts";
import type { CellKey, RecordId, RunId } from "./ids.ts";
import type { Intent, IntentCell } from "./intent.ts";
import { undoRule, type BaseCell, type Link, type PendingEdit } from "./link.ts";
import type { CellPlan, WatchedCell } from "./plan-cells.ts";
import type { Row } from "./row.ts";
import { sourceSide, type Mapping, type PairSetup } from "./setup.ts";
import { other, sided, sides, withSide, type Side, type Sided } from "./side.ts";
import { empty, isBlank, isSame, type Value } from "./value.ts";

export interface FoldContext {
  readonly setup: PairSetup;
  readonly run: RunId;
  /** Now, on the services' clock: what bases and journal entries are stamped with. */
  readonly atMs: number;
  /** Now, on our own clock: what history entries are stamped with. */
  readonly toldAtMs: number;
  /** Whether a removed row can be brought back on that side. */
  readonly canRestore: Sided<boolean>;
  /** A short digest of a fingerprint. */
  readonly digest: (content: string) => string;
}

/** A link with its hashes made to fit its base, ready to be saved. */
export function sealed(link: Link, context: FoldContext): Link {
  return {
    ...link,
    hashes: sided((side) =>
      link.ids[side] === null ? null : context.digest(baseFingerprint(context.setup, side, link)),
    ),
  };
}

function withBase(
  link: Link,
  at: {
    readonly key: CellKey;
    readonly values: Sided<Value>;
    readonly rule: string;
    readonly lossySide: Side | null;
    /** Set for a confirmed write into a row that was there: where, and what stood there. */
    readonly wrote?: { readonly side: Side; readonly value: Value };
    /** When the two were witnessed, where that was earlier than now. */
    readonly atMs?: number;
  },
  context: FoldContext,
): Link {
  const before = link.cells.get(at.key);
  const { wrote } = at;
  const isKnown =
    wrote === undefined || (before !== undefined && isSame(before[wrote.side], wrote.value));
  const cell: BaseCell = {
    left: at.values.left,
    right: at.values.right,
    rev: (before?.rev ?? 0) + 1,
    lossySide: at.lossySide,
    atMs: Math.min(context.atMs, at.atMs ?? context.atMs),
    rule: at.rule,
    run: context.run,
    previous: before === undefined ? null : { left: before.left, right: before.right },
    ...(isKnown ? {} : { replaced: wrote }),
  };
  return {
    ...link,
    cells: new Map(link.cells).set(at.key, cell),
    pending: sided((side) => without(link.pending[side], at.key)),
  };
}

function without(
  pending: ReadonlyMap<CellKey, PendingEdit>,
  key: CellKey,
): ReadonlyMap<CellKey, PendingEdit> {
  // Stryker disable next-line ConditionalExpression: a copy holds the same.
  if (!pending.has(key)) return pending;
  const rest = new Map(pending);
  rest.delete(key);
  return rest;
}

/** The side that holds less than the other, judged by carrying each half over. */
function lossyHalf(mapping: Mapping, values: Sided<Value>): Side | null {
  const toRight = mapping.bridge.carry("right", values.left);
  // Stryker disable next-line ConditionalExpression: what is refused loses nothing.
  if (toRight.kind === "value" && toRight.isLossy) return "right";
  const toLeft = mapping.bridge.carry("left", values.right);
  // Stryker disable next-line ConditionalExpression: nor this way.
  return toLeft.kind === "value" && toLeft.isLossy ? "left" : null;
}

/** Takes over the cells whose two readings agree. */
export function foldAdopted(link: Link, cells: readonly CellPlan[], context: FoldContext): Link {
  let next = link;
  for (const cell of cells) {
    if (cell.decision.act !== "adopt") continue;
    const lossySide = lossyHalf(cell.mapping, cell.values);
    const at = { key: cell.mapping.key, values: cell.values, rule: cell.decision.rule, lossySide };
    next = withBase(next, at, context);
  }
  return next;
}

/** Remembers when edits that are still open were entered, and the newest stamps seen. */
export function foldSeen(link: Link, cells: readonly WatchedCell[], rows: Sided<Row | null>): Link {
  const pending = sided((side) => {
    const open = new Map(link.pending[side]);
    for (const cell of cells) {
      const edit = cell.pending[side];
      if (edit === null) open.delete(cell.mapping.key);
      else open.set(cell.mapping.key, edit);
    }
    return open;
  });
  const stamps = sided((side) => laterStamp(link.stamps[side], rows[side]?.stampMs ?? null));
  return { ...link, pending, stamps, title: rows.left?.title ?? rows.right?.title ?? link.title };
}

export function laterStamp(one: number | null, two: number | null): number | null {
  if (one === null || two === null) return one ?? two;
  return Math.max(one, two);
}

/**
 * A confirmed write. `row` is what the service gave back; null when all that is known is that the
 * intended values are there. For an adopted create the journal's values count, not what the row holds
 * now: a person may have edited it since, and that edit must not vanish into the base.
 */
export function foldConfirmed(
  link: Link,
  intent: Intent,
  row: Row | null,
  context: FoldContext,
): Link {
  const { side } = intent;
  let next = link;
  for (const cell of intent.cells) next = foldCell(next, { intent, cell, row }, context);
  next = { ...next, title: writtenTitle(intent, row, context) ?? next.title };
  // Looked at by the next run, which puts it before a person.
  if (intent.cells.some((cell) => cell.rule === undoRule)) next = { ...next, isFlagged: true };
  if (row !== null) {
    next = {
      ...next,
      stamps: withSide(next.stamps, side, laterStamp(next.stamps[side], row.stampMs)),
      ownStamps: withSide(next.ownStamps, side, row.stampMs ?? next.ownStamps[side]),
    };
  }
  return next;
}

/** What a write made the row's title; null where it left it alone. The left title names the link. */
function writtenTitle(intent: Intent, row: Row | null, { setup }: FoldContext): string | null {
  if (intent.side !== "left") return null;
  const cell = intent.cells.find(({ key }) =>
    setup.mappings.some((mapping) => mapping.key === key && mapping.fields.left.isTitle),
  );
  return cell === undefined ? null : (row?.title ?? plainText(cell.after));
}

function foldCell(
  link: Link,
  at: { readonly intent: Intent; readonly cell: IntentCell; readonly row: Row | null },
  context: FoldContext,
): Link {
  const { intent, cell, row } = at;
  const mapping = context.setup.mappings.find((entry) => entry.key === cell.key);
  if (mapping === undefined || !cell.isBase) return link;
  const returned = row?.cells.get(cell.field);
  const target = returned === undefined || returned.kind === "unknown" ? cell.after : returned;
  const values: Sided<Value> =
    intent.side === "left"
      ? { left: target, right: cell.source }
      : { left: cell.source, right: target };
  // A service that stored something else than it was sent holds a lesser copy of the source. What an
  // undo put back differs on purpose, and may be edited like anything else.
  const isLossy = cell.isLossy || !agrees(mapping.bridge, values.left, values.right);
  const lossySide = isLossy && cell.rule !== undoRule ? intent.side : null;
  const wrote = intent.kind === "update" ? { side: intent.side, value: cell.before } : null;
  // What a later run found done was read when it was sent: either side may have been edited since.
  const atMs = row === null ? intent.sentAtMs : context.atMs;
  const base = { key: mapping.key, values, rule: cell.rule, lossySide, atMs };
  return withBase(link, wrote === null ? base : { ...base, wrote }, context);
}

/**
 * After a confirmed create: cells that were blank on the source, and so were not sent, agree when the
 * new row shows them as meaning the same.
 */
export function foldBlanks(
  link: Link,
  rows: {
    readonly side: Side;
    readonly source: Row;
    readonly made: Row;
    /** The row was found by a later run: people may have written into either since. Default: no. */
    readonly isLate?: boolean;
  },
  context: FoldContext,
): Link {
  let next = link;
  for (const mapping of context.setup.mappings) {
    if (next.cells.has(mapping.key)) continue;
    const source = rows.source.cells.get(mapping.fields[other(rows.side)].id);
    const made = rows.made.cells.get(mapping.fields[rows.side].id);
    if (source === undefined || made === undefined) continue;
    const values =
      rows.side === "left" ? { left: made, right: source } : { left: source, right: made };
    if (!agrees(mapping.bridge, values.left, values.right)) {
      // Only what nobody can write is surely the new row's own by then.
      if (rows.isLate === true && mapping.fields[rows.side].isWritable) continue;
      next = foldInherited(next, { mapping, side: rows.side, values }, context);
      continue;
    }
    const lossySide = lossyHalf(mapping, values);
    next = withBase(next, { key: mapping.key, values, rule: "F14", lossySide }, context);
  }
  return next;
}

/**
 * What the source holds in a field it only receives cannot be about a row that was made just now: a
 * copied row brings the original's address along. It was there before the new row had anything, and
 * with that as the base the new row's own value replaces it. A default option is no such value: nobody
 * chose it, and what a person wrote beside it waits for an answer.
 */
function foldInherited(
  link: Link,
  at: { readonly mapping: Mapping; readonly side: Side; readonly values: Sided<Value> },
  context: FoldContext,
): Link {
  const { mapping, side, values } = at;
  if (sourceSide(mapping) !== side) return link;
  if (sides.some((one) => isBlank(values[one]) || values[one].kind === "unknown")) return link;
  if (isUnchosen(mapping.bridge, side, values[side])) return link;
  const base = withSide(values, side, empty);
  return withBase(link, { key: mapping.key, values: base, rule: "F14", lossySide: null }, context);
}

/**
 * Whether a base was made of what a copied row brought along: the other half is blank, and nobody ever
 * agreed on the two. What an undo left differs on purpose, and was told by it.
 */
export function isInherited(base: BaseCell, { bridge }: Mapping): boolean {
  if (base.rule === undoRule || base.lossySide !== null) return false;
  const isHalf = sides.some((side) => isBlank(base[side]));
  return isHalf && !agrees(bridge, base.left, base.right);
}

/** The link after a row of it came or went: what now seems otherwise may be an old reading. */
export function woken(link: Link, atMs: number): Link {
  return { ...link, wokenAtMs: Math.max(link.wokenAtMs, atMs) };
}

/** The link once the row on `side` is known. Nothing that was agreed with one it replaces counts. */
export function foldRowId(link: Link, side: Side, id: RecordId): Link {
  const made: Link = { ...link, ids: withSide(link.ids, side, id), state: "live", archival: null };
  if (link.ids[side] === null) return made;
  return { ...made, cells: new Map(), pending: { left: new Map(), right: new Map() } };
}
