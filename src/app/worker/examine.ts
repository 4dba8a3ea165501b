// Looks at everything a worker will need, for `doctor`: its project, its SDK, its variables, and where
// its databases are. Writes nothing; the worker's code is loaded, and no sync of it runs.
import type { DoctorFinding } from "../../cli/services.ts";
import { SyncError } from "../../errors.ts";
import { previewTables } from "../../oneway/prepare.ts";
import type { LoadedWorker } from "./catalog.ts";
import { composeWorker } from "./compose.ts";
import type { WorkerContext } from "./context.ts";

export async function* examineWorkers(app: WorkerContext): AsyncGenerator<DoctorFinding> {
  for (const { config, loaded } of await app.catalog.loadAll()) {
    if (loaded instanceof SyncError) {
      yield failure(config.name, loaded);
      continue;
    }
    yield* describeWorker(loaded);
    yield* await examineTables(app, loaded);
  }
}

function* describeWorker({ config, manifest }: LoadedWorker): Generator<DoctorFinding> {
  const { sdkVersion, syncs, others } = manifest;
  const parts = [
    `${syncs.length} ${syncs.length === 1 ? "sync" : "syncs"}`,
    ...(others.length > 0 ? [`${others.length} other capabilities`] : []),
    ...(sdkVersion === null ? [] : [`@notionhq/workers ${sdkVersion}`]),
  ];
  yield ok(config.name, `${config.path} loads: ${parts.join(", ")}`);
  if (!config.isEnabled) {
    yield warn(config.name, "it is switched off in the config", "Take enabled: false out.");
  }
  for (const name of config.missingVariables) {
    const message = `the variable ${name}, which env: names, is not set`;
    yield warn(config.name, message, `Set ${name}, or take it out of env:.`);
  }
  for (const note of manifest.notes)
    yield warn(config.name, note, "Nothing to do, if that is meant.");
}

async function examineTables(
  app: WorkerContext,
  worker: LoadedWorker,
): Promise<readonly DoctorFinding[]> {
  const { name } = worker.config;
  if (worker.manifest.databases.length === 0) return [];
  try {
    const { preparations, relations, broken } = await previewTables(
      await composeWorker(app, worker),
    );
    return [
      ...[...broken].map(([key, error]) => failure(`${name}/${key}`, error)),
      ...[...preparations].flatMap(([key, table]) => {
        const steps = [...table.steps, ...(relations.get(key)?.steps ?? [])];
        const notes = [...table.notes, ...(relations.get(key)?.notes ?? [])];
        const title = table.binding?.title;
        const message = title === undefined ? "not made yet" : `"${title}" is reachable`;
        const todo =
          steps.length === 0
            ? ""
            : `; the next cycle: ${steps.map((step) => step.message).join(" ")}`;
        return [
          ok(`${name}/${key}`, `${message}${todo}`),
          ...notes.map((note) => warn(`${name}/${key}`, note, "The other properties still work.")),
        ];
      }),
    ];
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return [failure(name, error)];
  }
}

function ok(area: string, message: string): DoctorFinding {
  return { level: "ok", area, message, remedy: null, code: null };
}

function warn(area: string, message: string, remedy: string): DoctorFinding {
  return { level: "warn", area, message, remedy, code: null };
}

function failure(area: string, { message, remedy, code }: SyncError): DoctorFinding {
  return { level: "fail", area, message, remedy, code };
}
