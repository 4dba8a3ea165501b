// What the workers declare, and how each capability is run on this machine.
import type { OtherCapability } from "../../core/oneway/declaration.ts";
import { SyncError } from "../../errors.ts";
import type { LoadedWorker } from "./catalog.ts";
import type { WorkerContext } from "./context.ts";
import type { ListedCapability, WebhookView, WorkerView } from "./view.ts";

/** Calls looked at for the count of queued ones. */
const eventsMax = 10_000;

export async function listWorkers({ catalog }: WorkerContext): Promise<readonly WorkerView[]> {
  const results = await catalog.loadAll();
  return results.map(({ config, loaded }): WorkerView => {
    const { name, path, isEnabled } = config;
    if (!(loaded instanceof SyncError)) return viewOf(loaded);
    return {
      name,
      path,
      isEnabled,
      sdkVersion: null,
      syncs: [],
      databases: [],
      others: [],
      pacers: [],
      notes: [],
      error: loaded,
    };
  });
}

function viewOf({ config, manifest }: LoadedWorker): WorkerView {
  return {
    name: config.name,
    path: config.path,
    isEnabled: config.isEnabled,
    sdkVersion: manifest.sdkVersion,
    syncs: manifest.syncs.map(({ key, database, mode, schedule }) => {
      return { key, database, mode, schedule, isOverridden: config.schedules.has(key) };
    }),
    databases: manifest.databases.map(({ key, title }) => ({ key, title })),
    others: manifest.others.map(listed),
    pacers: manifest.pacers,
    notes: manifest.notes,
    error: null,
  };
}

function listed({ key, tag, title }: OtherCapability): ListedCapability {
  const use = uses[tag];
  return {
    key,
    tag,
    title,
    use: use ?? "at Notion only",
    isRunnable: use !== undefined,
  };
}

/** Tags that run here, and by what. */
const uses: Readonly<Record<string, string>> = {
  tool: "worker exec",
  webhook: "serve",
  automation: "worker exec",
  oauth: "environment",
};

/** The path below the address that `serve` listens on. */
export function webhookPath(worker: string, key: string): string {
  return `/webhooks/${encodeURIComponent(worker)}/${encodeURIComponent(key)}`;
}

export async function listWebhooks(app: WorkerContext): Promise<readonly WebhookView[]> {
  const results = await app.catalog.loadAll();
  const events = await app.store.loadEvents(Number.MAX_SAFE_INTEGER, eventsMax);
  return results.flatMap(({ config, loaded }) => {
    if (loaded instanceof SyncError) return [];
    const hooks = loaded.manifest.others.filter(({ tag }) => tag === "webhook");
    return hooks.map(({ key, title }): WebhookView => {
      const hook = `${config.name}/${key}`;
      const queued = events.filter((event) => event.hook === hook).length;
      return { hook, path: webhookPath(config.name, key), title, queued };
    });
  });
}
