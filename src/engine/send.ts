// One call and its two transactions: the journal before, the outcome after. What cannot be known is
// stored as unknown and freezes its row; it is never taken for a failure, and never repeated here.
import { must } from "../core/assert.ts";
import type { Create, Write, WriteOutcome } from "../connectors/connector.ts";
import type { ProblemCode } from "../core/entry.ts";
import { foldBlanks, foldConfirmed, foldRowId, sealed, type FoldContext } from "../core/fold.ts";
import type { FieldId, LinkId } from "../core/ids.ts";
import type { Intent } from "../core/intent.ts";
import type { Link } from "../core/link.ts";
import type { PairSetup } from "../core/setup.ts";
import { other, type Side } from "../core/side.ts";
import { day, instant, text, type Value } from "../core/value.ts";
import { dayIn } from "../core/calendar.ts";
import { SyncError, type ErrorCode } from "../errors.ts";
import type { Lease, Quarantine, StoreChange } from "../store/store.ts";
import { rowsOf } from "./assemble.ts";
import type { EngineDeps } from "./deps.ts";
import { confirmEntries, makeIntent, type Op } from "./journal.ts";
import { narrowed } from "./narrow.ts";
import { wantedOf } from "./observe.ts";
import type { Work } from "./work.ts";

export interface Sending {
  readonly setup: PairSetup;
  readonly fold: FoldContext;
  readonly lease: Lease | null;
  readonly quarantine: ReadonlyMap<string, Quarantine>;
  readonly attempts: ReadonlyMap<LinkId, number>;
  readonly deps: EngineDeps;
  /** Links as they stand; kept up as outcomes come in. */
  readonly links: Map<LinkId, Link>;
}

export interface Sent {
  readonly work: Work;
  readonly intent: Intent;
  readonly outcome: WriteOutcome;
  readonly link: Link;
}

export function quarantineKey(link: LinkId, side: Side): string {
  return `${link} ${side}`;
}

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
  const intents = ops.map((op) => makeIntent(op, { run: sending.fold.run, sentAtMs }));
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

/** A link that waits for its counterpart is stored with the first journal entry that names it. */
function unstoredLink(op: Op): readonly StoreChange[] {
  if (op.action.kind !== "create") return [];
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
  return { ref: intent.id, cells: sentCells(intent, sending), marker: intent.marker };
}

function toWrite(intent: Intent, sending: Sending): Write {
  const cells = sentCells(intent, sending);
  const marker = sending.setup.markers[intent.side];
  if (marker !== null && intent.marker !== null) cells.set(marker.id, text(intent.marker));
  return { id: must(intent.target, "an update without a target"), cells };
}

interface Settling {
  readonly work: Work;
  readonly intent: Intent;
  readonly outcome: WriteOutcome;
  readonly link: Link;
}

function settleOutcome(
  at: Settling,
  sending: Sending,
): { readonly link: Link; readonly changes: readonly StoreChange[] } {
  const { intent, outcome, link } = at;
  const drop: StoreChange = { kind: "intent-drop", id: intent.id };
  switch (outcome.kind) {
    case "done": {
      const done = sealed(foldDone(at, outcome.row, sending), sending.fold);
      const isQuarantined = sending.quarantine.has(quarantineKey(link.id, intent.side));
      const freed: StoreChange[] = isQuarantined
        ? [{ kind: "quarantine-drop", link: link.id, side: intent.side }]
        : [];
      const entries = confirmEntries(intent, done, sending.fold);
      return { link: done, changes: [{ kind: "link", link: done }, ...entries, drop, ...freed] };
    }
    case "failed":
      if (narrowed(at.work, outcome).length > 0) return { link, changes: [drop] };
      return {
        link,
        changes: [
          drop,
          quarantined(at, outcome, sending),
          problem(at, sending, {
            code:
              outcome.why === "missing" || outcome.why === "trashed" ? "row_missing" : "rejected",
            message: `"${link.title}" was refused: ${outcome.message}`,
            remedy: "Correct the value or the mapping; the row is tried again by itself.",
          }),
        ],
      };
    case "not-applied":
      return { link, changes: [drop] };
    case "unknown":
      return {
        link,
        changes: [
          { kind: "intent", intent: { ...intent, status: "unknown" } },
          problem(at, sending, {
            code: "outcome_unknown",
            message: `The answer to writing "${link.title}" was lost (${outcome.message}); it may or may not have been done.`,
            remedy: "Nothing to do: the row rests until a later run sees what became of it.",
          }),
        ],
      };
  }
}

function foldDone(at: Settling, row: Parameters<typeof foldConfirmed>[2], sending: Sending): Link {
  const { intent, link, work } = at;
  const { action } = work;
  switch (action.kind) {
    case "create": {
      const made = must(row, "a created row without content");
      const linked = foldConfirmed(
        foldRowId(link, intent.side, made.id),
        intent,
        row,
        sending.fold,
      );
      const source = rowsOf(work.plan)[other(intent.side)];
      if (source === null) return linked;
      return foldBlanks(linked, { side: intent.side, source, made }, sending.fold);
    }
    case "update": {
      const folded = foldConfirmed(link, intent, row, sending.fold);
      if (action.archival === null) return folded;
      if (action.archival === "lift") {
        return { ...folded, state: "live", archival: null, isFlagged: true };
      }
      return { ...folded, state: "archived", archival: action.archival };
    }
    case "remove":
      return { ...link, state: "archived", archival: action.archival };
    case "restore":
      return { ...link, state: "live", archival: null, isFlagged: true };
  }
}

/** The first tries come at once, later ones ever more slowly, but at least once an hour. */
const quickTries = 3;
const retryStepMs = 60_000;
const retryMsMax = 3_600_000;

function quarantined(
  at: Settling,
  outcome: Extract<WriteOutcome, { kind: "failed" }>,
  sending: Sending,
): StoreChange {
  const { intent, link } = at;
  const before = sending.quarantine.get(quarantineKey(link.id, intent.side));
  const attempts = (before?.attempts ?? 0) + 1;
  const waitMs =
    attempts < quickTries ? 0 : Math.min(retryMsMax, retryStepMs * 2 ** (attempts - quickTries));
  return {
    kind: "quarantine",
    quarantine: {
      pair: link.pair,
      link: link.id,
      side: intent.side,
      code: outcome.why,
      message: outcome.message,
      contentHash: contentHash(at.work, sending.deps),
      sinceMs: before?.sinceMs ?? sending.fold.atMs,
      retryAtMs: sending.fold.atMs + waitMs,
      attempts,
    },
  };
}

/** Stands for what a work would send: other content is worth another try at once. */
export function contentHash(work: Work, deps: EngineDeps): string {
  const { action } = work;
  const cells = action.kind === "create" || action.kind === "update" ? action.cells : [];
  return deps.digest(
    JSON.stringify([action.kind, ...cells.map((cell) => [cell.field.id, cell.after])]),
  );
}

function problem(
  at: Settling,
  sending: Sending,
  said: { readonly code: ProblemCode; readonly message: string; readonly remedy: string },
): StoreChange {
  const { intent, link } = at;
  const blamed = at.outcome.kind === "failed" ? at.outcome.field : null;
  const field = intent.cells.find((cell) => cell.field === blamed)?.name ?? null;
  return {
    kind: "entry",
    entry: {
      run: intent.run,
      pair: intent.pair,
      atMs: sending.fold.toldAtMs,
      body: { type: "problem", side: intent.side, ids: link.ids, field, ...said },
    },
  };
}
