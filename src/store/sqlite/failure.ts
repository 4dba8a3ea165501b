// What an error of SQLite means to the user. Goes by SQLite's result codes, never by message text.
// https://sqlite.org/rescode.html
import BetterSqlite from "better-sqlite3";

import { InvariantError } from "../../core/assert.ts";
import { SyncError } from "../../errors.ts";

/** Passes anything through that does not come from SQLite or the file system. */
export function translateFailure(error: unknown, path: string): unknown {
  if (error instanceof BetterSqlite.SqliteError) return fromSqlite(error, path);
  if (error instanceof Error && "syscall" in error && "code" in error)
    return unusable(path, String(error.code), error);
  return error;
}

function fromSqlite(
  error: { readonly code: string; readonly message: string },
  path: string,
): Error {
  const { code } = error;
  // A rule of the schema was broken: we tried to save what must not be. The text names columns only.
  if (code.startsWith("SQLITE_CONSTRAINT"))
    return new InvariantError(`the store refused a change: ${error.message}`);
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB")
    return corrupt(path, code, error);
  return unusable(path, code, error);
}

/** `store_corrupt`, with what to do about it. */
export function corrupt(path: string, why: string, cause?: unknown): SyncError {
  return new SyncError({
    code: "store_corrupt",
    message: `The store ${path} is damaged or is not a store of Tandem (${why}).`,
    remedy:
      "Put back a backup, or move the file away together with its -wal and -shm files: the next sync rebuilds it and deletes nothing.",
    cause,
    context: { path },
  });
}

const remedies: ReadonlyMap<string, string> = new Map([
  ["SQLITE_FULL", "Free some space on the disk; nothing was lost."],
  ["ENOSPC", "Free some space on the disk; nothing was lost."],
  ["SQLITE_BUSY", "Another program has the file locked; close it and try again."],
  // What a full disk comes to where SQLite maps a file into memory, or a file has reached its limit.
  ["SQLITE_IOERR_SHMSIZE", "Free some space on the disk; nothing was lost."],
  ["SQLITE_IOERR_WRITE", "Free some space on the disk, or check it; nothing was lost."],
  ["SQLITE_IOERR", "Check the disk; a network share cannot hold the store."],
]);

function unusable(path: string, code: string, cause: unknown): SyncError {
  const family = code.split("_").slice(0, 2).join("_");
  return new SyncError({
    code: "store_unusable",
    message: `The store ${path} cannot be read or written (${code}).`,
    remedy:
      remedies.get(code) ??
      remedies.get(family) ??
      "Check that the directory exists and that this user may write to it and to the file.",
    cause,
    context: { path, reason: code },
  });
}
