// Two histories that differ in one thing that must not matter: the order and size of pages (P20), a
// renamed or added field (P21), runs cut short by a busy service (P23), or one row that the service
// always refuses (P19). People act between runs, on one side at a time, so that no choice between two
// edits depends on when a run happened to end.
import type { Disturbance, Script, TwinKind } from "./script.ts";

/** What people do in both: nothing in the middle of runs, and one side a round. */
export function calm(script: Script, kind: TwinKind): Script {
  const rounds = script.rounds.map((round, at) => {
    const side = at % 2 === 0 ? ("left" as const) : ("right" as const);
    const acts = round.acts.flatMap((act) =>
      act.do === "edit" || act.do === "clear" || act.do === "create" || act.do === "remove"
        ? [{ ...act, side }]
        : [],
    );
    return { pauseMs: 900_000, acts, disturbances: [], command: { kind: "sync" as const } };
  });
  const setting = {
    ...script.setting,
    guards: "loose" as const,
    hotRowMs: 0,
    queryRowsMax: 10_000,
    skewMs: 0,
    answers: false,
    further: kind === "poison" ? ("good" as const) : ("none" as const),
    filtered: null,
    pageSize: 100,
    // Which of two rows Tandem makes first is nobody's promise, and depends on ids drawn by chance.
    isSorted: true,
  };
  return { ...script, setting, rounds, ending: "none", sequel: null };
}

/** Calls of a run at which the service is too busy for longer than anybody waits. */
function busyAt(call: number): readonly Disturbance[] {
  return Array.from({ length: 12 }, (_, at) => ({
    kind: "fault" as const,
    of: "writes" as const,
    call: call + at,
    fault: "429" as const,
    delayMs: 0,
  }));
}

/** The other twin. */
export function varied(script: Script, kind: TwinKind): Script {
  switch (kind) {
    case "pages":
      return { ...script, setting: { ...script.setting, pageSize: 2 } };
    case "names": {
      const rounds = script.rounds.map((round, at) => ({
        ...round,
        acts:
          at === 0
            ? round.acts
            : [
                { do: "rename-field" as const, side: "left" as const, field: at },
                { do: "add-field" as const, side: "right" as const, field: at },
                { do: "rename-field" as const, side: "right" as const, field: at },
                ...round.acts,
              ],
      }));
      return { ...script, rounds };
    }
    case "cut": {
      const rounds = script.rounds.map((round, at) => ({
        ...round,
        disturbances: busyAt(1 + (at % 4)),
      }));
      return { ...script, rounds };
    }
    case "poison":
      return { ...script, setting: { ...script.setting, further: "refused" } };
  }
}
