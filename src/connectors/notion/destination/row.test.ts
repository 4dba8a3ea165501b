// Rows of a one-way sync, word for word: what is sent for each, in which order, and what is said of the
// answers.
import { describe, expect, test } from "vitest";
import { id, refusal } from "../../../../test/fixture/notion-described.ts";
import {
  binding,
  bodyOf,
  column,
  declaration,
  invalid,
  list,
  lost,
  missing,
  openDestination,
  page,
  pause,
  preparedDestination,
  properties,
  source,
  sourceId,
} from "../../../../test/fixture/notion-destination.ts";
import type { WireAnswer } from "../../../../test/fixture/notion-wire.ts";
import { recordId } from "../../../core/ids.ts";
import type { DatabaseDeclaration } from "../../../core/oneway/declaration.ts";
import type { RowCreate, WriteCell } from "../../destination.ts";

describe("rows", () => {
  const text = (content: string): WriteCell => ({
    kind: "text",
    runs: [{ text: content, url: null }],
  });
  const bare = { icon: null, coverUrl: null, body: null };
  const row = (cells: Readonly<Record<string, WriteCell>>, more: object = {}): RowCreate => ({
    ...bare,
    key: "a",
    cells: new Map(Object.entries(cells)),
    ...more,
  });
  const number = (value: number): WriteCell => ({ kind: "number", number: value });
  const run = (content: string): unknown => ({ type: "text", text: { content } });
  const parent = { type: "data_source_id", data_source_id: sourceId };
  const only = "filter_properties=title";
  const done = { kind: "done", id: id(1), notes: [] };

  test("are made in one call, with looks and body, and without what is blank", async () => {
    const bench = await preparedDestination([page(1, "a")]);
    const cells = { ID: text("a"), Cost: { kind: "blank" } as const, Gone: text("x") };
    const icon = { kind: "emoji", emoji: "🐞" } as const;
    const coverUrl = "https://x.test/c.png";
    const created = await bench.destination.create([row(cells, { icon, coverUrl, body: "# One" })]);
    expect(created).toEqual([done]);
    expect(bench.requests()).toEqual([
      {
        method: "POST",
        path: `pages?${only}`,
        body: {
          parent,
          markdown: "# One",
          icon: { type: "emoji", emoji: "🐞" },
          cover: { type: "external", external: { url: coverUrl } },
          // Else the body's heading would become the title.
          properties: { title: { title: [] }, "i%5D": { rich_text: [run("a")] } },
        },
      },
    ]);
  });

  test("have no body where there is none, and their own title where there is one", async () => {
    const bench = await preparedDestination([page(1, "a")]);
    await bench.destination.create([row({ ID: text("a") }, { body: "" }), row({})]);
    await bench.destination.create([row({ Name: text("n") }, { body: "words" })]);
    expect(bench.requests().map(({ body }) => body)).toEqual([
      { parent, properties: { "i%5D": { rich_text: [run("a")] } } },
      { parent },
      { parent, markdown: "words", properties: { title: { title: [run("n")] } } },
    ]);
  });

  test("are changed in the parts that are given, the body last and in a call of its own", async () => {
    const body: WireAnswer = { body: { object: "page_markdown" } };
    const bench = await preparedDestination([page(1, "a"), page(1, "a"), body]);
    const change = { ...row({ Cost: { kind: "blank" } }), id: recordId(id(1)) };
    expect(await bench.destination.update([{ ...change, isRevival: true, body: "words" }])).toEqual(
      [done],
    );
    const path = `pages/${id(1)}`;
    expect(bench.requests()).toEqual([
      { method: "PATCH", path: `${path}?${only}`, body: { in_trash: false } },
      {
        method: "PATCH",
        path: `${path}?${only}`,
        body: { properties: { cost: { number: null } } },
      },
      {
        method: "PATCH",
        path: `${path}/markdown`,
        body: { type: "replace_content", replace_content: { new_str: "words" } },
      },
    ]);
    const none = { ...row({}), id: recordId(id(1)), isRevival: false };
    expect(await bench.destination.update([none])).toEqual([done]);
    expect(bench.requests()).toHaveLength(3);
    // One that only comes back from the trash does come back.
    const back = await preparedDestination([page(1, "a")]);
    expect(await back.destination.update([{ ...none, isRevival: true }])).toEqual([done]);
    expect(back.requests().map((request) => request.body)).toEqual([{ in_trash: false }]);
  });

  test("say once what was lost of them: of the cells before they are sent, after it, and of the body", async () => {
    const bench = await preparedDestination([
      invalid("body.properties.Name.title should be shorter."),
      page(1, "a"),
      invalid("Pages hang below."),
    ]);
    const change = {
      ...row({ Cost: text("many"), Name: text("n"), ID: text("a") }, { coverUrl: "nowhere" }),
      id: recordId(id(1)),
      isRevival: false,
      body: "words",
    };
    expect(await bench.destination.update([change])).toEqual([
      {
        ...done,
        notes: [
          "Cost: a text does not fit a property of type number; left as it was.",
          "The cover has no usable address and was left out.",
          "Name: Notion refused it and it was left out. body.properties.Name.title should be shorter.",
          "The body was left as it is: Pages hang below.",
        ],
      },
    ]);
  });

  test("go to the trash; one that lies there already is where it should be", async () => {
    const inTrash = invalid("Can't edit block that is archived.");
    const bench = await preparedDestination([page(1, "a"), inTrash, invalid("Can't."), missing]);
    const remove = async (): Promise<unknown> =>
      (await bench.destination.remove([recordId(id(1))]))[0];
    expect(await remove()).toEqual(done);
    expect(await remove()).toEqual(done);
    expect(await remove()).toMatchObject({ kind: "failed", why: "invalid" });
    for (const { body } of bench.requests()) expect(body).toEqual({ in_trash: true });
    const odd = recordId("../users");
    expect(await bench.destination.remove([odd])).toMatchObject([{ why: "missing" }]);
    expect(
      await bench.destination.update([{ ...row({}), id: odd, isRevival: false }]),
    ).toMatchObject([{ why: "missing" }]);
    expect(bench.requests()).toHaveLength(3);
  });

  test("are sent again without what is refused, up to five times, and never without the key", async () => {
    const named = invalid("body.properties.Cost.number should be a number.");
    const bench = await preparedDestination([named, page(1, "a")]);
    expect(await bench.destination.create([row({ ID: text("a"), Cost: number(1) })])).toEqual([
      {
        ...done,
        notes: [
          "Cost: Notion refused it and it was left out. body.properties.Cost.number should be a number.",
        ],
      },
    ]);
    expect(bench.requests().map(({ body }) => body)).toEqual([
      { parent, properties: { "i%5D": { rich_text: [run("a")] }, cost: { number: 1 } } },
      { parent, properties: { "i%5D": { rich_text: [run("a")] } } },
    ]);
    const key = await preparedDestination([invalid("ID is expected to be something else.")]);
    expect(await key.destination.create([row({ ID: text("a") })])).toEqual([
      {
        kind: "failed",
        why: "invalid",
        message: "ID is expected to be something else.",
        property: "ID",
      },
    ]);
    expect(key.requests()).toHaveLength(1);
    const many = Array.from({ length: 7 }, (_, at) => `P${at}`);
    const more = Object.fromEntries(many.map((name) => [name, column(name, name, "number")]));
    const all: DatabaseDeclaration = {
      ...declaration,
      properties: [
        ...properties,
        ...many.map((name) => ({ name, shape: { type: "number", format: null } as const })),
      ],
    };
    const picky = openDestination(
      (_, at) => (at === 0 ? { body: source(more) } : invalid(`P${at - 1} is expected to be.`)),
      { binding, declaration: all },
    );
    await picky.destination.prepareTable({ isPreview: false });
    const cells = Object.fromEntries(many.map((name) => [name, number(1)]));
    expect(await picky.destination.create([row(cells)])).toMatchObject([
      { kind: "failed", why: "invalid", property: "P5" },
    ]);
    expect(picky.requests()).toHaveLength(1 + 6);
  });

  test.each<[string, WireAnswer, object]>([
    ["busy", pause, { kind: "not-applied", message: "Notion is busy (status 409)." }],
    ["lost", lost, { kind: "unknown", message: expect.any(String) as string, hint: null }],
    [
      "trashed",
      invalid("Can't edit page that is in the trash."),
      { kind: "failed", why: "trashed", property: null },
    ],
  ])("that are %s say so, and no body follows", async (_name, answer, outcome) => {
    const bench = await preparedDestination([answer]);
    const change = { ...row({ Cost: number(1) }), id: recordId(id(1)), isRevival: false };
    expect(await bench.destination.update([{ ...change, body: "words" }])).toMatchObject([outcome]);
    const revival = { ...change, isRevival: true };
    expect(await bench.destination.update([revival])).toMatchObject([outcome]);
    expect(bench.requests()).toHaveLength(2);
  });

  test.each<[string, WireAnswer, object]>([
    ["busy", pause, { kind: "not-applied" }],
    ["lost", lost, { kind: "unknown", hint: null }],
    ["refused", invalid("Below."), { ...done, notes: ["The body was left as it is: Below."] }],
    ["missing", missing, { kind: "failed", why: "missing" }],
  ])("whose body is %s say so", async (_name, answer, outcome) => {
    const bench = await preparedDestination([answer, { body: source() }]);
    const change = { ...row({}), id: recordId(id(1)), isRevival: false, body: "words" };
    expect(await bench.destination.update([change])).toMatchObject([outcome]);
  });

  test("that are missing or forbidden are only that while the table is there", async () => {
    const change = { ...row({ Cost: number(1) }), id: recordId(id(1)), isRevival: false };
    const there: WireAnswer = { body: source() };
    const trashed: WireAnswer = { body: { ...source(), in_trash: true } };
    for (const answer of [missing, refusal(403, "restricted_resource")]) {
      const still = await preparedDestination([answer, there]);
      expect(await still.destination.create([row({ ID: text("a") })])).toMatchObject([
        { kind: "failed" },
      ]);
      for (const gone of [trashed, missing]) {
        const away = await preparedDestination([answer, gone]);
        await expect(away.destination.create([row({ ID: text("a") })])).rejects.toMatchObject({
          code: "not_shared",
        });
      }
    }
    const bench = await preparedDestination([missing, there]);
    expect(await bench.destination.update([change])).toMatchObject([{ why: "missing" }]);
    // What is forbidden is not tried again with less.
    const closed = await preparedDestination([
      refusal(403, "restricted_resource", "Cost is closed to you."),
      there,
    ]);
    expect(await closed.destination.update([change])).toEqual([
      { kind: "failed", why: "forbidden", message: "Cost is closed to you.", property: null },
    ]);
    expect(closed.lines()).toEqual([
      `PATCH pages/${id(1)}?${only}`,
      `GET data_sources/${sourceId}`,
    ]);
  });

  test("P12: whose answer was lost are done only where the page is there with the key", async () => {
    const saved = (at: string): WireAnswer => ({
      status: 503,
      body: { additional_data: { committed_resource_id: at } },
    });
    const make = async (...answers: readonly WireAnswer[]): Promise<unknown> => {
      const bench = await preparedDestination(answers);
      return (await bench.destination.create([row({ ID: text("a") })]))[0];
    };
    expect(await make(saved(id(1)), page(1, "a"))).toEqual(done);
    const doubt = { kind: "unknown", hint: id(1) };
    expect(await make(saved(id(1)), page(1, "another"))).toMatchObject(doubt);
    expect(await make(saved(id(1)), page(1, "a", { in_trash: true }))).toMatchObject(doubt);
    expect(await make(saved(id(1)), missing)).toMatchObject(doubt);
    expect(await make(saved(id(1)), lost)).toMatchObject(doubt);
    expect(await make(saved("../users"), page(1, "a"))).toMatchObject({ hint: "../users" });
  });

  test("are found by their exact key, asked for alone, a hundred in a call", async () => {
    const found = list([bodyOf(page(1, "k1")), bodyOf(page(2, "K1")), bodyOf(page(3, ""))]);
    const bench = await preparedDestination([found, list([]), found]);
    const keys = Array.from({ length: 101 }, (_, at) => `k${at}`);
    expect(await bench.destination.findRows([...keys, "k0"])).toEqual([{ id: id(1), key: "k1" }]);
    const is = (key: string): unknown => ({ property: "i%5D", rich_text: { equals: key } });
    expect(bench.requests()).toMatchObject([
      {
        path: `data_sources/${sourceId}/query?filter_properties=title&filter_properties=i%5D`,
        body: { filter: { or: keys.slice(0, 100).map(is) } },
      },
      { body: { filter: { or: [is("k100")] } } },
    ]);
    expect(await bench.destination.findRows([])).toEqual([]);
    for (const [answer, code] of [
      [missing, "not_shared"],
      [list([], "c"), "unavailable"],
    ] as const) {
      const broken = await preparedDestination([answer]);
      await expect(broken.destination.findRows(["a"])).rejects.toMatchObject({ code });
    }
  });

  test("are listed with their keys to the end, or the listing says why it has none", async () => {
    const bench = await preparedDestination([
      list([bodyOf(page(1, "a")), bodyOf(page(2, ""))], "c"),
      list([bodyOf(page(3, "b"))]),
    ]);
    const keys = bench.destination.listKeys();
    expect(await keys.next()).toEqual({
      done: false,
      value: [
        { id: id(1), key: "a" },
        { id: id(2), key: null },
      ],
    });
    expect(await keys.next()).toEqual({ done: false, value: [{ id: id(3), key: "b" }] });
    expect(await keys.next()).toEqual({ done: true, value: { isComplete: true, reason: null } });
    const circle = (await preparedDestination([list([], "c")])).destination.listKeys();
    let step = await circle.next();
    while (step.done !== true) step = await circle.next();
    expect(step.value).toMatchObject({
      isComplete: false,
      reason: expect.stringContaining("cursor"),
    });
  });
});

test("the destination says what it can, and counts what it sends", async () => {
  const bench = await preparedDestination([page(1, "a")]);
  expect(bench.destination.capabilities).toEqual({
    writeBatchMax: 1,
    parallelMax: 4,
    hasBodies: true,
    hasIcons: true,
    hasTrash: true,
    keyQueryMax: 100,
  });
  await bench.destination.remove([recordId(id(1)), recordId(id(2))]);
  expect(bench.destination.requests()).toEqual({ read: 1, write: 2 });
  const early = openDestination([]).destination;
  await expect(early.remove([recordId(id(1))])).rejects.toThrow("prepareTable()");
});
