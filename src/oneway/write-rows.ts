// Carries out planned creates and updates, lot by lot: a create is journalled before its call, what came
// of a lot is stored in one commit after it.
import { partsAfter } from "../core/oneway/plan-row.ts";
import type { IndexedRow, OnewayChange } from "../store/oneway-store.ts";
import { attemptAll, createAttempt, updateAttempt, type Attempt, type Settled } from "./attempt.ts";
import { waitingAfter } from "./content.ts";
import { adoptedRow } from "./index-table.ts";
import { finishLot, lotsOf, type WriteAt } from "./lot.ts";
import type { Sent } from "./send.ts";
import { commit, noteFresh, rowName, seenChange } from "./session.ts";
import type { Work } from "./work.ts";

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

/**
 * The entry after the attempt's parts were written. A property the service would not take is remembered
 * like one it took: told once, and tried again when its content changes.
 */
function writtenRow(
  before: IndexedRow,
  attempt: Attempt,
  { writing, table }: WriteAt,
  id: IndexedRow["rowId"],
): IndexedRow {
  const { work, parts: written, dropped } = attempt;
  const worker = writing.session.worker.name;
  const settled = [...written, ...dropped.map(({ property }) => property)];
  return {
    ...before,
    rowId: id,
    parts: partsAfter(before.parts, work, settled),
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

/** The properties to blame for an update that came to nothing; none when it was the row itself. */
function refusedParts(
  { dropped }: Attempt,
  { why, property }: Extract<Sent, { readonly kind: "failed" }>,
): readonly string[] {
  if (why !== "invalid" || property === null) return [];
  return [property, ...dropped.map((one) => one.property)];
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
      const parts = partsAfter(work.known.parts, work, refusedParts(attempt, sent));
      const touchedAtMs = writing.session.deps.nowMs();
      return [{ kind: "row", row: { ...work.known, parts, problem, touchedAtMs } }, seen];
    }
    case "unknown":
      writing.lostInRow = Infinity;
      return [];
    case "thrown":
    case "not-applied":
    case "not-sent":
      return [];
  }
}
