// Page sizes and the list envelope.
import { failedValidation, invalid } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";

const pageSizeMax = 100;

/** Reads `page_size`: 1 to 100, 100 by default, 0 counts as the default. `place` is `body` or `query`. */
export function readPageSize(value: Json | undefined, place: "body" | "query"): number {
  if (value === undefined || value === null) return pageSizeMax;
  const size = typeof value === "string" ? Number(value) : value;
  if (typeof size !== "number" || !Number.isInteger(size)) {
    throw failedValidation(`${place}.page_size`, "a number", value);
  }
  if (size > pageSizeMax) {
    throw invalid(
      `${place} failed validation: ${place}.page_size should be ≤ \`${pageSizeMax}\`, instead was \`${size}\`.`,
    );
  }
  if (size < 0) {
    throw invalid(
      `${place} failed validation: ${place}.page_size should be ≥ \`0\`, instead was \`${size}\`.`,
    );
  }
  return size === 0 ? pageSizeMax : size;
}

/** `{object: "list", results, next_cursor, has_more, type, [type]: {}}`. */
export function listOf(
  type: string,
  results: Json[],
  more: { readonly nextCursor: string | null; readonly of?: JsonObject },
): JsonObject {
  return {
    object: "list",
    results,
    next_cursor: more.nextCursor,
    has_more: more.nextCursor !== null,
    type,
    [type]: more.of ?? {},
  };
}

/** A page of a list whose cursors are the ids of the items they start with. */
export function sliceById<Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  request: { readonly startCursor: string | null; readonly pageSize: number },
): { readonly items: Item[]; readonly nextCursor: string | null } {
  const { startCursor, pageSize } = request;
  const start = startCursor === null ? 0 : items.findIndex((item) => idOf(item) === startCursor);
  if (start === -1) throw invalid(`The start_cursor provided is invalid: ${startCursor ?? ""}`);
  const next = items[start + pageSize];
  return {
    items: items.slice(start, start + pageSize),
    nextCursor: next === undefined ? null : idOf(next),
  };
}
