// The connector from the port down to the wire: what is sent, word for word, and what comes of the
// answers, whole. How the service itself behaves is the business of the sandbox's tests.
import { describe, expect, test } from "vitest";
import {
  asked,
  capped,
  cost,
  described,
  id,
  list,
  page,
  plainQuery,
  property,
  refusal,
  scanAll,
  source,
  wanted,
} from "../../../test/fixture/notion-described.ts";
import { scriptNotionWire, type WireAnswer } from "../../../test/fixture/notion-wire.ts";
import { fieldId, recordId, type FieldId } from "../../core/ids.ts";
import { empty, number, text, type Value } from "../../core/value.ts";
import type { Row, RowReading } from "../../core/row.ts";
import type { Connector } from "../connector.ts";
import { makeNotionConnector } from "./connector.ts";

describe("a description", () => {
  test("names every field with what it takes, and the page's own beside them", async () => {
    const wire = scriptNotionWire(({ path }) => {
      if (path === "users/me") return { body: { object: "user", id: "bot-1", type: "bot" } };
      if (path === "data_sources/s1") return { body: source };
      const Twice = { id: "f", type: "formula", formula: { type: "number", number: 1 } };
      return list([page(1, { cells: { Twice } })]);
    });
    const known = { tableId: "s1", parentId: null };
    const connector = makeNotionConnector({ ...wire.options, database: "s1", known });
    const told = (await connector.describe()).fields.map(
      ({ id: field, name, type, kind, isWritable, isTitle }) =>
        `${field} ${name} ${type} ${kind.kind}${isWritable ? " writable" : ""}${isTitle ? " title" : ""}`,
    );
    expect(told).toEqual([
      "title Name title text writable title",
      "c[a Cost number number writable",
      "rel Blocks relation links writable",
      "who Who people people writable",
      "mark Mark rich_text text writable",
      "f Twice formula number",
      "@url @url page text",
      "@id @id page text",
      "@created @created page date",
      "@edited @edited page date",
      "@icon @icon page text",
    ]);
    expect(wire.requests.map(({ path }) => path)).toEqual([
      "data_sources/s1",
      "users/me",
      "data_sources/s1/query?filter_properties=f",
    ]);
    // Who is behind the token does not change within a run.
    await connector.describe();
    expect(wire.requests.map(({ path }) => path).slice(3)).toEqual([
      "data_sources/s1",
      "data_sources/s1/query?filter_properties=f",
    ]);
  });

  test("has beside the columns what every page has, which nobody writes", async () => {
    const { connector } = await described(({ path }) =>
      path === "data_sources/s1" ? { body: source } : list([]),
    );
    const { fields } = await connector.describe();
    const text = { kind: "text", format: "plain", isMultiline: false, lengthMax: 2_000 };
    const stamp = { kind: "date", time: "required", stepMs: 60_000, hasRange: false };
    const page = { type: "page", isWritable: false, isTitle: false };
    expect(fields.filter(({ type }) => type === "page")).toEqual([
      { ...page, id: "@url", name: "@url", kind: { ...text, format: "url" } },
      { ...page, id: "@id", name: "@id", kind: text },
      { ...page, id: "@created", name: "@created", kind: stamp },
      { ...page, id: "@edited", name: "@edited", kind: stamp },
      { ...page, id: "@icon", name: "@icon", kind: text },
    ]);
  });

  test("has the table's ids and name, also where it has none", async () => {
    const open = async (body: unknown): Promise<unknown> => {
      const wire = scriptNotionWire(({ path }) =>
        path === "data_sources/s1" ? { body } : refusal(403, "restricted_resource"),
      );
      const known = { tableId: "s1", parentId: null };
      const { fields: _, ...table } = await makeNotionConnector({
        ...wire.options,
        database: "s1",
        known,
      }).describe();
      return table;
    };
    expect(await open(source)).toEqual({ tableId: "s1", parentId: "d1", name: "Specs" });
    // A stray percent sign in an id stops nothing.
    const odd = { "100%": property("100%", "100%", "number") };
    expect(await open({ ...source, properties: odd })).toMatchObject({ name: "Specs" });
    const bare = { ...source, title: [], parent: null, properties: {} };
    expect(await open(bare)).toEqual({ tableId: "s1", parentId: null, name: "Untitled" });
  });

  test("comes before everything else", async () => {
    const wire = scriptNotionWire(() => list([]));
    const connector = makeNotionConnector({ ...wire.options, database: "s1", known: null });
    await expect(connector.read([recordId(id(1))], wanted, null)).rejects.toThrow("describe()");
    expect(wire.requests).toEqual([]);
    expect(connector.capabilities).toEqual({
      stampStepMs: 60_000,
      writeBatchMax: 1,
      hasTrash: true,
      hidesPrevious: true,
    });
    expect(await connector.editedAfter([])).toBeNull();
  });
});

