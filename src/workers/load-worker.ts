// Loads a worker far enough to know what it declares. Needs no secret: a worker reads those when it
// runs. Every way to fail here is something its author or its owner can mend, and is told as such.
import { sep } from "node:path";
import type { WorkerManifest } from "../core/oneway/declaration.ts";
import { SyncError } from "../errors.ts";
import type { LogLine } from "../oneway/source.ts";
import { callWorker, type WorkerSetting } from "./call-worker.ts";
import type { ChildFailure } from "./child/message.ts";
import { hasDependencies } from "./project.ts";
import type { Reply } from "./reply.ts";
import { parseManifest } from "./wire/manifest.ts";

export interface LoadOptions {
  readonly signal?: AbortSignal;
  /** What the worker prints while it is loaded. */
  readonly onLog?: (line: LogLine) => void;
}

/**
 * What the worker declares. Throws `config_invalid` with a remedy when there is no Worker to load, and
 * `aborted`.
 */
export async function loadWorker(
  setting: WorkerSetting,
  options: LoadOptions = {},
): Promise<WorkerManifest> {
  const call = {
    signal: options.signal ?? new AbortController().signal,
    onLog: options.onLog ?? (() => undefined),
  };
  const reply = await callWorker(setting, { ...call, task: { kind: "manifest" } });
  if (reply.kind === "done") return parseManifest(reply.json, setting.project.folder);
  throw await explainTwice(setting, reply, () =>
    callWorker(setting, { ...call, task: { kind: "diagnose" }, onLog: () => undefined }),
  );
}

type Unloaded = Exclude<Reply, { kind: "done" }>;

/** Some failures say too little: then the worker is loaded once more, to look at what leads to it. */
async function explainTwice(
  setting: WorkerSetting,
  reply: Unloaded,
  again: () => Promise<Reply>,
): Promise<SyncError> {
  if (reply.kind !== "told" || reply.failure.stage !== "load") return explain(setting, reply);
  const { failure } = reply;
  const { folder } = setting.project;
  const isPlaceless = failure.reason === "syntax" && !failure.message.includes(folder);
  if (failure.reason !== null && !isPlaceless) return explain(setting, reply);
  const second = await again();
  if (second.kind === "told") return explain(setting, second);
  // It crashed on purpose: Node tells the place of a mistake only as it gives up over it.
  const stack = second.kind === "ended" && isPlaceless ? second.stack : failure.stack;
  return explain(setting, { ...reply, failure: { ...failure, stack } });
}

function explain(setting: WorkerSetting, reply: Unloaded): SyncError {
  const { folder, entry } = setting.project;
  if (reply.kind === "ended") {
    if (reply.why === "aborted")
      return refusal("aborted", "The worker was being loaded.", "Try again.");
    const words = reply.stack === null ? "" : `\n${reply.stack}`;
    return refusal(
      "config_invalid",
      `${entry} cannot be loaded. ${reply.message}${words}`,
      "Mend the worker; nothing but declarations should run when its file is imported.",
    );
  }
  const { failure } = reply;
  const [what, remedy] = wordsFor(folder, failure.reason);
  // The SDK's own complaint about a shape it never knew would only lead astray.
  if (failure.reason === "old-shape")
    return refusal("config_invalid", `${entry} cannot be loaded: ${what}`, remedy);
  // A mistake in code is worth its place; a worker's own error is, too.
  const isCode = failure.reason === "syntax" || failure.reason === null;
  const place = isCode ? placeIn(failure.stack, folder) : null;
  const where = place === null || failure.message.includes(place) ? "" : ` (${place})`;
  return refusal(
    "config_invalid",
    `${entry} cannot be loaded: ${what} ${failure.message}${where}`,
    remedy,
  );
}

function wordsFor(
  folder: string,
  reason: ChildFailure["reason"],
): readonly [what: string, remedy: string] {
  switch (reason) {
    case "missing-module":
      return hasDependencies(folder)
        ? [
            "something it imports is not there.",
            `Run \`npm install\` in ${folder}; if it is a file of the worker's own, correct the import.`,
          ]
        : ["its dependencies are not installed.", `Run \`npm install\` in ${folder}.`];
    case "no-worker":
      return [
        "this is no Worker.",
        "Let the file say `export default worker`, where `worker` is a `new Worker()`.",
      ];
    case "old-shape":
      return [
        "it declares its syncs as before version 0.3 of the SDK, with the schema in the sync itself.",
        "Declare a database with `worker.database(key, { type, initialTitle, primaryKeyProperty, schema })` and name it in the sync as `database`.",
      ];
    case "syntax":
      return ["it does not parse.", "Mend the file."];
    case "rate-limited":
    case "stuck":
    case "too-large":
    case "unknown-key":
    case null:
      return [
        "it fails while it is loaded.",
        "Mend the worker; a file should only declare when it is imported, and read secrets when it runs.",
      ];
  }
}

/** The first place in the project's own code that a stack names, as `file:line`. */
function placeIn(stack: string | null, folder: string): string | null {
  const prefix = `${folder}${sep}`;
  for (const line of stack?.split("\n") ?? []) {
    const start = line.indexOf(prefix);
    if (start < 0) continue;
    const place = line.slice(start + prefix.length);
    if (place.startsWith("node_modules")) continue;
    return /^[^:]+:\d+/u.exec(place)?.[0] ?? null;
  }
  return null;
}

function refusal(code: "config_invalid" | "aborted", message: string, remedy: string): SyncError {
  return new SyncError({ code, message, remedy });
}
