// The oracle at the columns (P21): while one that is mapped is gone or of another type, nothing is
// written at all, and the run says why; and what went with a column is carried nowhere, as it was nobody
// who emptied or changed those cells.
import { partnersOf, type GhostKey, type GhostRow } from "./ghost.ts";
import type { RunReport } from "./machine.ts";
import { titled } from "./people.ts";
import type { Round } from "./script.ts";
import { staleMsMax, type Break, type World } from "./world.ts";

export interface Standing {
  readonly breaks: readonly Break[];
  readonly isReplaced: boolean;
  readonly isMaybe: boolean;
}

export function standingBreaks(world: World): Standing {
  const { breaks, replaced } = world;
  return { breaks: [...breaks], isReplaced: replaced === "yes", isMaybe: replaced === "maybe" };
}

/** A run over columns that were broken before it began, and still are, writes nothing and says so. */
export function judgeHalt(
  world: World,
  at: { readonly before: Standing; readonly report: RunReport; readonly round: Round },
): void {
  const { before, report, round } = at;
  // A resync that was cut off has the next run look every column up anew, as it now is.
  if (before.isMaybe) return;
  const isBroken = before.isReplaced || before.breaks.some((entry) => world.breaks.includes(entry));
  if (!isBroken) return;
  world.tally.add("tested", "P21");
  if (report.writes > 0) {
    world.find("P21", `a run made ${report.writes} write calls although a column is broken`);
  }
  const isFaulty = round.disturbances.some((entry) => entry.kind !== "act");
  if (isFaulty || report.end.kind !== "run") return;
  const { status, error } = report.end.run;
  const code = error?.code ?? "none";
  if (status === "error" && (code === "schema_changed" || code === "config_invalid")) return;
  world.find("P21", `a run over a broken column ended with ${status}, ${code}`);
}

/** What the engine writes was not taken from a column that only shows what went with it. */
export function watchSource(
  world: World,
  at: { readonly row: GhostRow; readonly key: GhostKey; readonly after: string },
): void {
  const { row, key, after } = at;
  if (after !== "") return;
  for (const partner of partnersOf(world.ghost, row)) {
    const versions = partner.cells.get(key) ?? [];
    const last = versions.at(-1);
    const isFrozen = world.ghost.isFrozen(partner.side, key);
    if (!isFrozen && last?.by !== "schema") continue;
    // Somebody was asked which of the two counts, and kept the blank.
    if (world.verdicts.get(`${partner.id} ${key}`)?.value === "") continue;
    world.tally.add("tested", "P21");
    const sinceMs = world.nowMs() - staleMsMax;
    const wasEmpty = versions.some(
      (version, place) =>
        version.value === "" &&
        version.by !== "schema" &&
        (versions[place + 1]?.atMs ?? Number.POSITIVE_INFINITY) >= sinceMs,
    );
    if (wasEmpty) continue;
    world.find("P21", `${key} of ${titled(row)} was emptied because a column went`);
  }
}
