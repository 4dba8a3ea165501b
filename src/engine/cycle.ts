// One sync of one pair: prepare, guard, settle, apply, and look once more where something came back.
// Plans are never resumed: what a killed run left behind is resolved from its journal, and everything
// else is derived again from what the services show.
import type { ConflictEntry, HaltEntry } from "../core/entry.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { RowPlan } from "../core/reconcile.ts";
import type { HoldReason } from "../core/report.ts";
import { sided, sides } from "../core/side.ts";
import type { PairState, StoreChange } from "../store/store.ts";
import { apply } from "./apply.ts";
import type { EngineDeps } from "./deps.ts";
import { doubtChanges } from "./doubt.ts";
import { listingProblems } from "./listing-problems.ts";
import { rowWords } from "./open-matters.ts";
import { prepare, unchangedIn, type Prepared } from "./prepare.ts";
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
import { isNews } from "./tally.ts";
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
  /** The pair as it is stored. */
  readonly state: PairState;
  /** What was released: for the whole run, however many looks it takes. */
  readonly approvals: PairState["approvals"];
  readonly restrict: Restrict | null;
}

async function passes(run: Run, first: Omit<Pass, "approvals">): Promise<HaltEntry | null> {
  let pass: Pass = { ...first, approvals: first.state.approvals };
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
  const released = { ...state, approvals: pass.approvals };
  const prepared = await prepare(run.policy, { state: released, run: run.id }, alive);
  run.prepared = prepared;
  run.plans = prepared.plans;
  deps.onPlanned?.(prepared.plans);
  await beforeCall(run);
  await deps.store.commit(run.lease, [
    {
      kind: "pair",
      pair: { ...state, resolved: prepared.resolved, lookedUpTo: prepared.lookedUpTo },
    },
    { kind: "run", run: runRecord(run, "running") },
    ...prepared.recovery.changes,
    ...doubtChanges(prepared, () => deps.ids.conflict()),
    ...listingProblems(prepared)
      .filter((body) => isNews(run.tally, body))
      .map((body) => entryChange(run, body)),
  ]);
  if (prepared.halt !== null) return { halt: prepared.halt, needsAnother: false, state };
  const links = await settleAll(run, prepared);
  const { works, isCut } = allowedWorks(prepared.plans, pass.restrict);
  const restoredBefore = restoredIn(run);
  await apply({
    works,
    sending: sendingOf(run, prepared, links),
    observation: prepared.observation,
    newLinks: prepared.newLinks,
    isFirstRun: prepared.state.firstSyncedAtMs === null,
    tally: run.tally,
    beforeCall: () => beforeCall(run),
  });
  const next = await saveObserved(run, state, { prepared, isCut });
  // A row that was brought back has cells to compare; one that could not be is not tried again.
  return { halt: null, needsAnother: restoredIn(run) > restoredBefore, state: next };
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
  tally.beginLook();
  const cut = cutListings(prepared);
  tally.waiting = settled.waiting + prepared.held.length + cut;
  for (const reason of settled.holds) tally.hold(reason);
  tally.hold("ambiguous", prepared.held.length);
  tally.rowsUnknown = settled.rowsUnknown;
  tally.compared = cut > 0 ? "cut" : "whole";
  if (cut > 0) tally.guards.add("incompleteListing");
  tally.writes.settledLate += prepared.recovery.confirmed;
  tally.noteConflicts(
    settled.entries.filter((body): body is ConflictEntry => body.type === "conflict"),
  );
  tally.unchanged = unchangedIn(prepared);
  const told = (isProblem: boolean): readonly StoreChange[] =>
    settled.entries
      .filter((body) => (body.type === "problem") === isProblem && isNews(tally, body))
      .map((body) => entryChange(run, body));
  // A link remembers what was told of it: cut off between two parts, that is told twice and not never.
  await commitInParts(run, [...told(true), ...settled.changes, ...told(false)]);
  return new Map(settled.links);
}

/** A listing that was cut short leaves it open whether both sides agree. */
function cutListings(prepared: Prepared): number {
  return sides.filter((side) => !prepared.observation.ends[side].isComplete).length;
}

/** `isCut`: some of the plan is left for another run. */
function allowedWorks(
  plans: readonly RowPlan[],
  restrict: Restrict | null,
): { readonly works: readonly Work[]; readonly isCut: boolean } {
  const all = worksOf(plans);
  if (restrict === null) return { works: all, isCut: false };
  const works = all.flatMap((work) => restrict(work) ?? []);
  const isCut = works.length < all.length || works.some((work) => !all.includes(work));
  return { works, isCut };
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
    words: rowWords(prepared.conflicts),
    deps: run.deps,
    links,
  };
}

function restoredIn({ tally }: Run): number {
  return tally.restored.left + tally.restored.right;
}

/** Holds that only a person ends: what was preferred is carried out all the same. */
const lastingHolds: ReadonlySet<HoldReason> = new Set([
  "ask",
  "drift",
  "undone",
  "editVersusDelete",
  "outOfScope",
]);

function isPreferenceDone({ tally }: Run): boolean {
  return tally.rowsUnknown === 0 && [...tally.holds.keys()].every((why) => lastingHolds.has(why));
}

async function saveObserved(
  run: Run,
  state: PairState,
  at: { readonly prepared: Prepared; readonly isCut: boolean },
): Promise<PairState> {
  const { prepared, isCut } = at;
  const { ends } = prepared.observation;
  // Where only a part of the plan was approved, the rest is still to be looked at by the same rules.
  const isWhole = ends.left.isComplete && ends.right.isComplete && !isCut;
  const isAmbiguous = prepared.held.some((row) => row.code === "duplicate_key");
  const next: PairState = {
    ...state,
    resolved: prepared.resolved,
    lookedUpTo: prepared.lookedUpTo,
    // Rows that nobody can tell apart are still matched by key next time: as new ones they would be
    // doubled.
    firstSyncedAtMs: state.firstSyncedAtMs ?? (isWhole && !isAmbiguous ? run.deps.nowMs() : null),
    lastScans: sided((side) => (ends[side].isComplete ? ends[side].window : state.lastScans[side])),
    // A preference lasts until a run has carried it out everywhere.
    prefer: isWhole && isPreferenceDone(run) ? null : state.prefer,
    halted: null,
    approvals: isCut ? state.approvals : [],
  };
  await run.deps.store.commit(run.lease, [{ kind: "pair", pair: next }]);
  return next;
}
