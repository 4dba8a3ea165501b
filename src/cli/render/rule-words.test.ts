import { expect, test } from "vitest";
import { ruleWords } from "./rule-words.ts";

const names = { left: "Notion", right: "Airtable" };
const rules = [
  ...Array.from({ length: 20 }, (_, index) => `F${index + 1}`),
  ...Array.from({ length: 27 }, (_, index) => `R${index + 1}`),
  "undo",
];

test("every rule has words on both sides, and none names the rule itself", () => {
  for (const rule of rules) {
    for (const side of ["left", "right"] as const) {
      const words = ruleWords(rule, side, names);
      expect(words).not.toBe(rule);
      expect(words).not.toMatch(/undefined|left|right|[FR]\d/u);
    }
  }
});

test("an edit is told from its being taken back", () => {
  expect(ruleWords("F4", "right", names)).toBe("edited in Notion");
  expect(ruleWords("F4", "left", names)).toBe("edit in Notion taken back: it only receives");
  expect(ruleWords("F5", "left", names)).toBe("edited in Airtable");
});

test("the winner is the side the value comes from", () => {
  expect(ruleWords("F11", "right", names)).toBe("both edited; Notion later");
  expect(ruleWords("F12", "left", names)).toBe("both edited; Airtable wins");
});

test("a rule of a later version is shown as it is", () => {
  expect(ruleWords("F99", "left", names)).toBe("F99");
});

test("word for word, for a write to the left side and to the right one", () => {
  const table = rules.map(
    (rule) =>
      `${rule.padEnd(4)} ${ruleWords(rule, "left", names)} | ${ruleWords(rule, "right", names)}`,
  );
  expect(`\n${table.join("\n")}\n`).toMatchSnapshot();
});
