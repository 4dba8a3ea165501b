// The store over any SQL database that Kysely speaks to. An adapter brings the open and migrated
// database, the locks it has, and the translation of its driver's errors.
import type { Kysely } from "kysely";

import { saveChange } from "./commit.ts";
import { drain, loadDrained, loadNumbered } from "./drain.ts";
import { checkRow, dropRow, renewRow, takeRow, type LeaseLock } from "./lease.ts";
import { prune } from "./prune.ts";
import * as query from "./query.ts";
import type { OnewayStore } from "./oneway-store.ts";
import { makeOnewayStore } from "./oneway/make.ts";
import type { Lease, Store, StoreChange } from "./store.ts";
import type { Tables } from "./tables.ts";

/** A lock of the operating system, held until it is released or its process ends. */
export interface Lock {
  release(): void;
}

export interface KyselyStoreOptions {
  readonly db: Kysely<Tables>;
  readonly storeId: string;
  readonly nowMs: () => number;
  /** Makes today's copy of the store. Absent: the database has copies of its own. */
  readonly backUp?: () => Promise<void>;
  /** Takes the lock that goes with a lease; null when a living process has it. Absent: no locks. */
  readonly tryLock?: (name: string) => Lock | null;
  /** Turns a driver's error into a `SyncError` or `InvariantError`; passes anything else through. */
  readonly translate: (error: unknown) => unknown;
}

/** A store on an open, migrated database. `close` closes the database too. */
export function makeKyselyStore(options: KyselyStoreOptions): Store & OnewayStore {
  const { db, storeId } = options;
  const leases = makeLeases(options);
  const safely = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw options.translate(error);
    }
  };
  return {
    ...makeOnewayStore({ db, nowMs: options.nowMs, safely }),
    storeId,
    loadPair: (id) => safely(() => query.loadPair(db, id)),
    loadLinkIndex: (pair) => safely(() => query.loadLinkIndex(db, pair)),
    loadLinks: (ids) => safely(() => query.loadLinks(db, ids)),
    findLink: (pair, row) => safely(() => query.findLink(db, pair, row)),
    searchLinks: (pair, text) => safely(() => query.searchLinks(db, pair, text)),
    loadIntents: (pair) => safely(() => query.loadIntents(db, pair)),
    loadConflicts: (pair, status) => safely(() => query.loadConflicts(db, pair, status)),
    loadQuarantine: (pair) => safely(() => query.loadQuarantine(db, pair)),
    loadRun: (id) => safely(() => query.loadRun(db, id)),
    loadRuns: (pair, countMax) => safely(() => query.loadRuns(db, pair, countMax)),
    loadEntries: (wanted) => safely(() => query.loadEntries(db, wanted)),
    commit: (lease, changes) => safely(() => commit(db, lease, changes)),
    takeLease: (name, holder) => safely(() => leases.take(name, holder)),
    renewLease: (lease) => safely(() => leases.renew(lease)),
    dropLease: (lease) => safely(() => leases.drop(lease)),
    drainEntries: (sink) => safely(() => drain(db, sink)),
    loadDrained: () => safely(() => loadDrained(db)),
    loadNumbered: (afterSeq, countMax) => safely(() => loadNumbered(db, afterSeq, countMax)),
    tidy: () =>
      safely(async () => {
        await options.backUp?.();
        await prune(db, options.nowMs());
      }),
    close: async () => {
      leases.releaseAll();
      await db.destroy();
    },
  };
}

async function commit(
  db: Kysely<Tables>,
  lease: Lease | null,
  changes: readonly StoreChange[],
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (lease !== null) await checkRow(tx, lease);
    for (const change of changes) await saveChange(tx, change);
  });
}

interface Leases {
  take(name: string, holder: string): Promise<Lease | { readonly heldBy: string }>;
  renew(lease: Lease): Promise<void>;
  drop(lease: Lease): Promise<void>;
  releaseAll(): void;
}

/** Keeps each lease's row and its lock together. One lock a name, whichever lease it came with. */
function makeLeases({ db, nowMs, tryLock }: KyselyStoreOptions): Leases {
  const held = new Map<string, { readonly lock: Lock; token: number }>();
  const release = (lease: Lease): void => {
    const own = held.get(lease.name);
    if (own === undefined || own.token !== lease.token) return;
    held.delete(lease.name);
    own.lock.release();
  };
  return {
    take: async (name, holder) => {
      const own = held.get(name);
      const lock = own === undefined && tryLock !== undefined ? tryLock(name) : null;
      const state = lockState({ isOurs: own !== undefined, lock, hasLocks: tryLock !== undefined });
      let isTaken = false;
      try {
        const options = { name, holder, nowMs: nowMs(), lock: state };
        const result = await db.transaction().execute((tx) => takeRow(tx, options));
        if ("heldBy" in result) return result;
        isTaken = true;
        if (own !== undefined) own.token = result.token;
        if (lock !== null) held.set(name, { lock, token: result.token });
        return result;
      } finally {
        if (!isTaken) lock?.release();
      }
    },
    renew: async (lease) => {
      // A lease taken over from a hung process came without the lock, which may have come free since.
      const lock = held.has(lease.name) ? null : (tryLock?.(lease.name) ?? null);
      if (lock !== null) held.set(lease.name, { lock, token: lease.token });
      const isLocked = held.get(lease.name)?.token === lease.token;
      try {
        await renewRow(db, { lease, nowMs: nowMs(), isLocked });
      } catch (error) {
        release(lease);
        throw error;
      }
    },
    drop: async (lease) => {
      await dropRow(db, lease);
      release(lease);
    },
    releaseAll: () => {
      for (const { lock } of held.values()) lock.release();
      held.clear();
    },
  };
}

function lockState(found: {
  readonly isOurs: boolean;
  readonly lock: Lock | null;
  readonly hasLocks: boolean;
}): LeaseLock {
  if (!found.hasLocks) return "none";
  if (found.isOurs) return "ours";
  return found.lock === null ? "busy" : "taken";
}
