// Lets go of what the store need not keep for ever: entries and runs that the audit log holds, beyond the
// last thousand runs of a pair and older than a month. What a run can be undone or explained by stays
// for as long; the audit log keeps everything.
import type { Kysely } from "kysely";

import type { Tables } from "./tables.ts";

interface PruneBounds {
  /** Runs of a pair that stay, however old. */
  readonly runsMin: number;
  /** Younger runs stay, however many. Longer than a month, whose calls `status` adds up. */
  readonly keepMs: number;
  /** Entries that stay at most, whatever the above: a row that is held for months is told each time. */
  readonly entriesMax: number;
  /** Runs and entries that one call lets go, so that no run waits for it. */
  readonly partMax: number;
}

const dayMs = 86_400_000;

const pruneBounds: PruneBounds = {
  runsMin: 1_000,
  keepMs: 35 * dayMs,
  entriesMax: 500_000,
  partMax: 2_000,
};

/** One transaction. Entries that are not in the audit log yet always stay, and the last that is. */
export async function prune(
  db: Kysely<Tables>,
  nowMs: number,
  bounds: PruneBounds = pruneBounds,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { last_seq: last, drained_seq: drained } = await tx
      .selectFrom("audit")
      .select(["last_seq", "drained_seq"])
      .where("id", "=", 1)
      .executeTakeFirstOrThrow();
    const pairs = await tx.selectFrom("run").select("pair").distinct().execute();
    for (const { pair } of pairs) await pruneRuns(tx, { pair, drained, nowMs, bounds });
    const surplus = last - bounds.entriesMax;
    if (surplus <= 0) return;
    const rows = await tx
      .selectFrom("entry")
      .select("seq")
      .where("seq", "<=", surplus)
      .where("seq", "<", drained)
      .orderBy("seq")
      .limit(bounds.partMax)
      .execute();
    const end = rows.at(-1)?.seq;
    if (end !== undefined) await tx.deleteFrom("entry").where("seq", "<=", end).execute();
  });
}

async function pruneRuns(
  db: Kysely<Tables>,
  at: {
    readonly pair: string;
    readonly drained: number;
    readonly nowMs: number;
    readonly bounds: PruneBounds;
  },
): Promise<void> {
  const { pair, drained, nowMs, bounds } = at;
  const oldest = await db
    .selectFrom("run")
    .select("started_at")
    .where("pair", "=", pair)
    .orderBy("started_at", "desc")
    .offset(bounds.runsMin - 1)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  const runs = await db
    .selectFrom("run")
    .select("id")
    .where("pair", "=", pair)
    .where("status", "!=", "running")
    .where("started_at", "<", Math.min(oldest.started_at, nowMs - bounds.keepMs))
    .orderBy("started_at")
    .limit(Math.min(bounds.partMax, 500))
    .execute();
  const ids = runs.map((run) => run.id);
  if (ids.length === 0) return;
  await db.deleteFrom("entry").where("run", "in", ids).where("seq", "<", drained).execute();
  const kept = await db
    .selectFrom("entry")
    .select("run")
    .distinct()
    .where("run", "in", ids)
    .execute();
  const waiting = new Set(kept.map((entry) => entry.run));
  const gone = ids.filter((id) => !waiting.has(id));
  if (gone.length > 0) await db.deleteFrom("run").where("id", "in", gone).execute();
}
