// Writes the changes of one-way syncs inside a transaction that the caller has begun. What rows wait
// for is kept in a table of its own, derived from the row's document and always written with it.
import { sql, type Transaction } from "kysely";

import { assert } from "../../core/assert.ts";
import type { RunId } from "../../core/ids.ts";
import type { DatabaseId } from "../../core/oneway/ids.ts";
import { encodeDocument } from "../document.ts";
import type {
  IndexedRow,
  OnewayChange,
  OnewayRun,
  QueuedEvent,
  StoredBinding,
  StoredLogLine,
  SyncState,
} from "../oneway-store.ts";
import type { Tables } from "../tables.ts";
import * as documents from "./documents.ts";
import { loadSync } from "./query-runs.ts";
import { encodeRow, waitingRows } from "./row.ts";

type Tx = Transaction<Tables>;
type Of<K extends OnewayChange["kind"]> = Extract<OnewayChange, { readonly kind: K }>;

const runsKept = 200;
const logLinesKept = 2_000;

/** Keys in one statement: far below the parameter limits of the dialects. */
const keysPerStatementMax = 200;

/**
 * Saves the changes in order; those that follow each other and say the same of many keys take one
 * statement together. Throws `InvariantError` for what could not be read back.
 */
export async function saveOnewayChanges(tx: Tx, changes: readonly OnewayChange[]): Promise<void> {
  let at = 0;
  while (at < changes.length) {
    const run = runOf(changes, at);
    const [first] = run;
    if (first?.kind === "touch") await touch(tx, first, run);
    else if (first?.kind === "seen") await saveSeen(tx, run);
    else if (first !== undefined) await saveChange(tx, first);
    at += run.length;
  }
}

/** The changes from a place on that can be saved together: at least one. */
function runOf(changes: readonly OnewayChange[], start: number): readonly OnewayChange[] {
  const first = changes[start];
  let end = start + 1;
  while (end - start < keysPerStatementMax && isAlike(first, changes[end])) end += 1;
  return changes.slice(start, end);
}

function isAlike(a: OnewayChange | undefined, b: OnewayChange | undefined): boolean {
  if (a?.kind === "touch" && b?.kind === "touch") {
    return a.database === b.database && a.atMs === b.atMs;
  }
  return a?.kind === "seen" && b?.kind === "seen" && a.cycle === b.cycle;
}

/** Saves one change. Throws `InvariantError` for what could not be read back. */
async function saveChange(
  tx: Tx,
  change: Exclude<OnewayChange, Of<"touch" | "seen">>,
): Promise<void> {
  switch (change.kind) {
    case "binding":
      return saveBinding(tx, change.binding);
    case "binding-drop":
      return dropBinding(tx, change.database);
    case "sync":
      return saveSync(tx, change.state);
    case "sync-progress":
      return saveProgress(tx, change);
    case "sync-flags":
      return saveFlags(tx, change);
    case "row":
      return saveRow(tx, change.row);
    case "row-drop":
      return dropIndexed(tx, change.database, change.key);
    case "run":
      return saveRun(tx, change.run);
    case "log":
      return saveLog(tx, change.run, change.lines);
    case "pacer":
      return savePacer(tx, change);
    case "event":
      return saveEvent(tx, change.event);
    case "event-drop":
      await tx.deleteFrom("oneway_event").where("id", "=", change.id).execute();
  }
}

/** What stands before the first slash; a flow's name has none. */
function workerOf(id: string): string {
  return id.split("/", 1)[0] ?? id;
}

async function saveBinding(tx: Tx, binding: StoredBinding): Promise<void> {
  const doc = encodeDocument(documents.binding, `binding ${binding.database}`, binding);
  const { database } = binding;
  await tx
    .insertInto("oneway_binding")
    .values({ database, worker: workerOf(database), doc })
    .onConflict((on) => on.column("database").doUpdateSet({ doc }))
    .execute();
}

async function dropBinding(tx: Tx, database: DatabaseId): Promise<void> {
  await tx.deleteFrom("oneway_binding").where("database", "=", database).execute();
  await tx.deleteFrom("oneway_row").where("database", "=", database).execute();
  await tx.deleteFrom("oneway_waiting").where("database", "=", database).execute();
  await tx.deleteFrom("oneway_seen").where("database", "=", database).execute();
}

async function saveSync(tx: Tx, state: SyncState): Promise<void> {
  const doc = encodeDocument(documents.syncState, `sync ${state.id}`, state);
  await tx
    .insertInto("oneway_sync")
    .values({ id: state.id, worker: workerOf(state.id), doc })
    .onConflict((on) => on.column("id").doUpdateSet({ doc }))
    .execute();
}

async function saveProgress(tx: Tx, change: Of<"sync-progress">): Promise<void> {
  const { state } = change;
  const stored = await loadSync(tx, state.id);
  if (stored === null) return saveSync(tx, state);
  const { isPaused, isDisabled, isTriggered } = stored;
  const sweepApproval = change.usesApproval ? null : stored.sweepApproval;
  return saveSync(tx, { ...state, isPaused, isDisabled, isTriggered, sweepApproval });
}

async function saveFlags(tx: Tx, { fresh, flags }: Of<"sync-flags">): Promise<void> {
  const stored = await loadSync(tx, fresh.id);
  return saveSync(tx, { ...(stored ?? fresh), ...flags });
}

