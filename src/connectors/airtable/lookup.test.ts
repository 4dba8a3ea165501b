import { describe, expect, test } from "vitest";
import { fieldId, recordId } from "../../core/ids.ts";
import {
  answeringCaller,
  answeringInTurn,
  callTakesMs,
  type Answer,
} from "../../../test/fixture/airtable-answers.ts";
import { text } from "../../core/value.ts";
import type { Caller } from "./caller.ts";
import type { Refusal } from "./failure.ts";
import { limits } from "./limits.ts";
import { list } from "./listing.ts";
import { editedAfter, existing, findByMarker, read, recheck } from "./lookup.ts";
import { scan } from "./scan.ts";
import { makeTable } from "./table.ts";
import type { Call } from "./transport.ts";

const table = makeTable("app1", {
  id: "tbl1",
  name: "Delivery",
  primaryFieldId: "fldName",
  fields: [
    { id: "fldName", name: "Name", type: "singleLineText" },
    { id: "fldMark", name: "Mark", type: "singleLineText" },
    { id: "fldSum", name: "Sum", type: "formula", options: { result: { type: "number" } } },
  ],
});
const marker = fieldId("fldMark");
const wanted = { fields: [fieldId("fldName")], marker, filter: null };

const record = (id: string, fields: Record<string, unknown> = {}): unknown => ({ id, fields });
const page = (ids: readonly string[], offset?: string): Answer => ({
  body: { records: ids.map((id) => record(id)), ...(offset === undefined ? {} : { offset }) },
});
const lost: Answer = { refusal: { kind: "iterator" } };
const ids = (...names: readonly string[]) => names.map((name) => recordId(name));

describe("a listing", () => {
  const listing = { fields: ["fldName"], formula: null };
  const run = async (answers: readonly Answer[]) => {
    const rows: string[] = [];
    const listed = list(answeringInTurn(answers).caller, table, listing);
    // Bound: the listing ends itself.
    for (;;) {
      const step = await listed.next();
      if (step.done === true) return { rows, end: step.value };
      rows.push(...step.value.records.map(({ id }) => id));
    }
  };

  test("G4: an offset that comes twice ends it as incomplete", async () => {
    const { rows, end } = await run([page(["a"], "x"), page(["b"], "y"), page(["c"], "x")]);
    expect(rows).toEqual(["a", "b", "c"]);
    expect(end).toEqual({
      kind: "incomplete",
      reason: "Airtable gave the same page offset twice",
    });
  });

  test("P12: after a lost iterator it begins anew, and gives no row out twice", async () => {
    const { rows, end } = await run([
      page(["a", "b"], "x"),
      lost,
      page(["a", "b"], "y"),
      page(["c"]),
    ]);
    expect({ rows, end }).toEqual({ rows: ["a", "b", "c"], end: { kind: "complete" } });
  });

  test("G4: an iterator lost again and again, and a listing without an end, are incomplete", async () => {
    expect((await run([page(["a"], "x"), lost, lost, lost])).end).toMatchObject({
      kind: "incomplete",
    });
    let page_ = 0;
    const endless: Caller = {
      ...answeringInTurn([]).caller,
      read: (_call, schema) => {
        page_ += 1;
        return Promise.resolve({
          kind: "done",
          body: schema.parse({ records: [], offset: `o${page_}` }),
        });
      },
    };
    const listed = list(endless, table, listing);
    let last = await listed.next();
    while (last.done !== true) last = await listed.next();
    expect(last.value).toEqual({ kind: "incomplete", reason: "the listing did not end" });
    expect(page_).toBe(limits.listingPagesMax);
    // Fifty thousand pages take their time on a busy machine.
  }, 30_000);

  test("an offset goes into the address, and with a long formula into the body", async () => {
    const short = answeringInTurn([page(["a"], "x"), page([])]);
    await list(short.caller, table, listing).next();
    for await (const _ of list(short.caller, table, listing)) void _;
    expect(short.calls.at(-1)).toMatchObject({ method: "GET", query: { fields: ["fldName"] } });
    const long = answeringInTurn([page(["a"], "x"), page([])]);
    const formula = `{Name}='${"x".repeat(limits.urlCharsMax)}'`;
    for await (const _ of list(long.caller, table, { ...listing, formula })) void _;
    expect(long.calls).toMatchObject([
      { method: "POST", path: "/tbl1/listRecords" },
      {
        method: "POST",
        path: "/tbl1/listRecords",
        body: { offset: "x", filterByFormula: formula },
      },
    ]);
    expect(long.calls[0]).not.toHaveProperty("body.offset");
  });

  test("a refused filter is a matter of the config, a removed field one of the table", async () => {
    const refused = async (kind: Refusal["kind"]): Promise<unknown> => {
      const { caller } = answeringInTurn([{ refusal: { kind, message: "no" } }]);
      const pages = scan(caller, table, { ...wanted, filter: "{Nope}" });
      return pages.next().catch((error: unknown) => error);
    };
    expect(await refused("formula")).toMatchObject({ code: "config_invalid" });
    expect(await refused("field")).toMatchObject({ code: "schema_changed" });
    const { caller } = answeringInTurn([page([])]);
    await expect(scan(caller, table, { ...wanted, filter: { a: 1 } }).next()).rejects.toMatchObject(
      {
        code: "config_invalid",
      },
    );
  });
});

