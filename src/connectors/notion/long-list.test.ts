// Long lists that do not come to a good end: a cell cut short is not known, whatever was read of it.
import { expect, test } from "vitest";
import type { z } from "zod";
import { fieldId, recordId } from "../../core/ids.ts";
import { must } from "../../core/assert.ts";
import type { Value } from "../../core/value.ts";
import type { Caller, ReadResult } from "./caller.ts";
import { makeDirectory } from "./directory.ts";
import { completeRow } from "./long-list.ts";
import { decodeRow } from "./row.ts";
import { makeSource } from "./source.ts";

const source = makeSource(
  { id: "s", title: [], properties: [{ id: "rel", name: "Parts", type: "relation", config: {} }] },
  { botId: null, formulas: new Map() },
);
const wanted = { fields: [fieldId("rel")], marker: null, filter: null };
const refused = {
  kind: "refused",
  refusal: { kind: "missing", status: 404, code: "", message: "" },
};

const list = (id: string, next: string | null): unknown => ({
  object: "list",
  results: [{ object: "property_item", type: "relation", relation: { id } }],
  next_cursor: next,
});

/** The cell of a page that was cut short, completed by these answers; and how many calls it took. */
async function completed(
  answers: readonly unknown[],
): Promise<{ readonly value: Value; readonly calls: number }> {
  let calls = 0;
  const caller: Caller = {
    read: <T>(_call: unknown, schema: z.ZodType<T>): Promise<ReadResult<T>> => {
      const answer = answers[Math.min(calls, answers.length - 1)];
      calls += 1;
      if (answer === refused) return Promise.resolve(refused as ReadResult<T>);
      return Promise.resolve({ kind: "ok", body: schema.parse(answer) });
    },
    write: () => Promise.reject(new Error("a reading writes nothing")),
    nowMs: () => calls,
  };
  const reader = { caller, source, directory: makeDirectory(caller) };
  const page = {
    id: "p",
    properties: { Parts: { id: "rel", type: "relation", relation: [{ id: "a" }], has_more: true } },
  };
  const decoded = decodeRow(reader, page, { wanted, window: { startMs: 0, endMs: 0 } });
  const row = await completeRow(reader, decoded);
  expect(row.id).toBe(recordId("p"));
  return { value: must(row.cells.get(fieldId("rel")), "a cell"), calls };
}

test("a list is read to its end, page by page", async () => {
  expect(await completed([list("a", "1"), list("b", "2"), list("c", null)])).toEqual({
    value: { kind: "links", ids: ["a", "b", "c"] },
    calls: 3,
  });
});

test("a cursor that comes twice ends it, and the cell is not known", async () => {
  expect(await completed([list("a", "1")])).toEqual({
    value: { kind: "unknown", why: "incomplete" },
    calls: 2,
  });
});

test("a page that is refused leaves the cell unknown, whatever came before", async () => {
  expect(await completed([list("a", "1"), refused])).toEqual({
    value: { kind: "unknown", why: "incomplete" },
    calls: 2,
  });
});

test("an item of another type is none that can be read", async () => {
  const odd = { object: "list", results: [{ type: "people", people: {} }], next_cursor: null };
  expect((await completed([list("a", "1"), odd])).value).toMatchObject({ kind: "unknown" });
});
