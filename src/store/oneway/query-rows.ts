// The reads of one-way rows: by key, page by page, and those that a cycle did not name or that wait for
// another row. The same for every dialect, and none of them loads a whole table.
import { sql, type Kysely, type SqlBool } from "kysely";

import { recordId } from "../../core/ids.ts";
import { syncId, type DatabaseId, type SyncId } from "../../core/oneway/ids.ts";
import type { TargetRow } from "../../core/oneway/relation.ts";
import type { IndexedRow, UnseenQuery } from "../oneway-store.ts";
import type { Tables } from "../tables.ts";
import { decodeRow } from "./row.ts";

type Db = Kysely<Tables>;

/** Keys in one query: far below the parameter limits of the dialects. */
const keysPerQueryMax = 500;

export async function loadRows(
  db: Db,
  database: DatabaseId,
  keys: readonly string[],
): Promise<readonly IndexedRow[]> {
  const found: IndexedRow[] = [];
  for (let at = 0; at < keys.length; at += keysPerQueryMax) {
    const rows = await db
      .selectFrom("oneway_row")
      .selectAll()
      .where("database", "=", database)
      .where("key", "in", keys.slice(at, at + keysPerQueryMax))
      .execute();
    for (const row of rows) found.push(decodeRow(row));
  }
  return found;
}

export async function loadRowPage(
  db: Db,
  database: DatabaseId,
  page: { readonly afterKey: string | null; readonly countMax: number },
): Promise<readonly IndexedRow[]> {
  let some = db.selectFrom("oneway_row").selectAll().where("database", "=", database);
  if (page.afterKey !== null) some = some.where("key", ">", page.afterKey);
  const rows = await some.orderBy("key").limit(page.countMax).execute();
  return rows.map(decodeRow);
}

export async function countRows(
  db: Db,
  database: DatabaseId,
): Promise<{ readonly live: number; readonly trashed: number }> {
  const rows = await db
    .selectFrom("oneway_row")
    .select(["is_trashed", (of) => of.fn.countAll<number>().as("count")])
    .where("database", "=", database)
    .where("row_id", "is not", null)
    .groupBy("is_trashed")
    .execute();
  const of = (flag: number): number => rows.find((row) => row.is_trashed === flag)?.count ?? 0;
  return { live: of(0), trashed: of(1) };
}

export async function loadOpenCreates(
  db: Db,
  database: DatabaseId,
): Promise<readonly IndexedRow[]> {
  const rows = await db
    .selectFrom("oneway_row")
    .selectAll()
    .where("database", "=", database)
    .where("create_begun_at", "is not", null)
    .orderBy("key")
    .execute();
  return rows.map(decodeRow);
}

export async function loadTargets(
  db: Db,
  database: DatabaseId,
  keys: readonly string[],
): Promise<ReadonlyMap<string, TargetRow>> {
  const found = new Map<string, TargetRow>();
  for (let at = 0; at < keys.length; at += keysPerQueryMax) {
    const rows = await db
      .selectFrom("oneway_row")
      .select(["key", "row_id", "is_trashed"])
      .where("database", "=", database)
      .where("row_id", "is not", null)
      .where("key", "in", keys.slice(at, at + keysPerQueryMax))
      .execute();
    for (const row of rows) {
      if (row.row_id === null) continue;
      found.set(row.key, { id: recordId(row.row_id), isTrashed: row.is_trashed === 1 });
    }
  }
  return found;
}

export async function loadNamers(db: Db, database: DatabaseId): Promise<readonly SyncId[]> {
  const rows = await db
    .selectFrom("oneway_seen")
    .select("sync")
    .distinct()
    .where("database", "=", database)
    .orderBy("sync")
    .execute();
  return rows.map((row) => syncId(row.sync));
}

