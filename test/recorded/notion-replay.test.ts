// The judge of the Notion sandbox: real traffic, recorded by other projects, replayed pair by pair.
//
// The floors are the numbers reached; a change that loses a pair turns this red and names it. Cassettes lie in
// cassettes/<folder> under the licence of their source.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cassetteNames, readCassette } from "./notion-cassette.ts";
import { compareAnswers } from "./notion-compare.ts";
import { replayCassette, type RecordedWorkspace } from "./notion-replay.ts";
import type { NotionWorkshop } from "../../src/sandbox/notion/sandbox.ts";
import { makeTranslation } from "./notion-translation.ts";

const cassettes = join(import.meta.dirname, "cassettes");

interface Folder {
  readonly name: string;
  readonly workspace: RecordedWorkspace;
  /** Pairs that match today. */
  readonly matched: number;
  /** Pairs whose endpoints are not served. */
  readonly notServed: number;
  /** Pairs about objects older than the recording. */
  readonly outOfReach: number;
}

/** The database that ultimate-notion's test_query_formula queries, rebuilt from its first answers. */
function furnishFormulas({ admin }: NotionWorkshop): string {
  const { dataSourceId } = admin.createDatabase({
    title: "Formula DB",
    byId: admin.botId,
    properties: {
      Title: { title: {} },
      "Date Source": { date: {} },
      Tags: {
        multi_select: {
          options: [
            { name: "In Progress", color: "pink" },
            { name: "Done", color: "gray" },
          ],
        },
      },
      Date: { formula: { expression: 'prop("Date Source")' } },
      String: { formula: { expression: 'format(prop("Title"))' } },
      Checkbox: { formula: { expression: 'prop("Tags").includes("Done")' } },
      Number: { formula: { expression: 'prop("Tags").length()' } },
    },
  });
  admin.renameProperty(dataSourceId, "Title", "Name");
  const rows = [
    { title: "Item 1", tags: ["Done", "In Progress"] },
    { title: "Item 2", tags: ["In Progress"] },
  ];
  for (const { title, tags } of rows) {
    admin.createPage({
      parent: { dataSourceId },
      title,
      byId: admin.botId,
      properties: {
        "Date Source": { date: { start: "2024-11-25T14:08:00.000+00:00" } },
        Tags: { multi_select: tags.map((name) => ({ name })) },
      },
    });
  }
  return dataSourceId;
}

const folders: readonly Folder[] = [
  {
    name: "ultimate-notion",
    matched: 690,
    notServed: 0,
    outOfReach: 1,
    workspace: {
      rootId: "00000000-0000-4000-8000-000000000001",
      personId: "00000000-0000-4000-8000-0000000000fa",
      botId: "00000000-0000-4000-8000-0000000000f1",
      integrationName: "Ultimate Notion Tests",
      person: { name: "Adam Dangoor", email: "adamdangoor@gmail.com" },
      // Upstream replaced two bots and the integration by one id.
      ambiguousIds: ["00000000-0000-4000-8000-0000000000f1"],
      furnish: (workshop) => {
        const { admin } = workshop;
        admin.editPage(admin.rootPageId, { title: [{ text: { content: "Tests" } }] });
        admin.addUser({ name: "Publish Interview Questions", kind: "bot" });
        return {
          "00000000-0000-4000-8000-0000000000f0": admin.workspaceId,
          "3839ce7b-60a4-8168-ba4d-000b1ee50a86": furnishFormulas(workshop),
        };
      },
    },
  },
  {
    name: "notion-sdk-py",
    matched: 207,
    notServed: 18,
    outOfReach: 0,
    workspace: {
      rootId: "393abc1e-edcd-80f3-813b-e205934558c6",
      personId: "a4f789cc-7bc8-4cf0-82b9-a8ba7d985ecf",
      botId: "7775f3a3-893f-43fa-b625-460c61094c78",
      integrationName: "notion-sdk-py",
      person: { name: "Guillaume Gelin", email: "notion@ramnes.eu", isEmailVerified: true },
      ambiguousIds: [],
      furnish: ({ admin }) => {
        admin.editPage(admin.rootPageId, { title: [] }, admin.botId);
        return {};
      },
    },
  },
];

