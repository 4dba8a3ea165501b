// Deletes rows. The API knows no trash: what is deleted here, only a person can bring back.
import { recordId, type FieldId, type RecordId } from "../../core/ids.ts";
import type { ReadWindow, Row } from "../../core/row.ts";
import type { Value } from "../../core/value.ts";
import type { WriteOutcome } from "../connector.ts";
import { writeBatch } from "./batch.ts";
import type { WriteResult } from "./caller.ts";
import { makeBatch, type Item, type Writer } from "./prepare.ts";
import { deletedSchema } from "./wire.ts";

/** A deleted row, of which the answer says no more than its id. */
function deletedRow(id: string, window: ReadWindow): Row {
  return {
    id: recordId(id),
    title: "",
    url: null,
    createdAtMs: null,
    stampMs: null,
    editedBy: "us",
    marker: null,
    cells: new Map(),
    window,
  };
}

async function sendDelete(
  { caller, table }: Writer,
  items: readonly Item[],
): Promise<WriteResult<readonly WriteOutcome[]>> {
  const startMs = caller.nowMs();
  const result = await caller.write(
    {
      kind: "write",
      method: "DELETE",
      stem: table.baseId,
      path: `/${table.tableId}`,
      query: { records: items.flatMap((item) => item.id ?? []) },
    },
    deletedSchema,
  );
  if (result.kind !== "done") return result;
  const window = { startMs, endMs: caller.nowMs() };
  const deleted = new Set(result.body.records.map((record) => record.id));
  return {
    kind: "done",
    body: items.map(({ id }): WriteOutcome =>
      id !== null && deleted.has(id)
        ? { kind: "done", row: deletedRow(id, window), wasCreated: false }
        : { kind: "unknown", message: "Airtable's answer does not name the row", hint: null },
    ),
  };
}

/** See `Connector.remove`. */
export function remove(writer: Writer, ids: readonly RecordId[]): Promise<readonly WriteOutcome[]> {
  const batch = makeBatch(writer, (items) => sendDelete(writer, items));
  return writeBatch(
    batch,
    ids.map((id) => ({ id, cells: new Map<FieldId, Value>(), json: {} })),
  );
}
