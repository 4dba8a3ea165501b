// What the two listings themselves have to tell, before any row is decided: one that was cut short, rows
// that nobody can place, fields that have another name now.
import type { ProblemEntry } from "../core/entry.ts";
import { sides } from "../core/side.ts";
import type { Prepared } from "./prepare.ts";

/** What the listings themselves have to tell. */
export function listingProblems(prepared: Prepared): readonly ProblemEntry[] {
  const { policy } = prepared.setup;
  const cut = sides.flatMap((side): ProblemEntry[] => {
    const { isComplete, reason } = prepared.observation.ends[side];
    if (isComplete) return [];
    return [
      {
        type: "problem",
        side,
        ids: { left: null, right: null },
        field: null,
        code: "listing_incomplete",
        message: `The listing of ${policy.names[side]} was cut short (${reason ?? "no reason given"}); nothing was created or removed.`,
        remedy: "Nothing to do: the next run lists it again.",
      },
    ];
  });
  const held = prepared.held.map((entry): ProblemEntry => ({
    type: "problem",
    side: entry.side,
    ids: { left: null, right: null, [entry.side]: entry.row.id },
    field: null,
    code: entry.code,
    message: entry.message,
    remedy: entry.remedy,
  }));
  const renamed = prepared.renamed.map((entry): ProblemEntry => ({
    type: "problem",
    side: entry.side,
    ids: { left: null, right: null },
    field: entry.from,
    code: "renamed",
    message: `"${entry.from}" is now called "${entry.to}" in ${policy.names[entry.side]}; it keeps syncing.`,
    remedy: "Update the name in the config when convenient.",
  }));
  return [...cut, ...held, ...renamed];
}
