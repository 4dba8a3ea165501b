// What a row's content is cut into, and how relations are told apart.
import { describe, expect, test } from "vitest";

import { recordId } from "../ids.ts";
import { blank, cellFingerprint, type Cell, type Moment, type Place } from "./cell.ts";
import type { Upsert } from "./change.ts";
import { bodyPart, coverPart, iconPart, partsOf, relationPart } from "./parts.ts";
import { resolveRelation, type TargetRow } from "./relation.ts";

const digest = (content: string): string => `#${content}`;
const text = (content: string): Cell => ({ kind: "text", runs: [{ text: content, url: null }] });

function upsert(cells: Readonly<Record<string, Cell>>, change: Partial<Upsert> = {}): Upsert {
  return {
    kind: "upsert",
    key: "k",
    database: "d",
    cells: new Map(Object.entries(cells)),
    icon: null,
    coverUrl: null,
    body: null,
    updatedAtMs: null,
    ...change,
  };
}

describe("the parts of a change", () => {
  const how = { digest, relations: new Map() };

  test("are what it gives: nothing it leaves out, and blank where it clears", () => {
    expect([...partsOf(upsert({}), how).keys()]).toEqual([]);
    const parts = partsOf(
      upsert(
        { Name: text("a"), Gone: blank },
        { body: "", icon: { kind: "emoji", emoji: "🎯" }, coverUrl: "https://x.example/c" },
      ),
      how,
    );
    expect([...parts.keys()]).toEqual(["Name", "Gone", bodyPart, iconPart, coverPart]);
    expect(parts.get("Gone")?.hash).toBe("#");
    expect(parts.get(bodyPart)?.hash).toBe("#");
  });

  test("differ exactly when the content does", () => {
    const day: Moment = { kind: "day", day: "2026-01-01" };
    const wall = { kind: "wall", day: "2026-01-01", time: "00:00", zone: null } as const;
    const moments: readonly Moment[] = [
      day,
      { kind: "day", day: "2026-01-02" },
      wall,
      { ...wall, time: "00:01" },
      { ...wall, zone: "Europe/Berlin" },
    ];
    const nowhere: Place = { lat: 1, lon: 2, name: null, address: null, googlePlaceId: null };
    const places: readonly Partial<Place>[] = [
      {},
      { lat: 3 },
      { lon: 3 },
      { name: "a" },
      { address: "a" },
      { googlePlaceId: "a" },
    ];
    const cells: readonly Cell[] = [
      blank,
      text("a"),
      text("b"),
      { kind: "text", runs: [{ text: "a", url: "https://x.example" }] },
      { kind: "text", runs: [{ text: "a", url: "https://y.example" }] },
      { kind: "number", number: 1 },
      { kind: "number", number: 1.25 },
      { kind: "number", number: 1.2500001 },
      { kind: "boolean", isTrue: true },
      { kind: "boolean", isTrue: false },
      { kind: "choice", name: "a" },
      // No name can make one kind look like another.
      { kind: "choice", name: cellFingerprint(text("a")) },
      { kind: "choice", name: "" },
      { kind: "choices", names: ["a"] },
      { kind: "choices", names: [] },
      { kind: "choices", names: ["a", "b"] },
      { kind: "people", emails: ["a"] },
      { kind: "people", emails: ["a", "b"] },
      { kind: "files", files: [{ name: "a", url: "u" }] },
      { kind: "files", files: [{ name: "a", url: "v" }] },
      { kind: "files", files: [{ name: "b", url: "u" }] },
      ...moments.map((start): Cell => ({ kind: "date", start, end: null })),
      ...moments.map((end): Cell => ({ kind: "date", start: day, end })),
      ...places.map((place): Cell => ({ kind: "place", place: { ...nowhere, ...place } })),
      { kind: "relation", keys: ["a"] },
      { kind: "relation", keys: ["a", "b"] },
      { kind: "relation", keys: ["b", "a"] },
    ];
    expect(new Set(cells.map(cellFingerprint)).size).toBe(cells.length);
    const same: readonly (readonly [Cell, Cell])[] = [
      [
        { kind: "choices", names: ["b", "a"] },
        { kind: "choices", names: ["a", "b"] },
      ],
      [
        { kind: "people", emails: ["b", "a"] },
        { kind: "people", emails: ["a", "b"] },
      ],
    ];
    for (const [one, other] of same) expect(cellFingerprint(one)).toBe(cellFingerprint(other));
  });
});

describe("a relation", () => {
  const target = (id: string, isTrashed = false): TargetRow => ({ id: recordId(id), isTrashed });
  const rows = new Map([
    ["a", target("1")],
    ["b", target("2", true)],
  ]);

  test("links live rows once, in order, and waits for the others", () => {
    expect(resolveRelation(["x", "a", "b", "a"], rows)).toMatchObject({
      ids: [recordId("1")],
      missing: ["x", "b"],
    });
    expect(resolveRelation([], rows)).toMatchObject({ ids: [], missing: [] });
  });

  const hashOf = (keys: readonly string[], among: ReadonlyMap<string, TargetRow>) =>
    relationPart(resolveRelation(keys, among), digest);

  test("is written anew when a row comes, or comes back as another", () => {
    const empty = hashOf(["a"], new Map());
    const there = hashOf(["a"], rows);
    const anew = hashOf(["a"], new Map([["a", target("9")]]));
    expect(new Set([empty.hash, there.hash, anew.hash]).size).toBe(3);
    expect([...empty.same, ...there.same, ...anew.same]).not.toContain(undefined);
    expect(there.same).not.toContain(empty.hash);
    expect(anew.same).not.toContain(there.hash);
  });

  test("counts as unchanged when its row only went to the trash, and not when it came back unlinked", () => {
    const alive = hashOf(["b"], new Map([["b", target("2")]]));
    const away = hashOf(["b"], rows);
    expect(away.same).toContain(alive.hash);
    expect([alive.hash, ...alive.same]).not.toContain(away.hash);
  });
});
