// `tandem status`: one line a pair, and one a worker's sync.
import { sideNames } from "../../config/policy.ts";
import type { PairStatus } from "../../app/status.ts";
import { exitCodes } from "../exit.ts";
import type { Io } from "../io.ts";
import { statusText } from "../render/status.ts";
import { styleOf } from "../render/style.ts";
import { syncsText } from "../render/worker/status.ts";
import type { JsonObject, Services } from "../services.ts";
import { jsonOf } from "../worker-json.ts";

export async function run(
  services: Services,
  io: Io,
  { pairs }: { readonly pairs: readonly string[] },
): Promise<number> {
  const statuses = await services.status(pairs);
  for (const status of statuses) io.json(statusJson(status));
  if (statuses.length > 0) io.line(statusText(statuses, sideNames, styleOf(io)));
  if (pairs.length > 0) return exitCodes.ok;
  const syncs = await services.workers.status(null);
  for (const sync of syncs) io.json(jsonOf("sync", sync));
  if (syncs.length > 0) {
    const gap = statuses.length > 0 ? "\n" : "";
    io.line(`${gap}${syncsText(syncs, styleOf(io))}`);
  }
  return exitCodes.ok;
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

function statusJson(status: PairStatus): JsonObject {
  const { lastRun, halted, callsThisMonth } = status;
  return {
    type: "status",
    pair: status.pair,
    state: status.state,
    inStepAt: isoOf(status.lastOkAtMs),
    lastRun:
      lastRun === null
        ? null
        : {
            run: lastRun.id,
            status: lastRun.status,
            trigger: lastRun.trigger,
            startedAt: isoOf(lastRun.startedAtMs),
            finishedAt: isoOf(lastRun.finishedAtMs),
            error: lastRun.error,
          },
    halted: halted === null ? null : { ...halted, atMs: undefined, at: isoOf(halted.atMs) },
    linkedRows: status.linkedRows,
    openConflicts: status.openConflicts,
    refusedRows: status.refusedRows,
    unknownOutcomes: status.unknownOutcomes,
    callsThisMonth: { notion: callsThisMonth.left, airtable: callsThisMonth.right },
  };
}
