// The reads of what one-way syncs are and did: bindings and states, runs with their logs, the pace of
// upstreams, queued events, leases. The same for every dialect.
import type { Kysely } from "kysely";

import type { RunId } from "../../core/ids.ts";
import type { SyncId } from "../../core/oneway/ids.ts";
import { decodeDocument, oneOf } from "../document.ts";
import type {
  OnewayRun,
  QueuedEvent,
  StoredBinding,
  StoredLogLine,
  SyncState,
} from "../oneway-store.ts";
import type { Tables } from "../tables.ts";
import * as documents from "./documents.ts";

type Db = Kysely<Tables>;

export async function loadBindings(db: Db, worker: string): Promise<readonly StoredBinding[]> {
  const rows = await db
    .selectFrom("oneway_binding")
    .select(["database", "doc"])
    .where("worker", "=", worker)
    .orderBy("database")
    .execute();
  return rows.map((row) => decodeDocument(documents.binding, `binding ${row.database}`, row.doc));
}

export async function loadSync(db: Db, id: SyncId): Promise<SyncState | null> {
  const row = await db
    .selectFrom("oneway_sync")
    .select("doc")
    .where("id", "=", id)
    .executeTakeFirst();
  return row === undefined ? null : decodeDocument(documents.syncState, `sync ${id}`, row.doc);
}

export async function loadSyncs(db: Db, worker: string | null): Promise<readonly SyncState[]> {
  const all = db.selectFrom("oneway_sync").select(["id", "doc"]).orderBy("id");
  const rows = await (worker === null ? all : all.where("worker", "=", worker)).execute();
  return rows.map((row) => decodeDocument(documents.syncState, `sync ${row.id}`, row.doc));
}

export async function loadRuns(
  db: Db,
  sync: SyncId | null,
  countMax: number,
): Promise<readonly OnewayRun[]> {
  const all = db.selectFrom("oneway_run").select(["id", "doc"]);
  const rows = await (sync === null ? all : all.where("sync", "=", sync))
    .orderBy("started_at", "desc")
    .orderBy("id", "desc")
    .limit(countMax)
    .execute();
  return rows.map((row) => decodeDocument(documents.run, `run ${row.id}`, row.doc));
}

export async function loadRun(db: Db, id: RunId): Promise<OnewayRun | null> {
  const row = await db
    .selectFrom("oneway_run")
    .select("doc")
    .where("id", "=", id)
    .executeTakeFirst();
  return row === undefined ? null : decodeDocument(documents.run, `run ${id}`, row.doc);
}

const streams = oneOf<StoredLogLine["stream"]>({ out: true, err: true, host: true });

export async function loadLog(db: Db, run: RunId): Promise<readonly StoredLogLine[]> {
  const rows = await db
    .selectFrom("oneway_log")
    .select(["at", "stream", "line"])
    .where("run", "=", run)
    .orderBy("n")
    .execute();
  return rows.map((row) => ({
    atMs: row.at,
    stream: streams.parse(row.stream),
    text: row.line,
  }));
}

export async function loadPacers(db: Db, worker: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom("oneway_pacer")
    .select(["pacer", "last_at"])
    .where("worker", "=", worker)
    .execute();
  return new Map(rows.map((row) => [row.pacer, row.last_at]));
}

export async function loadEvents(
  db: Db,
  nowMs: number,
  countMax: number,
): Promise<readonly QueuedEvent[]> {
  const rows = await db
    .selectFrom("oneway_event")
    .select(["id", "doc"])
    .where("not_before", "<=", nowMs)
    .orderBy("not_before")
    .orderBy("id")
    .limit(countMax)
    .execute();
  return rows.map((row) => decodeDocument(documents.event, `event ${row.id}`, row.doc));
}

/** Names are compared as a range and not by `like`: a name may hold its wildcards. */
export async function countLeases(
  db: Db,
  lease: { readonly name: string; readonly nowMs: number },
): Promise<number> {
  const { name } = lease;
  const isWhole = name !== "" && !name.endsWith("/") && !name.endsWith("-");
  const { count } = await db
    .selectFrom("lease")
    .select((of) => of.fn.countAll<number>().as("count"))
    .where("name", ">=", name)
    .where("name", isWhole ? "<=" : "<", isWhole ? name : `${name}\u{10ffff}`)
    .where("holder", "is not", null)
    .where("expires_at", ">", lease.nowMs)
    .executeTakeFirstOrThrow();
  return count;
}
