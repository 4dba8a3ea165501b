// What a caller of a webhook is answered. A call that is accepted lies in the store before the answer
// goes out, so that no accepted call is lost; the worker handles it afterwards.
//
// A worker that declares `verify` is asked first and its answer is passed on: 2xx queues the call, 4xx
// does not. Without it every POST is accepted with 202 (worker reference: webhooks).
import { z } from "zod";
import type { CapabilityResult } from "../../../workers/run-capability.ts";
import type { Admission } from "./admission.ts";
import { verificationErrorName, type Hook, type HookHealth } from "./hook.ts";

export interface WebhookCall {
  /** `GET`, `HEAD` or `POST`. */
  readonly method: string;
  /** Whole, as the caller gave it. */
  readonly url: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: string;
}

/** What the handler is handed, later. */
export interface WebhookEvent {
  readonly deliveryId: string;
  /** Parsed, or an empty object where the body is no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly rawBody: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType: "application/json" | "text/plain";
  readonly retryAfterSeconds?: number;
}

export interface AnswerDeps {
  readonly admission: Admission;
  readonly health: HookHealth;
  readonly deliveryId: () => string;
  readonly verify: (hook: Hook, request: WebhookCall) => Promise<CapabilityResult>;
  /** Keeps the event; throws when it cannot, and then the caller is to try again. */
  readonly enqueue: (hook: Hook, event: WebhookEvent) => Promise<void>;
  readonly onLog: (text: string) => void;
}

const methods: readonly string[] = ["GET", "HEAD", "POST"];
const verifyBodyBytesMax = 8 * 1024;

const verdictSchema = z.object({
  status: z
    .int()
    .refine((status) => (status >= 200 && status < 300) || (status >= 400 && status < 500)),
  body: z.string().optional(),
  contentType: z.enum(["application/json", "text/plain"]).default("text/plain"),
});

export async function answerCall(deps: AnswerDeps, hook: Hook, call: WebhookCall): Promise<Answer> {
  if (!methods.includes(call.method) || (!hook.hasVerify && call.method !== "POST")) {
    return told(405, "Method not allowed");
  }
  if (deps.health.isBlocked(hook.id)) {
    return told(403, "Blocked after five failed verifications; start the program again");
  }
  const wait = deps.admission.admit(hook.id);
  if (wait !== null) return { ...told(429, "Rate limit exceeded"), ...wait };
  const verdict = hook.hasVerify ? await askWorker(deps, hook, call) : told(202, "");
  if (verdict.status >= 200 && verdict.status < 300) {
    await deps.enqueue(hook, eventOf(call, deps.deliveryId()));
  }
  return verdict;
}

async function askWorker(deps: AnswerDeps, hook: Hook, call: WebhookCall): Promise<Answer> {
  const result = await deps.verify(hook, call);
  if (result.kind === "failed") {
    deps.onLog(`${hook.id}: verify failed: ${result.name}: ${result.message}`);
    if (result.name !== verificationErrorName) return told(500, "The webhook could not be checked");
    if (deps.health.refused(hook.id)) deps.onLog(`${hook.id}: blocked until the next start`);
    return told(401, "Verification failed");
  }
  const verdict = verdictSchema.safeParse(result.json);
  if (!verdict.success || Buffer.byteLength(verdict.data.body ?? "") > verifyBodyBytesMax) {
    deps.onLog(`${hook.id}: verify gave no answer of 2xx or 4xx with at most 8 KB`);
    return told(500, "The webhook could not be checked");
  }
  const { status, body = "", contentType } = verdict.data;
  return { status, body, contentType };
}

function told(status: number, message: string): Answer {
  const body = message === "" ? "" : JSON.stringify({ error: message });
  return { status, body, contentType: "application/json" };
}

function eventOf(call: WebhookCall, deliveryId: string): WebhookEvent {
  const { method, headers, rawBody } = call;
  return { deliveryId, body: objectOf(rawBody), rawBody, headers, method };
}

const objectSchema = z.record(z.string(), z.unknown());

function objectOf(rawBody: string): Readonly<Record<string, unknown>> {
  try {
    return objectSchema.parse(JSON.parse(rawBody));
  } catch {
    // The handler has the raw body for whatever else it may be.
    return {};
  }
}
