// Carries an undo out, under the pair's lease and with the same journal as every other write. Each row is
// looked at once more right before it is written, as in a sync; what differs on the two sides
// afterwards is put before people, so that it does not rest unseen.
import { must } from "../core/assert.ts";
import { sealed } from "../core/fold.ts";
import type { LinkId, RunId } from "../core/ids.ts";
import { isResting } from "../core/plan-cells.ts";
import type { PairPolicy } from "../core/policy.ts";
import { other, sided } from "../core/side.ts";
import { livesAgain } from "../core/put-away.ts";
import type { Conflict, StoreChange } from "../store/store.ts";
import type { EngineDeps } from "./deps.ts";
import { turnEntry } from "./journal.ts";
import { narrowed } from "./narrow.ts";
import { lookBatchMax, precheck } from "./precheck.ts";
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
import { send } from "./send.ts";
import { quarantineKey, type Sending } from "./sending.ts";
import { planUndo, type UndoPlan } from "./undo.ts";
import type { Kept } from "./undo-cells.ts";
import { callKey, worksOf, type Work } from "./work.ts";

export interface UndoRun {
  readonly run: PairRun;
  readonly plan: UndoPlan | null;
  /** What moved between the plan and its write, beside what the plan leaves. */
  readonly moved: readonly Kept[];
}

export async function undoPair(
  policy: PairPolicy,
  at: { readonly undone: RunId; readonly options: RunOptions },
  deps: EngineDeps,
): Promise<UndoRun> {
  let plan: UndoPlan | null = null;
  const moved: Kept[] = [];
  const run = await inRun(policy, at.options, {
    deps,
    body: async (current) => {
      plan = await planUndo(policy, { undone: at.undone, run: current.id }, deps);
      current.plans = plan.plans;
      await deps.store.commit(current.lease, [{ kind: "run", run: runRecord(current, "running") }]);
      const sending = await sendingOf(current, plan);
      moved.push(...(await sendAll(current, plan, sending)));
      await turnLinks(current, plan, sending);
      await tellResting(current, plan, sending);
      return null;
    },
  });
  return { run, plan, moved };
}

async function sendingOf(run: Run, plan: UndoPlan): Promise<Sending> {
  const quarantine = await run.deps.store.loadQuarantine(run.policy.id);
  return {
    setup: plan.setup,
    fold: plan.fold,
    lease: run.lease,
    quarantine: new Map(quarantine.map((entry) => [quarantineKey(entry.link, entry.side), entry])),
    attempts: new Map<LinkId, number>(),
    words: new Map<LinkId, Conflict>(),
    deps: run.deps,
    fates: plan.fates,
    links: new Map(plan.plans.map((entry) => [entry.link.id, entry.link])),
  };
}

async function sendAll(run: Run, plan: UndoPlan, sending: Sending): Promise<readonly Kept[]> {
  const { deps, tally } = run;
  const moved: Kept[] = [];
  const doubtful = new Set<LinkId>();
  for (const group of Map.groupBy(worksOf(plan.plans), callKey).values()) {
    const side = must(group[0], "an empty group").action.side;
    const size = deps.connectors[side].capabilities.writeBatchMax;
    let queue: readonly Work[] = [];
    // Rows that this undo has written to itself are not as they were planned, and not moved either.
    const written = new Set<LinkId>();
    for (let at = 0; at < group.length || queue.length > 0;) {
      if (queue.length === 0) {
        const part = group.slice(at, at + lookBatchMax[side]);
        at += part.length;
        const next = part.filter((work) => !doubtful.has(work.plan.link.id));
        moved.push(...part.filter((work) => !next.includes(work)).map(doubtfulKept));
        tally.waiting += part.length - next.length;
        tally.hold("inDoubt", part.length - next.length);
        if (next.length === 0) continue;
        await beforeCall(run);
        queue = await stillThere(next, { plan, run, written });
        const gone = next.filter((work) => !queue.includes(work));
        moved.push(...gone.map(movedKept));
        tally.waiting += gone.length;
        tally.hold("moved", gone.length);
        continue;
      }
      // Bound: each round takes works out, and a refused one comes back with fewer cells.
      const batch = oneCall(queue, size);
      queue = queue.filter((work) => !batch.includes(work));
      await beforeCall(run);
      const sent = await send(
        batch.map((work) => facingNow(work, run, sending)),
        sending,
      );
      tally.noteWindow(deps.nowMs() - tally.lookedAtMs, sent.length);
      for (const entry of sent) {
        written.add(entry.link.id);
        if (entry.outcome.kind === "unknown") doubtful.add(entry.link.id);
        const rest = narrowed(entry.work, entry.outcome);
        queue = [...queue, ...rest];
        if (rest.length === 0) tally.note(entry, plan.fold.canRestore[side]);
      }
    }
  }
  return moved;
}

