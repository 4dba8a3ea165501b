import { describe, expect, test } from "vitest";
import {
  at,
  callSandbox,
  fieldsOf,
  idsOf,
  textAt,
  type Caller,
} from "../../../../test/fixture/airtable-call.ts";
import type { AirtableSandboxOptions } from "../sandbox.ts";

function makeCaller(options: AirtableSandboxOptions = {}): Caller {
  return callSandbox(
    [
      {
        name: "T",
        fields: [
          { name: "Name", type: "singleLineText" },
          { name: "Count", type: "number" },
          {
            name: "Status",
            type: "singleSelect",
            options: { choices: [{ name: "Todo" }, { name: "Done" }] },
          },
        ],
      },
      { name: "Other", fields: [{ name: "Name", type: "singleLineText" }] },
    ],
    options,
  );
}

function addNumbered(caller: Caller, count: number): string[] {
  return caller.admin.addRows(
    "T",
    Array.from({ length: count }, (_, index) => ({ Name: `n${index}`, Count: index })),
  );
}

function offsetOf(called: { body: Parameters<typeof at>[0] }): string {
  return textAt(called.body, "offset");
}

describe("pages", () => {
  test("a hundred a page, and no offset on the last", () => {
    const caller = makeCaller();
    const ids = addNumbered(caller, 200);
    const first = caller.table("GET", "T?");
    expect(idsOf(first)).toEqual(ids.slice(0, 100));
    expect(offsetOf(first)).toMatch(/^itr\w{14}\/rec\w{14}$/);
    expect(offsetOf(first).endsWith(`/${ids[99]}`)).toBe(true);
    const second = caller.table("GET", `T?offset=${offsetOf(first)}`);
    expect(idsOf(second)).toEqual(ids.slice(100));
    expect(at(second.body, "offset")).toBeNull();
  });

  test("a page size of one to a hundred, a maximum over all pages", () => {
    const caller = makeCaller();
    addNumbered(caller, 10);
    const first = caller.table("GET", "T?pageSize=4&maxRecords=6");
    const second = caller.table("GET", `T?pageSize=4&maxRecords=6&offset=${offsetOf(first)}`);
    expect([idsOf(first).length, idsOf(second).length]).toEqual([4, 2]);
    expect(at(second.body, "offset")).toBeNull();
    for (const bad of ["pageSize=0", "pageSize=101", "pageSize=x", "maxRecords=-1"]) {
      expect(caller.table("GET", `T?${bad}`).error).toBe("INVALID_REQUEST_UNKNOWN");
    }
  });

  test("a deletion between two pages shifts nothing, not even that of the last row given", () => {
    const caller = makeCaller();
    const ids = addNumbered(caller, 6);
    const first = caller.table("GET", "T?pageSize=3");
    for (const id of ids.slice(0, 3)) caller.admin.deleteRow(id);
    const second = caller.table("GET", `T?pageSize=3&offset=${offsetOf(first)}`);
    expect(idsOf(second)).toEqual(ids.slice(3));
  });

  test("a page can be asked for again", () => {
    const caller = makeCaller();
    addNumbered(caller, 9);
    const first = caller.table("GET", "T?pageSize=3");
    const second = caller.table("GET", `T?pageSize=3&offset=${offsetOf(first)}`);
    const again = caller.table("GET", `T?pageSize=3&offset=${offsetOf(first)}`);
    expect(idsOf(again)).toEqual(idsOf(second));
    expect(offsetOf(again)).toBe(offsetOf(second));
  });

  test("an idle listing is lost, and so are all when the service restarts", () => {
    const caller = makeCaller({ iteratorIdleMs: 60_000 });
    addNumbered(caller, 9);
    const first = caller.table("GET", "T?pageSize=3");
    caller.clock.advance(60_000);
    const second = caller.table("GET", `T?pageSize=3&offset=${offsetOf(first)}`);
    expect(second.status).toBe(200);
    caller.clock.advance(60_001);
    const lost = caller.table("GET", `T?pageSize=3&offset=${offsetOf(second)}`);
    expect([lost.status, lost.body]).toEqual([
      422,
      { error: { type: "LIST_RECORDS_ITERATOR_NOT_AVAILABLE" } },
    ]);
    const other = caller.table("GET", "T?pageSize=3");
    caller.admin.killIterators();
    expect(caller.table("GET", `T?offset=${offsetOf(other)}`).error).toBe(
      "LIST_RECORDS_ITERATOR_NOT_AVAILABLE",
    );
  });

  test("malformed offsets, and offsets of another table", () => {
    const caller = makeCaller();
    addNumbered(caller, 3);
    expect(caller.table("GET", "T?offset=nonsense").message).toBe(
      "The value of offset nonsense is invalid",
    );
    expect(caller.table("GET", "T?offset=").status).toBe(200);
    const first = caller.table("GET", "T?pageSize=1");
    expect(caller.table("GET", `Other?offset=${offsetOf(first)}`).error).toBe(
      "LIST_RECORDS_ITERATOR_NOT_AVAILABLE",
    );
  });

  test("the POST form needs its offset in the body, and ignores the client's stray keys", () => {
    const caller = makeCaller();
    const ids = addNumbered(caller, 4);
    const stray = { method: "post", timeZone: "utc", userLocale: "en-gb" };
    const first = caller.table("POST", "T/listRecords", { pageSize: 3, ...stray });
    expect(idsOf(first)).toEqual(ids.slice(0, 3));
    const path = `T/listRecords?offset=${offsetOf(first)}`;
    expect(idsOf(caller.table("POST", path, { pageSize: 3 }))).toEqual(ids.slice(0, 3));
    const second = caller.table("POST", "T/listRecords", { offset: offsetOf(first), pageSize: 3 });
    expect(idsOf(second)).toEqual(ids.slice(3));
    expect(caller.table("POST", "T/listRecords", { nope: 1 }).error).toBe(
      "INVALID_REQUEST_UNKNOWN",
    );
  });
});

