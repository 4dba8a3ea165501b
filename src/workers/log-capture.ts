// What a worker prints, as lines of a run's log: without terminal codes, secrets masked, each line and
// their number capped. Reads both pipes to their end whatever is kept, or the child would stand still.
import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { stripVTControlCharacters } from "node:util";
import type { LogLine } from "../oneway/source.ts";
import type { Mask } from "./secret-mask.ts";

export interface CaptureOptions {
  readonly mask: Mask;
  readonly onLog: (line: LogLine) => void;
}

export interface Captured {
  readonly isOutOfMemory: boolean;
  readonly lastWords: readonly string[];
}

export const lineCharactersMax: number = 64 * 1024;
const linesMax = 2_000;
const lastWordsMax = 30;

/** Lines without our limits on them, as they come out of one pipe. */
interface Splitter {
  readonly write: (chunk: Buffer) => void;
  readonly end: () => void;
}

export function captureLines(
  child: ChildProcess,
  options: CaptureOptions,
): { finish: () => Captured } {
  const state = { count: 0, isOutOfMemory: false };
  const lastWords: string[] = [];
  const take = (stream: "out" | "err", raw: string): void => {
    const text = cut(options.mask(stripVTControlCharacters(raw)));
    if (stream === "err") {
      lastWords.push(text);
      if (lastWords.length > lastWordsMax) lastWords.shift();
      state.isOutOfMemory ||= outOfMemory.test(text);
    }
    state.count += 1;
    const atMs = Date.now();
    if (state.count <= linesMax) options.onLog({ atMs, stream, text });
    if (state.count !== linesMax + 1) return;
    options.onLog({ atMs, stream: "host", text: `Only ${linesMax} lines are kept.` });
  };
  const splitters = [
    attach(child.stdout, (text) => take("out", text)),
    attach(child.stderr, (text) => take("err", text)),
  ];
  const finish = (): Captured => {
    for (const splitter of splitters) splitter.end();
    return { isOutOfMemory: state.isOutOfMemory, lastWords };
  };
  return { finish };
}

/** What V8 prints as it gives up; the exit itself looks like any other abort. */
const outOfMemory = /^FATAL ERROR: .*(?:heap limit|heap out of memory)/u;

function attach(pipe: Readable | null, onLine: (text: string) => void): Splitter {
  const splitter = splitLines(onLine);
  pipe?.on("data", splitter.write);
  pipe?.on("error", () => undefined);
  return splitter;
}

/** A line longer than we keep is cut while it arrives, so that it never stands whole in memory. */
export function splitLines(onLine: (text: string) => void): Splitter {
  const decoder = new StringDecoder("utf8");
  let open = "";
  const add = (text: string): void => {
    // Some room beyond the limit, so that a secret across the cut is still whole when it is masked.
    if (open.length < 2 * lineCharactersMax) open += text;
  };
  const write = (chunk: Buffer): void => {
    const [first = "", ...rest] = decoder.write(chunk).split("\n");
    add(first);
    for (const next of rest) {
      onLine(open.endsWith("\r") ? open.slice(0, -1) : open);
      open = "";
      add(next);
    }
  };
  const end = (): void => {
    add(decoder.end());
    if (open !== "") onLine(open);
    open = "";
  };
  return { write, end };
}

function cut(text: string): string {
  return text.length <= lineCharactersMax ? text : `${text.slice(0, lineCharactersMax)}… (cut)`;
}
