// One row's write, tried until it is settled: without the property the service will not take, out of the
// trash when it lies there, once more when an answer was lost and repeating does no harm.
//
//   sent ──▶ done                                     settled
//        ──▶ invalid, one property is to blame        again without it
//        ──▶ trashed (update)                         again as a revival, with all the change says
//        ──▶ unknown (update, removal)                again, at most twice
//        ──▶ unknown (create)                         settled as doubt: searched by key later
//        ──▶ missing (update)                         settled: the row is made anew by the caller
import type { RowOutcome } from "../connectors/destination.ts";
import type { RecordId } from "../core/ids.ts";
import { reviving } from "../core/oneway/plan-row.ts";
import { contentOf } from "./content.ts";
import type { ReadyTable } from "./prepare.ts";
import { sendAll, type SendEnd, type Sent } from "./send.ts";
import { rowIdOf, type Session } from "./session.ts";
import type { Work } from "./work.ts";

export interface Attempt {
  readonly work: Work;
  /** Null: a create. */
  readonly row: RecordId | null;
  /** Parts to send. */
  readonly parts: readonly string[];
  readonly isRevival: boolean;
  /** Properties the service would not take, with its words. */
  readonly dropped: readonly { readonly property: string; readonly message: string }[];
  readonly lost: number;
}

export interface Settled {
  readonly attempt: Attempt;
  readonly sent: Sent;
}

export interface AttemptEnd {
  readonly settled: readonly Settled[];
  readonly stop: SendEnd["stop"];
}

const lostMax = 2;

export function createAttempt(work: Work, parts: readonly string[]): Attempt {
  return { work, row: null, parts, isRevival: false, dropped: [], lost: 0 };
}

export function updateAttempt(
  work: Work,
  plan: { readonly row: RecordId; readonly parts: readonly string[]; readonly isRevival: boolean },
): Attempt {
  return { work, ...plan, dropped: [], lost: 0 };
}

/** Sends creates, or updates, until each is settled or no more calls may begin. */
export async function attemptAll(
  attempts: readonly Attempt[],
  at: { readonly session: Session; readonly table: ReadyTable },
): Promise<AttemptEnd> {
  const settled: Settled[] = [];
  let open = attempts;
  let stop: SendEnd["stop"] = null;
  // Bound: each round drops a property, revives once, or counts a lost answer.
  while (open.length > 0) {
    const end: SendEnd = await sendAttempts(open, at);
    stop ??= end.stop;
    const again: Attempt[] = [];
    for (const [index, attempt] of open.entries()) {
      const sent = end.sent[index] ?? { kind: "not-sent" };
      const next = nextAttempt(attempt, sent, at.table);
      if (next === null) settled.push({ attempt, sent });
      else if (stop === null) again.push(next);
      // It would have gone on: a later execution begins with it anew.
      else settled.push({ attempt, sent: { kind: "not-sent" } });
    }
    open = again;
  }
  return { settled, stop };
}

function sendAttempts(
  attempts: readonly Attempt[],
  at: { readonly session: Session; readonly table: ReadyTable },
): Promise<SendEnd> {
  const { destination } = at.table;
  const isCreate = attempts.every(({ row }) => row === null);
  return sendAll(
    attempts,
    (batch): Promise<readonly RowOutcome[]> =>
      isCreate
        ? destination.create(
            batch.map(({ work, parts }) => ({ key: work.key, ...contentOf(work, parts) })),
          )
        : destination.update(
            batch.map(({ work, row, parts, isRevival }) => ({
              id: rowIdOf({ rowId: row }),
              isRevival,
              ...contentOf(work, parts),
            })),
          ),
    at,
  );
}

/** What to try after an outcome; null when there is nothing more to try. */
function nextAttempt(attempt: Attempt, sent: Sent, table: ReadyTable): Attempt | null {
  switch (sent.kind) {
    case "done":
    case "not-applied":
    case "not-sent":
    case "thrown":
      return null;
    case "unknown":
      return attempt.row === null || attempt.lost >= lostMax
        ? null
        : { ...attempt, lost: attempt.lost + 1 };
    case "failed":
      break;
  }
  const { work } = attempt;
  if (sent.why === "trashed" && !attempt.isRevival && work.known !== null && attempt.row !== null) {
    const plan = reviving({ ...work.known, rowId: attempt.row }, work);
    const dropped = new Set(attempt.dropped.map(({ property }) => property));
    const parts = plan.parts.filter((part) => !dropped.has(part));
    return { ...attempt, parts, isRevival: true };
  }
  return sent.why === "invalid" ? narrowed(attempt, sent, table) : null;
}

function narrowed(
  attempt: Attempt,
  { property, message }: Extract<RowOutcome, { readonly kind: "failed" }>,
  table: ReadyTable,
): Attempt | null {
  if (property === null || !attempt.parts.includes(property)) return null;
  // A row without its key would never be found again.
  if (attempt.row === null && property === table.declaration.primaryKey) return null;
  const parts = attempt.parts.filter((part) => part !== property);
  if (parts.length === 0 && !attempt.isRevival) return null;
  return { ...attempt, parts, dropped: [...attempt.dropped, { property, message }] };
}