describe("rows by id", () => {
  const look = (answers: readonly Answer[], control: string | null, asked = ids("r1", "r2")) =>
    read(answeringInTurn(answers).caller, table, {
      ids: asked,
      wanted,
      control: control === null ? null : recordId(control),
    });

  test("P10: a row is gone only when the control was found beside it", async () => {
    const found = await look([page(["r1", "c"])], "c");
    expect(found.get(recordId("r1"))).toMatchObject({ state: "live" });
    expect(found.get(recordId("r2"))).toEqual({
      state: "gone",
      evidence: "not found by its id, while c was found in the same answer",
    });
    const blind = await look([page(["r1"])], "c");
    expect(blind.get(recordId("r2"))).toMatchObject({ state: "unknown" });
  });

  test("P10: an answer that was cut short proves nothing", async () => {
    const found = await look([page(["r1", "c"], "x"), page([], "x")], "c");
    expect(found.get(recordId("r1"))).toMatchObject({ state: "live" });
    expect(found.get(recordId("r2"))).toMatchObject({ state: "unknown" });
  });

  test("P10: asked by itself, only a plain 404 says that a row is gone", async () => {
    const single = async (answer: Answer): Promise<unknown> =>
      (await look([page([]), answer], null, ids("r1"))).get(recordId("r1"));
    expect(await single({ refusal: { status: 404, type: "NOT_FOUND" } })).toMatchObject({
      state: "gone",
    });
    expect(await single({ refusal: { status: 403 } })).toMatchObject({ state: "unknown" });
    expect(await single({ body: record("r1") })).toMatchObject({ state: "unknown" });
  });

  test("more rows than one formula takes are asked for in parts, each with the control", async () => {
    const many = Array.from({ length: limits.idsMax + 1 }, (_, at) => recordId(`r${at}`));
    const { caller, calls } = answeringInTurn([page(["c"])]);
    const found = await read(caller, table, { ids: many, wanted, control: recordId("c") });
    expect(calls).toHaveLength(2);
    expect(found.size).toBe(many.length);
    expect([...found.values()].every(({ state }) => state === "gone")).toBe(true);
  });

  test("P6: a row that the last look does not find is unknown, and not as it was", async () => {
    const { caller } = answeringInTurn([page(["r1"])]);
    const fresh = await recheck(caller, table, { ids: ids("r1", "r2"), wanted });
    expect(fresh.get(recordId("r1"))).toMatchObject({ state: "live" });
    expect(fresh.get(recordId("r2"))).toMatchObject({ state: "unknown" });
  });

  test("which rows are there is known only from a whole answer", async () => {
    expect(await existing(answeringInTurn([page(["r1"])]).caller, table, ids("r1", "r2"))).toEqual(
      new Set(["r1"]),
    );
    const cut = answeringInTurn([page(["r1"], "x"), page([], "x")]);
    expect(await existing(cut.caller, table, ids("r1", "r2"))).toBeNull();
  });
});

