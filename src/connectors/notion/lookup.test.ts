import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fieldId, recordId } from "../../core/ids.ts";
import type { RowReading } from "../../core/row.ts";
import type { Caller, ReadResult } from "./caller.ts";
import type { Call } from "./client.ts";
import { makeDirectory } from "./directory.ts";
import { SyncError } from "../../errors.ts";
import type { Refusal } from "./failure.ts";
import { limits } from "./limits.ts";
import { findMarked, isPageId, readOne, recheckRows } from "./lookup.ts";
import { runQuery } from "./query.ts";
import { decodeRow, type Reader } from "./row.ts";
import { makeSource } from "./source.ts";
import { createRow, trashRow } from "./write.ts";

const properties = [
  { id: "title", name: "Name", type: "title", config: {} },
  { id: "cost", name: "Cost", type: "number", config: {} },
  { id: "rel", name: "Blocks", type: "relation", config: {} },
  { id: "who", name: "Who", type: "people", config: {} },
  { id: "mark", name: "Mark", type: "rich_text", config: {} },
];
const source = makeSource(
  { id: "source-1", title: [], properties },
  { botId: "bot-1", formulas: new Map() },
);
const wanted = {
  fields: ["cost", "rel", "who"].map(fieldId),
  marker: fieldId("mark"),
  filter: null,
};

const id = (at: number): string => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
const words = (content: string): unknown => [{ type: "text", plain_text: content }];

interface PageWish {
  readonly more?: Record<string, unknown>;
  readonly cells?: Record<string, unknown>;
}

function page(at: number, { more = {}, cells = {} }: PageWish = {}): Record<string, unknown> {
  return {
    object: "page",
    id: id(at),
    created_time: "2026-03-01T12:00:00.000Z",
    last_edited_time: "2026-03-01T12:05:00.000Z",
    last_edited_by: { id: "person-1" },
    parent: { type: "data_source_id", data_source_id: "source-1" },
    url: `https://notion.example/${at}`,
    properties: {
      Name: { id: "title", type: "title", title: words(`Page ${at}`) },
      Cost: { id: "cost", type: "number", number: at },
      ...cells,
    },
    ...more,
  };
}

type Answer = unknown;
const refused = (refusal: Partial<Refusal>): Answer => ({ refusal });

/** A service whose answers a test makes from the call. */
function scripted(answerTo: (call: Call, at: number) => Answer): { reader: Reader; calls: Call[] } {
  const calls: Call[] = [];
  const ask = <T>(call: Call, schema: z.ZodType<T>): Promise<ReadResult<T>> => {
    const answer = answerTo(call, calls.length);
    calls.push(call);
    if (typeof answer === "object" && answer !== null && "refusal" in answer) {
      const refusal = { kind: "invalid", status: 400, code: "", message: "no" } as const;
      return Promise.resolve({
        kind: "refused",
        refusal: { ...refusal, ...(answer.refusal as Partial<Refusal>) },
      });
    }
    return Promise.resolve({ kind: "ok", body: schema.parse(answer) });
  };
  let nowMs = 0;
  const caller: Caller = { read: ask, write: ask, nowMs: () => (nowMs += 1) };
  return { calls, reader: { caller, source, directory: makeDirectory(caller) } };
}

const list = (results: readonly unknown[], next: string | null = null): Answer => ({
  object: "list",
  results,
  next_cursor: next,
  has_more: next !== null,
});

const states = (readings: ReadonlyMap<string, RowReading>): Record<string, string> =>
  Object.fromEntries([...readings].map(([key, { state }]) => [key.slice(-2), state]));