/** The works whose target is as the plan saw it. Heat is no matter: each cell was compared. */
async function stillThere(
  works: readonly Work[],
  at: { readonly plan: UndoPlan; readonly run: Run; readonly written: ReadonlySet<LinkId> },
): Promise<readonly Work[]> {
  const { plan, run } = at;
  const { policy } = plan.setup;
  const guards = { ...policy.guards, hotRowMs: 0 };
  const setup = { ...plan.setup, policy: { ...policy, guards } };
  const ends = sided((side) => ({ window: { startMs: plan.readAtMs[side] } }));
  const untouched = works.filter((work) => !at.written.has(work.plan.link.id));
  const checked = await precheck(untouched, { setup, observation: { ends } }, run.deps);
  run.tally.lookedAtMs = checked.lookedAtMs;
  return works.filter((work) => (checked.results.get(work) ?? "clear") === "clear");
}

/** With what this undo has put on the other side, where it has. */
function facingNow(work: Work, run: Run, sending: Sending): Work {
  const { action, plan } = work;
  if (action.kind !== "update") return work;
  const link = sending.links.get(plan.link.id) ?? plan.link;
  const cells = action.cells.map((cell) => {
    const base = cell.mapping === null ? undefined : link.cells.get(cell.mapping.key);
    return base?.run === run.id ? { ...cell, source: base[other(action.side)] } : cell;
  });
  // What becomes of the link hangs on the action itself.
  const isSame = cells.every((cell, at) => cell === action.cells[at]);
  return isSame ? work : { ...work, action: { ...action, cells } };
}

function doubtfulKept({ plan, action }: Work): Kept {
  const why = "has an earlier write in doubt; try again when it is settled";
  return { title: plan.link.title, side: action.side, field: null, why, now: null };
}

function movedKept({ plan, action }: Work): Kept {
  const why = "changed while the undo was under way; look again";
  return { title: plan.link.title, side: action.side, field: null, why, now: null };
}

/** One row once a call: its second work starts from what the first one made of the link. */
function oneCall(queue: readonly Work[], size: number): readonly Work[] {
  const batch = new Map<LinkId, Work>();
  for (const work of queue) {
    if (batch.size < size && !batch.has(work.plan.link.id)) batch.set(work.plan.link.id, work);
  }
  return [...batch.values()];
}

/** Rows linked or taken apart without a call of their own. */
async function turnLinks(run: Run, plan: UndoPlan, sending: Sending): Promise<void> {
  const changes = plan.turns.flatMap(({ link, turn }): StoreChange[] => {
    const now = sending.links.get(link.id) ?? link;
    const next = sealed(
      turn === "part" ? { ...now, state: "detached" } : livesAgain(now),
      plan.fold,
    );
    sending.links.set(link.id, next);
    const op = turn === "part" ? "unlink" : "link";
    return [{ kind: "link", link: next }, entryChange(run, turnEntry(next, op))];
  });
  for (const { turn } of plan.turns) {
    if (turn === "part") run.tally.unlinked += 1;
    else run.tally.linked += 1;
  }
  await commitInParts(run, changes);
}

/** Opens a matter for every cell whose two sides differ now; the next sync keeps it up. */
async function tellResting(run: Run, plan: UndoPlan, sending: Sending): Promise<void> {
  const changes: StoreChange[] = [];
  const open = (await run.deps.store.loadConflicts(run.policy.id, ["open"])).filter(
    (conflict) => conflict.kind === "undone",
  );
  for (const link of sending.links.values()) {
    if (link.state !== "live") continue;
    for (const mapping of plan.setup.mappings) {
      const base = link.cells.get(mapping.key);
      if (base === undefined || base.run !== run.id || !isResting(mapping, base)) continue;
      const before = open.find((one) => one.link === link.id && one.cell === mapping.key);
      const conflict: Conflict = {
        id: before?.id ?? run.deps.ids.conflict(),
        pair: link.pair,
        link: link.id,
        kind: "undone",
        cell: mapping.key,
        field: mapping.name,
        title: link.title,
        base: base.left,
        values: { left: base.left, right: base.right },
        sinceMs: plan.fold.atMs,
        run: run.id,
        status: "open",
        answer: null,
      };
      changes.push({ kind: "conflict", conflict });
    }
  }
  run.tally.hold("undone", changes.length);
  await commitInParts(run, changes);
}