describe("rows by marker and by edit", () => {
  const marked = (id: string, mark?: string): unknown =>
    record(id, mark === undefined ? {} : { fldMark: mark });

  test("P12: only the exact marker counts, and only a whole answer", async () => {
    const records = [marked("r1", "p1"), marked("r2", "P1"), marked("r3"), marked("r4", "p1 ")];
    const { caller } = answeringInTurn([{ body: { records } }]);
    const rows = await findByMarker(caller, table, { markers: ["p1"], wanted });
    expect(rows.map(({ id }) => id)).toEqual(["r1"]);
    const cut = answeringInTurn([page(["r1"], "x"), page([], "x")]);
    await expect(
      findByMarker(cut.caller, table, { markers: ["p1"], wanted }),
    ).rejects.toMatchObject({ code: "unavailable" });
    const none = { ...wanted, marker: null };
    expect(await findByMarker(cut.caller, table, { markers: ["p1"], wanted: none })).toEqual([]);
  });

  test("P8: nobody can say when a computed field was edited, nor from a cut answer", async () => {
    const asked = { id: recordId("r1"), field: fieldId("fldName"), thanMs: 0 };
    const ask = (answer: Answer, field = asked.field): Promise<unknown> =>
      editedAfter(answeringInTurn([answer]).caller, table, [{ ...asked, field }]);
    expect(await ask(page(["r1"]))).toEqual(new Set(["r1"]));
    expect(await ask(page([]))).toEqual(new Set());
    expect(await ask(page(["r1"]), fieldId("fldSum"))).toBeNull();
    expect(await ask(page(["r1"]), fieldId("@url"))).toBeNull();
    expect(await ask(page(["r1"], "x"))).toBeNull();
    expect(await ask({ refusal: { kind: "formula" } })).toBeNull();
    await expect(ask({ refusal: { kind: "denied", status: 403 } })).rejects.toMatchObject({
      code: "not_shared",
    });
  });
});

describe("more than one formula takes", () => {
  const many = Array.from({ length: 205 }, (_, at) => recordId(`r${at}`));
  /** How many ids or markers each call asks for. */
  const sizes = (calls: readonly Call[], sign: RegExp): readonly number[] =>
    calls.map(({ query, body }) => JSON.stringify(query ?? body).match(sign)?.length ?? 0);

  /** Gives back every row whose id or marker is asked for, but one. */
  const service = () =>
    answeringCaller(({ query, body }) => {
      const asked = JSON.stringify(query ?? body).match(/'(?:r|m)\d+'/g) ?? [];
      const ids_ = asked.map((sign) => sign.slice(2, -1)).filter((at) => at !== "150");
      return { body: { records: ids_.map((at) => record(`r${at}`, { fldMark: `m${at}` })) } };
    });

  test("rows beside a control: a hundred a call, and no row is left out or gone by mistake", async () => {
    const { caller, calls } = service();
    const found = await read(caller, table, { ids: many, wanted, control: recordId("r0") });
    expect(sizes(calls, /RECORD_ID/g)).toEqual([99, 100, 8]);
    expect([...found.keys()]).toEqual(many);
    expect(many.filter((id) => found.get(id)?.state !== "live")).toEqual(["r150"]);
    expect(found.get(recordId("r150"))?.state).toBe("gone");
  });

  test("rows to look at once more: a hundred a call", async () => {
    const { caller, calls } = service();
    const found = await recheck(caller, table, { ids: many, wanted });
    expect(sizes(calls, /RECORD_ID/g)).toEqual([100, 100, 5]);
    expect([...found.keys()]).toEqual(many);
    expect(many.filter((id) => found.get(id)?.state !== "live")).toEqual(["r150"]);
  });

  test("a full call needs no second one, and nothing asked needs none", async () => {
    const { caller, calls } = service();
    await recheck(caller, table, { ids: many.slice(0, 100), wanted });
    expect((await recheck(caller, table, { ids: [], wanted })).size).toBe(0);
    expect(await findByMarker(caller, table, { markers: [], wanted })).toEqual([]);
    expect(await editedAfter(caller, table, [])).toEqual(new Set());
    expect(calls).toHaveLength(1);
  });

  test("markers: a hundred a call, each once, and the rows of every call", async () => {
    const { caller, calls } = service();
    const markers = [...many, ...many].map((id) => id.replace("r", "m"));
    const rows = await findByMarker(caller, table, { markers, wanted });
    expect(sizes(calls, /\{fldMark\}/g)).toEqual([100, 100, 5]);
    expect(rows).toHaveLength(204);
    expect(rows.at(-1)).toMatchObject({ id: "r204", marker: "m204" });
  });

  test("times of edits: a hundred a call, and the rows of every call", async () => {
    const { caller, calls } = service();
    const asked = many.map((id) => ({ id, field: fieldId("fldName"), thanMs: 0 }));
    const edited = await editedAfter(caller, table, asked);
    expect(sizes(calls, /IS_AFTER/g)).toEqual([100, 100, 5]);
    expect(edited).toEqual(new Set(many.filter((id) => id !== "r150")));
    // One computed field among them is one question nobody can answer.
    const one = { id: recordId("r1"), field: fieldId("fldSum"), thanMs: 0 };
    expect(await editedAfter(caller, table, [...asked, one])).toBeNull();
  });
});

