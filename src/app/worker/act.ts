// What a person does to a sync, told back in a sentence.
import { digest } from "../../lib/digest.ts";
import {
  confirmSweep,
  disableSync,
  enableSync,
  pauseSync,
  resetState,
  resumeSync,
} from "../../oneway/control.ts";
import type { WorkerContext } from "./context.ts";
import { findSync } from "./find-sync.ts";
import type { WorkerAction } from "./view.ts";

export async function actOnSync(app: WorkerContext, { kind, key }: WorkerAction): Promise<string> {
  const { id, ...sync } = await findSync(app, key);
  switch (kind) {
    case "reset":
      await resetState(sync.worker, sync.key, { store: app.store, digest, holder: app.holder });
      return `${id} begins from nothing at its next start. Its rows stay, and are compared.`;
    case "pause":
      await pauseSync(id, app);
      return `The schedule of ${id} rests. By hand it still runs: tandem worker trigger ${id}`;
    case "resume":
      await resumeSync(id, app);
      return `The schedule of ${id} goes on.`;
    case "disable":
      await disableSync(id, app);
      return `${id} does not run any more, not even by hand.`;
    case "enable":
      await enableSync(id, app);
      return `${id} may run again.`;
    case "confirm": {
      const removals = await confirmSweep(id, app);
      const rows = removals === 1 ? "1 row" : `${removals} rows`;
      return `The next cycle of ${id} may remove ${rows}. \`tandem serve\` starts it at once; else: tandem worker trigger ${id}`;
    }
  }
}
