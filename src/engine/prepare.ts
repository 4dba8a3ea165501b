// Everything a run does before it may write: read the pair's state, look at both schemas, list both
// tables, resolve what earlier runs left open, and plan. A preview stops here.
import type { HaltEntry } from "../core/entry.ts";
import { guardListing, guardPlan } from "../core/guard.ts";
import type { FoldContext } from "../core/fold.ts";
import type { LinkId, RunId } from "../core/ids.ts";
import type { Intent } from "../core/intent.ts";
import type { Held } from "../core/match.ts";
import type { PairPolicy } from "../core/policy.ts";
import type { Answer, ReconcileContext, RowPlan } from "../core/reconcile.ts";
import { makeSetup, type KnownField, type PairSetup, type Renamed } from "../core/setup.ts";
import { sided, sides, type Sided } from "../core/side.ts";
import { text } from "../core/value.ts";
import { SyncError } from "../errors.ts";
import type { Conflict, PairState, Quarantine, ResolvedSide } from "../store/store.ts";
import { askOrder } from "./ask.ts";
import { assemble, candidateIds, withOrder, type AssembleInput } from "./assemble.ts";
import { confirmSchemas } from "./confirm-schema.ts";
import type { EngineDeps } from "./deps.ts";
import { lookUp, type LookedUpTo } from "./lookup.ts";
import { observe, type Observation } from "./observe.ts";
import { recover, type Recovery } from "./recover.ts";

export interface Prepared {
  readonly setup: PairSetup;
  readonly state: PairState;
  readonly resolved: Sided<ResolvedSide>;
  readonly renamed: readonly Renamed[];
  readonly observation: Observation;
  readonly recovery: Recovery;
  readonly plans: readonly RowPlan[];
  readonly newLinks: ReadonlySet<LinkId>;
  readonly held: readonly Held[];
  readonly halt: HaltEntry | null;
  readonly lookedUpTo: LookedUpTo;
  readonly conflicts: readonly Conflict[];
  readonly quarantine: readonly Quarantine[];
  readonly intents: readonly Intent[];
  readonly fold: FoldContext;
}

/** Links nothing was looked at for; rows that are linked or made only now were none before. */
export function unchangedIn(
  prepared: Pick<Prepared, "observation" | "plans" | "newLinks">,
): number {
  const known = prepared.plans.filter(({ link }) => !prepared.newLinks.has(link.id));
  return Math.max(0, prepared.observation.index.size - known.length);
}

export function freshState(policy: PairPolicy): PairState {
  return {
    id: policy.id,
    resolved: null,
    isPaused: false,
    firstSyncedAtMs: null,
    lastScans: { left: null, right: null },
    prefer: null,
    halted: null,
    approvals: [],
  };
}

/** Throws `schema_changed` or `config_invalid` when the tables do not fit the policy. */
export async function prepareSetup(
  policy: PairPolicy,
  state: PairState,
  deps: EngineDeps,
): Promise<Pick<Prepared, "setup" | "resolved" | "renamed">> {
  deps.onProgress({ stage: "describe", done: 0, total: null });
  const [left, right] = await Promise.all([
    deps.connectors.left.describe(),
    deps.connectors.right.describe(),
  ]);
  const schemas = { left, right };
  for (const side of sides) {
    const before = state.resolved?.[side].tableId;
    if (before === undefined || before === schemas[side].tableId) continue;
    throw new SyncError({
      code: "config_invalid",
      message: `The pair ${policy.id} was synced with another ${policy.names[side]} table before (${before}, now ${schemas[side].tableId}).`,
      remedy: "Give the new table a pair of its own, under a new name in the config.",
    });
  }
  const known: Sided<readonly KnownField[]> = sided((side) => state.resolved?.[side].fields ?? []);
  const result = makeSetup(policy, schemas, known);
  if (result.kind === "problems") {
    const isDrift = result.problems.some((problem) => problem.kind === "schema");
    const named = result.problems.map(
      (problem) =>
        `${problem.side === null ? "" : `${policy.names[problem.side]}: `}${problem.message}`,
    );
    throw new SyncError({
      code: isDrift ? "schema_changed" : "config_invalid",
      message: `The pair ${policy.id} does not fit its tables. ${named.join(" ")} Nothing was written.`,
      remedy: [...new Set(result.problems.map((problem) => problem.remedy))].join(" "),
    });
  }
  const resolved = sided((side) => ({
    wanted: deps.references[side],
    tableId: schemas[side].tableId,
    parentId: schemas[side].parentId,
    fields: result.known[side],
  }));
  return { setup: result.setup, resolved, renamed: result.renamed };
}

