// The table of a one-way sync, from the port down to the wire: how it is found, made and widened, and that
// nothing of it is made twice. How the service behaves is the business of the sandbox's tests.
import { describe, expect, test } from "vitest";
import { id, refusal } from "../../../../test/fixture/notion-described.ts";
import {
  binding,
  column,
  databaseId,
  declaration,
  invalid,
  lead,
  list,
  lost,
  missing,
  openDestination,
  parentPage,
  pause,
  properties,
  source,
  sourceId,
  words,
} from "../../../../test/fixture/notion-destination.ts";
import type { WireAnswer } from "../../../../test/fixture/notion-wire.ts";
import type { DatabaseDeclaration, PropertyDeclaration } from "../../../core/oneway/declaration.ts";
import type { NotionDestinationOptions } from "./destination.ts";

const go = { isPreview: false };
const look = { isPreview: true };

describe("a table that is to be made", () => {
  const made: WireAnswer = {
    body: { object: "database", id: databaseId, data_sources: [{ id: sourceId }] },
  };

  test("is looked for below the page first, and made with everything that is declared", async () => {
    const bench = openDestination([list([]), made, { body: source() }]);
    expect(await bench.destination.prepareTable(go)).toEqual({
      binding,
      steps: [
        {
          kind: "create-table",
          property: null,
          message: 'Make the database "Issues" under the worker\'s parent page.',
        },
      ],
      notes: [],
    });
    expect(bench.requests()).toEqual([
      { method: "GET", path: `blocks/${parentPage}/children?page_size=100`, body: null },
      {
        method: "POST",
        path: "databases",
        body: {
          parent: { type: "page_id", page_id: parentPage },
          title: [{ text: { content: "Issues" } }],
          description: [{ text: { content: "Kept up to date by Tandem (worker/issues)." } }],
          icon: { type: "emoji", emoji: "🐞" },
          initial_data_source: {
            properties: {
              Name: { title: {} },
              ID: { rich_text: {} },
              Cost: { number: { format: "euro" } },
            },
          },
        },
      },
      { method: "GET", path: `data_sources/${sourceId}`, body: null },
    ]);
  });

  test("is gone to at once by the next look of the same run", async () => {
    const bench = openDestination([list([]), made, { body: source() }]);
    await bench.destination.prepareTable(go);
    expect((await bench.destination.prepareTable(go)).steps).toEqual([]);
    expect(bench.lines().slice(3)).toEqual([`GET data_sources/${sourceId}`]);
  });

  test("has one title, and no relations yet", async () => {
    const titles = { ...declaration, properties: [...properties, lead], icon: null };
    const two: PropertyDeclaration = { name: "Second", shape: { type: "title" } };
    const twice = { ...declaration, properties: [...properties, two] };
    const named = {
      ...declaration,
      properties: [...properties.slice(1), { name: "Name", shape: { type: "date" } } as const],
    };
    const sent = async (declared: DatabaseDeclaration): Promise<readonly string[]> => {
      const bench = openDestination([list([]), made, { body: source() }], {
        declaration: declared,
      });
      await bench.destination.prepareTable(go);
      const body = JSON.stringify(bench.requests()[1]?.body);
      const parsed = JSON.parse(body) as { initial_data_source: { properties: object } };
      return Object.keys(parsed.initial_data_source.properties);
    };
    expect(await sent(titles)).toEqual(["Name", "ID", "Cost"]);
    expect(await sent(twice)).toEqual(["Name", "ID", "Cost"]);
    expect(await sent(named)).toEqual(["ID", "Cost", "Name", "Title"]);
  });

  const block = (at: number, type = "child_database"): unknown => ({ id: id(at), type });
  const database = (line: string, more: Record<string, unknown> = {}): WireAnswer => ({
    body: {
      object: "database",
      id: databaseId,
      description: words(line),
      data_sources: [{ id: sourceId }],
      ...more,
    },
  });
  const ours = database("Ours. Kept up to date by Tandem (worker/issues).");

  test("is found again by its owner's line, on any page of what lies below", async () => {
    const bench = openDestination([
      list([block(1), block(2, "child_page"), { type: "child_database" }], "c"),
      list([block(3), block(4), block(5)]),
      database("Kept up to date by Tandem (worker/issues-old)."),
      missing,
      ours,
      { body: source() },
    ]);
    expect((await bench.destination.prepareTable(go)).steps).toEqual([]);
    expect(bench.lines()).toEqual([
      `GET blocks/${parentPage}/children?page_size=100`,
      `GET blocks/${parentPage}/children?page_size=100&start_cursor=c`,
      `GET databases/${id(1)}`,
      `GET databases/${id(3)}`,
      `GET databases/${id(4)}`,
      `GET data_sources/${sourceId}`,
    ]);
  });

  test("is not taken for one in the trash, and is not made in a preview", async () => {
    const trashed = database("Kept up to date by Tandem (worker/issues).", { in_trash: true });
    const bench = openDestination([list([block(1)]), trashed]);
    expect(await bench.destination.prepareTable(look)).toMatchObject({
      binding: null,
      steps: [{ kind: "create-table" }],
    });
    expect(bench.lines().filter((line) => !line.startsWith("GET"))).toEqual([]);
    const keys = await bench.destination.listKeys().next();
    expect(keys).toEqual({ done: true, value: { isComplete: true, reason: null } });
    expect(await bench.destination.findRows(["a"])).toEqual([]);
    expect(await bench.destination.prepareRelations(new Map(), look)).toMatchObject({ steps: [] });
  });

  test.each([
    ["lost", lost],
    ["put off", pause],
  ])("whose making was %s is looked for, and is not made a second time", async (_name, answer) => {
    const found = openDestination([list([]), answer, list([block(1)]), ours, { body: source() }]);
    expect((await found.destination.prepareTable(go)).binding).toEqual(binding);
    expect(found.lines().filter((line) => line.startsWith("POST"))).toHaveLength(1);
    const none = openDestination([list([]), answer, list([])]);
    await expect(none.destination.prepareTable(go)).rejects.toMatchObject({ code: "unavailable" });
    expect(none.lines().filter((line) => line.startsWith("POST"))).toHaveLength(1);
  });

  test.each<[string, readonly WireAnswer[], Partial<NotionDestinationOptions>, string]>([
    ["without a page to stand under", [], { parent: null }, "config_invalid"],
    ["under something that is no page", [], { parent: "Synced" }, "config_invalid"],
    ["under a page out of reach", [missing], {}, "not_shared"],
    ["where that is not permitted", [list([]), refusal(403, "x")], {}, "forbidden"],
    ["with a void token", [refusal(401, "unauthorized")], {}, "unauthorized"],
    ["with a token that cannot be one", [], { token: "a b" }, "unauthorized"],
  ])("%s is an error", async (_name, answers, options, code) => {
    const { destination } = openDestination(answers, options);
    await expect(destination.prepareTable(go)).rejects.toMatchObject({ code });
  });
});

