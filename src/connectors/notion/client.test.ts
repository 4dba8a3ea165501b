// One request as it goes out, and every kind of answer as it comes in.
import { describe, expect, test } from "vitest";
import { scriptNotionWire, type WireAnswer } from "../../../test/fixture/notion-wire.ts";
import { makeServiceClock } from "../service-clock.ts";
import { makeClient, type Call, type NotionClient, type Reply } from "./client.ts";

const read: Call = { kind: "read", method: "get", path: "users/me" };
const write: Call = { kind: "write", method: "post", path: "pages", body: { in_trash: true } };

interface Made {
  readonly client: NotionClient;
  readonly wire: ReturnType<typeof scriptNotionWire>;
  /** The service's clock, on a machine whose own says 1,000,000. */
  readonly serviceMs: () => number;
}

function make(answer: WireAnswer, baseUrl: string | null = "https://notion.test/"): Made {
  const wire = scriptNotionWire(() => answer);
  const clock = makeServiceClock(wire.timing);
  const { timing, fetch } = wire;
  const client = makeClient({ token: "ntn_secret", baseUrl, clock, timing, fetch });
  return { client, wire, serviceMs: () => clock.nowMs() };
}

const good: WireAnswer = { body: { object: "user" } };

describe("a request", () => {
  test("carries the token, the version that all shapes were checked against, and its body", async () => {
    const { client, wire } = make(good);
    await client.send({ ...write, query: { page_size: 5 } });
    const { init, url } = wire.sent[0] ?? { init: {}, url: "" };
    expect(url).toBe("https://notion.test/v1/pages?page_size=5");
    expect(init).toMatchObject({ method: "POST", redirect: "manual", body: '{"in_trash":true}' });
    expect(Object.fromEntries(new Headers(init.headers))).toMatchObject({
      authorization: "Bearer ntn_secret",
      "notion-version": "2026-03-11",
      "content-type": "application/json",
    });
    expect(init.signal).toBeInstanceOf(AbortSignal);
  });

  test("goes to the real API where no other address is named", async () => {
    const { client, wire } = make(good, null);
    await client.send(read);
    expect(wire.sent.map(({ url }) => url)).toEqual(["https://api.notion.com/v1/users/me"]);
    expect(wire.requests).toEqual([{ method: "GET", path: "users/me", body: null }]);
  });

  test("repeats the key of a list, and names properties as the service gave them", async () => {
    const { client, wire } = make(good);
    const query = { filter_properties: ["title", "%255Ba"], start_cursor: "c" };
    await client.send({ ...read, query });
    const [, search = ""] = (wire.requests[0]?.path ?? "").split("?");
    expect([...new URLSearchParams(search)]).toEqual([
      ["filter_properties", "title"],
      ["filter_properties", "%5Ba"],
      ["start_cursor", "c"],
    ]);
  });

  test("is put on the wire once, whatever comes back: repeating is for others to decide", async () => {
    const errors: readonly (readonly [number, string])[] = [
      [409, "conflict_error"],
      [429, "rate_limited"],
      [500, "internal_server_error"],
      [503, "service_unavailable"],
    ];
    for (const [status, code] of errors) {
      const body = { object: "error", status, code, message: "No.", request_id: "r" };
      const { client, wire } = make({ status, headers: { "retry-after": "0" }, body });
      await client.send(write);
      await client.send(read);
      expect(wire.requests).toHaveLength(2);
      expect(client.requests()).toEqual({ read: 1, write: 1 });
    }
    const { client } = make(new Error("down"));
    await client.send(read);
    await client.send(read);
    await client.send(write);
    expect(client.requests()).toEqual({ read: 2, write: 1 });
  });
});

