// `tandem sync`: plan and carry out in one go, pair after pair. The cron entry, so it says little when
// all is well.
import { sideNames } from "../../config/policy.ts";
import { exitOfOutcome, worst } from "../exit.ts";
import type { Io } from "../io.ts";
import { outcomeText } from "../render/run.ts";
import { styleOf } from "../render/style.ts";
import type { Services } from "../services.ts";
import { printOutcomeLines } from "../outcome-lines.ts";

export interface SyncCommandOptions {
  readonly pairs: readonly string[];
}

export async function run(
  services: Services,
  io: Io,
  { pairs }: SyncCommandOptions,
): Promise<number> {
  const codes: number[] = [];
  for await (const outcome of services.sync(pairs, "cli")) {
    const code = exitOfOutcome(outcome);
    codes.push(code);
    if (io.isJson) printOutcomeLines(services, io, outcome);
    else if (!io.isQuiet || code !== 0) io.line(outcomeText(outcome, sideNames, styleOf(io)));
  }
  return worst(codes);
}
