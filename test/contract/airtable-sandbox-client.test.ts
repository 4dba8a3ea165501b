// The published npm client, unchanged, against the sandbox: every call it can make and how it reads the
// answers (Airtable reference, table 2.3 and section 2.5).
import Airtable from "airtable";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseJson } from "../../src/sandbox/airtable/json.ts";
import { startAirtableSandbox, type AirtableSandbox } from "../../src/sandbox/airtable/sandbox.ts";
import { textAt } from "../fixture/airtable-call.ts";
import type { LoggedRequest } from "../../src/sandbox/wire.ts";
import {
  badGatewayFault,
  iteratorLossFault,
  outageFault,
  quotaFault,
  rateLimitFault,
  retriableFault,
  serverErrorFault,
} from "../../src/sandbox/airtable/faults.ts";

let sandbox: AirtableSandbox;
let baseId: string;

beforeEach(async () => {
  sandbox = await startAirtableSandbox({ rateLimit: null, order: "created" });
  baseId = sandbox.admin.addBase({
    name: "Delivery",
    tables: [
      {
        name: "My Table/é",
        fields: [
          { name: "Name", type: "singleLineText" },
          { name: "Count", type: "number" },
          { name: "Done", type: "checkbox" },
          {
            name: "Status",
            type: "singleSelect",
            options: { choices: [{ name: "Todo" }, { name: "Done" }] },
          },
        ],
      },
    ],
  }).id;
});

afterEach(async () => {
  await sandbox.close();
});

function connect(): Airtable.Base {
  return new Airtable({
    apiKey: sandbox.token,
    endpointUrl: sandbox.url,
    noRetryIfRateLimited: true,
  }).base(baseId);
}

function table(): Airtable.Table<Airtable.FieldSet> {
  return connect()("My Table/é");
}

function lastRequest(): LoggedRequest {
  const last = sandbox.log.at(-1);
  if (last === undefined) throw new Error("nothing was asked");
  return last;
}

/** What a call was refused with; the client's error is no `Error`. */
async function refusalOf(call: Promise<unknown>): Promise<{ error: unknown; statusCode: unknown }> {
  try {
    await call;
  } catch (error) {
    const { error: type, statusCode } = Object(error) as { error: unknown; statusCode: unknown };
    return { error: type, statusCode };
  }
  throw new Error("the call was not refused");
}

describe("reading", () => {
  test("select pages through a table, and an empty one", async () => {
    expect(await table().select().all()).toEqual([]);
    sandbox.admin.addRows(
      "My Table/é",
      Array.from({ length: 205 }, (_, index) => ({ Name: `row ${index}` })),
    );
    const records = await table().select().all();
    expect(records.map((record) => record.get("Name"))).toEqual(
      Array.from({ length: 205 }, (_, index) => `row ${index}`),
    );
    expect(sandbox.log.slice(1).map((request) => request.method)).toEqual(["GET", "GET", "GET"]);
    expect(lastRequest().query).toMatch(/offset=itr\w{14}%2Frec\w{14}/);
  });

  test("select passes every parameter on", async () => {
    sandbox.admin.addRows("My Table/é", [
      { Name: "b", Count: 1 },
      { Name: "a", Count: 2, Done: true },
      { Name: "c", Count: 0 },
    ]);
    const records = await table()
      .select({
        fields: ["Name", "Done"],
        filterByFormula: "{Count} > 0",
        sort: [{ field: "Name", direction: "desc" }],
        maxRecords: 5,
        pageSize: 1,
        view: "Grid view",
        recordMetadata: ["commentCount"],
        userLocale: "en-gb",
        timeZone: "utc",
      })
      .all();
    expect(records.map((record) => record.fields)).toEqual([
      { Name: "b" },
      { Name: "a", Done: true },
    ]);
  });

  test("firstPage and eachPage", async () => {
    sandbox.admin.addRows("My Table/é", [{ Name: "a" }, { Name: "b" }, { Name: "c" }]);
    const first = await table().select({ pageSize: 2 }).firstPage();
    expect(first.length).toBe(2);
    const sizes: number[] = [];
    await table()
      .select({ pageSize: 2 })
      .eachPage((records, next) => {
        sizes.push(records.length);
        next();
      });
    expect(sizes).toEqual([2, 1]);
  });

  test("a long select becomes POST listRecords, with its stray keys and its offset in the body", async () => {
    const ids = sandbox.admin.addRows(
      "My Table/é",
      Array.from({ length: 150 }, (_, index) => ({ Name: `row ${index}` })),
    );
    const formula = `OR(${[...ids, ...ids].map((id) => `RECORD_ID()='${id}'`).join(",")}${" ".repeat(9000)})`;
    const records = await table().select({ filterByFormula: formula }).all();
    expect(records.length).toBe(150);
    expect(sandbox.log.map((request) => request.method)).toEqual(["POST", "POST"]);
    expect(lastRequest().path).toBe(`/v0/${baseId}/My%20Table%2F%C3%A9/listRecords`);
    expect(textAt(parseJson(lastRequest().body) ?? null, "offset")).toMatch(/^itr/);
  });

  test("select by explicit method sends it along", async () => {
    sandbox.admin.addRow("My Table/é", { Name: "a" });
    expect((await table().select({ method: "post" }).all()).length).toBe(1);
    expect(lastRequest().method).toBe("POST");
    expect((await table().select({ method: "get" }).all()).length).toBe(1);
    expect(lastRequest().query).toContain("method=get");
  });

  test("cellFormat string", async () => {
    sandbox.admin.addRow("My Table/é", { Name: "a", Done: true, Count: 3 });
    const [record] = await table()
      .select({ cellFormat: "string", timeZone: "Europe/Berlin", userLocale: "de" })
      .all();
    expect(record?.fields).toEqual({ Name: "a", Done: "checked", Count: "3" });
  });

  test("find", async () => {
    const id = sandbox.admin.addRow("My Table/é", { Name: "a", Count: 0 });
    const record = await table().find(id);
    expect(record.id).toBe(id);
    expect(record.fields).toEqual({ Name: "a", Count: 0 });
    expect(lastRequest().path).toBe(`/v0/${baseId}/My%20Table%2F%C3%A9/${id}`);
  });

  test("the deprecated list", async () => {
    sandbox.admin.addRows("My Table/é", [{ Name: "a" }, { Name: "b" }]);
    const deprecated = table() as unknown as {
      list(limit: number, offset: null, done: (error: unknown, records: unknown[]) => void): void;
    };
    const records = await new Promise<unknown[]>((resolve, reject) => {
      deprecated.list(1, null, (error, found) => {
        if (error === null) resolve(found);
        else reject(new Error(JSON.stringify(error)));
      });
    });
    expect(records.length).toBe(1);
  });
});

