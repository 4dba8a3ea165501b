// The use cases of workers behind one port, as `app.ts` does for pairs.
import type { Services } from "../cli/services.ts";
import { SyncError } from "../errors.ts";
import type { WorkerContext } from "./worker/context.ts";
import { execCapability } from "./worker/exec.ts";
import { listWebhooks, listWorkers } from "./worker/list.ts";
import { listRuns, showLog } from "./worker/runs.ts";
import { showState } from "./worker/state.ts";

export function makeWorkers(app: WorkerContext): Services["workers"] {
  const later = (): never => {
    throw new SyncError({ code: "usage", message: "Not yet.", remedy: "Wait." });
  };
  return {
    list: () => listWorkers(app),
    status: later,
    trigger: later,
    preview: later,
    exec: (key, input, onLog) => execCapability(app, { key, input, onLog }),
    state: (key) => showState(app, key),
    act: later,
    databases: later,
    attach: later,
    detach: later,
    runs: (key, countMax) => listRuns(app, key, countMax),
    log: (run) => showLog(app, run),
    webhooks: () => listWebhooks(app),
  };
}
