// Creates and changes pages, one a call, and says what each call came to. A page is changed by the ids
// of its properties, and only in the cells given; a marker goes out in the same call as the page it
// marks, so there is never one without the other.
import type { FieldId, RecordId } from "../../core/ids.ts";
import { recordId } from "../../core/ids.ts";
import { text, type Value } from "../../core/value.ts";
import { SyncError } from "../../errors.ts";
import type { Create, Wanted, Write, WriteFailure, WriteOutcome } from "../connector.ts";
import type { WriteResult } from "./caller.ts";
import type { Call } from "./client.ts";
import { refusalError, type Refusal } from "./failure.ts";
import { completeWritten } from "./long-list.ts";
import { isPageId, readOne } from "./lookup.ts";
import { askFor, decodeRow, type Reader } from "./row.ts";
import type { Source } from "./source.ts";
import { dataSourceSchema, pageSchema, type WirePage } from "./wire.ts";

type Body = Readonly<Record<string, unknown>>;

type EncodedCells =
  | { readonly kind: "body"; readonly properties: Body }
  | { readonly kind: "failed"; readonly outcome: WriteOutcome };

function failed(why: WriteFailure, message: string, field: FieldId | null = null): WriteOutcome {
  return { kind: "failed", why, message, field };
}

/** Cells as the `properties` of a write, or the outcome when one of them cannot be written. */
async function encodeCells(
  reader: Reader,
  cells: ReadonlyMap<FieldId, Value>,
): Promise<EncodedCells> {
  const { source, directory } = reader;
  await directory.prepare(cells.values());
  const properties: Record<string, unknown> = {};
  for (const [id, value] of cells) {
    const property = source.properties.get(id);
    if (property === undefined || !property.field.isWritable) {
      const name = property?.field.name ?? id;
      return { kind: "failed", outcome: failed("invalid", `"${name}" cannot be written`, id) };
    }
    const encoded = property.type.codec.encode(value, directory);
    if (encoded.kind === "refused") {
      const message = `${property.field.name}: ${encoded.why}`;
      return { kind: "failed", outcome: failed("invalid", message, id) };
    }
    properties[property.wireId] = { [property.field.type]: encoded.content };
  }
  return { kind: "body", properties };
}

/**
 * The property a refusal names, for the report. Messages begin with its name ("Cost is expected to be
 * number.") or hold its path ("body.properties.Cost.number should be …"); the longest name wins.
 */
export function blamedField(source: Source, message: string): FieldId | null {
  const named = [...source.properties.values()]
    .filter(({ field, wireId }) =>
      [field.name, wireId, field.id].some(
        (word) => message.startsWith(`${word} is `) || message.includes(`properties.${word}.`),
      ),
    )
    .toSorted((one, two) => two.field.name.length - one.field.name.length);
  return named[0]?.field.id ?? null;
}

const failures: Readonly<Record<Refusal["kind"], WriteFailure>> = {
  invalid: "invalid",
  trashed: "trashed",
  missing: "missing",
  forbidden: "forbidden",
};

/** Throws when the table itself is out of reach: then the refusal says nothing about the row. */
async function checkReach(reader: Reader): Promise<void> {
  const { caller, source } = reader;
  const control = await caller.read(
    { kind: "read", method: "get", path: `data_sources/${source.id}` },
    dataSourceSchema,
  );
  if (control.kind === "refused") {
    throw refusalError(control.refusal, `the database "${source.schema.name}"`);
  }
}

interface Sent {
  readonly wanted: Wanted;
  readonly isCreate: boolean;
  readonly startMs: number;
}

async function refusedOutcome(reader: Reader, refusal: Refusal, sent: Sent): Promise<WriteOutcome> {
  const isTableSuspect =
    refusal.kind === "forbidden" || (refusal.kind === "missing" && sent.isCreate);
  if (isTableSuspect) await checkReach(reader);
  const field = refusal.kind === "invalid" ? blamedField(reader.source, refusal.message) : null;
  return failed(failures[refusal.kind], refusal.message, field);
}

/** A lost answer that named its page: if the page is there, the write was done. */
async function hintedOutcome(
  reader: Reader,
  doubt: { readonly message: string; readonly hint: string },
  sent: Sent,
): Promise<WriteOutcome> {
  const hint = recordId(doubt.hint);
  const lost: WriteOutcome = { kind: "unknown", message: doubt.message, hint };
  try {
    const reading = await readOne(reader, hint, sent.wanted);
    if (reading.state !== "live") return lost;
    return { kind: "done", row: reading.row, wasCreated: sent.isCreate, isReadBack: true };
  } catch (error) {
    if (error instanceof SyncError) return lost;
    throw error;
  }
}

async function outcomeOf(
  reader: Reader,
  result: WriteResult<WirePage>,
  sent: Sent,
): Promise<WriteOutcome> {
  switch (result.kind) {
    case "ok": {
      const window = { startMs: sent.startMs, endMs: reader.caller.nowMs() };
      const decoded = decodeRow(reader, result.body, { wanted: sent.wanted, window });
      const row = await completeWritten(reader, decoded);
      return { kind: "done", row, wasCreated: sent.isCreate };
    }
    case "refused":
      return refusedOutcome(reader, result.refusal, sent);
    case "busy":
      return { kind: "not-applied", message: result.message };
    case "doubt": {
      const { message, hint } = result;
      if (hint === null) return { kind: "unknown", message, hint };
      return hintedOutcome(reader, { message, hint }, sent);
    }
  }
}

async function send(
  reader: Reader,
  call: Omit<Call, "kind" | "query">,
  sent: { readonly wanted: Wanted; readonly isCreate: boolean },
): Promise<WriteOutcome> {
  const startMs = reader.caller.nowMs();
  const result = await reader.caller.write(
    { ...call, kind: "write", query: askFor(reader.source, sent.wanted) },
    pageSchema,
  );
  return outcomeOf(reader, result, { ...sent, startMs });
}

export async function createRow(
  reader: Reader,
  create: Create,
  wanted: Wanted,
): Promise<WriteOutcome> {
  const cells = new Map(create.cells);
  if (create.marker !== null && wanted.marker !== null) {
    cells.set(wanted.marker, text(create.marker));
  }
  const encoded = await encodeCells(reader, cells);
  if (encoded.kind === "failed") return encoded.outcome;
  const parent = { type: "data_source_id", data_source_id: reader.source.id };
  const body = { parent, properties: encoded.properties };
  return send(reader, { method: "post", path: "pages", body }, { wanted, isCreate: true });
}

async function patch(
  reader: Reader,
  change: { readonly id: RecordId; readonly body: Body },
  wanted: Wanted,
): Promise<WriteOutcome> {
  const { id, body } = change;
  if (!isPageId(id)) return failed("missing", `"${id}" is no id of a Notion page`);
  return send(reader, { method: "patch", path: `pages/${id}`, body }, { wanted, isCreate: false });
}

export async function updateRow(
  reader: Reader,
  write: Write,
  wanted: Wanted,
): Promise<WriteOutcome> {
  const encoded = await encodeCells(reader, write.cells);
  if (encoded.kind === "failed") return encoded.outcome;
  return patch(reader, { id: write.id, body: { properties: encoded.properties } }, wanted);
}

/** To the trash, or back from it. */
export async function trashRow(
  reader: Reader,
  change: { readonly id: RecordId; readonly isTrashed: boolean },
  wanted: Wanted,
): Promise<WriteOutcome> {
  return patch(reader, { id: change.id, body: { in_trash: change.isTrashed } }, wanted);
}
