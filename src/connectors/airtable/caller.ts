// Calls with everything around them: pacing, tries, counting, the service's clock, and answers parsed
// by their schema. Above this file there are no statuses, only what came of a call.
import type { z } from "zod";
import { SyncError } from "../../errors.ts";
import { attempt, type Attempted, type Try } from "../attempt.ts";
import type { RequestCount } from "../connector.ts";
import type { Pacer } from "../pacer.ts";
import { makeServiceClock } from "../service-clock.ts";
import type { Timing } from "../timing.ts";
import { judge, type Refusal } from "./failure.ts";
import type { Call, Transport } from "./transport.ts";

type Done<T> = { readonly kind: "done"; readonly body: T };
type Refused = { readonly kind: "refused"; readonly refusal: Refusal };

export type ReadResult<T> = Done<T> | Refused;

export type WriteResult<T> =
  | Done<T>
  | Refused
  /** Surely nothing was done: the service was busy beyond our patience. */
  | { readonly kind: "not-applied"; readonly message: string }
  /** It may have been done or not. */
  | { readonly kind: "doubt"; readonly message: string };

export interface Caller {
  /** Tries again within bounds. Throws a `SyncError` when that does not help, or the token is bad. */
  read<T>(call: Call, schema: z.ZodType<T>): Promise<ReadResult<T>>;
  /** Tries again only after a sure refusal for being busy. Throws only when the token is bad. */
  write<T>(call: Call, schema: z.ZodType<T>): Promise<WriteResult<T>>;
  /** The service's clock. */
  nowMs(): number;
  requests(): RequestCount;
}

export interface CallerOptions {
  readonly transport: Transport;
  /** Every budget a call to the base counts against; a null base is a call outside of any. */
  readonly pacersFor: (base: string | null) => readonly Pacer[];
  readonly timing: Timing;
  /** All waiting for one call together. */
  readonly patienceMs?: number;
}

type Answer<T> =
  | Done<T>
  | Refused
  | { readonly kind: "spent"; readonly error: SyncError }
  | { readonly kind: "fatal"; readonly error: SyncError };

function unreadable(call: Call, why: string): SyncError {
  return new SyncError({
    code: "contract_broken",
    message: `Airtable's answer to ${call.method} ${call.stem}${call.path} is not of the known shape.`,
    remedy: "Update Tandem; if it is the newest version, please report this.",
    context: { why },
  });
}

/** The base whose budget a call counts against: schemas are the base's, the list of bases is not. */
function baseOf(call: Call): string | null {
  if (call.stem !== "meta") return call.stem;
  return /^\/bases\/([^/]+)\//.exec(call.path)?.[1] ?? null;
}

export function makeCaller(options: CallerOptions): Caller {
  const { transport, pacersFor, timing } = options;
  const clock = makeServiceClock(timing);
  const count = { read: 0, write: 0 };

  async function once<T>(call: Call, schema: z.ZodType<T>): Promise<Try<Answer<T>>> {
    count[call.kind] += 1;
    const sentAtMs = timing.elapsedMs();
    const reply = await transport(call);
    if (reply.kind === "answer" && reply.dateMs !== null) {
      clock.learn({ sentAtMs, answeredAtMs: timing.elapsedMs(), dateMs: reply.dateMs });
    }
    const judged = judge(reply);
    switch (judged.kind) {
      case "ok": {
        const parsed = schema.safeParse(judged.body);
        if (parsed.success) return { kind: "answer", answer: { kind: "done", body: parsed.data } };
        const why = parsed.error.issues[0]?.path.join(".") ?? "";
        return { kind: "doubt", error: unreadable(call, why) };
      }
      case "refused":
      case "spent":
      case "fatal":
        return { kind: "answer", answer: judged };
      case "busy":
        // The lock-out is the base's, but whoever met it once is likely to meet it again.
        return { ...judged, isForToken: true };
      case "doubt":
        return judged;
    }
  }

  function run<T>(call: Call, schema: z.ZodType<T>): Promise<Attempted<Answer<T>>> {
    return attempt({
      kind: call.kind,
      once: () => once(call, schema),
      pacers: pacersFor(baseOf(call)),
      timing,
      ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
    });
  }

  return {
    read: async (call, schema) => {
      const result = await run(call, schema);
      if (result.kind !== "answer") throw result.error;
      const { answer } = result;
      if (answer.kind === "spent" || answer.kind === "fatal") throw answer.error;
      return answer;
    },
    write: async (call, schema) => {
      const result = await run(call, schema);
      if (result.kind === "busy") return { kind: "not-applied", message: result.error.message };
      if (result.kind === "doubt") return { kind: "doubt", message: result.error.message };
      const { answer } = result;
      if (answer.kind === "fatal") throw answer.error;
      if (answer.kind === "spent") return { kind: "not-applied", message: answer.error.message };
      return answer;
    },
    nowMs: () => clock.nowMs(),
    requests: () => ({ ...count }),
  };
}