describe("writing", () => {
  test("create one and create many", async () => {
    const one = await table().create({ Name: "a", Done: false });
    expect(one.fields).toEqual({ Name: "a" });
    expect(lastRequest().path.endsWith("/")).toBe(true);
    const many = await table().create([{ fields: { Name: "b" } }, { fields: {} }]);
    expect(many.map((record) => record.fields)).toEqual([{ Name: "b" }, {}]);
    expect(sandbox.admin.rows("My Table/é").map((row) => row.id)).toEqual([
      one.id,
      ...many.map((record) => record.id),
    ]);
  });

  test("update one and many, replace one and many", async () => {
    const [first = "", second = ""] = sandbox.admin.addRows("My Table/é", [
      { Name: "a", Count: 1 },
      { Name: "b", Count: 2 },
    ]);
    expect((await table().update(first, { Count: 5 })).fields).toEqual({ Name: "a", Count: 5 });
    const updated = await table().update([
      { id: first, fields: { Name: "A" } },
      { id: second, fields: { Name: "B" } },
    ]);
    expect(updated.map((record) => record.fields)).toEqual([
      { Name: "A", Count: 5 },
      { Name: "B", Count: 2 },
    ]);
    expect((await table().replace(first, { Name: "only" })).fields).toEqual({ Name: "only" });
    const replaced = await table().replace([{ id: second, fields: { Count: 9 } }]);
    expect(replaced.map((record) => record.fields)).toEqual([{ Count: 9 }]);
    expect(sandbox.log.map((request) => request.method)).toEqual(["PATCH", "PATCH", "PUT", "PUT"]);
  });

  test("destroy one and many", async () => {
    const ids = sandbox.admin.addRows("My Table/é", [{ Name: "a" }, { Name: "b" }, { Name: "c" }]);
    const [first = "", second = "", third = ""] = ids;
    expect((await table().destroy(first)).id).toBe(first);
    const gone = await table().destroy([second, third]);
    expect(gone.map((record) => record.id)).toEqual([second, third]);
    expect(sandbox.admin.rows("My Table/é")).toEqual([]);
  });

  test("typecast and upsert pass through the options", async () => {
    const typecast = await table().create({ Status: "New" }, { typecast: true });
    expect(typecast.fields).toEqual({ Status: "New" });
    const upserted = await table().create([{ fields: { Name: "k" } }]);
    const options = { performUpsert: { fieldsToMergeOn: ["Name"] } };
    const again = await table().update(
      [{ fields: { Name: "k", Count: 1 } }] as unknown as { id: string; fields: object }[] as never,
      options as never,
    );
    expect(JSON.stringify(again)).toContain(upserted[0]?.id);
    expect(sandbox.admin.rows("My Table/é").length).toBe(2);
  });
});

