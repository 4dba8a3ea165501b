import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { fieldId, recordId } from "../../core/ids.ts";
import type { Caller, ReadResult } from "./caller.ts";
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

type Answer = { readonly body: unknown } | { readonly refusal: Partial<Refusal> };

/** A service that gives these answers one after the other; the last one stays. */
function scripted(answers: readonly Answer[]): { caller: Caller; calls: Call[] } {
  const calls: Call[] = [];
  const caller: Caller = {
    read: <T>(call: Call, schema: z.ZodType<T>): Promise<ReadResult<T>> => {
      const answer = answers[Math.min(calls.length, answers.length - 1)];
      calls.push(call);
      if (answer === undefined) throw new Error("no answer");
      if ("body" in answer)
        return Promise.resolve({ kind: "done", body: schema.parse(answer.body) });
      const refusal: Refusal = {
        kind: "content",
        status: 422,
        type: "X",
        message: "",
        ...answer.refusal,
      };
      return Promise.resolve({ kind: "refused", refusal });
    },
    write: () => Promise.reject(new Error("a lookup writes nothing")),
    nowMs: () => 1_000,
    requests: () => ({ read: calls.length, write: 0 }),
  };
  return { caller, calls };
}

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
    const listed = list(scripted(answers).caller, table, listing);
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
      ...scripted([]).caller,
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
    const short = scripted([page(["a"], "x"), page([])]);
    await list(short.caller, table, listing).next();
    for await (const _ of list(short.caller, table, listing)) void _;
    expect(short.calls.at(-1)).toMatchObject({ method: "GET", query: { fields: ["fldName"] } });
    const long = scripted([page(["a"], "x"), page([])]);
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
      const { caller } = scripted([{ refusal: { kind, message: "no" } }]);
      const pages = scan(caller, table, { ...wanted, filter: "{Nope}" });
      return pages.next().catch((error: unknown) => error);
    };
    expect(await refused("formula")).toMatchObject({ code: "config_invalid" });
    expect(await refused("field")).toMatchObject({ code: "schema_changed" });
    const { caller } = scripted([page([])]);
    await expect(scan(caller, table, { ...wanted, filter: { a: 1 } }).next()).rejects.toMatchObject(
      {
        code: "config_invalid",
      },
    );
  });
});

describe("rows by id", () => {
  const look = (answers: readonly Answer[], control: string | null, asked = ids("r1", "r2")) =>
    read(scripted(answers).caller, table, {
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
    const { caller, calls } = scripted([page(["c"])]);
    const found = await read(caller, table, { ids: many, wanted, control: recordId("c") });
    expect(calls).toHaveLength(2);
    expect(found.size).toBe(many.length);
    expect([...found.values()].every(({ state }) => state === "gone")).toBe(true);
  });

  test("P6: a row that the last look does not find is unknown, and not as it was", async () => {
    const { caller } = scripted([page(["r1"])]);
    const fresh = await recheck(caller, table, { ids: ids("r1", "r2"), wanted });
    expect(fresh.get(recordId("r1"))).toMatchObject({ state: "live" });
    expect(fresh.get(recordId("r2"))).toMatchObject({ state: "unknown" });
  });

  test("which rows are there is known only from a whole answer", async () => {
    expect(await existing(scripted([page(["r1"])]).caller, table, ids("r1", "r2"))).toEqual(
      new Set(["r1"]),
    );
    const cut = scripted([page(["r1"], "x"), page([], "x")]);
    expect(await existing(cut.caller, table, ids("r1", "r2"))).toBeNull();
  });
});

describe("rows by marker and by edit", () => {
  const marked = (id: string, mark?: string): unknown =>
    record(id, mark === undefined ? {} : { fldMark: mark });

  test("P12: only the exact marker counts, and only a whole answer", async () => {
    const records = [marked("r1", "p1"), marked("r2", "P1"), marked("r3"), marked("r4", "p1 ")];
    const { caller } = scripted([{ body: { records } }]);
    const rows = await findByMarker(caller, table, { markers: ["p1"], wanted });
    expect(rows.map(({ id }) => id)).toEqual(["r1"]);
    const cut = scripted([page(["r1"], "x"), page([], "x")]);
    await expect(
      findByMarker(cut.caller, table, { markers: ["p1"], wanted }),
    ).rejects.toMatchObject({ code: "unavailable" });
    const none = { ...wanted, marker: null };
    expect(await findByMarker(cut.caller, table, { markers: ["p1"], wanted: none })).toEqual([]);
  });

  test("P8: nobody can say when a computed field was edited, nor from a cut answer", async () => {
    const asked = { id: recordId("r1"), field: fieldId("fldName"), thanMs: 0 };
    const ask = (answer: Answer, field = asked.field): Promise<unknown> =>
      editedAfter(scripted([answer]).caller, table, [{ ...asked, field }]);
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
