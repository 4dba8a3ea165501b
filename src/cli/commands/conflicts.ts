// `tandem conflicts`: what waits for a person, and the answer to it.
import type { ConflictAnswer } from "../../store/store.ts";
import { exitCodes } from "../exit.ts";
import type { Io } from "../io.ts";
import { conflictsText, conflictText } from "../render/conflicts.ts";
import { styleOf } from "../render/style.ts";
import type { ConflictView, JsonObject, Services } from "../services.ts";

export async function run(
  services: Services,
  io: Io,
  { pairs }: { readonly pairs: readonly string[] },
): Promise<number> {
  const conflicts = await services.conflicts(pairs);
  for (const conflict of conflicts) io.json(conflictJson(services, conflict));
  io.line(conflictsText(conflicts, styleOf(io)));
  return conflicts.some((conflict) => conflict.answer === null)
    ? exitCodes.attention
    : exitCodes.ok;
}

export interface ResolveOptions {
  readonly id: string;
  /** `notion`, `airtable`, or a value. */
  readonly keep: string;
}

export async function resolve(
  services: Services,
  io: Io,
  options: ResolveOptions,
): Promise<number> {
  const conflict = await services.resolve(options.id, answerOf(options.keep));
  io.json(conflictJson(services, conflict));
  io.line(conflictText(conflict, styleOf(io)));
  return exitCodes.ok;
}

/** A value that is one of the two words can be given with a `=` before it: `=notion`. */
function answerOf(keep: string): ConflictAnswer {
  switch (keep.toLowerCase()) {
    case "notion":
      return { keep: "left" };
    case "airtable":
      return { keep: "right" };
    default:
      return { keep: "value", text: keep.startsWith("=") ? keep.slice(1) : keep };
  }
}

function conflictJson(services: Services, conflict: ConflictView): JsonObject {
  const { names, values, ids, base } = conflict;
  const shown = (side: "left" | "right"): unknown => {
    const value = values[side];
    return value === null ? null : services.show(value);
  };
  const [left, right] = [names.left.toLowerCase(), names.right.toLowerCase()];
  return {
    type: "open-conflict",
    id: conflict.id,
    pair: conflict.pair,
    kind: conflict.kind,
    [`${left}Id`]: ids.left,
    [`${right}Id`]: ids.right,
    title: conflict.title,
    field: conflict.field,
    base: base === null ? null : services.show(base),
    [left]: shown("left"),
    [right]: shown("right"),
    since: new Date(conflict.sinceMs).toISOString(),
    answer: conflict.answer,
  };
}
