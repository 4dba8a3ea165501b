// What the next execution of a sync is handed.
import type { WorkerContext } from "./context.ts";
import { findSync } from "./find-sync.ts";
import type { StateView } from "./view.ts";

export async function showState(app: WorkerContext, key: string): Promise<StateView> {
  const { id } = await findSync(app, key);
  const known = await app.store.loadSync(id);
  const state = known?.cursor?.json;
  return {
    sync: id,
    state,
    bytes: state === undefined ? 0 : Buffer.byteLength(JSON.stringify(state)),
    cycle: known?.cycle ?? null,
    cyclesDone: known?.cyclesDone ?? 0,
  };
}
