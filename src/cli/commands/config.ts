// `tandem config check` and `tandem config schema`: the file alone, without store or services.
import { readConfig, type LoadOptions } from "../../config/load.ts";
import { configError, problemsText, type ConfigProblem } from "../../config/problem.ts";
import { configJsonSchema } from "../../config/schema.ts";
import { exitCodes } from "../exit.ts";
import type { Io } from "../io.ts";
import { wrapLines } from "../plain.ts";
import { count } from "../render/count-words.ts";

export function check(io: Io, options: LoadOptions): number {
  const result = readConfig(options);
  const problems = result.kind === "problems" ? result.problems : result.config.warnings;
  for (const problem of problems) io.json({ type: "config-problem", ...problem });
  if (result.kind === "problems") {
    if (!io.isJson) throw configError(options.file, result.problems);
    return 78;
  }
  const { pairs, workers } = result.config;
  const parts = [
    ...(pairs.length > 0 || workers.length === 0 ? [count(pairs.length, "pair")] : []),
    ...(workers.length > 0 ? [count(workers.length, "worker")] : []),
  ];
  io.json({
    type: "config",
    isValid: true,
    file: options.file,
    pairs: result.config.pairs.map(({ id }) => id),
  });
  io.line(`${io.colour.ok("The config is valid")}: ${options.file}, ${parts.join(", ")}.`);
  printWarnings(io, problems);
  return exitCodes.ok;
}

export function printWarnings(io: Io, warnings: readonly ConfigProblem[]): void {
  if (warnings.length === 0) return;
  io.note(wrapLines(problemsText(warnings), { margin: 0, width: io.width }));
}

export function schema(io: Io): number {
  const text = configJsonSchema();
  if (io.isJson) io.json(text);
  else io.line(JSON.stringify(text, null, 2));
  return exitCodes.ok;
}
