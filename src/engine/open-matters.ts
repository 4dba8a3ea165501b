// What waits for a person, kept up from run to run: matters that are reported are opened or stay open,
// others are closed, and an answered one is remembered for the day the same three values meet again.
// A matter that this run could not look into stays as it is: silence is no settlement. So does a word
// about a whole row whose call is still to be sent: nobody is asked twice because a run was killed.
import type { EntryBody } from "../core/entry.ts";
import type { OpenMatter } from "../core/finding.ts";
import type { FoldContext } from "../core/fold.ts";
import type { LinkId } from "../core/ids.ts";
import type { RowPlan } from "../core/reconcile.ts";
import { sides } from "../core/side.ts";
import { valueKey, type Value } from "../core/value.ts";
import type { Conflict, StoreChange } from "../store/store.ts";

export interface ReportedMatter {
  readonly plan: RowPlan;
  readonly matter: OpenMatter;
}

export interface OpenMattersInput {
  readonly open: readonly ReportedMatter[];
  readonly plans: readonly RowPlan[];
  /** Conflicts in the store, open and answered. */
  readonly conflicts: readonly Conflict[];
  readonly fold: FoldContext;
  readonly conflictId: () => string;
}

export interface OpenMatters {
  readonly changes: readonly StoreChange[];
  readonly entries: readonly EntryBody[];
}

function keyOf(link: LinkId, matter: Pick<OpenMatter | Conflict, "cell" | "kind">): string {
  return `${link} ${matter.cell ?? ""} ${matter.kind}`;
}

export function openMatters(input: OpenMattersInput): OpenMatters {
  const changes: StoreChange[] = [];
  const entries: EntryBody[] = [];
  const known = new Map<string, Conflict>();
  for (const conflict of input.conflicts) {
    if (conflict.status === "open") known.set(keyOf(conflict.link, conflict), conflict);
  }
  for (const reported of input.open) {
    const key = keyOf(reported.plan.link.id, reported.matter);
    const before = known.get(key) ?? null;
    known.delete(key);
    const conflict = conflictOf(reported, before, input);
    const isSame = before !== null && isSameMatter(before, conflict);
    // Reported although it was answered: the answer could not be carried out, and is asked for again.
    const isUnheard = isSame && before.answer !== null;
    if (isUnheard) entries.push(unheard(reported, before));
    if (!isSame || isUnheard || before.title !== conflict.title) {
      changes.push({ kind: "conflict", conflict });
    }
  }
  const plans = new Map(input.plans.map((plan) => [plan.link.id, plan]));
  for (const stale of known.values()) {
    // Doubts about creates are opened and closed where they arise.
    if (stale.kind === "create-in-doubt" || isUnseen(stale, plans.get(stale.link))) continue;
    if (isUnderWay(stale, plans.get(stale.link))) continue;
    // An answer about a cell is kept for the day the same three values meet again; one about a whole
    // row was for that day only.
    const isKept = stale.answer !== null && stale.cell !== null;
    const status = isKept ? "answered" : "closed";
    changes.push({ kind: "conflict", conflict: { ...stale, status } });
  }
  return { changes, entries };
}

/** Whether this run could not judge the matter: a frozen, unread or unreadable row or cell. */
function isUnseen(conflict: Conflict, plan: RowPlan | undefined): boolean {
  if (plan === undefined) return false;
  const { decision } = plan;
  if (decision.act === "hold" && decision.why !== "edit-vs-delete") return true;
  const cell = plan.cells.find((entry) => entry.mapping.key === conflict.cell);
  return cell?.decision.act === "hold" && cell.decision.why === "unknown";
}

/** Whether the call that follows from a word about a whole row is in the plan. It closes the matter. */
function isUnderWay(conflict: Conflict, plan: RowPlan | undefined): boolean {
  if (plan === undefined || !isRowWord(conflict)) return false;
  if (plan.link.state !== "live" || plan.actions.length === 0) return false;
  const { act } = plan.decision;
  return act === "archive" || act === "restore" || act === "recreate";
}

/** A person's word on which of two counts: that a row was removed, or that the other was edited. */
function isRowWord(conflict: Conflict): boolean {
  return conflict.kind === "edit-vs-delete" && conflict.answer !== null;
}

/** The words about whole rows, by link. */
export function rowWords(conflicts: readonly Conflict[]): ReadonlyMap<LinkId, Conflict> {
  return new Map(conflicts.filter(isRowWord).map((conflict) => [conflict.link, conflict]));
}

function conflictOf(
  { plan, matter }: ReportedMatter,
  before: Conflict | null,
  input: OpenMattersInput,
): Conflict {
  return {
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
}

function unheard({ plan, matter }: ReportedMatter, before: Conflict): EntryBody {
  const cell = plan.cells.find((entry) => entry.mapping.key === matter.cell);
  const why = plan.refusal ?? cell?.refusal ?? null;
  return {
    type: "problem",
    side: cell?.refusedSide ?? null,
    ids: plan.link.ids,
    field: matter.field,
    code: "answer_refused",
    message: `The answer to ${before.id} ("${plan.link.title}") could not be carried out${why === null ? "" : `: ${why}`}.`,
    remedy: "It is asked again: `tandem conflicts`.",
  };
}

/** The same row's title may have changed since; the three values are what an answer is about. */
function isSameMatter(one: Conflict, two: Conflict): boolean {
  const key = (value: Value | null): string | null => (value === null ? null : valueKey(value));
  const isSameRow = one.cell === null && one.kind === two.kind;
  return (
    key(one.base) === key(two.base) &&
    sides.every(
      (side) =>
        key(one.values[side]) === key(two.values[side]) ||
        // Of a whole row the values are titles: only which side has a row counts.
        (isSameRow && one.values[side] !== null && two.values[side] !== null),
    )
  );
}
