// Which of two edits came later, and how sure that is. An edit is known only by an interval: after
// the last reading that did not show it, and before the first one that did. Row stamps narrow it, and
// where intervals overlap they give an estimate: a stamp belongs to the row, not to the cell.
import type { ConflictLabel } from "./entry.ts";
import type { Side, Sided } from "./side.ts";

/** When a cell's present value was entered: after `loMs`, at `hiMs` or before. */
export interface EditInterval {
  readonly loMs: number;
  readonly hiMs: number;
  /** The row's stamp, and the step it is rounded down to; null when the service gives none. */
  readonly stampMs: number | null;
  readonly stampStepMs: number;
}

export interface EditOrder {
  readonly later: Side;
  readonly label: Extract<ConflictLabel, "proven" | "estimated" | "tie">;
}

/** How far a service's clock may be off after correction by its own Date header. */
export const clockErrorMs = 5_000;
/** How long after a write a reading may still show what was there before. */
export const readLagMs = 15_000;
/** The side that wins when nobody can say. */
export const tieSide: Side = "left";

/**
 * `laterSaid` is what a service itself answered when it was asked whether its edit came after the
 * other one's stamp; null when it was not asked or cannot tell.
 */
export function orderEdits(edits: Sided<EditInterval>, laterSaid: Side | null): EditOrder {
  if (edits.left.hiMs + clockErrorMs <= edits.right.loMs)
    return { later: "right", label: "proven" };
  if (edits.right.hiMs + clockErrorMs <= edits.left.loMs) return { later: "left", label: "proven" };
  if (laterSaid !== null) return { later: laterSaid, label: "estimated" };
  const left = edits.left.stampMs;
  const right = edits.right.stampMs;
  if (left !== null && right !== null) {
    // A stamp says "at or after this, and less than a step later"; no step is finer than its unit.
    const step = (side: Side): number => Math.max(1, edits[side].stampStepMs);
    if (left + step("left") <= right) return { later: "right", label: "estimated" };
    if (right + step("right") <= left) return { later: "left", label: "estimated" };
  }
  return { later: tieSide, label: "tie" };
}
