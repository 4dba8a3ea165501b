// How a listing is asked for - in the address, or in a body where that would be too long - and what its
// pages say of their time.
import { describe, expect, test } from "vitest";
import {
  answeringInTurn,
  callTakesMs,
  type Answer,
} from "../../../test/fixture/airtable-answers.ts";
import { listAll, type Listing } from "./listing.ts";
import { limits } from "./limits.ts";
import { makeTable } from "./table.ts";

const table = makeTable("app1", {
  id: "tbl1",
  name: "Tasks",
  primaryFieldId: "fldName",
  fields: [{ id: "fldName", name: "Name", type: "singleLineText" }],
});
const fields = ["fldName"];
const page = (ids: readonly string[], offset?: string): Answer => ({
  body: {
    records: ids.map((id) => ({ id, fields: {} })),
    ...(offset === undefined ? {} : { offset }),
  },
});
const lost: Answer = { refusal: { kind: "iterator" } };

async function run(listing: Listing, answers: readonly Answer[] = [page([])]) {
  const { caller, calls } = answeringInTurn(answers);
  return { calls, ...(await listAll(caller, table, listing)) };
}

test("each page's window is its own call's", async () => {
  const { pages } = await run({ fields, formula: null }, [page(["a"], "x"), page(["b"])]);
  expect(pages).toEqual([
    { records: [{ id: "a", fields: {} }], window: { startMs: 1_000, endMs: 1_000 + callTakesMs } },
    {
      records: [{ id: "b", fields: {} }],
      window: { startMs: 1_000 + callTakesMs, endMs: 1_000 + 2 * callTakesMs },
    },
  ]);
});

test("after a lost place the listing is asked for from its beginning, with the same words", async () => {
  const { calls, end } = await run({ fields, formula: "{A}=1" }, [
    page(["a"], "x"),
    lost,
    page([]),
  ]);
  const query = { pageSize: 100, returnFieldsByFieldId: true, fields, filterByFormula: "{A}=1" };
  const call = { kind: "read", method: "GET", stem: "app1", path: "/tbl1" };
  expect(calls).toEqual([
    { ...call, query },
    { ...call, query: { ...query, offset: "x" } },
    { ...call, query },
  ]);
  expect(end).toEqual({ kind: "complete" });
});

test("a place lost three times is given up, any other refusal at once", async () => {
  const often = await run({ fields, formula: null }, [lost]);
  expect([often.calls.length, often.end]).toEqual([
    3,
    { kind: "incomplete", reason: "Airtable lost its place in the listing again and again" },
  ]);
  const refused = await run({ fields, formula: null }, [
    page(["a"], "x"),
    { refusal: { kind: "field", message: "gone" } },
  ]);
  expect(refused.calls).toHaveLength(2);
  expect(refused.end).toEqual({
    kind: "refused",
    refusal: { kind: "field", status: 422, type: "X", message: "gone" },
  });
});

test("an offset is remembered over all pages, not only to the next", async () => {
  const { end, pages } = await run({ fields, formula: null }, [
    page(["a"], "x"),
    page(["b"], "y"),
    page(["c"], "z"),
    page(["d"], "x"),
    page(["e"]),
  ]);
  expect(pages).toHaveLength(4);
  expect(end.kind).toBe("incomplete");
});

test("an offset of null is an end, like none", async () => {
  const { end } = await run({ fields, formula: null }, [{ body: { records: [], offset: null } }]);
  expect(end).toEqual({ kind: "complete" });
});

describe("a request is at most 16,000 characters of address", () => {
  /** How the client writes it (recorded). */
  function addressOf(query: Readonly<Record<string, unknown>>): string {
    const parameters = Object.entries(query).flatMap(([name, value]) =>
      Array.isArray(value)
        ? value.map((one) => `${name}%5B%5D=${encodeURIComponent(String(one))}`)
        : [`${name}=${encodeURIComponent(String(value))}`],
    );
    // An apostrophe is encoded as well on its way (WHATWG URL: special-query percent-encode set).
    return `https://api.airtable.com/v0/appAAAAAAAAAAAAAA/tblAAAAAAAAAAAAAA?${parameters.join("&").replaceAll("'", "%27")}`;
  }

  const manyFields = Array.from({ length: 500 }, (_, at) => `fld${`${at}`.padStart(14, "0")}`);
  test.each<readonly [string, Listing, "GET" | "POST"]>([
    ["of plain letters, short", { fields, formula: "x".repeat(14_800) }, "GET"],
    ["of plain letters, long", { fields, formula: "x".repeat(15_500) }, "POST"],
    ["of signs that take six characters, short", { fields, formula: "ü".repeat(2_400) }, "GET"],
    ["of signs that take six characters, long", { fields, formula: "ü".repeat(2_700) }, "POST"],
    ["of apostrophes, short", { fields, formula: "'".repeat(4_800) }, "GET"],
    ["of apostrophes, long", { fields, formula: "'".repeat(5_200) }, "POST"],
    ["with many fields, short", { fields: manyFields.slice(0, 400), formula: null }, "GET"],
    ["with many fields, long", { fields: manyFields, formula: null }, "POST"],
  ])("%s", async (_what, listing, method) => {
    const { calls } = await run(listing, [
      page(["a"], "itrAAAAAAAAAAAAAA/recAAAAAAAAAAAAAA"),
      page([]),
    ]);
    expect(calls.map((call) => call.method)).toEqual([method, method]);
    for (const { query } of calls) {
      if (query !== undefined) expect(addressOf(query).length).toBeLessThan(16_000);
    }
    if (method === "POST") {
      const body = {
        pageSize: limits.pageSize,
        returnFieldsByFieldId: true,
        fields: listing.fields,
        ...(listing.formula === null ? {} : { filterByFormula: listing.formula }),
      };
      expect(calls[0]).toEqual({
        kind: "read",
        method: "POST",
        stem: "app1",
        path: "/tbl1/listRecords",
        body,
      });
    }
  });
});
