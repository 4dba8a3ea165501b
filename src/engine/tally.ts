// What a run came to, in numbers: counted from outcomes, never from plans.
import type { RunCounts } from "../core/entry.ts";
import type { Sent } from "./sending.ts";

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
  note(sent: Sent, canRestore: boolean): void;
  noteWindow(windowMs: number): void;
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
    note: (sent, canRestore) => {
      note(tally, sent, canRestore);
    },
    noteWindow: (windowMs) => {
      tally.windowMsMax = Math.max(tally.windowMsMax, windowMs);
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
      tally.conflicts += sent.intent.conflicts.length;
      countDone(tally, sent, canRestore);
      return;
    case "failed":
      tally.failed += 1;
      return;
    case "not-applied":
    case "unknown":
      tally.waiting += 1;
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
