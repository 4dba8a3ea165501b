import { Worker } from "@notionhq/workers";
import * as Builder from "@notionhq/workers/builder";
import * as Schema from "@notionhq/workers/schema";
import { describe, expect, test } from "vitest";
import { SyncError } from "../../errors.ts";
import { parseManifest } from "./manifest.ts";

const nothing = async () => ({ changes: [], hasMore: false });

/** As the manifest comes out of the child: through JSON. */
function parse(manifest: unknown) {
  const wire: unknown = JSON.parse(JSON.stringify(manifest));
  return parseManifest(wire, "crm");
}

describe("a manifest of the SDK", () => {
  const worker = new Worker();
  worker.pacer("api", { allowedRequests: 10, intervalMs: 1_000 });
  const projects = worker.database("projects", {
    type: "managed",
    initialTitle: "Projects",
    primaryKeyProperty: "Id",
    schema: {
      databaseIcon: Builder.emojiIcon("🎯"),
      properties: {
        Name: Schema.title(),
        Id: Schema.richText(),
        Link: Schema.url(),
        Mail: Schema.email(),
        Phone: Schema.phoneNumber(),
        Open: Schema.checkbox(),
        Files: Schema.file(),
        Share: Schema.number("percent"),
        Plain: Schema.number(),
        Count: Schema.number("number"),
        Due: Schema.date(),
        Size: Schema.select([{ name: "S", color: "red" }, { name: "L" }]),
        Tags: Schema.multiSelect([]),
        State: Schema.status({ groups: [{ name: "To-do", options: [{ name: "New" }] }] }),
        Owner: Schema.people(),
        Place: Schema.place(),
        Parent: Schema.relation("projects", { twoWay: true, relatedPropertyName: "Children" }),
        Tasks: Schema.relation("tasksSync"),
      },
      subItems: { parentPropertyName: "Parent", childPropertyName: "Children" },
    },
  });
  const tasks = worker.database("tasks", {
    type: "attached",
    initialTitle: "Tasks",
    primaryKeyProperty: "Name",
    schema: { properties: { Name: Schema.title(), Due: Schema.date("ll") } },
  });
  worker.sync("projectsSync", { database: projects, execute: nothing });
  worker.sync("tasksSync", {
    database: tasks,
    mode: "incremental",
    schedule: "15m",
    execute: nothing,
  });
  worker.sync("always", {
    database: tasks,
    mode: "replace",
    schedule: "continuous",
    execute: nothing,
  });
  worker.sync("byHand", { database: tasks, schedule: "manual", execute: nothing });
  worker.webhook("onPush", {
    title: "Push",
    description: "",
    verify: () => ({ status: 200 }),
    execute: async () => {},
  });
  worker.oauth("login", { name: "login", provider: "google" });
  const manifest = parse(worker.manifest);

  test("tells the SDK, the pacers and the syncs, with the SDK's own defaults", () => {
    expect(manifest.sdkVersion).toBe("0.9.2");
    expect(manifest.pacers).toEqual([{ key: "api", allowedRequests: 10, intervalMs: 1_000 }]);
    expect(manifest.syncs).toEqual([
      {
        key: "projectsSync",
        database: "projects",
        mode: "replace",
        schedule: { kind: "interval", everyMs: 1_800_000 },
      },
      {
        key: "tasksSync",
        database: "tasks",
        mode: "incremental",
        schedule: { kind: "interval", everyMs: 900_000 },
      },
      { key: "always", database: "tasks", mode: "replace", schedule: { kind: "continuous" } },
      { key: "byHand", database: "tasks", mode: "replace", schedule: { kind: "manual" } },
    ]);
  });

  test("tells the databases, with all fifteen types in the order they were declared", () => {
    expect(
      manifest.databases.map(({ key, type, title, primaryKey }) => [key, type, title, primaryKey]),
    ).toEqual([
      ["projects", "managed", "Projects", "Id"],
      ["tasks", "attached", "Tasks", "Name"],
    ]);
    expect(manifest.databases[0]?.icon).toEqual({ kind: "emoji", emoji: "🎯" });
    expect(manifest.databases[1]?.icon).toBeNull();
    expect(manifest.databases[0]?.subItems).toEqual({ parent: "Parent", child: "Children" });
    expect(manifest.databases[0]?.properties).toEqual([
      { name: "Name", shape: { type: "title" } },
      { name: "Id", shape: { type: "text" } },
      { name: "Link", shape: { type: "url" } },
      { name: "Mail", shape: { type: "email" } },
      { name: "Phone", shape: { type: "phone" } },
      { name: "Open", shape: { type: "checkbox" } },
      { name: "Files", shape: { type: "files" } },
      { name: "Share", shape: { type: "number", format: "percent" } },
      { name: "Plain", shape: { type: "number", format: null } },
      { name: "Count", shape: { type: "number", format: null } },
      { name: "Due", shape: { type: "date" } },
      {
        name: "Size",
        shape: {
          type: "select",
          options: [
            { name: "S", color: "red" },
            { name: "L", color: null },
          ],
        },
      },
      { name: "Tags", shape: { type: "multi-select", options: [] } },
      {
        name: "State",
        shape: {
          type: "status",
          groups: [{ name: "To-do", options: [{ name: "New", color: null }] }],
        },
      },
      { name: "Owner", shape: { type: "people" } },
      { name: "Place", shape: { type: "place" } },
      { name: "Parent", shape: { type: "relation", database: "projects", twoWay: "Children" } },
      // The template's sample names a sync; its database is meant.
      { name: "Tasks", shape: { type: "relation", database: "tasks", twoWay: null } },
    ]);
  });

  test("lists what is no sync, and says what the API cannot do", () => {
    expect(manifest.others).toEqual([
      { key: "onPush", tag: "webhook", title: "Push", hasVerify: true },
      { key: "login", tag: "oauth", title: "login", hasVerify: false },
    ]);
    expect(manifest.notes).toEqual([
      expect.stringMatching(/"tasks", property "Due": .*display format/u),
    ]);
  });
});

