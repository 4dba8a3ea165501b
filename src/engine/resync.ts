// Begin again: every base of the pair is forgotten, and taken anew from cells that agree. No service
// is written to. What differs waits, or is settled by the next sync as the person prefers.
import type { HaltEntry } from "../core/entry.ts";
import { anyType } from "../core/field-lookup.ts";
import { sided, type Side } from "../core/side.ts";
import type { PairState, StoreChange } from "../store/store.ts";
import { listingProblems } from "./listing-problems.ts";
import { prepare } from "./prepare.ts";
import { beforeCall, commitInParts, entryChange, runRecord, type Run } from "./run.ts";
import { settle } from "./settle.ts";

export async function resyncBody(
  run: Run,
  at: { readonly state: PairState; readonly prefer: Side | "newer" | null },
): Promise<HaltEntry | null> {
  const { deps, lease } = run;
  // Fields may have changed on purpose, and are looked up anew.
  const state: PairState = { ...at.state, resolved: lookedUpAnew(at.state), prefer: null };
  // First of all, so that a run after a kill settles what is without a base as the person prefers.
  await deps.store.commit(lease, [{ kind: "pair", pair: { ...state, prefer: at.prefer } }]);
  await forgetBases(run);
  if (at.prefer !== null) await forgetAnswers(run);
  const prepared = await prepare(run.policy, { state, run: run.id }, deps);
  run.prepared = prepared;
  run.plans = prepared.plans;
  await beforeCall(run);
  await deps.store.commit(lease, [
    { kind: "pair", pair: { ...state, resolved: prepared.resolved, prefer: at.prefer } },
    { kind: "run", run: runRecord(run, "running") },
    ...prepared.recovery.changes,
    ...listingProblems(prepared).map((body) => entryChange(run, body)),
  ]);
  if (prepared.halt?.guard === "emptySide") return prepared.halt;
  const settled = settle({
    plans: prepared.plans,
    newLinks: prepared.newLinks,
    conflicts: prepared.conflicts,
    fold: prepared.fold,
    conflictId: () => deps.ids.conflict(),
  });
  run.tally.linked = settled.linked;
  run.tally.waiting = settled.waiting;
  for (const reason of settled.holds) run.tally.hold(reason);
  run.tally.rowsUnknown = settled.rowsUnknown;
  await commitInParts(run, [
    ...settled.changes,
    ...settled.entries.map((body) => entryChange(run, body)),
  ]);
  return null;
}

/** By their names in the config first; a field whose name is gone is still known by its id. */
function lookedUpAnew(state: PairState): PairState["resolved"] {
  if (state.resolved === null) return null;
  const { resolved } = state;
  return sided((side) => ({
    ...resolved[side],
    fields: resolved[side].fields.map((field) => ({ ...field, type: anyType })),
  }));
}

/** Of rows that are both there. What is known of others tells a restored row from a new one. */
async function forgetBases(run: Run): Promise<void> {
  const { deps, policy } = run;
  const index = await deps.store.loadLinkIndex(policy.id);
  const live = index.filter((entry) => entry.state === "live");
  const links = await deps.store.loadLinks(live.map((entry) => entry.id));
  const bare = links.map((link) => ({
    kind: "link" as const,
    link: {
      ...link,
      cells: new Map(),
      pending: { left: new Map(), right: new Map() },
      hashes: { left: null, right: null },
    },
  }));
  await commitInParts(run, bare);
}

/** What is preferred for every cell is a person's latest word, and older answers about single cells go. */
async function forgetAnswers(run: Run): Promise<void> {
  const conflicts = await run.deps.store.loadConflicts(run.policy.id, ["open", "answered"]);
  const changes = conflicts.flatMap((conflict): StoreChange[] => {
    if (conflict.cell === null || conflict.answer === null) return [];
    const status = conflict.status === "open" ? "open" : "closed";
    return [{ kind: "conflict", conflict: { ...conflict, status, answer: null } }];
  });
  await commitInParts(run, changes);
}
