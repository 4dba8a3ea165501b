// A lock that dies with its process: a side file, opened as a database, in which an exclusive
// transaction stays open for as long as the lock is held. The operating system frees it when the
// process is killed, so the next run need not wait for a lease to run out.
// The file is never opened by any other means: closing any descriptor of it would free the lock of the
// whole process (POSIX); SQLite counts its own descriptors for that reason. It is never removed
// either, since a second process could be about to lock it.
import BetterSqlite from "better-sqlite3";

import type { Lock } from "../kysely-store.ts";

/** The lock, or null when a living process, this one included, has it. */
export function tryFileLock(path: string): Lock | null {
  const file = new BetterSqlite(path, { timeout: 0 });
  try {
    file.exec("begin exclusive");
  } catch (error) {
    file.close();
    if (error instanceof BetterSqlite.SqliteError && error.code.startsWith("SQLITE_BUSY"))
      return null;
    throw error;
  }
  return { release: () => file.close() };
}

/** The side file of a lease, beside the store. */
export function lockPath(storePath: string, leaseName: string): string {
  return `${storePath}.${encodeURIComponent(leaseName)}.lock`;
}
