// Brings a store to the version of this program, forward only, in one transaction. The version and the
// store's own id lie in the `meta` table, which exists before the first migration.
// Backups are the adapter's business: it asks `loadVersion` first.
import { sql, type Kysely } from "kysely";

import { SyncError } from "../errors.ts";
import { first } from "./migrations/0001-first.ts";
import { oneway } from "./migrations/0002-oneway.ts";
import { reports } from "./migrations/0003-reports.ts";
import type { DialectWords, Migration } from "./migrations/migration.ts";
import type { Tables } from "./tables.ts";

export const migrations: readonly Migration[] = [first, oneway, reports];

/** The version a program with these migrations writes. */
export function newestOf(steps: readonly Migration[]): number {
  return Math.max(...steps.map((step) => step.version));
}

/** The version of a store that has a `meta` table, 0 when nothing was migrated yet. */
export async function loadVersion(db: Kysely<Tables>): Promise<number> {
  return Number((await loadMeta(db, "schema_version")) ?? "0");
}

export interface MigrateOptions {
  readonly words: DialectWords;
  /** Made with the store, kept for ever. */
  readonly newStoreId: string;
  readonly nowMs: number;
  readonly migrations: readonly Migration[];
}

/** Runs what is missing and returns the store's id. Throws `store_newer`. */
export async function migrate(db: Kysely<Tables>, options: MigrateOptions): Promise<string> {
  const steps = options.migrations;
  const newest = newestOf(steps);
  return db.transaction().execute(async (tx) => {
    await sql
      .raw(
        "create table if not exists meta (key text not null primary key, value text not null) " +
          options.words.tableEnd,
      )
      .execute(tx);
    const version = await loadVersion(tx);
    refuseNewer(version, newest);
    for (const step of steps.filter((one) => one.version > version)) {
      for (const statement of step.statements(options.words)) await sql.raw(statement).execute(tx);
    }
    if (version < newest) await saveMeta(tx, "schema_version", String(newest));
    const storeId = await loadMeta(tx, "store_id");
    if (storeId !== null) return storeId;
    await saveMeta(tx, "store_id", options.newStoreId);
    await saveMeta(tx, "created_at_ms", String(options.nowMs));
    return options.newStoreId;
  });
}

/** Throws `store_newer` when the store was written by a later program. */
export function refuseNewer(version: number, newest: number): void {
  if (version <= newest) return;
  throw new SyncError({
    code: "store_newer",
    message: `The store has version ${version}; this program knows versions up to ${newest}.`,
    remedy:
      "Install the newest tandem-sync, or put back the backup that was made before the upgrade.",
    context: { version, newest },
  });
}

async function loadMeta(db: Kysely<Tables>, key: string): Promise<string | null> {
  const row = await db.selectFrom("meta").select("value").where("key", "=", key).executeTakeFirst();
  return row?.value ?? null;
}

async function saveMeta(db: Kysely<Tables>, key: string, value: string): Promise<void> {
  await db
    .insertInto("meta")
    .values({ key, value })
    .onConflict((on) => on.column("key").doUpdateSet({ value }))
    .execute();
}
