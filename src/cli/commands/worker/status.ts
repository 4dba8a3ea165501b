// `tandem worker status [KEY]`: how the syncs stand. On a terminal it looks again every two seconds,
// until it is stopped.
import { setTimeout as sleep } from "node:timers/promises";
import type { SyncView } from "../../../app/worker/view.ts";
import { exitCodes } from "../../exit.ts";
import type { Io } from "../../io.ts";
import { styleOf, type Style } from "../../render/style.ts";
import { syncsText, syncText } from "../../render/worker/status.ts";
import { jsonOf } from "../../worker-json.ts";
import type { WorkerServices } from "../../worker-services.ts";

export interface StatusOptions {
  readonly key: string | null;
  readonly isWatched: boolean;
  readonly intervalMs: number;
}

/** Home, and everything below it away. */
const clearScreen = "\u001B[H\u001B[J";

export async function status(
  workers: WorkerServices,
  io: Io,
  { key, isWatched, intervalMs }: StatusOptions,
): Promise<number> {
  const isRepeated = isWatched && io.isInteractive && !io.isJson;
  const look = async (): Promise<void> => {
    const syncs = await workers.status(key);
    for (const sync of syncs) io.json(jsonOf("sync", sync));
    const text = textOf(syncs, styleOf(io));
    io.line(isRepeated ? `${clearScreen}${text}\n\n${io.colour.faint("Ctrl-C ends this.")}` : text);
  };
  await look();
  if (!isRepeated) return exitCodes.ok;
  // Bound by the signal.
  while (!io.signal.aborted) {
    await sleep(intervalMs, null, { signal: io.signal }).catch(() => null);
    await look();
  }
  return exitCodes.ok;
}

function textOf(syncs: readonly SyncView[], style: Style): string {
  const [only] = syncs;
  if (only === undefined) return "No worker declares a sync.";
  return syncs.length === 1 ? syncText(only, style) : syncsText(syncs, style);
}
