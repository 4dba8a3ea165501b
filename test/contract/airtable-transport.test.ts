// The Airtable connector against bodies and connections that a well-behaved server would never give:
// what it makes of them decides whether a row is written twice. A bare server, so that every byte is
// the test's.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { makeAirtableConnector } from "../../src/connectors/airtable/connector.ts";
import type { Connector, Wanted } from "../../src/connectors/connector.ts";
import type { Timing } from "../../src/connectors/timing.ts";
import { fieldId, recordId } from "../../src/core/ids.ts";
import { text } from "../../src/core/value.ts";

const baseId = "appAAAAAAAAAAAAAA";
const tableId = "tblAAAAAAAAAAAAAA";
const name = fieldId("fldAAAAAAAAAAAAAA");
const key = fieldId("fldBBBBBBBBBBBBBB");
const row = recordId("recAAAAAAAAAAAAAA");
const wanted: Wanted = { fields: [name], marker: key, filter: null };

const schema = {
  tables: [
    {
      id: tableId,
      name: "Tasks",
      primaryFieldId: name,
      fields: [
        { type: "singleLineText", id: name, name: "Name" },
        { type: "singleLineText", id: key, name: "Key" },
      ],
      views: [],
    },
  ],
};

type Handler = (response: ServerResponse, request: IncomingMessage, nth: number) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Bench {
  readonly connector: Connector;
  readonly slept: number[];
  readonly urls: string[];
  readonly bodies: string[];
}