test("a row that was looked up comes whole, with the time of its page", async () => {
  const { caller } = answeringInTurn([
    { body: { records: [record("r1", { fldName: "n", fldMark: "m" })] } },
  ]);
  const row = {
    id: "r1",
    title: "n",
    url: "https://airtable.com/app1/tbl1/r1",
    createdAtMs: null,
    stampMs: null,
    editedBy: "unknown",
    marker: "m",
    cells: new Map([[fieldId("fldName"), text("n")]]),
    window: { startMs: 1_000, endMs: 1_000 + callTakesMs },
  };
  const asked = { ids: ids("r1"), wanted, control: null };
  expect(await read(caller, table, asked)).toEqual(new Map([["r1", { state: "live", row }]]));
});

test("P10: what is said of a row that nobody can tell of", async () => {
  const why = async (answers: readonly Answer[], control: string | null): Promise<unknown> => {
    const asked = { ids: ids("r1"), wanted, control: control === null ? null : recordId(control) };
    return (await read(answeringInTurn(answers).caller, table, asked)).get(recordId("r1"));
  };
  const unknown = (reason: string) => ({ state: "unknown", why: reason });
  const twice = "Airtable gave the same page offset twice";
  expect(await why([page([])], "c")).toEqual(
    unknown("the control row was not found either, so the lookup proves nothing"),
  );
  expect(await why([page(["c"], "x")], "c")).toEqual(unknown(twice));
  const refused = { status: 403, type: "MODEL_ID_NOT_FOUND" };
  expect(await why([page([]), { refusal: refused }], null)).toEqual(
    unknown("Airtable answered 403 MODEL_ID_NOT_FOUND for the row"),
  );
  expect(await why([page([]), { refusal: { ...refused, status: 404 } }], null)).toEqual({
    state: "gone",
    evidence: "Airtable answered 404 MODEL_ID_NOT_FOUND for the row",
  });
  expect(await why([page([]), { body: record("r1") }], null)).toEqual(
    unknown("the row is in the base, but the table does not list it"),
  );
  const cut = answeringInTurn([page(["c"], "x")]).caller;
  expect((await recheck(cut, table, { ids: ids("r1"), wanted })).get(recordId("r1"))).toEqual(
    unknown(twice),
  );
});

test("P10: without a control any row that was found beside it is witness", async () => {
  const { caller, calls } = answeringInTurn([page(["r1"])]);
  const found = await read(caller, table, { ids: ids("r1", "r2"), wanted, control: null });
  expect(found.get(recordId("r2"))).toEqual({
    state: "gone",
    evidence: "not found by its id, while r1 was found in the same answer",
  });
  expect(calls).toHaveLength(1);
});

test("a look-up the service refuses ends the run, and is not taken for no rows", async () => {
  const { caller } = answeringInTurn([{ refusal: { kind: "denied", status: 403 } }]);
  const asked = { ids: ids("r1"), wanted, control: null };
  const error = { code: "not_shared", message: expect.stringContaining('"Delivery"') as string };
  await expect(read(caller, table, asked)).rejects.toMatchObject(error);
  await expect(recheck(caller, table, asked)).rejects.toMatchObject(error);
  await expect(existing(caller, table, ids("r1"))).rejects.toMatchObject(error);
  await expect(findByMarker(caller, table, { markers: ["m"], wanted })).rejects.toMatchObject(
    error,
  );
});

test("a scan comes to its end with the time it took, or with the reason why it did not", async () => {
  const run = async (answers: readonly Answer[]) => {
    const pages: string[][] = [];
    const listed = scan(answeringInTurn(answers).caller, table, wanted);
    // Bound: the listing ends itself.
    for (;;) {
      const step = await listed.next();
      if (step.done === true) return { pages, end: step.value };
      pages.push(step.value.rows.map(({ id }) => id));
    }
  };
  const window = { startMs: 1_000, endMs: 1_000 + 2 * callTakesMs };
  expect(await run([page(["a"], "x"), page(["b"])])).toEqual({
    pages: [["a"], ["b"]],
    end: { isComplete: true, reason: null, window },
  });
  expect(await run([page(["a"], "x"), page(["b"], "x")])).toEqual({
    pages: [["a"], ["b"]],
    end: { isComplete: false, reason: "Airtable gave the same page offset twice", window },
  });
});
