// Writes what one execution asks for. Table by table and a hundred changes at a time: look up, plan,
// write, store. One bad row never loses the others; a table that cannot be written to for now ends the
// execution, and what was stored up to there is not done again.
import { arrange, waves } from "../core/oneway/arrange.ts";
import type { Batch, Change } from "../core/oneway/change.ts";
import { partsAfter } from "../core/oneway/plan-row.ts";
import type { OnewayChange } from "../store/oneway-store.ts";
import { searchKeys, settleCreates } from "./doubt.ts";
import { adoptedRow } from "./index-table.ts";
import { completeRelations } from "./relations.ts";
import type { ReadyTable } from "./prepare.ts";
import {
  commit,
  progress,
  rowName,
  seenChange,
  tableOf,
  type Session,
  type Writing,
} from "./session.ts";
import { planWorks, relationTarget, type Work } from "./work.ts";
import type { WriteAt } from "./lot.ts";
import { removeRows } from "./remove-rows.ts";
import { createRows, updateRows } from "./write-rows.ts";

const chunkRows = 100;
/** While waiting for a create to be settled, the leases must be kept. */
const waitSliceMs = 5_000;

/** Applies a batch. Throws when it could not be carried out whole; then it must be asked for again. */
export async function applyBatch(batch: Batch, writing: Writing): Promise<void> {
  const { session } = writing;
  const groups = arrange(batch.changes, session.worker.manifest.databases);
  // Before the first write: a change for a table that cannot be used stops the whole batch.
  const tables = groups.map((group) => tableOf(session, group.database));
  for (const [index, { changes }] of groups.entries()) {
    const table = tables[index] ?? tableOf(session, "");
    for (let start = 0; start < changes.length; start += chunkRows) {
      await applyChunk(changes.slice(start, start + chunkRows), { writing, table });
    }
  }
  await applyNotes(batch, writing);
  await applyDeferred(writing);
  await completeRelations(writing, { isFinal: false });
}

async function applyChunk(changes: readonly Change[], at: WriteAt): Promise<void> {
  const works = await planChunk(changes, at);
  const doubtful = works.filter((work) => work.plan.kind === "in-doubt");
  if (doubtful.length > 0) await applyDoubtful(changes, doubtful, at);
  await applyQuiet(works, at);
  const creates = works.filter((work) => work.plan.kind === "create");
  await applyCreates(creates, changes, at);
  await updateRows(
    works.filter((work) => work.plan.kind === "update"),
    at,
  );
  await removeRows(
    works.flatMap((work) =>
      work.plan.kind === "remove" && work.known !== null ? [work.known] : [],
    ),
    at,
  );
}

function planChunk(changes: readonly Change[], at: WriteAt): Promise<readonly Work[]> {
  const { session } = at.writing;
  return planWorks(changes, {
    store: session.deps.store,
    digest: session.deps.digest,
    worker: session.worker.name,
    database: at.table.id,
    declaration: at.table.declaration,
  });
}

/** Rows that need no call: what is remembered about them. */
async function applyQuiet(works: readonly Work[], at: WriteAt): Promise<void> {
  const { writing, table } = at;
  const changes: OnewayChange[] = [];
  let quiet = 0;
  for (const work of works) {
    for (const property of work.undeclared) {
      writing.session.notes.add(
        `${table.id} does not declare ${property}; what the source gives for it is left out.`,
      );
    }
    const found = quietChanges(work, at);
    if (found === null) continue;
    quiet += 1;
    changes.push(...found);
  }
  await commit(writing.session, changes);
  writing.done += quiet;
  progress(writing.session, "write", { done: writing.done, total: writing.total });
}

/** Null for a work that needs a call. */
function quietChanges(work: Work, at: WriteAt): readonly OnewayChange[] | null {
  const { writing, table } = at;
  const { plan, known } = work;
  const atMs = writing.session.deps.nowMs();
  const named: OnewayChange[] = [
    { kind: "touch", database: table.id, key: work.key, atMs },
    seenChange(writing, table, work.key),
  ];
  switch (plan.kind) {
    case "unchanged": {
      writing.tally.unchanged += 1;
      const isSettled = !plan.isNewer && known?.problem === null;
      if (known === null || isSettled) return named;
      const parts = partsAfter(known.parts, work, []);
      const row = { ...known, parts, problem: null, touchedAtMs: atMs };
      return [{ kind: "row", row }, seenChange(writing, table, work.key)];
    }
    case "skipped":
      writing.tally.skipped += 1;
      return named;
    case "refused":
      writing.tally.failed += 1;
      writing.session.notes.add(`${rowName(table, work.key)} was not written: ${plan.message}`);
      return named;
    case "nothing":
      writing.tally.unchanged += 1;
      // A key that never became a row is forgotten.
      return known !== null && known.rowId === null
        ? [{ kind: "row-drop", database: table.id, key: work.key }]
        : [];
    case "create":
    case "update":
    case "remove":
    case "in-doubt":
      return null;
  }
}

