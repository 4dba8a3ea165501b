// Creates, updates and deletes rows: turns cells into JSON, picks the call (plain create, or upsert by
// the marker), and turns the service's records back into rows. Refused batches are batch.ts's.
import type { FieldId, RecordId } from "../../core/ids.ts";
import { recordId } from "../../core/ids.ts";
import type { ReadWindow, Row } from "../../core/row.ts";
import { text, type Value } from "../../core/value.ts";
import type { Create, Wanted, Write, WriteFailure, WriteOutcome } from "../connector.ts";
import { writeBatch, type Batch } from "./batch.ts";
import { blamedField } from "./blame.ts";
import type { Caller, WriteResult } from "./caller.ts";
import type { Refusal } from "./failure.ts";
import { existing } from "./lookup.ts";
import { decodeRow } from "./row.ts";
import type { Table } from "./table.ts";
import type { Call } from "./transport.ts";
import { hasNewOption, isTypecastSafe, type KnownOptions } from "./typecast.ts";
import { deletedSchema, writtenSchema, type WireWritten } from "./wire.ts";

export interface Writer {
  readonly caller: Caller;
  readonly table: Table;
  readonly options: KnownOptions;
  readonly wanted: Wanted;
}

/** A row to be written, ready to send. */
interface Item {
  readonly id: RecordId | null;
  readonly cells: ReadonlyMap<FieldId, Value>;
  readonly json: Readonly<Record<string, unknown>>;
}

function failure(
  table: Table,
  item: { readonly cells: ReadonlyMap<FieldId, Value> },
  failed: { readonly why: WriteFailure; readonly refusal: Refusal },
): WriteOutcome {
  const { message } = failed.refusal;
  return {
    kind: "failed",
    why: failed.why,
    message,
    field: blamedField(table, item.cells.keys(), message),
  };
}

function invalid(message: string, field: FieldId | null): WriteOutcome {
  return { kind: "failed", why: "invalid", message, field };
}

/** The cells as JSON, or the outcome of a row that cannot be sent at all. */
function encode(
  writer: Writer,
  id: RecordId | null,
  cells: ReadonlyMap<FieldId, Value>,
): Item | WriteOutcome {
  const json: Record<string, unknown> = {};
  for (const [field, value] of cells) {
    const known = writer.table.fields.get(field);
    if (known === undefined) return invalid("the field is not in the table", field);
    const encoded = known.type.codec.encode(value);
    if (encoded.kind === "refused") return invalid(encoded.why, field);
    json[field] = encoded.cell;
  }
  if (hasNewOption(writer.options, cells) && !isTypecastSafe(writer.table, cells)) {
    return invalid("a new option cannot be added in one write with links or files", null);
  }
  return { id, cells, json };
}

function isItem(thing: Item | WriteOutcome): thing is Item {
  return !("kind" in thing);
}

/** Sends what can be sent, and puts all outcomes back into the order of `prepared`. */
async function sendPrepared(
  prepared: readonly (Item | WriteOutcome)[],
  send: (items: readonly Item[]) => Promise<readonly WriteOutcome[]>,
): Promise<readonly WriteOutcome[]> {
  const outcomes = await send(prepared.filter(isItem));
  let next = 0;
  return prepared.map((entry) => {
    if (!isItem(entry)) return entry;
    const outcome = outcomes[next];
    next += 1;
    return outcome ?? { kind: "unknown", message: "no outcome for the row", hint: null };
  });
}

function makeBatch(writer: Writer, send: Batch<Item>["send"]): Batch<Item> {
  const { caller, table } = writer;
  return {
    send,
    idOf: (item) => item.id,
    failed: (item, why, refusal) => failure(table, item, { why, refusal }),
    existing: (ids) => existing(caller, table, ids),
    what: `the table "${table.schema.name}"`,
  };
}

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
 * See `Connector.create`. Rows with a marker go by upsert, so that a create that was done but not
 * answered is found by its marker instead of being done twice.
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
  const mergeOn = creates.every((one) => one.marker !== null) ? mergeField(writer) : null;
  const batch = makeBatch(writer, (items) => sendRecords({ writer, items, mergeOn }));
  return sendPrepared(prepared, (items) => writeBatch(batch, items));
}

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
  caller: Caller,
  table: Table,
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

/** See `Connector.remove`: deletes, because the API knows no trash. */
export function remove(writer: Writer, ids: readonly RecordId[]): Promise<readonly WriteOutcome[]> {
  const batch = makeBatch(writer, (items) => sendDelete(writer.caller, writer.table, items));
  return writeBatch(
    batch,
    ids.map((id) => ({ id, cells: new Map<FieldId, Value>(), json: {} })),
  );
}