describe("a reply", () => {
  const html = "<html>the edge is down</html>";
  const reset = new Error("fetch failed", {
    cause: Object.assign(new Error("x"), { code: "ECONNRESET" }),
  });
  const late = { "retry-after": "3", "cf-ray": "r-AMS" };
  const cases: readonly (readonly [string, WireAnswer, Reply])[] = [
    [
      "a good answer",
      { body: { id: 1 } },
      { kind: "answer", status: 200, body: { id: 1 }, retryAfterMs: null },
    ],
    [
      "a refusal, with its body",
      { status: 400, body: { code: "validation_error" } },
      { kind: "answer", status: 400, body: { code: "validation_error" }, retryAfterMs: null },
    ],
    [
      "a pause, in seconds",
      { status: 429, body: {}, headers: late },
      { kind: "answer", status: 429, body: {}, retryAfterMs: 3_000 },
    ],
    [
      "a page of HTML, with the edge's id and pause",
      { status: 503, body: html, headers: late },
      { kind: "unreadable", status: 503, rayId: "r-AMS", retryAfterMs: 3_000 },
    ],
    [
      "nothing at all",
      { body: "" },
      { kind: "unreadable", status: 200, rayId: null, retryAfterMs: null },
    ],
    [
      "half an answer",
      { body: '{"object":"pa' },
      { kind: "unreadable", status: 200, rayId: null, retryAfterMs: null },
    ],
    [
      "JSON that is no object",
      { body: "null" },
      { kind: "unreadable", status: 200, rayId: null, retryAfterMs: null },
    ],
    ["no answer, and the system's word for it", reset, { kind: "network", message: "ECONNRESET" }],
  ];
  test.each(cases)("%s", async (_name, answer, reply) => {
    expect(await make(answer).client.send(read)).toEqual(reply);
    expect(await make(answer).client.send(write)).toEqual(reply);
  });

  test("that does not come in time is told as that", async () => {
    const wire = scriptNotionWire(() => good);
    const { timing } = wire;
    const client = makeClient({
      token: "t",
      baseUrl: null,
      clock: makeServiceClock(timing),
      timing,
      callMs: 20,
      fetch: (_url, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => {
            reject(new Error("aborted"));
          });
        }),
    });
    expect(await client.send(read)).toEqual({ kind: "timeout" });
  });

  test("that is too large to be held is none", async () => {
    const { timing } = scriptNotionWire(() => good);
    const piece = new Uint8Array(1_048_576);
    let pieces = 0;
    const client = makeClient({
      token: "t",
      baseUrl: null,
      clock: makeServiceClock(timing),
      timing,
      fetch: () =>
        Promise.resolve(
          new Response(
            new ReadableStream({
              pull: (controller) => {
                pieces += 1;
                if (pieces > 70) controller.close();
                else controller.enqueue(piece);
              },
            }),
          ),
        ),
    });
    expect(await client.send(read)).toEqual({
      kind: "network",
      message: "the answer is too large",
    });
  });

  test("teaches the service's clock however ours is set: by the time that has passed", async () => {
    const timing = { nowMs: () => 9_000_000, elapsedMs: () => 70 };
    const headers = { date: new Date(5_000_000).toUTCString() };
    const { fetch } = scriptNotionWire(() => ({ headers, body: {} }));
    const clock = makeServiceClock(timing);
    await makeClient({ token: "t", baseUrl: null, clock, timing, fetch }).send(read);
    expect(clock.nowMs()).toBe(5_000_500);
  });

  test("names a day to come back on, counted from what our clock says", async () => {
    const headers = { "retry-after": new Date(1_030_000).toUTCString() };
    const { client } = make({ status: 429, headers, body: {} });
    expect(await client.send(read)).toMatchObject({ retryAfterMs: 30_000 });
  });

  test("teaches the service's clock, a refusal too", async () => {
    for (const status of [200, 400, 503]) {
      const headers = { date: new Date(5_000_000).toUTCString() };
      const { client, serviceMs } = make({ status, headers, body: {} });
      expect(serviceMs()).toBe(1_000_000);
      await client.send(read);
      expect(serviceMs()).toBe(5_000_500);
    }
    const { client, serviceMs } = make({ headers: { date: "noon" }, body: {} });
    await client.send(read);
    expect(serviceMs()).toBe(1_000_000);
  });
});
