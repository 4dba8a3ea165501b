// From two observed tables to a plan: which links need a look, what is known of their rows, which
// unlinked rows belong together, and what the core decides for each. Writes nothing anywhere.
import { must } from "../core/assert.ts";
import {
  reconcile,
  type Answer,
  type ReconcileContext,
  type RowFacts,
  type RowPlan,
} from "../core/reconcile.ts";
import type { CellKey, LinkId, RecordId } from "../core/ids.ts";
import { idText } from "../core/fingerprint.ts";
import { foldRowId } from "../core/fold.ts";
import { mayHaveMade } from "../core/intent.ts";
import type { Link } from "../core/link.ts";
import { matchRows, type Held } from "../core/match.ts";
import { liveRow, type Row, type RowReading } from "../core/row.ts";
import { other, sided, sides, type Side, type Sided } from "../core/side.ts";
import type { EngineDeps } from "./deps.ts";
import type { Observation } from "./observe.ts";
import type { Readings } from "./lookup.ts";
import type { Recovery } from "./recover.ts";

export interface Assembled {
  readonly plans: readonly RowPlan[];
  /** Links that do not exist in the store yet. */
  readonly newLinks: ReadonlySet<LinkId>;
  readonly held: readonly Held[];
}

export interface AssembleInput {
  readonly context: ReconcileContext;
  readonly observation: Observation;
  readonly readings: Readings;
  readonly recovery: Recovery;
  readonly isFirstRun: boolean;
  readonly answers: ReadonlyMap<LinkId, readonly Answer[]>;
}

/** Links that this run must look at: something of theirs was kept, is missing, or is open. */
export function candidateIds(
  observation: Observation,
  always: ReadonlySet<LinkId>,
): readonly LinkId[] {
  const ids: LinkId[] = [];
  for (const entry of observation.index.values()) {
    if (entry.state === "detached") continue;
    const isKept = sides.some((side) => {
      const id = entry.ids[side];
      return id !== null && observation.kept[side].has(id);
    });
    const isMissing =
      entry.state === "live" &&
      sides.some(
        (side) => observation.ends[side].isComplete && !observation.seen[side].has(entry.id),
      );
    const isOpen = entry.state === "creating" || entry.isFlagged || always.has(entry.id);
    if (isKept || isMissing || isOpen) ids.push(entry.id);
  }
  return ids;
}

export function assemble(input: AssembleInput, deps: EngineDeps): Assembled {
  const links = adoptStrays([...input.recovery.links.values()], input);
  const facts: RowFacts[] = links.map((link) => factsOf(link, input));
  const newLinks = new Set<LinkId>();
  const taken = takenRows(links);
  const isComplete = sides.every((side) => input.observation.ends[side].isComplete);
  const held: Held[] = [];
  if (isComplete) {
    const matched = matchRows({
      setup: input.context.setup,
      rows: sided((side) => unlinkedRows(side, input, taken)),
      linked: input.observation.byRow,
      isFirstRun: input.isFirstRun,
    });
    held.push(...matched.held);
    for (const pair of matched.pairs) {
      const link = newLink(input, deps, { left: pair.left, right: pair.right });
      newLinks.add(link.id);
      facts.push(freshFacts(link, { left: pair.left, right: pair.right }));
    }
    for (const entry of matched.fresh) {
      if (!input.context.setup.policy.creates[other(entry.side)]) continue;
      const rows = { left: null, right: null, [entry.side]: entry.row };
      const link = { ...newLink(input, deps, rows), isFlagged: entry.isCopy };
      newLinks.add(link.id);
      facts.push(freshFacts(link, rows));
    }
  }
  return { plans: facts.map((entry) => reconcile(entry, input.context)), newLinks, held };
}

function factsOf(link: Link, input: AssembleInput): RowFacts {
  const found = input.readings.get(link.id) ?? { left: null, right: null };
  const rows = sided((side): RowReading | null => {
    const id = link.ids[side];
    if (id === null) return null;
    const row = input.observation.kept[side].get(id);
    // What was read is about the row that the link had when the run began, and not about one that was
    // found to be in its place since: taken from the listing, or made by a call of an earlier run.
    const isTaken = input.observation.index.get(link.id)?.ids[side] !== id;
    return (isTaken ? null : found[side]) ?? (row === undefined ? null : { state: "live", row });
  });
  return {
    link,
    rows,
    isFrozen: input.recovery.frozen.has(link.id),
    answers: input.answers.get(link.id) ?? [],
    laterSaid: new Map<CellKey, Side>(),
  };
}

