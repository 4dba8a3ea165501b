// Executions so far: the list, and what one of them printed.
import { runId } from "../../core/ids.ts";
import { SyncError } from "../../errors.ts";
import type { OnewayRun } from "../../store/oneway-store.ts";
import type { WorkerContext } from "./context.ts";
import { findSync } from "./find-sync.ts";
import type { RunLogView } from "./view.ts";

/** Runs looked through for the beginning of an id. */
const runsMax = 20_000;

export async function listRuns(
  app: WorkerContext,
  key: string | null,
  countMax: number,
): Promise<readonly OnewayRun[]> {
  if (key === null) return app.store.loadOnewayRuns(null, countMax);
  return app.store.loadOnewayRuns((await findSync(app, key)).id, countMax);
}

export async function showLog(app: WorkerContext, text: string): Promise<RunLogView> {
  const run = (await app.store.loadOnewayRun(runId(text))) ?? (await findRun(app, text));
  return { run, lines: await app.store.loadLog(run.id) };
}

async function findRun(app: WorkerContext, text: string): Promise<OnewayRun> {
  const runs = await app.store.loadOnewayRuns(null, runsMax);
  const fitting = runs.filter((run) => run.id.startsWith(text));
  const [first, second] = fitting;
  if (first !== undefined && second === undefined) return first;
  const isSeveral = second !== undefined;
  throw new SyncError({
    code: "usage",
    message: isSeveral
      ? `${fitting.length} runs begin with "${text}".`
      : `There is no run "${text}".`,
    remedy: isSeveral
      ? "Write more of its id."
      : "`tandem worker runs list` has the newest; each sync's last 200 are kept.",
  });
}
