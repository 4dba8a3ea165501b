// A row made ready to be written: its cells as JSON, or the outcome of a row that cannot be sent at
// all; and the batch such rows go in.
import type { FieldId, RecordId } from "../../core/ids.ts";
import type { Value } from "../../core/value.ts";
import type { Wanted, WriteFailure, WriteOutcome } from "../connector.ts";
import type { Batch } from "./batch.ts";
import { blamedField } from "./blame.ts";
import type { Caller } from "./caller.ts";
import type { Refusal } from "./failure.ts";
import { existing } from "./lookup.ts";
import type { Table } from "./table.ts";
import { hasNewOption, isTypecastSafe, type KnownOptions } from "./typecast.ts";

export interface Writer {
  readonly caller: Caller;
  readonly table: Table;
  readonly options: KnownOptions;
  readonly wanted: Wanted;
}

/** A row to be written, ready to send. */
export interface Item {
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

/** The outcome of a row that is refused before it is sent. */
export function invalid(message: string, field: FieldId | null): WriteOutcome {
  return { kind: "failed", why: "invalid", message, field };
}

/** The cells as JSON, or the outcome of a row that cannot be sent at all. */
export function encode(
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
export async function sendPrepared(
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

type ItemBatch = Batch<Item, WriteOutcome>;

/** How rows are sent and their outcomes told, for batch.ts. */
export function makeBatch(writer: Writer, send: ItemBatch["send"]): ItemBatch {
  const { caller, table } = writer;
  return {
    send,
    idOf: (item) => item.id,
    failed: (item, why, refusal) => failure(table, item, { why, refusal }),
    existing: (ids) => existing(caller, table, ids),
    what: `the table "${table.schema.name}"`,
  };
}
