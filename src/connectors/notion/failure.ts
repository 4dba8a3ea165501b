// What a reply means, decided once from status and error code. The rest of the connector acts on these
// kinds and never looks at a status again. Sources: Notion docs "Status codes" and "Request limits",
// recorded traffic, and the reports named in quirks.md.
import { SyncError } from "../../errors.ts";
import type { Reply } from "./client.ts";
import { parseError, type WireError } from "./wire.ts";

/** A refusal: the service understood, did nothing, and would do nothing the next time either. */
export interface Refusal {
  readonly kind:
    | "invalid" /* this content is not taken */
    | "trashed" /* the row is in the trash and takes no edits */
    | "missing" /* not there, or not shared: the service does not tell which */
    | "forbidden" /* a capability or the workspace's plan does not permit it */;
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export type Judgement =
  | { readonly kind: "ok"; readonly body: unknown }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** Surely nothing was done. */
  | {
      readonly kind: "busy";
      readonly retryAfterMs: number | null;
      readonly isForToken: boolean;
      readonly error: SyncError;
    }
  /** It may have been done or not. `hint`: the id of what a create made, where the service says. */
  | { readonly kind: "doubt"; readonly error: SyncError; readonly hint: string | null }
  /** Surely nothing was done, and no call with this token will do better. */
  | { readonly kind: "fatal"; readonly error: SyncError };

/**
 * Editing a page in the trash is a plain `validation_error`; only the text tells it from bad content
 * (community reports, many). This is the one place where a message decides anything.
 */
function isTrashedText(message: string): boolean {
  return /^Can't edit (?:block|page)\b.*\b(?:archived|trash)/i.test(message);
}

function refuse(kind: Refusal["kind"], status: number, error: WireError): Judgement {
  const message = error.message === "" ? `status ${status}` : error.message;
  return { kind: "refused", refusal: { kind, status, code: error.code, message } };
}

function contextOf(status: number, error: WireError): Record<string, string | number | null> {
  return { status, code: error.code, requestId: error.requestId };
}

function busy(
  reply: { readonly status: number; readonly retryAfterMs: number | null },
  error: WireError,
): Judgement {
  const { status } = reply;
  const { retry_after: retryAfter, rate_limit_reason: reason } = error.additional;
  // "public_api_request_blocked" never passes by waiting (Notion docs: Request limits).
  if (reason === "public_api_request_blocked") {
    return {
      kind: "fatal",
      error: new SyncError({
        code: "forbidden",
        message: "Notion has blocked this connection's API requests.",
        remedy: "Ask Notion's support why, naming the request id, or make a new connection.",
        context: contextOf(status, error),
      }),
    };
  }
  const seconds = typeof retryAfter === "string" ? Number(retryAfter) : Number.NaN;
  const toldMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
  return {
    kind: "busy",
    retryAfterMs: reply.retryAfterMs ?? toldMs,
    isForToken: status !== 409,
    error: new SyncError({
      code: status === 429 ? "rate_limited" : "unavailable",
      message: `Notion is busy (status ${status}).`,
      remedy:
        "Nothing is lost; try again later. If it happens often, run fewer pairs or run them less often.",
      context: contextOf(status, error),
    }),
  };
}

function doubtError(status: number | null, what: string): SyncError {
  return new SyncError({
    code: what === "no answer in time" ? "timeout" : "unavailable",
    message: `Notion gave no usable answer (${what}).`,
    remedy: "Try again later; see status.notion.so and the way out of this network.",
    context: { status },
  });
}

function doubt(status: number, error: WireError): Judgement {
  // Notion docs, Request limits: a 503 whose change was saved names what a create made.
  const hint = error.additional["committed_resource_id"];
  return {
    kind: "doubt",
    error: doubtError(status, `status ${status}`),
    hint: typeof hint === "string" ? hint : null,
  };
}

function judgeError(
  reply: { readonly status: number; readonly retryAfterMs: number | null },
  error: WireError,
): Judgement {
  const { status } = reply;
  if (status === 400) {
    return refuse(isTrashedText(error.message) ? "trashed" : "invalid", status, error);
  }
  if (status === 401) {
    return {
      kind: "fatal",
      error: new SyncError({
        code: "unauthorized",
        message: "Notion does not accept the token.",
        remedy:
          "Copy the connection's secret again from notion.so/my-integrations into NOTION_TOKEN; personal tokens expire and must be renewed.",
        context: contextOf(status, error),
      }),
    };
  }
  if (status === 403) return refuse("forbidden", status, error);
  if (status === 404) return refuse("missing", status, error);
  // 409 is also what a full database answers, with another code (client's types: async tasks).
  if (status === 409 && error.code === "row_limit_exceeded")
    return refuse("invalid", status, error);
  if (status === 409 || status === 429 || status === 529) return busy(reply, error);
  if (status === 408 || status >= 500 || status < 400) return doubt(status, error);
  return refuse("invalid", status, error);
}

/** What a reply means. Total over anything the client may bring. */
export function judge(reply: Reply): Judgement {
  switch (reply.kind) {
    case "answer":
      return reply.status >= 200 && reply.status < 300
        ? { kind: "ok", body: reply.body }
        : judgeError(reply, parseError(reply.body));
    case "unreadable": {
      if (reply.status < 400) {
        const error = doubtError(reply.status, "an unreadable body");
        return { kind: "doubt", error, hint: null };
      }
      const ray = reply.rayId === null ? "" : `, ray ${reply.rayId}`;
      const message = `refused before it reached Notion's API (status ${reply.status}${ray})`;
      return judgeError(reply, { code: "", message, requestId: null, additional: {} });
    }
    case "network":
      return { kind: "doubt", error: doubtError(null, reply.message), hint: null };
    case "timeout":
      return { kind: "doubt", error: doubtError(null, "no answer in time"), hint: null };
  }
}

/** A refusal that ends the run, as an error. `what` says which thing, for the message. */
export function refusalError(refusal: Refusal, what: string): SyncError {
  const context = { status: refusal.status, code: refusal.code };
  switch (refusal.kind) {
    case "missing":
      return new SyncError({
        code: "not_shared",
        message: `Notion does not let the connection reach ${what}, or it is not there.`,
        remedy:
          "Open the database in Notion, choose ⋯, then Connections, and add the connection; check the link in the config.",
        context,
      });
    case "forbidden":
      return new SyncError({
        code: "forbidden",
        message: `Notion does not permit this on ${what}: ${refusal.message}`,
        remedy:
          "Give the connection the capabilities to read, update and insert content in its settings at notion.so/my-integrations.",
        context,
      });
    case "trashed":
    case "invalid":
      return new SyncError({
        code: "rejected",
        message: `Notion refused a request to ${what}: ${refusal.message}`,
        remedy: "Check the pair's filter in the config; if there is none, please report this.",
        context,
      });
  }
}