function unseen(query: UnseenQuery) {
  const named = (sync: SyncId, cycles: ReturnType<typeof sql<SqlBool>>) =>
    sql<SqlBool>`exists (select 1 from oneway_seen s where s.sync = ${sync}
      and s.database = oneway_row.database and s.key = oneway_row.key and ${cycles})`;
  const conditions = [
    sql<SqlBool>`not ${named(query.sync, sql<SqlBool>`s.cycle = ${query.cycle}`)}`,
    ...(query.isOwnOnly ? [named(query.sync, sql<SqlBool>`1 = 1`)] : []),
    ...query.keptBy.map(
      ({ sync, cycle }) => sql<SqlBool>`not ${named(sync, sql<SqlBool>`s.cycle >= ${cycle}`)}`,
    ),
  ];
  return (db: Db) => {
    let some = db
      .selectFrom("oneway_row")
      .where("database", "=", query.database)
      .where("row_id", "is not", null)
      .where("is_trashed", "=", 0)
      .where("touched_at", "<", query.touchedBeforeMs);
    for (const condition of conditions) some = some.where(condition);
    return some;
  };
}

export async function countUnseen(db: Db, query: UnseenQuery): Promise<number> {
  const { count } = await unseen(query)(db)
    .select((of) => of.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

export async function countSeen(
  db: Db,
  wanted: { readonly sync: SyncId; readonly database: DatabaseId; readonly cycle: number },
): Promise<number> {
  const { count } = await db
    .selectFrom("oneway_seen")
    .select((of) => of.fn.countAll<number>().as("count"))
    .where("sync", "=", wanted.sync)
    .where("database", "=", wanted.database)
    .where("cycle", "=", wanted.cycle)
    .executeTakeFirstOrThrow();
  return count;
}

export async function loadUnseen(
  db: Db,
  query: UnseenQuery,
  countMax: number,
): Promise<readonly IndexedRow[]> {
  const rows = await unseen(query)(db).selectAll().orderBy("key").limit(countMax).execute();
  return rows.map(decodeRow);
}

export async function loadWaiting(
  db: Db,
  target: DatabaseId,
  keys: readonly string[],
): Promise<readonly IndexedRow[]> {
  const found = new Map<string, IndexedRow>();
  for (let at = 0; at < keys.length; at += keysPerQueryMax) {
    const rows = await db
      .selectFrom("oneway_waiting")
      .innerJoin("oneway_row", (join) =>
        join
          .onRef("oneway_row.database", "=", "oneway_waiting.database")
          .onRef("oneway_row.key", "=", "oneway_waiting.key"),
      )
      .selectAll("oneway_row")
      .distinct()
      .where("oneway_waiting.target", "=", target)
      .where("oneway_waiting.target_key", "in", keys.slice(at, at + keysPerQueryMax))
      .execute();
    for (const row of rows) found.set(JSON.stringify([row.database, row.key]), decodeRow(row));
  }
  return [...found.values()];
}

export async function loadWaitingPage(
  db: Db,
  database: DatabaseId,
  page: { readonly afterKey: string | null; readonly countMax: number },
): Promise<readonly IndexedRow[]> {
  let some = db
    .selectFrom("oneway_waiting")
    .select("key")
    .distinct()
    .where("database", "=", database);
  if (page.afterKey !== null) some = some.where("key", ">", page.afterKey);
  const keys = await some.orderBy("key").limit(page.countMax).execute();
  const rows = await loadRows(
    db,
    database,
    keys.map((row) => row.key),
  );
  const order = new Map(keys.map((row, index) => [row.key, index]));
  return rows.toSorted((a, b) => (order.get(a.key) ?? 0) - (order.get(b.key) ?? 0));
}

export async function countWaiting(db: Db, database: DatabaseId): Promise<number> {
  const { count } = await db
    .selectFrom("oneway_waiting")
    .select((of) => of.fn.count<number>("key").distinct().as("count"))
    .where("database", "=", database)
    .executeTakeFirstOrThrow();
  return count;
}
