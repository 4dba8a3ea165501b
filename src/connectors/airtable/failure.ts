// What an answer that is no success means, decided once from status and error type. The rest of the
// connector acts on these kinds and never looks at a status again. Sources: Airtable docs "Errors",
// recorded traffic, and the community reports named in quirks.md.
import { SyncError } from "../../errors.ts";
import { limits } from "./limits.ts";
import type { Reply } from "./transport.ts";
import { parseError } from "./wire.ts";

/** A refusal: the service understood, did nothing, and would do nothing the next time either. */
export interface Refusal {
  readonly kind:
    | "content" /* this content is not taken */
    | "missing" /* the row is not in the table */
    | "denied" /* no permission, or not there: the service does not tell which */
    | "forbidden" /* no permission, said in so many words */
    | "iterator" /* the listing must start anew */
    | "field" /* a field of this name or id does not exist */
    | "formula" /* the formula is not taken */
    | "too-large";
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

export type Judgement =
  | { readonly kind: "ok"; readonly body: unknown }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** Surely nothing was done; try again after the pause. */
  | { readonly kind: "busy"; readonly retryAfterMs: number; readonly error: SyncError }
  /** It may have been done or not. */
  | { readonly kind: "doubt"; readonly error: SyncError }
  /** Surely nothing was done, and waiting for a while does not help. */
  | { readonly kind: "spent"; readonly error: SyncError }
  /** Surely nothing was done, and no call with this token will do better. */
  | { readonly kind: "fatal"; readonly error: SyncError };

/** What a token needs, for remedies. */
const scopes = "data.records:read, data.records:write and schema.bases:read";

const refusalKinds: Readonly<Record<string, Refusal["kind"]>> = {
  LIST_RECORDS_ITERATOR_NOT_AVAILABLE: "iterator",
  INVALID_OFFSET_VALUE: "iterator",
  UNKNOWN_FIELD_NAME: "field",
  INVALID_FILTER_BY_FORMULA: "formula",
  ROW_DOES_NOT_EXIST: "missing",
  MODEL_ID_NOT_FOUND: "missing",
};

function refusalKind(status: number, type: string): Refusal["kind"] {
  const known = Object.hasOwn(refusalKinds, type) ? refusalKinds[type] : undefined;
  if (known !== undefined) return known;
  if (status === 404) return "missing";
  if (status === 413) return "too-large";
  // INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND is the other 403: missing scope, base, table or row.
  if (status === 403) return type === "INVALID_PERMISSIONS" ? "forbidden" : "denied";
  return "content";
}

const quotaType = "PUBLIC_API_BILLING_LIMIT_EXCEEDED";

function busyError(type: string): SyncError {
  const isQuota = type === quotaType;
  return new SyncError({
    code: "rate_limited",
    message: isQuota
      ? "Airtable's monthly number of API calls for this workspace is used up."
      : "Airtable keeps answering 429 (too many requests).",
    remedy:
      "Let other programs that use this base rest (5 requests a second a base), and look at the workspace's monthly API calls in Airtable (1,000 on the Free plan): wait for the new month or raise the plan.",
    context: { status: 429, type },
  });
}

function doubtError(status: number | null, what: string): SyncError {
  return new SyncError({
    code: status === null && what === "no answer in time" ? "timeout" : "unavailable",
    message: `Airtable gave no usable answer (${what}).`,
    remedy: "Try again later; see status.airtable.com and the way out of this network.",
    context: { status },
  });
}

function judgeError(status: number, body: unknown, retryAfterMs: number | null): Judgement {
  const error = parseError(body) ?? { type: "", message: "" };
  if (status === 401) {
    return {
      kind: "fatal",
      error: new SyncError({
        code: "unauthorized",
        message: "Airtable does not accept the token.",
        remedy:
          "Make a personal access token at airtable.com/create/tokens and put it in AIRTABLE_TOKEN.",
        context: { status, type: error.type },
      }),
    };
  }
  if (status === 429) {
    // The rate's lock-out lasts 30 s where the service names no time (Airtable docs: Rate limits); the
    // month's quota lasts longer than any patience, and is told apart by its type where it has one.
    if (error.type === quotaType) return { kind: "spent", error: busyError(error.type) };
    return {
      kind: "busy",
      retryAfterMs: retryAfterMs ?? limits.lockOutMs,
      error: busyError(error.type),
    };
  }
  if (status >= 500) return { kind: "doubt", error: doubtError(status, `status ${status}`) };
  const { type, message } = error;
  return {
    kind: "refused",
    refusal: { kind: refusalKind(status, type), status, type, message: message || type },
  };
}

/** A refusal that ends the run, as an error. `what` says which table, for the message. */
export function refusalError(refusal: Refusal, what: string): SyncError {
  const context = { status: refusal.status, type: refusal.type };
  switch (refusal.kind) {
    case "denied":
    case "missing":
      return new SyncError({
        code: "not_shared",
        message: `Airtable does not let the token reach ${what}, or it is not there.`,
        remedy: `Give the token access to the base and the scopes ${scopes}, and check the ids in the config.`,
        context,
      });
    case "forbidden":
      return new SyncError({
        code: "forbidden",
        message: `Airtable does not permit this on ${what}: ${refusal.message}`,
        remedy: `Give the token's owner the Editor role on the base, and the token the scopes ${scopes}.`,
        context,
      });
    case "field":
      return new SyncError({
        code: "schema_changed",
        message: `A mapped field is not in ${what} any more: ${refusal.message}`,
        remedy: "Bring the field back, or take it out of the pair's fields in the config.",
        context,
      });
    case "content":
    case "iterator":
    case "formula":
    case "too-large":
      return new SyncError({
        code: "rejected",
        message: `Airtable refused a request to ${what}: ${refusal.message}`,
        remedy: "Check the pair's filter in the config; if there is none, please report this.",
        context,
      });
  }
}

/** What a reply means. Total over anything the transport may bring. */
export function judge(reply: Reply): Judgement {
  switch (reply.kind) {
    case "answer":
      return reply.status >= 200 && reply.status < 300
        ? { kind: "ok", body: reply.body }
        : judgeError(reply.status, reply.body, reply.retryAfterMs);
    case "unreadable":
      // Success with an empty, cut or HTML body: it may well have been done.
      return reply.status < 300
        ? { kind: "doubt", error: doubtError(reply.status, "an unreadable body") }
        : judgeError(reply.status, null, null);
    case "network":
      return { kind: "doubt", error: doubtError(null, reply.message) };
    case "timeout":
      return { kind: "doubt", error: doubtError(null, "no answer in time") };
  }
}
