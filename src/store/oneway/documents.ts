// Documents of one-way syncs. Keys that came later have a default, so that what an earlier program
// stored is still read.
import { z } from "zod";

import { databaseId, syncId, type DatabaseId, type SyncId } from "../../core/oneway/ids.ts";
import { oneOf, runKey, whole } from "../document.ts";
import type {
  HeldSweep,
  IndexedRow,
  OnewayCounts,
  OnewayRun,
  QueuedEvent,
  StoredBinding,
  SyncFailure,
  SyncState,
} from "../oneway-store.ts";

const databaseKey: z.ZodType<DatabaseId> = z.string().transform(databaseId);
const syncKey: z.ZodType<SyncId> = z.string().transform(syncId);

/** Any JSON; kept beside it is only the difference between "null" and "nothing". */
const jsonBox: z.ZodType<{ json: unknown }> = z.strictObject({
  json: z.unknown().refine((json) => json !== undefined),
});

export const binding: z.ZodType<StoredBinding> = z.strictObject({
  database: databaseKey,
  tableId: z.string(),
  parentId: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  origin: oneOf({ config: true, managed: true, command: true }),
  isIndexed: z.boolean(),
  maySweep: z.boolean(),
});

const held: z.ZodType<HeldSweep> = z.strictObject({
  guard: oneOf({ empty: true, shrunk: true, cap: true, "first-attached": true }),
  database: databaseKey,
  removals: whole,
  seen: whole,
  message: z.string(),
  atMs: whole,
});

const failure: z.ZodType<SyncFailure> = z.strictObject({
  name: z.string(),
  message: z.string(),
  atMs: whole,
});

export const syncState: z.ZodType<SyncState> = z.strictObject({
  id: syncKey,
  cursor: jsonBox.nullable(),
  cycle: z
    .strictObject({
      number: whole,
      startedAtMs: whole,
      executions: whole,
      seen: whole,
      startCursor: jsonBox.nullable().default(null),
      unnamed: whole.default(0),
    })
    .nullable(),
  cyclesDone: whole,
  cyclesBegun: whole.default(0),
  lastCycleDone: whole.nullable().default(null),
  isPaused: z.boolean(),
  isDisabled: z.boolean(),
  failures: whole,
  lastFailure: failure.nullable(),
  cycleStartedAtMs: whole.nullable(),
  lastSuccessAtMs: whole.nullable(),
  notBeforeMs: whole.nullable(),
  isTriggered: z.boolean(),
  held: held.nullable(),
  sweepApproval: whole.nullable(),
});

/** What a row has besides its columns. */
export type RowDocument = Pick<IndexedRow, "parts" | "waiting" | "problem">;

export const rowDocument: z.ZodType<RowDocument> = z.strictObject({
  parts: z.record(
    z.string(),
    z.strictObject({ hash: z.string(), updatedAtMs: z.number().nullable() }),
  ),
  waiting: z
    .record(
      z.string(),
      z.strictObject({
        target: databaseKey,
        keys: z.array(z.string()),
        missing: z.array(z.string()),
      }),
    )
    .default({}),
  problem: z.strictObject({ message: z.string(), hash: z.string() }).nullable().default(null),
});

const counts: z.ZodType<OnewayCounts> = z.strictObject({
  created: whole,
  updated: whole,
  removed: whole,
  revived: whole,
  unchanged: whole,
  skipped: whole,
  failed: whole,
});

export const run: z.ZodType<OnewayRun> = z.strictObject({
  id: runKey,
  sync: syncKey,
  trigger: oneOf({ schedule: true, manual: true, preview: true, exec: true, webhook: true }),
  cycle: whole.nullable(),
  startedAtMs: whole,
  finishedAtMs: whole.nullable(),
  status: oneOf({
    running: true,
    ok: true,
    attention: true,
    failed: true,
    "rate-limited": true,
    held: true,
    stopped: true,
  }),
  hasMore: z.boolean().nullable(),
  counts,
  requests: z.strictObject({ read: whole, write: whole }),
  error: z.strictObject({ name: z.string(), message: z.string() }).nullable(),
});

export const event: z.ZodType<QueuedEvent> = z.strictObject({
  id: z.string(),
  hook: z.string(),
  json: z.unknown(),
  attempts: whole,
  notBeforeMs: whole,
});
