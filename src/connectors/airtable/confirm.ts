// The second look at the schema, after rows were read: records carry no types, so a field that was given
// another one in the meantime shows blanks or other words as if somebody had typed them.
import { SyncError } from "../../errors.ts";
import type { Wanted } from "../connector.ts";
import type { Caller } from "./caller.ts";
import { readTables } from "./resolve.ts";
import { makeTable, type Table } from "./table.ts";

/** Throws `schema_changed` when a wanted field is gone, or of another type than `before` says. */
export async function confirmTable(caller: Caller, before: Table, wanted: Wanted): Promise<void> {
  const wire = (await readTables(caller, before.baseId)).find((one) => one.id === before.tableId);
  const now = wire === undefined ? null : makeTable(before.baseId, wire);
  const ids = wanted.marker === null ? wanted.fields : [...wanted.fields, wanted.marker];
  for (const id of ids) {
    const known = before.fields.get(id)?.field;
    if (known === undefined) continue;
    const type = now?.fields.get(id)?.field.type ?? null;
    if (type === known.type) continue;
    throw new SyncError({
      code: "schema_changed",
      message:
        type === null
          ? `The field "${known.name}" was removed from "${before.schema.name}" while it was read.`
          : `The field "${known.name}" in "${before.schema.name}" became a ${type} while it was read; it was a ${known.type}.`,
      remedy: "Take the change back, or adapt the pair's fields in the config.",
    });
  }
}
