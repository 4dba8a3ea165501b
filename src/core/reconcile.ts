// The three-way decision for one link: what both sides hold, what they last agreed on, and what
// follows. It returns a plan and touches nothing, so a preview, a test and a real run share it.
import {
  planCells,
  isRowEdited,
  watchCells,
  type CellPlan,
  type WatchedCell,
} from "./plan-cells.ts";
import { decideRow, type RowDecision, type RowEvidence } from "./decide-row.ts";
import type { CellKey } from "./ids.ts";
import { idText } from "./fingerprint.ts";
import type { Archival, Link } from "./link.ts";
import type { ReadWindow, Row, RowReading } from "./row.ts";
import { mappingsFrom, type Mapping, type PairSetup } from "./setup.ts";
import { other, sided, sides, withSide, type Side, type Sided } from "./side.ts";
import { isBlank, isSame, valueKey, type Value } from "./value.ts";

/** A person's decision, good only while base and both values are what they were when it was taken. */
export interface Answer {
  readonly cell: CellKey | null;
  readonly base: Value | null;
  readonly values: Sided<Value | null>;
  readonly keep: Side | "both" | { readonly value: Value };
}

export interface RowFacts {
  readonly link: Link;
  /** Null: the link has no row on that side, or nothing made it necessary to look. */
  readonly rows: Sided<RowReading | null>;
  readonly isFrozen: boolean;
  readonly answers: readonly Answer[];
  /** What a service said about which edit came later, where it was asked. */
  readonly laterSaid: ReadonlyMap<CellKey, Side>;
}

export interface ReconcileContext {
  readonly setup: PairSetup;
  readonly prefer: Side | "newer" | null;
  readonly lastScans: Sided<ReadWindow | null>;
  readonly stampSteps: Sided<number | null>;
  readonly canRestore: Sided<boolean>;
  readonly nowMs: Sided<number>;
}

export interface PlannedCell {
  readonly mapping: Mapping | null;
  readonly field: Mapping["fields"]["left"];
  readonly before: Value;
  readonly after: Value;
  /** The value behind it on the other side: becomes that half of the base. */
  readonly source: Value;
  readonly rule: string;
  /** The target holds less than the source. */
  readonly isLossy: boolean;
  /** Whether success makes this pair of values the base. Not for a merge that writes both sides. */
  readonly isBase: boolean;
}

/** One call's worth of work on one row. */
export type RowAction =
  | {
      readonly kind: "update";
      readonly side: Side;
      readonly cells: readonly PlannedCell[];
      /** New marker text, or null to leave it. */
      readonly marker: string | null;
      /** Set when the update puts the row away, or takes the mark off again. */
      readonly archival: Archival | "lift" | null;
    }
  | {
      readonly kind: "create";
      readonly side: Side;
      readonly cells: readonly PlannedCell[];
      readonly marker: string | null;
    }
  | { readonly kind: "remove"; readonly side: Side; readonly archival: Archival }
  | { readonly kind: "restore"; readonly side: Side };

/** A change of the link itself that needs no call. */
export type LinkTurn = "none" | "revive" | "entomb" | "detach" | "drop";

export interface RowPlan {
  readonly link: Link;
  readonly rows: Sided<RowReading | null>;
  readonly decision: RowDecision;
  readonly cells: readonly CellPlan[];
  /** Cells of a row that waits or rests, for their edits' times only. */
  readonly watched: readonly WatchedCell[];
  readonly actions: readonly RowAction[];
  readonly turn: LinkTurn;
  /** The removal has no way of being carried out, because the user never said how. */
  readonly isArchiveMissing: boolean;
}

export function liveRow(reading: RowReading | null): Row | null {
  return reading?.state === "live" ? reading.row : null;
}

