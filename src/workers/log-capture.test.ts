import { expect, test } from "vitest";
import { lineCharactersMax, splitLines } from "./log-capture.ts";

function split(chunks: readonly (string | Buffer)[]): readonly string[] {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test("lines come whole, however they arrive", () => {
  expect(split(["a\nb", "c\n\nd\r", "\ne"])).toEqual(["a", "bc", "", "d", "e"]);
  expect(split([])).toEqual([]);
});

test("a letter across two chunks stays a letter", () => {
  const [first, second] = [Buffer.from("ä\n").subarray(0, 1), Buffer.from("ä\n").subarray(1)];
  expect(split([first, second])).toEqual(["ä"]);
});

test("a line without an end does not grow without one", () => {
  const [line = ""] = split(Array.from({ length: 200 }, () => "x".repeat(10_000)));
  expect(line.length).toBeLessThan(3 * lineCharactersMax);
  expect(line.length).toBeGreaterThan(lineCharactersMax);
});