function freshFacts(link: Link, rows: Sided<Row | null>): RowFacts {
  return {
    link,
    rows: sided((side): RowReading | null => {
      const row = rows[side];
      return row === null ? null : { state: "live", row };
    }),
    isFrozen: false,
    answers: [],
    laterSaid: new Map<CellKey, Side>(),
  };
}

/** Plans made again, with what a service said about the order of edits. */
export function withOrder(
  plan: RowPlan,
  laterSaid: ReadonlyMap<CellKey, Side>,
  input: AssembleInput,
): RowPlan {
  const facts = factsOf(plan.link, input);
  return reconcile({ ...facts, rows: plan.rows, laterSaid }, input.context);
}

function newLink(input: AssembleInput, deps: EngineDeps, rows: Sided<Row | null>): Link {
  const isPair = rows.left !== null && rows.right !== null;
  return {
    id: deps.ids.link(),
    pair: input.context.setup.policy.id,
    ids: sided((side) => rows[side]?.id ?? null),
    state: isPair ? "live" : "creating",
    archival: null,
    title: rows.left?.title ?? rows.right?.title ?? "",
    cells: new Map(),
    pending: { left: new Map(), right: new Map() },
    hashes: { left: null, right: null },
    stamps: { left: null, right: null },
    ownStamps: { left: null, right: null },
    isFlagged: false,
    bornAtMs: deps.nowMs(),
    wokenAtMs: Math.max(input.context.nowMs.left, input.context.nowMs.right),
  };
}

function takenRows(links: readonly Link[]): Sided<ReadonlySet<RecordId>> {
  return sided((side) => new Set(links.flatMap((link) => link.ids[side] ?? [])));
}

function unlinkedRows(
  side: Side,
  input: AssembleInput,
  taken: Sided<ReadonlySet<RecordId>>,
): readonly Row[] {
  const { settleMs } = input.context.setup.policy.guards;
  const creates = input.recovery.awaited.filter((intent) => intent.side === side);
  const markers = awaitedOn(side, input);
  return [...input.observation.kept[side].values()].filter(
    (row) =>
      !input.observation.byRow[side].has(row.id) &&
      !taken[side].has(row.id) &&
      !input.recovery.adopted.has(row.id) &&
      // What a create in doubt may have made is not new.
      !creates.some((intent) => mayHaveMade(intent, row, settleMs)) &&
      !markers.has(idText(row.marker ?? "")),
  );
}

/**
 * Rows whose counterpart on `side` is being made by a call in doubt. Whatever carries their marker there
 * may be it, or the one it replaces, which somebody brought back: neither a copy nor new before the
 * call is settled, and taken then.
 */
function awaitedOn(side: Side, { recovery }: AssembleInput): ReadonlySet<string> {
  const creates = recovery.awaited.filter((intent) => intent.side === side);
  const sources = creates.flatMap(({ link }) => recovery.links.get(link)?.ids[other(side)] ?? []);
  return new Set(sources.map(idText));
}

/**
 * A link whose counterpart is still to be made, while an unlinked row already carries its marker: a
 * create that committed later than anybody waited for it. It is taken, not made again.
 */
function adoptStrays(links: readonly Link[], input: AssembleInput): readonly Link[] {
  const strays = sided((side) => {
    const rows = new Map<string, Row>();
    for (const row of input.observation.kept[side].values()) {
      const marker = idText(row.marker ?? "");
      if (marker === "" || input.observation.byRow[side].has(row.id)) continue;
      if (!input.recovery.adopted.has(row.id) && !rows.has(marker)) rows.set(marker, row);
    }
    return rows;
  });
  return links.map((link) => {
    const missing = input.recovery.frozen.has(link.id) ? null : missingSide(link, input);
    if (missing === null) return link;
    const source = must(link.ids[other(missing)], "a link without any row");
    const row = strays[missing].get(idText(source));
    return row === undefined ? link : foldRowId(link, missing, row.id);
  });
}

/** Where a link's row is to be made, for the first time or again; null where it is not. */
function missingSide(link: Link, input: AssembleInput): Side | null {
  switch (link.state) {
    case "creating":
      return link.ids.left === null ? "left" : "right";
    case "archived":
    case "tombstone": {
      const { rows } = factsOf(link, input);
      // What can be brought back is not made again: a stranger with its marker is a person's copy.
      const isGone = (side: Side): boolean =>
        !input.context.canRestore[side] &&
        (rows[side]?.state === "gone" || rows[side]?.state === "trashed");
      return sides.find((side) => isGone(side) && liveRow(rows[other(side)]) !== null) ?? null;
    }
    case "live":
    case "detached":
      return null;
  }
}

/** Both rows of a plan, where they were read. */
export function rowsOf(plan: RowPlan): Sided<Row | null> {
  return sided((side) => liveRow(plan.rows[side]));
}
