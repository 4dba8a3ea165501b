// A run as JSON lines: the same objects that went into the history, or the error that kept the run
// from beginning, or from being told in the history.
import type { SyncOutcome } from "../app/sync.ts";
import type { Io } from "./io.ts";
import type { Services } from "./services.ts";

export function printOutcomeLines(
  services: Pick<Services, "toLine">,
  io: Pick<Io, "json">,
  outcome: SyncOutcome,
): void {
  if (outcome.kind === "error") {
    const { code, message, remedy } = outcome.error;
    io.json({ type: "error", pair: outcome.pair, code, message, remedy });
    return;
  }
  if (outcome.run.status === "paused") {
    io.json({ type: "paused", pair: outcome.run.pair });
    return;
  }
  for (const entry of outcome.entries) io.json(services.toLine(entry));
  const { error, summary } = outcome.run;
  // The run has its line, and what went wrong after it has none.
  if (error === null || summary.error !== null) return;
  const { code, message, remedy } = error;
  io.json({ type: "error", pair: outcome.pair, code, message, remedy });
}
