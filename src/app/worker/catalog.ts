// The workers of the config and what they declare. Loading one starts its code in a child process, so
// each is loaded when first asked for, and once.
//
// What the config says of keys that the code does not have is an error: a misspelt schedule or database
// would otherwise be one that is silently not used.
import type { Config } from "../../config/load.ts";
import type { WorkerConfig } from "../../config/worker.ts";
import type { SyncDeclaration, WorkerManifest } from "../../core/oneway/declaration.ts";
import { SyncError } from "../../errors.ts";
import { nearest } from "../../lib/nearest.ts";
import { loadWorker } from "../../workers/load-worker.ts";
import { makeEnvironment } from "../../workers/environment.ts";
import { findProject } from "../../workers/project.ts";
import type { WorkerSetting } from "../../workers/call-worker.ts";

export interface LoadedWorker {
  readonly config: WorkerConfig;
  readonly setting: WorkerSetting;
  /** Schedules that the config sets are in it. */
  readonly manifest: WorkerManifest;
}

/** A declared thing with its worker. */
export interface Located<T> {
  readonly worker: LoadedWorker;
  readonly found: T;
}

export interface Catalog {
  readonly configs: readonly WorkerConfig[];
  /** Throws `config_invalid` when the worker cannot be loaded. */
  load(config: WorkerConfig): Promise<LoadedWorker>;
  /** Every worker: loaded, or why not. */
  loadAll(): Promise<readonly LoadResult[]>;
  /**
   * The one thing that `text` names, as `<worker>/<key>` or by its key alone. Throws `usage` for none
   * and for several; `config_invalid` when the worker that may have it cannot be loaded.
   */
  locate<T extends { readonly key: string }>(
    text: string,
    kind: string,
    select: (manifest: WorkerManifest) => readonly T[],
  ): Promise<Located<T>>;
}

export interface LoadResult {
  readonly config: WorkerConfig;
  readonly loaded: LoadedWorker | SyncError;
}

export interface CatalogOptions {
  readonly config: Config;
  readonly signal: AbortSignal;
  /** What a worker prints while it is loaded. */
  readonly onLog: (worker: string, text: string) => void;
}

export function makeCatalog(options: CatalogOptions): Catalog {
  const { workers } = options.config;
  const loading = new Map<string, Promise<LoadedWorker>>();
  const load = (config: WorkerConfig): Promise<LoadedWorker> => {
    const known = loading.get(config.name);
    if (known !== undefined) return known;
    const begun = loadOne(config, options);
    loading.set(config.name, begun);
    return begun;
  };
  const loadAll = (): Promise<readonly LoadResult[]> =>
    inGroups(workers, async (config) => ({ config, loaded: await caught(load(config)) }));
  return {
    configs: workers,
    load,
    loadAll,
    locate: async (text, kind, select) => {
      const candidates = await candidatesFor(text, { workers, load, loadAll });
      const key = text.slice(text.indexOf("/") + 1);
      const fitting = candidates.loaded.flatMap((worker) =>
        select(worker.manifest)
          .filter((entry) => entry.key === key || entry.key === text)
          .map((found) => ({ worker, found })),
      );
      const [first, second] = fitting;
      if (first !== undefined && second === undefined) return first;
      const known = candidates.loaded.flatMap(({ config, manifest }) =>
        select(manifest).map((entry) => `${config.name}/${entry.key}`),
      );
      const [failure] = candidates.failed;
      if (first === undefined && failure !== undefined) throw failure;
      throw notLocated({ text, kind, known, isAmbiguous: second !== undefined });
    },
  };
}

/** Each loads in a process of its own: so many at once. */
const loadingMax = 4;

async function inGroups<From, To>(
  items: readonly From[],
  work: (item: From) => Promise<To>,
): Promise<readonly To[]> {
  const done: To[] = [];
  for (let start = 0; start < items.length; start += loadingMax) {
    done.push(...(await Promise.all(items.slice(start, start + loadingMax).map(work))));
  }
  return done;
}

async function loadOne(config: WorkerConfig, options: CatalogOptions): Promise<LoadedWorker> {
  const project = findProject(config.path);
  const environment = makeEnvironment({
    folder: project.folder,
    envFile: config.envFile,
    real: options.config.environment,
    env: config.variables,
    notionBaseUrl: options.config.services.notion?.baseUrl ?? null,
  });
  const setting: WorkerSetting = { project, environment, limits: config.limits };
  const manifest = await loadWorker(setting, {
    signal: options.signal,
    onLog: (line) => {
      options.onLog(config.name, line.text);
    },
  });
  checkKeys(config, manifest);
  const syncs = manifest.syncs.map((sync): SyncDeclaration => {
    const schedule = config.schedules.get(sync.key);
    return schedule === undefined ? sync : { ...sync, schedule };
  });
  return { config, setting, manifest: { ...manifest, syncs } };
}

function checkKeys(config: WorkerConfig, manifest: WorkerManifest): void {
  const lists = [
    ["databases", "database", config.databases, manifest.databases],
    ["schedules", "sync", config.schedules, manifest.syncs],
  ] as const;
  for (const [section, kind, named, declared] of lists) {
    const known = declared.map((entry) => entry.key);
    for (const key of named.keys()) {
      if (known.includes(key)) continue;
      const meant = nearest(key, known);
      const list = known.length === 0 ? `It declares no ${kind}.` : `It has: ${known.join(", ")}.`;
      throw new SyncError({
        code: "config_invalid",
        message: `workers.${config.name}.${section}.${key}: the worker declares no ${kind} "${key}".`,
        remedy: meant === null ? list : `Did you mean "${meant}"?`,
      });
    }
  }
}

interface Loaders extends Pick<Catalog, "load" | "loadAll"> {
  readonly workers: readonly WorkerConfig[];
}

/** Only the workers that can have the thing: a key with its worker in front needs no other's code. */
async function candidatesFor(
  text: string,
  { workers, load, loadAll }: Loaders,
): Promise<{ readonly loaded: readonly LoadedWorker[]; readonly failed: readonly SyncError[] }> {
  const named = workers.find((config) => text.startsWith(`${config.name}/`));
  if (named !== undefined) return { loaded: [await load(named)], failed: [] };
  const results = (await loadAll()).map((result) => result.loaded);
  return {
    loaded: results.flatMap((result) => (result instanceof SyncError ? [] : [result])),
    failed: results.flatMap((result) => (result instanceof SyncError ? [result] : [])),
  };
}

interface NotLocated {
  readonly text: string;
  readonly kind: string;
  readonly known: readonly string[];
  readonly isAmbiguous: boolean;
}

function notLocated({ text, kind, known, isAmbiguous }: NotLocated): SyncError {
  if (isAmbiguous) {
    const fitting = known.filter((id) => id.endsWith(`/${text}`));
    return new SyncError({
      code: "usage",
      message: `"${text}" is a ${kind} of several workers.`,
      remedy: `Say which: ${fitting.join(", ")}.`,
    });
  }
  const meant = nearest(text, known);
  const list = known.length === 0 ? `No worker has one.` : `There are: ${known.join(", ")}.`;
  return new SyncError({
    code: "usage",
    message: `There is no ${kind} "${text}".`,
    remedy: meant === null ? list : `Did you mean "${meant}"? ${list}`,
  });
}

async function caught(loading: Promise<LoadedWorker>): Promise<LoadedWorker | SyncError> {
  try {
    return await loading;
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
}
