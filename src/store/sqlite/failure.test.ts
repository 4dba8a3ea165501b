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
