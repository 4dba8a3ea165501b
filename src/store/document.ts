// The building blocks of the JSON documents in the store, and the one way in and out. A document that
// does not pass on the way in is our bug; one that does not pass on the way out is damage. Objects are
// strict, so a key that somebody adds to a type without adding it here is found by the first write.
// Links are not here: they come by the ten thousand and have a decoder of their own.
import { z } from "zod";

import { InvariantError } from "../core/assert.ts";
import type { GuardName } from "../core/entry.ts";
import { fieldId, linkId, opId, pairId, parseCellKey, recordId, runId } from "../core/ids.ts";
import type { CellKey, FieldId, LinkId, OpId, PairId, RecordId, RunId } from "../core/ids.ts";
import type { Archival } from "../core/link.ts";
import type { ReadWindow } from "../core/row.ts";
import type { Side, Sided } from "../core/side.ts";
import type { Value } from "../core/value.ts";
import { SyncError } from "../errors.ts";
import { isValue } from "./value-guard.ts";

/** One of a closed set; the record makes the compiler ask for every member. */
export function oneOf<T extends string>(members: Readonly<Record<T, true>>): z.ZodType<T> {
  return z.custom<T>((data) => typeof data === "string" && Object.hasOwn(members, data));
}

/** One thing a side. */
export function sidedOf<T>(item: z.ZodType<T>): z.ZodType<Sided<T>> {
  return z.strictObject({ left: item, right: item });
}

export const whole: z.ZodType<number> = z.int();
export const sideName: z.ZodType<Side> = oneOf({ left: true, right: true });
export const value: z.ZodType<Value> = z.custom<Value>(isValue, "not a value");
export const pairKey: z.ZodType<PairId> = z.string().transform(pairId);
export const linkKey: z.ZodType<LinkId> = z.string().transform(linkId);
export const recordKey: z.ZodType<RecordId> = z.string().transform(recordId);
export const fieldKey: z.ZodType<FieldId> = z.string().transform(fieldId);
export const runKey: z.ZodType<RunId> = z.string().transform(runId);
export const opKey: z.ZodType<OpId> = z.string().transform(opId);
export const cellName: z.ZodType<CellKey> = z.string().transform(parseCellKey);
export const recordIds: z.ZodType<Sided<RecordId | null>> = sidedOf(recordKey.nullable());
export const readWindow: z.ZodType<ReadWindow> = z.strictObject({ startMs: whole, endMs: whole });

export const guardName: z.ZodType<GuardName> = oneOf({
  maxRemove: true,
  maxCreate: true,
  massChange: true,
  massBlank: true,
  emptySide: true,
});

export const archival: z.ZodType<Archival> = z.strictObject({
  side: sideName,
  how: z.union([
    z.strictObject({ kind: z.literal("removed") }),
    z.strictObject({ kind: z.literal("marked"), field: fieldKey, before: value, value }),
  ]),
});

/** A code, what went wrong, and what to do about it. */
export const failure: z.ZodType<{ code: string; message: string; remedy: string }> = z.strictObject(
  {
    code: z.string(),
    message: z.string(),
    remedy: z.string(),
  },
);

/** The text to store. Throws `InvariantError` when reading it back would not give the same. */
export function encodeDocument<T>(schema: z.ZodType<T>, what: string, content: T): string {
  const doc = JSON.stringify(content);
  const check = schema.safeParse(JSON.parse(doc));
  if (check.success) return doc;
  throw new InvariantError(`${what} cannot be stored: ${issuePaths(check.error)}`);
}

/** What was stored. Throws `store_corrupt`. */
export function decodeDocument<T>(schema: z.ZodType<T>, what: string, doc: string): T {
  const check = schema.safeParse(parseJson(what, doc));
  if (check.success) return check.data;
  throw damaged(what, issuePaths(check.error));
}

export function parseJson(what: string, doc: string): unknown {
  try {
    return JSON.parse(doc);
  } catch (cause) {
    throw damaged(what, "not JSON", cause);
  }
}

/** The error for content that no version of this program has written. */
export function damaged(what: string, why: string, cause?: unknown): SyncError {
  return new SyncError({
    code: "store_corrupt",
    message: `The store holds ${what} that cannot be read (${why}).`,
    remedy:
      "Put back a backup of the store, or move it away: the next sync then rebuilds it and deletes nothing.",
    cause,
  });
}

// Paths only: an issue's message could quote a cell.
function issuePaths(error: z.ZodError): string {
  return error.issues.map((issue) => issue.path.join(".") || "(whole)").join(", ");
}
