// One line a pair: when it last ran, how it stands, and what it costs.
import type { PairConfig } from "../config/load.ts";
import { sided, type Sided } from "../core/side.ts";
import type { Halted, RunRecord } from "../store/store.ts";
import { selectAnyPairs, type AppContext } from "./context.ts";

export interface PairStatus {
  readonly pair: string;
  /** `released`: it was halted, and the next run may pass. */
  readonly state:
    | "never-run"
    | "paused"
    | "halted"
    | "released"
    | "running"
    | "ok"
    | "attention"
    | "error";
  readonly lastRun: RunRecord | null;
  /** The last run that ended with both sides in step. */
  readonly lastOkAtMs: number | null;
  readonly halted: Halted | null;
  readonly linkedRows: number;
  readonly openConflicts: number;
  readonly refusedRows: number;
  readonly unknownOutcomes: number;
  /** Calls since the first of the month, a side. */
  readonly callsThisMonth: Sided<number>;
}

/** Runs looked back at for the month's calls: a run a minute for a month is fewer. */
const runsMax = 45_000;

export async function status(
  app: AppContext,
  names: readonly string[],
): Promise<readonly PairStatus[]> {
  return Promise.all(selectAnyPairs(app.config, names).map((pair) => pairStatus(app, pair)));
}

async function pairStatus(app: AppContext, { id: pair }: PairConfig): Promise<PairStatus> {
  const { store } = app;
  const [state, index, conflicts, quarantine, intents, runs] = await Promise.all([
    store.loadPair(pair),
    store.loadLinkIndex(pair),
    store.loadConflicts(pair, ["open"]),
    store.loadQuarantine(pair),
    store.loadIntents(pair),
    store.loadRuns(pair, runsMax),
  ]);
  const now = new Date(app.nowMs());
  const monthMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const month = runs.filter((run) => run.startedAtMs >= monthMs);
  const last = runs[0] ?? null;
  return {
    pair,
    state: stateOf(last, state),
    lastRun: last,
    lastOkAtMs: runs.find((run) => run.status === "ok")?.finishedAtMs ?? null,
    halted: state?.halted ?? null,
    linkedRows: index.filter((entry) => entry.state === "live").length,
    openConflicts: conflicts.length,
    refusedRows: quarantine.length,
    unknownOutcomes: intents.length,
    callsThisMonth: sided((side) =>
      month.reduce((sum, run) => {
        const count = run.requests?.[side];
        return sum + (count === undefined ? 0 : count.read + count.write);
      }, 0),
    ),
  };
}

function stateOf(
  last: RunRecord | null,
  state: { readonly isPaused: boolean; readonly halted: Halted | null } | null,
): PairStatus["state"] {
  if (state?.isPaused === true) return "paused";
  if (last === null) return "never-run";
  if (state?.halted !== undefined && state.halted !== null) return "halted";
  // A halt that nobody stands by any more: the next run may pass.
  if (last.status === "halted") return "released";
  return last.status;
}
