// What the one-way engine is handed, made of the app's context.
import { setTimeout as sleepFor } from "node:timers/promises";
import { digest } from "../../lib/digest.ts";
import type { OnewayDeps } from "../../oneway/deps.ts";
import { makeIds } from "../names.ts";
import type { WorkerContext } from "./context.ts";

/** Longer than any call, and than the lag of Notion's search (docs/gotchas.md). */
const settleMs = 120_000;

export function makeOnewayDeps(app: WorkerContext): OnewayDeps {
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
