import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { linesBackward } from "./backward.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tandem-backward-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

function backward(content: string): string[] {
  const path = join(directory, "file");
  writeFileSync(path, content);
  const file = openSync(path, "r");
  try {
    const found = [...linesBackward(file)];
    // By hand: a matcher goes through a buffer byte by byte.
    const whole = Buffer.from(content);
    for (const { bytes, offset } of found)
      expect(whole.subarray(offset, offset + bytes.length).equals(bytes)).toBe(true);
    return found.map(({ bytes }) => bytes.toString());
  } finally {
    closeSync(file);
  }
}

function expected(content: string): string[] {
  const lines = content.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.reverse();
}

test("lines come last first, with an unfinished one at the end", () => {
  expect(backward("one\ntwo\n")).toEqual(["two", "one"]);
  expect(backward("one\ntwo")).toEqual(["two", "one"]);
  expect(backward("")).toEqual([]);
  expect(backward("\n")).toEqual([""]);
  expect(backward("\n\na\n")).toEqual(["a", "", ""]);
});

test("lines longer than a piece, and line ends at its edges, are whole", () => {
  for (const size of [65_534, 65_535, 65_536, 65_537, 200_000]) {
    const content = `${"é".repeat(size)}\n${"b".repeat(size)}\nend\n`;
    expect(backward(content)).toEqual(expected(content));
  }
});

test("any content", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "\n", "bb"), { maxLength: 40 }), (parts) => {
      const content = parts.join("");
      expect(backward(content)).toEqual(expected(content));
    }),
  );
});
