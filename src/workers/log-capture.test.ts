import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { captureLines, lineCharactersMax, splitLines } from "./log-capture.ts";

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

test("of many lines the first two thousand are kept, and it is said once that there were more", async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const lines: { readonly stream: string; readonly text: string }[] = [];
  const child = { stdout, stderr } as unknown as ChildProcess;
  const { finish } = captureLines(child, {
    mask: (text) => text.replaceAll("secret", "[secret]"),
    onLog: ({ stream, text }) => lines.push({ stream, text }),
  });
  stdout.end("a secret\n".repeat(2_005));
  await once(stdout, "end");
  finish();
  expect(lines.filter(({ stream }) => stream === "out")).toHaveLength(2_000);
  expect(lines[0]).toEqual({ stream: "out", text: "a [secret]" });
  expect(lines.filter(({ stream }) => stream === "host")).toEqual([
    { stream: "host", text: "Only 2000 lines are kept." },
  ]);
});
