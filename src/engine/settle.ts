// What a plan changes without any call: cells that agree become base, edits that wait are remembered
// with their time, links turn, and open matters are listed for people. Stored before the first write;
// all of it was witnessed, whatever the writes come to.
import type { EntryBody, ProblemEntry } from "../core/entry.ts";
import { findingsOf } from "../core/findings.ts";
import { foldAdopted, foldSeen, sealed, woken, type FoldContext } from "../core/fold.ts";
import type { LinkId } from "../core/ids.ts";
import type { Link } from "../core/link.ts";
import type { RowPlan } from "../core/reconcile.ts";
import { holdsOf, isRowUnknown, type HoldReason } from "../core/report.ts";
import { scopeOf, withScope } from "../core/row-findings.ts";
import { sides } from "../core/side.ts";
import type { Conflict, StoreChange } from "../store/store.ts";
import { rowsOf } from "./assemble.ts";
import { turnEntry as linkEntry } from "./journal.ts";
import { openMatters, type ReportedMatter } from "./open-matters.ts";

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
  readonly holds: readonly HoldReason[];
  readonly rowsUnknown: number;
}

export function settle(input: SettleInput): Settled {
  const links = new Map<LinkId, Link>();
  const changes: StoreChange[] = [];
  const entries: EntryBody[] = [];
  const open: ReportedMatter[] = [];
  const holds: HoldReason[] = [];
  let [linked, unlinked, waiting, rowsUnknown] = [0, 0, 0, 0];
  for (const plan of input.plans) {
    const shown = underPresentTitle(plan);
    const found = findingsOf(shown);
    entries.push(...newProblems(plan, found.problems));
    entries.push(...found.conflicts.filter((entry) => entry.winner === null));
    open.push(...found.open.map((matter) => ({ plan: shown, matter })));
    if (found.isWaiting) waiting += 1;
    holds.push(...holdsOf(plan));
    if (isRowUnknown(plan)) rowsUnknown += 1;
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
  const matters = openMatters({ open, ...input });
  changes.push(...matters.changes);
  entries.push(...matters.entries);
  return { links, changes, entries, linked, unlinked, waiting, holds, rowsUnknown };
}

/** Without what was told already when the row left the scope. */
function newProblems(plan: RowPlan, problems: readonly ProblemEntry[]): readonly ProblemEntry[] {
  const isTold = plan.link.scopeTold !== undefined && plan.link.scopeTold === scopeOf(plan);
  return isTold ? problems.filter(({ code }) => code !== "out_of_scope") : problems;
}

/** What is told of a row names it as it is called now, and not as it was called a run ago. */
function underPresentTitle(plan: RowPlan): RowPlan {
  const rows = rowsOf(plan);
  const title = rows.left?.title ?? rows.right?.title ?? plan.link.title;
  return title === plan.link.title ? plan : { ...plan, link: { ...plan.link, title } };
}

function turned(plan: RowPlan, input: SettleInput): Link {
  let link = foldSeen(plan.link, [...plan.cells, ...plan.watched], rowsOf(plan));
  link = foldAdopted(link, plan.cells, input.fold);
  switch (plan.turn) {
    case "none":
    case "drop":
      break;
    case "revive":
      link = woken({ ...link, state: "live", archival: null }, input.fold.atMs);
      break;
    case "entomb":
      link = woken({ ...link, state: "tombstone", archival: null }, input.fold.atMs);
      break;
    case "detach":
      link = { ...link, state: "detached" };
      break;
  }
  const scope = scopeOf(plan);
  // Flagged, so that the row's return is seen although nobody edited it.
  if (scope !== null) return sealed({ ...withScope(link, scope), isFlagged: true }, input.fold);
  // A flag asks for one look; what is still open flags itself by not being as the base says.
  // A look that could not tell was none: a row just brought back out of the trash is asked again.
  const isUnclear = sides.some((side) => plan.rows[side]?.state === "unknown");
  const isDone = plan.decision.act !== "hold" && plan.actions.length === 0 && !isUnclear;
  const isLeft = plan.decision.act === "hold" || plan.decision.act === "recreate";
  const present = isLeft ? link : withScope(link, null);
  return sealed(isDone ? { ...present, isFlagged: false } : present, input.fold);
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
    one.scopeTold === two.scopeTold &&
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