async function saveRow(tx: Tx, row: IndexedRow): Promise<void> {
  assert(
    row.rowId !== null || row.createBegunAtMs !== null || row.problem !== null,
    "an index entry without a row, a create or a problem",
  );
  const { database, key, ...columns } = encodeRow(row);
  await tx
    .insertInto("oneway_row")
    .values({ database, key, ...columns })
    .onConflict((on) => on.columns(["database", "key"]).doUpdateSet(columns))
    .execute();
  await dropWaiting(tx, database, key);
  const waiting = waitingRows(row);
  if (waiting.length > 0) await tx.insertInto("oneway_waiting").values(waiting).execute();
}

async function dropWaiting(tx: Tx, database: string, key: string): Promise<void> {
  await tx
    .deleteFrom("oneway_waiting")
    .where("database", "=", database)
    .where("key", "=", key)
    .execute();
}

async function dropIndexed(tx: Tx, database: string, key: string): Promise<void> {
  await tx
    .deleteFrom("oneway_row")
    .where("database", "=", database)
    .where("key", "=", key)
    .execute();
  await dropWaiting(tx, database, key);
}

async function touch(
  tx: Tx,
  { database, atMs }: Of<"touch">,
  run: readonly OnewayChange[],
): Promise<void> {
  const keys = run.flatMap((change) => (change.kind === "touch" ? [change.key] : []));
  await tx
    .updateTable("oneway_row")
    .set({ touched_at: atMs })
    .where("database", "=", database)
    .where("key", "in", keys)
    .execute();
}

async function saveSeen(tx: Tx, run: readonly OnewayChange[]): Promise<void> {
  const rows = new Map<string, Tables["oneway_seen"]>();
  for (const change of run) {
    if (change.kind !== "seen") continue;
    const { sync, database, key, cycle } = change;
    // One statement cannot touch a row twice in every dialect.
    rows.set(JSON.stringify([sync, database, key]), { sync, database, key, cycle });
  }
  await tx
    .insertInto("oneway_seen")
    .values([...rows.values()])
    .onConflict((on) =>
      on
        .columns(["sync", "database", "key"])
        .doUpdateSet((set) => ({ cycle: set.ref("excluded.cycle") })),
    )
    .execute();
}

async function saveRun(tx: Tx, run: OnewayRun): Promise<void> {
  assert(
    (run.status === "running") === (run.finishedAtMs === null),
    `run ${run.id} is ${run.status}, which does not go with its end`,
  );
  const doc = encodeDocument(documents.run, `run ${run.id}`, run);
  const columns = { sync: run.sync, started_at: run.startedAtMs, status: run.status, doc };
  await tx
    .insertInto("oneway_run")
    .values({ id: run.id, ...columns })
    .onConflict((on) => on.column("id").doUpdateSet(columns))
    .execute();
  if (run.status === "running") await pruneRuns(tx, run.sync);
}

async function pruneRuns(tx: Tx, sync: string): Promise<void> {
  const old = await tx
    .selectFrom("oneway_run")
    .select("id")
    .where("sync", "=", sync)
    .orderBy("started_at", "desc")
    .orderBy("id", "desc")
    .limit(1_000)
    .offset(runsKept)
    .execute();
  if (old.length === 0) return;
  const ids = old.map((row) => row.id);
  await tx.deleteFrom("oneway_run").where("id", "in", ids).execute();
  await tx.deleteFrom("oneway_log").where("run", "in", ids).execute();
}

async function saveLog(tx: Tx, run: RunId, lines: readonly StoredLogLine[]): Promise<void> {
  if (lines.length === 0) return;
  const { last } = await tx
    .selectFrom("oneway_log")
    .select((of) => of.fn.max<number | null>("n").as("last"))
    .where("run", "=", run)
    .executeTakeFirstOrThrow();
  const start = (last ?? 0) + 1;
  // Lines that would be pruned at once are not written, their numbers stay free.
  const kept = lines.slice(-logLinesKept);
  for (const [index, line] of kept.entries()) {
    const n = start + lines.length - kept.length + index;
    await tx
      .insertInto("oneway_log")
      .values({ run, n, at: line.atMs, stream: line.stream, line: line.text })
      .execute();
  }
  await tx
    .deleteFrom("oneway_log")
    .where("run", "=", run)
    .where("n", "<=", start + lines.length - 1 - logLinesKept)
    .execute();
}

async function savePacer(tx: Tx, change: Of<"pacer">): Promise<void> {
  const { worker, pacer, lastScheduledAtMs } = change;
  await tx
    .insertInto("oneway_pacer")
    .values({ worker, pacer, last_at: lastScheduledAtMs })
    .onConflict((on) =>
      on
        .columns(["worker", "pacer"])
        .doUpdateSet({ last_at: lastScheduledAtMs })
        .where(sql<boolean>`excluded.last_at > oneway_pacer.last_at`),
    )
    .execute();
}

async function saveEvent(tx: Tx, event: QueuedEvent): Promise<void> {
  const doc = encodeDocument(documents.event, `event ${event.id}`, event);
  const columns = { not_before: event.notBeforeMs, doc };
  await tx
    .insertInto("oneway_event")
    .values({ id: event.id, ...columns })
    .onConflict((on) => on.column("id").doUpdateSet(columns))
    .execute();
}
