// Looks things up in the audit log: an iterator over its lines, oldest or newest first, that holds one
// piece of the file at a time. Needs no store, so it works on a copy of the file on another machine.
import { closeSync, createReadStream, existsSync, openSync } from "node:fs";

import { listArchives, readArchive } from "./archive.ts";
import { linesBackward } from "./backward.ts";
import type { SideNames } from "./encode.ts";
import { parseLine, type HistoryLine, type LineType } from "./line.ts";

export interface HistoryFilter {
  readonly run?: string;
  readonly pair?: string;
  /** The id of a row on either side, or the start of its title, without case. */
  readonly row?: string;
  /** The mapping's name, without case. */
  readonly field?: string;
  readonly sinceMs?: number;
  readonly kinds?: readonly LineType[];
  /** Only lines after this number: for following a log that grows. */
  readonly afterSeq?: number;
}

export interface ReadOptions {
  readonly path: string;
  readonly names: SideNames;
  readonly filter?: HistoryFilter;
  readonly isNewestFirst?: boolean;
  /** Whether rotated files are read as well. */
  readonly hasArchives?: boolean;
  /** Told of each line that is no line of the log; without it they are passed over. */
  readonly onUnreadable?: (text: string) => void;
}

/** The lines that pass the filter. A log that is not there has none. */
export async function* readHistory(options: ReadOptions): AsyncGenerator<HistoryLine, void> {
  const { names, filter = {} } = options;
  let lastSeq: number | null = null;
  for await (const text of options.isNewestFirst === true ? backward(options) : forward(options)) {
    const line = parseLine(text);
    if (line === null) {
      options.onUnreadable?.(text);
      continue;
    }
    // A rotation that a crash cut short leaves lines both in the archive and in the log.
    const isRepeated =
      lastSeq !== null &&
      (options.isNewestFirst === true ? line.seq >= lastSeq : line.seq <= lastSeq);
    if (isRepeated) continue;
    lastSeq = line.seq;
    if (isWanted(line, filter, names)) yield line;
    else if (options.isNewestFirst === true && isBefore(line, filter)) return;
  }
}

/** Nothing older can pass any more. Times may go back a little between runs, numbers never do. */
function isBefore(line: HistoryLine, filter: HistoryFilter): boolean {
  return filter.afterSeq !== undefined && line.seq <= filter.afterSeq;
}

/** Whether a line passes the filter. */
function isWanted(line: HistoryLine, filter: HistoryFilter, names: SideNames): boolean {
  const { run, pair, row, field, sinceMs, kinds, afterSeq } = filter;
  return (
    (run === undefined || line.run === run) &&
    (pair === undefined || line.pair === pair) &&
    (kinds === undefined || kinds.includes(line.type)) &&
    (afterSeq === undefined || line.seq > afterSeq) &&
    (sinceMs === undefined || Date.parse(line.at) >= sinceMs) &&
    (row === undefined || isOfRow(line, row, names)) &&
    (field === undefined || isOfField(line, fold(field)))
  );
}

function isOfRow(line: HistoryLine, row: string, names: SideNames): boolean {
  if (line[`${names.left}Id`] === row || line[`${names.right}Id`] === row) return true;
  const title = line["title"];
  return typeof title === "string" && row !== "" && fold(title).startsWith(fold(row));
}

function isOfField(line: HistoryLine, field: string): boolean {
  switch (line.type) {
    case "change":
      return Object.keys(line.fields).some((name) => fold(name) === field);
    case "conflict":
      return fold(line.field) === field;
    case "problem":
      return line.field !== undefined && fold(line.field) === field;
    case "halt":
    case "run":
      return false;
  }
}

function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

async function* forward({ path, hasArchives }: ReadOptions): AsyncGenerator<string, void> {
  if (hasArchives === true) {
    for (const archive of listArchives(path)) yield* readArchive(archive.path);
  }
  if (!existsSync(path)) return;
  for await (const { text } of linesForward(path)) yield text;
}

async function* backward({ path, hasArchives }: ReadOptions): AsyncGenerator<string, void> {
  if (existsSync(path)) {
    const file = openSync(path, "r");
    try {
      for (const { bytes } of linesBackward(file)) yield bytes.toString("utf8");
    } finally {
      closeSync(file);
    }
  }
  if (hasArchives !== true) return;
  for (const archive of listArchives(path).toReversed())
    yield* readArchive(archive.path).toReversed();
}

/** The lines of a text file. What follows the last line end, if anything, is not whole. */
export async function* linesForward(
  path: string,
): AsyncGenerator<{ readonly text: string; readonly isWhole: boolean }, void> {
  let rest = "";
  for await (const piece of createReadStream(path, { encoding: "utf8" })) {
    const lines = (rest + String(piece)).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) yield { text, isWhole: true };
  }
  if (rest !== "") yield { text: rest, isWhole: false };
}
