// Keys of rows against answers that a test gives: listed page by page, and looked up a hundred at a time.
import { describe, expect, test } from "vitest";
import { answeringCaller, answeringInTurn } from "../../../../test/fixture/airtable-answers.ts";
import { record, stateOf } from "../../../../test/fixture/airtable-table.ts";
import type { PropertyShape } from "../../../core/oneway/declaration.ts";
import { findRows, listKeys } from "./key.ts";

describe("keys", () => {
  const keyed = (id: string, key?: unknown, more: object = {}) =>
    record(id, { ...(key === undefined ? {} : { fldID: key }), ...more });
  const mark = { field: "Gone", value: "x" };

  test("are listed alone with the mark, rows without one among them, marked ones not", async () => {
    const gone = keyed("r4", "d", { fldGone: "x" });
    const records = [keyed("r1", "a"), keyed("r2"), keyed("r3", 7), gone, keyed("r5", "")];
    const service = answeringInTurn([
      { body: { records, offset: "o" } },
      { body: { records: [record("r6")] } },
    ]);
    const listed = listKeys(stateOf(service, { mark }));
    const page = {
      done: false,
      value: [
        { id: "r1", key: "a" },
        { id: "r2", key: null },
      ],
    };
    expect(await listed.next()).toEqual({
      ...page,
      value: [...page.value, { id: "r3", key: "7" }, { id: "r5", key: null }],
    });
    expect(await listed.next()).toEqual({ done: false, value: [{ id: "r6", key: null }] });
    expect(await listed.next()).toEqual({
      done: true,
      value: { isComplete: true, reason: null },
    });
    const query = { pageSize: 100, returnFieldsByFieldId: true, fields: ["fldID", "fldGone"] };
    expect(service.calls.map((call) => call.query)).toEqual([query, { ...query, offset: "o" }]);
  });

  test("P10: a listing that did not come to its end says so, one that is refused throws", async () => {
    const cut = listKeys(stateOf(answeringInTurn([{ body: { records: [], offset: "o" } }])));
    await cut.next();
    await cut.next();
    expect((await cut.next()).value).toEqual({
      isComplete: false,
      reason: "Airtable gave the same page offset twice",
    });
    const refusal = { kind: "denied", status: 403 } as const;
    const refused = listKeys(stateOf(answeringInTurn([{ refusal }])));
    await expect(refused.next()).rejects.toMatchObject({ code: "not_shared" });
  });

  test("are looked up a hundred at a time, each once, and count only when they are the same", async () => {
    const keys = Array.from({ length: 205 }, (_, at) => `k${at}`);
    const service = answeringCaller(({ query }) => {
      const formula = String(query?.["filterByFormula"]);
      const asked = [...formula.matchAll(/'(k\d+)'/g)].map(([, key]) => key);
      return {
        body: { records: asked.flatMap((key) => [keyed(`r${key}`, key), keyed("rX", ` ${key}`)]) },
      };
    });
    const rows = await findRows(stateOf(service), [...keys, ...keys]);
    expect(rows).toEqual(keys.map((key) => ({ id: `r${key}`, key })));
    const counts = service.calls.map(
      ({ query }) => String(query?.["filterByFormula"]).match(/\{fldID\}/g)?.length,
    );
    expect(counts).toEqual([100, 100, 5]);
  });

  test("of a full call need no second one, and none at all need none", async () => {
    const keys = Array.from({ length: 100 }, (_, at) => `k${at}`);
    const service = answeringInTurn([{ body: { records: [] } }]);
    expect(await findRows(stateOf(service), keys)).toEqual([]);
    expect(await findRows(stateOf(service), [])).toEqual([]);
    expect(service.calls).toHaveLength(1);
  });

  test("that are numbers are looked up as numbers; what is none is not asked for", async () => {
    const service = answeringInTurn([{ body: { records: [keyed("r1", 7), keyed("r2", 8)] } }]);
    const keyShape = { type: "number", format: null } as const;
    const state = stateOf(service, { keyShape, keyType: "number" });
    expect(await findRows(state, ["7", "x", ""])).toEqual([{ id: "r1", key: "7" }]);
    expect(service.calls[0]?.query?.["filterByFormula"]).toBe("{fldID}=7");
    expect(await findRows(state, ["x"])).toEqual([]);
    expect(service.calls).toHaveLength(1);
  });

  test("P12: a look-up that was cut short would have a row made twice, and throws", async () => {
    const cut = stateOf(answeringInTurn([{ body: { records: [], offset: "o" } }]));
    await expect(findRows(cut, ["a"])).rejects.toMatchObject({ code: "unavailable" });
    const refused = stateOf(answeringInTurn([{ refusal: { kind: "denied", status: 403 } }]));
    await expect(findRows(refused, ["a"])).rejects.toMatchObject({ code: "not_shared" });
  });

  test.each<readonly [string, PropertyShape, boolean]>([
    ["singleLineText", { type: "text" }, true],
    ["multilineText", { type: "text" }, true],
    ["url", { type: "url" }, true],
    ["email", { type: "email" }, true],
    ["phoneNumber", { type: "phone" }, true],
    ["singleSelect", { type: "select", options: [] }, true],
    ["number", { type: "number", format: null }, true],
    ["richText", { type: "text" }, false],
    ["currency", { type: "number", format: null }, false],
    ["checkbox", { type: "checkbox" }, false],
    ["formula", { type: "text" }, false],
  ])("may stand in a field of type %s %j: %s", (keyType, keyShape, isUsable) => {
    const open = (): unknown => stateOf(answeringInTurn([]), { keyShape, keyType });
    if (isUsable) expect(open()).toMatchObject({ table: { key: { type: keyType } } });
    else expect(open).toThrow('The table has no field "ID" that could hold the keys of issues.');
  });
});
