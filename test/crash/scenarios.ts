// Every scenario, by what it is rich in. A new one is a file, and a line here.
import { adoption } from "./scenario/adoption.ts";
import { applyFile } from "./scenario/apply-file.ts";
import { archiveByMark } from "./scenario/archive-by-mark.ts";
import { archiveMapped } from "./scenario/archive-mapped.ts";
import { archiveByTrash } from "./scenario/archive-by-trash.ts";
import { birthsBoth } from "./scenario/births-both.ts";
import { birthsLeft } from "./scenario/births-left.ts";
import { birthsRight } from "./scenario/births-right.ts";
import { birthsWithoutMarker } from "./scenario/births-without-marker.ts";
import { bothEdited } from "./scenario/both-edited.ts";
import { busy } from "./scenario/busy.ts";
import { conflictAsk } from "./scenario/conflict-ask.ts";
import { conflictLatest } from "./scenario/conflict-latest.ts";
import { conflictMerge } from "./scenario/conflict-merge.ts";
import { conflictOwner } from "./scenario/conflict-owner.ts";
import { copiedLeft } from "./scenario/copied-left.ts";
import { copiedRight } from "./scenario/copied-right.ts";
import { deletes } from "./scenario/deletes.ts";
import { detached } from "./scenario/detached.ts";
import { driftRevert } from "./scenario/drift-revert.ts";
import { driftWarn } from "./scenario/drift-warn.ts";
import { firstMatch } from "./scenario/first-match.ts";
import { firstSync } from "./scenario/first-sync.ts";
import { haltRelease } from "./scenario/halt-release.ts";
import { lossy } from "./scenario/lossy.ts";
import { lostReply } from "./scenario/lost-reply.ts";
import { lostRequest } from "./scenario/lost-request.ts";
import { oneWayBirths } from "./scenario/one-way-births.ts";
import { openIntent } from "./scenario/open-intent.ts";
import { pages } from "./scenario/pages.ts";
import { refusedCreate } from "./scenario/refused-create.ts";
import { refusedMended } from "./scenario/refused-mended.ts";
import { refusedUpdate } from "./scenario/refused-update.ts";
import { renamed } from "./scenario/renamed.ts";
import { resolveRemoval } from "./scenario/resolve-removal.ts";
import { resolveSide } from "./scenario/resolve-side.ts";
import { resolveValue } from "./scenario/resolve-value.ts";
import { restoreMark } from "./scenario/restore-mark.ts";
import { restoreTrash } from "./scenario/restore-trash.ts";
import { resyncPrefer } from "./scenario/resync-prefer.ts";
import { stamped } from "./scenario/stamped.ts";
import { tombstone } from "./scenario/tombstone.ts";
import { undoBirths } from "./scenario/undo-births.ts";
import { undoUpdates } from "./scenario/undo-updates.ts";
import { unmarked } from "./scenario/unmarked.ts";
import type { Scenario } from "./scenario.ts";

/** Rows that come into being, found again, or copied. */
export const births: readonly Scenario[] = [
  birthsLeft,
  birthsRight,
  birthsBoth,
  birthsWithoutMarker,
  firstSync,
  firstMatch,
  adoption,
  copiedRight,
  copiedLeft,
  oneWayBirths,
  stamped,
  pages,
];

/** Cells: conflicts, drift, refusals. */
export const edits: readonly Scenario[] = [
  bothEdited,
  conflictLatest,
  conflictOwner,
  conflictMerge,
  conflictAsk,
  driftRevert,
  driftWarn,
  lossy,
  refusedUpdate,
  refusedCreate,
  refusedMended,
  renamed,
];

/** Rows put away and brought back. */
export const removals: readonly Scenario[] = [
  archiveByMark,
  archiveByTrash,
  archiveMapped,
  deletes,
  detached,
  restoreMark,
  restoreTrash,
  tombstone,
  unmarked,
  haltRelease,
  resolveRemoval,
];

/** What people ask for, and runs that begin with something open. */
export const people: readonly Scenario[] = [
  undoUpdates,
  undoBirths,
  resolveSide,
  resolveValue,
  resyncPrefer,
  applyFile,
  openIntent,
  lostReply,
  lostRequest,
  busy,
];
