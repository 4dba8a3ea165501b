// What a plan changes without any call: cells that agree become base, edits that wait are remembered
// with their time, links turn, and open matters are listed for people. Stored before the first write;
// all of it was witnessed, whatever the writes come to.
import type { EntryBody } from "../core/entry.ts";
import type { OpenMatter } from "../core/finding.ts";
import { findingsOf } from "../core/findings.ts";
import { foldAdopted, foldSeen, sealed, type FoldContext } from "../core/fold.ts";
import type { LinkId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import type { RowPlan } from "../core/reconcile.ts";
import { sides } from "../core/side.ts";
import { valueKey, type Value } from "../core/value.ts";
import type { Conflict, StoreChange } from "../store/store.ts";
import { rowsOf } from "./assemble.ts";
import { turnEntry as linkEntry } from "./journal.ts";

export interface SettleInput {
  readonly plans: readonly RowPlan[];
  readonly newLinks: ReadonlySet<LinkId>;
  /** Conflicts in the store, open and answered. */
  readonly conflicts: readonly Conflict[];
  readonly fold: FoldContext;
  readonly conflictId: () => string;
}

export interface Settled {
  /** Links as stored now, by id; the writes start from these. */
  readonly links: ReadonlyMap<LinkId, Link>;
  readonly changes: readonly StoreChange[];
  /** History lines of what was settled and of what waits. */
  readonly entries: readonly EntryBody[];
  readonly linked: number;
  readonly unlinked: number;
  readonly waiting: number;
}

export function settle(input: SettleInput): Settled {
  const links = new Map<LinkId, Link>();
  const changes: StoreChange[] = [];
  const entries: EntryBody[] = [];
  const open: { readonly plan: RowPlan; readonly matter: OpenMatter }[] = [];
  let [linked, unlinked, waiting] = [0, 0, 0];
  for (const plan of input.plans) {
    const found = findingsOf(plan);
    entries.push(...found.problems, ...found.conflicts.filter((entry) => entry.winner === null));
    open.push(...found.open.map((matter) => ({ plan, matter })));
    if (found.isWaiting) waiting += 1;
    if (plan.turn === "drop") {
      if (!input.newLinks.has(plan.link.id)) changes.push({ kind: "link-drop", id: plan.link.id });
      continue;
    }
    const link = turned(plan, input);
    links.set(link.id, link);
    const isNewPair = input.newLinks.has(link.id) && link.state === "live";
    if (isNewPair) linked += 1;
    if (plan.turn === "detach") unlinked += 1;
    const told = turnEntry(plan, isNewPair);
    if (told !== null) entries.push(told);
    // A link that waits for its counterpart is stored with the journal entry of its create.
    if (link.state === "creating" && input.newLinks.has(link.id)) continue;
    if (isNewPair || !isSameLink(plan.link, link)) changes.push({ kind: "link", link });
  }
  changes.push(...conflictChanges(open, input));
  return { links, changes, entries, linked, unlinked, waiting };
}

function turned(plan: RowPlan, input: SettleInput): Link {
  let link = foldSeen(plan.link, [...plan.cells, ...plan.watched], rowsOf(plan));
  link = foldAdopted(link, plan.cells, input.fold);
  switch (plan.turn) {
    case "none":
    case "drop":
      break;
    case "revive":
      link = { ...link, state: "live", archival: null };
      break;
    case "entomb":
      link = { ...link, state: "tombstone", archival: null };
      break;
    case "detach":
      link = { ...link, state: "detached" };
      break;
  }
  // A flag asks for one look; what is still open flags itself by not being as the base says.
  const isDone = plan.decision.act !== "hold" && plan.actions.length === 0;
  return sealed(isDone ? { ...link, isFlagged: false } : link, input.fold);
}

function turnEntry(plan: RowPlan, isNewPair: boolean): EntryBody | null {
  if (!isNewPair && plan.turn !== "detach") return null;
  return linkEntry(plan.link, isNewPair ? "link" : "unlink");
}

/** Whether storing the link again would change nothing: a quiet run must leave no trace. */
function isSameLink(one: Link, two: Link): boolean {
  return (
    one.cells === two.cells &&
    one.state === two.state &&
    one.title === two.title &&
    one.isFlagged === two.isFlagged &&
    one.archival === two.archival &&
    sides.every(
      (side) =>
        one.ids[side] === two.ids[side] &&
        one.hashes[side] === two.hashes[side] &&
        one.stamps[side] === two.stamps[side] &&
        JSON.stringify([...one.pending[side]]) === JSON.stringify([...two.pending[side]]),
    )
  );
}

function matterKey(link: LinkId, matter: Pick<OpenMatter, "cell" | "kind">): string {
  return `${link} ${matter.cell ?? ""} ${matter.kind}`;
}

function conflictChanges(
  open: readonly { readonly plan: RowPlan; readonly matter: OpenMatter }[],
  input: SettleInput,
): readonly StoreChange[] {
  const changes: StoreChange[] = [];
  const known = new Map(
    input.conflicts
      .filter((conflict) => conflict.status === "open")
      .map((conflict) => [`${conflict.link} ${conflict.cell ?? ""} ${conflict.kind}`, conflict]),
  );
  for (const { plan, matter } of open) {
    const key = matterKey(plan.link.id, matter);
    const before = known.get(key);
    known.delete(key);
    const conflict: Conflict = {
      id: before?.id ?? input.conflictId(),
      pair: plan.link.pair,
      link: plan.link.id,
      kind: matter.kind,
      cell: matter.cell,
      field: matter.field,
      title: plan.link.title,
      base: matter.base,
      values: matter.values,
      sinceMs: before?.sinceMs ?? input.fold.atMs,
      run: before?.run ?? input.fold.run,
      status: "open",
      answer: null,
    };
    if (before === undefined || !isSameMatter(before, conflict)) {
      changes.push({ kind: "conflict", conflict });
    }
  }
  for (const stale of known.values()) {
    // Doubts about creates are opened and closed where they arise; all others end when unreported.
    if (stale.kind === "create-in-doubt") continue;
    // An answer about a cell is kept for the day the same three values meet again; one about a whole
    // row was for that day only.
    const isKept = stale.answer !== null && stale.cell !== null;
    const status = isKept ? "answered" : "closed";
    changes.push({ kind: "conflict", conflict: { ...stale, status } });
  }
  return changes;
}

function isSameMatter(one: Conflict, two: Conflict): boolean {
  const key = (value: Value | null): string | null => (value === null ? null : valueKey(value));
  return (
    one.title === two.title &&
    key(one.base) === key(two.base) &&
    sides.every((side) => key(one.values[side]) === key(two.values[side]))
  );
}
