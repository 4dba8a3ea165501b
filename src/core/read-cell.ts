// One side's cell as a reading showed it: how it stands to its half of the base, whether the reading
// can be believed, and when the value was entered. An edit keeps the time at which it was first seen
// until it is settled, whatever held it up.
import type { CellReading } from "./decide-cell.ts";
import type { BaseCell, Link, PendingEdit } from "./link.ts";
import { clockErrorMs, readLagMs, type EditInterval } from "./order.ts";
import type { ReconcileContext, RowFacts } from "./reconcile.ts";
import type { Row } from "./row.ts";
import type { Mapping } from "./setup.ts";
import type { Side } from "./side.ts";
import { isSame, unknown, valueKey, type Value } from "./value.ts";

/** Stamps may wobble by this much between two readings of one state (Airtable rounds them). */
const stampWobbleMs = 2_000;

/**
 * A reading that is older than one already accepted shows values that are no news. It is recognised
 * by its stamp, and only for as long as a stale reading can last: a stamp that went back for good
 * (somebody changed the stamp field) must not freeze the row for ever.
 */
export function isStaleRow(
  context: ReconcileContext,
  link: Link,
  at: { side: Side; row: Row },
): boolean {
  const accepted = link.stamps[at.side];
  if (accepted === null || at.row.stampMs === null) return false;
  if (at.row.stampMs + stampWobbleMs >= accepted) return false;
  const step = context.stampSteps[at.side] ?? 0;
  return context.nowMs[at.side] < accepted + step + readLagMs + clockErrorMs;
}

/**
 * The value a cell left a moment ago may be a stale reading of it, unless the row's stamp has moved
 * on. A person's undo is thereby put off for the settling time at most, never lost.
 */
function isFenced(
  context: ReconcileContext,
  link: Link,
  at: { side: Side; row: Row; base: BaseCell; value: Value },
): boolean {
  const { previous, replaced } = at.base;
  const left = [
    ...(previous === null ? [] : [previous[at.side]]),
    ...(replaced?.side === at.side ? [replaced.value] : []),
  ];
  if (!left.some((value) => isSame(value, at.value))) return false;
  const accepted = link.stamps[at.side];
  if (accepted !== null && at.row.stampMs !== null && at.row.stampMs > accepted) return false;
  return context.nowMs[at.side] < at.base.atMs + context.setup.policy.guards.settleMs;
}

export interface ReadCell {
  readonly value: Value;
  readonly reading: CellReading;
}

export function readCell(
  context: ReconcileContext,
  link: Link,
  at: {
    readonly side: Side;
    readonly row: Row;
    readonly mapping: Mapping;
    readonly isStale: boolean;
  },
): ReadCell {
  const value = at.row.cells.get(at.mapping.fields[at.side].id) ?? unknown("undecodable");
  if (value.kind === "unknown") return { value, reading: "unknown" };
  const base = link.cells.get(at.mapping.key);
  if (base === undefined) return { value, reading: "changed" };
  if (isSame(base[at.side], value)) return { value, reading: "same" };
  if (at.isStale || isFenced(context, link, { side: at.side, row: at.row, base, value })) {
    return { value, reading: "unknown" };
  }
  return { value, reading: "changed" };
}

export interface SeenCell {
  readonly mapping: Mapping;
  readonly side: Side;
  readonly cell: ReadCell;
  readonly row: Row;
}

/** Stands for a reading that showed no value: whatever comes after it may be older than it. */
const blindKey = "?";

/** The last moment at which a reading surely showed the cell as the base says; 0 when none did. */
function lastShownMs(
  base: BaseCell | undefined,
  at: { readonly side: Side; readonly facts: RowFacts; readonly context: ReconcileContext },
): number {
  if (base === undefined) return 0;
  // A row that was brought back since was not in the last listing, which so bounds nothing.
  const scannedAtMs = at.context.lastScans[at.side]?.startMs ?? 0;
  const shownAtMs = at.facts.link.wokenAtMs > scannedAtMs ? 0 : scannedAtMs;
  return Math.max(0, Math.max(shownAtMs, base.atMs) - readLagMs);
}

/** When the present value was entered, as far as readings and stamps tell. */
export function interval(seen: SeenCell, facts: RowFacts, context: ReconcileContext): EditInterval {
  const { mapping, side, cell, row } = seen;
  const base = facts.link.cells.get(mapping.key);
  const before = facts.link.pending[side].get(mapping.key);
  const isSameEdit = before !== undefined && before.key === valueKey(cell.value);
  // The last reading bounds an edit from below only where it showed this cell's value before the edit.
  const isBounded =
    before === undefined ||
    !(
      isSameEdit ||
      before.key === blindKey ||
      before.isUnseen === true ||
      cell.reading === "unknown"
    );
  const boundMs = isBounded ? lastShownMs(base, { side, facts, context }) : before.loMs;
  // Entered after it was shown: a clock was set while the last look or the base was stamped, and the
  // bound proves nothing.
  const loMs = boundMs > row.window.endMs ? 0 : boundMs;
  const stampStepMs = context.stampSteps[side] ?? 0;
  const stampHiMs = row.stampMs === null ? null : row.stampMs + stampStepMs + clockErrorMs;
  // Computed values change without moving the stamp: one that is too old is no witness of this edit.
  const isWitness = stampHiMs !== null && stampHiMs > loMs;
  const freshHiMs = isWitness ? Math.min(row.window.endMs, stampHiMs) : row.window.endMs;
  return {
    loMs,
    hiMs: isSameEdit ? Math.min(before.hiMs, freshHiMs) : freshHiMs,
    stampMs: isWitness ? row.stampMs : null,
    stampStepMs,
  };
}

/** What to remember of a cell until it is settled; null when it is as the base says, or has none. */
export function pendingEdit(
  seen: SeenCell,
  facts: RowFacts,
  context: ReconcileContext,
): PendingEdit | null {
  const { mapping, cell } = seen;
  if (!facts.link.cells.has(mapping.key) || cell.reading === "same") return null;
  const { loMs, hiMs } = interval(seen, facts, context);
  if (cell.reading === "unknown") return { key: blindKey, loMs, hiMs: Number.MAX_SAFE_INTEGER };
  return { key: valueKey(cell.value), loMs, hiMs };
}

/**
 * What to remember of a cell whose row was not shown at all: people may edit it while it is away, and the
 * listings without it say nothing of when. Null where nothing is to be compared with its counterpart.
 */
export function unseenEdit(
  mapping: Mapping,
  side: Side,
  { facts, context }: { readonly facts: RowFacts; readonly context: ReconcileContext },
): PendingEdit | null {
  const { link } = facts;
  const before = link.pending[side].get(mapping.key) ?? null;
  const base = link.cells.get(mapping.key);
  if (base === undefined || link.state !== "live" || before?.key === blindKey) return before;
  if (before !== null) return { ...before, isUnseen: true };
  const loMs = lastShownMs(base, { side, facts, context });
  return { key: blindKey, loMs, hiMs: Number.MAX_SAFE_INTEGER };
}
