// Histories written by hand, for tests of one thing at a time: two rows a side, a note that both sides
// may edit, no mishaps, and what happens once all of that has come to rest.
import type { Act } from "./acts.ts";
import type { Command, Disturbance, Round, Script } from "./script.ts";

/** `rounds` are played once everything rests. */
export function scriptOf(rounds: readonly Round[]): Script {
  return {
    seed: 1,
    setting: {
      fields: [
        { key: "title", owner: "latest", flow: "both", drift: "revert" },
        { key: "note", owner: "latest", flow: "both", drift: "revert" },
      ],
      rows: { left: 2, right: 2, both: 0, twins: 0 },
      hasMatch: false,
      hasLeftMarker: true,
      hasStamp: true,
      hasLastSynced: false,
      hasUrl: false,
      filtered: null,
      creates: { left: true, right: true },
      deletes: "archive",
      archive: { left: "remove", right: "remove" },
      isMarkMapped: false,
      guards: "loose",
      hotRowMs: 0,
      latencyMs: 150,
      pageSize: 100,
      queryRowsMax: 10_000,
      skewMs: 0,
      doesEqualWriteTouch: false,
      answers: false,
      further: "none",
    },
    rounds: [],
    ending: "none",
    sequel: { rounds, answers: false },
  };
}

export function round(change: {
  readonly acts?: readonly Act[];
  readonly disturbances?: readonly Disturbance[];
  readonly command?: Command;
}): Round {
  return { pauseMs: 900_000, acts: [], disturbances: [], command: { kind: "sync" }, ...change };
}
