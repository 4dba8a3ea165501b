import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { fieldId, recordId } from "../../core/ids.ts";
import { choice, text } from "../../core/value.ts";
import type { Caller, WriteResult } from "./caller.ts";
import { decodeRow, stampStepMs } from "./row.ts";
import { makeTable } from "./table.ts";
import type { Call } from "./transport.ts";
import { makeKnownOptions } from "./typecast.ts";
import { create, update } from "./write.ts";

const table = makeTable("app1", {
  id: "tbl1",
  name: "Delivery",
  primaryFieldId: "fldName",
  fields: [
    { id: "fldName", name: "Name", type: "singleLineText" },
    { id: "fldMark", name: "Mark", type: "singleLineText" },
    {
      id: "fldStatus",
      name: "Status",
      type: "singleSelect",
      options: { choices: [{ id: "sel1", name: "Low" }] },
    },
    {
      id: "fldT",
      name: "Touched",
      type: "lastModifiedTime",
      options: { isValid: true, referencedFieldIds: [], result: { type: "dateTime" } },
    },
  ],
});
const [name, mark, status] = ["fldName", "fldMark", "fldStatus"].map(fieldId);
if (name === undefined || mark === undefined || status === undefined) throw new Error("no fields");
const window = { startMs: 0, endMs: 1 };
const wanted = { fields: [name, status], marker: mark, filter: null };

function writer(answers: readonly unknown[]) {
  const calls: Call[] = [];
  const caller: Caller = {
    read: () => Promise.reject(new Error("nothing is looked up")),
    write: <T>(call: Call, schema: z.ZodType<T>): Promise<WriteResult<T>> => {
      const body = schema.parse(answers[Math.min(calls.length, answers.length - 1)]);
      calls.push(call);
      return Promise.resolve({ kind: "done", body });
    },
    nowMs: () => 1_000,
    requests: () => ({ read: 0, write: calls.length }),
  };
  return { calls, writer: { caller, table, options: makeKnownOptions(table), wanted } };
}

const record = (id: string, fields: Record<string, unknown> = {}): unknown => ({ id, fields });
const edit = (id: string, value: string) => ({
  id: recordId(id),
  cells: new Map([[name, text(value)]]),
});

describe("an answer is believed only when it is about the rows that were sent", () => {
  const two = [edit("r1", "a"), edit("r2", "b")];

  test("one outcome a row, with the row as the service gave it back", async () => {
    const records = [record("r1", { fldName: "a, as stored" }), record("r2")];
    const outcomes = await update(writer([{ records }]).writer, two);
    expect(outcomes).toMatchObject([
      { kind: "done", wasCreated: false, row: { id: "r1", title: "a, as stored" } },
      { kind: "done", wasCreated: false, row: { id: "r2", title: "" } },
    ]);
    // What was asked for and is not in the answer is empty.
    const [first] = outcomes;
    expect(first?.kind === "done" ? first.row.cells.get(status) : null).toEqual({ kind: "empty" });
  });

  test.each([
    ["fewer rows", [record("r1")]],
    ["more rows", [record("r1"), record("r2"), record("r3")]],
    ["other rows", [record("r1"), record("r9")]],
    ["the rows in another order", [record("r2"), record("r1")]],
  ])("P16: %s leave all of them in doubt", async (_what, records) => {
    const outcomes = await update(writer([{ records }]).writer, two);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["unknown", "unknown"]);
  });
});

describe("creates", () => {
  const born = (ref: string, marker: string | null) => ({
    ref,
    cells: new Map([[name, text(ref)]]),
    marker,
  });

  test("P12: rows with a marker go by upsert, and it says which were there already", async () => {
    const { writer: one, calls } = writer([
      { records: [record("r1"), record("r2")], createdRecords: ["r2"], updatedRecords: ["r1"] },
    ]);
    const outcomes = await create(one, [born("a", "p1"), born("b", "p2")]);
    expect(outcomes).toMatchObject([{ wasCreated: false }, { wasCreated: true }]);
    expect(calls).toMatchObject([
      {
        method: "PATCH",
        body: {
          performUpsert: { fieldsToMergeOn: ["fldMark"] },
          records: [
            { fields: { fldName: "a", fldMark: "p1" } },
            { fields: { fldName: "b", fldMark: "p2" } },
          ],
        },
      },
    ]);
  });

  test("without a marker it is a plain create", async () => {
    const { writer: one, calls } = writer([{ records: [record("r1")] }]);
    expect(await create(one, [born("a", null)])).toMatchObject([{ wasCreated: true }]);
    expect(calls[0]).toMatchObject({ method: "POST" });
    expect(calls[0]).not.toHaveProperty("body.performUpsert");
  });

  test("P12: one marker twice in a call is never sent", async () => {
    const { writer: one, calls } = writer([{ records: [record("r1")] }]);
    const outcomes = await create(one, [born("a", "p1"), born("b", "p1")]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "failed"]);
    expect(calls).toHaveLength(1);
  });
});

test("typecast is asked for only where an option is new, and once", async () => {
  const { writer: one, calls } = writer([{ records: [record("r1")] }]);
  const set = (option: string) =>
    update(one, [{ id: recordId("r1"), cells: new Map([[status, choice(option)]]) }]);
  await set("Low");
  await set("New");
  await set("New");
  expect(calls.map(({ body }) => JSON.stringify(body).includes("typecast"))).toEqual([
    false,
    true,
    false,
  ]);
});

test("P25: a field that is not in the table gets no cell, instead of an empty one", () => {
  const row = decodeRow(
    table,
    { id: "r1", fields: { fldName: "a" } },
    { wanted: { ...wanted, fields: [name, status, fieldId("fldGone")] }, window },
  );
  expect([...row.cells.keys()]).toEqual([name, status]);
});

test("P8: a row's stamp is set back by what it may have been rounded up", async () => {
  const shown = "2026-03-01T12:00:05.000Z";
  const { writer: one } = writer([{ records: [record("r1", { fldT: shown })] }]);
  const [outcome] = await update(one, [edit("r1", "a")]);
  expect(outcome?.kind === "done" ? outcome.row.stampMs : null).toBe(Date.parse(shown) - 500);
  expect(stampStepMs).toBe(1_500);
});
