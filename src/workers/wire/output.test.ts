import * as Builder from "@notionhq/workers/builder";
import { describe, expect, test } from "vitest";
import type {
  PropertyDeclaration,
  SyncDeclaration,
  WorkerManifest,
} from "../../core/oneway/declaration.ts";
import { parseOutput } from "./output.ts";

const properties: readonly PropertyDeclaration[] = [
  { name: "Name", shape: { type: "title" } },
  { name: "Id", shape: { type: "text" } },
  { name: "Count", shape: { type: "number", format: null } },
];
const base = { type: "managed", icon: null, subItems: null } as const;
const manifest: WorkerManifest = {
  sdkVersion: "0.9.2",
  databases: [
    { ...base, key: "items", title: "Items", primaryKey: "Id", properties },
    {
      ...base,
      key: "numbers",
      title: "Numbers",
      primaryKey: "No",
      properties: [{ name: "No", shape: { type: "number", format: null } }],
    },
  ],
  syncs: [],
  pacers: [],
  others: [],
  notes: [],
};
const sync: SyncDeclaration = {
  key: "s",
  database: "items",
  mode: "replace",
  schedule: { kind: "manual" },
};

function parse(raw: unknown) {
  const wire: unknown = JSON.parse(JSON.stringify(raw));
  const output = parseOutput(wire, { manifest, sync, zone: null });
  if (output.kind === "broken") throw new Error(output.message);
  return output;
}
const parseChanges = (changes: readonly unknown[]) => parse({ changes, hasMore: false }).batch;

const upsert = (key: string, extra: object = {}) => ({
  type: "upsert",
  key,
  targetDatabaseKey: "items",
  properties: { Name: Builder.title(`n ${key}`), Id: Builder.richText(key) },
  ...extra,
});

test("an upsert carries its cells, and nothing it leaves out", () => {
  const { changes, notes } = parseChanges([upsert("a")]);
  expect(notes).toEqual([]);
  expect(changes).toEqual([
    {
      kind: "upsert",
      key: "a",
      database: "items",
      cells: new Map([
        ["Name", { kind: "text", runs: [{ text: "n a", url: null }] }],
        ["Id", { kind: "text", runs: [{ text: "a", url: null }] }],
      ]),
      icon: null,
      coverUrl: null,
      body: null,
      updatedAtMs: null,
    },
  ]);
});

test("icon, cover, body and time are read; an empty body is one that clears", () => {
  const [change] = parseChanges([
    upsert("a", {
      icon: Builder.emojiIcon("🎯"),
      cover: Builder.imageCover("https://x.test/c.png"),
      pageContentMarkdown: "",
      upstreamUpdatedAt: "2026-03-19T12:00:00+02:00",
    }),
  ]).changes;
  expect(change).toMatchObject({
    icon: { kind: "emoji", emoji: "🎯" },
    coverUrl: "https://x.test/c.png",
    body: "",
    updatedAtMs: Date.UTC(2026, 2, 19, 10),
  });
});

test("half a character, which no table keeps, is read as the sign for it", () => {
  const half = "a\ud83d";
  const whole = "a\ufffd";
  const [change, gone] = parseChanges([
    upsert(half, { pageContentMarkdown: half, properties: { Id: [[half]] } }),
    { type: "delete", key: `b${half}` },
  ]).changes;
  expect(change).toMatchObject({ key: whole, body: whole });
  expect(change?.kind === "upsert" && change.cells.get("Id")).toEqual({
    kind: "text",
    runs: [{ text: whole, url: null }],
  });
  expect(gone).toEqual({ kind: "delete", key: `b${whole}`, database: "items" });
});

test("deletes are taken in any mode, and need nothing but a key", () => {
  expect(
    parseChanges([{ type: "delete", key: "a", targetDatabaseKey: "numbers" }]).changes,
  ).toEqual([{ kind: "delete", key: "a", database: "numbers" }]);
  expect(parseChanges([{ type: "delete", key: "a" }]).changes).toEqual([
    { kind: "delete", key: "a", database: "items" },
  ]);
});

test("of two changes with one key the last one counts, each database for itself", () => {
  const { changes } = parseChanges([
    upsert("a"),
    upsert("b"),
    { type: "delete", key: "a", targetDatabaseKey: "items" },
    { type: "delete", key: "b", targetDatabaseKey: "numbers" },
  ]);
  expect(changes.map(({ kind, key, database }) => [kind, key, database])).toEqual([
    ["upsert", "b", "items"],
    ["delete", "a", "items"],
    ["delete", "b", "numbers"],
  ]);
});

