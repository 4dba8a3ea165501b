// One HTTP call through the official client, and everything that may come back from it, without
// judgement. Relies on the client's `makeRequest` alone: its table methods hang or report success on a
// broken body, and know neither schemas nor upserts. See quirks.md, "The client".
import Airtable from "airtable";
import { limits } from "./limits.ts";

export interface Call {
  /** A read may be repeated freely, a write may not. */
  readonly kind: "read" | "write";
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** First part of the path: a base id, or `meta`. */
  readonly stem: string;
  /** The rest of it, with its slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Left out of GET and DELETE by the client. */
  readonly body?: unknown;
}

export type Reply =
  /** An answer with a JSON object in it, whatever its status. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body: unknown;
      /** The `Date` header in ms, whole seconds; null without one. */
      readonly dateMs: number | null;
      readonly retryAfterMs: number | null;
    }
  /** An answer whose body is no JSON object: empty, cut off, or a page of HTML. */
  | { readonly kind: "unreadable"; readonly status: number }
  | { readonly kind: "network"; readonly message: string }
  | { readonly kind: "timeout" };

export type Transport = (call: Call) => Promise<Reply>;

export interface TransportOptions {
  readonly token: string;
  /** Without a trailing slash; null for the real API. */
  readonly baseUrl: string | null;
  /** From sending to the end of the body. Default 70 s. */
  readonly callMs?: number;
}

/** The client's own error class: not an `Error`, and without the headers. */
function isClientError(
  thing: unknown,
): thing is { readonly error: string; readonly message: string; readonly statusCode: unknown } {
  return typeof thing === "object" && thing !== null && "error" in thing && "statusCode" in thing;
}

/** The client's words without the address, whose query may hold what cells hold. */
function withoutUrl(message: string): string {
  return message.replace(/^request to \S+ failed/, "the request failed");
}

function failureReply(thrown: unknown, token: string): Reply {
  // A token with a stray character in it is quoted by the error about the header it cannot stand in.
  const clean = (message: string): string => withoutUrl(message).replaceAll(token, "(token)");
  if (isClientError(thrown)) {
    if (typeof thrown.statusCode === "number") {
      return { kind: "unreadable", status: thrown.statusCode };
    }
    return { kind: "network", message: clean(thrown.message) };
  }
  const message = thrown instanceof Error ? clean(thrown.message) : "unknown failure";
  return { kind: "network", message };
}

interface HeaderBag {
  get(name: string): string | null;
}

function dateMsOf(headers: HeaderBag): number | null {
  const ms = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(ms) ? null : ms;
}

function retryAfterMsOf(headers: HeaderBag): number | null {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}

export function makeTransport(options: TransportOptions): Transport {
  const callMs = options.callMs ?? limits.callMs;
  const token = options.token.trim();
  const client = new Airtable({
    apiKey: token,
    noRetryIfRateLimited: true,
    // A little later than our own deadline, which must be the one to speak; this one frees the socket.
    requestTimeout: callMs + 1_000,
    ...(options.baseUrl === null ? {} : { endpointUrl: options.baseUrl.replace(/\/+$/, "") }),
  });
  return async (call) => {
    const base = new Airtable.Base(client, call.stem);
    // The client turns every 4xx and 5xx into fixed words and drops the service's own; the override
    // lets all answers through with status, headers and body.
    base._checkStatusForError = () => null;
    const { promise: deadline, resolve: expire } = Promise.withResolvers<Reply>();
    // The client's own timer stops at the headers; a body that stalls would hang for ever.
    const timer = setTimeout(() => {
      expire({ kind: "timeout" });
    }, callMs);
    const sent = base
      .makeRequest({
        method: call.method,
        path: call.path,
        ...(call.query === undefined ? {} : { qs: call.query }),
        ...(call.body === undefined ? {} : { body: call.body }),
      })
      .then(
        (response): Reply => ({
          kind: "answer",
          status: response.statusCode,
          body: response.body as unknown,
          dateMs: dateMsOf(response.headers),
          retryAfterMs: retryAfterMsOf(response.headers),
        }),
        (thrown: unknown) => failureReply(thrown, token),
      );
    try {
      return await Promise.race([sent, deadline]);
    } finally {
      clearTimeout(timer);
    }
  };
}
