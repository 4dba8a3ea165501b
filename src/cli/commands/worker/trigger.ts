// `tandem worker trigger KEY`: one whole cycle now, or with --preview one execution without a write.
import type { CycleView } from "../../../app/worker/view.ts";
import { disposition, isErrorCode } from "../../../errors.ts";
import { exitCodes } from "../../exit.ts";
import type { Io } from "../../io.ts";
import { styleOf } from "../../render/style.ts";
import { cycleText } from "../../render/worker/cycle.ts";
import { previewText } from "../../render/worker/preview.ts";
import { logLine } from "../../render/worker/runs.ts";
import { jsonOf } from "../../worker-json.ts";
import type { WorkerServices } from "../../worker-services.ts";

export async function trigger(
  workers: WorkerServices,
  io: Io,
  { key }: { readonly key: string },
): Promise<number> {
  const cycle = await workers.trigger(key);
  const exit = exitOfCycle(cycle);
  io.json(jsonOf("cycle", cycle));
  if (!io.isQuiet || exit !== exitCodes.ok) io.line(cycleText(cycle, styleOf(io)));
  return exit;
}

/** A cycle that was cut short goes on by itself, or at the next trigger: nothing is lost. */
export function exitOfCycle({ status, failure }: CycleView): number {
  switch (status) {
    case "ok":
    case "stopped":
      return exitCodes.ok;
    case "attention":
      return exitCodes.attention;
    case "held":
      return exitCodes.halted;
    case "failed":
      return failure !== null && isErrorCode(failure.name)
        ? disposition(failure.name).exit
        : exitCodes.later;
    case "rate-limited":
      return exitCodes.later;
  }
}

/** `context`: the JSON a preview before this one gave; undefined: what the next run would begin with. */
export async function preview(
  workers: WorkerServices,
  io: Io,
  { key, context }: { readonly key: string; readonly context: unknown },
): Promise<number> {
  const view = await workers.preview(key, context);
  const { rows, ...rest } = view;
  for (const row of rows) io.json(jsonOf("preview-row", row));
  io.json(jsonOf("preview", rest));
  if (!io.isJson) for (const line of view.log) io.note(logLine(line));
  io.line(previewText(view, styleOf(io)));
  return view.counts.failed > 0 ? exitCodes.attention : exitCodes.ok;
}
