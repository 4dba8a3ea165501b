// What came of a task, read from how the child ended: its answer, its own account of a failure, or
// neither, when it was ended, crashed, or said something that is no message of ours.
import { z } from "zod";
import { answerCharactersMax, type ChildFailure } from "./child/message.ts";
import type { ChildEnd, Limits } from "./run-child.ts";
import type { Mask } from "./secret-mask.ts";

export type Reply =
  | { readonly kind: "done"; readonly json: unknown }
  /** The child's own account, masked. */
  | { readonly kind: "told"; readonly failure: ChildFailure }
  | {
      readonly kind: "ended";
      readonly why: "timeout" | "memory" | "crashed" | "contract" | "aborted";
      readonly message: string;
      /** The last lines of its error output, or null. */
      readonly stack: string | null;
    };

const pacersSchema = z.record(
  z.string(),
  z.object({ lastScheduledAtMs: z.number(), allowedRequests: z.number(), intervalMs: z.number() }),
);

const failureSchema: z.ZodType<ChildFailure> = z.object({
  kind: z.literal("failed"),
  stage: z.enum(["load", "run", "answer"]),
  reason: z
    .enum([
      "no-worker",
      "missing-module",
      "syntax",
      "old-shape",
      "rate-limited",
      "stuck",
      "too-large",
      "unknown-key",
    ])
    .nullable(),
  name: z.string(),
  message: z.string(),
  stack: z.string().nullable(),
  retryAfterSeconds: z.number().nullable(),
  pacers: pacersSchema.catch({}),
});

const messageSchema = z.union([
  z.object({ kind: z.literal("done"), json: z.string().max(answerCharactersMax) }),
  failureSchema,
]);

export function readReply(end: ChildEnd, limits: Limits, mask: Mask): Reply {
  if (end.message === undefined) return readSilence(end, limits);
  const message = messageSchema.safeParse(end.message).data;
  if (message === undefined) return nonsense(end);
  if (message.kind === "failed") {
    const { name, message: text, stack } = message;
    const masked = {
      name: mask(name),
      message: mask(text),
      stack: stack === null ? null : mask(stack),
    };
    return { kind: "told", failure: { ...message, ...masked } };
  }
  try {
    const json: unknown = JSON.parse(message.json);
    return { kind: "done", json };
  } catch {
    return nonsense(end);
  }
}

function readSilence(end: ChildEnd, limits: Limits): Reply {
  if (end.ended === "aborted") return ended(end, "aborted", "It was stopped before it was done.");
  if (end.ended === "timeout") {
    return ended(
      end,
      "timeout",
      `It ran for more than ${limits.seconds} seconds and was ended. Let it do less in one execution, or raise limits.seconds.`,
    );
  }
  if (end.isOutOfMemory) {
    return ended(
      end,
      "memory",
      `It needed more than ${limits.memoryMb} MB of memory. Let it do less in one execution, or raise limits.memoryMb.`,
    );
  }
  const how =
    end.exitSignal === null ? `with exit code ${end.code ?? "unknown"}` : `by ${end.exitSignal}`;
  return ended(end, "crashed", `Its process ended ${how} before it gave an answer.`);
}

function nonsense(end: ChildEnd): Reply {
  return ended(end, "contract", "Its process sent something that is no answer.");
}

function ended(
  end: ChildEnd,
  why: "timeout" | "memory" | "crashed" | "contract" | "aborted",
  message: string,
): Reply {
  const stack = end.lastWords.length === 0 ? null : end.lastWords.join("\n");
  return { kind: "ended", why, message, stack };
}
