// From the config's word to one data source: what is asked, and what each dead end is told as.
import { describe, expect, test } from "vitest";
import { scriptNotionWire, type WireAnswer } from "../../../test/fixture/notion-wire.ts";
import { readBotId, readFormulaKinds, readSource, resolveSource } from "./resolve.ts";
import type { WireProperty } from "./wire.ts";

const id = "1f2e3d4c-5b6a-7988-0123-456789abcdef";
const link = `https://www.notion.so/acme/Specs-${id.replaceAll("-", "")}?v=1`;

function make(answers: readonly WireAnswer[]) {
  const wire = scriptNotionWire((_, at) => answers[Math.min(at, answers.length - 1)]!);
  const { caller } = wire.connect();
  return { caller, wire, paths: () => wire.requests.map(({ path }) => path) };
}
const refusal = (status: number, code: string, message = "No."): WireAnswer => ({
  status,
  body: { object: "error", status, code, message },
});
const database = (sources: readonly string[], more: Record<string, unknown> = {}): WireAnswer => ({
  body: {
    object: "database",
    id,
    data_sources: sources.map((one) => ({ id: one, name: `of ${one}` })),
    ...more,
  },
});

describe("a reference", () => {
  const resolve = async (answer: WireAnswer): Promise<string> =>
    resolveSource(make([answer]).caller, link);

  test("is looked up as a database, and means its one data source", async () => {
    const { caller, paths } = make([database(["s1"], { in_trash: false })]);
    expect(await resolveSource(caller, link)).toBe("s1");
    expect(paths()).toEqual([`databases/${id}`]);
  });

  test("that is no database's may be a data source's own: the next call tells", async () => {
    expect(await resolve(refusal(404, "object_not_found"))).toBe(id);
  });

  test.each<[string, WireAnswer, string, RegExp]>([
    ["a database in the trash", database(["s1"], { in_trash: true }), "not_shared", /trash/],
    ["a linked database", database([]), "not_shared", /no data source/],
    [
      "a database of two data sources",
      database(["s1", "s2"]),
      "config_invalid",
      /2 data sources: "of s1" s1, "of s2" s2\.$/,
    ],
    [
      "the id of a page",
      refusal(400, "validation_error", "is a page"),
      "config_invalid",
      /is a page/,
    ],
    ["something forbidden", refusal(403, "restricted_resource"), "forbidden", /the database: No\./],
    ["something archived", refusal(400, "", "Can't edit page in trash."), "rejected", /trash/],
  ])("%s is told as what it is", async (_name, answer, code, message) => {
    await expect(resolve(answer)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  test("without an id is not sent at all", async () => {
    const { caller, paths } = make([database(["s1"])]);
    await expect(resolveSource(caller, "Specs")).rejects.toMatchObject({ code: "config_invalid" });
    expect(paths()).toEqual([]);
  });
});

describe("the data source", () => {
  const source = (more: Record<string, unknown> = {}): WireAnswer => ({
    body: {
      object: "data_source",
      id: "s1",
      title: [{ plain_text: "Specs" }],
      parent: { type: "database_id", database_id: id },
      url: "https://www.notion.so/s1",
      properties: {
        Name: { id: "title", name: "Name", type: "title", title: {} },
        Cost: {
          id: "c%5B",
          name: "Cost",
          type: "number",
          number: { format: "euro" },
          description: "x",
        },
      },
      ...more,
    },
  });

  test("is read whole, with what each type of property has of its own", async () => {
    const { caller, paths } = make([source()]);
    expect(await readSource(caller, "s1")).toEqual({
      object: "data_source",
      id: "s1",
      title: [{ plain_text: "Specs" }],
      parent: { type: "database_id", database_id: id },
      url: "https://www.notion.so/s1",
      properties: [
        { id: "title", name: "Name", type: "title", description: null, config: {} },
        { id: "c%5B", name: "Cost", type: "number", description: "x", config: { format: "euro" } },
      ],
    });
    expect(paths()).toEqual(["data_sources/s1"]);
  });

  test.each<[string, WireAnswer, string]>([
    ["in the trash", source({ in_trash: true }), "not_shared"],
    ["out of reach", refusal(404, "object_not_found"), "not_shared"],
    ["forbidden", refusal(403, "restricted_resource"), "forbidden"],
    ["refused", refusal(400, "validation_error"), "rejected"],
    ["of another shape", { body: { object: "page", id: "s1" } }, "contract_broken"],
  ])("that is %s ends the run", async (_name, answer, code) => {
    await expect(readSource(make([answer]).caller, "s1")).rejects.toMatchObject({ code });
  });
});

describe("who edits by the token", () => {
  test("is the bot behind it; a personal token acts as its user", async () => {
    const { caller, paths } = make([{ body: { object: "user", id: "b1", type: "bot" } }]);
    expect(await readBotId(caller)).toBe("b1");
    expect(paths()).toEqual(["users/me"]);
    const person = make([{ body: { object: "user", id: "u1", type: "person" } }]);
    expect(await readBotId(person.caller)).toBeNull();
  });

  test("stays unknown when it cannot be read, but a void token ends the run", async () => {
    for (const answer of [refusal(403, "x"), { status: 500, body: {} }, new Error("down")]) {
      expect(await readBotId(make([answer]).caller)).toBeNull();
    }
    await expect(readBotId(make([refusal(401, "unauthorized")]).caller)).rejects.toMatchObject({
      code: "unauthorized",
    });
  });
});

describe("the kinds of formulas", () => {
  const property = (name: string, type: string): WireProperty => ({
    id: encodeURIComponent(name),
    name,
    type,
    config: {},
  });
  const schema = {
    id: "s1",
    title: [],
    properties: [property("a[", "formula"), property("b", "number"), property("c", "formula")],
  };
  const row = (cells: Record<string, unknown>): unknown => ({
    object: "page",
    id: "p",
    properties: Object.fromEntries(
      Object.entries(cells).map(([name, formula]) => [
        name,
        { id: encodeURIComponent(name), type: "formula", formula },
      ]),
    ),
  });
  const rows = (...results: unknown[]): WireAnswer => ({ body: { object: "list", results } });

  test("are learned from a few rows, asked for the formulas alone", async () => {
    const { caller, wire } = make([
      rows(
        { object: "data_source", id: "s2" },
        row({ "a[": { type: "unsupported" }, c: { type: "date", date: null } }),
        row({ "a[": { type: "number", number: 1 } }),
      ),
    ]);
    expect(await readFormulaKinds(caller, schema)).toEqual(
      new Map([
        ["a[", "number"],
        ["c", "date"],
      ]),
    );
    expect(wire.requests).toEqual([
      {
        method: "POST",
        path: "data_sources/s1/query?filter_properties=a%5B&filter_properties=c",
        body: { page_size: 5, result_type: "page" },
      },
    ]);
  });

  test("cost nothing where there are none, and stay unknown where the look is refused", async () => {
    const none = make([rows()]);
    const plain = { ...schema, properties: schema.properties.slice(1, 2) };
    expect(await readFormulaKinds(none.caller, plain)).toEqual(new Map());
    expect(none.paths()).toEqual([]);
    const closed = make([refusal(400, "validation_error")]);
    expect(await readFormulaKinds(closed.caller, schema)).toEqual(new Map());
  });
});
