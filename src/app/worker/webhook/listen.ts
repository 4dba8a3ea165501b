// The HTTP front of webhooks: finds the hook by its path, reads a bounded body, and sends the answer.
// Plain node:http, because it is one route; it binds to loopback unless the config says otherwise.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SyncError } from "../../../errors.ts";
import { webhookPath } from "../list.ts";
import type { Answer, WebhookCall } from "./answer.ts";
import type { Hook } from "./hook.ts";

const bodyBytesMax = 1024 * 1024;
const headersMsMax = 10_000;
const requestMsMax = 30_000;

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly hooks: readonly Hook[];
  readonly answer: (hook: Hook, call: WebhookCall) => Promise<Answer>;
  readonly onError: (error: unknown) => void;
}

export interface Listening {
  /** Without a trailing slash. */
  readonly url: string;
  /** Takes no more calls, and waits for those being answered. */
  close(): Promise<void>;
}

/** Throws `config_invalid` when the address cannot be listened on. */
export async function listenForWebhooks(options: ListenOptions): Promise<Listening> {
  const hooks = new Map(
    options.hooks.map((hook) => [webhookPath(hook.worker.config.name, hook.key), hook]),
  );
  const server = createServer((incoming, outgoing) => {
    answerOne(options, hooks, { incoming, outgoing }).catch((error: unknown) => {
      options.onError(error);
      send(outgoing, {
        status: 500,
        body: '{"error":"Try again later"}',
        contentType: "application/json",
      });
    });
  });
  server.headersTimeout = headersMsMax;
  server.requestTimeout = requestMsMax;
  await bind(server, options);
  const { address, family, port } = server.address() as AddressInfo;
  const host = family === "IPv6" ? `[${address}]` : address;
  return { url: `http://${host}:${port}`, close: () => close(server) };
}

function bind(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new SyncError({
          code: "config_invalid",
          message: `Nothing can listen on ${host}, port ${port} (${error.code ?? error.message}).`,
          remedy: "Name another address with serve: { host, port }; port 0 takes any free one.",
          cause: error,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeIdleConnections();
  });
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

async function answerOne(
  options: ListenOptions,
  hooks: ReadonlyMap<string, Hook>,
  { incoming, outgoing }: Exchange,
): Promise<void> {
  const host = incoming.headers.host ?? "localhost";
  const target = `http://${host}${incoming.url ?? "/"}`;
  const url = URL.canParse(target) ? new URL(target) : null;
  const hook = url === null ? undefined : hooks.get(url.pathname);
  if (url === null || hook === undefined) {
    send(outgoing, { status: 404, body: '{"error":"Not found"}', contentType: "application/json" });
    return;
  }
  const rawBody = await readBody(incoming);
  if (rawBody === null) {
    send(outgoing, {
      status: 413,
      body: '{"error":"Body too large"}',
      contentType: "application/json",
    });
    // What is still on its way is not read to the end.
    incoming.destroy();
    return;
  }
  const call: WebhookCall = {
    method: incoming.method ?? "GET",
    url: url.href,
    query: Object.fromEntries(url.searchParams),
    headers: headersOf(incoming),
    rawBody,
  };
  send(outgoing, await options.answer(hook, call));
}

/** Null when it is longer than we take. */
async function readBody(incoming: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of incoming) {
    if (!Buffer.isBuffer(part)) continue;
    bytes += part.length;
    if (bytes > bodyBytesMax) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Node gives names in lower case; what is given more than once is joined as HTTP says. */
function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, content]) => {
      if (content === undefined) return [];
      return [[name, typeof content === "string" ? content : content.join(", ")]];
    }),
  );
}

function send(outgoing: ServerResponse, answer: Answer): void {
  if (outgoing.headersSent) return;
  const { status, body, contentType, retryAfterSeconds } = answer;
  outgoing.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  });
  outgoing.end(body);
}
