// The order of changes: last one of a key, targets before those that point at them.
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { arrange, waves } from "./arrange.ts";
import type { Change } from "./change.ts";
import type { DatabaseDeclaration } from "./declaration.ts";

function database(key: string, ...targets: string[]): DatabaseDeclaration {
  return {
    key,
    type: "managed",
    title: key,
    primaryKey: "Key",
    properties: targets.map((target) => ({
      name: `to ${target}`,
      shape: { type: "relation", database: target, twoWay: null },
    })),
    icon: null,
    subItems: null,
  };
}

const gone = (name: string, key: string): Change => ({ kind: "delete", key, database: name });
const orderOf = (databases: readonly DatabaseDeclaration[], ...names: string[]) =>
  arrange(
    names.map((name) => gone(name, "k")),
    databases,
  ).map((group) => group.database);

test("of several changes with one key the last counts, where it stands", () => {
  const first: Change = gone("a", "k1");
  const last: Change = { ...gone("a", "k1") };
  const [group] = arrange([first, gone("a", "k2"), last, gone("a", "k3")], [database("a")]);
  expect(group?.changes.map((change) => change.key)).toEqual(["k2", "k1", "k3"]);
  expect(group?.changes[1]).toBe(last);
  expect(arrange([gone("a", "k"), gone("b", "k")], [database("a"), database("b")])).toHaveLength(2);
});

test("tables that others point at come first, whatever the order of declaration", () => {
  const chain = [database("a", "b"), database("b", "c"), database("c")];
  expect(orderOf(chain, "a", "b", "c")).toEqual(["c", "b", "a"]);
  expect(orderOf(chain.toReversed(), "b", "a", "c")).toEqual(["c", "b", "a"]);
  expect(orderOf([database("a", "a"), database("b")], "b", "a")).toEqual(["a", "b"]);
});

test("a circle of tables is cut, and an undeclared one comes last", () => {
  expect(orderOf([database("a", "b"), database("b", "a")], "x", "a", "b")).toEqual(["b", "a", "x"]);
});

test("rows come after the rows they point at, and circles come together", () => {
  const found = waves(
    new Map([
      ["leaf", ["mid", "elsewhere"]],
      ["mid", ["root", "mid"]],
      ["root", []],
      ["c1", ["c2"]],
      ["c2", ["c1", "leaf"]],
    ]),
  );
  expect(found).toEqual([["root"], ["mid"], ["leaf"], ["c1", "c2"]]);
});

test("rows that only point at a circle come after it, so that they need no second write", () => {
  const found = waves(
    new Map([
      ["b", ["a"]],
      ["a", ["b", "a"]],
      ["report", ["a"]],
      ["intern", ["report", "b"]],
      ["x", ["y", "a"]],
      ["y", ["x"]],
    ]),
  );
  expect(found).toEqual([["b", "a", "x", "y"], ["report"], ["intern"]]);
});

test("every row is in exactly one wave, and without circles never before its target", () => {
  const graph = fc.array(fc.array(fc.nat(12), { maxLength: 3 }), { maxLength: 12 });
  fc.assert(
    fc.property(graph, (targets) => {
      // Only to rows with a smaller number: no circle.
      const creates = new Map(
        targets.map((each, at) => [String(at), each.filter((one) => one < at).map(String)]),
      );
      const found = waves(creates);
      expect(found.flat().toSorted()).toEqual([...creates.keys()].toSorted());
      const wave = new Map(found.flatMap((keys, at) => keys.map((key) => [key, at])));
      for (const [key, each] of creates) {
        for (const target of each) expect(wave.get(target)).toBeLessThan(wave.get(key) ?? -1);
      }
    }),
  );
});