describe("makeRequest", () => {
  test("reaches records, metadata and upsert results", async () => {
    const base = connect();
    const listed: unknown = await base.makeRequest({ path: "/My%20Table%2F%C3%A9" });
    expect(JSON.stringify(listed)).toContain('"records":[]');
    const meta = new Airtable({ apiKey: sandbox.token, endpointUrl: sandbox.url }).base("meta");
    const schema: unknown = await meta.makeRequest({ path: `/bases/${baseId}/tables` });
    expect(JSON.stringify(schema)).toContain('"type":"singleSelect","options":{"choices":');
    const upserted: unknown = await base.makeRequest({
      path: "/My%20Table%2F%C3%A9",
      method: "PATCH",
      body: {
        performUpsert: { fieldsToMergeOn: ["Name"] },
        records: [{ fields: { Name: "n" } }],
      },
    });
    expect(JSON.stringify(upserted)).toMatch(
      /"updatedRecords":\[\],"createdRecords":\["rec\w{14}"\]/,
    );
  });
});

describe("refusals, as the client maps them", () => {
  test("401, 403, 404 and 422", async () => {
    const id = sandbox.admin.addRow("My Table/é", { Name: "a" });
    expect(await refusalOf(table().create({ Nope: "x" }))).toEqual({
      error: "UNKNOWN_FIELD_NAME",
      statusCode: 422,
    });
    expect(await refusalOf(table().update(id, { Count: "x" }))).toEqual({
      error: "INVALID_VALUE_FOR_COLUMN",
      statusCode: 422,
    });
    expect(await refusalOf(connect()("Nowhere").select().all())).toEqual({
      error: "NOT_AUTHORIZED",
      statusCode: 403,
    });
    expect(await refusalOf(table().find("nonsense"))).toEqual({
      error: "NOT_FOUND",
      statusCode: 404,
    });
    sandbox.admin.revokeToken();
    expect(await refusalOf(table().find(id))).toEqual({
      error: "AUTHENTICATION_REQUIRED",
      statusCode: 401,
    });
  });

  test("faults, each once and in its own words", async () => {
    sandbox.admin.addRow("My Table/é", { Name: "a" });
    const faults = [
      [rateLimitFault, "TOO_MANY_REQUESTS", 429],
      [quotaFault, "TOO_MANY_REQUESTS", 429],
      [serverErrorFault("before"), "SERVER_ERROR", 500],
      [retriableFault(3), "SERVICE_UNAVAILABLE", 503],
      [outageFault, "INVALID_REQUEST", 422],
      [iteratorLossFault, "LIST_RECORDS_ITERATOR_NOT_AVAILABLE", 422],
    ] as const;
    for (const [fault, error, statusCode] of faults) {
      sandbox.faults.add({ name: error, fault });
      expect(await refusalOf(table().select().all())).toEqual({ error, statusCode });
    }
    expect((await table().select().all()).length).toBe(1);
  });
});

describe("the wire", () => {
  const headers = (): Record<string, string> => ({
    authorization: `Bearer ${sandbox.token}`,
    "content-type": "application/json",
  });

  test("JSON with a charset, gzip when it is large, and the sandbox's own date", async () => {
    sandbox.clock.freeze(Date.parse("2026-03-01T12:00:00Z"));
    sandbox.admin.addRows(
      "My Table/é",
      Array.from({ length: 50 }, () => ({ Name: "a" })),
    );
    const answer = await fetch(`${sandbox.url}/v0/${baseId}/My%20Table%2F%C3%A9?`, {
      headers: headers(),
    });
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(answer.headers.get("date")).toBe("Sun, 01 Mar 2026 12:00:00 GMT");
    expect(JSON.stringify(await answer.json())).toContain('"Name":"a"');
  });

  test("a write whose answer was lost was carried out", async () => {
    sandbox.faults.add({ name: "after", fault: serverErrorFault("after") });
    expect(await refusalOf(table().create({ Name: "a" }))).toMatchObject({ statusCode: 500 });
    expect(sandbox.admin.rows("My Table/é").length).toBe(1);
    expect(lastRequest()).toMatchObject({ fault: "after", status: 500 });
  });

  test("a page of HTML from the edge", async () => {
    sandbox.faults.add({ name: "edge", fault: badGatewayFault("before") });
    const answer = await fetch(`${sandbox.url}/v0/meta/whoami`, { headers: headers() });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      502,
      "text/html; charset=utf-8",
    ]);
  });

  test("the budget holds over HTTP", async () => {
    const strict = await startAirtableSandbox();
    strict.clock.freeze(Date.parse("2026-03-01T12:00:00Z"));
    try {
      const { id } = strict.admin.addBase({
        name: "B",
        tables: [{ name: "T", fields: [{ name: "Name", type: "singleLineText" }] }],
      });
      const statuses: number[] = [];
      for (let count = 0; count < 7; count += 1) {
        const answer = await fetch(`${strict.url}/v0/${id}/T`, {
          headers: { authorization: `Bearer ${strict.token}` },
        });
        statuses.push(answer.status);
      }
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    } finally {
      await strict.close();
    }
  });
});
