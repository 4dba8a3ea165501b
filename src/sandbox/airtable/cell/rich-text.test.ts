import { expect, test } from "vitest";
import { normalizeRichText } from "./rich-text.ts";

test.each([
  ["#header\n* bullet", "#header\n- bullet\n"],
  ["plain", "plain\n"],
  ["plain\n\n\n", "plain\n"],
  ["* a\n    + b\n*not a bullet*", "- a\n    - b\n*not a bullet*\n"],
  ["```\n* code\n```\n* bullet", "```\n* code\n```\n- bullet\n"],
  ["a\r\nb", "a\nb\n"],
])("%j reads back as %j", (written, read) => {
  expect(normalizeRichText(written)).toBe(read);
  expect(normalizeRichText(read)).toBe(read);
});
