// What follows from an error, for every code: cron jobs, schedules and logs go by it.
import { expect, test } from "vitest";
import { disposition, isErrorCode, SyncError, type Disposition, type ErrorCode } from "./errors.ts";

/** Retry, exit code, level in the log. Total: a new code has to be entered here. */
const table: Record<ErrorCode, readonly [Disposition["retry"], number, Disposition["level"]]> = {
  usage: ["never", 64, "error"],
  config_invalid: ["never", 78, "error"],
  schema_changed: ["never", 78, "error"],
  unauthorized: ["never", 77, "error"],
  not_shared: ["never", 77, "error"],
  forbidden: ["never", 77, "error"],
  rate_limited: ["later", 75, "warn"],
  unavailable: ["later", 75, "warn"],
  timeout: ["later", 75, "warn"],
  contract_broken: ["later", 75, "error"],
  rejected: ["never", 70, "error"],
  lease_held: ["later", 75, "info"],
  lease_lost: ["later", 75, "warn"],
  store_newer: ["never", 70, "error"],
  store_corrupt: ["never", 70, "error"],
  store_unusable: ["later", 75, "error"],
  halted: ["never", 3, "error"],
  aborted: ["never", 0, "info"],
};

test.each(Object.entries(table))("%s: whether to retry, exit code, level", (code, row) => {
  if (!isErrorCode(code)) throw new Error(`${code} is no code`);
  const [retry, exit, level] = row;
  expect(disposition(code)).toEqual({ retry, exit, level });
});

test("a name that is no code of ours is none, whatever every object has", () => {
  expect(["toString", "", "Usage", "ENOENT"].filter(isErrorCode)).toEqual([]);
});

test("an error carries what happened, what to do, facts for the log, and what caused it", () => {
  const cause = new Error("socket closed");
  const said = { code: "timeout", message: "m", remedy: "r" } as const;
  const error = new SyncError({ ...said, cause, context: { status: 504 } });
  const { name, code, message, remedy, context } = error;
  expect({ code, message, remedy }).toEqual(said);
  expect([name, error.cause, context]).toEqual(["SyncError", cause, { status: 504 }]);
  const bare = new SyncError(said);
  expect(bare.context).toEqual({});
  expect("cause" in bare).toBe(false);
});