export function reconcile(facts: RowFacts, context: ReconcileContext): RowPlan {
  const { link } = facts;
  const decision = decideRow({
    state: link.state,
    rows: sided((side) => evidence(facts.rows[side], link.ids[side] === null)),
    // Matters only to a row without its counterpart, and costs a look at every cell.
    isEdited: sided((side) => {
      const row = liveRow(facts.rows[side]);
      if (row === null || liveRow(facts.rows[other(side)]) !== null) return false;
      return isRowEdited(context, { link, side, row });
    }),
    archival: archivalState(facts),
    canRestore: context.canRestore,
    isFrozen: facts.isFrozen,
    deletes: context.setup.policy.deletes,
    answer: removalAnswer(facts),
  });
  return carryOut(facts, context, decision);
}

function evidence(reading: RowReading | null, hasNoRow: boolean): RowEvidence {
  if (reading === null) return hasNoRow ? "none" : "unknown";
  switch (reading.state) {
    case "live":
      return "live";
    case "trashed":
    case "gone":
      return "removed";
    case "left":
      return "away";
    case "unknown":
      return "unknown";
  }
}

function archivalState(facts: RowFacts) {
  const { archival } = facts.link;
  if (archival === null) return null;
  if (archival.how.kind === "removed") {
    return { side: archival.side, by: "removal", isMarkSet: false } as const;
  }
  const value = liveRow(facts.rows[archival.side])?.cells.get(archival.how.field);
  // Judged by the mark that was set, whatever the config says by now; a cell that was not read cannot
  // be judged, and so counts as still marked.
  const isMarkSet = value === undefined || isSame(value, archival.how.value);
  return { side: archival.side, by: "mark", isMarkSet } as const;
}

/** A person's answer to "removed here, edited there": which row's fate wins. */
function removalAnswer(facts: RowFacts): "keep" | "remove" | null {
  // Good for the case it was asked about only: this row removed, that one edited.
  const answer = facts.answers.find(
    (entry) =>
      entry.cell === null &&
      sides.every((side) => (entry.values[side] === null) === (liveRow(facts.rows[side]) === null)),
  );
  if (answer === undefined || (answer.keep !== "left" && answer.keep !== "right")) return null;
  return liveRow(facts.rows[answer.keep]) === null ? "remove" : "keep";
}

function carryOut(facts: RowFacts, context: ReconcileContext, decision: RowDecision): RowPlan {
  const { link } = facts;
  const plan = (part: Partial<RowPlan>): RowPlan => ({
    link,
    rows: facts.rows,
    decision,
    cells: [],
    watched: [],
    actions: [],
    turn: "none",
    isArchiveMissing: false,
    ...part,
  });
  switch (decision.act) {
    case "nothing":
    case "hold": {
      const rows = sided((side) => liveRow(facts.rows[side]));
      return plan({ watched: watchCells(rows, facts, context) });
    }
    case "entomb":
      return plan({ turn: "entomb" });
    case "detach":
      return plan({ turn: "detach" });
    case "drop":
      return plan({ turn: "drop" });
    case "cells":
      return cellsPlan(facts, context, plan);
    case "revive":
      return { ...cellsPlan(facts, context, plan), turn: "revive" };
    case "archive": {
      const action = archiveAction(facts, context.setup, decision);
      return action === null ? plan({ isArchiveMissing: true }) : plan({ actions: [action] });
    }
    case "restore": {
      const actions = restoreActions(facts, context.setup, decision.side);
      // The marked field is gone, and its mark with it: the row lives again as it stands.
      if (actions.length === 0) return { ...cellsPlan(facts, context, plan), turn: "revive" };
      return plan({ actions });
    }
    case "recreate":
      return createPlan(facts, context, { plan, side: decision.side });
  }
}

