// An error of a worker's code, in plain words for the channel. Sorted by name, code and structure,
// never by text and never by class: the worker's SDK is another copy, and tsx may load it twice.
import { inspect } from "node:util";
import type { ChildFailure } from "./message.ts";

/** Wrappers of the SDK whose own message only repeats the cause. */
const wrapperNames: ReadonlySet<string> = new Set([
  "ExecutionError",
  "RateLimitError",
  "WebhookVerificationError",
]);

const missingCodes: ReadonlySet<string> = new Set([
  "MODULE_NOT_FOUND",
  "ERR_MODULE_NOT_FOUND",
  "ERR_PACKAGE_PATH_NOT_EXPORTED",
  "ERR_UNSUPPORTED_DIR_IMPORT",
]);

/** What came of loading or running, when it threw. */
export function describeError(error: unknown, stage: ChildFailure["stage"]): ChildFailure {
  const pause = rateLimitIn(error);
  if (pause !== null) {
    return {
      ...plainFailure("run", "rate-limited", textOf(unwrap(pause))),
      name: "RateLimitError",
      retryAfterSeconds: numberAt(pause, "retryAfter"),
    };
  }
  const root = unwrap(error);
  const name = textAt(error, "name");
  return {
    ...plainFailure(stage, stage === "load" ? loadReason(root) : null, textWithCause(root)),
    name: (name === "ExecutionError" ? textAt(root, "name") : name) ?? "Error",
    stack: textAt(root, "stack") ?? textAt(error, "stack"),
  };
}

export function plainFailure(
  stage: ChildFailure["stage"],
  reason: ChildFailure["reason"],
  message: string,
): ChildFailure {
  return {
    kind: "failed",
    stage,
    reason,
    name: "Error",
    message,
    stack: null,
    retryAfterSeconds: null,
    pacers: {},
  };
}

/** Whether the SDK itself put the error into its wrapper: then it is `execute` that threw. */
export function isWrapped(error: unknown): boolean {
  return wrapperNames.has(textAt(error, "name") ?? "");
}

/** The error itself, or its cause: with two copies of the SDK, one takes the other's for any error. */
function rateLimitIn(error: unknown): unknown {
  const candidates = [error, unwrap(error)];
  return candidates.find((at) => textAt(at, "name") === "RateLimitError") ?? null;
}

function unwrap(error: unknown): unknown {
  const isWrapper = isWrapped(error) && typeof error === "object" && error !== null;
  return isWrapper && "cause" in error && error.cause !== undefined ? error.cause : error;
}

function loadReason(error: unknown): ChildFailure["reason"] {
  if (missingCodes.has(textAt(error, "code") ?? "")) return "missing-module";
  // esbuild says where each mistake is; Node's own parser throws a plain SyntaxError.
  const isTransform =
    typeof error === "object" && error !== null && "errors" in error && Array.isArray(error.errors);
  const isSyntax =
    textAt(error, "name") === "SyntaxError" || textAt(error, "name") === "TransformError";
  return isTransform || isSyntax ? "syntax" : null;
}

/** `fetch failed` alone tells nobody anything: what it was stands in its cause. */
function textWithCause(error: unknown): string {
  const text = textOf(error);
  const cause = at(error, "cause");
  if (cause === undefined || cause === null || cause === error) return text;
  const because = textOf(cause) === "" ? textAt(cause, "code") : textOf(cause);
  return because === null || text.includes(because) ? text : `${text}: ${because}`;
}

function textOf(error: unknown): string {
  const message = textAt(error, "message");
  if (message !== null) return message;
  return typeof error === "string" ? error : inspect(error, { depth: 1, breakLength: Infinity });
}

function textAt(from: unknown, key: string): string | null {
  const found = at(from, key);
  return typeof found === "string" ? found : null;
}

function numberAt(from: unknown, key: string): number | null {
  const found = at(from, key);
  return typeof found === "number" && Number.isFinite(found) ? found : null;
}

function at(from: unknown, key: string): unknown {
  if (typeof from !== "object" || from === null) return undefined;
  const found: unknown = Reflect.get(from, key);
  return found;
}