describe("rows by id", () => {
  const ids = [1, 2, 3, 4, 5, 6].map((at) => recordId(id(at)));

  test("are read four at a time, each with the wanted properties alone", async () => {
    let open = 0;
    let most = 0;
    const wire = scriptNotionWire(({ path }) => {
      if (path === "users/me") return { body: { object: "user", id: "bot-1", type: "bot" } };
      return path.startsWith("pages/")
        ? { body: page(Number(path.slice(42, 44)) || 1) }
        : path === "data_sources/s1"
          ? { body: source }
          : list([]);
    });
    const counting: typeof globalThis.fetch = async (...given) => {
      open += 1;
      most = Math.max(most, open);
      await Promise.resolve();
      const answer = await wire.fetch(...given);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return answer;
    };
    const known = { tableId: "s1", parentId: null };
    const connector = makeNotionConnector({
      ...wire.options,
      fetch: counting,
      database: "s1",
      known,
    });
    await connector.describe();
    const found = await connector.read(ids, wanted, null);
    expect([...found.keys()].toSorted()).toEqual(ids);
    expect(most).toBe(4);
    expect(wire.requests.at(-1)).toEqual({
      method: "GET",
      path: expect.stringMatching(new RegExp(`^pages/[0-9-]{36}\\?${asked}$`)) as string,
      body: null,
    });
  });

  test("say where a row is, with the row, or why nobody can say", async () => {
    const elsewhere = { type: "data_source_id", data_source_id: "s2" };
    const answers: Readonly<Record<string, WireAnswer>> = {
      [id(1)]: { body: page(1) },
      [id(2)]: {
        body: page(2, { more: { in_trash: true, is_archived: true, parent: elsewhere } }),
      },
      [id(3)]: { body: page(3, { more: { is_archived: true } }) },
      [id(4)]: { body: page(4, { more: { parent: elsewhere, is_archived: true } }) },
      [id(5)]: refusal(404, "object_not_found", "Could not find page"),
      [id(6)]: refusal(403, "restricted_resource", "Insufficient permissions"),
    };
    const bench = await described(({ path }) => answers[path.slice(6, 42)]!);
    const odd = recordId("../users");
    const found = await bench.connector.read([...ids, odd], wanted, null);
    const told = [...found].map(([row, reading]) => {
      const title = "row" in reading ? (reading.row?.title ?? null) : null;
      return [row.slice(-2), reading.state, "why" in reading ? reading.why : null, title];
    });
    expect(told.toSorted((one, two) => String(one[0]).localeCompare(String(two[0])))).toEqual([
      ["01", "live", null, "Page 1"],
      ["02", "trashed", null, "Page 2"],
      ["03", "left", "archived", "Page 3"],
      ["04", "left", "moved", "Page 4"],
      ["05", "unknown", "not found or no longer shared", null],
      ["06", "unknown", "Insufficient permissions", null],
      ["rs", "unknown", '"../users" is no id of a Notion page', null],
    ]);
    expect(bench.requests()).toHaveLength(6);
  });
});

test("P6: a row says between which instants it was read, however it was asked for", async () => {
  const one = recordId(id(1));
  const windowOf = async (
    answer: WireAnswer,
    ask: (connector: Connector) => Promise<Iterable<Row | null | undefined>>,
  ): Promise<unknown> => {
    const { connector } = await described([answer]);
    const startMs = connector.nowMs();
    const [row] = await ask(connector);
    return {
      startMs: (row?.window.startMs ?? 0) - startMs,
      endMs: (row?.window.endMs ?? 0) - startMs,
    };
  };
  const reading = (found: RowReading | undefined): readonly (Row | null | undefined)[] => [
    found !== undefined && "row" in found ? found.row : null,
  ];
  const call = { startMs: 0, endMs: 10 };
  const whole = { body: page(1, { mark: "a" }) };
  const listed = list([page(1, { mark: "a" })]);
  const read = windowOf(whole, async (connector) =>
    reading((await connector.read([one], wanted, null)).get(one)),
  );
  const rechecked = windowOf(listed, async (connector) => {
    const ids = [1, 2, 3].map((at) => recordId(id(at)));
    return reading((await connector.recheck(ids, wanted, 0)).get(one));
  });
  const marked = windowOf(listed, async (connector) => connector.findByMarker(["a"], wanted));
  const removed = windowOf(whole, async (connector) =>
    (await connector.remove([one], wanted)).map((outcome) =>
      outcome.kind === "done" ? outcome.row : null,
    ),
  );
  expect(await Promise.all([read, rechecked, marked, removed])).toEqual([call, call, call, call]);
});

