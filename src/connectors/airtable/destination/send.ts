// Rows on their way: one call for up to ten, and for each row what became of it. Refused batches are
// halved by batch.ts until the row at fault is alone; what is at fault in it is named, so that the runtime
// can send the row again without it.
import { recordId, type RecordId } from "../../../core/ids.ts";
import { SyncError } from "../../../errors.ts";
import type { RowOutcome } from "../../destination.ts";
import { writeBatch, type Batch } from "../batch.ts";
import type { WriteResult } from "../caller.ts";
import type { Refusal } from "../failure.ts";
import { existing } from "../lookup.ts";
import type { Call } from "../transport.ts";
import { writtenSchema, type WireRecord, type WireWritten } from "../wire.ts";
import type { Column } from "./column.ts";
import { isMarked } from "./mark.ts";
import { blamedProperty, learnOptions, type Part } from "./part.ts";
import { preparedTable, type Table, type TableState } from "./table.ts";

/** A row to be written. */
export interface Item {
  /** Null for a new row. */
  readonly id: RecordId | null;
  readonly parts: readonly Part[];
  readonly notes: readonly string[];
  /** Whether it may be found marked as removed: the write takes the mark away, or sets it. */
  readonly mayBeMarked: boolean;
}

interface Sending {
  readonly state: TableState;
  /** The field by which rows that are there already are taken over; null: every new row is made. */
  readonly mergeOn: Column | null;
}

function callFor(table: Table, items: readonly Item[], mergeOn: Column | null): Call {
  const isNew = items.some(({ id }) => id === null);
  const makesOptions = items.some(({ parts }) =>
    parts.some(({ newOptions }) => newOptions.length > 0),
  );
  return {
    kind: "write",
    method: isNew && mergeOn === null ? "POST" : "PATCH",
    stem: table.baseId,
    path: `/${table.wire.id}`,
    body: {
      records: items.map(({ id, parts }) => ({
        ...(id === null ? {} : { id }),
        fields: Object.fromEntries(parts.map((part) => [part.id, part.json])),
      })),
      ...(isNew && mergeOn !== null ? { performUpsert: { fieldsToMergeOn: [mergeOn.id] } } : {}),
      ...(makesOptions ? { typecast: true } : {}),
      returnFieldsByFieldId: true,
    },
  };
}

const marked: RowOutcome = {
  kind: "failed",
  why: "trashed",
  message: "the row is marked as removed",
  property: null,
};

function outcomeOf(
  table: Table,
  item: Item,
  { record, isFound }: { readonly record: WireRecord; readonly isFound: boolean },
): RowOutcome {
  if (!item.mayBeMarked && isMarked(table.mark, record)) return marked;
  const taken = isFound ? ["A row with this key was there already and was taken over."] : [];
  return { kind: "done", id: recordId(record.id), notes: [...item.notes, ...taken] };
}

/** One outcome an item; null when the answer is not about these rows. */
function outcomesOf(
  { state, mergeOn }: Sending,
  items: readonly Item[],
  body: WireWritten,
): readonly RowOutcome[] | null {
  if (body.records.length !== items.length) return null;
  const table = preparedTable(state);
  const created = new Set(body.createdRecords ?? []);
  const outcomes: RowOutcome[] = [];
  for (const [at, item] of items.entries()) {
    // The service keeps the order of the request (recorded); where ids were sent they must match.
    const record = body.records[at];
    if (record === undefined || (item.id !== null && record.id !== item.id)) return null;
    const isFound = item.id === null && mergeOn !== null && !created.has(record.id);
    outcomes.push(outcomeOf(table, item, { record, isFound }));
  }
  return outcomes;
}

function failed(
  why: "invalid" | "missing" | "trashed" | "forbidden",
  message: string,
  property: string | null = null,
): RowOutcome {
  return { kind: "failed", why, message, property };
}

/** A refusal that says the same of every row of the call, or nothing of the table. */
function reconsidered(
  items: readonly Item[],
  refusal: Refusal,
): WriteResult<readonly RowOutcome[]> {
  if (refusal.kind === "field") {
    throw new SyncError({
      code: "schema_changed",
      message: `A field of the table went away while rows were written: ${refusal.message}`,
      remedy: "Nothing to do: the next run looks at the table anew.",
    });
  }
  const isBlamed = items.some(({ parts }) => blamedProperty(parts, refusal) !== null);
  if (refusal.kind === "forbidden" && !isBlamed) {
    return { kind: "done", body: items.map(() => failed("forbidden", refusal.message)) };
  }
  // A new row cannot be missing: it is one that it links to.
  const isNew = items.every(({ id }) => id === null);
  const isLink = refusal.kind === "missing" && isNew && isBlamed;
  return { kind: "refused", refusal: isLink ? { ...refusal, kind: "content" } : refusal };
}

async function sendOnce(
  sending: Sending,
  items: readonly Item[],
): Promise<WriteResult<readonly RowOutcome[]>> {
  const { state, mergeOn } = sending;
  const call = callFor(preparedTable(state), items, mergeOn);
  const result = await state.caller.write(call, writtenSchema);
  if (result.kind === "refused") return reconsidered(items, result.refusal);
  if (result.kind !== "done") return result;
  const outcomes = outcomesOf(sending, items, result.body);
  if (outcomes === null) {
    return { kind: "doubt", message: "Airtable's answer does not fit the rows that were sent" };
  }
  for (const { parts } of items) learnOptions(parts);
  return { kind: "done", body: outcomes };
}

function failure(item: Item, why: Parameters<typeof failed>[0], refusal: Refusal): RowOutcome {
  const { message } = refusal;
  const property = blamedProperty(item.parts, refusal);
  // The row is there, as a look-up showed: it is one that it links to that is gone.
  const isLink = why === "missing" && item.id !== null && !message.includes(item.id);
  if (property !== null && (isLink || why === "forbidden")) {
    return failed("invalid", message, property);
  }
  return failed(why, message, why === "invalid" ? property : null);
}

/**
 * At most `writeBatchMax` rows, all new or all known; outcomes in their order. Known rows of which nothing
 * is to be written need no call.
 */
export async function sendItems(
  state: TableState,
  items: readonly Item[],
  mergeOn: Column | null,
): Promise<readonly RowOutcome[]> {
  const { source, binding } = preparedTable(state);
  const batch: Batch<Item, RowOutcome> = {
    send: (some) => sendOnce({ state, mergeOn }, some),
    idOf: ({ id }) => id,
    failed: failure,
    existing: (ids) => existing(state.caller, source, ids),
    what: `the table "${binding.title}"`,
  };
  const full = items.filter(({ id, parts }) => id === null || parts.length > 0);
  const sent = await writeBatch(batch, full);
  const byItem = new Map(full.map((item, index) => [item, sent[index]]));
  return items.map((item): RowOutcome => {
    const { id, notes } = item;
    const outcome = byItem.get(item);
    if (outcome !== undefined) return outcome;
    return id === null
      ? { kind: "unknown", message: "no outcome for the row", hint: null }
      : { kind: "done", id, notes };
  });
}
