// Takes back what a run wrote, cell by cell, where the cell still holds it. What an undo puts back is
// meant to stay: the restored value and the other side's become the base as they are, so neither
// counts as an edit, and the next edit of either side flows again.
import type { ChangeEntry, Entry } from "../core/entry.ts";
import { undoRule, type FoldContext } from "../core/fold.ts";
import type { LinkId, RunId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { PlannedCell, RowAction, RowPlan } from "../core/reconcile.ts";
import type { Row, RowReading } from "../core/row.ts";
import type { PairSetup } from "../core/setup.ts";
import { other, sided, sides, type Side } from "../core/side.ts";
import { isBlank, isSame, type Value } from "../core/value.ts";
import { SyncError } from "../errors.ts";
import type { EngineDeps } from "./deps.ts";
import { wantedOf } from "./observe.ts";
import { freshState, prepareSetup } from "./prepare.ts";

/** Something of the run that stays as it is, and why. */
export interface Kept {
  readonly title: string;
  readonly field: string | null;
  readonly why: string;
}

export interface UndoPlan {
  readonly setup: PairSetup;
  readonly fold: FoldContext;
  readonly plans: readonly RowPlan[];
  /** Links that part when their action is done: otherwise the next run would do it all again. */
  readonly parting: ReadonlySet<LinkId>;
  readonly kept: readonly Kept[];
}

/** The inverse of a run, from its history and what the services hold now. Writes nothing. */
export async function planUndo(
  policy: PairPolicy,
  at: { readonly undone: RunId; readonly run: RunId },
  deps: EngineDeps,
): Promise<UndoPlan> {
  const entries = await deps.store.loadEntries({
    run: at.undone,
    pair: policy.id,
    types: ["change"],
  });
  const changes = entries.flatMap((entry: Entry) =>
    entry.body.type === "change" ? [entry.body] : [],
  );
  if (changes.length === 0) {
    throw new SyncError({
      code: "usage",
      message: `The run ${at.undone} changed nothing in ${policy.id}, or is not known.`,
      remedy: "List the runs with `tandem history`.",
    });
  }
  const state = (await deps.store.loadPair(policy.id)) ?? freshState(policy);
  const { setup } = await prepareSetup(policy, state, deps);
  const links = new Map(
    (await deps.store.loadLinks(changes.map((change) => change.link))).map((l) => [l.id, l]),
  );
  const readings = await readTargets(changes, links, { setup, deps });
  const canRestore = sided((side) => deps.connectors[side].capabilities.hasTrash);
  const fold: FoldContext = {
    setup,
    run: at.run,
    atMs: Math.max(deps.connectors.left.nowMs(), deps.connectors.right.nowMs()),
    toldAtMs: deps.nowMs(),
    canRestore,
    digest: deps.digest,
  };
  const kept: Kept[] = [];
  const parting = new Set<LinkId>();
  const plans: RowPlan[] = [];
  // Newest first: where a run wrote a cell twice, the last value is the one that is there.
  for (const change of changes.toReversed()) {
    const link = links.get(change.link);
    if (link === undefined) continue;
    const reading = readings.get(`${change.side} ${change.link}`) ?? null;
    const made = invert(change, { link, reading, setup, canRestore: canRestore[change.side] });
    kept.push(...made.kept);
    if (made.action === null) continue;
    if (made.isParting) parting.add(link.id);
    plans.push(undoPlan(link, change.side, { action: made.action, reading }));
  }
  return { setup, fold, plans: facing(plans), parting, kept };
}

function cellOf(link: LinkId, side: Side, cell: PlannedCell): string {
  return `${link} ${side} ${cell.mapping?.key ?? ""}`;
}

/** Where both sides of a cell are put back, each is the other's half of the base. */
function facing(plans: readonly RowPlan[]): readonly RowPlan[] {
  const put = new Map<string, Value>();
  for (const { link, actions } of plans) {
    for (const action of actions) {
      if (action.kind !== "update") continue;
      for (const cell of action.cells) put.set(cellOf(link.id, action.side, cell), cell.after);
    }
  }
  return plans.map((plan) => ({
    ...plan,
    actions: plan.actions.map((action) => {
      if (action.kind !== "update") return action;
      const cells = action.cells.map((cell) => ({
        ...cell,
        source: put.get(cellOf(plan.link.id, other(action.side), cell)) ?? cell.source,
      }));
      return { ...action, cells };
    }),
  }));
}

async function readTargets(
  changes: readonly ChangeEntry[],
  links: ReadonlyMap<LinkId, Link>,
  at: { readonly setup: PairSetup; readonly deps: EngineDeps },
): Promise<ReadonlyMap<string, RowReading>> {
  const found = new Map<string, RowReading>();
  for (const side of sides) {
    const targets = changes.filter((change) => change.side === side);
    const ids = targets.flatMap((change) => links.get(change.link)?.ids[side] ?? []);
    if (ids.length === 0) continue;
    const unique = [...new Set(ids)];
    const readings = await at.deps.connectors[side].read(unique, wantedOf(at.setup, side), null);
    for (const change of targets) {
      const id = links.get(change.link)?.ids[side];
      const reading = id === undefined || id === null ? undefined : readings.get(id);
      if (reading !== undefined) found.set(`${side} ${change.link}`, reading);
    }
  }
  return found;
}

function undoPlan(
  link: Link,
  side: Side,
  at: { readonly action: RowAction; readonly reading: RowReading | null },
): RowPlan {
  return {
    link,
    rows: sided((entry) => (entry === side ? at.reading : null)),
    decision: { act: "cells", rule: "R5" },
    cells: [],
    actions: [at.action],
    turn: "none",
    watched: [],
    isArchiveMissing: false,
  };
}

interface Inverted {
  readonly action: RowAction | null;
  readonly isParting: boolean;
  readonly kept: readonly Kept[];
}

interface InvertAt {
  readonly link: Link;
  readonly reading: RowReading | null;
  readonly setup: PairSetup;
  readonly canRestore: boolean;
}

function invert(change: ChangeEntry, at: InvertAt): Inverted {
  const stay = (why: string): Inverted => ({
    action: null,
    isParting: false,
    kept: [{ title: change.title, field: null, why }],
  });
  switch (change.op) {
    case "link":
    case "unlink":
      return { action: null, isParting: false, kept: [] };
    case "delete":
      return stay("it was deleted for good; restore it in the service's own trash");
    case "create":
      return invertCreate(change, at, stay);
    case "restore":
      if (Object.keys(change.fields).length > 0) return invertCells(change, at);
      return stay("it was brought back from the trash; put it there by hand");
    case "update":
      return invertCells(change, at);
    case "archive":
      if (at.link.archival?.how.kind === "marked")
        return { ...invertCells(change, at), isParting: true };
      if (!at.canRestore || at.reading?.state !== "trashed")
        return stay("it is not in the trash any more");
      return { action: { kind: "restore", side: change.side }, isParting: true, kept: [] };
  }
}

/** A created row goes the way the config says rows go, and only if nobody has touched it since. */
function invertCreate(
  change: ChangeEntry,
  at: InvertAt,
  stay: (why: string) => Inverted,
): Inverted {
  const { side } = change;
  if (at.reading?.state !== "live") return stay("the created row is not there any more");
  const cells = invertCells(change, at);
  if (cells.kept.length > 0 || isTouched(at.reading.row, side, at)) {
    return stay("the created row was edited since");
  }
  const mark = at.setup.marks[side];
  if (mark !== null) {
    const before = at.reading.row.cells.get(mark.field.id) ?? { kind: "empty" as const };
    const cell = plainCell(mark.field, { before, after: mark.value, source: mark.value });
    const action: RowAction = { kind: "update", side, cells: [cell], marker: null, archival: null };
    return { action, isParting: true, kept: [] };
  }
  const archival = { side, how: { kind: "removed" } } as const;
  return { action: { kind: "remove", side, archival }, isParting: true, kept: [] };
}

/** Whether a row holds anything that both sides did not agree on, blank cells included. */
function isTouched(row: Row, side: Side, at: InvertAt): boolean {
  return at.setup.mappings.some((mapping) => {
    const now = row.cells.get(mapping.fields[side].id);
    const agreed = at.link.cells.get(mapping.key)?.[side];
    if (now === undefined) return false;
    if (now.kind === "unknown") return true;
    return agreed === undefined ? !isBlank(now) : !isSame(now, agreed);
  });
}

function plainCell(
  field: PlannedCell["field"],
  values: Pick<PlannedCell, "before" | "after" | "source">,
): PlannedCell {
  return { mapping: null, field, ...values, rule: undoRule, isLossy: false, isBase: false };
}

function invertCells(change: ChangeEntry, at: InvertAt): Inverted {
  const { side } = change;
  const kept: Kept[] = [];
  const cells: PlannedCell[] = [];
  const row = at.reading?.state === "live" ? at.reading.row : null;
  for (const [name, written] of Object.entries(change.fields)) {
    const mapping = at.setup.mappings.find((entry) => entry.name === name);
    const field = mapping?.fields[side] ?? at.setup.marks[side]?.field;
    const now = field === undefined ? undefined : row?.cells.get(field.id);
    if (field === undefined || now === undefined) {
      kept.push({ title: change.title, field: name, why: "the cell is not there any more" });
      continue;
    }
    const canon = mapping?.bridge.canon[side];
    const isUntouched =
      now.kind !== "unknown" &&
      (canon === undefined ? isSame(now, written.after) : canon(now) === canon(written.after));
    if (!isUntouched) {
      kept.push({ title: change.title, field: name, why: "it was changed since" });
      continue;
    }
    if (mapping === undefined) {
      cells.push(plainCell(field, { before: now, after: written.before, source: written.before }));
      continue;
    }
    const source: Value = at.link.cells.get(mapping.key)?.[other(side)] ?? written.before;
    cells.push({
      mapping,
      field,
      before: now,
      after: written.before,
      source,
      rule: undoRule,
      isLossy: false,
      isBase: true,
    });
  }
  const action: RowAction | null =
    cells.length === 0 ? null : { kind: "update", side, cells, marker: null, archival: null };
  return { action, isParting: false, kept };
}
