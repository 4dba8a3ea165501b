import BetterSqlite from "better-sqlite3";
import { expect, test } from "vitest";

import { InvariantError } from "../../core/assert.ts";
import { SyncError } from "../../errors.ts";
import { translateFailure } from "./failure.ts";

const path = "/data/tandem.db";
const translate = (code: string): unknown =>
  translateFailure(new BetterSqlite.SqliteError("text", code), path);

test.each([
  ["SQLITE_CORRUPT_INDEX", "store_corrupt"],
  ["SQLITE_NOTADB", "store_corrupt"],
  ["SQLITE_FULL", "store_unusable"],
  ["SQLITE_IOERR_FSYNC", "store_unusable"],
  ["SQLITE_READONLY_DIRECTORY", "store_unusable"],
  ["SQLITE_CANTOPEN", "store_unusable"],
  ["SQLITE_BUSY_SNAPSHOT", "store_unusable"],
])("%s means %s", (reason, code) => {
  expect(translate(reason)).toMatchObject({ code, message: expect.stringContaining(path) });
});

test("a full disk is told as one", () => {
  const error = translate("SQLITE_FULL");
  expect(error instanceof SyncError && error.remedy).toContain("space");
});

test("a broken rule of the schema is our own bug", () => {
  expect(translate("SQLITE_CONSTRAINT_UNIQUE")).toBeInstanceOf(InvariantError);
});

test("an error of the file system is told with its code", () => {
  const error = Object.assign(new Error("no"), { code: "EACCES", syscall: "mkdir" });
  expect(translateFailure(error, path)).toMatchObject({
    code: "store_unusable",
    context: { reason: "EACCES" },
  });
});

test("anything else passes through", () => {
  const error = new TypeError("x");
  expect(translateFailure(error, path)).toBe(error);
});

const space = "Free some space on the disk; nothing was lost.";
const check = "Check that the directory exists and that this user may write to it and to the file.";

test.each([
  ["SQLITE_FULL", space],
  ["SQLITE_IOERR_SHMSIZE", space],
  ["SQLITE_IOERR_WRITE", "Free some space on the disk, or check it; nothing was lost."],
  ["SQLITE_IOERR_FSYNC", "Check the disk; a network share cannot hold the store."],
  ["SQLITE_IOERR", "Check the disk; a network share cannot hold the store."],
  ["SQLITE_BUSY", "Another program has the file locked; close it and try again."],
  ["SQLITE_BUSY_RECOVERY", "Another program has the file locked; close it and try again."],
  ["SQLITE_CANTOPEN", check],
  ["SQLITE_READONLY_DIRECTORY", check],
])("for %s a person is told: %s", (reason, remedy) => {
  expect(translate(reason)).toMatchObject({
    code: "store_unusable",
    message: `The store ${path} cannot be read or written (${reason}).`,
    remedy,
    context: { path, reason },
  });
});

test.each([
  ["ENOSPC", space],
  ["EROFS", check],
])("for %s of the file system a person is told: %s", (code, remedy) => {
  const error = Object.assign(new Error("no"), { code, syscall: "rename" });
  expect(translateFailure(error, path)).toMatchObject({ remedy, cause: error });
});

test("damage says what to do, and that nothing is deleted", () => {
  expect(translate("SQLITE_NOTADB")).toMatchObject({
    message: `The store ${path} is damaged or is not a store of Tandem (SQLITE_NOTADB).`,
    remedy:
      "Put back a backup, or move the file away together with its -wal and -shm files: the next sync rebuilds it and deletes nothing.",
    context: { path },
  });
});

test("an error with a code that is no system's passes through", () => {
  const error = Object.assign(new Error("no"), { code: "ERR_X" });
  expect(translateFailure(error, path)).toBe(error);
});
