// Documents of the history and of the journal: entries and intents. They stand together because an
// intent carries the conflict entries that will be told once it is confirmed.
import { z } from "zod";

import type {
  ChangeEntry,
  ConflictEntry,
  Entry,
  HaltEntry,
  ProblemEntry,
  RunEntry,
} from "../core/entry.ts";
import type { Intent } from "../core/intent.ts";
import {
  archival,
  cellName,
  failure,
  fieldKey,
  guardName,
  linkKey,
  oneOf,
  opKey,
  pairKey,
  recordIds,
  recordKey,
  runKey,
  sidedOf,
  sideName,
  value,
  whole,
} from "./document.ts";
import { report } from "./report-document.ts";
import { requestCounts, runCounts, runStatus, runTrigger } from "./state-document.ts";

const change: z.ZodType<ChangeEntry> = z.strictObject({
  type: z.literal("change"),
  op: oneOf({
    create: true,
    update: true,
    archive: true,
    restore: true,
    delete: true,
    link: true,
    unlink: true,
  }),
  side: sideName,
  link: linkKey,
  opId: opKey.nullable().default(null),
  ids: recordIds,
  title: z.string(),
  fields: z.record(z.string(), z.strictObject({ before: value, after: value, rule: z.string() })),
});

const conflict: z.ZodType<ConflictEntry> = z.strictObject({
  type: z.literal("conflict"),
  link: linkKey,
  ids: recordIds,
  title: z.string(),
  field: z.string(),
  base: value.nullable(),
  values: sidedOf(z.strictObject({ value, atMs: whole.nullable() })),
  winner: oneOf({ left: true, right: true, merged: true }).nullable(),
  rule: z.string(),
  label: oneOf({ proven: true, estimated: true, tie: true, policy: true, held: true }),
});

const problem: z.ZodType<ProblemEntry> = z.strictObject({
  type: z.literal("problem"),
  side: sideName.nullable(),
  ids: recordIds,
  field: z.string().nullable().default(null),
  code: oneOf({
    undecodable: true,
    not_representable: true,
    answer_refused: true,
    rejected: true,
    row_missing: true,
    row_lost: true,
    row_unknown: true,
    out_of_scope: true,
    duplicate_key: true,
    copied_row: true,
    marker_dangling: true,
    outcome_unknown: true,
    create_in_doubt: true,
    edit_versus_delete: true,
    differs_at_first_sync: true,
    archive_not_configured: true,
    unarchived_by_hand: true,
    drift: true,
    lossy_target: true,
    renamed: true,
    hot_row: true,
    moved_meanwhile: true,
    suspect_reading: true,
    listing_incomplete: true,
    unlinked_left: true,
    history: true,
  }),
  message: z.string(),
  remedy: z.string(),
});

const halt: z.ZodType<HaltEntry> = z.strictObject({
  type: z.literal("halt"),
  guard: guardName,
  message: z.string(),
  remedy: z.string(),
  counts: z.record(z.string(), z.number()).default({}),
});

const run: z.ZodType<RunEntry> = z.strictObject({
  type: z.literal("run"),
  status: runStatus,
  trigger: runTrigger,
  startedAtMs: whole,
  durationMs: z.number(),
  counts: runCounts,
  requests: requestCounts,
  windowMsMax: z.number().default(0),
  report: report.exactOptional(),
  error: failure.nullable().default(null),
});

export const entry: z.ZodType<Entry> = z.strictObject({
  run: runKey,
  pair: pairKey,
  atMs: whole,
  body: z.union([change, conflict, problem, halt, run]),
});

export const intent: z.ZodType<Intent> = z.strictObject({
  id: opKey,
  run: runKey,
  pair: pairKey,
  link: linkKey,
  side: sideName,
  kind: oneOf({ create: true, update: true, remove: true, restore: true }),
  target: recordKey.nullable(),
  replaces: recordKey.exactOptional(),
  cells: z.array(
    z.strictObject({
      name: z.string(),
      key: cellName.nullable(),
      field: fieldKey,
      before: value,
      after: value,
      source: value,
      rule: z.string(),
      isLossy: z.boolean().default(false),
      isBase: z.boolean().default(true),
    }),
  ),
  marker: z.string().nullable().default(null),
  archival: archival.nullable().default(null),
  isParting: z.boolean().default(false),
  isJoining: z.boolean().exactOptional(),
  isLift: z.boolean().exactOptional(),
  title: z.string().default(""),
  conflicts: z.array(conflict).default([]),
  sentAtMs: whole,
  attempt: whole.default(1),
  status: oneOf({ sent: true, unknown: true }),
});
