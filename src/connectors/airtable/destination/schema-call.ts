// Changes of a base's schema. A change either ends in what was made or in a refusal; whatever is busy or
// in doubt throws, and the next run looks at what came of it. There is no call that drops or retypes.
import type { z } from "zod";
import { SyncError } from "../../../errors.ts";
import type { Caller, ReadResult, WriteResult } from "../caller.ts";
import type { Refusal } from "../failure.ts";
import { fieldSchema, tableSchema, type WireField, type WireTable } from "../wire.ts";
import type { FieldWish } from "./field-wish.ts";

/** The token has no scope for it, or its owner no right: the service does not tell which. */
export function isDenied(refusal: Refusal): boolean {
  return refusal.kind === "denied" || refusal.kind === "forbidden" || refusal.kind === "missing";
}

/** What lets a token change schemas, for remedies. */
export const schemaRights =
  "give the token the scope schema.bases:write and its owner the Creator role on the base";

interface Change {
  readonly method: "POST" | "PATCH";
  /** Below the base. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

function send<T>(
  caller: Caller,
  baseId: string,
  change: Change & { readonly schema: z.ZodType<T> },
): Promise<WriteResult<T>> {
  const { method, path, body, schema } = change;
  const call = {
    kind: "write",
    method,
    stem: "meta",
    path: `/bases/${baseId}/${path}`,
    body,
  } as const;
  return caller.write(call, schema);
}

function settled<T>(result: WriteResult<T>): ReadResult<T> {
  switch (result.kind) {
    case "done":
    case "refused":
      return result;
    case "not-applied":
      throw new SyncError({
        code: "rate_limited",
        message: `A change of the table's fields was put off: ${result.message}`,
        remedy: "Nothing is lost; the next run tries again.",
      });
    case "doubt":
      throw new SyncError({
        code: "unavailable",
        message: `Nobody can say whether a change of the table's fields was done. ${result.message}`,
        remedy: "Nothing is lost; the next run looks at what is there and goes on.",
      });
  }
}

/** The first field becomes the primary one. A lost answer is the caller's to look into. */
export async function createTable(
  caller: Caller,
  baseId: string,
  table: {
    readonly name: string;
    readonly description: string;
    readonly fields: readonly FieldWish[];
  },
): Promise<WriteResult<WireTable>> {
  return send(caller, baseId, {
    method: "POST",
    path: "tables",
    body: { ...table },
    schema: tableSchema,
  });
}

export async function createField(
  caller: Caller,
  at: { readonly baseId: string; readonly tableId: string },
  field: FieldWish,
): Promise<ReadResult<WireField>> {
  const path = `tables/${at.tableId}/fields`;
  const body = { ...field };
  return settled(
    await send(caller, at.baseId, { method: "POST", path, body, schema: fieldSchema }),
  );
}

export async function renameField(
  caller: Caller,
  at: { readonly baseId: string; readonly tableId: string; readonly fieldId: string },
  name: string,
): Promise<ReadResult<WireField>> {
  const path = `tables/${at.tableId}/fields/${at.fieldId}`;
  const body = { name };
  return settled(
    await send(caller, at.baseId, { method: "PATCH", path, body, schema: fieldSchema }),
  );
}
