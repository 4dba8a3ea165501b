// The second transaction of a call: a confirmed write moves the base, a refused row rests, and a lost
// answer stays in the journal and freezes its row.
import type { WriteOutcome } from "../connectors/connector.ts";
import type { ProblemCode } from "../core/entry.ts";
import { foldBlanks, foldConfirmed, foldRowId, sealed, woken } from "../core/fold.ts";
import type { Intent } from "../core/intent.ts";
import type { Link } from "../core/link.ts";
import { broughtBack, livesAgain } from "../core/put-away.ts";
import { other } from "../core/side.ts";
import type { StoreChange } from "../store/store.ts";
import { rowsOf } from "./assemble.ts";
import type { EngineDeps } from "./deps.ts";
import { confirmEntries, isMove, fated } from "./journal.ts";
import { narrowed } from "./narrow.ts";
import { quarantineKey, type Sending } from "./sending.ts";
import type { Work } from "./work.ts";

interface Settling {
  readonly work: Work;
  readonly intent: Intent;
  readonly outcome: WriteOutcome;
  readonly link: Link;
}

type Done = Extract<WriteOutcome, { kind: "done" }>;

/** What is stored once the outcome of a call is known, and the link as it is then. */
export function settleOutcome(
  at: Settling,
  sending: Sending,
): { readonly link: Link; readonly changes: readonly StoreChange[] } {
  const { intent, outcome, link } = at;
  const drop: StoreChange = { kind: "intent-drop", id: intent.id };
  switch (outcome.kind) {
    case "done": {
      const folded = awake(foldDone(at, outcome, sending), at, sending);
      const done = sealed(fated(folded, intent), sending.fold);
      const isQuarantined = sending.quarantine.has(quarantineKey(link.id, intent.side));
      const freed: StoreChange[] = isQuarantined
        ? [{ kind: "quarantine-drop", link: link.id, side: intent.side }]
        : [];
      const entries = confirmEntries(intent, done, sending.fold);
      const changes = [...entries, drop, ...freed, ...wordKept(intent, sending)];
      return { link: done, changes: [{ kind: "link", link: done }, ...changes] };
    }
    case "failed":
      if (narrowed(at.work, outcome).length > 0)
        return { link, changes: [drop, ...leftOut(at, sending)] };
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

/** What a person said of the row was done, and is over. */
function wordKept(intent: Intent, { words }: Sending): readonly StoreChange[] {
  const word = isMove(intent) ? words.get(intent.link) : undefined;
  return word === undefined ? [] : [{ kind: "conflict", conflict: { ...word, status: "closed" } }];
}

/** A row was made, put away or brought back: for some seconds, readings may not show it yet. */
function awake(link: Link, { intent }: Settling, sending: Sending): Link {
  return isMove(intent) ? woken(link, sending.deps.connectors[intent.side].nowMs()) : link;
}

function foldDone(at: Settling, done: Done, sending: Sending): Link {
  const { intent, link, work } = at;
  const { action } = work;
  const { row: made, isReadBack: isLate = false } = done;
  // A row that was read afterwards may show what a person has entered since: that is no base.
  const row = isLate ? null : made;
  switch (action.kind) {
    case "create": {
      const known = foldRowId(link, intent.side, made.id);
      const linked = foldConfirmed(known, intent, row, sending.fold);
      const source = rowsOf(work.plan)[other(intent.side)];
      if (source === null) return linked;
      return foldBlanks(linked, { side: intent.side, source, made, isLate }, sending.fold);
    }
    case "update": {
      const folded = foldConfirmed(link, intent, row, sending.fold);
      if (action.archival === null) return folded;
      if (action.archival === "lift") {
        return livesAgain(folded);
      }
      return { ...folded, state: "archived", archival: action.archival };
    }
    case "remove":
      return { ...link, state: "archived", archival: action.archival };
    case "restore":
      return broughtBack(link, intent.side);
  }
}

/** A new row is made without a refused cell; the cell is told now, and filled in by later runs. */
function leftOut(at: Settling, sending: Sending): readonly StoreChange[] {
  const { intent, outcome, link } = at;
  if (intent.kind !== "create" || outcome.kind !== "failed") return [];
  const told = problem(at, sending, {
    code: "rejected",
    message: `"${link.title}" was refused as it is: ${outcome.message}`,
    remedy: "It is made with less, and the rest is tried cell by cell in the next run.",
  });
  return [told];
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
      // The row's next work holds all of its refused cells again, and must be known by them.
      contentHash: contentHash(at.work.whole ?? at.work, sending.deps),
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
