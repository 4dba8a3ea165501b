// `tandem apply FILE`: carries out a plan that was saved and looked at, leaving out every cell that
// has moved since, and saying which.
import type { AppliedPlan } from "../../app/apply-saved.ts";
import { sideNames } from "../../config/policy.ts";
import { exitOfApplied, worst } from "../exit.ts";
import type { Io } from "../io.ts";
import { printOutcomeLines } from "../outcome-lines.ts";
import { oneLine } from "../plain.ts";
import { count } from "../render/count-words.ts";
import { outcomeText } from "../render/run.ts";
import { styleOf } from "../render/style.ts";
import type { Services } from "../services.ts";

export async function run(
  services: Services,
  io: Io,
  { file }: { readonly file: string },
): Promise<number> {
  const codes: number[] = [];
  for await (const applied of services.applySaved(file)) {
    codes.push(exitOfApplied(applied));
    if (io.isJson) {
      printOutcomeLines(services, io, applied.outcome);
      for (const skipped of applied.skipped) {
        const { title, field, why } = skipped;
        io.json({ type: "skipped", pair: applied.outcome.pair, title, field, why });
      }
      continue;
    }
    io.line(outcomeText(applied.outcome, sideNames, styleOf(io)));
    for (const line of skippedLines(applied.skipped)) io.line(line);
  }
  return worst(codes);
}

function skippedLines(skipped: AppliedPlan["skipped"]): readonly string[] {
  const moved = skipped.filter((entry) => entry.why === "moved");
  const applied = skipped.filter((entry) => entry.why === "applied").length;
  const fresh = skipped.length - moved.length - applied;
  const named = moved.map(({ title, field }) => {
    const cell = field === null ? "" : ` · ${oneLine(field)}`;
    return `  skipped, moved since the plan: ${oneLine(title) || "(untitled)"}${cell}`;
  });
  const before =
    applied === 0
      ? []
      : [
          `  ${count(applied, "change")} of the plan ${applied === 1 ? "was" : "were"} applied already`,
        ];
  if (fresh === 0) return [...before, ...named];
  return [...before, ...named, `  ${count(fresh, "change")} since the plan left for the next sync`];
}
