// Listings of the whole table, word for word: that no row is passed over or comes twice, and that one
// which did not come to its end says so.
import { describe, expect, test } from "vitest";
import {
  asked,
  capped,
  cost,
  costs,
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
import { empty, instant, number, people, text, unknown, type Value } from "../../core/value.ts";
import type { Wanted } from "../connector.ts";
import { makeNotionConnector } from "./connector.ts";

describe("a listing", () => {
  test("asks for a hundred rows at a time, oldest first, and goes on from each cursor once", async () => {
    const bench = await described([
      list([page(1), page(2)], "c1"),
      list([], "c2"),
      list([page(3)]),
    ]);
    const { rows, end } = await scanAll(bench.connector);
    expect(costs(rows)).toEqual([number(1), number(2), number(3)]);
    expect(end).toMatchObject({ isComplete: true, reason: null });
    const path = `data_sources/s1/query?${asked}`;
    expect(bench.requests()).toEqual([
      { method: "POST", path, body: plainQuery },
      { method: "POST", path, body: { ...plainQuery, start_cursor: "c1" } },
      { method: "POST", path, body: { ...plainQuery, start_cursor: "c2" } },
    ]);
  });

  test("gives rows whole: stamps, hands, marker, address, and when they were read", async () => {
    const bench = await described([list([page(7, { mark: "rec7" })])]);
    const startMs = bench.connector.nowMs();
    const fields = ["c[a", "@url", "@id", "@created", "@edited", "@icon", "gone"].map(fieldId);
    const { rows, end } = await scanAll(bench.connector, { ...wanted, fields });
    const endMs = bench.connector.nowMs();
    expect(endMs).toBe(startMs + 10);
    expect(rows).toEqual([
      {
        id: id(7),
        title: "Page 7",
        url: "https://www.notion.so/7",
        createdAtMs: Date.parse("2026-03-01T12:00:00Z"),
        stampMs: Date.parse("2026-03-02T08:15:00Z"),
        editedBy: "person",
        isOurs: true,
        marker: "rec7",
        cells: new Map<FieldId, Value>([
          [cost, number(7)],
          [fieldId("@url"), text("https://www.notion.so/7")],
          [fieldId("@id"), text(id(7))],
          [fieldId("@created"), instant(Date.parse("2026-03-01T12:00:00Z"))],
          [fieldId("@edited"), instant(Date.parse("2026-03-02T08:15:00Z"))],
          [fieldId("@icon"), text("🐞")],
        ]),
        window: { startMs, endMs },
      },
    ]);
    expect(end.window).toEqual({ startMs, endMs });
  });

  test("reads what a page leaves out as nothing or as unknown, never as something", async () => {
    const bare = { object: "page", id: id(1), properties: {} };
    const odd = page(2, { more: { icon: { type: "file" }, created_time: "soon", url: null } });
    const external = { type: "external", external: { url: "https://x.test/i.png" } };
    const { connector } = await described([
      list([bare, odd, page(3, { more: { icon: external } })]),
    ]);
    const fields = ["c[a", "@url", "@created", "@icon"].map(fieldId);
    const { rows } = await scanAll(connector, { ...wanted, fields });
    expect(rows.map((row) => ({ ...row, window: null }))).toEqual([
      {
        id: id(1),
        title: "",
        url: null,
        createdAtMs: null,
        stampMs: null,
        editedBy: "unknown",
        marker: null,
        window: null,
        cells: new Map([
          [fieldId("@url"), empty],
          [fieldId("@created"), unknown("undecodable")],
          [fieldId("@icon"), empty],
        ]),
      },
      expect.objectContaining({
        createdAtMs: null,
        marker: null,
        cells: new Map<FieldId, Value>([
          [cost, number(2)],
          [fieldId("@url"), empty],
          [fieldId("@created"), unknown("undecodable")],
          [fieldId("@icon"), unknown("unsupported")],
        ]),
      }),
      expect.objectContaining({ title: "Page 3" }),
    ]);
    expect(rows[2]?.cells.get(fieldId("@icon"))).toEqual(text("https://x.test/i.png"));
  });

  test("beyond what a query reaches goes on from the last minute, which is listed again", async () => {
    const at = (minute: number): string => `2026-03-01T12:0${minute}:00.000Z`;
    const filter = { property: "Cost", number: { equals: 1 } };
    const bench = await described([
      list([page(1, { created: at(1) }), page(2, { created: at(2) })], null, capped),
      // Row 3 was made in the same minute as row 2.
      list([page(2, { created: at(2) }), page(3, { created: at(2) })], "c"),
      list([page(4, { created: at(3) })], null, capped),
      list([page(4, { created: at(3) })]),
    ]);
    const { rows, end } = await scanAll(bench.connector, { ...wanted, filter });
    expect(costs(rows)).toEqual([1, 2, 3, 4].map(number));
    expect(end.isComplete).toBe(true);
    const since = (minute: number): unknown => ({
      and: [filter, { timestamp: "created_time", created_time: { on_or_after: at(minute) } }],
    });
    expect(bench.requests().map(({ body }) => body)).toEqual([
      { ...plainQuery, filter },
      { ...plainQuery, filter: since(2) },
      { ...plainQuery, filter: since(2), start_cursor: "c" },
      { ...plainQuery, filter: since(3) },
    ]);
  });

  test("that loses its place begins anew once, where it was, and then is incomplete", async () => {
    const lost = refusal(400, "validation_error", "start_cursor");
    const again = await described([
      list([page(1)], "c"),
      lost,
      list([page(1), page(2)], "d"),
      list([page(3)]),
    ]);
    const found = await scanAll(again.connector);
    expect(costs(found.rows)).toEqual([1, 2, 3].map(number));
    expect(found.end.isComplete).toBe(true);
    const twice = await described([list([page(1)], "c"), lost, list([page(1)], "c"), lost]);
    expect((await scanAll(twice.connector)).end).toMatchObject({
      isComplete: false,
      reason: "Notion lost its place in the listing again",
    });
    expect(twice.requests()).toHaveLength(4);
  });

  test.each<[string, readonly WireAnswer[], string]>([
    ["names no next page", [list([page(1)], null, { has_more: true })], "named no next page"],
    ["goes in a circle", [list([page(1)], "c")], "the same page cursor twice"],
    ["is over in one minute", [list([page(1)], null, capped)], "within one minute"],
  ])("that %s is incomplete, and says so", async (_name, answers, reason) => {
    const { end } = await scanAll((await described(answers)).connector);
    expect(end.isComplete).toBe(false);
    expect(end.reason).toContain(reason);
  });

  test("whose filter is too deep to be split is incomplete, not refused", async () => {
    const bench = await described([
      list([page(1)], null, capped),
      refusal(400, "validation_error", "too deep"),
    ]);
    const filter = { and: [{ or: [] }] };
    expect((await scanAll(bench.connector, { ...wanted, filter })).end).toMatchObject({
      isComplete: false,
      reason: "more rows than Notion lists at once, and a filter nested too deep to split",
    });
  });

  test("with an empty filter filters nothing; with one that is no object it is not begun", async () => {
    const bench = await described([list([])]);
    await scanAll(bench.connector, { ...wanted, filter: {} });
    expect(bench.requests().map(({ body }) => body)).toEqual([plainQuery]);
    await expect(scanAll(bench.connector, { ...wanted, filter: "Done" })).rejects.toMatchObject({
      code: "config_invalid",
    });
    expect(bench.requests()).toHaveLength(1);
  });

  const { Mark: _, ...withoutMark } = source.properties;
  const filtered = { ...wanted, filter: { property: "Cost" } };
  const invalid = refusal(400, "validation_error", "Could not.");
  test.each<[string, Wanted, readonly WireAnswer[], string, string]>([
    [
      "the marker went away",
      wanted,
      [invalid, { body: { ...source, properties: withoutMark } }],
      "schema_changed",
      '"Mark"',
    ],
    ["the filter is wrong", filtered, [invalid, { body: source }], "config_invalid", "Could not."],
    ["nobody knows why", wanted, [invalid, { body: source }], "rejected", "Could not."],
    [
      "the table went away",
      wanted,
      [invalid, refusal(404, "object_not_found")],
      "not_shared",
      "Specs",
    ],
    [
      "the table is out of reach",
      wanted,
      [refusal(404, "object_not_found")],
      "not_shared",
      "Specs",
    ],
    ["it is not permitted", wanted, [refusal(403, "restricted_resource")], "forbidden", "Specs"],
  ])(
    "that is refused because %s ends the run with that",
    async (_name, what, answers, code, word) => {
      const bench = await described(answers);
      await expect(scanAll(bench.connector, what)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(word) as string,
      });
      expect(bench.requests()).toHaveLength(answers.length);
    },
  );

  test("of more properties than can be asked for by id asks for them all", async () => {
    const many = Array.from({ length: 101 }, (__, at) => `p${at}`);
    const properties = Object.fromEntries(
      many.map((name) => [name, property(name, name, "number")]),
    );
    const wire = scriptNotionWire(({ path }) =>
      path === "data_sources/s1" ? { body: { ...source, properties } } : list([]),
    );
    const known = { tableId: "s1", parentId: null };
    const connector = makeNotionConnector({ ...wire.options, database: "s1", known });
    await connector.describe();
    for (const count of [100, 101]) {
      const fields = many.slice(0, count).map(fieldId);
      await scanAll(connector, { fields, marker: null, filter: null });
    }
    const counts = wire.requests
      .filter(({ path }) => path.includes("/query"))
      .map(({ path }) => path.split("filter_properties").length - 1);
    expect(counts).toEqual([100, 0]);
  });
});

