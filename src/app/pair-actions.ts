// What a person can do to a pair as a whole: let it rest, let it run, let a halted run pass once, or
// forget what was agreed and begin again from what is there.
import type { PairAction } from "../cli/services.ts";
import type { Side } from "../core/side.ts";
import { SyncError } from "../errors.ts";
import { inRun } from "../engine/run.ts";
import { resyncBody } from "../engine/resync.ts";
import { freshState } from "../engine/prepare.ts";
import type { PairState } from "../store/store.ts";
import { selectPair, type AppContext } from "./context.ts";
import type { SyncOutcome } from "./sync.ts";

async function change(
  app: AppContext,
  name: string,
  make: (state: PairState) => PairState,
): Promise<PairState> {
  const pair = selectPair(app.config, name);
  const lease = await app.store.takeLease(`pair-${pair.id}`, app.holder);
  if ("heldBy" in lease) {
    throw new SyncError({
      code: "lease_held",
      message: `A run is at work on ${name} (${lease.heldBy}).`,
      remedy: "Try again when it has ended.",
    });
  }
  try {
    const next = make((await app.store.loadPair(pair.id)) ?? freshState(pair.policy));
    await app.store.commit(lease, [{ kind: "pair", pair: next }]);
    return next;
  } finally {
    await app.store.dropLease(lease);
  }
}

/** Lets the next run pass the guard that stopped the last one, up to the amount it was stopped at. */
function released(name: string, state: PairState): PairState {
  const { halted } = state;
  if (halted === null) {
    throw new SyncError({
      code: "usage",
      message: `${name} is not halted.`,
      remedy: "See `tandem status`.",
    });
  }
  const approval = { guard: halted.guard, amountMax: halted.amount };
  const others = state.approvals.filter((entry) => entry.guard !== halted.guard);
  return { ...state, halted: null, approvals: [...others, approval] };
}

export async function act(
  app: AppContext,
  action: PairAction,
): Promise<{ readonly message: string; readonly outcome: SyncOutcome | null }> {
  const { pair } = action;
  switch (action.kind) {
    case "pause":
      await change(app, pair, (state) => ({ ...state, isPaused: true }));
      return {
        message: `${pair} is paused; runs pass it over until it is resumed.`,
        outcome: null,
      };
    case "resume":
      await change(app, pair, (state) => ({ ...state, isPaused: false }));
      return { message: `${pair} runs again.`, outcome: null };
    case "release": {
      const before = await change(app, pair, (state) => released(pair, state));
      const guard = before.approvals.at(-1)?.guard ?? "guard";
      const message = `The next run of ${pair} may pass ${guard} once, up to what was shown.`;
      return { message, outcome: null };
    }
    case "resync": {
      const outcome = await resyncPair(app, pair, action.prefer);
      return {
        message: `The base of ${pair} was taken anew; nothing was written to either side.`,
        outcome,
      };
    }
  }
}

/** Forgets the base and takes it anew from what both sides hold. Writes to no service. */
async function resyncPair(
  app: AppContext,
  name: string,
  prefer: Side | "newer" | null,
): Promise<SyncOutcome> {
  const open = await app.openPair(selectPair(app.config, name));
  const run = await inRun(
    open.policy,
    { trigger: "resync", holder: app.holder },
    { deps: open.deps, body: (current, state) => resyncBody(current, { state, prefer }) },
  );
  const entries = await app.store.loadEntries({ run: run.run });
  return { kind: "run", pair: name, run, entries };
}
