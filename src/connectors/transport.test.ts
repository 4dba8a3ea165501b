// What goes into `fetch` and what comes out, without a network; deadlines and broken connections are
// looked at over one, in test/contract/transport.test.ts.
import { describe, expect, test } from "vitest";
import { makeTransport, TransportError } from "./transport.ts";

const url = "https://service.test/v1/x";
const outgoing = { method: "PATCH", headers: { authorization: "Bearer secret" }, body: '{"a":1}' };

/** A transport over a `fetch` that answers so; `asked` is what it was given. */
function over(answer: () => Response | Promise<Response>, bytesMax = 100) {
  const asked: unknown[] = [];
  let elapsedMs = 0;
  const transport = makeTransport({
    callMs: 5_000,
    bytesMax,
    elapsedMs: () => (elapsedMs += 10),
    fetch: async (...given) => {
      asked.push(given);
      return answer();
    },
  });
  return { asked, exchange: () => transport(url, outgoing) };
}

async function failure(exchange: Promise<unknown>): Promise<unknown> {
  const error: unknown = await exchange.catch((thrown: unknown) => thrown);
  if (!(error instanceof TransportError)) return error;
  return { kind: error.kind, message: error.message };
}

test("a request goes out as it is, with a deadline, and follows no redirect with the token", async () => {
  const { asked, exchange } = over(() => new Response("ok"));
  await exchange();
  expect(asked).toEqual([
    [
      url,
      {
        ...outgoing,
        redirect: "manual",
        cache: "no-store",
        signal: expect.any(AbortSignal) as AbortSignal,
      },
    ],
  ]);
});

test("an answer comes whole, with the times before and after it", async () => {
  const headers = { date: "Mon, 01 Jun 2026 00:00:00 GMT" };
  const { exchange } = over(() => new Response("zwölf", { status: 404, headers }));
  const { headers: found, ...answer } = await exchange();
  expect(answer).toEqual({ status: 404, text: "zwölf", sentAtMs: 10, answeredAtMs: 20 });
  expect(found.get("date")).toBe(headers.date);
  const none = over(() => new Response(null, { status: 204 }));
  expect(await none.exchange()).toMatchObject({ status: 204, text: "" });
});

describe("the bound on an answer", () => {
  const pieces = (sizes: readonly number[]) => () =>
    new Response(
      new ReadableStream({
        start: (controller) => {
          for (const size of sizes) controller.enqueue(new Uint8Array(size).fill(97));
          controller.close();
        },
      }),
    );

  test("holds for all its pieces together, and takes what just fits", async () => {
    expect((await over(pieces([60, 40])).exchange()).text).toHaveLength(100);
    expect(await failure(over(pieces([60, 41])).exchange())).toEqual({
      kind: "too-large",
      message: "the answer is too large",
    });
  });
});

describe("a failure", () => {
  test("has the system's own word, however deep it is hidden, and no secret", async () => {
    const system = Object.assign(new Error("connect 10.0.0.1 secret"), { code: "ECONNREFUSED" });
    const hidden = new TypeError("fetch failed", { cause: new Error("x", { cause: system }) });
    for (const thrown of [system, hidden]) {
      expect(await failure(over(() => Promise.reject(thrown)).exchange())).toEqual({
        kind: "network",
        message: "ECONNREFUSED",
      });
    }
    for (const thrown of [new Error("Bearer secret"), "Bearer secret"]) {
      const { exchange } = over(() => {
        throw thrown;
      });
      expect(await failure(exchange())).toEqual({
        kind: "network",
        message: "the connection failed",
      });
    }
  });

  test("of the deadline is told as that", async () => {
    const transport = makeTransport({
      callMs: 10,
      bytesMax: 100,
      elapsedMs: () => 0,
      fetch: (_url, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => {
            reject(new Error("aborted"));
          });
        }),
    });
    expect(await failure(transport(url, outgoing))).toEqual({
      kind: "timeout",
      message: "no answer in time",
    });
  });
});
