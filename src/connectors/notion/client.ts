// One call through the official client, and everything that may come back from it, without judgement.
// Relies on the client's `request`: it alone takes every parameter and gives bodies untyped, which is
// what they are. The client's retries are off and its timeout is ours; see quirks.md, "The client".
import { Client } from "@notionhq/client";
import { parseRetryAfterMs } from "../delay.ts";
import type { ServiceClock } from "../service-clock.ts";
import type { Timing } from "../timing.ts";
import { makeTransport, TransportError } from "../transport.ts";
import { limits } from "./limits.ts";

/** The API version all wire shapes here were checked against. */
const notionVersion = "2026-03-11";

export interface Call {
  /** A read may be repeated freely, a write may not. */
  readonly kind: "read" | "write";
  readonly method: "get" | "post" | "patch";
  /** After `/v1/`, without a slash in front. Ids of properties stand in it as the service gave them. */
  readonly path: string;
  /** Lists become repeated keys; the client decodes each of their members once. */
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

export type Reply =
  /** An answer with a JSON object in it, whatever its status. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body: unknown;
      readonly retryAfterMs: number | null;
    }
  /** An answer whose body is no JSON object: empty, cut off, or a page of HTML. */
  | {
      readonly kind: "unreadable";
      readonly status: number;
      /** The edge's id of the exchange, for the service's support. */
      readonly rayId: string | null;
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: "network"; readonly message: string }
  | { readonly kind: "timeout" };

export interface NotionClient {
  send(call: Call): Promise<Reply>;
  /** Requests put on the wire so far. */
  requests(): { readonly read: number; readonly write: number };
}

export interface ClientOptions {
  readonly token: string;
  /** Without a trailing slash; null for the real API. */
  readonly baseUrl: string | null;
  readonly clock: ServiceClock;
  readonly timing: Pick<Timing, "nowMs" | "elapsedMs">;
  readonly callMs?: number;
  readonly fetch?: typeof globalThis.fetch;
}

interface Seen {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

function replyOf(seen: Seen, nowMs: number): Reply {
  const { status, text, headers } = seen;
  const retryAfterMs = parseRetryAfterMs(headers.get("retry-after"), nowMs);
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) {
      return { kind: "answer", status, body, retryAfterMs };
    }
  } catch {
    /* not JSON: told apart below */
  }
  return { kind: "unreadable", status, rayId: headers.get("cf-ray"), retryAfterMs };
}

export function makeClient(options: ClientOptions): NotionClient {
  const callMs = options.callMs ?? limits.callMs;
  const counts = { read: 0, write: 0 };
  const transport = makeTransport({
    callMs,
    bytesMax: limits.answerBytesMax,
    elapsedMs: () => options.timing.elapsedMs(),
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });

  const send = async (call: Call): Promise<Reply> => {
    const answers: Seen[] = [];
    // A client for each call, because the answer is caught on its way through this one's `fetch`: the
    // client itself drops headers and status of a good answer and turns bad ones into errors.
    const client = new Client({
      auth: options.token,
      notionVersion,
      retry: false,
      timeoutMs: callMs + 5_000,
      logger: () => undefined,
      ...(options.baseUrl === null ? {} : { baseUrl: options.baseUrl.replace(/\/+$/, "") }),
      fetch: async (url, init) => {
        counts[call.kind] += 1;
        const exchange = await transport(url, {
          method: init?.method ?? "GET",
          headers: init?.headers ?? {},
          body: typeof init?.body === "string" ? init.body : null,
        });
        const dateMs = Date.parse(exchange.headers.get("date") ?? "");
        if (!Number.isNaN(dateMs)) options.clock.learn({ ...exchange, dateMs });
        const { status, headers, text } = exchange;
        answers.push({ status, headers, text });
        const ok = status >= 200 && status < 300;
        return { ok, status, headers, text: () => Promise.resolve(text) };
      },
    });
    try {
      await client.request({
        method: call.method,
        path: call.path,
        ...(call.query === undefined ? {} : { query: queryOf(call.query) }),
        ...(call.body === undefined ? {} : { body: { ...call.body } }),
      });
    } catch (thrown) {
      if (answers.length === 0) return failureOf(thrown);
    }
    const seen = answers.at(-1);
    return seen === undefined
      ? { kind: "network", message: "the request was not sent" }
      : replyOf(seen, options.timing.nowMs());
  };
  return { send, requests: () => ({ ...counts }) };
}

function queryOf(
  query: Readonly<Record<string, string | number | readonly string[]>>,
): Record<string, string | number | string[]> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [
      name,
      typeof value === "string" || typeof value === "number" ? value : [...value],
    ]),
  );
}

function failureOf(thrown: unknown): Reply {
  if (!(thrown instanceof TransportError)) {
    return { kind: "network", message: thrown instanceof Error ? thrown.name : "unknown failure" };
  }
  return thrown.kind === "timeout"
    ? { kind: "timeout" }
    : { kind: "network", message: thrown.message };
}
