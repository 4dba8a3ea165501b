// What a run came to, in numbers: counted from outcomes, never from plans.
import type { ConflictEntry, ConflictLabel, EntryBody, RunCounts } from "../core/entry.ts";
import type { HoldReason } from "../core/report.ts";
import { isBlank, isSame } from "../core/value.ts";
import type { Sent } from "./sending.ts";
import { workKey } from "./work.ts";

type Both = { left: number; right: number };
const zero = (): Both => ({ left: 0, right: 0 });

export interface Tally {
  readonly created: Both;
  readonly updated: Both;
  readonly archived: Both;
  readonly deleted: Both;
  readonly restored: Both;
  linked: number;
  unlinked: number;
  conflicts: number;
  failed: number;
  waiting: number;
  unchanged: number;
  /** Our clock at the last look before a write. */
  lookedAtMs: number;
  windowMsMax: number;
  windowMsTotal: number;
  readonly overwrites: Both;
  readonly conflictsBy: Record<ConflictLabel, number>;
  readonly holds: Map<HoldReason, number>;
  rowsUnknown: number;
  readonly guards: Set<string>;
  /** What this run has told already: a second look need not say it again. */
  readonly told: Set<string>;
  /** Works that were refused in this run, by `workKey`: not tried again at its next look. */
  readonly refused: Set<string>;
  readonly writes: { clean: number; indeterminate: number; settledLate: number };
  /** Both listings were compared in this run, and whether one of them was cut short. */
  compared: "not" | "whole" | "cut";
  note(sent: Sent, canRestore: boolean): void;
  noteWindow(windowMs: number, rows: number): void;
  /** Something is left as it is until a later run. */
  hold(reason: HoldReason, amount?: number): void;
  /** What waited at an earlier look of this run is counted anew by the next one. */
  beginLook(): void;
  noteConflicts(entries: readonly ConflictEntry[]): void;
}

export function makeTally(): Tally {
  const tally: Tally = {
    created: zero(),
    updated: zero(),
    archived: zero(),
    deleted: zero(),
    restored: zero(),
    linked: 0,
    unlinked: 0,
    conflicts: 0,
    failed: 0,
    waiting: 0,
    unchanged: 0,
    lookedAtMs: 0,
    windowMsMax: 0,
    windowMsTotal: 0,
    overwrites: zero(),
    conflictsBy: { proven: 0, estimated: 0, tie: 0, policy: 0, held: 0 },
    holds: new Map(),
    rowsUnknown: 0,
    guards: new Set(),
    refused: new Set(),
    told: new Set(),
    writes: { clean: 0, indeterminate: 0, settledLate: 0 },
    compared: "not",
    note: (sent, canRestore) => {
      note(tally, sent, canRestore);
    },
    noteWindow: (windowMs, rows) => {
      tally.windowMsMax = Math.max(tally.windowMsMax, windowMs);
      tally.windowMsTotal += windowMs * rows;
    },
    hold: (reason, amount = 1) => {
      if (amount > 0) tally.holds.set(reason, (tally.holds.get(reason) ?? 0) + amount);
    },
    beginLook: () => {
      tally.waiting = 0;
      tally.failed = 0;
      tally.rowsUnknown = 0;
      tally.holds.clear();
    },
    noteConflicts: (entries) => {
      tally.conflicts += entries.length;
      for (const { label } of entries) tally.conflictsBy[label] += 1;
    },
  };
  return tally;
}

function note(tally: Tally, sent: Sent, canRestore: boolean): void {
  const { side } = sent.intent;
  switch (sent.outcome.kind) {
    case "done":
      if (sent.intent.isParting) tally.unlinked += 1;
      if (sent.intent.isJoining === true) tally.linked += 1;
      tally.noteConflicts(sent.intent.conflicts);
      tally.writes.clean += 1;
      tally.overwrites[side] += replacedIn(sent);
      countDone(tally, sent, canRestore);
      return;
    case "failed":
      tally.failed += 1;
      tally.hold("rejected");
      tally.refused.add(workKey(sent.work));
      return;
    case "not-applied":
      tally.waiting += 1;
      tally.hold("unreached");
      return;
    case "unknown":
      tally.waiting += 1;
      tally.writes.indeterminate += 1;
      tally.hold("inDoubt");
      return;
  }
  function countDone(to: Tally, done: Sent, hasTrash: boolean): void {
    const { action } = done.work;
    switch (action.kind) {
      case "create":
        to.created[side] += 1;
        return;
      case "update":
        if (action.archival === "lift") to.restored[side] += 1;
        else if (action.archival !== null) to.archived[side] += 1;
        // A link marker alone is bookkeeping: the row was linked, not updated.
        else if (action.cells.length > 0) to.updated[side] += 1;
        return;
      case "remove":
        (hasTrash ? to.archived : to.deleted)[side] += 1;
        return;
      case "restore":
        to.restored[side] += 1;
    }
  }
}

/** Whether a problem, or a matter that waits, is told for the first time in this run. */
export function isNews(tally: Tally, body: EntryBody): boolean {
  if (body.type !== "problem" && (body.type !== "conflict" || body.winner !== null)) return true;
  // A row that waits on both sides is told once: the words are the same.
  const key = JSON.stringify(body.type === "problem" ? { ...body, side: null } : body);
  if (tally.told.has(key)) return false;
  tally.told.add(key);
  return true;
}

/** Filled cells that the write replaced by something else. */
function replacedIn({ intent }: Sent): number {
  if (intent.kind !== "update") return 0;
  return intent.cells.filter(
    ({ before, after }) => !isBlank(before) && before.kind !== "unknown" && !isSame(before, after),
  ).length;
}

export function countsOf(tally: Tally): RunCounts {
  return {
    created: { ...tally.created },
    updated: { ...tally.updated },
    archived: { ...tally.archived },
    deleted: { ...tally.deleted },
    restored: { ...tally.restored },
    linked: tally.linked,
    unlinked: tally.unlinked,
    conflicts: tally.conflicts,
    failed: tally.failed,
    waiting: tally.waiting,
    unchanged: tally.unchanged,
  };
}