describe("a table that is known", () => {
  test("costs one read, and a second look goes to what the first one found", async () => {
    const bench = openDestination([{ body: source() }], { binding });
    const found = { binding, steps: [], notes: [] };
    expect(await bench.destination.prepareTable(go)).toEqual(found);
    expect(await bench.destination.prepareTable(go)).toEqual(found);
    expect(bench.lines()).toEqual(Array(2).fill(`GET data_sources/${sourceId}`));
  });

  test("and lies in the trash or is gone gives its place to another one, and that is told", async () => {
    const trashed: WireAnswer = { body: { ...source(), in_trash: true } };
    for (const [answer, why] of [
      [trashed, "is in the trash"],
      [missing, "is gone or no longer shared"],
    ] as const) {
      const bench = openDestination([answer, list([])], { binding });
      expect(await bench.destination.prepareTable(look)).toEqual({
        binding: null,
        steps: [expect.objectContaining({ kind: "create-table" })],
        notes: [`The database "Issues" ${why}; another one takes its place.`],
      });
    }
    const closed = openDestination([refusal(403, "restricted_resource")], { binding });
    await expect(closed.destination.prepareTable(go)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("and was attached is never replaced", async () => {
    const attached = { declaration: { ...declaration, type: "attached" as const } };
    for (const [options, answer] of [
      [{ binding, database: databaseId }, missing],
      [{ binding, ...attached }, { body: { ...source(), in_trash: true } }],
    ] as const) {
      const bench = openDestination([answer], options);
      await expect(bench.destination.prepareTable(go)).rejects.toMatchObject({
        code: "not_shared",
      });
      expect(bench.lines()).toHaveLength(1);
    }
    const unnamed = openDestination([], attached);
    await expect(unnamed.destination.prepareTable(go)).rejects.toMatchObject({
      code: "config_invalid",
    });
    expect(unnamed.lines()).toEqual([]);
  });

  test("by its reference is looked up as a database", async () => {
    const database = { object: "database", id: databaseId, data_sources: [{ id: sourceId }] };
    const bench = openDestination([{ body: database }, { body: source() }], {
      database: databaseId,
    });
    expect((await bench.destination.prepareTable(go)).binding).toEqual(binding);
    expect(bench.lines()).toEqual([`GET databases/${databaseId}`, `GET data_sources/${sourceId}`]);
  });

  test("whose key cannot be written is no use", async () => {
    const bench = openDestination([{ body: source({ ID: column("i", "ID", "formula") }) }], {
      binding,
    });
    await expect(bench.destination.prepareTable(go)).rejects.toMatchObject({
      code: "config_invalid",
    });
  });
});

describe("what a table lacks", () => {
  const stage: PropertyDeclaration = {
    name: "Stage",
    shape: { type: "select", options: [{ name: "New", color: "red" }] },
  };
  const due: PropertyDeclaration = { name: "Due", shape: { type: "date" } };
  const wider = { ...declaration, properties: [...properties, stage, due] };
  const options = [{ id: "o1", name: "Old", color: "blue" }];
  const found = source({
    Stage: { ...(column("st", "Stage", "select", { options }) as object), description: "Ours" },
  });
  const whole = source({
    Stage: column("st", "Stage", "select", { options: [...options, { id: "o2", name: "New" }] }),
    Due: column("due", "Due", "date"),
  });
  const addDue = {
    kind: "add-property",
    property: "Due",
    message: 'Add the property "Due" (date).',
  };
  const addNew = { kind: "add-options", property: "Stage", message: 'Add to "Stage": New.' };
  const dueEntry = { Due: { date: {} } };
  const stageEntry = {
    st: {
      select: { options: [{ id: "o1" }, { name: "New", color: "red" }] },
      description: "Ours",
    },
  };
  const patch = `data_sources/${sourceId}`;

  test("is added in one request, with what is there kept", async () => {
    const bench = openDestination([{ body: found }, { body: whole }], {
      binding,
      declaration: wider,
    });
    expect(await bench.destination.prepareTable(go)).toEqual({
      binding,
      steps: [addDue, addNew],
      notes: [],
    });
    expect(bench.requests().slice(1)).toEqual([
      { method: "PATCH", path: patch, body: { properties: { ...dueEntry, ...stageEntry } } },
    ]);
  });

  test("is only told in a preview", async () => {
    const bench = openDestination([{ body: found }], { binding, declaration: wider });
    expect(await bench.destination.prepareTable(look)).toEqual({
      binding,
      steps: [addDue, addNew],
      notes: [],
    });
    expect(bench.lines()).toHaveLength(1);
  });

  test("is added one by one where that is refused, and what is refused alone is told", async () => {
    const half = source({ Due: column("due", "Due", "date"), Stage: found["Stage"] });
    const bench = openDestination(
      [{ body: found }, invalid(), { body: half }, invalid("Too many.")],
      {
        binding,
        declaration: wider,
      },
    );
    const { steps, notes } = await bench.destination.prepareTable(go);
    expect(steps).toEqual([addDue]);
    expect(notes[0]).toBe('Notion refused this: Add to "Stage": New. Too many.');
    expect(bench.requests().slice(2)).toEqual([
      { method: "PATCH", path: patch, body: { properties: dueEntry } },
      { method: "PATCH", path: patch, body: { properties: stageEntry } },
    ]);
  });

  test.each([
    ["forbidden", refusal(403, "restricted_resource"), "forbidden"],
    ["out of reach", missing, "not_shared"],
    ["put off", pause, "rate_limited"],
    ["in doubt", lost, "unavailable"],
  ])("and whose adding is %s ends the run, with one try", async (_name, answer, code) => {
    const bench = openDestination([{ body: found }, answer], { binding, declaration: wider });
    await expect(bench.destination.prepareTable(go)).rejects.toMatchObject({ code });
    expect(bench.lines().filter((line) => line.startsWith("PATCH"))).toHaveLength(1);
  });
});
