// One sync of one pair: prepare, guard, settle, apply, and look once more where something came back.
// Plans are never resumed: what a killed run left behind is resolved from its journal, and everything
// else is derived again from what the services show.
import type { HaltEntry } from "../core/entry.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { RowPlan } from "../core/reconcile.ts";
import { sided, sides } from "../core/side.ts";
import type { PairState } from "../store/store.ts";
import { apply } from "./apply.ts";
import type { EngineDeps } from "./deps.ts";
import { doubtChanges } from "./doubt.ts";
import { listingProblems } from "./listing-problems.ts";
import { prepare, type Prepared } from "./prepare.ts";
import {
  beforeCall,
  commitInParts,
  entryChange,
  inRun,
  runRecord,
  type PairRun,
  type Run,
  type RunOptions,
} from "./run.ts";
import { quarantineKey, type Sending } from "./sending.ts";
import { settle } from "./settle.ts";
import { worksOf, type Work } from "./work.ts";

/** Cuts a plan down to what was approved before; null drops a work. */
export type Restrict = (work: Work) => Work | null;

/** Passes one run may take: a row brought back needs a second look at its cells. */
const passesMax = 3;

export function syncPair(
  policy: PairPolicy,
  options: RunOptions & { readonly restrict: Restrict | null },
  deps: EngineDeps,
): Promise<PairRun> {
  return inRun(policy, options, {
    deps,
    body: (run, state) => passes(run, { state, restrict: options.restrict }),
  });
}

interface Pass {
  readonly state: PairState;
  readonly restrict: Restrict | null;
}

async function passes(run: Run, first: Pass): Promise<HaltEntry | null> {
  let pass = first;
  for (let count = 1; count <= passesMax; count += 1) {
    const outcome = await onePass(run, pass);
    if (outcome.halt !== null) return outcome.halt;
    if (!outcome.needsAnother) return null;
    pass = { ...pass, state: outcome.state };
  }
  return null;
}

interface PassOutcome {
  readonly halt: HaltEntry | null;
  readonly needsAnother: boolean;
  readonly state: PairState;
}

async function onePass(run: Run, pass: Pass): Promise<PassOutcome> {
  const { deps } = run;
  const { state } = pass;
  const alive = { ...deps, onAlive: () => beforeCall(run) };
  const prepared = await prepare(run.policy, { state, run: run.id }, alive);
  run.prepared = prepared;
  run.plans = prepared.plans;
  await beforeCall(run);
  await deps.store.commit(run.lease, [
    { kind: "pair", pair: { ...state, resolved: prepared.resolved } },
    { kind: "run", run: runRecord(run, "running") },
    ...prepared.recovery.changes,
    ...doubtChanges(prepared, () => deps.ids.conflict()),
    ...listingProblems(prepared).map((body) => entryChange(run, body)),
  ]);
  if (prepared.halt !== null) return { halt: prepared.halt, needsAnother: false, state };
  const links = await settleAll(run, prepared);
  const works = allowedWorks(prepared.plans, pass.restrict);
  await apply({
    works,
    sending: sendingOf(run, prepared, links),
    observation: prepared.observation,
    newLinks: prepared.newLinks,
    tally: run.tally,
    beforeCall: () => beforeCall(run),
  });
  const next = await saveObserved(run, state, prepared);
  return { halt: null, needsAnother: needsAnotherLook(works), state: next };
}

async function settleAll(run: Run, prepared: Prepared): Promise<Sending["links"]> {
  const { tally, deps } = run;
  const settled = settle({
    plans: prepared.plans,
    newLinks: prepared.newLinks,
    conflicts: prepared.conflicts,
    fold: prepared.fold,
    conflictId: () => deps.ids.conflict(),
  });
  tally.linked += settled.linked;
  tally.unlinked += settled.unlinked;
  // What waited at an earlier look of this run is counted anew by this one.
  tally.waiting = settled.waiting + prepared.held.length + cutListings(prepared);
  tally.conflicts += settled.entries.filter((body) => body.type === "conflict").length;
  tally.unchanged = Math.max(0, prepared.observation.index.size - prepared.plans.length);
  await commitInParts(run, [
    ...settled.changes,
    ...settled.entries.map((body) => entryChange(run, body)),
  ]);
  return new Map(settled.links);
}

/** A listing that was cut short leaves it open whether both sides agree. */
function cutListings(prepared: Prepared): number {
  return sides.filter((side) => !prepared.observation.ends[side].isComplete).length;
}

function allowedWorks(plans: readonly RowPlan[], restrict: Restrict | null): readonly Work[] {
  const works = worksOf(plans);
  return restrict === null ? works : works.flatMap((work) => restrict(work) ?? []);
}

function sendingOf(run: Run, prepared: Prepared, links: Sending["links"]): Sending {
  return {
    setup: prepared.setup,
    fold: prepared.fold,
    lease: run.lease,
    quarantine: new Map(
      prepared.quarantine.map((entry) => [quarantineKey(entry.link, entry.side), entry]),
    ),
    attempts: new Map(prepared.intents.map((intent) => [intent.link, intent.attempt])),
    deps: run.deps,
    links,
  };
}

/** A row brought back has cells to compare. */
function needsAnotherLook(works: readonly Work[]): boolean {
  return works.some(
    ({ action }) =>
      action.kind === "restore" || (action.kind === "update" && action.archival === "lift"),
  );
}

async function saveObserved(run: Run, state: PairState, prepared: Prepared): Promise<PairState> {
  const { ends } = prepared.observation;
  const isWhole = ends.left.isComplete && ends.right.isComplete;
  const isAmbiguous = prepared.held.some((row) => row.code === "duplicate_key");
  const next: PairState = {
    ...state,
    resolved: prepared.resolved,
    // Rows that nobody can tell apart are still matched by key next time: as new ones they would be
    // doubled.
    firstSyncedAtMs: state.firstSyncedAtMs ?? (isWhole && !isAmbiguous ? run.deps.nowMs() : null),
    lastScans: sided((side) => (ends[side].isComplete ? ends[side].window : state.lastScans[side])),
    // A preference lasts until a run has carried it out everywhere.
    prefer: isWhole && run.tally.waiting + run.tally.failed === 0 ? null : state.prefer,
    halted: null,
    approvals: [],
  };
  await run.deps.store.commit(run.lease, [{ kind: "pair", pair: next }]);
  return next;
}
