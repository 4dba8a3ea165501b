// The `tandem worker` commands that list: workers, databases, webhooks, runs and their logs.
import { disposition } from "../../../errors.ts";
import { exitCodes, worst } from "../../exit.ts";
import type { Io } from "../../io.ts";
import { workersText } from "../../render/worker/list.ts";
import { databasesText, runLogText, runsText, webhooksText } from "../../render/worker/runs.ts";
import { styleOf } from "../../render/style.ts";
import { jsonOf } from "../../worker-json.ts";
import type { WorkerServices } from "../../worker-services.ts";

/** A worker that cannot be loaded is listed all the same, and tells in the exit code. */
export async function list(workers: WorkerServices, io: Io): Promise<number> {
  const views = await workers.list();
  for (const view of views) io.json(jsonOf("worker", view));
  io.line(views.length === 0 ? "The config has no workers." : workersText(views, styleOf(io)));
  const codes = views.flatMap(({ error }) =>
    error === null ? [] : [disposition(error.code).exit],
  );
  return worst([exitCodes.ok, ...codes]);
}

export async function databases(workers: WorkerServices, io: Io): Promise<number> {
  const views = await workers.databases();
  for (const view of views) io.json(jsonOf("database", view));
  io.line(databasesText(views, styleOf(io)));
  return exitCodes.ok;
}

export async function webhooks(workers: WorkerServices, io: Io): Promise<number> {
  const views = await workers.webhooks();
  for (const view of views) io.json(jsonOf("webhook", view));
  io.line(webhooksText(views, styleOf(io)));
  return exitCodes.ok;
}

export async function runs(
  workers: WorkerServices,
  io: Io,
  { key, countMax }: { readonly key: string | null; readonly countMax: number },
): Promise<number> {
  const found = await workers.runs(key, countMax);
  for (const run of found) io.json(jsonOf("run", run));
  io.line(runsText(found, styleOf(io)));
  return exitCodes.ok;
}

export async function log(
  workers: WorkerServices,
  io: Io,
  { run }: { readonly run: string },
): Promise<number> {
  const view = await workers.log(run);
  io.json(jsonOf("run", view.run));
  for (const line of view.lines) io.json(jsonOf("log", line));
  io.line(runLogText(view, styleOf(io)));
  return exitCodes.ok;
}
