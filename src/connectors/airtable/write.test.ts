import { describe, expect, test } from "vitest";
import {
  answeringInTurn,
  callTakesMs,
  type Answer,
} from "../../../test/fixture/airtable-answers.ts";
import { fieldId, recordId } from "../../core/ids.ts";
import { choice, empty, number, text, type Value } from "../../core/value.ts";
import type { Wanted } from "../connector.ts";
import { decodeRow, stampStepMs } from "./row.ts";
import { remove } from "./remove.ts";
import { makeTable, type Table } from "./table.ts";
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
  return writerOf(answers.map((body) => ({ body })));
}

function writerOf(answers: readonly Answer[], change: { table?: Table; wanted?: Wanted } = {}) {
  const { caller, calls } = answeringInTurn(answers);
  const at = change.table ?? table;
  const options = makeKnownOptions(at);
  return { calls, writer: { caller, table: at, options, wanted: change.wanted ?? wanted } };
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

describe("what becomes of each row", () => {
  const spent = { startMs: 1_000, endMs: 1_000 + callTakesMs };
  const row = (id: string, more: object = {}) => ({
    id,
    title: "",
    url: `https://airtable.com/app1/tbl1/${id}`,
    createdAtMs: null,
    stampMs: null,
    editedBy: "unknown",
    marker: null,
    cells: new Map([
      [name, empty],
      [status, empty],
    ]),
    window: spent,
    ...more,
  });

  test("a row comes back whole, with the time of its call", async () => {
    const records = [record("r1", { fldName: "a", fldMark: "m" })];
    const title = { title: "a", marker: "m" };
    const cells = new Map<unknown, Value>([
      [name, text("a")],
      [status, empty],
    ]);
    const done = (wasCreated: boolean) => [
      { kind: "done", row: row("r1", { ...title, cells }), wasCreated },
    ];
    expect(await update(writer([{ records }]).writer, [edit("r1", "a")])).toEqual(done(false));
    const born = { ref: "x", cells: new Map([[name, text("a")]]), marker: "m", isFirst: true };
    expect(await create(writer([{ records }]).writer, [born])).toEqual(done(true));
    const again = [{ ...born, isFirst: false }];
    const created = { records, createdRecords: ["r1"] };
    expect(await create(writer([created]).writer, again)).toEqual(done(true));
    expect(await create(writer([{ records, createdRecords: null }]).writer, again)).toEqual(
      done(false),
    );
    expect(await create(writer([{ records }]).writer, again)).toEqual(done(false));
  });

  test("a deleted row is told by its id alone; one the answer does not name is in doubt", async () => {
    const { writer: one, calls } = writer([{ records: [{ id: "r2", deleted: true }] }]);
    const url = null;
    expect(await remove(one, ["r1", "r2"].map(recordId))).toEqual([
      { kind: "unknown", message: "Airtable's answer does not name the row", hint: null },
      {
        kind: "done",
        row: row("r2", { url, editedBy: "us", cells: new Map() }),
        wasCreated: false,
      },
    ]);
    expect(calls).toEqual([
      {
        kind: "write",
        method: "DELETE",
        stem: "app1",
        path: "/tbl1",
        query: { records: ["r1", "r2"] },
      },
    ]);
  });

  test("what became of rows whose deletion got no answer is not known", async () => {
    const { writer: one } = writerOf([{ kind: "doubt", message: "cut" }]);
    expect(await remove(one, [recordId("r1")])).toEqual([
      { kind: "unknown", message: "cut", hint: null },
    ]);
  });

  test("a refusal is told with the service's words and the field they name, of those written", async () => {
    const refused = async (message: string) => {
      const { writer: one } = writerOf([{ refusal: { message } }]);
      return update(one, [edit("r1", "a")]);
    };
    const failed = { kind: "failed", why: "invalid" };
    const named_ = 'Field "Name" cannot accept the provided value';
    expect(await refused(named_)).toEqual([{ ...failed, message: named_, field: name }]);
    const other = 'Field "Status" cannot accept the provided value';
    expect(await refused(other)).toEqual([{ ...failed, message: other, field: null }]);
    expect(await refused("fldName is odd")).toMatchObject([{ field: name }]);
  });

  test("rows that cannot be sent keep their places among the others", async () => {
    const { writer: one, calls } = writer([{ records: [record("r1"), record("r4")] }]);
    const odd = (id: string) => ({ id: recordId(id), cells: new Map([[name, number(1)]]) });
    const outcomes = await update(one, [edit("r1", "a"), odd("r2"), odd("r3"), edit("r4", "d")]);
    expect(outcomes.map((each) => (each.kind === "done" ? each.row.id : each.kind))).toEqual([
      "r1",
      "failed",
      "failed",
      "r4",
    ]);
    expect(calls).toHaveLength(1);
    expect(await update(writer([]).writer, [odd("r2")])).toMatchObject([{ kind: "failed" }]);
  });
});

describe("which call a create is", () => {
  const born = (marker: string | null, isFirst: boolean) => ({
    ref: "x",
    cells: new Map([[name, text("a")]]),
    marker,
    isFirst,
  });
  const method = async (
    rows: readonly ReturnType<typeof born>[],
    change = {},
  ): Promise<unknown> => {
    const records = rows.map((_, at) => record(`r${at}`));
    const { writer: one, calls } = writerOf([{ body: { records } }], change);
    await create(one, rows);
    return calls.map((call) => [call.method, call.body]);
  };
  const fields = (marker: string) => ({ fields: { fldName: "a", fldMark: marker } });
  const returnFieldsByFieldId = true;

  test("P12: plain at first, by upsert as soon as one of its rows was sent before", async () => {
    expect(await method([born("a", true), born("b", true)])).toEqual([
      ["POST", { records: [fields("a"), fields("b")], returnFieldsByFieldId }],
    ]);
    expect(await method([born("a", true), born("b", false)])).toEqual([
      [
        "PATCH",
        {
          records: [fields("a"), fields("b")],
          performUpsert: { fieldsToMergeOn: ["fldMark"] },
          returnFieldsByFieldId,
        },
      ],
    ]);
  });

  test("P12: never by upsert where a row has no marker, or the marker's field cannot be merged on", async () => {
    expect(await method([born("a", false), born(null, false)])).toMatchObject([["POST", {}]]);
    const url = makeTable("app1", {
      id: "tbl1",
      name: "Delivery",
      primaryFieldId: "fldName",
      fields: [
        { id: "fldName", name: "Name", type: "singleLineText" },
        { id: "fldMark", name: "Mark", type: "url" },
      ],
    });
    expect(await method([born("a", false)], { table: url })).toMatchObject([["POST", {}]]);
    const none = { ...wanted, marker: null };
    expect(await method([born("a", false)], { wanted: none })).toEqual([
      ["POST", { records: [{ fields: { fldName: "a" } }], returnFieldsByFieldId }],
    ]);
  });

  test("the marker is the pair's, whatever else was to stand in its field", async () => {
    const cells = new Map([[mark, text("typed by hand")]]);
    expect(await method([{ ...born("m", true), cells }])).toMatchObject([
      ["POST", { records: [{ fields: { fldMark: "m" } }] }],
    ]);
  });

  test("of two rows with one marker the second is told why", async () => {
    const { writer: one } = writer([{ records: [record("r1")] }]);
    expect((await create(one, [born("a", true), born("a", true)]))[1]).toEqual({
      kind: "failed",
      why: "invalid",
      message: "another row of this write has the same marker",
      field: mark,
    });
  });
});

describe("new options", () => {
  const set = (option: string) => [
    { id: recordId("r1"), cells: new Map<typeof status, Value>([[status, choice(option)]]) },
  ];
  const typecasts = (calls: readonly { readonly body?: unknown }[]) =>
    calls.map(({ body }) => (body as { typecast?: unknown }).typecast);

  test("that were refused or lost are made by the next write all the same", async () => {
    const { writer: one, calls } = writerOf([
      { refusal: {} },
      { kind: "doubt", message: "cut" },
      { body: { records: [record("r1")] } },
    ]);
    for (const _ of [1, 2, 3, 4]) await update(one, set("New"));
    expect(typecasts(calls)).toEqual([true, true, true, undefined]);
  });

  test("that differ from a known one in case alone are new", async () => {
    const { writer: one, calls } = writer([{ records: [record("r1")] }]);
    for (const option of ["low", "Low", "Low "]) await update(one, set(option));
    expect(typecasts(calls)).toEqual([true, undefined, true]);
  });

  test("one new option among known ones is enough", async () => {
    const { writer: one, calls } = writer([{ records: [record("r1"), record("r1")] }]);
    await update(one, [...set("Low"), ...set("New")]);
    expect(typecasts(calls)).toEqual([true]);
  });

  test("are never made by a write that typecast would turn into something else", async () => {
    const numbered = makeTable("app1", {
      id: "tbl1",
      name: "Delivery",
      primaryFieldId: "fldName",
      fields: [
        { id: "fldName", name: "Name", type: "singleLineText" },
        { id: "fldStatus", name: "Status", type: "singleSelect" },
        { id: "fldCount", name: "Count", type: "count" },
      ],
    });
    const { writer: one, calls } = writerOf([], { table: numbered });
    const cells = new Map<typeof status, Value>([
      [status, choice("New")],
      [fieldId("fldCount"), number(1)],
    ]);
    expect(await update(one, [{ id: recordId("r1"), cells }])).toEqual([
      {
        kind: "failed",
        why: "invalid",
        message: "a new option cannot be added in one write with links or files",
        field: null,
      },
    ]);
    expect(calls).toEqual([]);
  });
});
