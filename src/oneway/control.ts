// What people do to a sync: pause it, ask for a run, let a held sweep through, start over. Flags are set
// whether or not a run is under way; only a reset waits for the run to be over.
import { syncIdOf, type SyncId } from "../core/oneway/ids.ts";
import { SyncError } from "../errors.ts";
import type { SyncFlags, SyncState } from "../store/oneway-store.ts";
import type { OnewayDeps } from "./deps.ts";
import { leaseName } from "./leases.ts";
import { freshState } from "./state.ts";

type ControlDeps = Pick<OnewayDeps, "store" | "digest" | "holder">;

/** The state of a sync, whether or not it ever ran. */
export async function loadState(id: SyncId, deps: Pick<OnewayDeps, "store">): Promise<SyncState> {
  return (await deps.store.loadSync(id)) ?? freshState(id);
}

async function setFlags(
  id: SyncId,
  flags: SyncFlags,
  deps: Pick<OnewayDeps, "store">,
): Promise<void> {
  await deps.store.commitOneway([], [{ kind: "sync-flags", fresh: freshState(id), flags }]);
}

/** Stops starts by the schedule; what runs goes on, and starts by hand still work. */
export function pauseSync(id: SyncId, deps: Pick<OnewayDeps, "store">): Promise<void> {
  return setFlags(id, { isPaused: true }, deps);
}

export function resumeSync(id: SyncId, deps: Pick<OnewayDeps, "store">): Promise<void> {
  return setFlags(id, { isPaused: false }, deps);
}

/** A disabled sync does not run at all, not even by hand. */
export function disableSync(id: SyncId, deps: Pick<OnewayDeps, "store">): Promise<void> {
  return setFlags(id, { isDisabled: true }, deps);
}

export function enableSync(id: SyncId, deps: Pick<OnewayDeps, "store">): Promise<void> {
  return setFlags(id, { isDisabled: false }, deps);
}

/** Asks whoever runs the schedule for a run as soon as possible. */
export function triggerSync(id: SyncId, deps: Pick<OnewayDeps, "store">): Promise<void> {
  return setFlags(id, { isTriggered: true }, deps);
}

/**
 * Lets the next sweep remove as many rows as the held one wanted to, once, and asks for a run: the rows
 * are looked at anew, and more than was confirmed is held again. Gives that number. Throws `usage` when
 * nothing waits.
 */
export async function confirmSweep(id: SyncId, deps: Pick<OnewayDeps, "store">): Promise<number> {
  const { held } = await loadState(id, deps);
  if (held === null) {
    throw new SyncError({
      code: "usage",
      message: `No removal of ${id} waits for a confirmation.`,
      remedy: "See `tandem worker status` for what waits.",
    });
  }
  await setFlags(id, { sweepApproval: held.removals, isTriggered: true }, deps);
  return held.removals;
}

/**
 * Forgets cursor, cycle and statistics; the next cycle starts from nothing. Which row belongs to which
 * key is kept, so no row is made twice. Throws `lease_held` while the sync runs.
 */
export async function resetState(worker: string, key: string, deps: ControlDeps): Promise<void> {
  const id = syncIdOf(worker, key);
  const lease = await deps.store.takeLease(leaseName("sync", id, deps.digest), deps.holder);
  if ("heldBy" in lease) {
    throw new SyncError({
      code: "lease_held",
      message: `${id} runs at the moment (${lease.heldBy}).`,
      remedy: "Wait for it to end, or stop it, and reset it then.",
    });
  }
  try {
    const { isPaused, isDisabled, cyclesBegun, lastCycleDone } = await loadState(id, deps);
    const kept = { isPaused, isDisabled, cyclesBegun, lastCycleDone };
    await deps.store.commitOneway(
      [lease],
      [{ kind: "sync", state: { ...freshState(id), ...kept } }],
    );
  } finally {
    await deps.store.dropLease(lease);
  }
}
