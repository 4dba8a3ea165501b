// The one wrapper around `fetch`: a deadline over the whole exchange, body included, and a bound on the
// size of an answer. An official client's own timeout ends at the headers and leaves the request
// running; here the request is aborted, which tells the service nothing but frees the socket.
import { Buffer } from "node:buffer";

interface Exchange {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** In time that has passed, as `elapsedMs` counts it. */
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
}

interface Outgoing {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Why there is no answer. The message names no address and no secret. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly kind: "timeout" | "network" | "too-large";

  constructor(kind: "timeout" | "network" | "too-large", message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
  }
}

export interface TransportOptions {
  /** From sending to the last byte of the body. */
  readonly callMs: number;
  readonly bytesMax: number;
  readonly elapsedMs: () => number;
  /** For tests and proxies. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

export type Transport = (url: string, outgoing: Outgoing) => Promise<Exchange>;

/** The system's own word for a failure, such as ECONNRESET, which `fetch` hides in the cause. */
function networkWord(thrown: unknown): string {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 4; depth += 1) {
    if ("code" in error && typeof error.code === "string") return error.code;
    error = error.cause;
  }
  return "the connection failed";
}

async function readText(response: Response, bytesMax: number): Promise<string> {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new TransportError("too-large", "the answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Sends and reads to the end, or throws a `TransportError`. Any status is an answer. */
export function makeTransport(options: TransportOptions): Transport {
  const send = options.fetch ?? globalThis.fetch;
  return async (url, outgoing) => {
    const deadline = AbortSignal.timeout(options.callMs);
    const sentAtMs = options.elapsedMs();
    try {
      const response = await send(url, {
        method: outgoing.method,
        headers: outgoing.headers,
        body: outgoing.body,
        signal: deadline,
        // An API does not redirect; following one could carry the token elsewhere.
        redirect: "manual",
        cache: "no-store",
      });
      const text = await readText(response, options.bytesMax);
      const answeredAtMs = options.elapsedMs();
      return { status: response.status, headers: response.headers, text, sentAtMs, answeredAtMs };
    } catch (thrown) {
      if (thrown instanceof TransportError) throw thrown;
      if (deadline.aborted) throw new TransportError("timeout", "no answer in time", thrown);
      throw new TransportError("network", networkWord(thrown), thrown);
    }
  };
}
