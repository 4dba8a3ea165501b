// Removes rows: to the trash where there is one. A row that is gone already is as good as removed.
import type { IndexedRow, OnewayChange } from "../store/oneway-store.ts";
import { finishLot, lotsOf, type WriteAt } from "./lot.ts";
import { sendAll, type SendEnd, type Sent } from "./send.ts";
import { rowIdOf, rowName } from "./session.ts";

/** Removes the rows. One that will not go is told, and touched. */
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
  // Not before the cycle, whatever the clock says: a sweep must not come back to a row it cannot remove.
  const touchedAtMs = Math.max(writing.session.deps.nowMs(), writing.cycle.startedAtMs);
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
      return [{ kind: "touch", database: row.database, key: row.key, atMs: touchedAtMs }];
    case "unknown":
      writing.lostInRow = Infinity;
      return [];
    case "thrown":
    case "not-applied":
    case "not-sent":
      return [];
  }
}
