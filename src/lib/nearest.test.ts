import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const keys = ["schedule", "notion", "airtable", "fields", "creates", "deletes"];

test("a slip of the pen finds the word that was meant", () => {
  expect(nearest("feilds", keys)).toBe("fields");
  expect(nearest("Notion", keys)).toBe("notion");
  expect(nearest("airtabel", keys)).toBe("airtable");
  expect(nearest("delete", keys)).toBe("deletes");
});

test("the nearest of several wins", () => {
  expect(nearest("crates", ["creates", "rates"])).toBe("creates");
});

test("a word like none of them finds nothing", () => {
  expect(nearest("weather", keys)).toBeNull();
  expect(nearest("x", ["yes", "no"])).toBeNull();
});
