// Brings the audit log up to the store. Entries are numbered when they are committed, and the number
// is the line's number in the log, so that a crash between "line written" and "marked as written" is
// seen at the next drain: the log's next line tells the very entry we were about to write.
//
//   store:  … D | D+1 … last        D: last entry known to be in the log
//   log:    … D | D+1 … N           N = D: all is well.  N > D: the lines are either ours (a crash came
//                                   between) or not (the store was lost, or put back from a backup).
//
// In the second case the entries that wait get new numbers after N, which is committed before anything
// is written; otherwise a crash right after could not be told from the first case.
import { sql, type Kysely, type Transaction } from "kysely";

import { decodeDocument } from "./document.ts";
import { entry as entryDocument } from "./entry-document.ts";
import type { EntrySink, NumberedEntry } from "./store.ts";
import type { Tables } from "./tables.ts";

/** Entries handed over in one transaction. */
const batchCountMax = 1_000;

/** Repeats transactions of one batch each until nothing waits. */
export async function drain(db: Kysely<Tables>, sink: EntrySink): Promise<void> {
  let isDone = false;
  while (!isDone) isDone = await db.transaction().execute((tx) => drainBatch(tx, sink));
}

/** One step; true when nothing waits any more. */
async function drainBatch(tx: Transaction<Tables>, sink: EntrySink): Promise<boolean> {
  const { drained_seq: drained } = await tx
    .selectFrom("audit")
    .select("drained_seq")
    .where("id", "=", 1)
    .executeTakeFirstOrThrow();
  const waiting = await loadNumbered(tx, drained, batchCountMax);
  const final = waiting.at(-1);
  if (final === undefined) {
    sink.probe();
    return true;
  }

  const lastSeq = sink.lastSeq();
  const written = waiting.filter((item) => item.seq <= lastSeq);
  if (!written.every((item) => sink.holds(item))) {
    await renumber(tx, { first: waiting[0]?.seq ?? final.seq, lastSeq });
    return false;
  }
  const missing = waiting.slice(written.length);
  if (missing.length > 0) sink.write(missing);
  await tx.updateTable("audit").set({ drained_seq: final.seq }).where("id", "=", 1).execute();
  return waiting.length < batchCountMax;
}

/**
 * Moves everything that waits, beyond this batch too, to the numbers after the log's last line. By way
 * of negative numbers, because the old and the new numbers overlap and each must be free when taken.
 */
async function renumber(
  tx: Transaction<Tables>,
  range: { readonly first: number; readonly lastSeq: number },
): Promise<void> {
  const shift = range.lastSeq + 1 - range.first;
  await tx
    .updateTable("entry")
    .set({ seq: sql<number>`-(seq + ${shift})` })
    .where("seq", ">=", range.first)
    .execute();
  await tx
    .updateTable("entry")
    .set({ seq: sql<number>`-seq` })
    .where("seq", "<", 0)
    .execute();
  await tx
    .updateTable("audit")
    .set((set) => ({ last_seq: set("last_seq", "+", shift), drained_seq: range.lastSeq }))
    .where("id", "=", 1)
    .execute();
}

/** Entries with their numbers, in the order of these. */
export async function loadNumbered(
  db: Kysely<Tables>,
  afterSeq: number,
  countMax: number,
): Promise<readonly NumberedEntry[]> {
  const rows = await db
    .selectFrom("entry")
    .select(["seq", "doc"])
    .where("seq", ">", afterSeq)
    .orderBy("seq")
    .limit(countMax)
    .execute();
  return rows.map((row) => ({
    seq: row.seq,
    entry: decodeDocument(entryDocument, `entry ${row.seq}`, row.doc),
  }));
}

/** The newest entry that was marked as written. Null too right after a log was continued. */
export async function loadDrained(db: Kysely<Tables>): Promise<NumberedEntry | null> {
  const row = await db
    .selectFrom("audit")
    .innerJoin("entry", "entry.seq", "audit.drained_seq")
    .select(["entry.seq", "entry.doc"])
    .where("audit.id", "=", 1)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { seq: row.seq, entry: decodeDocument(entryDocument, `entry ${row.seq}`, row.doc) };
}
