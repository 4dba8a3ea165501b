// The one HTTP front both sandboxes share: reads a request whole, logs it, lets the fault plan strike,
// asks the service, and writes the answer. It binds to loopback only.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { SandboxClock } from "./clock.ts";
import type { Fault, FaultPlan } from "./fault.ts";
import type { LoggedRequest, SandboxAnswer, SandboxRequest, SandboxService } from "./wire.ts";

const requestBytesMax = 8 * 1024 * 1024;
const gzipBytesMin = 1024;
const logEntriesMax = 200_000;

export interface ServeOptions {
  readonly service: SandboxService;
  readonly faults: FaultPlan;
  readonly clock: SandboxClock;
  readonly log: LoggedRequest[];
  /** 0 takes any free port. */
  readonly port: number;
}

export interface Served {
  /** Base URL without a trailing slash, e.g. `http://127.0.0.1:41233`. */
  readonly url: string;
  close(): Promise<void>;
}

export async function serve(options: ServeOptions): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    answerOne(options, incoming, outgoing).catch((error: unknown) => {
      // A sandbox bug must be seen in the test that met it, as a 500 that names it.
      if (!outgoing.headersSent) outgoing.writeHead(500, { "content-type": "text/plain" });
      outgoing.end(`sandbox bug: ${error instanceof Error ? error.stack : String(error)}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

/** One request on its way to its answer. */
interface Exchange {
  readonly clock: SandboxClock;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly entry: LoggedRequest;
}

async function answerOne(
  options: ServeOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming);
  const entry = logRequest(options, request);
  const exchange: Exchange = { clock: options.clock, incoming, outgoing, entry };
  const struck = options.faults.take(entry);
  entry.fault = struck?.name ?? null;
  const fault = struck?.fault ?? null;
  if (fault !== null && "when" in fault && fault.when === "before") {
    await commit(exchange, { fault, answer: null });
    return;
  }
  const answer = options.service(request);
  await commit(exchange, { fault, answer });
}

function logRequest(options: ServeOptions, request: SandboxRequest): LoggedRequest {
  const entry: LoggedRequest = {
    seq: options.log.length + 1,
    atMs: options.clock.nowMs(),
    method: request.method,
    path: request.path,
    query: request.query.toString(),
    body: request.body,
    status: null,
    fault: null,
  };
  if (options.log.length < logEntriesMax) options.log.push(entry);
  return entry;
}

async function readRequest(incoming: IncomingMessage): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > requestBytesMax) throw new Error("request body too large for the sandbox");
    chunks.push(chunk);
  }
  const url = incoming.url ?? "/";
  const mark = url.indexOf("?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    method: incoming.method ?? "GET",
    path: mark === -1 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark === -1 ? "" : url.slice(mark + 1)),
    headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

/** Writes the true answer, or what the fault makes of it. */
async function commit(
  exchange: Exchange,
  outcome: { readonly fault: Fault | null; readonly answer: SandboxAnswer | null },
): Promise<void> {
  const { fault, answer } = outcome;
  const { incoming } = exchange;
  switch (fault?.kind) {
    case "cut":
      incoming.socket.destroy();
      return;
    case "hang":
      await wait(fault.forMs, incoming);
      incoming.socket.destroy();
      return;
    case "answer":
      send(exchange, { answer: fault.answer });
      return;
    case "empty":
      send(exchange, { answer: { status: 200, body: "" } });
      return;
    case "slow":
      await wait(fault.delayMs, incoming);
      break;
    case "truncated":
    case undefined:
      break;
  }
  if (answer === null) return;
  send(exchange, { answer, isTruncated: fault?.kind === "truncated" });
}

function wait(forMs: number, incoming: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, forMs);
    incoming.socket.once("close", done);
    function done(): void {
      clearTimeout(timer);
      resolve();
    }
  });
}

function send(
  { clock, incoming, outgoing, entry }: Exchange,
  sent: { readonly answer: SandboxAnswer; readonly isTruncated?: boolean },
): void {
  const { answer } = sent;
  const isText = typeof answer.body === "string";
  let bytes = Buffer.from(
    typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body),
    "utf8",
  );
  if (sent.isTruncated === true) bytes = bytes.subarray(0, Math.floor(bytes.length / 2));
  const headers: Record<string, string> = {
    "content-type": isText ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
    // Both services' Date headers are how a client learns their clock; the sandbox clock shows here.
    date: new Date(clock.nowMs()).toUTCString(),
    ...answer.headers,
  };
  if (
    bytes.length >= gzipBytesMin &&
    /\bgzip\b/.test(incoming.headers["accept-encoding"]?.toString() ?? "")
  ) {
    bytes = gzipSync(bytes);
    headers["content-encoding"] = "gzip";
  }
  headers["content-length"] = String(bytes.length);
  entry.status = answer.status;
  outgoing.writeHead(answer.status, headers);
  outgoing.end(bytes);
}
