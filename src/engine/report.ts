// A run's tally as the honest report that goes into its line.
import { readLagMs } from "../core/order.ts";
import { agreementOf, type RunReport } from "../core/report.ts";
import { sides } from "../core/side.ts";
import type { Run } from "./run.ts";

export function reportOf(run: Run, isWhole: boolean): RunReport {
  const { tally, policy } = run;
  const holds = Object.fromEntries(
    [...tally.holds].toSorted(([one], [two]) => (one < two ? -1 : 1)),
  );
  const { rowsUnknown } = tally;
  const isCompared = isWhole && tally.compared !== "not";
  return {
    overwrites: { ...tally.overwrites },
    windowMsTotal: tally.windowMsTotal,
    conflicts: { ...tally.conflictsBy },
    holds,
    rowsUnknown,
    guards: [...tally.guards],
    writes: { ...tally.writes },
    readLagMs,
    settleMs: policy.guards.settleMs,
    agreement: isCompared ? agreementOf({ holds, rowsUnknown }, tally.compared === "cut") : null,
    unseen: unseenOf(run),
  };
}

/** The sides that were written over and tell nobody what was there before. */
function unseenOf({ tally, policy, deps }: Run): string | null {
  const blind = sides.filter(
    (side) =>
      tally.overwrites[side] > 0 && deps.connectors[side].capabilities.hidesPrevious === true,
  );
  if (blind.length === 0) return null;
  return blind
    .map((side) => policy.names[side])
    .map(
      (name) =>
        `${name} does not expose previous values; edits made within the listed windows on ${name} would not be visible to this tool.`,
    )
    .join(" ");
}
