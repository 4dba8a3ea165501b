// Documents of what is known about a pair and its runs: state, conflicts, quarantine, run records. A key
// that a store of an earlier version may lack has a default, and it is the cautious one.
import { z } from "zod";

import type { RunCounts, RunStatus, RunTrigger } from "../core/entry.ts";
import type { Sided } from "../core/side.ts";
import {
  cellName,
  failure,
  guardName,
  linkKey,
  oneOf,
  pairKey,
  recordIds,
  readWindow,
  runKey,
  sidedOf,
  sideName,
  value,
  whole,
} from "./document.ts";
import type {
  Conflict,
  ConflictAnswer,
  PairState,
  Quarantine,
  ResolvedSide,
  RunRecord,
} from "./store.ts";

const resolvedSide: z.ZodType<ResolvedSide> = z.strictObject({
  wanted: z.string(),
  tableId: z.string(),
  parentId: z.string().nullable().default(null),
  fields: z.array(
    z.strictObject({ wanted: z.string(), id: z.string(), name: z.string(), type: z.string() }),
  ),
});

export const pairState: z.ZodType<PairState> = z.strictObject({
  id: pairKey,
  resolved: sidedOf(resolvedSide).nullable().default(null),
  isPaused: z.boolean().default(false),
  firstSyncedAtMs: whole.nullable().default(null),
  lastScans: sidedOf(readWindow.nullable()).default({ left: null, right: null }),
  prefer: oneOf({ left: true, right: true, newer: true }).nullable().default(null),
  halted: z
    .strictObject({
      guard: guardName,
      message: z.string(),
      remedy: z.string(),
      atMs: whole,
      amount: z.number().default(0),
    })
    .nullable()
    .default(null),
  approvals: z.array(z.strictObject({ guard: guardName, amountMax: z.number() })).default([]),
  lookedUpTo: recordIds.exactOptional(),
});

const answer: z.ZodType<ConflictAnswer> = z.union([
  z.strictObject({ keep: sideName }),
  z.strictObject({ keep: z.literal("value"), text: z.string() }),
  z.strictObject({ keep: z.literal("both") }),
]);

const conflictStatus: z.ZodType<Conflict["status"]> = oneOf({
  open: true,
  answered: true,
  closed: true,
});

export const conflict: z.ZodType<Conflict> = z.strictObject({
  id: z.string(),
  pair: pairKey,
  link: linkKey,
  kind: oneOf({
    cell: true,
    alignment: true,
    lossy: true,
    drift: true,
    "edit-vs-delete": true,
    "create-in-doubt": true,
    undone: true,
  }),
  cell: cellName.nullable(),
  field: z.string().nullable(),
  title: z.string(),
  base: value.nullable().default(null),
  values: sidedOf(value.nullable()),
  sinceMs: whole,
  run: runKey,
  status: conflictStatus,
  answer: answer.nullable().default(null),
});

export const quarantine: z.ZodType<Quarantine> = z.strictObject({
  pair: pairKey,
  link: linkKey,
  side: sideName,
  code: z.string(),
  message: z.string(),
  contentHash: z.string().default(""),
  sinceMs: whole,
  retryAtMs: whole.default(0),
  attempts: whole.default(1),
});

export const runStatus: z.ZodType<RunStatus> = oneOf({
  ok: true,
  attention: true,
  halted: true,
  error: true,
});

export const runTrigger: z.ZodType<RunTrigger> = oneOf({
  cli: true,
  cron: true,
  webhook: true,
  undo: true,
  apply: true,
  resync: true,
  demo: true,
});

const both = sidedOf(whole);

export const runCounts: z.ZodType<RunCounts> = z.strictObject({
  created: both,
  updated: both,
  archived: both,
  deleted: both,
  restored: both.default({ left: 0, right: 0 }),
  linked: whole,
  unlinked: whole,
  conflicts: whole,
  failed: whole,
  waiting: whole.default(0),
  unchanged: whole,
});

export const requestCounts: z.ZodType<Sided<{ read: number; write: number }>> = sidedOf(
  z.strictObject({ read: whole, write: whole }),
);

export const runRecord: z.ZodType<RunRecord> = z.strictObject({
  id: runKey,
  pair: pairKey,
  trigger: runTrigger,
  startedAtMs: whole,
  finishedAtMs: whole.nullable(),
  status: oneOf({ ok: true, attention: true, halted: true, error: true, running: true }),
  counts: runCounts.nullable().default(null),
  requests: requestCounts.nullable().default(null),
  error: failure.nullable().default(null),
});
