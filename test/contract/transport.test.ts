// The deadline and the bounds of the one `fetch` wrapper, against a server that misbehaves.
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { makeTransport, TransportError } from "../../src/connectors/transport.ts";

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const made = createServer((_request, response) => {
    answer(response);
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}/v1/x`;
}

const outgoing = { method: "GET", headers: { authorization: "Bearer secret" }, body: null };

/** What the exchange came to: its text, or the kind of its failure and how long it took. */
async function exchange(
  url: string,
  options: { readonly callMs?: number; readonly bytesMax?: number } = {},
): Promise<{ readonly text?: string; readonly kind?: string; readonly tookMs: number }> {
  const { callMs = 5_000, bytesMax = 1_000_000 } = options;
  const startMs = Date.now();
  try {
    const { text } = await makeTransport({ callMs, bytesMax, elapsedMs: Date.now })(url, outgoing);
    return { text, tookMs: Date.now() - startMs };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    expect(error.message).not.toContain("secret");
    expect(error.message).not.toContain("127.0.0.1");
    return { kind: error.kind, tookMs: Date.now() - startMs };
  }
}

test("an answer is read whole, whatever its status", async () => {
  const url = await serve((response) => {
    response.writeHead(418).end("ä".repeat(70_000));
  });
  expect((await exchange(url)).text).toBe("ä".repeat(70_000));
});

test("the deadline holds before the headers", async () => {
  const url = await serve(() => undefined);
  const { kind, tookMs } = await exchange(url, { callMs: 200 });
  expect(kind).toBe("timeout");
  expect(tookMs).toBeLessThan(2_000);
});

test("the deadline holds for a body that stalls", async () => {
  const url = await serve((response) => {
    response.writeHead(200, { "content-length": "100" }).write("{");
  });
  const { kind, tookMs } = await exchange(url, { callMs: 200 });
  expect(kind).toBe("timeout");
  expect(tookMs).toBeLessThan(2_000);
});

test("an answer that is too large is not held", async () => {
  const url = await serve((response) => {
    response.writeHead(200).end("x".repeat(5_000));
  });
  expect((await exchange(url, { bytesMax: 1_000 })).kind).toBe("too-large");
});

test("a connection that breaks is a network failure", async () => {
  const url = await serve((response) => {
    response.socket?.destroy();
  });
  expect((await exchange(url)).kind).toBe("network");
});

test("a redirect is an answer, and is not followed with the token", async () => {
  let asked = 0;
  const url = await serve((response) => {
    asked += 1;
    response.writeHead(302, { location: "/elsewhere" }).end("moved");
  });
  expect((await exchange(url)).text).toBe("moved");
  expect(asked).toBe(1);
});