describe("rows by marker", () => {
  test("are asked for by the marker's own property, the archive after the living", async () => {
    const bench = await described([list([page(1, { mark: "a" }), page(2, { mark: "A" })])]);
    const rows = await bench.connector.findByMarker(["a", "b"], wanted);
    expect(rows.map((row) => [row.id, row.marker])).toEqual([[id(1), "a"]]);
    const path = `data_sources/s1/query?${asked}`;
    const is = (marker: string): unknown => ({ property: "mark", rich_text: { equals: marker } });
    expect(bench.requests()).toEqual([
      { method: "POST", path, body: { ...plainQuery, filter: { or: [is("a"), is("b")] } } },
      {
        method: "POST",
        path,
        body: { ...plainQuery, filter: { or: [is("b")] }, is_archived: true },
      },
    ]);
  });

  test.each(["title", "rich_text", "url", "email", "phone_number"])(
    "may stand in a property of type %s",
    async (type) => {
      const properties = { Key: property("k", "Key", type) };
      const wire = scriptNotionWire(({ path }) =>
        path === "data_sources/s1" ? { body: { ...source, properties } } : list([]),
      );
      const known = { tableId: "s1", parentId: null };
      const connector = makeNotionConnector({ ...wire.options, database: "s1", known });
      await connector.describe();
      await connector.findByMarker(["a"], { fields: [], marker: fieldId("k"), filter: null });
      expect(wire.requests.at(-1)?.body).toMatchObject({
        filter: { or: [{ property: "k", [type]: { equals: "a" } }] },
      });
    },
  );

  test("in a property that no filter can look into are a mistake in the config", async () => {
    const bench = await described([list([])]);
    await expect(
      bench.connector.findByMarker(["a"], { ...wanted, marker: cost }),
    ).rejects.toMatchObject({ code: "config_invalid" });
    expect(await bench.connector.findByMarker([], wanted)).toEqual([]);
    const gone = { ...wanted, marker: fieldId("gone") };
    expect(await bench.connector.findByMarker(["a"], gone)).toEqual([]);
    expect(bench.requests()).toEqual([]);
  });

  test.each<[string, readonly WireAnswer[], string, string]>([
    ["capped", [list([], null, capped)], "unavailable", "more rows carry these markers"],
    [
      "lost",
      [list([], "c"), refusal(400, "validation_error")],
      "unavailable",
      "Notion lost its place",
    ],
    ["cut off", [list([], null, { has_more: true })], "unavailable", "named no next page"],
    ["refused", [refusal(404, "object_not_found")], "not_shared", "Specs"],
  ])("are not known where the look is %s", async (_name, answers, code, word) => {
    const { connector } = await described(answers);
    await expect(connector.findByMarker(["a"], wanted)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(word) as string,
    });
  });
});