describe("recorded Notion traffic", () => {
  for (const { name, workspace, matched, notServed, outOfReach } of folders) {
    test(`${name}: answers match`, () => {
      const folder = join(cassettes, name);
      const judged = cassetteNames(folder)
        .map((cassette) => readCassette(folder, cassette))
        .flatMap((cassette) => replayCassette(workspace, cassette));
      const unserved = judged.filter(({ verdict }) => verdict === "not served").length;
      const good = judged.filter(({ verdict }) => verdict === "matched").length;
      const outside = judged.filter(({ verdict }) => verdict === "out of reach").length;
      const served = judged.length - unserved - outside;
      console.log(
        `${name}: matched ${good} of ${served} pairs (${unserved} not served, ${outside} out of reach)`,
      );
      const differing = judged
        .filter(({ verdict }) => verdict === "differs")
        .map((pair) => `${pair.cassette} #${pair.index} ${pair.request}\n  ${pair.differences.join("\n  ")}`);
      expect(good, differing.join("\n")).toBeGreaterThanOrEqual(matched);
      expect(good / served).toBeGreaterThanOrEqual(0.95);
      expect(unserved).toBeLessThanOrEqual(notServed);
      expect(outside).toBeLessThanOrEqual(outOfReach);
    });
  }
});

describe("the comparison itself", () => {
  const compare = (recorded: Parameters<typeof compareAnswers>[1], ours: typeof recorded): string[] =>
    compareAnswers(
      {
        translation: makeTranslation({}),
        ambiguousIds: new Set(),
        startMs: Date.UTC(2026, 5, 27),
        hasChosenColor: () => false,
      },
      recorded,
      ours,
    );
  const idA = "38c9ce7b-60a4-8138-8c4d-f4552da24967";
  const idB = "48c9ce7b-60a4-8138-8c4d-f4552da24967";
  const idC = "58c9ce7b-60a4-8138-8c4d-f4552da24967";

  test("sees missing and added keys, other values, types, nulls and orders", () => {
    expect(compare({ a: 1 }, {})).toEqual([": lacks a"]);
    expect(compare({}, { a: 1 })).toEqual([": adds a"]);
    expect(compare({ a: 1 }, { a: 2 })).toHaveLength(1);
    expect(compare({ a: 1 }, { a: "1" })).toHaveLength(1);
    expect(compare({ a: null }, { a: {} })).toHaveLength(1);
    expect(compare({ a: {} }, { a: null })).toHaveLength(1);
    expect(compare({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([": order a,b became b,a"]);
    expect(compare({ a: [1] }, { a: [1, 1] })).toHaveLength(1);
  });

  test("lets ids differ, but not one id become two", () => {
    expect(compare([idA, idA], [idB, idB])).toEqual([]);
    expect(compare([idA, idA], [idB, idC])).toHaveLength(1);
  });

  test("wants the same minute, unless the object is older than the recording", () => {
    const minute = { created_time: "2026-06-27T17:05:00.000Z" };
    expect(compare(minute, { ...minute })).toEqual([]);
    expect(compare(minute, { created_time: "2026-06-27T17:06:00.000Z" })).toHaveLength(1);
    expect(compare(minute, { created_time: "2026-06-27T17:05:00.000+00:00" })).toHaveLength(1);
    const older = { created_time: "2026-06-18T17:05:00.000Z" };
    expect(compare(older, { created_time: "2026-06-27T17:06:00.000Z" })).toEqual([]);
    expect(compare(older, { created_time: "2026-06-27T17:05:09.626Z" })).toHaveLength(1);
  });
});
