import { expect, test } from "vitest";
import { decodeId, isPseudo, makeSource } from "./source.ts";

test("ids of properties are the same escaped or raw, and a stray percent sign is kept as it is", () => {
  expect(["c%5Ba", "c[a", "100%", "%zz", "title"].map(decodeId)).toEqual([
    "c[a",
    "c[a",
    "100%",
    "%zz",
    "title",
  ]);
});

test("a source knows its title and its columns, and tells them from what every page has", () => {
  const properties = [
    { id: "a%5B", name: "A", type: "number", config: {} },
    { id: "b", name: "B", type: "title", config: {} },
  ];
  const parts = { botId: "bot", formulas: new Map() };
  const source = makeSource({ id: "s", title: [], properties }, parts);
  expect([source.id, source.title, source.botId]).toEqual(["s", "b", "bot"]);
  expect([...source.properties].map(([id, { wireId }]) => [id, wireId])).toEqual([
    ["a[", "a%5B"],
    ["b", "b"],
  ]);
  const ids = source.schema.fields.map(({ id }) => id);
  expect(ids.filter(isPseudo)).toEqual(["@url", "@id", "@created", "@edited", "@icon"]);
  expect(makeSource({ id: "s", title: [], properties: [] }, parts).title).toBe("title");
});