/** A described connector whose calls to the table are answered by `handler`. */
async function bench(handler: Handler, callMs = 5_000): Promise<Bench> {
  const urls: string[] = [];
  const bodies: string[] = [];
  let nth = 0;
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (url.startsWith("/v0/meta/")) return send(response, 200, schema);
      urls.push(`${request.method} ${url}`);
      bodies.push(Buffer.concat(chunks).toString());
      nth += 1;
      handler(response, request, nth);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const slept: number[] = [];
  let shiftMs = 0;
  const timing: Timing = {
    nowMs: () => Date.now() + shiftMs,
    elapsedMs: () => performance.now() + shiftMs,
    sleep: (ms) => {
      slept.push(ms);
      shiftMs += ms;
      return Promise.resolve();
    },
    random: () => 0.5,
  };
  const connector = makeAirtableConnector({
    token: "patTest",
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    base: baseId,
    table: "Tasks",
    known: null,
    callMs,
    timing,
    isPaced: false,
  });
  await connector.describe();
  return { connector, slept, urls, bodies };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

const record = { id: row, createdTime: "2026-01-02T03:04:05.000Z", fields: { [name]: "a" } };

/** Long for answers that come, and short for those that do not: the test waits for it to pass. */
function deadlineMs(what: string): number {
  return what === "no answer" || what === "a body that stalls" ? 500 : 5_000;
}

/** Ways in which nobody can say what was done. */
const doubts: readonly (readonly [string, Handler])[] = [
  ["an empty 200", (response) => send(response, 200, "")],
  ["a cut 200", (response) => send(response, 200, '{"records":[{"id":"rec')],
  ["an HTML 200", (response) => send(response, 200, "<html>hello</html>")],
  ["a 200 of another shape", (response) => send(response, 200, { rows: [] })],
  ["an HTML 502", (response) => send(response, 502, "<html>bad gateway</html>")],
  ["a 500", (response) => send(response, 500, { error: { type: "SERVER_ERROR", message: "x" } })],
  ["a 503", (response) => send(response, 503, { error: { type: "RETRIABLE_ERROR" } })],
  ["a cut connection", (_response, request) => request.socket.destroy()],
  ["no answer", () => undefined],
  [
    "a body that stalls",
    (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"records":[');
    },
  ],
];

describe("writes in doubt are never repeated", () => {
  test.each(doubts)("%s", async (what, handler) => {
    const { connector, urls } = await bench(handler, deadlineMs(what));
    const write = { id: row, cells: new Map([[name, text("b")]]) };
    const [outcome] = await connector.update([write], wanted);
    expect(outcome).toMatchObject({ kind: "unknown", hint: null });
    const create = { ref: "r", cells: new Map([[name, text("b")]]), marker: "k" };
    expect(await connector.create([create], wanted)).toMatchObject([{ kind: "unknown" }]);
    expect(await connector.remove([row], wanted)).toMatchObject([{ kind: "unknown" }]);
    expect(urls).toHaveLength(3);
  });

  test("an answer about more rows than were sent", async () => {
    const { connector } = await bench((response) =>
      send(response, 200, { records: [record, { ...record, id: "recZZZZZZZZZZZZZZ" }] }),
    );
    const outcomes = await connector.update([{ id: row, cells: new Map() }], wanted);
    expect(outcomes).toMatchObject([{ kind: "unknown" }]);
  });

  test("a deletion that does not name the row", async () => {
    const { connector } = await bench((response) => send(response, 200, { records: [] }));
    expect(await connector.remove([row], wanted)).toMatchObject([{ kind: "unknown" }]);
  });

  test("an answer about another row", async () => {
    const { connector } = await bench((response) =>
      send(response, 200, { records: [{ ...record, id: "recZZZZZZZZZZZZZZ" }] }),
    );
    const outcomes = await connector.update([{ id: row, cells: new Map() }], wanted);
    expect(outcomes).toMatchObject([{ kind: "unknown" }]);
  });
});

describe("reads in doubt are tried again", () => {
  test.each(doubts)("%s, then the answer", async (what, handler) => {
    const { connector, slept } = await bench((response, request, nth) => {
      if (nth <= 2) handler(response, request, nth);
      else send(response, 200, { records: [record] });
    }, deadlineMs(what));
    const readings = await connector.read([row], wanted, row);
    expect(readings.get(row)).toMatchObject({ state: "live", row: { title: "a" } });
    expect(slept).toEqual([500, 1_000]);
    expect(connector.requests()).toEqual({ read: 4, write: 0 });
  });

  test("a service that stays down is unavailable after four repetitions", async () => {
    const { connector, urls } = await bench((response) => send(response, 500, {}));
    await expect(connector.read([row], wanted, row)).rejects.toMatchObject({ code: "unavailable" });
    expect(urls).toHaveLength(5);
  });

  test("an answer of an unknown shape is a broken contract", async () => {
    const { connector } = await bench((response) => send(response, 200, { records: "none" }));
    await expect(connector.read([row], wanted, row)).rejects.toMatchObject({
      code: "contract_broken",
    });
  });
});

const rateLimit = { error: { type: "RATE_LIMIT_REACHED", message: "Rate limit exceeded." } };
const quota = { errors: [{ error: "PUBLIC_API_BILLING_LIMIT_EXCEEDED", message: "used up" }] };

describe("429", () => {
  test("is waited out for 30 s, also by writes", async () => {
    const { connector, slept } = await bench((response, _request, nth) =>
      nth === 1 ? send(response, 429, rateLimit) : send(response, 200, { records: [record] }),
    );
    const outcomes = await connector.update([{ id: row, cells: new Map() }], wanted);
    expect(outcomes).toMatchObject([{ kind: "done" }]);
    expect(slept).toEqual([30_000]);
  });

  test("is waited out as long as the service asks, where it names a time", async () => {
    const { connector, slept } = await bench((response, _request, nth) => {
      if (nth === 1) response.setHeader("retry-after", "2");
      send(response, nth === 1 ? 429 : 200, nth === 1 ? rateLimit : { records: [record] });
    });
    const outcomes = await connector.update([{ id: row, cells: new Map() }], wanted);
    expect(outcomes).toMatchObject([{ kind: "done" }]);
    expect(slept).toEqual([2_000]);
  });

  test("that stays: reads throw with both causes in the remedy, writes are not applied", async () => {
    const { connector } = await bench((response) => send(response, 429, rateLimit));
    await expect(connector.read([row], wanted, row)).rejects.toMatchObject({
      code: "rate_limited",
      remedy: expect.stringMatching(/5 requests a second.*monthly/) as string,
    });
    const outcomes = await connector.update([{ id: row, cells: new Map() }], wanted);
    expect(outcomes).toMatchObject([{ kind: "not-applied" }]);
  });

  test("for the month's quota is not waited for", async () => {
    const { connector, slept, urls } = await bench((response) => send(response, 429, quota));
    await expect(connector.read([row], wanted, row)).rejects.toMatchObject({
      code: "rate_limited",
      message: expect.stringContaining("monthly") as string,
    });
    expect(await connector.update([{ id: row, cells: new Map() }], wanted)).toMatchObject([
      { kind: "not-applied" },
    ]);
    expect(slept).toEqual([]);
    expect(urls).toHaveLength(2);
  });
});

describe("refusals", () => {
  test("401 ends everything", async () => {
    const { connector } = await bench((response) =>
      send(response, 401, { error: { type: "AUTHENTICATION_REQUIRED", message: "x" } }),
    );
    const write = { id: row, cells: new Map() };
    await expect(connector.update([write], wanted)).rejects.toMatchObject({ code: "unauthorized" });
    await expect(connector.read([row], wanted, row)).rejects.toMatchObject({
      code: "unauthorized",
    });
  });

  test("a 403 that names a field keeps the service's words and its field", async () => {
    const message = "You are not permitted to write cell values in field Name (fldAAAAAAAAAAAAAA)";
    const { connector } = await bench((response) =>
      send(response, 403, { error: { type: "INVALID_PERMISSIONS", message } }),
    );
    const write = { id: row, cells: new Map([[name, text("b")]]) };
    expect(await connector.update([write], wanted)).toEqual([
      { kind: "failed", why: "forbidden", message, field: name },
    ]);
  });

  const denied = { error: { type: "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", message: "x" } };

  test("a bare 403 on a row that is gone: missing", async () => {
    const { connector } = await bench((response, request) =>
      request.method === "GET" ? send(response, 200, { records: [] }) : send(response, 403, denied),
    );
    const write = { id: row, cells: new Map() };
    expect(await connector.update([write], wanted)).toMatchObject([
      { kind: "failed", why: "missing" },
    ]);
  });

  test("a bare 403 on a row that is there: the token may not write", async () => {
    const { connector } = await bench((response, request) =>
      request.method === "GET"
        ? send(response, 200, { records: [record] })
        : send(response, 403, denied),
    );
    const write = { id: row, cells: new Map() };
    await expect(connector.update([write], wanted)).rejects.toMatchObject({ code: "forbidden" });
    await expect(
      connector.create([{ ref: "r", cells: new Map(), marker: null }], wanted),
    ).rejects.toMatchObject({ code: "forbidden" });
  });

  test("a bare 403 on a table that cannot be read either: not shared", async () => {
    const { connector } = await bench((response) => send(response, 403, denied));
    const write = { id: row, cells: new Map() };
    await expect(connector.update([write], wanted)).rejects.toMatchObject({ code: "not_shared" });
  });

  test("a mapped field that vanished", async () => {
    const { connector } = await bench((response) =>
      send(response, 422, { error: { type: "UNKNOWN_FIELD_NAME", message: 'Unknown "X"' } }),
    );
    await expect(connector.scan(wanted).next()).rejects.toMatchObject({ code: "schema_changed" });
  });
});

test("a token that cannot stand in a header is not quoted in the error", async () => {
  const clock = { nowMs: 0 };
  const timing: Timing = {
    nowMs: () => clock.nowMs,
    elapsedMs: () => clock.nowMs,
    sleep: (ms) => {
      clock.nowMs += ms;
      return Promise.resolve();
    },
    random: () => 0,
  };
  const connector = makeAirtableConnector({
    token: "pat\u0000Secret",
    baseUrl: "http://127.0.0.1:9",
    base: baseId,
    table: "Tasks",
    known: null,
    timing,
  });
  const error = await connector.describe().catch((thrown: unknown) => String(thrown));
  expect(error).toContain("header");
  expect(error).not.toContain("Secret");
});

describe("lookups", () => {
  const missing = { error: { type: "MODEL_ID_NOT_FOUND", message: "Record not found" } };
  const empty: Handler = (response, request) =>
    request.url?.includes(`/${row}`) === true
      ? send(response, 404, missing)
      : send(response, 200, { records: [] });

  test("without the control row nothing is proven, and the single call is not even asked", async () => {
    const { connector, urls } = await bench(empty);
    const readings = await connector.read([row], wanted, recordId("recCCCCCCCCCCCCCC"));
    expect(readings.get(row)).toMatchObject({ state: "unknown" });
    expect(urls).toHaveLength(1);
  });

  test("with no row to stand witness, a 404 for the single row is the evidence", async () => {
    const { connector } = await bench(empty);
    expect((await connector.read([row], wanted, null)).get(row)).toMatchObject({ state: "gone" });
  });

  test("a marker found by a loose comparison does not count", async () => {
    const loose = { ...record, fields: { [name]: "a", [key]: "K1 " } };
    const { connector } = await bench((response) => send(response, 200, { records: [loose] }));
    expect(await connector.findByMarker(["k1"], wanted)).toEqual([]);
    expect(await connector.findByMarker(["K1 "], wanted)).toHaveLength(1);
  });
});

describe("listings", () => {
  const page = (id: string, offset?: string): unknown => ({
    records: [{ ...record, id }],
    ...(offset === undefined ? {} : { offset }),
  });
  async function drain(connector: Connector): Promise<{ ids: string[]; end: unknown }> {
    const ids: string[] = [];
    const scan = connector.scan(wanted);
    // Bound: the scan ends itself.
    for (;;) {
      const step = await scan.next();
      if (step.done === true) return { ids, end: step.value };
      ids.push(...step.value.rows.map((one) => one.id));
    }
  }
  const lost = { error: { type: "LIST_RECORDS_ITERATOR_NOT_AVAILABLE" } };

  test("a lost iterator starts the listing anew, and no row comes twice", async () => {
    const { connector } = await bench((response, _request, nth) => {
      if (nth === 1) return send(response, 200, page("rec1", "itr1/rec1"));
      if (nth === 2) return send(response, 422, lost);
      if (nth === 3) return send(response, 200, page("rec1", "itr2/rec1"));
      send(response, 200, page("rec2"));
    });
    const { ids, end } = await drain(connector);
    expect(ids).toEqual(["rec1", "rec2"]);
    expect(end).toMatchObject({ isComplete: true, reason: null });
  });

  test("an iterator that is lost again and again leaves the listing incomplete", async () => {
    const { connector, urls } = await bench((response, request) =>
      request.url?.includes("offset=") === true
        ? send(response, 422, lost)
        : send(response, 200, page("rec1", "itr/rec1")),
    );
    const { ids, end } = await drain(connector);
    expect(ids).toEqual(["rec1"]);
    expect(end).toMatchObject({ isComplete: false });
    expect(urls).toHaveLength(6);
  });

  test("an offset that comes twice leaves it incomplete", async () => {
    const { connector, urls } = await bench((response) =>
      send(response, 200, page("rec1", "itr/rec1")),
    );
    expect((await drain(connector)).end).toMatchObject({ isComplete: false });
    expect(urls).toHaveLength(2);
  });

  test("a formula too long for an address goes by POST", async () => {
    const { connector, urls, bodies } = await bench((response, _request, nth) =>
      send(response, 200, { records: [], ...(nth === 1 ? { offset: "itr/rec" } : {}) }),
    );
    const markers = Array.from({ length: 100 }, (_, at) => `${at}`.padStart(200, "x"));
    expect(await connector.findByMarker(markers, wanted)).toEqual([]);
    const url = `POST /v0/${baseId}/${tableId}/listRecords?`;
    expect(urls).toEqual([url, url]);
    // Left in the address, the offset would be passed over and the first page come for ever.
    expect(bodies.map((body) => /"offset":"([^"]*)"/.exec(body)?.[1])).toEqual([
      undefined,
      "itr/rec",
    ]);
  });

  test("a formula the service does not take: editedAfter cannot tell", async () => {
    const { connector } = await bench((response) =>
      send(response, 422, { error: { type: "INVALID_FILTER_BY_FORMULA", message: "x" } }),
    );
    expect(await connector.editedAfter([{ id: row, field: name, thanMs: 0 }])).toBeNull();
  });
});
