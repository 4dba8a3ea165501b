// Opens the store file: makes it when it is not there, checks it when it is, copies it before a newer
// program changes its shape. Belongs on a local disk; a network share does not keep SQLite's locks.
import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

import BetterSqlite from "better-sqlite3";
import { Kysely } from "kysely";

import { makeKyselyStore } from "../kysely-store.ts";
import { loadVersion, migrate, migrations, newestOf, refuseNewer } from "../migrate.ts";
import type { DialectWords, Migration } from "../migrations/migration.ts";
import type { OnewayStore } from "../oneway-store.ts";
import type { Store } from "../store.ts";
import type { Tables } from "../tables.ts";
import { backUpDaily } from "./daily-backup.ts";
import { WriterSqliteDialect } from "./dialect.ts";
import { corrupt, translateFailure } from "./failure.ts";
import { lockPath, tryFileLock } from "./lock.ts";

/** How long a statement waits for another process to finish its write. */
const busyTimeoutMs = 10_000;

const words: DialectWords = { integer: "integer", tableEnd: "strict" };

export interface SqliteStoreOptions {
  /** A file, made with its directory when missing, or `:memory:`. */
  readonly path: string;
  /** Our own clock; the default is the machine's. */
  readonly nowMs?: () => number;
  /** Only for tests of migrations themselves. */
  readonly migrations?: readonly Migration[];
}

/** Throws `store_corrupt`, `store_newer` or `store_unusable`. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store & OnewayStore> {
  const { path, nowMs = Date.now, migrations: steps = migrations } = options;
  const isFile = path !== ":memory:";
  const translate = (error: unknown): unknown => translateFailure(error, path);
  let file: BetterSqlite.Database | null = null;
  try {
    if (isFile) mkdirSync(dirname(path), { recursive: true });
    file = new BetterSqlite(path, { timeout: busyTimeoutMs });
    // Looked at first: a file that is not ours, or is newer than we are, is left as it is.
    checkFile(file, path);
    const db = new Kysely<Tables>({ dialect: new WriterSqliteDialect(file) });
    await backUp({ file, db, newest: newestOf(steps) });
    configure(file);
    const newStoreId = randomUUID();
    const storeId = await migrate(db, { words, newStoreId, nowMs: nowMs(), migrations: steps });
    const tryLock = (name: string) => tryFileLock(lockPath(path, name));
    const opened = file;
    const ofFile = isFile ? { tryLock, backUp: () => backUpDaily(opened, nowMs()) } : {};
    return makeKyselyStore({ db, storeId, nowMs, translate, ...ofFile });
  } catch (error) {
    file?.close();
    throw translate(error);
  }
}

/** FULL: a journal entry that is lost with the power is what we cannot afford (spec 4.1). */
function configure(file: BetterSqlite.Database): void {
  file.pragma("journal_mode = WAL");
  file.pragma("synchronous = FULL");
  file.pragma("foreign_keys = ON");
}

function checkFile(file: BetterSqlite.Database, path: string): void {
  const findings = file.pragma("quick_check(1)", { simple: true });
  if (findings !== "ok") throw corrupt(path, "integrity check failed");
  if (isNew(file)) return;
  const meta = file
    .prepare("select 1 from sqlite_schema where type = 'table' and name = 'meta'")
    .get();
  if (meta === undefined) throw corrupt(path, "it holds another program's tables");
}

function isNew(file: BetterSqlite.Database): boolean {
  return file.prepare("select 1 from sqlite_schema").get() === undefined;
}

/**
 * A copy as `<path>.v<version>.bak` before the first migration of this program touches the file. Made
 * under another name and renamed, so that half a copy is never taken for a whole one.
 */
async function backUp(store: {
  readonly file: BetterSqlite.Database;
  readonly db: Kysely<Tables>;
  readonly newest: number;
}): Promise<void> {
  const { file, db, newest } = store;
  if (isNew(file)) return;
  const version = await loadVersion(db);
  refuseNewer(version, newest);
  if (version === newest) return;
  const target = `${file.name}.v${version}.bak`;
  const draft = `${target}.part`;
  rmSync(draft, { force: true });
  await file.backup(draft);
  renameSync(draft, target);
}
