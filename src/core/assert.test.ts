// Checks on our own work: what is there passes, whatever it is, and what is not is our bug.
import { expect, test } from "vitest";
import { assert, InvariantError, must } from "./assert.ts";

test("what holds passes, what does not ends the run under its own name", () => {
  expect(() => {
    assert(true, "fine");
  }).not.toThrow();
  const fail = (): void => {
    assert(false, "a row without a side");
  };
  expect(fail).toThrow(new InvariantError("a row without a side"));
  expect(new InvariantError("x").name).toBe("InvariantError");
});

test("only what is absent is missing: nothing, zero and false are values", () => {
  expect([must(0, "m"), must("", "m"), must(false, "m")]).toEqual([0, "", false]);
  expect(() => must(null, "a link")).toThrow(InvariantError);
  expect(() => must(undefined, "a link")).toThrow("a link");
});
