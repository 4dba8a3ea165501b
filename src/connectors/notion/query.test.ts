// Endings of a query that the sandbox cannot be made to give: broken paging, strange rows.
import { expect, test } from "vitest";
import type { z } from "zod";
import type { Caller, ReadResult } from "./caller.ts";
import { makeDirectory } from "./directory.ts";
import { runQuery, type QueryEnd } from "./query.ts";
import { makeSource } from "./source.ts";

const source = makeSource(
  { id: "s", title: [], properties: [] },
  { botId: null, formulas: new Map() },
);
const wanted = { fields: [], marker: null, filter: null };
const list = { object: "list", has_more: true };
const page = (id: string, more: Record<string, unknown> = {}): unknown => ({
  object: "page",
  id,
  properties: {},
  ...more,
});

/** Runs a query against these answers; the last one stays. */
async function run(answers: readonly unknown[]): Promise<{ ids: string[]; end: QueryEnd }> {
  let asked = 0;
  const caller: Caller = {
    read: <T>(_call: unknown, schema: z.ZodType<T>): Promise<ReadResult<T>> => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      return Promise.resolve({ kind: "ok", body: schema.parse(answer) });
    },
    write: () => Promise.reject(new Error("a query writes nothing")),
    nowMs: () => asked,
  };
  const reader = { caller, source, directory: makeDirectory(caller) };
  const queried = runQuery(reader, { filter: null, wanted });
  const ids: string[] = [];
  // Bound: the query ends itself.
  for (;;) {
    const step = await queried.next();
    if (step.done === true) return { ids, end: step.value };
    ids.push(...step.value.pages.map(({ id }) => id));
  }
}

test("a cursor that comes twice ends the query as incomplete", async () => {
  const { end } = await run([{ ...list, results: [page("a")], next_cursor: "c" }]);
  expect(end).toMatchObject({ kind: "incomplete" });
});

test("more rows without a cursor to them is incomplete", async () => {
  const { end } = await run([{ ...list, results: [], next_cursor: null }]);
  expect(end).toMatchObject({ kind: "incomplete" });
});

test("a cap on any page holds for the query, and an absent status means nothing", async () => {
  const request_status = { type: "incomplete", incomplete_reason: "query_result_limit_reached" };
  const last = { object: "list", results: [page("b")], next_cursor: null, has_more: false };
  const capped = [{ ...list, results: [page("a")], next_cursor: "c", request_status }, last];
  expect((await run(capped)).end).toEqual({ kind: "capped" });
  expect(await run([{ ...list, results: [page("a")], next_cursor: "c" }, last])).toEqual({
    ids: ["a", "b"],
    end: { kind: "complete" },
  });
});

test("data sources of a wiki, trashed and archived rows are no rows", async () => {
  const results = [
    { object: "data_source", id: "d" },
    page("t", { in_trash: true }),
    page("x", { is_archived: true }),
    page("a"),
  ];
  const { ids } = await run([{ object: "list", results, next_cursor: null, has_more: false }]);
  expect(ids).toEqual(["a"]);
});

test("a row that cannot be told is not passed over in silence", async () => {
  const results = [{ object: "page" }];
  await expect(
    run([{ object: "list", results, next_cursor: null, has_more: false }]),
  ).rejects.toMatchObject({ code: "contract_broken" });
});