describe("one row by its id", () => {
  const state = async (answer: Answer): Promise<unknown> =>
    readOne(scripted(() => answer).reader, recordId(id(1)), wanted);

  test("P10: only the trash says that a row was removed; all else leaves it open, or elsewhere", async () => {
    expect(await state(page(1))).toMatchObject({ state: "live" });
    for (const parent of [null, undefined]) {
      expect(await state(page(1, { more: { parent } }))).toMatchObject({ state: "live" });
    }
    expect(await state(page(1, { more: { in_trash: true } }))).toMatchObject({ state: "trashed" });
    const moved = { type: "data_source_id", data_source_id: "source-2" };
    expect(await state(page(1, { more: { parent: moved } }))).toMatchObject({ why: "moved" });
    expect(await state(page(1, { more: { is_archived: true } }))).toMatchObject({
      state: "left",
      why: "archived",
    });
    for (const kind of ["missing", "forbidden", "invalid"] as const) {
      expect(await state(refused({ kind, status: 404 }))).toMatchObject({ state: "unknown" });
    }
  });

  test("a text that is no id is not asked for", async () => {
    const { reader, calls } = scripted(() => page(1));
    expect(await readOne(reader, recordId("../users"), wanted)).toMatchObject({ state: "unknown" });
    expect(calls).toEqual([]);
    expect([isPageId(id(1)), isPageId(id(1).replaceAll("-", "")), isPageId("x")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("the last look at many rows", () => {
  const asked = [1, 2, 3].map((at) => recordId(id(at)));
  const sinceMs = Date.parse("2026-03-01T12:05:59.999Z");
  const look = (reader: Reader): ReturnType<typeof recheckRows> =>
    recheckRows(reader, { ids: asked, wanted, sinceMs });

  test("P6: the query begins with the minute in which the listing began", async () => {
    const { reader, calls } = scripted(() => list([page(2)]));
    expect(states(await look(reader))).toEqual({ "02": "live" });
    const filter = {
      timestamp: "last_edited_time",
      last_edited_time: { on_or_after: "2026-03-01T12:05:00.000Z" },
    };
    expect(calls).toMatchObject([{ body: { filter } }, { body: { filter, is_archived: true } }]);
  });

  test("P6: an edit made while the query is under way moves no row out of its sight", async () => {
    const { reader, calls } = scripted(() => list([page(2)]));
    await look(reader);
    const sorts = [{ timestamp: "created_time", direction: "ascending" }];
    expect(calls).toMatchObject([{ body: { sorts } }, { body: { sorts } }]);
  });

  test("P6: a row that was edited and archived since is not as it was", async () => {
    const edits = scripted(({ body }) => {
      const { is_archived: isArchived } = z
        .object({ is_archived: z.boolean().optional() })
        .parse(body);
      return list(isArchived === true ? [page(3, { more: { is_archived: true } })] : [page(2)]);
    });
    expect(states(await look(edits.reader))).toEqual({ "02": "live", "03": "left" });
    expect(edits.calls).toHaveLength(2);
  });

  test("P6: where the service knows of no archive, there is nothing in it", async () => {
    const plain = scripted((_, at) => (at === 0 ? list([page(1)]) : refused({})));
    expect(states(await look(plain.reader))).toEqual({ "01": "live" });
    const broken = scripted((call, at) => {
      if (call.path.startsWith("pages/")) return page(Number(call.path.slice(-2)));
      return at === 0 ? list([page(1)]) : refused({ kind: "forbidden" });
    });
    expect(states(await look(broken.reader))).toEqual({ "01": "live", "02": "live", "03": "live" });
  });

  test("P6: where the query does not come to its end, the rest is read row by row", async () => {
    const cut = scripted((call, at) => {
      if (call.path.startsWith("pages/")) return page(Number(call.path.slice(-2)));
      return at === 0 ? list([page(1)], "next") : list([], "next");
    });
    expect(states(await look(cut.reader))).toEqual({ "01": "live", "02": "live", "03": "live" });
    const capped = scripted((call) =>
      call.path.startsWith("pages/")
        ? refused({ kind: "missing" })
        : { ...(list([]) as object), request_status: { type: "incomplete" } },
    );
    expect(states(await look(capped.reader))).toEqual({
      "01": "unknown",
      "02": "unknown",
      "03": "unknown",
    });
  });

  test("with very many edits it stops after a few pages, and reads the rows", async () => {
    const { reader, calls } = scripted((call, at) =>
      call.path.startsWith("pages/") ? page(Number(call.path.slice(-2))) : list([], `next ${at}`),
    );
    await look(reader);
    expect(calls.filter(({ path }) => path.endsWith("/query"))).toHaveLength(
      limits.recheckPagesMax,
    );
    expect(calls.filter(({ path }) => path.startsWith("pages/"))).toHaveLength(3);
  });

  test("one row or two are simply read", async () => {
    for (const ids of [asked.slice(0, 1), asked.slice(0, 2)]) {
      const { reader, calls } = scripted(({ path }) => page(Number(path.slice(-2))));
      await recheckRows(reader, { ids, wanted, sinceMs });
      expect(calls.map(({ path }) => path)).toEqual(ids.map((row) => `pages/${row}`));
    }
  });
});

describe("rows by marker", () => {
  const marked = (at: number, mark: string): unknown =>
    page(at, { cells: { Mark: { id: "mark", type: "rich_text", rich_text: words(mark) } } });

  test("P12: the marker counts letter by letter, and only a whole answer counts", async () => {
    const { reader } = scripted(() => list([marked(1, "rec1"), marked(2, "REC1"), page(3)]));
    const rows = await findMarked(reader, ["rec1"], wanted);
    expect(rows.map((row) => row.id)).toEqual([id(1)]);
    const cut = scripted(() => list([marked(1, "rec1")], "same"));
    await expect(findMarked(cut.reader, ["rec1"], wanted)).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  test("more markers than a filter takes are looked for in as many calls as that needs", async () => {
    const { reader, calls } = scripted(() => list([]));
    const markers = Array.from({ length: 201 }, (_, at) => `rec${at}`);
    await findMarked(reader, markers, wanted);
    const asked = calls.map(({ body }) =>
      z
        .object({ filter: z.object({ or: z.array(z.object({ rich_text: z.unknown() })) }) })
        .parse(body)
        .filter.or.map((condition) => condition.rich_text),
    );
    expect(asked.map(({ length }) => length)).toEqual([100, 100, 1, 100, 100, 1]);
    expect(asked.slice(0, 3).flat()).toEqual(markers.map((marker) => ({ equals: marker })));
  });

  test("P14: a row in the archive is found by its marker too, where there is an archive", async () => {
    const archived = (body: unknown): boolean =>
      z.object({ is_archived: z.boolean().default(false) }).parse(body).is_archived;
    const found = async (archive: Answer): Promise<readonly string[]> => {
      const { reader } = scripted(({ body }) =>
        archived(body) ? archive : list([marked(1, "rec1")]),
      );
      const rows = await findMarked(reader, ["rec1", "rec2"], wanted);
      return rows.map((row) => row.id);
    };
    const away = page(2, {
      more: { is_archived: true },
      cells: { Mark: { id: "mark", type: "rich_text", rich_text: words("rec2") } },
    });
    expect(await found(list([away]))).toEqual([id(1), id(2)]);
    expect(await found(refused({}))).toEqual([id(1)]);
    await expect(found(refused({ kind: "forbidden" }))).rejects.toBeInstanceOf(SyncError);
    const { reader, calls } = scripted(() => list([marked(1, "rec1")]));
    await findMarked(reader, ["rec1"], wanted);
    expect(calls).toHaveLength(1);
  });
});

describe("a query", () => {
  const wordsOf = async (answers: readonly Answer[]): Promise<unknown> => {
    const { reader } = scripted((_call, at) => answers[Math.min(at, answers.length - 1)]);
    const queried = runQuery(reader, { filter: null, wanted });
    let step = await queried.next();
    while (step.done !== true) step = await queried.next();
    return step.value;
  };

  test("a refused cursor has lost its place; a refused first page is a refusal", async () => {
    expect(await wordsOf([list([page(1)], "next"), refused({})])).toEqual({ kind: "lost" });
    expect(await wordsOf([refused({})])).toMatchObject({ kind: "refused" });
    const gone = refused({ kind: "missing" });
    expect(await wordsOf([list([page(1)], "next"), gone])).toMatchObject({ kind: "refused" });
  });
});

describe("a page as a row", () => {
  const rowOf = (wish: PageWish, of = source): ReturnType<typeof decodeRow> => {
    const { reader } = scripted(() => null);
    const wire = page(1, wish) as never;
    return decodeRow({ ...reader, source: of }, wire, {
      wanted,
      window: { startMs: 0, endMs: 1 },
    });
  };

  test("P25: a property that was retyped, left out, or cut short is never read as empty", () => {
    const retyped = rowOf({ cells: { Cost: { id: "cost", type: "select", select: null } } });
    expect(retyped.row.cells.get(fieldId("cost"))).toEqual({ kind: "unknown", why: "undecodable" });
    expect(rowOf({}).row.cells.has(fieldId("rel"))).toBe(false);
    const partial = rowOf({ more: { properties: undefined } });
    expect(partial.row.cells.get(fieldId("cost"))).toEqual({ kind: "unknown", why: "incomplete" });
    expect(partial.cut).toEqual([]);
  });

  test("P25: lists that the page may have cut off are completed first", () => {
    const related = (hasMore: boolean) => ({
      Blocks: { id: "rel", type: "relation", relation: [{ id: id(2) }], has_more: hasMore },
    });
    expect(rowOf({ cells: related(true) }).cut.map(({ field }) => field.name)).toEqual(["Blocks"]);
    expect(rowOf({ cells: related(false) }).cut).toEqual([]);
    const people = (count: number) => ({
      Who: {
        id: "who",
        type: "people",
        people: Array.from({ length: count }, (_, at) => ({ object: "user", id: id(at) })),
      },
    });
    expect(rowOf({ cells: people(limits.inlineItemsMax - 1) }).cut).toEqual([]);
    expect(rowOf({ cells: people(limits.inlineItemsMax) }).cut).toHaveLength(1);
  });

  test("who edited last is told only where it is known", () => {
    const by = (more: Record<string, unknown>): string => rowOf({ more }).row.editedBy;
    expect(by({ last_edited_by: { id: "bot-1" } })).toBe("us");
    expect(by({ last_edited_by: { id: "person-1" } })).toBe("person");
    expect(by({ last_edited_by: null })).toBe("unknown");
    // A personal token acts as its user: its own edits look like that person's.
    const personal = makeSource(
      { id: "source-1", title: [], properties },
      { botId: null, formulas: new Map() },
    );
    const { row } = rowOf({ more: { last_edited_by: { id: "person-1" } } }, personal);
    expect(row.editedBy).toBe("unknown");
  });

  test("G3 P25: who made a page is told only where it is known, and is no stranger where it is not", () => {
    const by = (more: Record<string, unknown>, of = source) => rowOf({ more }, of).row.isOurs;
    expect(by({ created_by: { id: "bot-1" } })).toBe(true);
    expect(by({ created_by: { id: "person-1" } })).toBe(false);
    expect(by({})).toBeUndefined();
    expect(by({ created_by: null })).toBeUndefined();
    // A personal token acts as its user: what it made cannot be told from what its user made.
    const personal = makeSource(
      { id: "source-1", title: [], properties },
      { botId: null, formulas: new Map() },
    );
    expect(by({ created_by: { id: "person-1" } }, personal)).toBeUndefined();
  });
});

describe("a long list", () => {
  const cells = {
    Blocks: { id: "rel", type: "relation", relation: [{ id: id(7) }], has_more: true },
  };
  const item = (at: number): unknown => ({
    object: "property_item",
    type: "relation",
    relation: { id: id(at) },
  });
  const read = async (pages: (at: number) => Answer): Promise<unknown> => {
    let asked = 0;
    const { reader } = scripted((call) => {
      if (!call.path.includes("/properties/")) return page(1, { cells });
      asked += 1;
      return pages(asked);
    });
    const reading = await readOne(reader, recordId(id(1)), wanted);
    return reading.state === "live" ? reading.row.cells.get(fieldId("rel")) : reading;
  };

  test("is read to its end, over as many pages as it has", async () => {
    const found = await read((at) => list([item(at)], at < 3 ? `next ${at}` : null));
    expect(found).toEqual({ kind: "links", ids: [id(1), id(2), id(3)] });
  });

  test("P25: one that cannot be read to its end stays unknown", async () => {
    const incomplete = { kind: "unknown", why: "incomplete" };
    expect(await read(() => list([item(1)], "same"))).toEqual(incomplete);
    expect(await read(() => refused({ kind: "missing" }))).toEqual(incomplete);
    expect(await read((at) => list([item(at)], `next ${at}`))).toEqual(incomplete);
    expect(await read(() => list([{ type: "people", people: {} }]))).toEqual({
      kind: "unknown",
      why: "undecodable",
    });
  });
});

test("a row goes to the trash and comes back by the same key", async () => {
  const { reader, calls } = scripted(() => page(1));
  const change = { id: recordId(id(1)), isTrashed: true };
  await trashRow(reader, change, wanted);
  await trashRow(reader, { ...change, isTrashed: false }, wanted);
  expect(calls.map(({ method, body }) => [method, body])).toEqual([
    ["patch", { in_trash: true }],
    ["patch", { in_trash: false }],
  ]);
});

describe("a lost answer that named its page", () => {
  const create = (answer: Answer): Promise<unknown> => {
    const { reader } = scripted(() => answer);
    const doubt = { kind: "doubt", message: "status 503", hint: id(1) } as const;
    const caller: Caller = { ...reader.caller, write: () => Promise.resolve(doubt) };
    return createRow({ ...reader, caller }, { ref: "a", cells: new Map(), marker: null }, wanted);
  };

  test("P12: is done when the page is there, and in doubt in every other case", async () => {
    expect(await create(page(1))).toMatchObject({
      kind: "done",
      wasCreated: true,
      isReadBack: true,
    });
    const lost = { kind: "unknown", hint: id(1) };
    expect(await create(page(1, { more: { in_trash: true } }))).toMatchObject(lost);
    expect(await create(refused({ kind: "missing" }))).toMatchObject(lost);
  });
});

test("an error that is none of the service's is not taken for an answer", async () => {
  const failing = scripted(() => {
    throw new SyncError({ code: "unauthorized", message: "no", remedy: "" });
  });
  await expect(readOne(failing.reader, recordId(id(1)), wanted)).rejects.toMatchObject({
    code: "unauthorized",
  });
});
