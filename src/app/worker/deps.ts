// What the one-way engine is handed, made of the app's context.
import { setTimeout as sleepFor } from "node:timers/promises";
import type { WorkerConfig } from "../../config/worker.ts";
import { digest } from "../../lib/digest.ts";
import type { OnewayDeps } from "../../oneway/deps.ts";
import { makeIds } from "../names.ts";
import type { WorkerContext } from "./context.ts";

export function makeOnewayDeps(app: WorkerContext, { settleMs }: WorkerConfig): OnewayDeps {
  const { store, nowMs, signal, holder } = app;
  const ids = makeIds(nowMs);
  return {
    store,
    nowMs,
    sleep: async (delayMs, until) => {
      await sleepFor(delayMs, null, { signal: until }).catch(() => null);
    },
    newRunId: () => ids.run(),
    digest,
    signal,
    holder,
    onProgress: app.onSyncProgress,
    running: app.running,
    settleMs,
  };
}
