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

test.each<[string, readonly string[], string | null]>([
  // Every third letter may be wrong, and one of a short word.
  ["abcdef", ["abcdxy"], "abcdxy"],
  ["abcdef", ["abcxyz"], null],
  ["ab", ["xb"], "xb"],
  ["ab", ["xy"], null],
  ["a", ["b"], "b"],
  ["", ["a"], "a"],
  ["abc", ["acb"], "acb"],
  ["abc", ["cba"], null],
  ["abc", ["ab"], "ab"],
  ["ab", ["abc"], "abc"],
  ["both-ways", ["both", "toAirtable"], null],
  // Of two as near the first one listed.
  ["cat", ["bat", "hat"], "bat"],
  ["TABLE", ["tables", "table"], "table"],
  ["table", [], null],
])("%j among %j is %j", (word, known, expected) => {
  expect(nearest(word, known)).toBe(expected);
});
