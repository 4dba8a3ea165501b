// A call as the connector makes it: paced, tried again where that is safe, judged, and parsed. Reads
// end in a body or a refusal, or throw; writes end in one of the four things a write can come to.
import type { z } from "zod";
import { SyncError } from "../../errors.ts";
import { attempt, type Try } from "../attempt.ts";
import type { Pacer } from "../pacer.ts";
import type { ServiceClock } from "../service-clock.ts";
import type { Timing } from "../timing.ts";
import type { Call, NotionClient } from "./client.ts";
import { judge, type Refusal } from "./failure.ts";

export type ReadResult<T> =
  | { readonly kind: "ok"; readonly body: T }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export type WriteResult<T> =
  | ReadResult<T>
  | { readonly kind: "busy"; readonly message: string }
  | { readonly kind: "doubt"; readonly message: string; readonly hint: string | null };

export interface Caller {
  read<T>(call: Call & { readonly kind: "read" }, schema: z.ZodType<T>): Promise<ReadResult<T>>;
  write<T>(call: Call & { readonly kind: "write" }, schema: z.ZodType<T>): Promise<WriteResult<T>>;
  /** The service's clock. */
  nowMs(): number;
}

export interface CallerOptions {
  readonly client: NotionClient;
  readonly pacer: Pacer;
  readonly clock: ServiceClock;
  readonly timing: Timing;
  /** All waiting of one call together. */
  readonly patienceMs?: number;
}

function broken(path: string, error: z.ZodError): SyncError {
  const issue = error.issues[0];
  const place = issue === undefined ? "" : ` at "${issue.path.join(".")}"`;
  return new SyncError({
    code: "contract_broken",
    message: `Notion's answer to ${path.split("/")[0] ?? "a call"} has an unexpected shape${place}.`,
    remedy: "Try again later; if it stays, look for a newer version of Tandem, or report this.",
    context: { issue: issue?.code ?? null },
  });
}

/** The id in a body that is not whole: a token that may only insert gets `{object, id}` back. */
function idIn(body: unknown): string | null {
  const id = typeof body === "object" && body !== null && "id" in body ? body.id : null;
  return typeof id === "string" ? id : null;
}

export function makeCaller(options: CallerOptions): Caller {
  const { client, pacer, clock, timing } = options;

  const run = async <T>(call: Call, schema: z.ZodType<T>): Promise<WriteResult<T>> => {
    let hint: string | null = null;
    const once = async (): Promise<Try<ReadResult<T>>> => {
      const judged = judge(await client.send(call));
      switch (judged.kind) {
        case "ok": {
          const parsed = schema.safeParse(judged.body);
          if (parsed.success) return { kind: "answer", answer: { kind: "ok", body: parsed.data } };
          hint = idIn(judged.body);
          return { kind: "doubt", error: broken(call.path, parsed.error) };
        }
        case "refused":
          return { kind: "answer", answer: judged };
        case "busy":
          return judged;
        case "doubt":
          hint = judged.hint;
          return judged;
        case "fatal":
          throw judged.error;
      }
    };
    const { patienceMs } = options;
    const attempted = await attempt({
      kind: call.kind,
      once,
      pacers: [pacer],
      timing,
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });
    if (attempted.kind === "answer") return attempted.answer;
    if (call.kind === "read") throw attempted.error;
    const { message } = attempted.error;
    return attempted.kind === "busy" ? { kind: "busy", message } : { kind: "doubt", message, hint };
  };

  return {
    read: async (call, schema) => {
      const result = await run(call, schema);
      if (result.kind === "ok" || result.kind === "refused") return result;
      throw new SyncError({
        code: "unavailable",
        message: result.message,
        remedy: "Try again later.",
      });
    },
    write: run,
    nowMs: () => clock.nowMs(),
  };
}
