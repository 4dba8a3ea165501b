// Reads and changes of a data source's schema. A change either ends in the schema after it or in a
// refusal; whatever is busy or in doubt throws, and the next run looks at what came of it.
import { SyncError } from "../../../errors.ts";
import type { Caller, ReadResult, WriteResult } from "../caller.ts";
import { dataSourceSchema, type WireDataSource } from "../wire.ts";
import type { SchemaEntry } from "./schema-entry.ts";

export async function readDataSource(
  caller: Caller,
  id: string,
): Promise<ReadResult<WireDataSource>> {
  return caller.read({ kind: "read", method: "get", path: `data_sources/${id}` }, dataSourceSchema);
}

/** The answer, or the refusal; everything else as an error. `what` is said of a change in doubt. */
function settled<T>(result: WriteResult<T>, what: string): ReadResult<T> {
  switch (result.kind) {
    case "ok":
    case "refused":
      return result;
    case "busy":
      throw new SyncError({
        code: "rate_limited",
        message: `${what} was put off: ${result.message}`,
        remedy: "Nothing is lost; the next run tries again.",
      });
    case "doubt":
      throw new SyncError({
        code: "unavailable",
        message: `Nobody can say whether this was done: ${what}. ${result.message}`,
        remedy: "Nothing is lost; the next run looks at what is there and goes on.",
      });
  }
}

export async function changeSchema(
  caller: Caller,
  id: string,
  properties: Readonly<Record<string, SchemaEntry>>,
): Promise<ReadResult<WireDataSource>> {
  const result = await caller.write(
    { kind: "write", method: "patch", path: `data_sources/${id}`, body: { properties } },
    dataSourceSchema,
  );
  return settled(result, "A change of the schema");
}
