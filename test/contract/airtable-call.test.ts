// One call of the Airtable connector over HTTP: what leaves this machine, and what of the answer is handed
// on. A bare server, so that every header is the test's.
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { limits } from "../../src/connectors/airtable/limits.ts";
import { makeTransport, type Call, type Reply } from "../../src/connectors/airtable/transport.ts";

interface Seen {
  readonly request: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let url: string;
let seen: Seen[];
let answer: { status: number; headers: Record<string, string>; body: string };

beforeEach(async () => {
  seen = [];
  answer = { status: 200, headers: {}, body: "{}" };
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      seen.push({ request: `${request.method} ${request.url}`, headers: request.headers, body });
      response.sendDate = false;
      response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const read: Call = { kind: "read", method: "GET", stem: "app1", path: "/tbl1" };

function send(call: Partial<Call> = {}, token = "patTest", baseUrl = url): Promise<Reply> {
  return makeTransport({ token, baseUrl, callMs: 5_000 })({ ...read, ...call });
}

test("the token, the address and the body go out as they should", async () => {
  await send({ query: { formula: "{A}='b c&d'", fields: ["x", "y"] } });
  await send({ kind: "write", method: "PATCH", body: { records: [] } });
  expect(seen.map(({ request, body }) => [request, body])).toEqual([
    ["GET /v0/app1/tbl1?formula=%7BA%7D%3D%27b+c%26d%27&fields%5B%5D=x&fields%5B%5D=y", ""],
    ["PATCH /v0/app1/tbl1?", '{"records":[]}'],
  ]);
  expect(seen.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer patTest",
    "Bearer patTest",
  ]);
});

test("blanks around a token and slashes behind an address are no part of them", async () => {
  await send({}, " patTest\n", `${url}//`);
  expect(seen[0]?.request).toMatch(/^GET \/v0\/app1\/tbl1/);
  expect(seen[0]?.headers.authorization).toBe("Bearer patTest");
});

test.each<readonly [string, number | null]>([
  ["30", 30_000],
  ["0", 0],
  ["1.5", 1_500],
  ["-1", null],
  ["soon", null],
  ["Infinity", null],
])("a time to wait of %j", async (header, retryAfterMs) => {
  answer = { status: 429, headers: { "retry-after": header }, body: '{"error":"X"}' };
  expect(await send()).toEqual({
    kind: "answer",
    status: 429,
    body: { error: "X" },
    dateMs: null,
    retryAfterMs,
  });
});

test("the service's clock comes from its header, where that is a time", async () => {
  answer = { ...answer, headers: { date: "Sat, 21 Nov 2026 12:00:05 GMT" } };
  const plain = { kind: "answer", status: 200, body: {}, retryAfterMs: null };
  expect(await send()).toEqual({ ...plain, dateMs: Date.UTC(2026, 10, 21, 12, 0, 5) });
  answer = { ...answer, headers: { date: "noon" } };
  expect(await send()).toEqual({ ...plain, dateMs: null });
});

test("the words of a refusal come through, whatever its status", async () => {
  for (const status of [401, 403, 404, 413, 422, 500, 503]) {
    answer = { status, headers: {}, body: '{"error":{"type":"T","message":"m"}}' };
    expect(await send()).toMatchObject({
      kind: "answer",
      status,
      body: { error: { type: "T", message: "m" } },
    });
  }
});

test.each(["", "<html></html>", '{"records":['])("a body of %j is no answer", async (body) => {
  answer = { ...answer, body };
  expect(await send()).toEqual({ kind: "unreadable", status: 200 });
});

test.each<readonly [string, (response: ServerResponse) => void]>([
  ["that never comes", () => undefined],
  ["whose body stalls", (response) => response.write('{"records":[')],
])("an answer %s is out of time, and nothing else", async (_what, begin) => {
  const silent = createServer((_request, response) => {
    begin(response);
  });
  await new Promise<void>((resolve) => {
    silent.listen(0, "127.0.0.1", resolve);
  });
  const baseUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const reply = await makeTransport({ token: "patTest", baseUrl, callMs: 50 })(read);
  silent.closeAllConnections();
  silent.close();
  expect(reply).toEqual({ kind: "timeout" });
});

test("a failed connection tells neither what was asked for nor the token", async () => {
  const token = "pat.secret";
  const query = { filterByFormula: "{Salary}=1" };
  const reply = await send({ query, path: `/${token}/${token}` }, token, "http://127.0.0.1:9");
  expect(reply).toEqual({
    kind: "network",
    message: expect.stringMatching(
      /^the request failed, reason: (?!.*(Salary|v0|secret))/,
    ) as string,
  });
});

test("a token with a sign that no header takes is not shown, however often it is quoted", async () => {
  const reply = await send({}, "pat\u0000Secret");
  expect(reply).toMatchObject({
    kind: "network",
    message: expect.stringContaining("(token)") as string,
  });
  expect(JSON.stringify(reply)).not.toContain("Secret");
  expect(seen).toEqual([]);
});

test("the figures Airtable documents", () => {
  expect(limits).toMatchObject({
    baseRequests: 5,
    tokenRequests: 50,
    lockOutMs: 30_000,
    writeBatchMax: 10,
    pageSize: 100,
    idsMax: 100,
    textCharsMax: 100_000,
    peopleMax: 500,
    // A slow listing takes a minute; an answer in the sixty-first second is one.
    callMs: 70_000,
  });
});
