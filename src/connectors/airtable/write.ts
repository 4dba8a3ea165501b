// Creates and updates rows: picks the call (plain create, or upsert by the marker) and turns the
// service's records back into rows. Cells become JSON in prepare.ts; refused batches are batch.ts's.
import type { FieldId } from "../../core/ids.ts";
import type { ReadWindow } from "../../core/row.ts";
import { text } from "../../core/value.ts";
import type { Create, Write, WriteOutcome } from "../connector.ts";
import { writeBatch } from "./batch.ts";
import type { WriteResult } from "./caller.ts";
import { encode, invalid, makeBatch, sendPrepared, type Item, type Writer } from "./prepare.ts";
import { decodeRow } from "./row.ts";
import type { Call } from "./transport.ts";
import { hasNewOption } from "./typecast.ts";
import { writtenSchema, type WireWritten } from "./wire.ts";

interface Sending {
  readonly writer: Writer;
  readonly items: readonly Item[];
  /** The field an upsert finds rows by; null for plain writes. */
  readonly mergeOn: FieldId | null;
}

/** One create, update or upsert call. */
async function sendRecords(sending: Sending): Promise<WriteResult<readonly WriteOutcome[]>> {
  const { writer, items, mergeOn } = sending;
  const { caller, table, options } = writer;
  const isNew = items.some((item) => item.id === null);
  const call: Call = {
    kind: "write",
    method: isNew && mergeOn === null ? "POST" : "PATCH",
    stem: table.baseId,
    path: `/${table.tableId}`,
    body: {
      records: items.map((item) => ({
        ...(item.id === null ? {} : { id: item.id }),
        fields: item.json,
      })),
      ...(mergeOn === null ? {} : { performUpsert: { fieldsToMergeOn: [mergeOn] } }),
      ...(items.some((item) => hasNewOption(options, item.cells)) ? { typecast: true } : {}),
      returnFieldsByFieldId: true,
    },
  };
  const startMs = caller.nowMs();
  const result = await caller.write(call, writtenSchema);
  if (result.kind !== "done") return result;
  const window = { startMs, endMs: caller.nowMs() };
  const outcomes = rowsOf(sending, result.body, window);
  if (outcomes === null) {
    return { kind: "doubt", message: "Airtable's answer does not fit the rows that were sent" };
  }
  for (const item of items) options.learn(item.cells);
  return { kind: "done", body: outcomes };
}

/** One outcome an item; null when the answer is not about these rows. */
function rowsOf(
  sending: Sending,
  body: WireWritten,
  window: ReadWindow,
): readonly WriteOutcome[] | null {
  const { writer, items, mergeOn } = sending;
  if (body.records.length !== items.length) return null;
  const created = new Set(body.createdRecords ?? []);
  const outcomes: WriteOutcome[] = [];
  for (const [at, item] of items.entries()) {
    // The service keeps the order of the request (recorded); where ids were sent they must match.
    const record = body.records[at];
    if (record === undefined || (item.id !== null && record.id !== item.id)) return null;
    outcomes.push({
      kind: "done",
      row: decodeRow(writer.table, record, { wanted: writer.wanted, window }),
      wasCreated: item.id === null && (mergeOn === null || created.has(record.id)),
    });
  }
  return outcomes;
}

/** See `Connector.update`. */
export async function update(
  writer: Writer,
  writes: readonly Write[],
): Promise<readonly WriteOutcome[]> {
  const batch = makeBatch(writer, (items) => sendRecords({ writer, items, mergeOn: null }));
  const prepared = writes.map((write) => encode(writer, write.id, write.cells));
  return sendPrepared(prepared, (items) => writeBatch(batch, items));
}

/** The field to upsert by, when the pair has a marker of a type that Airtable merges on. */
function mergeField(writer: Writer): FieldId | null {
  const { marker } = writer.wanted;
  if (marker === null) return null;
  return writer.table.fields.get(marker)?.type.isMergeKey === true ? marker : null;
}

/**
 * See `Connector.create`. When rows with a marker are sent again they go by upsert, so that a create that
 * was done but not answered is found by its marker instead of being done twice. The first time they do
 * not: an upsert would write over a row to which somebody gave the same marker by hand.
 */
export async function create(
  writer: Writer,
  creates: readonly Create[],
): Promise<readonly WriteOutcome[]> {
  const { marker } = writer.wanted;
  const taken = new Set<string>();
  const prepared = creates.map((one): Item | WriteOutcome => {
    if (one.marker === null || marker === null) return encode(writer, null, one.cells);
    // Two new rows under one key in one call: nobody has said what would come of it.
    if (taken.has(one.marker))
      return invalid("another row of this write has the same marker", marker);
    taken.add(one.marker);
    return encode(writer, null, new Map([...one.cells, [marker, text(one.marker)]]));
  });
  // A pair has a marker on a side or has none; should the two ever mix, no row can be merged.
  const isRepeated = creates.some((one) => one.isFirst !== true);
  const isMarked = creates.every((one) => one.marker !== null);
  const mergeOn = isRepeated && isMarked ? mergeField(writer) : null;
  const batch = makeBatch(writer, (items) => sendRecords({ writer, items, mergeOn }));
  return sendPrepared(prepared, (items) => writeBatch(batch, items));
}