describe("a write", () => {
  const row = recordId(id(1));

  test("sends only the cells that change, under the ids of their properties", async () => {
    const bench = await described([{ body: page(1) }]);
    const startMs = bench.connector.nowMs();
    const [outcome] = await bench.connector.update(
      [{ id: row, cells: new Map([[cost, number(5)]]) }],
      wanted,
    );
    expect(outcome).toMatchObject({
      kind: "done",
      wasCreated: false,
      row: { id: id(1), window: { startMs, endMs: startMs + 10 } },
    });
    expect(bench.requests()).toEqual([
      {
        method: "PATCH",
        path: `pages/${id(1)}?${asked}`,
        body: { properties: { "c%5Ba": { number: 5 } } },
      },
    ]);
  });

  test("of a new row goes to the data source in one call, with its marker", async () => {
    const bench = await described([{ body: page(1, { mark: "recA1 " }) }]);
    const cells = new Map<FieldId, Value>([
      [fieldId("title"), text("x")],
      [cost, empty],
      // A marker is ours: nothing else goes into its column.
      [fieldId("mark"), text("by hand")],
    ]);
    const outcomes = await bench.connector.create([{ ref: "1", cells, marker: "recA1 " }], wanted);
    expect(outcomes).toMatchObject([{ kind: "done", wasCreated: true, row: { marker: "recA1 " } }]);
    expect(outcomes[0]).not.toHaveProperty("isReadBack");
    expect(bench.requests()).toEqual([
      {
        method: "POST",
        path: `pages?${asked}`,
        body: {
          parent: { type: "data_source_id", data_source_id: "s1" },
          properties: {
            title: { title: [{ type: "text", text: { content: "x" } }] },
            "c%5Ba": { number: null },
            mark: { rich_text: [{ type: "text", text: { content: "recA1 " } }] },
          },
        },
      },
    ]);
    // Without a marker, or without a place for it, there is none.
    await bench.connector.create([{ ref: "1", cells: new Map(), marker: null }], wanted);
    const nowhere = { ...wanted, marker: null };
    await bench.connector.create([{ ref: "1", cells: new Map(), marker: "recA1 " }], nowhere);
    const parent = { type: "data_source_id", data_source_id: "s1" };
    for (const { body } of bench.requests().slice(1)) {
      expect(body).toEqual({ parent, properties: {} });
    }
  });

  test("names people that a listing showed, without asking for the workspace's", async () => {
    const ana = { object: "user", id: id(50), person: { email: "Ana@a.example" } };
    const Who = { id: "who", type: "people", people: [ana] };
    const bench = await described([list([page(1, { cells: { Who } })]), { body: page(1) }]);
    const who = fieldId("who");
    await scanAll(bench.connector, { ...wanted, fields: [who] });
    const cell: Value = {
      kind: "people",
      people: [{ id: "usr1", email: "ana@a.example", name: null }],
    };
    await bench.connector.update([{ id: row, cells: new Map([[who, cell]]) }], wanted);
    expect(bench.requests().slice(1)).toMatchObject([
      { method: "PATCH", body: { properties: { who: { people: [{ id: id(50) }] } } } },
    ]);
  });

  test("to the trash and back again says which", async () => {
    const bench = await described([{ body: page(1) }]);
    await bench.connector.remove([row], wanted);
    await bench.connector.restore([row], wanted);
    expect(bench.requests()).toEqual([
      { method: "PATCH", path: `pages/${id(1)}?${asked}`, body: { in_trash: true } },
      { method: "PATCH", path: `pages/${id(1)}?${asked}`, body: { in_trash: false } },
    ]);
  });

  test("that cannot be is not sent: what is computed, what is gone, what does not fit", async () => {
    const bench = await described([{ body: page(1) }]);
    const put = async (field: string, value: Value): Promise<unknown> => {
      const cells = new Map([[fieldId(field), value]]);
      return (await bench.connector.update([{ id: row, cells }], wanted))[0];
    };
    const failed = { kind: "failed", why: "invalid" };
    expect(await put("f", number(1))).toEqual({
      ...failed,
      message: '"Twice" cannot be written',
      field: "f",
    });
    expect(await put("gone", number(1))).toEqual({
      ...failed,
      message: '"gone" cannot be written',
      field: "gone",
    });
    expect(await put("c[a", text("x"))).toEqual({
      ...failed,
      message: "Cost: a value of kind text cannot stand in a property of numbers",
      field: "c[a",
    });
    const [missing] = await bench.connector.remove([recordId("../users")], wanted);
    expect(missing).toMatchObject({ kind: "failed", why: "missing" });
    expect(bench.requests()).toEqual([]);
  });

  const trashedText = "Can't edit page on block with an archived ancestor.";
  test.each<[string, WireAnswer, unknown]>([
    [
      "bad content, blamed on its property",
      refusal(400, "validation_error", "Cost is expected to be number."),
      { why: "invalid", message: "Cost is expected to be number.", field: "c[a" },
    ],
    ["the trash", refusal(400, "validation_error", trashedText), { why: "trashed", field: null }],
    ["a missing row", refusal(404, "object_not_found"), { why: "missing", field: null }],
  ])("refused for %s fails the row alone, without a further look", async (_name, answer, told) => {
    const bench = await described([answer]);
    const [outcome] = await bench.connector.update(
      [{ id: row, cells: new Map([[cost, number(1)]]) }],
      wanted,
    );
    expect(outcome).toMatchObject({ kind: "failed", ...(told as object) });
    expect(bench.requests()).toHaveLength(1);
  });

  test("refused as forbidden, or a create as missing, asks first whether the table is there", async () => {
    const there: WireAnswer = { body: source };
    const away = refusal(404, "object_not_found");
    const edit = [{ id: row, cells: new Map([[cost, number(1)]]) }];
    const create = [{ ref: "1", cells: new Map([[cost, number(1)]]), marker: null }];
    const no = refusal(403, "restricted_resource", "No.");
    const still = await described([no, there]);
    expect(await still.connector.update(edit, wanted)).toEqual([
      { kind: "failed", why: "forbidden", message: "No.", field: null },
    ]);
    expect(still.requests().map(({ path }) => path)[1]).toBe("data_sources/s1");
    const lost = await described([no, away]);
    await expect(lost.connector.update(edit, wanted)).rejects.toMatchObject({ code: "not_shared" });
    const parent = await described([away, there]);
    expect(await parent.connector.create(create, wanted)).toMatchObject([
      { kind: "failed", why: "missing" },
    ]);
    const none = await described([away, away]);
    await expect(none.connector.create(create, wanted)).rejects.toMatchObject({
      code: "not_shared",
    });
  });

  test("P12: whose answer was lost is in doubt, unless it named a page that is there", async () => {
    const create = [{ ref: "1", cells: new Map([[cost, number(1)]]), marker: "rec1" }];
    const saved = { status: 503, body: { additional_data: { committed_resource_id: id(1) } } };
    const lost = await described([{ status: 503, body: {} }]);
    expect(await lost.connector.create(create, wanted)).toEqual([
      { kind: "unknown", message: "Notion gave no usable answer (status 503).", hint: null },
    ]);
    expect(lost.requests()).toHaveLength(1);
    const found = await described([saved, { body: page(1, { mark: "rec1" }) }]);
    expect(await found.connector.create(create, wanted)).toMatchObject([
      { kind: "done", wasCreated: true, isReadBack: true, row: { id: id(1), marker: "rec1" } },
    ]);
    expect(found.requests().map(({ path }) => path)[1]).toBe(`pages/${id(1)}?${asked}`);
    for (const answer of [
      { body: page(1, { more: { is_archived: true } }) },
      refusal(404, "object_not_found"),
      { status: 500, body: {} },
    ]) {
      const gone = await described([saved, answer]);
      expect(await gone.connector.create(create, wanted)).toMatchObject([
        { kind: "unknown", hint: id(1) },
      ]);
    }
  });

  test("waits for the one before it: what is sent together cannot be told apart when it is lost", async () => {
    const bench = await described([{ body: page(1) }]);
    const cells = new Map([[cost, number(1)]]);
    const writes = [1, 2].map((at) => ({ id: recordId(id(at)), cells }));
    const creates = ["1", "2"].map((ref) => ({ ref, cells, marker: null }));
    const ids = writes.map((write) => write.id);
    for (const outcomes of [
      await bench.connector.update(writes, wanted),
      await bench.connector.create(creates, wanted),
      await bench.connector.remove(ids, wanted),
      await bench.connector.restore(ids, wanted),
    ]) {
      const [first, second] = outcomes.map((outcome) =>
        outcome.kind === "done" ? outcome.row.window : { startMs: 0, endMs: 0 },
      );
      expect(second?.startMs).toBe(first?.endMs);
    }
  });

  test("in one call after the other comes back in order, and a busy service puts off its own", async () => {
    const pause = { status: 429, headers: { "retry-after": "400" }, body: {} };
    const bench = await described([{ body: page(1) }, pause]);
    const cells = new Map([[cost, number(1)]]);
    const outcomes = await bench.connector.update(
      [1, 2].map((at) => ({ id: recordId(id(at)), cells })),
      wanted,
    );
    expect(outcomes).toMatchObject([
      { kind: "done" },
      { kind: "not-applied", message: "Notion is busy (status 429)." },
    ]);
    expect(bench.connector.requests()).toEqual({ read: 2 + 1, write: 2 });
  });
});
