// `tandem serve`: runs the schedules until it is stopped.
import { sideNames } from "../../config/policy.ts";
import { exitCodes, exitOfOutcome } from "../exit.ts";
import type { Io } from "../io.ts";
import { printOutcomeLines } from "../outcome-lines.ts";
import { outcomeText } from "../render/run.ts";
import { cycleText } from "../render/worker/cycle.ts";
import { deliveredText } from "../render/worker/runs.ts";
import { styleOf } from "../render/style.ts";
import type { Services } from "../services.ts";
import { jsonOf } from "../worker-json.ts";
import { exitOfCycle } from "./worker/trigger.ts";

export async function run(services: Services, io: Io): Promise<number> {
  await services.serve({
    onReady: (facts) => {
      for (const fact of facts) io.note(fact);
    },
    onRun: (outcome) => {
      if (io.isJson) printOutcomeLines(services, io, outcome);
      else if (!io.isQuiet || exitOfOutcome(outcome) !== 0) {
        io.line(outcomeText(outcome, sideNames, styleOf(io)));
      }
    },
    onCycle: (cycle) => {
      io.json(jsonOf("cycle", cycle));
      if (!io.isQuiet || exitOfCycle(cycle) !== 0) io.line(cycleText(cycle, styleOf(io)));
    },
    onDelivered: (delivered) => {
      io.json(jsonOf("webhook", delivered));
      if (!io.isQuiet || delivered.status === "failed")
        io.line(deliveredText(delivered, styleOf(io)));
    },
  });
  return exitCodes.ok;
}
