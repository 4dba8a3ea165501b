// One call and its two transactions: the journal before, the outcome after. What cannot be known is
// stored as unknown and freezes its row; it is never taken for a failure, and never repeated here.
import { must } from "../core/assert.ts";
import type { Create, Write, WriteOutcome } from "../connectors/connector.ts";
import type { FieldId } from "../core/ids.ts";
import type { Intent } from "../core/intent.ts";
import { day, instant, text, type Value } from "../core/value.ts";
import { dayIn } from "../core/calendar.ts";
import { SyncError, type ErrorCode } from "../errors.ts";
import type { StoreChange } from "../store/store.ts";
import { makeIntent, type Op } from "./journal.ts";
import { wantedOf } from "./observe.ts";
import { settleOutcome } from "./outcome.ts";
import type { Sending, Sent } from "./sending.ts";
import type { Work } from "./work.ts";

/** Sends works of one side and kind, at most one call's worth. */
export async function send(works: readonly Work[], sending: Sending): Promise<readonly Sent[]> {
  const { deps, links } = sending;
  const side = must(works[0], "an empty call").action.side;
  const sentAtMs = deps.connectors[side].nowMs();
  const ops: readonly Op[] = works.map((work) => ({
    id: deps.ids.op(),
    action: work.action,
    link: links.get(work.plan.link.id) ?? work.plan.link,
    conflicts: work.conflicts,
    attempt: (sending.attempts.get(work.plan.link.id) ?? 0) + 1,
  }));
  const intents = ops.map((op) =>
    makeIntent(op, {
      run: sending.fold.run,
      sentAtMs,
      fate: sending.fates?.get(op.action) ?? null,
    }),
  );
  await deps.store.commit(sending.lease, [
    ...ops.flatMap((op) => unstoredLink(op)),
    ...intents.map((intent) => ({ kind: "intent", intent }) as const),
  ]);
  const outcomes = await call(works, intents, sending);
  const changes: StoreChange[] = [];
  const sent = works.map((work, at): Sent => {
    const intent = must(intents[at], "a call without its journal entry");
    const outcome = must(outcomes[at], "a row without an outcome");
    const before = must(ops[at], "an action without its link").link;
    const settled = settleOutcome({ work, intent, outcome, link: before }, sending);
    changes.push(...settled.changes);
    links.set(settled.link.id, settled.link);
    return { work, intent, outcome, link: settled.link };
  });
  await deps.store.commit(sending.lease, changes);
  return sent;
}

/**
 * A link that waits for its counterpart is stored with the first journal entry that names it. One that
 * had a counterpart stays as it is, should somebody bring that back.
 */
function unstoredLink(op: Op): readonly StoreChange[] {
  if (op.action.kind !== "create" || op.link.ids[op.action.side] !== null) return [];
  return [{ kind: "link", link: { ...op.link, state: "creating" } }];
}

/** Errors that say that the service did nothing at all. */
const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "unauthorized",
  "forbidden",
  "not_shared",
  "rate_limited",
  "schema_changed",
]);

async function call(
  works: readonly Work[],
  intents: readonly Intent[],
  sending: Sending,
): Promise<readonly WriteOutcome[]> {
  const { deps, setup } = sending;
  const { side, kind } = must(works[0], "an empty call").action;
  const connector = deps.connectors[side];
  const wanted = wantedOf(setup, side);
  const targets = intents.flatMap((intent) => intent.target ?? []);
  try {
    switch (kind) {
      case "create":
        return await connector.create(
          intents.map((intent) => toCreate(intent, sending)),
          wanted,
        );
      case "update":
        return await connector.update(
          intents.map((intent) => toWrite(intent, sending)),
          wanted,
        );
      case "remove":
        return await connector.remove(targets, wanted);
      case "restore":
        return await connector.restore(targets, wanted);
    }
  } catch (error) {
    // A refusal for the whole token: certainly not applied. Anything else leaves the journal entries
    // as they are, for the next run to look into.
    if (error instanceof SyncError && refusals.has(error.code)) {
      await deps.store.commit(
        sending.lease,
        intents.map((intent) => ({ kind: "intent-drop", id: intent.id }) as const),
      );
    }
    throw error;
  }
}

function sentCells(intent: Intent, sending: Sending): Map<FieldId, Value> {
  const cells = new Map<FieldId, Value>();
  for (const cell of intent.cells) cells.set(cell.field, cell.after);
  const stamp = sending.setup.lastSynced[intent.side];
  if (stamp !== null) {
    const nowMs = intent.sentAtMs;
    const at = Math.floor(nowMs / 1_000) * 1_000;
    if (stamp.kind.kind === "date") {
      cells.set(stamp.id, stamp.kind.time === "none" ? day(dayIn("UTC", at)) : instant(at));
    } else {
      cells.set(stamp.id, text(new Date(at).toISOString()));
    }
  }
  return cells;
}

function toCreate(intent: Intent, sending: Sending): Create {
  return {
    ref: intent.id,
    cells: sentCells(intent, sending),
    marker: intent.marker,
    isFirst: intent.attempt === 1,
  };
}

function toWrite(intent: Intent, sending: Sending): Write {
  const cells = sentCells(intent, sending);
  const marker = sending.setup.markers[intent.side];
  if (marker !== null && intent.marker !== null) cells.set(marker.id, text(intent.marker));
  return { id: must(intent.target, "an update without a target"), cells };
}
