// The store of one-way syncs over an open, migrated database.
import type { Kysely } from "kysely";

import { checkRow } from "../lease.ts";
import type { OnewayStore } from "../oneway-store.ts";
import type { Tables } from "../tables.ts";
import { saveOnewayChanges } from "./commit.ts";
import * as rows from "./query-rows.ts";
import * as runs from "./query-runs.ts";

export interface OnewayStoreOptions {
  readonly db: Kysely<Tables>;
  readonly nowMs: () => number;
  /** Runs the work and translates the driver's errors. */
  readonly safely: <T>(work: () => Promise<T>) => Promise<T>;
}

export function makeOnewayStore({ db, nowMs, safely }: OnewayStoreOptions): OnewayStore {
  return {
    loadBindings: (worker) => safely(() => runs.loadBindings(db, worker)),
    loadSync: (id) => safely(() => runs.loadSync(db, id)),
    loadSyncs: (worker) => safely(() => runs.loadSyncs(db, worker)),
    loadRows: (database, keys) => safely(() => rows.loadRows(db, database, keys)),
    loadRowPage: (database, afterKey, countMax) =>
      safely(() => rows.loadRowPage(db, database, { afterKey, countMax })),
    countRows: (database) => safely(() => rows.countRows(db, database)),
    countUnseen: (wanted) => safely(() => rows.countUnseen(db, wanted)),
    countSeen: (wanted) => safely(() => rows.countSeen(db, wanted)),
    loadUnseen: (wanted, countMax) => safely(() => rows.loadUnseen(db, wanted, countMax)),
    loadOpenCreates: (database) => safely(() => rows.loadOpenCreates(db, database)),
    loadWaiting: (target, keys) => safely(() => rows.loadWaiting(db, target, keys)),
    loadWaitingPage: (database, afterKey, countMax) =>
      safely(() => rows.loadWaitingPage(db, database, { afterKey, countMax })),
    countWaiting: (database) => safely(() => rows.countWaiting(db, database)),
    loadTargets: (database, keys) => safely(() => rows.loadTargets(db, database, keys)),
    loadNamers: (database) => safely(() => rows.loadNamers(db, database)),
    countLeases: (name) => safely(() => runs.countLeases(db, { name, nowMs: nowMs() })),
    loadOnewayRuns: (sync, countMax) => safely(() => runs.loadRuns(db, sync, countMax)),
    loadOnewayRun: (id) => safely(() => runs.loadRun(db, id)),
    loadLog: (run) => safely(() => runs.loadLog(db, run)),
    loadPacers: (worker) => safely(() => runs.loadPacers(db, worker)),
    loadEvents: (atMs, countMax) => safely(() => runs.loadEvents(db, atMs, countMax)),
    commitOneway: (leases, changes) =>
      safely(() =>
        db.transaction().execute(async (tx) => {
          for (const lease of leases) await checkRow(tx, lease);
          await saveOnewayChanges(tx, changes);
        }),
      ),
  };
}
