// The store of one-way syncs over an open, migrated database.
import type { Kysely } from "kysely";

import { checkRow } from "../lease.ts";
import type { OnewayStore } from "../oneway-store.ts";
import type { Tables } from "../tables.ts";
import { saveOnewayChanges } from "./commit.ts";
import * as query from "./query.ts";

export interface OnewayStoreOptions {
  readonly db: Kysely<Tables>;
  readonly nowMs: () => number;
  /** Runs the work and translates the driver's errors. */
  readonly safely: <T>(work: () => Promise<T>) => Promise<T>;
}

export function makeOnewayStore({ db, nowMs, safely }: OnewayStoreOptions): OnewayStore {
  return {
    loadBindings: (worker) => safely(() => query.loadBindings(db, worker)),
    loadSync: (id) => safely(() => query.loadSync(db, id)),
    loadSyncs: (worker) => safely(() => query.loadSyncs(db, worker)),
    loadRows: (database, keys) => safely(() => query.loadRows(db, database, keys)),
    loadRowPage: (database, afterKey, countMax) =>
      safely(() => query.loadRowPage(db, database, { afterKey, countMax })),
    countRows: (database) => safely(() => query.countRows(db, database)),
    countUnseen: (wanted) => safely(() => query.countUnseen(db, wanted)),
    countSeen: (wanted) => safely(() => query.countSeen(db, wanted)),
    loadUnseen: (wanted, countMax) => safely(() => query.loadUnseen(db, wanted, countMax)),
    loadOpenCreates: (database) => safely(() => query.loadOpenCreates(db, database)),
    loadWaiting: (target, keys) => safely(() => query.loadWaiting(db, target, keys)),
    loadWaitingPage: (database, afterKey, countMax) =>
      safely(() => query.loadWaitingPage(db, database, { afterKey, countMax })),
    countWaiting: (database) => safely(() => query.countWaiting(db, database)),
    loadTargets: (database, keys) => safely(() => query.loadTargets(db, database, keys)),
    loadNamers: (database) => safely(() => query.loadNamers(db, database)),
    countLeases: (prefix) => safely(() => query.countLeases(db, { prefix, nowMs: nowMs() })),
    loadOnewayRuns: (sync, countMax) => safely(() => query.loadRuns(db, sync, countMax)),
    loadOnewayRun: (id) => safely(() => query.loadRun(db, id)),
    loadLog: (run) => safely(() => query.loadLog(db, run)),
    loadPacers: (worker) => safely(() => query.loadPacers(db, worker)),
    loadEvents: (atMs, countMax) => safely(() => query.loadEvents(db, atMs, countMax)),
    commitOneway: (leases, changes) =>
      safely(() =>
        db.transaction().execute(async (tx) => {
          for (const lease of leases) await checkRow(tx, lease);
          await saveOnewayChanges(tx, changes);
        }),
      ),
  };
}
