// The last look before a write. Neither service has conditional writes, so each target is read again
// right before it is overwritten, as many rows a call as the service allows; what moved since it was
// planned is left for the next run. What remains is measured: the time from this look to the commit.
import { rowFingerprint } from "../core/fingerprint.ts";
import type { RecordId } from "../core/ids.ts";
import { isLive } from "../core/row.ts";
import type { ReadWindow, Row, RowReading } from "../core/row.ts";
import type { PairSetup } from "../core/setup.ts";
import { other, type Side, type Sided } from "../core/side.ts";
import { isSame } from "../core/value.ts";
import { rowsOf } from "./assemble.ts";
import type { EngineDeps } from "./deps.ts";
import type { Work } from "./work.ts";
import { wantedOf } from "./observe.ts";

/** Rows looked at together before they are written: what one listing by ids can show, and for single
 * writes as many as fit into about ten seconds. */
export const lookBatchMax: Record<Side, number> = { left: 30, right: 100 };

/** A row is not put off for its own heat longer than this. */
const hotRowPatienceMs = 600_000;

export type CheckResult = "clear" | "moved" | "hot";

export interface Checked {
  readonly results: ReadonlyMap<Work, CheckResult>;
  /** Our clock when the look began. */
  readonly lookedAtMs: number;
}

/** What the planning readings were: all that is asked of them here is when they began. */
export interface Seen {
  readonly ends: Sided<{ readonly window: Pick<ReadWindow, "startMs"> }>;
}

/** The row a write depends on: its target, or the source of a create. */
export function lookedSide(work: Work): Side {
  return work.action.kind === "create" ? other(work.action.side) : work.action.side;
}

export async function precheck(
  works: readonly Work[],
  input: { readonly setup: PairSetup; readonly observation: Seen },
  deps: EngineDeps,
): Promise<Checked> {
  const lookedAtMs = deps.nowMs();
  const results = new Map<Work, CheckResult>();
  for (const side of ["left", "right"] as const) {
    const mine = works.filter((work) => lookedSide(work) === side);
    const ids = mine.flatMap((work) => work.plan.link.ids[side] ?? []);
    if (ids.length === 0) continue;
    const fresh = await deps.connectors[side].recheck(
      ids,
      wantedOf(input.setup, side),
      input.observation.ends[side].window.startMs,
    );
    for (const work of mine) results.set(work, judge(work, { side, fresh }, { ...input, deps }));
  }
  return { results, lookedAtMs };
}

function judge(
  work: Work,
  at: { readonly side: Side; readonly fresh: ReadonlyMap<RecordId, RowReading> },
  input: { readonly setup: PairSetup; readonly deps: EngineDeps },
): CheckResult {
  const planned = rowsOf(work.plan)[at.side];
  const id = work.plan.link.ids[at.side];
  const reading = id === null ? undefined : at.fresh.get(id);
  if (work.action.kind === "restore") return "clear";
  if (
    reading !== undefined &&
    !isAsPlanned(reading, planned, { side: at.side, setup: input.setup })
  ) {
    return "moved";
  }
  const row = isLive(reading) ? reading.row : planned;
  return row !== null && isHot(work, { side: at.side, row }, input) ? "hot" : "clear";
}

function isAsPlanned(
  reading: RowReading,
  planned: Row | null,
  at: { readonly side: Side; readonly setup: PairSetup },
): boolean {
  if (reading.state !== "live" || planned === null) return false;
  const mark = at.setup.marks[at.side]?.field.id;
  const before = mark === undefined ? undefined : planned.cells.get(mark);
  const now = mark === undefined ? undefined : reading.row.cells.get(mark);
  if (before !== undefined && now !== undefined && !isSame(before, now)) return false;
  return (
    rowFingerprint(at.setup, at.side, reading.row) === rowFingerprint(at.setup, at.side, planned)
  );
}

/** Somebody is at work on the very row: another keystroke may be under way. */
function isHot(
  work: Work,
  at: { readonly side: Side; readonly row: Row },
  input: { readonly setup: PairSetup; readonly deps: EngineDeps },
): boolean {
  const { hotRowMs } = input.setup.policy.guards;
  const { action } = work;
  const { row, side } = at;
  if (hotRowMs <= 0 || action.kind !== "update") return false;
  // Where a side only receives, nobody types; the marker and the stamp are no cells at all.
  const receiving = side === "left" ? "toLeft" : "toRight";
  if (action.cells.every((cell) => cell.mapping?.policy.flow === receiving)) return false;
  if (row.stampMs === null || row.editedBy === "us") return false;
  const own = work.plan.link.ownStamps[side];
  if (own !== null && row.stampMs <= own) return false;
  const nowMs = input.deps.connectors[side].nowMs();
  if (nowMs - row.stampMs >= hotRowMs) return false;
  const waitingSinceMs = Math.min(
    ...work.plan.cells.flatMap((cell) => cell.pending[other(side)]?.hiMs ?? []),
    nowMs,
  );
  return nowMs - waitingSinceMs < hotRowPatienceMs;
}
