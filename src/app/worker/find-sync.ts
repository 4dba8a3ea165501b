// The sync a person names, where nothing but its id is needed. One that has run before is known to the
// store, so that it can be paused, reset or looked at also while its worker's code cannot be loaded.
import { syncIdOf, type SyncId } from "../../core/oneway/ids.ts";
import type { WorkerContext } from "./context.ts";

export interface FoundSync {
  readonly id: SyncId;
  readonly worker: string;
  readonly key: string;
}

/** Throws what `Catalog.locate` throws. */
export async function findSync(app: WorkerContext, text: string): Promise<FoundSync> {
  const owner = app.catalog.configs.find(({ name }) => text.startsWith(`${name}/`));
  if (owner !== undefined) {
    const key = text.slice(owner.name.length + 1);
    const id = syncIdOf(owner.name, key);
    if ((await app.store.loadSync(id)) !== null) return { id, worker: owner.name, key };
  }
  const { worker, found } = await app.catalog.locate(text, "sync", ({ syncs }) => syncs);
  const { name } = worker.config;
  return { id: syncIdOf(name, found.key), worker: name, key: found.key };
}