const database = {
  key: "d",
  config: {
    type: "managed",
    initialTitle: "D",
    primaryKeyProperty: "Id",
    schema: { properties: { Id: { type: "text" } } },
  },
};
const withProperties = (properties: object) => ({
  databases: [
    {
      key: "d",
      config: {
        ...database.config,
        schema: { properties: { Id: { type: "text" }, ...properties } },
      },
    },
  ],
  capabilities: [],
});

describe("what is read leniently", () => {
  test("a property of an unknown type, or with nowhere to relate to, is left out and told", () => {
    const manifest = parse(
      withProperties({
        New: { type: "hologram" },
        Rel: { type: "relation", relatedDatabaseKey: "gone" },
      }),
    );
    expect(manifest.databases[0]?.properties.map(({ name }) => name)).toEqual(["Id"]);
    expect(manifest.notes).toEqual([
      expect.stringMatching(/"New": the type "hologram" is not known/u),
      expect.stringMatching(/"Rel": it relates to "gone"/u),
    ]);
  });

  test("a capability goes by its title, else by its name, else by neither", () => {
    const capability = (key: string, config: object) => ({ _tag: "tool", key, config });
    const { others } = parse({
      capabilities: [
        capability("a", { title: "Title", name: "name" }),
        capability("b", { name: "name", hasVerify: true }),
        capability("c", { title: 7, hasVerify: "yes" }),
      ],
    });
    expect(others).toEqual([
      { key: "a", tag: "tool", title: "Title", hasVerify: false },
      { key: "b", tag: "tool", title: "name", hasVerify: true },
      { key: "c", tag: "tool", title: null, hasVerify: false },
    ]);
  });

  test("a relation has another end only where the worker asks for one and names it", () => {
    const relation = (config: object) => ({ type: "relation", relatedDatabaseKey: "d", config });
    const manifest = parse(
      withProperties({
        Both: relation({ twoWay: true, relatedPropertyName: "Back" }),
        Unasked: relation({ relatedPropertyName: "Back" }),
        One: relation({ twoWay: false, relatedPropertyName: "Back" }),
        Unnamed: relation({ twoWay: true }),
      }),
    );
    const shapes = manifest.databases[0]?.properties.slice(1).map(({ shape }) => shape);
    expect(shapes).toEqual(
      ["Back", null, null, null].map((twoWay) => ({ type: "relation", database: "d", twoWay })),
    );
  });

  test("a select without options and a broken icon do no harm", () => {
    const manifest = parse(withProperties({ Size: { type: "select" } }));
    expect(manifest.databases[0]?.properties[1]?.shape).toEqual({ type: "select", options: [] });
  });

  test("a sync into a large table is listed as what cannot run here", () => {
    const capability = { _tag: "sync", key: "big", config: { target: { type: "xldb", key: "t" } } };
    const manifest = parse({ databases: [], xldbs: [{}], capabilities: [capability] });
    expect(manifest.syncs).toEqual([]);
    expect(manifest.others).toEqual([{ key: "big", tag: "xldb", title: null, hasVerify: false }]);
    expect(manifest.notes).toEqual([expect.stringMatching(/"big" writes to a large table/u)]);
  });

  test("credentials are told, because nobody puts them into requests", () => {
    expect(parse({ credentials: [{ key: "c" }], capabilities: [] }).notes).toEqual([
      expect.stringMatching(/1 credentials are declared/u),
    ]);
  });
});

test.each([
  ["no manifest", null, /no manifest of a known shape/u],
  ["no capabilities", { databases: [] }, /no manifest of a known shape/u],
  [
    "a sync of before 0.3",
    {
      capabilities: [{ _tag: "sync", key: "s", config: { primaryKeyProperty: "Id", schema: {} } }],
    },
    /sync "s" carries its schema itself, as before version 0\.3/u,
  ],
  [
    "a sync without a database",
    {
      databases: [database],
      capabilities: [{ _tag: "sync", key: "s", config: { databaseKey: "x" } }],
    },
    /sync "s" writes to "x", which is not declared/u,
  ],
  [
    "a primary key that is no property",
    {
      databases: [{ key: "d", config: { ...database.config, primaryKeyProperty: "Key" } }],
      capabilities: [],
    },
    /database "d" has no usable property "Key"/u,
  ],
  [
    "a pacer that lets nothing through",
    { pacers: [{ key: "p", config: { allowedRequests: 0, intervalMs: 1 } }], capabilities: [] },
    /pacer "p" is incomplete/u,
  ],
])("%s is refused with a remedy", (_name, manifest, message) => {
  expect(() => parse(manifest)).toThrow(message);
  expect(() => parse(manifest)).toThrow(SyncError);
});
