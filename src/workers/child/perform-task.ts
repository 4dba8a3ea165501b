// One task against a loaded worker: its manifest, an execution of a sync, or one call of another
// capability. Calls the worker's own copy of the SDK, and nothing of its insides but `manifest` and
// `run`, which are the same from 0.3 to 0.9 (read in the published packages).
import type { Channel } from "./channel.ts";
import { describeError, isWrapped, plainFailure } from "./describe-error.ts";
import { isWorker, type LoadedWorker, loadDefault } from "./load-default.ts";
import { answerCharactersMax, type ChildFailure, type FromChild, type Start } from "./message.ts";
import { type Declarations, watchDeclarations } from "./watch-declarations.ts";

export async function performTask(channel: Channel, start: Start): Promise<FromChild> {
  const { task } = start;
  let declarations: Declarations | null = null;
  let found: unknown;
  try {
    if (task.kind === "diagnose") declarations = await watchDeclarations(start.entry);
    found = await loadDefault(start.entry);
  } catch (error) {
    const failure = describeError(error, "load");
    if (declarations !== null && failure.reason === "syntax") await crashWith(error);
    return declarations?.isOldShape() === true ? { ...failure, reason: "old-shape" } : failure;
  }
  if (!isWorker(found)) {
    return plainFailure("load", "no-worker", `The default export is ${nameOf(found)}.`);
  }
  try {
    return await answer(channel, found, start);
  } catch (error) {
    // The SDK wraps all that `execute` throws. What comes out of a sync bare, the SDK itself threw over
    // an answer that it could not read (read in SDK 0.3.0 to 0.9.2).
    const stage = task.kind === "execute" && !isWrapped(error) ? "answer" : "run";
    return { ...describeError(error, stage), pacers: channel.pacers };
  }
}

/** Node tells the place of a mistake only as it gives up over it; the host reads that as output. */
function crashWith(error: unknown): Promise<never> {
  process.removeAllListeners("uncaughtException");
  return new Promise(() => {
    setImmediate(() => {
      throw error;
    });
  });
}

async function answer(channel: Channel, worker: LoadedWorker, start: Start): Promise<FromChild> {
  const { task } = start;
  if ("key" in task && !hasCapability(worker.manifest, task.key)) {
    return plainFailure(
      "load",
      "unknown-key",
      `It has no capability named "${task.key}" any more.`,
    );
  }
  switch (task.kind) {
    case "manifest":
    case "diagnose":
      return express(channel, worker.manifest);
    case "execute": {
      Object.assign(channel.pacers, task.pacers);
      const context = {
        ...("state" in task ? { state: task.state } : {}),
        pacers: channel.pacers,
      };
      return express(channel, await worker.run(task.key, context, { concreteOutput: true }));
    }
    case "run":
      return express(channel, await worker.run(task.key, task.input, { concreteOutput: true }));
  }
}

/** The answer as JSON, or why it cannot be one. */
function express(channel: Channel, content: unknown): FromChild {
  let json: string | undefined;
  try {
    json = JSON.stringify(content);
  } catch (error) {
    return withPacers(channel, { ...describeError(error, "answer"), stack: null });
  }
  if (json !== undefined && json.length > answerCharactersMax) {
    const message = `The answer has ${json.length} characters.`;
    return withPacers(channel, plainFailure("answer", "too-large", message));
  }
  return { kind: "done", json: json ?? "null" };
}

function hasCapability(manifest: unknown, key: string): boolean {
  if (typeof manifest !== "object" || manifest === null || !("capabilities" in manifest))
    return false;
  const { capabilities } = manifest;
  return (
    Array.isArray(capabilities) &&
    capabilities.some((entry: unknown) => isObject(entry) && "key" in entry && entry.key === key)
  );
}

function isObject(content: unknown): content is object {
  return typeof content === "object" && content !== null;
}

function withPacers(channel: Channel, failure: ChildFailure): ChildFailure {
  return { ...failure, pacers: channel.pacers };
}

function nameOf(content: unknown): string {
  if (content === undefined) return "missing";
  if (content === null) return "null";
  if (typeof content === "function") return "a function";
  return typeof content === "object"
    ? "an object without `manifest` and `run`"
    : `a ${typeof content}`;
}
