import { expect, test } from "vitest";
import {
  fit,
  oneLine,
  padEnd,
  padStart,
  paragraph,
  phrases,
  widthOf,
  wrap,
  wrapLines,
} from "./plain.ts";

test("any text becomes one harmless line", () => {
  expect(oneLine("a\nb\r\nc\td")).toBe("a⏎b⏎c d");
  expect(oneLine("\u001b[31mred\u001b[0m")).toBe("red");
  expect(oneLine("\u001b]0;title\u0007ok\u0008")).toBe("ok");
  expect(oneLine("abc\u202Edcba\u2066")).toBe("abcdcba");
});

test("wide and joined characters are counted as the terminal shows them", () => {
  expect(widthOf("表")).toBe(2);
  expect(fit("表計算ソフト", 7)).toBe("表計算…");
  expect(fit("👩‍👩‍👧‍👦 family", 6)).toBe("👩‍👩‍👧‍👦 fa…");
  expect(padEnd("表", 4)).toBe("表  ");
});

test("text is cut only when it is too long", () => {
  expect(fit("abc", 3)).toBe("abc");
  expect(fit("abcd", 3)).toBe("ab…");
  expect(fit("abcd", 1)).toBe("…");
  expect(fit("abcd", 0)).toBe("");
});

test("paragraphs are wrapped at words and indented", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("a-very-long-word x", 5)).toEqual(["a-very-long-word", "x"]);
  expect(paragraph("one two three four five six", 2, 22)).toBe("  one two three four\n  five six");
});

test("phrases break between each other only", () => {
  expect(phrases(["2 waiting", "118 unchanged", "4 s"], 2, 28)).toBe(
    "  2 waiting · 118 unchanged\n  4 s",
  );
});

test("a narrow place still gets lines that can be read", () => {
  expect(paragraph("one two three four five", 30, 40)).toBe(
    `${" ".repeat(30)}one two three four\n${" ".repeat(30)}five`,
  );
  expect(padStart("表", 4)).toBe("  表");
  expect(padStart("abcde", 4)).toBe("abcde");
  expect(padEnd("abcde", 4)).toBe("abcde");
});

test("lines keep how far in they began, and frames of a stack stay whole", () => {
  const text =
    "one two three four five\n\n  six seven eight nine ten\n    at frame (a.ts:1:2 that is long)";
  expect(wrapLines(text, { margin: 4, width: 24 })).toBe(
    [
      "    one two three four",
      "    five",
      "",
      "  six seven eight nine",
      "  ten",
      "    at frame (a.ts:1:2 that is long)",
    ].join("\n"),
  );
});

test("line ends of every kind, and signs that turn the reading direction, become harmless", () => {
  expect(oneLine("a\u2028b\u2029c\rd")).toBe("a⏎b⏎c⏎d");
  expect(oneLine("a\u200eb\u200fc\u202ad\u2069e\u0000f\u007fg")).toBe("abcdefg");
});

test("one phrase stays alone, however long", () => {
  expect(phrases(["a phrase that is too long", "b"], 2, 10)).toBe(
    "  a phrase that is too long\n  b",
  );
  expect(phrases(["ab", "cd"], 2, 9)).toBe("  ab · cd");
  expect(phrases(["ab", "cd"], 2, 8)).toBe("  ab\n  cd");
});