describe("order", () => {
  test("by id, by creation, or shuffled anew for each listing", () => {
    const byId = makeCaller({ order: "id" });
    const ids = addNumbered(byId, 20);
    expect(idsOf(byId.table("GET", "T"))).toEqual([...ids].sort());
    const shuffled = makeCaller({ order: "shuffled" });
    addNumbered(shuffled, 20);
    const first = idsOf(shuffled.table("GET", "T"));
    const second = idsOf(shuffled.table("GET", "T"));
    expect(second).not.toEqual(first);
    expect([...second].sort()).toEqual([...first].sort());
  });

  test("a shuffled listing still gives each row once over its pages", () => {
    const caller = makeCaller({ order: "shuffled" });
    const ids = addNumbered(caller, 50);
    const seen: string[] = [];
    let offset = "";
    do {
      const page = caller.table("GET", `T?pageSize=7&offset=${offset}`);
      seen.push(...idsOf(page));
      offset = at(page.body, "offset") === null ? "" : offsetOf(page);
    } while (offset !== "");
    expect([...seen].sort()).toEqual([...ids].sort());
  });

  test("sort by several keys, selects by the order of their options, empty first", () => {
    const caller = makeCaller();
    caller.admin.addRows("T", [
      { Name: "b", Status: "Done" },
      { Name: "a", Status: "Todo" },
      { Name: "c", Status: "Done" },
      { Name: "d" },
    ]);
    const sorted = caller.table(
      "GET",
      "T?sort[0][field]=Status&sort[1][field]=Name&sort[1][direction]=desc",
    );
    expect(fieldsOf(sorted).map((fields) => fields["Name"])).toEqual(["d", "a", "c", "b"]);
    expect(caller.table("GET", "T?sort[0][field]=Nope").error).toBe("UNKNOWN_FIELD_NAME");
  });
});

describe("choosing", () => {
  test("fields by name or id, keys by id", () => {
    const caller = makeCaller();
    caller.admin.addRow("T", { Name: "a", Count: 1 });
    const countId = caller.base.tables["T"]?.fields["Count"] ?? "";
    expect(fieldsOf(caller.table("GET", `T?fields[]=${countId}`))).toEqual([{ Count: 1 }]);
    expect(fieldsOf(caller.table("GET", "T?fields[0]=Count&returnFieldsByFieldId=true"))).toEqual([
      { [countId]: 1 },
    ]);
    const unknown = caller.table("GET", "T?fields[]=Nope");
    expect([unknown.status, unknown.message]).toEqual([422, 'Unknown field name: "Nope"']);
    expect(caller.table("GET", "T?nope=1").error).toBe("INVALID_REQUEST_UNKNOWN");
  });

  test("a filter, with the field named by id, and both of its refusals", () => {
    const caller = makeCaller();
    const [, second = ""] = addNumbered(caller, 3);
    const countId = caller.base.tables["T"]?.fields["Count"] ?? "";
    const filter = (formula: string) =>
      caller.table("GET", `T?filterByFormula=${encodeURIComponent(formula)}`);
    expect(idsOf(filter(`{${countId}} = 1`))).toEqual([second]);
    expect(idsOf(filter(`OR(RECORD_ID()='${second}', RECORD_ID()='rec0')`))).toEqual([second]);
    expect(filter("{Nope A} = {Nope B}").message).toBe(
      "The formula for filtering records is invalid: Unknown field names: nope a, nope b",
    );
    expect(filter("IF(").message).toBe(
      "The formula for filtering records is invalid: Invalid formula. Please check your formula text.",
    );
  });

  test("views filter and sort, a sort in the request wins, unknown ones are refused", () => {
    const caller = makeCaller();
    addNumbered(caller, 4);
    caller.admin.addView("T", {
      name: "Big",
      formula: "{Count} > 1",
      sort: [{ field: "Count", direction: "desc" }],
    });
    const counts = (query: string) =>
      fieldsOf(caller.table("GET", `T?${query}`)).map((fields) => fields["Count"]);
    expect(counts("view=Big")).toEqual([3, 2]);
    expect(counts("view=Big&sort[0][field]=Count")).toEqual([2, 3]);
    expect(caller.table("GET", "T?view=Nope").error).toBe("VIEW_NAME_NOT_FOUND");
    expect(caller.table("GET", "T?view=viwAAAAAAAAAAAAAA").error).toBe("VIEW_ID_NOT_FOUND");
    const otherView = caller.admin.addView("Other", { name: "Elsewhere" });
    expect(caller.table("GET", `T?view=${otherView}`).error).toBe("FAILED_STATE_CHECK");
  });

  test("the string cell format needs a zone and a locale", () => {
    const caller = makeCaller();
    caller.admin.addRow("T", { Name: "a", Count: 1, Status: "Todo" });
    expect(caller.table("GET", "T?cellFormat=string").error).toBe("INVALID_REQUEST_UNKNOWN");
    const shown = caller.table("GET", "T?cellFormat=string&timeZone=utc&userLocale=en");
    expect(fieldsOf(shown)).toEqual([{ Name: "a", Count: "1", Status: "Todo" }]);
  });
});