describe("long lists", () => {
  const Blocks = { id: "rel", type: "relation", relation: [{ id: id(2) }], has_more: true };
  const item = (at: number): unknown => ({
    object: "property_item",
    type: "relation",
    relation: { id: id(at) },
  });
  const rel = fieldId("rel");

  test("are read from the property itself, a hundred items a page", async () => {
    const bench = await described([
      list([page(1, { cells: { Blocks } })]),
      list([item(2), item(3)], "n"),
      list([item(4)]),
    ]);
    const { rows } = await scanAll(bench.connector, { ...wanted, fields: [rel] });
    expect(rows[0]?.cells.get(rel)).toEqual({ kind: "links", ids: [id(2), id(3), id(4)] });
    expect(bench.requests().slice(1)).toEqual([
      { method: "GET", path: `pages/${id(1)}/properties/rel?page_size=100`, body: null },
      {
        method: "GET",
        path: `pages/${id(1)}/properties/rel?page_size=100&start_cursor=n`,
        body: null,
      },
    ]);
  });

  test("of a row just written leave the write done, whatever comes of reading them", async () => {
    const answer: WireAnswer = { body: page(1, { cells: { Blocks } }) };
    const bench = await described([answer, { status: 500, body: {} }]);
    const fields = { ...wanted, fields: [rel] };
    const cells = new Map([[cost, number(1)]]);
    const [outcome] = await bench.connector.update([{ id: recordId(id(1)), cells }], fields);
    expect(outcome).toMatchObject({ kind: "done", wasCreated: false });
    expect(outcome?.kind === "done" && outcome.row.cells.get(rel)).toEqual(unknown("incomplete"));
  });

  test("name people who can then be written by their address", async () => {
    const users = Array.from({ length: 25 }, (__, at) => ({ object: "user", id: id(at + 100) }));
    const Who = { id: "who", type: "people", people: users };
    const last = { object: "user", id: id(999), person: { email: "zoe@z.example" } };
    const bench = await described([
      list([page(1, { cells: { Who } })]),
      list([{ object: "property_item", type: "people", people: last }]),
      { body: page(1) },
    ]);
    const who = fieldId("who");
    const { rows } = await scanAll(bench.connector, { ...wanted, fields: [who] });
    expect(rows[0]?.cells.get(who)).toMatchObject({ people: [{ email: "zoe@z.example" }] });
    const zoe = people([{ id: "usr1", email: "zoe@z.example", name: null }]);
    await bench.connector.update([{ id: recordId(id(1)), cells: new Map([[who, zoe]]) }], wanted);
    expect(bench.requests().at(-1)).toMatchObject({
      method: "PATCH",
      body: { properties: { who: { people: [{ id: id(999) }] } } },
    });
  });
});
