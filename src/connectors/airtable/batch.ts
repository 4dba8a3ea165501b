// Writes a batch so that every row gets its own outcome. A call with up to ten rows is all or nothing,
// and its refusal does not say which row is at fault (recorded); so a refused batch is halved until
// single rows are left, and rows that are gone are told apart by a lookup first.
//
// Sending is the caller's, and so is what a done row comes to: this file knows rows only by an optional
// id. Once something may have been done, nothing is thrown any more: what follows is reported row by row
// as not applied.
import type { RecordId } from "../../core/ids.ts";
import { SyncError } from "../../errors.ts";
import type { WriteFailure } from "../connector.ts";
import type { WriteResult } from "./caller.ts";
import { refusalError, type Refusal } from "./failure.ts";

/** What nobody can say of a row, or what surely did not happen. */
export type Unsettled =
  | { readonly kind: "not-applied"; readonly message: string }
  | { readonly kind: "unknown"; readonly message: string; readonly hint: null };

/** `T`: what is sent for a row. `O`: what becomes of it. */
export interface Batch<T, O> {
  /** One call for all items. The done body holds one outcome an item, in their order. */
  readonly send: (items: readonly T[]) => Promise<WriteResult<readonly O[]>>;
  /** The row an item writes to; null for new rows. */
  readonly idOf: (item: T) => RecordId | null;
  /** Outcome of a single refused item. */
  readonly failed: (item: T, why: WriteFailure, refusal: Refusal) => O;
  /** Which rows are there; null when nobody can say. Throws when the table is out of reach. */
  readonly existing: (ids: readonly RecordId[]) => Promise<ReadonlySet<RecordId> | null>;
  /** Names the table in messages. */
  readonly what: string;
}

interface Progress {
  /** A call may have changed something: from here on errors are outcomes. */
  hasWritten: boolean;
  /** The error after which no further call is sent. */
  stopped: SyncError | null;
}

/** One outcome an item, in their order. Throws only if surely nothing was written. */
export async function writeBatch<T, O>(
  batch: Batch<T, O>,
  items: readonly T[],
): Promise<readonly (O | Unsettled)[]> {
  if (items.length === 0) return [];
  const progress: Progress = { hasWritten: false, stopped: null };
  const outcomes = await settle(batch, items, progress);
  if (progress.stopped !== null && !progress.hasWritten) throw progress.stopped;
  return outcomes;
}

function notApplied(items: readonly unknown[], message: string): readonly Unsettled[] {
  return items.map(() => ({ kind: "not-applied", message }));
}

async function settle<T, O>(
  batch: Batch<T, O>,
  items: readonly T[],
  progress: Progress,
): Promise<readonly (O | Unsettled)[]> {
  if (progress.stopped !== null) return notApplied(items, progress.stopped.message);
  try {
    return await attempt(batch, items, progress);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    progress.stopped = error;
    return notApplied(items, error.message);
  }
}

async function attempt<T, O>(
  batch: Batch<T, O>,
  items: readonly T[],
  progress: Progress,
): Promise<readonly (O | Unsettled)[]> {
  const result = await batch.send(items);
  switch (result.kind) {
    case "done":
      progress.hasWritten = true;
      return result.body;
    case "not-applied":
      return notApplied(items, result.message);
    case "doubt":
      progress.hasWritten = true;
      return items.map(() => ({ kind: "unknown", message: result.message, hint: null }));
    case "refused":
      return refused(batch, items, { refusal: result.refusal, progress });
  }
}

interface Refused {
  readonly refusal: Refusal;
  readonly progress: Progress;
}

async function refused<T, O>(
  batch: Batch<T, O>,
  items: readonly T[],
  { refusal, progress }: Refused,
): Promise<readonly (O | Unsettled)[]> {
  switch (refusal.kind) {
    case "field":
      throw refusalError(refusal, batch.what);
    case "missing":
    case "denied":
      return withoutMissing(batch, items, { refusal, progress });
    case "content":
    case "forbidden":
    case "too-large":
    case "iterator":
    case "formula": {
      const [only, ...others] = items;
      if (only !== undefined && others.length === 0) {
        const why = refusal.kind === "forbidden" ? "forbidden" : "invalid";
        return [batch.failed(only, why, refusal)];
      }
      return halves(batch, items, progress);
    }
  }
}

async function halves<T, O>(
  batch: Batch<T, O>,
  items: readonly T[],
  progress: Progress,
): Promise<readonly (O | Unsettled)[]> {
  const middle = Math.ceil(items.length / 2);
  const first = await settle(batch, items.slice(0, middle), progress);
  return [...first, ...(await settle(batch, items.slice(middle), progress))];
}

/**
 * The service says "not there" or "not permitted" without saying of what. One lookup tells: rows that
 * are gone fail as missing, and the others are sent again without them.
 */
async function withoutMissing<T, O>(
  batch: Batch<T, O>,
  items: readonly T[],
  { refusal, progress }: Refused,
): Promise<readonly (O | Unsettled)[]> {
  const ids = items.flatMap((item) => batch.idOf(item) ?? []);
  // New rows cannot be missing: it is the table that is not reached, or not to be written.
  if (ids.length === 0) throw tableError(refusal, batch.what);
  const there = await batch.existing(ids);
  if (there === null) return notApplied(items, "the rows could not be looked up");
  const isThere = (item: T): boolean => {
    const id = batch.idOf(item);
    return id === null || there.has(id);
  };
  const left = items.filter(isThere);
  if (left.length === items.length) return allThere(batch, items, { refusal, progress });
  const sent = left.length === 0 ? [] : await settle(batch, left, progress);
  let next = 0;
  return items.map((item) => {
    if (!isThere(item)) return batch.failed(item, "missing", refusal);
    const outcome = sent[next];
    next += 1;
    return outcome ?? { kind: "not-applied", message: refusal.message };
  });
}

/** Every row can be read, and yet the write is refused. */
function allThere<T, O>(
  batch: Batch<T, O>,
  items: readonly T[],
  { refusal, progress }: Refused,
): Promise<readonly (O | Unsettled)[]> {
  if (refusal.kind === "denied") throw tableError(refusal, batch.what);
  const [only, ...others] = items;
  if (only !== undefined && others.length === 0) {
    return Promise.resolve([batch.failed(only, "missing", refusal)]);
  }
  return halves(batch, items, progress);
}

/** The table can be read, as `describe` showed, so it is the right to write that is missing. */
function tableError(refusal: Refusal, what: string): SyncError {
  return refusalError({ ...refusal, kind: "forbidden" }, what);
}