describe("a bad change costs itself and no other", () => {
  test.each([
    ["no object", "x", /no object/u],
    ["no key", { type: "upsert", properties: {} }, /no text \(undefined\)/u],
    ["a number for a key", upsert("a", { key: 7 }), /no text \(number\)/u],
    ["an empty key", upsert("a", { key: "" }), /empty key/u],
    [
      "an unknown database",
      upsert("a", { targetDatabaseKey: "gone" }),
      /"gone", a database that is not declared/u,
    ],
    ["an unknown type", upsert("a", { type: "patch" }), /neither "upsert" nor "delete"/u],
    ["no properties", upsert("a", { properties: null }), /no `properties`/u],
  ])("%s", (_name, change, message) => {
    const batch = parseChanges([change, upsert("z")]);
    expect(batch.changes.map(({ key }) => key)).toEqual(["z"]);
    expect(batch.notes).toEqual([
      expect.objectContaining({ weight: "refused", message: expect.stringMatching(message) }),
    ]);
  });

  test("its note names the row where the change does, and nothing where it does not", () => {
    const { notes } = parseChanges([upsert("a", { type: "patch" }), upsert("b", { key: "" }), 7]);
    expect(notes.map(({ key, database }) => [key, database])).toEqual([
      ["a", "items"],
      [null, "items"],
      [null, null],
    ]);
  });
});

describe("a bad part costs itself and not its change", () => {
  test.each([
    [
      "a property that is not declared",
      { properties: { Id: Builder.richText("a"), Gone: [["x"]] } },
      "Gone",
      /not declared/u,
    ],
    [
      "a number that is none",
      { properties: { Id: Builder.richText("a"), Count: [["x"]] } },
      "Count",
      /The cell stays as it is/u,
    ],
    ["an icon without an address", { icon: { type: "image", url: null } }, null, /icon/u],
    ["a cover without an address", { cover: { type: "image", url: null } }, null, /cover/u],
    ["a body that is no text", { pageContentMarkdown: 7 }, null, /page content is no text/u],
    ["a time that is none", { upstreamUpdatedAt: "soon" }, null, /counts as current/u],
  ])("%s", (_name, extra, property, message) => {
    const batch = parseChanges([upsert("a", extra)]);
    expect(batch.changes).toHaveLength(1);
    expect(batch.notes).toEqual([
      {
        key: "a",
        database: "items",
        property,
        weight: "altered",
        message: expect.stringMatching(message),
      },
    ]);
  });

  test("one that is empty clears its cell, whatever the form of nothing; one that is left out is absent", () => {
    for (const nothing of [[], null, "", [[""]]]) {
      const [change] = parseChanges([
        upsert("a", { properties: { Id: Builder.richText("a"), Count: nothing } }),
      ]).changes;
      expect(change?.kind === "upsert" && [...change.cells]).toEqual([
        ["Id", { kind: "text", runs: [{ text: "a", url: null }] }],
        ["Count", { kind: "blank" }],
      ]);
    }
  });

  test("a cell that cannot be read is absent, so that it stays as it is", () => {
    const [change] = parseChanges([
      upsert("a", { properties: { Id: Builder.richText("a"), Count: Builder.number(Infinity) } }),
    ]).changes;
    expect(change?.kind === "upsert" && [...change.cells.keys()]).toEqual(["Id"]);
  });
});

describe("what steers the cycle", () => {
  test("state is kept as it is, and undefined is none at all", () => {
    expect(parse({ changes: [], hasMore: true, nextUserContext: { page: 2 } })).toMatchObject({
      hasMore: true,
      nextState: { json: { page: 2 } },
    });
    expect(parse({ changes: [], hasMore: true, nextUserContext: undefined }).nextState).toBeNull();
    for (const json of [0, null, "", false, []]) {
      const { nextState } = parse({ changes: [], hasMore: true, nextUserContext: json });
      expect(nextState).toEqual({ json });
    }
  });

  test("hasMore that was left out means that this was all", () => {
    expect(parse({ changes: [] }).hasMore).toBe(false);
  });

  test("pacers that can be read come back", () => {
    const entry = { lastScheduledAtMs: 5, allowedRequests: 1, intervalMs: 2 };
    expect(parse({ changes: [], nextPacerStates: { a: entry, b: 7 } }).pacers).toEqual(
      new Map([["a", entry]]),
    );
  });

  test.each([
    ["nothing", null, /gave no object/u],
    ["no changes", { hasMore: false }, /`changes` is no list/u],
    ["changes that are no list", { changes: {} }, /`changes` is no list/u],
    ["a hasMore that is a word", { changes: [], hasMore: "no" }, /`hasMore` is neither/u],
  ])("an answer with %s is unusable as a whole", (_name, raw, message) => {
    expect(() => parse(raw)).toThrow(message);
  });
});
