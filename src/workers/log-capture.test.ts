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

/** What is kept of these outputs. */
async function capture(out: string, err: string) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const lines: string[] = [];
  const { finish } = captureLines({ stdout, stderr } as unknown as ChildProcess, {
    mask: (text) => text.replaceAll("secret", "[secret]"),
    onLog: ({ stream, text }) => lines.push(`${stream} ${text}`),
  });
  stdout.end(out);
  await once(stdout, "end");
  stderr.end(err);
  await once(stderr, "end");
  return { ...finish(), lines };
}

test("the last thirty lines of the error output are its last words, masked, and of the other none", async () => {
  const err = Array.from({ length: 40 }, (_, at) => `secret ${at}\n`).join("");
  const { lastWords } = await capture("printed\n", err);
  expect(lastWords).toEqual(Array.from({ length: 30 }, (_, at) => `[secret] ${at + 10}`));
});

test("a secret is found also where codes for the terminal cut it in two", async () => {
  const { lines } = await capture("sec\u001B[31mret\u001B[0m\n", "");
  expect(lines).toEqual(["out [secret]"]);
});

test("want of memory is read from what V8 says on the error output, and nowhere else", async () => {
  const said = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";
  expect(await capture("", `${said}\n`)).toMatchObject({ isOutOfMemory: true });
  expect(await capture(`${said}\n`, "")).toMatchObject({ isOutOfMemory: false });
  expect(await capture("", `they say ${said}\n`)).toMatchObject({ isOutOfMemory: false });
});

test("a line is kept up to 64 Ki characters, and says that it was cut", async () => {
  const { lines } = await capture(`${"x".repeat(65_536)}\n${"y".repeat(65_537)}\n`, "");
  expect(lines).toEqual([`out ${"x".repeat(65_536)}`, `out ${"y".repeat(65_536)}… (cut)`]);
});
