import { describe, expect, test } from "vitest";
import type { Cell } from "./cell.ts";
import type { Upsert } from "./change.ts";
import type { DatabaseDeclaration, PropertyShape } from "./declaration.ts";
import { withKey } from "./key-cell.ts";

const text = (content: string): Cell => ({ kind: "text", runs: [{ text: content, url: null }] });

function database(shape: PropertyShape): DatabaseDeclaration {
  return {
    key: "items",
    type: "managed",
    title: "Items",
    primaryKey: "Id",
    properties: [
      { name: "Id", shape },
      { name: "Name", shape: { type: "title" } },
    ],
    icon: null,
    subItems: null,
  };
}

const upsert = (key: string, cells: readonly [string, Cell][]): Upsert => ({
  kind: "upsert",
  key,
  database: "items",
  cells: new Map(cells),
  icon: null,
  coverUrl: null,
  body: null,
  updatedAtMs: null,
});

const inText = database({ type: "text" });

test("a change whose key stands in its property passes as it is", () => {
  const change = upsert("a", [
    ["Id", text("a")],
    ["Name", text("n")],
  ]);
  expect(withKey(change, inText)).toEqual({ kind: "ok", upsert: change, undeclared: [] });
});

describe("a property that is left out gets the key", () => {
  test.each<[PropertyShape, string, Cell]>([
    [{ type: "text" }, "a", text("a")],
    [{ type: "title" }, "a", text("a")],
    [{ type: "number", format: null }, "7", { kind: "number", number: 7 }],
    [{ type: "select", options: [] }, "a", { kind: "choice", name: "a" }],
  ])("%j", (shape, key, cell) => {
    const keyed = withKey(upsert(key, []), database(shape));
    expect(keyed.kind === "ok" && keyed.upsert.cells.get("Id")).toEqual(cell);
  });
});

test("a key that a number would not give back is not put into a number", () => {
  for (const key of ["007", "1e3", "a", " 7"]) {
    const keyed = withKey(upsert(key, []), database({ type: "number", format: null }));
    expect(keyed.kind === "ok" && keyed.upsert.cells.has("Id")).toBe(false);
  }
});

describe("a property that says something else refuses the change, and both are named", () => {
  test.each<[string, Cell, RegExp]>([
    ["other text", text("b"), /"a".*Id holds "b"/u],
    ["another spelling", text("a "), /"a".*Id holds "a "/u],
    ["nothing", { kind: "blank" }, /"a".*Id holds nothing/u],
    ["people", { kind: "people", emails: ["a"] }, /"a".*Id holds nothing/u],
  ])("%s", (_name, cell, message) => {
    expect(withKey(upsert("a", [["Id", cell]]), inText)).toEqual({
      kind: "refused",
      message: expect.stringMatching(message),
    });
  });
});

test("an empty key is refused", () => {
  expect(withKey(upsert("", []), inText)).toMatchObject({ kind: "refused" });
});

test("what the database does not declare is left out, and named", () => {
  const keyed = withKey(upsert("a", [["Gone", text("x")]]), inText);
  expect(keyed).toMatchObject({ kind: "ok", undeclared: ["Gone"] });
  expect(keyed.kind === "ok" && [...keyed.upsert.cells.keys()]).toEqual(["Id"]);
});
