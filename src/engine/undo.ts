// The inverse of a run, from its history and from what the services hold now: only what still is as the
// run left it is taken back. What an undo puts back is meant to stay: the restored value and the other
// side's become the base as they are, so neither counts as an edit (rule F13), and the next edit of
// either side flows again. Writes nothing; `undo-run.ts` does.
import type { ChangeEntry } from "../core/entry.ts";
import type { FoldContext } from "../core/fold.ts";
import type { LinkId, RecordId, RunId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { RowAction, RowPlan } from "../core/reconcile.ts";
import type { RowReading } from "../core/row.ts";
import type { PairSetup } from "../core/setup.ts";
import { sided, sides, type Side, type Sided } from "../core/side.ts";
import { SyncError } from "../errors.ts";
import type { EngineDeps } from "./deps.ts";
import type { LinkFate } from "./journal.ts";
import { wantedOf } from "./observe.ts";
import { freshState, prepareSetup } from "./prepare.ts";
import type { Kept } from "./undo-cells.ts";
import { undoRow } from "./undo-row.ts";

/** Rows that are linked or taken apart without a call. */
export interface LinkTurned {
  readonly link: Link;
  readonly turn: Exclude<LinkFate, null>;
}

export interface UndoPlan {
  readonly setup: PairSetup;
  readonly fold: FoldContext;
  /** One action each. */
  readonly plans: readonly RowPlan[];
  readonly fates: ReadonlyMap<RowAction, LinkFate>;
  readonly turns: readonly LinkTurned[];
  readonly kept: readonly Kept[];
  /** When the rows were read, on each service's clock. */
  readonly readAtMs: Sided<number>;
}

/** Throws `usage` when the run changed nothing. */
export async function planUndo(
  policy: PairPolicy,
  at: { readonly undone: RunId; readonly run: RunId },
  deps: EngineDeps,
): Promise<UndoPlan> {
  const changes = await changesOf(policy, at.undone, deps);
  const state = (await deps.store.loadPair(policy.id)) ?? freshState(policy);
  const { setup } = await prepareSetup(policy, state, deps);
  const byLink = Map.groupBy(changes, (change) => change.link);
  const links = await deps.store.loadLinks([...byLink.keys()]);
  const inDoubt = new Set((await deps.store.loadIntents(policy.id)).map((intent) => intent.link));
  const laterRuns = await runsAfter(at.undone, links, deps);
  const readAtMs = sided((side) => deps.connectors[side].nowMs());
  const readings = await readRows(links, byLink, { setup, deps });
  const canRestore = sided((side) => deps.connectors[side].capabilities.hasTrash);
  const fold: FoldContext = {
    setup,
    run: at.run,
    atMs: Math.max(readAtMs.left, readAtMs.right),
    toldAtMs: deps.nowMs(),
    canRestore,
    digest: deps.digest,
  };
  const kept: Kept[] = forgotten(byLink, links);
  const plans: RowPlan[] = [];
  const fates = new Map<RowAction, LinkFate>();
  const turns: LinkTurned[] = [];
  for (const link of links) {
    if (inDoubt.has(link.id)) {
      kept.push(rowKept(link.title, "has an earlier write in doubt; try again when it is settled"));
      continue;
    }
    const rows = readings.get(link.id) ?? { left: null, right: null };
    const isTaken = await isLinkedElsewhere(link, deps);
    const made = undoRow(byLink.get(link.id) ?? [], {
      link,
      readings: rows,
      setup,
      canRestore,
      isTaken,
      laterRuns,
    });
    kept.push(...made.kept);
    plans.push(...made.actions.map((action) => undoPlan(link, rows, action)));
    const { turn, by } = made.fate;
    if (by !== null) fates.set(by, turn);
    else if (turn !== null) turns.push({ link, turn });
  }
  return { setup, fold, plans, fates, turns, kept, readAtMs };
}

async function changesOf(
  policy: PairPolicy,
  undone: RunId,
  deps: EngineDeps,
): Promise<readonly ChangeEntry[]> {
  const query = { run: undone, pair: policy.id, types: ["change"] } as const;
  const changes = (await deps.store.loadEntries(query)).flatMap((entry) =>
    entry.body.type === "change" ? [entry.body] : [],
  );
  if (changes.length > 0) return changes;
  throw new SyncError({
    code: "usage",
    message: `The run ${undone} changed nothing in ${policy.id}, or is too long ago to be taken back.`,
    remedy: "List the runs with `tandem history`.",
  });
}

/** Of the runs that made the links' bases, those that began after this one. */
async function runsAfter(
  undone: RunId,
  links: readonly Link[],
  deps: EngineDeps,
): Promise<ReadonlySet<RunId>> {
  const record = await deps.store.loadRun(undone);
  const later = new Set<RunId>();
  if (record === null) return later;
  const runs = new Set(links.flatMap((link) => [...link.cells.values()].map((cell) => cell.run)));
  for (const run of runs) {
    const made = await deps.store.loadRun(run);
    if (made !== null && made.startedAtMs > record.startedAtMs) later.add(run);
  }
  return later;
}

function rowKept(title: string, why: string): Kept {
  return { title, side: null, field: null, why, now: null };
}

function forgotten(
  byLink: ReadonlyMap<LinkId, readonly ChangeEntry[]>,
  links: readonly Link[],
): Kept[] {
  const known = new Set(links.map((link) => link.id));
  return [...byLink].flatMap(([id, changes]) =>
    known.has(id) ? [] : [rowKept(changes[0]?.title ?? "", "is not known to the store any more")],
  );
}

/** Whether one of a parted link's rows belongs to another link by now. */
async function isLinkedElsewhere(link: Link, deps: EngineDeps): Promise<boolean> {
  if (link.state !== "detached") return false;
  for (const side of sides) {
    const id: RecordId | null = link.ids[side];
    const found = id === null ? null : await deps.store.findLink(link.pair, id);
    const isOther = found !== null && found.id !== link.id;
    if (isOther && found.state !== "detached" && found.state !== "tombstone") return true;
  }
  return false;
}

/**
 * Both rows where the row itself or its link was changed, or where a written cell has no base to say
 * what its counterpart held; else the sides that were written.
 */
function sidesToRead(
  changes: readonly ChangeEntry[],
  at: { readonly link: Link; readonly setup: PairSetup },
): readonly Side[] {
  const hasBase = (name: string): boolean => {
    const mapping = at.setup.mappings.find((entry) => entry.name === name);
    return mapping === undefined || at.link.cells.has(mapping.key);
  };
  const isWhole = changes.some(
    (change) => change.op !== "update" || !Object.keys(change.fields).every(hasBase),
  );
  return sides.filter((side) => isWhole || changes.some((change) => change.side === side));
}

async function readRows(
  links: readonly Link[],
  byLink: ReadonlyMap<LinkId, readonly ChangeEntry[]>,
  at: { readonly setup: PairSetup; readonly deps: EngineDeps },
): Promise<ReadonlyMap<LinkId, Sided<RowReading | null>>> {
  const found = new Map<LinkId, { left: RowReading | null; right: RowReading | null }>(
    links.map((link) => [link.id, { left: null, right: null }]),
  );
  for (const side of sides) {
    const wanted = links.filter((link) =>
      sidesToRead(byLink.get(link.id) ?? [], { link, setup: at.setup }).includes(side),
    );
    const ids = [...new Set(wanted.flatMap((link) => link.ids[side] ?? []))];
    if (ids.length === 0) continue;
    const readings = await at.deps.connectors[side].read(ids, wantedOf(at.setup, side), null);
    for (const link of wanted) {
      const id = link.ids[side];
      const rows = found.get(link.id);
      if (id !== null && rows !== undefined) rows[side] = readings.get(id) ?? null;
    }
  }
  return found;
}

function undoPlan(link: Link, rows: Sided<RowReading | null>, action: RowAction): RowPlan {
  return {
    link,
    rows,
    decision: { act: "cells", rule: "R5" },
    cells: [],
    actions: [action],
    turn: "none",
    watched: [],
    isArchiveMissing: false,
    refusal: null,
  };
}