/** Makes rows that point at others of the same chunk after those. */
async function applyCreates(
  creates: readonly Work[],
  changes: readonly Change[],
  at: WriteAt,
): Promise<void> {
  if (creates.length === 0) return;
  if (!at.table.binding.isIndexed && (await adopt(creates, at))) {
    const keys = new Set(creates.map((work) => work.key));
    const again = changes.filter((change) => keys.has(change.key));
    const indexed = { ...at, table: withIndex(at.table) };
    return applyChunk(again, indexed);
  }
  const order = waves(new Map(creates.map((work) => [work.key, ownTargets(work, at.table)])));
  for (const [index, keys] of order.entries()) {
    const wave = new Set(keys);
    if (index === 0) {
      await createRows(
        creates.filter((work) => wave.has(work.key)),
        at,
      );
      continue;
    }
    // Looked at again: the rows they point at are there now.
    const works = await planChunk(
      changes.filter((change) => wave.has(change.key)),
      at,
    );
    await createRows(
      works.filter((work) => work.plan.kind === "create"),
      at,
    );
  }
}

/** For the rest of a chunk whose keys were searched one by one. */
function withIndex(table: ReadyTable): ReadyTable {
  return { ...table, binding: { ...table.binding, isIndexed: true } };
}

/** Takes over rows of a table that could not be listed in full. True when there were any. */
async function adopt(creates: readonly Work[], at: WriteAt): Promise<boolean> {
  const { session } = at.writing;
  const ids = await searchKeys(
    creates.map((work) => work.key),
    { session, table: at.table },
  );
  await commit(
    session,
    [...ids].map(([key, id]) => ({ kind: "row", row: adoptedRow(at.table.id, { key, id }) })),
  );
  return ids.size > 0;
}

/** Keys of the same table that the row points at. */
function ownTargets(work: Work, table: ReadyTable): readonly string[] {
  return [...work.relations].flatMap(([property, relation]) =>
    relationTarget(table.declaration, property) === table.declaration.key ? relation.missing : [],
  );
}

/** Changes of rows whose create is open: those that are settled now go on, the others wait. */
async function applyDoubtful(
  changes: readonly Change[],
  doubtful: readonly Work[],
  at: WriteAt,
): Promise<void> {
  const { writing, table } = at;
  const { session } = writing;
  const rows = doubtful.flatMap((work) => work.known ?? []);
  const { found, absent } = await settleCreates(rows, { session, table });
  const ready: Change[] = [];
  for (const change of changes) {
    if (!rows.some((row) => row.key === change.key)) continue;
    if (found.has(change.key) || absent.has(change.key)) ready.push(change);
    else writing.deferred.push({ table, change });
  }
  if (ready.length > 0) await applyChunk(ready, at);
}

/** What could not be read but names its row counts as seen: only absence is a reason to remove. */
async function applyNotes(batch: Batch, writing: Writing): Promise<void> {
  const { session } = writing;
  const changes: OnewayChange[] = [];
  const atMs = session.deps.nowMs();
  for (const note of batch.notes) {
    const where = [note.database, note.key, note.property].filter((part) => part !== null);
    session.notes.add(`${where.join(", ")}${where.length > 0 ? ": " : ""}${note.message}`);
    if (note.weight !== "refused") continue;
    writing.tally.failed += 1;
    const table = note.database === null ? undefined : session.tables.tables.get(note.database);
    if (note.key === null || table === undefined) continue;
    changes.push(
      { kind: "touch", database: table.id, key: note.key, atMs },
      seenChange(writing, table, note.key),
    );
  }
  await commit(session, changes);
}

/** Waits until open creates are settled one way or the other, and then goes on with their rows. */
async function applyDeferred(writing: Writing): Promise<void> {
  // Bound: every round settles what it waited for; a create whose answer is lost again starts another,
  // and three lost in a row end the execution.
  while (writing.deferred.length > 0) {
    const waiting = writing.deferred.splice(0);
    const { session } = writing;
    const open = await openCreates(waiting, session);
    const untilMs = Math.max(0, ...open) + session.deps.settleMs;
    while (open.length > 0 && session.deps.nowMs() < untilMs) {
      progress(session, "wait", { done: waiting.length, total: null });
      await session.leases.keep();
      const leftMs = untilMs - session.deps.nowMs();
      await session.deps.sleep(Math.min(leftMs, waitSliceMs), session.deps.signal);
    }
    session.deps.signal.throwIfAborted();
    for (const [table, entries] of Map.groupBy(waiting, (one) => one.table)) {
      await applyChunk(
        entries.map((entry) => entry.change),
        { writing, table },
      );
    }
  }
}

/** When the creates that are still open were begun. */
async function openCreates(
  waiting: Writing["deferred"],
  session: Session,
): Promise<readonly number[]> {
  const begun: number[] = [];
  for (const [table, entries] of Map.groupBy(waiting, (one) => one.table)) {
    const keys = entries.map((entry) => entry.change.key);
    for (const row of await session.deps.store.loadRows(table.id, keys)) {
      if (row.createBegunAtMs !== null) begun.push(row.createBegunAtMs);
    }
  }
  return begun;
}