export async function prepare(
  policy: PairPolicy,
  at: { readonly state: PairState; readonly run: RunId },
  deps: EngineDeps,
): Promise<Prepared> {
  const { state } = at;
  const { setup, resolved, renamed } = await prepareSetup(policy, state, deps);
  const [index, intents, conflicts, quarantine] = await Promise.all([
    deps.store.loadLinkIndex(policy.id),
    deps.store.loadIntents(policy.id),
    deps.store.loadConflicts(policy.id, ["open", "answered"]),
    deps.store.loadQuarantine(policy.id),
  ]);
  const always = new Set([
    ...intents.map((intent) => intent.link),
    ...conflicts.flatMap((conflict) => (conflict.status === "open" ? [conflict.link] : [])),
  ]);
  const observation = await observe({ setup, index, always }, deps);
  const fold: FoldContext = {
    setup,
    run: at.run,
    atMs: Math.max(deps.connectors.left.nowMs(), deps.connectors.right.nowMs()),
    toldAtMs: deps.nowMs(),
    canRestore: canRestoreOf(deps),
    digest: deps.digest,
  };
  const given = {
    setup,
    resolved,
    renamed,
    state,
    observation,
    conflicts,
    quarantine,
    intents,
    fold,
  };
  const halt = haltForListing(given, index.filter((entry) => entry.state === "live").length);
  if (halt !== null) {
    const lookedUpTo = state.lookedUpTo ?? { left: null, right: null };
    return {
      ...given,
      recovery: nothingRecovered,
      plans: [],
      newLinks: new Set(),
      held: [],
      halt,
      lookedUpTo,
    };
  }
  return planObserved({ ...given, always }, deps);
}

const nothingRecovered: Recovery = {
  links: new Map(),
  frozen: new Set(),
  doubtful: [],
  awaited: [],
  adopted: new Set(),
  confirmed: 0,
  changes: [],
};

function canRestoreOf(deps: EngineDeps): Sided<boolean> {
  return sided((side) => deps.connectors[side].capabilities.hasTrash);
}

function haltForListing(
  given: Pick<Prepared, "setup" | "observation" | "state">,
  liveLinks: number,
): HaltEntry | null {
  const { setup, observation, state } = given;
  const seen = sided((side) => {
    const entries = [...observation.seen[side]].map((id) => observation.index.get(id));
    return entries.filter((entry) => entry?.state === "live").length;
  });
  const isComplete = sided((side) => observation.ends[side].isComplete);
  return guardListing({ liveLinks, seen, isComplete }, setup.policy, state.approvals);
}

type Observed = Omit<
  Prepared,
  "recovery" | "plans" | "newLinks" | "held" | "halt" | "lookedUpTo"
> & {
  readonly always: ReadonlySet<LinkId>;
};

async function planObserved(given: Observed, deps: EngineDeps): Promise<Prepared> {
  const { setup, state, observation, intents, conflicts, fold } = given;
  const links = await deps.store.loadLinks(candidateIds(observation, given.always));
  const before = state.lookedUpTo ?? { left: null, right: null };
  const asked = { setup, observation, lookedUpTo: before };
  const { readings, lookedUpTo } = await lookUp(links, asked, deps);
  const recovery = recover({
    intents,
    links: new Map(links.map((link) => [link.id, link])),
    readings,
    observation,
    fold,
    saidOfCreates: saidOfCreates(conflicts, intents),
  });
  const context: ReconcileContext = {
    setup,
    prefer: state.prefer,
    lastScans: state.lastScans,
    stampSteps: sided((side) => deps.connectors[side].capabilities.stampStepMs),
    canRestore: fold.canRestore,
    nowMs: sided((side) => deps.connectors[side].nowMs()),
  };
  const input: AssembleInput = {
    context,
    observation,
    readings,
    recovery,
    isFirstRun: state.firstSyncedAtMs === null,
    answers: answersOf(conflicts),
  };
  deps.onProgress({ stage: "plan", done: links.length, total: null });
  const assembled = assemble(input, deps);
  const order = await askOrder(assembled.plans, deps);
  const plans = assembled.plans.map((plan) => {
    const said = order.get(plan.link.id);
    return said === undefined ? plan : withOrder(plan, said, input);
  });
  await confirmSchemas(plans, setup, deps);
  const liveLinks = [...observation.index.values()].filter((e) => e.state === "live").length;
  const facts = { plans, liveLinks, isFirstRun: input.isFirstRun };
  const halt = guardPlan(facts, setup.policy, state.approvals);
  const { newLinks, held } = assembled;
  return { ...given, recovery, plans, newLinks, held, halt, lookedUpTo };
}

/** A person's answers, by link; those that were carried out before as well. */
export function answersOf(conflicts: readonly Conflict[]): ReadonlyMap<LinkId, readonly Answer[]> {
  const answers = new Map<LinkId, Answer[]>();
  for (const conflict of conflicts) {
    if (conflict.answer === null) continue;
    const { keep } = conflict.answer;
    const list = answers.get(conflict.link) ?? [];
    list.push({
      cell: conflict.cell,
      base: conflict.base,
      values: conflict.values,
      keep: keep === "value" ? { value: text(conflict.answer.text) } : keep,
    });
    answers.set(conflict.link, list);
  }
  return answers;
}

function saidOfCreates(
  conflicts: readonly Conflict[],
  intents: readonly Intent[],
): ReadonlyMap<LinkId, "there" | "never"> {
  const said = new Map<LinkId, "there" | "never">();
  for (const conflict of conflicts) {
    if (conflict.kind !== "create-in-doubt" || conflict.answer === null) continue;
    const intent = intents.find((entry) => entry.link === conflict.link);
    if (intent === undefined) continue;
    said.set(conflict.link, conflict.answer.keep === intent.side ? "there" : "never");
  }
  return said;
}
