// Between a decision and its call: the journal entry that is stored before the call is sent, and what
// is stored once its outcome is known. Two transactions a call, and no state between them that the
// next run could not read.
import type { ChangeEntry, ChangeOp, EntryBody } from "../core/entry.ts";
import { isInherited, type FoldContext } from "../core/fold.ts";
import type { OpId, RunId } from "../core/ids.ts";
import type { Intent, IntentCell } from "../core/intent.ts";
import type { Link } from "../core/link.ts";
import type { RowAction, PlannedCell } from "../core/reconcile.ts";
import type { StoreChange } from "../store/store.ts";
import type { ConflictEntry } from "../core/entry.ts";
import { livesAgain } from "../core/put-away.ts";
import { other, withSide, type Side } from "../core/side.ts";
import { isBlank } from "../core/value.ts";

/** One action on one row, on its way. */
export interface Op {
  readonly id: OpId;
  readonly action: RowAction;
  readonly link: Link;
  readonly conflicts: readonly ConflictEntry[];
  readonly attempt: number;
}

function intentCell(cell: PlannedCell): IntentCell {
  return {
    name: cell.mapping?.name ?? cell.field.name,
    key: cell.mapping?.key ?? null,
    field: cell.field.id,
    before: cell.before,
    after: cell.after,
    source: cell.source,
    rule: cell.rule,
    isLossy: cell.isLossy,
    isBase: cell.isBase,
  };
}

export interface IntentAt {
  readonly run: RunId;
  readonly sentAtMs: number;
  /** What becomes of the link besides; see `LinkFate`. */
  readonly fate: LinkFate;
}

/** `part`: the two rows are taken apart. `join`: they belong together again. */
export type LinkFate = "part" | "join" | null;

export function makeIntent(op: Op, at: IntentAt): Intent {
  const { action, link } = op;
  const hasCells = action.kind === "update" || action.kind === "create";
  const row = link.ids[action.side];
  return {
    id: op.id,
    run: at.run,
    pair: link.pair,
    link: link.id,
    side: action.side,
    kind: action.kind,
    target: action.kind === "create" ? null : row,
    ...(action.kind === "create" && row !== null ? { replaces: row } : {}),
    cells: hasCells ? action.cells.map(intentCell) : [],
    marker: hasCells ? action.marker : null,
    archival: archivalOf(action),
    isParting: at.fate === "part",
    ...(at.fate === "join" ? { isJoining: true } : {}),
    ...(action.kind === "update" && action.archival === "lift" ? { isLift: true } : {}),
    title: link.title,
    conflicts: op.conflicts,
    sentAtMs: at.sentAtMs,
    attempt: op.attempt,
    status: "sent",
  };
}

function archivalOf(action: RowAction): Intent["archival"] {
  switch (action.kind) {
    case "update":
      return action.archival === "lift" ? null : action.archival;
    case "remove":
      return action.archival;
    case "create":
    case "restore":
      return null;
  }
}

/** A link whose intent was confirmed: taken apart, or put together, where that was the point. */
export function fated(link: Link, intent: Intent): Link {
  if (intent.isParting) return { ...link, state: "detached" };
  if (intent.isJoining !== true) return link;
  return livesAgain(link);
}

/** The history lines of a confirmed intent, as changes for the store. */
export function confirmEntries(
  intent: Intent,
  link: Link,
  context: FoldContext,
): readonly StoreChange[] {
  const bodies: EntryBody[] = intent.conflicts.map((entry) => ({ ...entry, ids: link.ids }));
  bodies.push(changeEntry(intent, link, context));
  if (intent.isParting) bodies.push(turnEntry(link, "unlink"));
  if (intent.isJoining === true) bodies.push(turnEntry(link, "link"));
  return bodies.map((body) => ({
    kind: "entry",
    entry: { run: intent.run, pair: intent.pair, atMs: context.toldAtMs, body },
  }));
}

/** The history line of rows that were linked or taken apart. Told on the right, without a call. */
export function turnEntry(link: Link, op: "link" | "unlink"): ChangeEntry {
  const { id, ids, title } = link;
  return { type: "change", op, side: "right", link: id, opId: null, ids, title, fields: {} };
}

/**
 * What a call which nobody can ask about any more may have written over: the edits that gave way to it,
 * and values that both sides never agreed on, such as what a copied row brought along. A confirmed write
 * tells those in its own line.
 */
export function loserEntries(
  intent: Intent,
  link: Link,
  context: FoldContext,
): readonly StoreChange[] {
  const told = new Set(intent.conflicts.map((entry) => entry.field));
  const others = intent.cells.filter(
    (cell) => !told.has(cell.name) && isNowhereElse(cell, { side: intent.side, link, context }),
  );
  const losers = [...intent.conflicts, ...others.map((cell) => loser(cell, intent))];
  return losers.map((entry) => ({
    kind: "entry",
    entry: {
      run: intent.run,
      pair: intent.pair,
      atMs: context.toldAtMs,
      body: { ...entry, ids: link.ids },
    },
  }));
}

/** Whether a cell held something that is no half of an agreed base, and so stands in no other place. */
function isNowhereElse(
  { before, key }: IntentCell,
  at: { readonly side: Side; readonly link: Link; readonly context: FoldContext },
): boolean {
  const { side, link, context } = at;
  const mapping = context.setup.mappings.find((entry) => entry.key === key);
  if (mapping === undefined || isBlank(before) || before.kind === "unknown") return false;
  const base = link.cells.get(mapping.key);
  if (base === undefined) return true;
  const canon = mapping.bridge.canon[side];
  return canon(base[side]) !== canon(before) || isInherited(base, mapping);
}

function loser(cell: IntentCell, intent: Intent): ConflictEntry {
  const wrote = { value: cell.source, atMs: null };
  return {
    type: "conflict",
    link: intent.link,
    ids: { left: null, right: null },
    title: intent.title,
    field: cell.name,
    base: null,
    values: withSide({ left: wrote, right: wrote }, intent.side, {
      value: cell.before,
      atMs: null,
    }),
    winner: other(intent.side),
    rule: cell.rule,
    label: "policy",
  };
}

/** What the history calls it. A write of the link marker alone is bookkeeping, and is told as `link`. */
function changeOp(intent: Intent, context: FoldContext): ChangeOp {
  switch (intent.kind) {
    case "create":
      return "create";
    case "remove":
      return context.canRestore[intent.side] ? "archive" : "delete";
    case "restore":
      return "restore";
    case "update":
      if (intent.archival !== null) return "archive";
      if (isLift(intent)) return "restore";
      return intent.cells.length === 0 ? "link" : "update";
  }
}

function changeEntry(intent: Intent, link: Link, context: FoldContext): ChangeEntry {
  return {
    type: "change",
    op: changeOp(intent, context),
    side: intent.side,
    link: link.id,
    opId: intent.id,
    ids: link.ids,
    title: link.title === "" ? intent.title : link.title,
    fields: Object.fromEntries(
      intent.cells.map((cell) => [
        cell.name,
        { before: cell.before, after: cell.after, rule: cell.rule },
      ]),
    ),
  };
}

/** An update that takes our archive mark off again. */
export function isLift(intent: Intent): boolean {
  return intent.isLift === true || intent.cells.some((cell) => cell.rule === "R15");
}

/** A call that makes a row, puts it away or brings it back, as against one that edits it. */
export function isMove(intent: Intent): boolean {
  return intent.kind !== "update" || intent.archival !== null || isLift(intent);
}
