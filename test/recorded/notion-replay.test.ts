// The judge of the Notion sandbox: real traffic, recorded by other projects, replayed pair by pair.
//
// The floors are the numbers reached; a change that loses a pair turns this red and names it. Cassettes lie in
// cassettes/<folder> under the licence of their source.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cassetteNames, readCassette } from "./notion-cassette.ts";
import { compareAnswers } from "./notion-compare.ts";
import { isSelfContained, replayCassette, type RecordedWorkspace } from "./notion-replay.ts";
import { makeTranslation } from "./notion-translation.ts";

const cassettes = join(import.meta.dirname, "cassettes");

interface Folder {
  readonly name: string;
  readonly workspace: RecordedWorkspace;
  /** Pairs that match today, and pairs whose endpoints are not served. */
  readonly matched: number;
  readonly notServed: number;
}

const folders: readonly Folder[] = [
  {
    name: "ultimate-notion",
    matched: 637,
    notServed: 0,
    workspace: {
      rootId: "00000000-0000-4000-8000-000000000001",
      personId: "00000000-0000-4000-8000-0000000000fa",
      botId: "00000000-0000-4000-8000-0000000000f1",
      knownIds: ["00000000-0000-4000-8000-0000000000f0"],
      integrationName: "Ultimate Notion Tests",
      person: { name: "Adam Dangoor", email: "adamdangoor@gmail.com" },
      // Upstream replaced two bots and the integration by one id.
      ambiguousIds: ["00000000-0000-4000-8000-0000000000f1"],
      furnish: ({ admin }) => {
        admin.editPage(admin.rootPageId, { title: [{ text: { content: "Tests" } }] });
        admin.addUser({ name: "Publish Interview Questions", kind: "bot" });
      },
    },
  },
  {
    name: "notion-sdk-py",
    matched: 202,
    notServed: 22,
    workspace: {
      rootId: "393abc1e-edcd-80f3-813b-e205934558c6",
      personId: "a4f789cc-7bc8-4cf0-82b9-a8ba7d985ecf",
      botId: "7775f3a3-893f-43fa-b625-460c61094c78",
      knownIds: [],
      integrationName: "notion-sdk-py",
      person: { name: "Guillaume Gelin", email: "notion@ramnes.eu", isEmailVerified: true },
      ambiguousIds: [],
      furnish: ({ admin }) => {
        admin.editPage(admin.rootPageId, { title: [] }, admin.botId);
      },
    },
  },
];

describe("recorded Notion traffic", () => {
  for (const { name, workspace, matched, notServed } of folders) {
    test(`${name}: answers match`, () => {
      const folder = join(cassettes, name);
      const judged = cassetteNames(folder)
        .map((cassette) => readCassette(folder, cassette))
        .flatMap((cassette) => replayCassette(workspace, cassette));
      const unserved = judged.filter(({ verdict }) => verdict === "not served").length;
      const good = judged.filter(({ verdict }) => verdict === "matched").length;
      const served = judged.length - unserved;
      console.log(`${name}: matched ${good} of ${served} pairs (${unserved} not served)`);
      const differing = judged
        .filter(({ verdict }) => verdict === "differs")
        .map((pair) => `${pair.cassette} #${pair.index} ${pair.request}\n  ${pair.differences.join("\n  ")}`);
      expect(good, differing.join("\n")).toBeGreaterThanOrEqual(matched);
      expect(good / served).toBeGreaterThanOrEqual(0.95);
      expect(unserved).toBeLessThanOrEqual(notServed);
    });

    test(`${name}: every cassette can be replayed`, () => {
      const folder = join(cassettes, name);
      const known = [workspace.rootId, workspace.personId, workspace.botId, ...workspace.knownIds];
      const stray = cassetteNames(folder).filter(
        (cassette) => !isSelfContained(readCassette(folder, cassette), known),
      );
      expect(stray).toEqual([]);
    });
  }
});

describe("the comparison itself", () => {
  const compare = (recorded: Parameters<typeof compareAnswers>[1], ours: typeof recorded): string[] =>
    compareAnswers(
      { translation: makeTranslation({}), ambiguousIds: new Set(), hasChosenColor: () => false },
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

  test("lets instants differ, but not their format", () => {
    const minute = { created_time: "2026-06-27T17:05:00.000Z" };
    expect(compare(minute, { created_time: "2025-01-01T00:00:00.000Z" })).toEqual([]);
    expect(compare(minute, { created_time: "2026-06-27T17:05:09.626Z" })).toHaveLength(1);
    expect(compare(minute, { created_time: "2026-06-27T17:05:00.000+00:00" })).toHaveLength(1);
  });
});