function cellsPlan(
  facts: RowFacts,
  context: ReconcileContext,
  plan: (part: Partial<RowPlan>) => RowPlan,
): RowPlan {
  const rows = { left: liveRow(facts.rows.left), right: liveRow(facts.rows.right) };
  if (rows.left === null || rows.right === null) return plan({});
  const cells = planCells({ left: rows.left, right: rows.right }, facts, context);
  const actions = (["right", "left"] as const).flatMap((side) => {
    const planned = cells.flatMap((cell) => cell.writes.filter((write) => write.side === side));
    const marker = markerFix(facts.link, context.setup, {
      side,
      marker: rows[side]?.marker ?? null,
    });
    if (planned.length === 0 && marker === null) return [];
    const action: RowAction = {
      kind: "update",
      side,
      cells: planned.map((write) => write.cell),
      marker,
      archival: null,
    };
    return [action];
  });
  return plan({ cells, actions });
}

/**
 * The marker a row should carry, when it carries another one. The right marker is kept up in every
 * row. The left one is written by the create call alone, and mended only where it names a wrong row,
 * as it does in a copied page: writing it everywhere would cost one call a row.
 */
export function markerFix(
  link: Link,
  setup: PairSetup,
  at: { readonly side: Side; readonly marker: string | null },
): string | null {
  const wanted = link.ids[other(at.side)];
  if (setup.markers[at.side] === null || wanted === null) return null;
  const present = idText(at.marker ?? "");
  if (at.side === "left" && present === "") return null;
  return present === idText(wanted) ? null : wanted;
}

function archiveAction(
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

function restoreActions(facts: RowFacts, setup: PairSetup, side: Side): readonly RowAction[] {
  const { archival } = facts.link;
  if (archival?.how.kind !== "marked" || archival.side !== side) return [{ kind: "restore", side }];
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

function createPlan(
  facts: RowFacts,
  context: ReconcileContext,
  made: { readonly plan: (part: Partial<RowPlan>) => RowPlan; readonly side: Side },
): RowPlan {
  const { setup } = context;
  const source = liveRow(facts.rows[other(made.side)]);
  if (source === null) return made.plan({});
  if (!setup.policy.creates[made.side]) return made.plan({});
  const refused: CellPlan[] = [];
  const cells = mappingsFrom(setup, other(made.side)).flatMap((mapping) => {
    const value = source.cells.get(mapping.fields[other(made.side)].id);
    if (value === undefined || value.kind === "unknown" || isBlank(value)) return [];
    const carried = mapping.bridge.carry(made.side, value);
    if (carried.kind === "refused") {
      refused.push(refusedCell(mapping, { side: made.side, value, why: carried.why }));
      return [];
    }
    const cell: PlannedCell = {
      mapping,
      field: mapping.fields[made.side],
      before: { kind: "empty" },
      after: carried.value,
      source: value,
      rule: made.side === "right" ? "R1" : "R2",
      isLossy: carried.isLossy,
      isBase: true,
    };
    return valueKey(carried.value) === "" ? [] : [cell];
  });
  const marker = setup.markers[made.side] === null ? null : facts.link.ids[other(made.side)];
  const action: RowAction = { kind: "create", side: made.side, cells, marker };
  const link = unpaired(facts.link, made.side);
  return made.plan({ link, cells: refused, actions: [action] });
}

/** A link whose row on `side` is to be made anew: nothing that was agreed with the old one counts. */
function unpaired(link: Link, side: Side): Link {
  if (link.ids[side] === null) return link;
  return {
    ...link,
    ids: withSide(link.ids, side, null),
    state: "creating",
    archival: null,
    cells: new Map(),
    pending: { left: new Map(), right: new Map() },
  };
}

function refusedCell(
  mapping: Mapping,
  at: { readonly side: Side; readonly value: Value; readonly why: string },
): CellPlan {
  const empty: Value = { kind: "empty" };
  return {
    mapping,
    base: null,
    values:
      at.side === "right" ? { left: at.value, right: empty } : { left: empty, right: at.value },
    decision: { act: "hold", rule: "F19", why: "refused" },
    refusal: at.why,
    refusedSide: at.side,
    writes: [],
    loser: null,
    label: "held",
    times: { left: null, right: null },
    pending: { left: null, right: null },
  };
}
