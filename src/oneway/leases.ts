// The leases of one run, kept alive and dropped together. Always taken in the same order, so that two
// runs never wait for each other:
//
//   sync-…        one sync runs once at a time             refused when taken
//   database-…    what a sync reads and writes is whole    waited for; given way between executions
//   write-…       one writer a worker                      waited for; given way while rows are not written
//
// Who waits says so with a lease of its own. A lease is only given back when somebody waits for it, or at
// the end of the run: each turn costs the disk a few writes.
import { SyncError } from "../errors.ts";
import type { Lease } from "../store/store.ts";
import type { OnewayDeps } from "./deps.ts";

export interface Leases {
  /** Throws `lease_held`. */
  take(name: string): Promise<void>;
  /** Waits for it, unless it is held already. Throws `lease_held` when it takes too long. */
  wait(name: string): Promise<void>;
  /** Gives a lease back if another run waits for it. */
  giveWay(name: string): Promise<void>;
  drop(name: string): Promise<void>;
  dropAll(): Promise<void>;
  /** Of the given names or all; what every commit of the run is fenced with. */
  held(): readonly Lease[];
  /** To be called before each call: stops a run that was asked to stop, and keeps its leases. */
  keep(): Promise<void>;
}

const renewMs = 30_000;
const pollMs = 500;
const waitMaxMs = 1_800_000;
/** File names of locks are made of these, and have a length limit. */
const nameLengthMax = 60;

/** `<kind>-<id>`, with a digest for an id that is too long. */
export function leaseName(kind: string, id: string, digest: OnewayDeps["digest"]): string {
  const isShort = encodeURIComponent(id).length <= nameLengthMax;
  return `${kind}-${isShort ? id : digest(id)}`;
}

export function makeLeases(deps: OnewayDeps): Leases {
  const { store, digest } = deps;
  const held = new Map<string, Lease>();
  let renewedAtMs = deps.nowMs();
  const tryTake = async (name: string): Promise<string | null> => {
    const result = await store.takeLease(name, deps.holder);
    if ("heldBy" in result) return result.heldBy;
    held.set(name, result);
    return null;
  };
  const drop = async (name: string): Promise<void> => {
    const lease = held.get(name);
    if (lease === undefined) return;
    held.delete(name);
    await store.dropLease(lease);
  };
  const keep = async (): Promise<void> => {
    deps.signal.throwIfAborted();
    if (deps.nowMs() - renewedAtMs < renewMs) return;
    for (const lease of held.values()) await store.renewLease(lease);
    renewedAtMs = deps.nowMs();
  };
  const giveWay = async (name: string): Promise<void> => {
    if (!held.has(name)) return;
    if ((await store.countLeases(leaseName("queue", name, digest))) > 0) await drop(name);
  };
  const wait = async (name: string): Promise<void> => {
    if (held.has(name)) return;
    const queue = leaseName("queue", name, digest);
    // Others have waited for longer.
    if ((await store.countLeases(queue)) > 0) await deps.sleep(2 * pollMs, deps.signal);
    const startMs = deps.nowMs();
    let heldBy = await tryTake(name);
    try {
      while (heldBy !== null) {
        await tryTake(queue);
        if (deps.nowMs() - startMs > waitMaxMs) throw taken(name, heldBy);
        await deps.sleep(pollMs, deps.signal);
        await keep();
        heldBy = await tryTake(name);
      }
    } finally {
      await drop(queue);
    }
  };
  return {
    take: async (name) => {
      const heldBy = await tryTake(name);
      if (heldBy !== null) throw taken(name, heldBy);
    },
    wait,
    giveWay,
    drop,
    dropAll: async () => {
      for (const name of [...held.keys()].reverse()) await drop(name);
    },
    held: () => [...held.values()],
    keep,
  };
}

function taken(name: string, heldBy: string): SyncError {
  return new SyncError({
    code: "lease_held",
    message: `Another run is at work (${heldBy} holds ${name}).`,
    remedy: "Wait for it to end; nothing is lost.",
    context: { lease: name },
  });
}
