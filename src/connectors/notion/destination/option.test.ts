import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PropertyShape } from "../../../core/oneway/declaration.ts";
import type { WireProperty } from "../wire.ts";
import { addOptions, declaredOptions, fitOptionName } from "./option.ts";

function select(names: readonly string[]): PropertyShape {
  return { type: "select", options: names.map((name) => ({ name, color: null })) };
}

function column(names: readonly string[], type = "select"): WireProperty {
  const options = names.map((name, index) => ({ id: `id-${index}`, name, color: "red" }));
  return { id: "a", name: "A", type, config: { options } };
}

const names = fc.uniqueArray(fc.string({ maxLength: 4 }), {
  maxLength: 130,
  selector: (name) => fitOptionName(name).toLowerCase(),
});

describe("options to add", () => {
  test("never drop one that is there, never make a list too long, and are added once", () => {
    fc.assert(
      fc.property(names, names, (present, declared) => {
        const before = present.map(fitOptionName).filter((name) => name !== "");
        const change = addOptions(column(before), select(declared));
        if (change === null) return;
        const kept = change.options.flatMap((one) => ("id" in one ? [one.id] : []));
        expect(kept).toEqual(before.map((_, index) => `id-${index}`));
        expect(change.options.length).toBeLessThanOrEqual(100);
        const after = addOptions(column([...before, ...change.added]), select(declared));
        expect(after === null || change.options.length === 100).toBe(true);
      }),
    );
  });

  test("have a colour and a group only where the service knows them", () => {
    const groups = [
      { name: "Complete", options: [{ name: "Shut", color: "mauve" }] },
      { name: "Elsewhere", options: [{ name: "Lost", color: "red" }] },
    ];
    const shape: PropertyShape = { type: "status", groups };
    expect(declaredOptions(shape)).toEqual([
      { name: "Shut", group: "Complete" },
      { name: "Lost", color: "red" },
    ]);
    expect(addOptions(column([], "select"), shape)?.options).toEqual([
      { name: "Shut" },
      { name: "Lost", color: "red" },
    ]);
  });
});

test("a name is cut between characters, not inside one", () => {
  expect(fitOptionName(`${"x".repeat(99)}👍`)).toBe("x".repeat(99));
  expect(fitOptionName(`${"x".repeat(98)}👍👍`)).toBe(`${"x".repeat(98)}👍`);
});
