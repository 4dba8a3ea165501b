// Carries out a capability that is no sync: a tool, a webhook (its check of a request, or its events) or
// an automation. The same child, limits and log as for an execution; the answer is the worker's own.
import type { LogLine } from "../oneway/source.ts";
import type { ChildFailure } from "./child/message.ts";
import { callWorker, type WorkerSetting } from "./call-worker.ts";

export interface RunOptions {
  readonly key: string;
  /**
   * A tool's input; `{ request }` to let a webhook check a request; a list of events for a webhook;
   * an event for an automation.
   */
  readonly input: unknown;
  readonly signal: AbortSignal;
  readonly onLog: (line: LogLine) => void;
}

export type CapabilityResult =
  | { readonly kind: "done"; readonly json: unknown }
  | {
      readonly kind: "failed";
      readonly why:
        | "thrown"
        | "rate-limited"
        | "timeout"
        | "memory"
        | "crashed"
        | "contract"
        | "aborted";
      /** The SDK's own names are kept: `WebhookVerificationError`, `InvalidToolInputError`, … */
      readonly name: string;
      readonly message: string;
      readonly stack: string | null;
      readonly retryAfterMs: number | null;
    };

export async function runCapability(
  setting: WorkerSetting,
  options: RunOptions,
): Promise<CapabilityResult> {
  const { key, input, signal, onLog } = options;
  const reply = await callWorker(setting, { task: { kind: "run", key, input }, signal, onLog });
  switch (reply.kind) {
    case "done":
      return { kind: "done", json: reply.json };
    case "ended":
      return { ...reply, kind: "failed", name: "Error", retryAfterMs: null };
    case "told": {
      const { name, message, stack, retryAfterSeconds } = reply.failure;
      return {
        kind: "failed",
        why: whyOf(reply.failure),
        name,
        message,
        stack,
        retryAfterMs: retryAfterSeconds === null ? null : Math.ceil(retryAfterSeconds * 1_000),
      };
    }
  }
}

function whyOf({
  reason,
  stage,
}: ChildFailure): Extract<CapabilityResult, { kind: "failed" }>["why"] {
  if (reason === "rate-limited") return "rate-limited";
  if (reason === "stuck") return "crashed";
  // A worker whose file throws has thrown; one that cannot be loaded or answered is another matter.
  return stage === "answer" || reason !== null ? "contract" : "thrown";
}
