// A row put away, and brought back as it was: by a mark in a field of its own, or by the service's trash.
import type { Archival, Link } from "./link.ts";
import type { PlannedCell, RowAction, RowFacts } from "./reconcile.ts";
import { liveRow } from "./row.ts";
import type { PairSetup } from "./setup.ts";
import type { Side } from "./side.ts";

/** Null where nobody said how rows are put away on that side. */
export function archiveAction(
  facts: RowFacts,
  setup: PairSetup,
  decided: { readonly side: Side; readonly rule: string },
): RowAction | null {
  const { policy } = setup;
  const { side, rule } = decided;
  const how = policy.deletes === "delete" ? ({ kind: "remove" } as const) : policy.archive[side];
  if (how === null) return null;
  if (how.kind === "remove") {
    return { kind: "remove", side, archival: { side, how: { kind: "removed" } } };
  }
  const mark = setup.marks[side];
  if (mark === null) return null;
  const before = liveRow(facts.rows[side])?.cells.get(mark.field.id) ?? { kind: "empty" as const };
  const cell: PlannedCell = {
    mapping: null,
    field: mark.field,
    before,
    after: mark.value,
    source: mark.value,
    rule,
    isLossy: false,
    isBase: false,
  };
  const archival: Archival = {
    side,
    how: { kind: "marked", field: mark.field.id, before, value: mark.value },
  };
  return { kind: "update", side, cells: [cell], marker: null, archival };
}

/** None where the field that was marked is gone. */
export function restoreActions(
  facts: RowFacts,
  setup: PairSetup,
  side: Side,
): readonly RowAction[] {
  const { archival } = facts.link;
  if (archival?.how.kind !== "marked" || archival.side !== side) return [{ kind: "restore", side }];
  // Somebody threw the marked row away besides: in the trash it takes no edit, so it comes back first.
  if (liveRow(facts.rows[side]) === null) return [{ kind: "restore", side }];
  const { how } = archival;
  // By the field that was marked, whatever the config says of archives by now.
  const field = setup.schemas[side].fields.find((entry) => entry.id === how.field);
  if (field === undefined || !field.isWritable) return [];
  const cell: PlannedCell = {
    mapping: null,
    field,
    before: how.value,
    after: how.before,
    source: how.before,
    rule: "R15",
    isLossy: false,
    isBase: false,
  };
  return [{ kind: "update", side, cells: [cell], marker: null, archival: "lift" }];
}

/**
 * The link after its row on `side` came back from the trash. One that we had marked still carries the
 * mark, and stays archived until the next look lifts it.
 */
export function broughtBack(link: Link, side: Side): Link {
  const { archival } = link;
  const isMarked = archival?.how.kind === "marked" && archival.side === side;
  return isMarked ? { ...link, isFlagged: true } : livesAgain(link);
}

/** The link of two rows that are both meant to live again; the next look compares their cells. */
export function livesAgain(link: Link): Link {
  return { ...link, state: "live", archival: null, isFlagged: true };
}
