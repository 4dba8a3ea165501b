// The use cases of workers behind one port, as `app.ts` does for pairs.
import type { Services } from "../cli/services.ts";
import { actOnSync } from "./worker/act.ts";
import type { WorkerContext } from "./worker/context.ts";
import { attachDatabase, detachDatabase, listDatabases } from "./worker/databases.ts";
import { execCapability } from "./worker/exec.ts";
import { listWebhooks, listWorkers } from "./worker/list.ts";
import { listRuns, showLog } from "./worker/runs.ts";
import { showState } from "./worker/state.ts";
import { showSyncs } from "./worker/status.ts";
import { previewCycle, triggerCycle } from "./worker/trigger.ts";

export function makeWorkers(app: WorkerContext): Services["workers"] {
  return {
    list: () => listWorkers(app),
    status: (key) => showSyncs(app, key),
    trigger: (key) => triggerCycle(app, key),
    preview: (key, context) => previewCycle(app, key, context),
    exec: (key, input, onLog) => execCapability(app, { key, input, onLog }),
    state: (key) => showState(app, key),
    act: (action) => actOnSync(app, action),
    databases: () => listDatabases(app),
    attach: (key, reference) => attachDatabase(app, key, reference),
    detach: (key) => detachDatabase(app, key),
    runs: (key, countMax) => listRuns(app, key, countMax),
    log: (run) => showLog(app, run),
    webhooks: () => listWebhooks(app),
  };
}
