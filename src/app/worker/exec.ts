// Runs one capability as its caller would: a tool, a webhook's handler, an automation, or one execution
// of a sync. It writes to no database of ours and moves no cursor; what the code itself does, it does.
import { randomUUID } from "node:crypto";
import { SyncError } from "../../errors.ts";
import type { StoredLogLine } from "../../store/oneway-store.ts";
import { runCapability } from "../../workers/run-capability.ts";
import type { WorkerContext } from "./context.ts";
import type { ExecView } from "./view.ts";

/** A lone object stands for the body of one call; lists of events and `{ request }` pass as they are. */
function eventsOf(input: unknown): unknown {
  const isWhole =
    Array.isArray(input) || (typeof input === "object" && input !== null && "request" in input);
  if (isWhole) return input;
  const rawBody = JSON.stringify(input ?? {});
  return [{ deliveryId: randomUUID(), body: input ?? {}, rawBody, headers: {}, method: "POST" }];
}

const runnable: readonly string[] = ["sync", "tool", "webhook", "automation"];

export interface ExecAsked {
  readonly key: string;
  readonly input: unknown;
  readonly onLog: (line: StoredLogLine) => void;
}

export async function execCapability(
  app: WorkerContext,
  { key, input, onLog }: ExecAsked,
): Promise<ExecView> {
  const { worker, found } = await app.catalog.locate(key, "capability", (manifest) => [
    ...manifest.syncs.map((sync) => ({ key: sync.key, tag: "sync" })),
    ...manifest.others.map((other) => ({ key: other.key, tag: other.tag })),
  ]);
  if (!runnable.includes(found.tag)) {
    throw new SyncError({
      code: "usage",
      message: `${key} is of the kind ${found.tag}, which nothing can run here.`,
      remedy: "`tandem worker list` tells of each capability how it is run.",
    });
  }
  const startedAtMs = app.nowMs();
  const log: StoredLogLine[] = [];
  const result = await runCapability(worker.setting, {
    key: found.key,
    input: found.tag === "webhook" ? eventsOf(input) : input,
    signal: app.signal,
    onLog: (line) => {
      log.push(line);
      onLog(line);
    },
  });
  const isDone = result.kind === "done";
  return {
    key: `${worker.config.name}/${found.key}`,
    tag: found.tag,
    output: isDone ? result.json : null,
    failure: isDone ? null : { name: result.name, message: result.message },
    log,
    durationMs: app.nowMs() - startedAtMs,
  };
}
