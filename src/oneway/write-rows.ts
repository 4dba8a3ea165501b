// Carries out planned creates, updates and removals, lot by lot: a create is journalled before its call,
// what came of a lot is stored in one commit after it. A lot is small, so that little is in doubt after
// a crash.
import { partsAfter } from "../core/oneway/plan-row.ts";
import { SyncError } from "../errors.ts";
import type { IndexedRow, OnewayChange } from "../store/oneway-store.ts";
import { attemptAll, createAttempt, updateAttempt, type Attempt, type Settled } from "./attempt.ts";
import { waitingAfter } from "./content.ts";
import { adoptedRow } from "./index-table.ts";
import type { ReadyTable } from "./prepare.ts";
import { busy, sendAll, type SendEnd, type Sent } from "./send.ts";
import {
  commit,
  noteFresh,
  progress,
  rowIdOf,
  rowName,
  seenChange,
  type Writing,
} from "./session.ts";
import type { Work } from "./work.ts";

/** Calls a lot is worth, for each that may be under way at once. */
const callsPerLane = 2;
/** Lost answers, or refused rows, after which the others are spared. */
const inRowMax = 3;

export interface WriteAt {
  readonly writing: Writing;
  readonly table: ReadyTable;
}

function lotsOf<T>(items: readonly T[], { table }: WriteAt): readonly (readonly T[])[] {
  const { writeBatchMax, parallelMax } = table.destination.capabilities;
  const size = Math.max(1, writeBatchMax * parallelMax * callsPerLane);
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Throws what stopped a lot, after the lot's outcomes were stored. */
async function finishLot(
  at: WriteAt,
  changes: readonly OnewayChange[],
  end: { readonly count: number; readonly stop: SendEnd["stop"] },
): Promise<void> {
  const { writing } = at;
  await commit(writing.session, changes);
  writing.done += end.count;
  progress(writing.session, "write", { done: writing.done, total: writing.total });
  if (end.stop !== null) throw end.stop.error;
  if (writing.lostInRow >= inRowMax) throw busy("several answers in a row were lost.");
  if (writing.forbiddenInRow >= inRowMax) throw forbidden(at.table);
}

/** Makes the rows. All works must be planned as creates. */
export async function createRows(works: readonly Work[], at: WriteAt): Promise<void> {
  for (const lot of lotsOf(works, at)) {
    const begunAtMs = at.writing.session.deps.nowMs();
    const journal = lot.map((work): OnewayChange => ({
      kind: "row",
      row: { ...blankRow(work, at), createBegunAtMs: begunAtMs },
    }));
    await commit(at.writing.session, journal);
    const { session } = at.writing;
    const attempts = lot.map((work) => createAttempt(work, [...work.parts.keys()]));
    const end = await attemptAll(attempts, { session, table: at.table });
    const changes = end.settled.flatMap((one) => createdChanges(one, at, begunAtMs));
    await finishLot(at, changes, { count: lot.length, stop: end.stop });
  }
}

/** An entry without a row. */
function blankRow(work: Work, { writing, table }: WriteAt): IndexedRow {
  return {
    database: table.id,
    key: work.key,
    rowId: null,
    parts: {},
    waiting: {},
    isTrashed: false,
    touchedAtMs: writing.session.deps.nowMs(),
    createBegunAtMs: null,
    problem: null,
  };
}

function createdChanges(
  { attempt, sent }: Settled,
  at: WriteAt,
  begunAtMs: number,
): readonly OnewayChange[] {
  const { writing, table } = at;
  const { work } = attempt;
  const seen = seenChange(writing, table, work.key);
  switch (sent.kind) {
    case "done": {
      writing.lostInRow = 0;
      writing.forbiddenInRow = 0;
      writing.tally.created += 1;
      noteFresh(writing, table, work.key);
      tellOutcome(attempt, sent.notes, at);
      return [{ kind: "row", row: writtenRow(blankRow(work, at), attempt, at, sent.id) }, seen];
    }
    case "failed":
      writing.lostInRow = 0;
      writing.forbiddenInRow = sent.why === "forbidden" ? writing.forbiddenInRow + 1 : 0;
      return [
        {
          kind: "row",
          row: { ...blankRow(work, at), problem: tellFailure(attempt, sent.message, at) },
        },
        seen,
      ];
    case "unknown": {
      writing.lostInRow += 1;
      if (work.upsert !== null) writing.deferred.push({ table, change: work.upsert });
      if (sent.hint === null) return [seen];
      const found = adoptedRow(table.id, { key: work.key, id: sent.hint });
      noteFresh(writing, table, work.key);
      return [{ kind: "row", row: { ...found, touchedAtMs: begunAtMs } }, seen];
    }
    case "thrown":
      return [];
    case "not-applied":
    case "not-sent":
      return [
        work.known === null
          ? { kind: "row-drop", database: table.id, key: work.key }
          : { kind: "row", row: work.known },
      ];
  }
}

/** The entry after the attempt's parts were written. */
function writtenRow(
  before: IndexedRow,
  attempt: Attempt,
  { writing, table }: WriteAt,
  id: IndexedRow["rowId"],
): IndexedRow {
  const { work, parts: written } = attempt;
  const worker = writing.session.worker.name;
  return {
    ...before,
    rowId: id,
    parts: partsAfter(before.parts, work, written),
    waiting: waitingAfter(before.waiting, work, { table, worker, written }),
    isTrashed: false,
    touchedAtMs: writing.session.deps.nowMs(),
    createBegunAtMs: null,
    problem: null,
  };
}

function tellOutcome(attempt: Attempt, notes: readonly string[], at: WriteAt): void {
  const { session } = at.writing;
  const name = rowName(at.table, attempt.work.key);
  for (const note of notes) session.notes.add(`${name}: ${note}`);
  for (const { property, message } of attempt.dropped) {
    at.writing.problems += 1;
    session.notes.add(`${name}: ${property} could not be written (${message}); the rest was.`);
  }
}

function tellFailure(attempt: Attempt, message: string, at: WriteAt): IndexedRow["problem"] {
  const { session } = at.writing;
  at.writing.tally.failed += 1;
  session.notes.add(`${rowName(at.table, attempt.work.key)} could not be written: ${message}`);
  const content = [...attempt.work.parts].map(([name, part]) => [name, part.hash]);
  return { message, hash: session.deps.digest(JSON.stringify(content)) };
}

/** Writes the rows. All works must be planned as updates. Rows that are gone are made anew. */
export async function updateRows(works: readonly Work[], at: WriteAt): Promise<void> {
  const { session } = at.writing;
  for (const lot of lotsOf(works, at)) {
    const attempts = lot.flatMap((work) =>
      work.plan.kind === "update" ? [updateAttempt(work, work.plan)] : [],
    );
    const end = await attemptAll(attempts, { session, table: at.table });
    const gone = end.settled.filter(isGone).map(({ attempt }) => attempt.work);
    const rest = end.settled.filter((one) => !isGone(one));
    const changes = rest.flatMap((one) => updatedChanges(one, at));
    await finishLot(at, changes, { count: lot.length - gone.length, stop: end.stop });
    await createRows(gone, at);
  }
}

function isGone({ sent }: Settled): boolean {
  return sent.kind === "failed" && sent.why === "missing";
}

function updatedChanges({ attempt, sent }: Settled, at: WriteAt): readonly OnewayChange[] {
  const { writing, table } = at;
  const { work } = attempt;
  if (work.known === null) return [];
  const seen = seenChange(writing, table, work.key);
  switch (sent.kind) {
    case "done":
      writing.lostInRow = 0;
      writing.tally.updated += 1;
      if (attempt.isRevival) {
        writing.tally.revived += 1;
        noteFresh(writing, table, work.key);
      }
      tellOutcome(attempt, sent.notes, at);
      return [{ kind: "row", row: writtenRow(work.known, attempt, at, attempt.row) }, seen];
    case "failed": {
      writing.lostInRow = 0;
      const problem = tellFailure(attempt, sent.message, at);
      const touchedAtMs = writing.session.deps.nowMs();
      return [{ kind: "row", row: { ...work.known, problem, touchedAtMs } }, seen];
    }
    case "unknown":
      writing.lostInRow = inRowMax;
      return [];
    case "thrown":
    case "not-applied":
    case "not-sent":
      return [];
  }
}

/** Removes the rows. Says which of them would not go. */
export async function removeRows(rows: readonly IndexedRow[], at: WriteAt): Promise<void> {
  const { session } = at.writing;
  for (const lot of lotsOf(rows, at)) {
    let end = await sendRemovals(lot, at);
    // A removal does no harm twice.
    for (let again = 0; again < 2 && end.stop === null; again += 1) {
      if (!end.sent.some((sent) => sent.kind === "unknown")) break;
      end = await resend(lot, end, at);
    }
    const changes = lot.flatMap((row, index) =>
      removedChanges(row, end.sent[index] ?? { kind: "not-sent" }, at),
    );
    await finishLot(at, changes, { count: lot.length, stop: end.stop });
  }
  session.deps.signal.throwIfAborted();
}

function sendRemovals(rows: readonly IndexedRow[], at: WriteAt): Promise<SendEnd> {
  const { destination } = at.table;
  return sendAll(rows, (batch) => destination.remove(batch.map(rowIdOf)), {
    session: at.writing.session,
    table: at.table,
  });
}

async function resend(rows: readonly IndexedRow[], end: SendEnd, at: WriteAt): Promise<SendEnd> {
  const lost = [...rows.keys()].filter((index) => end.sent[index]?.kind === "unknown");
  const next = await sendRemovals(
    lost.flatMap((index) => rows[index] ?? []),
    at,
  );
  const sent: Sent[] = [...end.sent];
  for (const [at, index] of lost.entries()) sent[index] = next.sent[at] ?? { kind: "not-sent" };
  return { sent, stop: next.stop };
}

function removedChanges(row: IndexedRow, sent: Sent, at: WriteAt): readonly OnewayChange[] {
  const { writing, table } = at;
  const touchedAtMs = writing.session.deps.nowMs();
  const gone: OnewayChange = table.destination.capabilities.hasTrash
    ? { kind: "row", row: { ...row, isTrashed: true, waiting: {}, touchedAtMs } }
    : { kind: "row-drop", database: row.database, key: row.key };
  switch (sent.kind) {
    case "done":
      writing.lostInRow = 0;
      writing.tally.removed += 1;
      return [gone];
    case "failed":
      writing.lostInRow = 0;
      // Somebody was faster.
      if (sent.why === "trashed") return [gone];
      if (sent.why === "missing")
        return [{ kind: "row-drop", database: row.database, key: row.key }];
      writing.tally.failed += 1;
      writing.session.notes.add(`${rowName(table, row.key)} could not be removed: ${sent.message}`);
      // Touched, so that this cycle's sweep does not come back to it.
      return [{ kind: "touch", database: row.database, key: row.key, atMs: touchedAtMs }];
    case "unknown":
      writing.lostInRow = inRowMax;
      return [];
    case "thrown":
    case "not-applied":
    case "not-sent":
      return [];
  }
}

function forbidden(table: ReadyTable): SyncError {
  return new SyncError({
    code: "forbidden",
    message: `The table of ${table.id} takes no new rows from this connection.`,
    remedy: "Give the connection the right to add content to the table.",
  });
}
