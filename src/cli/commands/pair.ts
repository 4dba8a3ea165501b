// `tandem pair pause|resume|resync|release`: what a person does to a pair as a whole.
import { sideNames } from "../../config/policy.ts";
import { exitCodes, exitOfOutcome } from "../exit.ts";
import type { Io } from "../io.ts";
import { outcomeText } from "../render/run.ts";
import { styleOf } from "../render/style.ts";
import { printOutcomeLines } from "../outcome-lines.ts";
import type { PairAction, Services } from "../services.ts";

export async function run(services: Services, io: Io, action: PairAction): Promise<number> {
  const question = questionOf(action);
  if (question !== null && io.isInteractive && !io.isJson && !(await io.confirm(question))) {
    io.note("Nothing was changed. Say --yes to go on.");
    return exitCodes.ok;
  }
  const { message, outcome } = await services.act(action);
  io.json({ type: "pair", pair: action.pair, action: action.kind, message });
  io.line(message);
  if (outcome === null) return exitCodes.ok;
  if (io.isJson) printOutcomeLines(services, io, outcome);
  else io.line(outcomeText(outcome, sideNames, styleOf(io)));
  return exitOfOutcome(outcome);
}

/**
 * What a person at a terminal is asked before the two actions that change what the next run will do.
 * In a script the command is the answer: a release that did nothing and exited 0 would go unnoticed.
 */
function questionOf(action: PairAction): string | null {
  switch (action.kind) {
    case "pause":
    case "resume":
      return null;
    case "release":
      return `Let the next run of ${action.pair} pass the guard that stopped the last one?`;
    case "resync":
      return action.prefer === null
        ? `Forget what ${action.pair} agreed on, and take it anew from both sides? Cells that differ will wait for you.`
        : `Forget what ${action.pair} agreed on, and let ${preferText(action.prefer)} win wherever the sides differ?`;
  }
}

function preferText(prefer: "left" | "right" | "newer"): string {
  return prefer === "newer" ? "the newer edit" : sideNames[prefer];
}
