// The writing end of the audit log: the sink that the store drains its entries into. All of it runs
// inside the store's write lock, so of several processes one writes at a time; none keeps the file
// open, because another may rotate it in between.
// Lines are whole: a batch is one write and one sync, and what a crash left of a line is cut off before
// the next one is added.
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

import { SyncError } from "../errors.ts";
import type { EntrySink, NumberedEntry } from "../store/store.ts";
import { listArchives, readArchive } from "./archive.ts";
import { linesBackward, readPiece } from "./backward.ts";
import { encodeLine, hashLine, noLine, type SideNames } from "./encode.ts";
import { parsePlace } from "./line.ts";
import {
  countRuns,
  finishRotation,
  rotate,
  syncDirectory,
  writeAll,
  type RotateOptions,
} from "./rotate.ts";

export interface HistoryOptions {
  /** The log file; its directory is made when missing. */
  readonly path: string;
  readonly names: SideNames;
  /** Runs that stay in the file, 1,000 by default; a tenth more may gather before it is rotated. */
  readonly runsKept?: number;
}

/** The end of the log: number and hash of its last line. */
interface LogEnd {
  readonly seq: number;
  readonly hash: string;
}

/** The sink for `Store.drainEntries`. Its calls throw `store_unusable` when the file cannot be used. */
export function openHistory(options: HistoryOptions): EntrySink {
  const { path, names, runsKept = 1_000 } = options;
  const runsMax = runsKept + Math.ceil(runsKept / 10);
  let end: LogEnd = { seq: 0, hash: noLine };
  let lines: ReadonlyMap<number, string> = new Map();
  // How many runs the file held when it had this size; counted anew when it has another one.
  let counted: { readonly size: number; readonly runs: number } | null = null;

  const write = (entries: readonly NumberedEntry[]): void => {
    const batch = encodeBatch(entries, end.hash, names);
    const sizeBefore = append(path, batch.bytes);
    end = batch.end;
    const added = entries.filter((item) => item.entry.body.type === "run").length;
    const isKnown = counted?.size === sizeBefore;
    if (added === 0 && !isKnown) return;
    const runs = isKnown ? (counted?.runs ?? 0) + added : countRuns(path);
    counted = { size: sizeBefore + batch.bytes.length, runs };
    if (runs <= runsMax) return;
    counted = null;
    tryRotate({ path, runsKept });
  };

  return {
    lastSeq: () => {
      lines = new Map();
      end = safely(path, () => readEnd(path) ?? readArchivedEnd(path));
      return end.seq;
    },
    holds: (item) => {
      if (!lines.has(item.seq)) lines = safely(path, () => readBackTo(path, item.seq));
      const line = lines.get(item.seq);
      const prev = line === undefined ? undefined : parsePlace(line)?.prev;
      return prev !== undefined && encodeLine(item, prev, names) === line;
    },
    write: (entries) => safely(path, () => write(entries)),
    probe: () => {
      safely(path, () => {
        probe(path);
      });
    },
  };
}

/** The lines are safe already, so a failure to move old ones is no reason to fail: the next run tries. */
function tryRotate(options: RotateOptions): void {
  try {
    finishRotation(options.path);
    rotate(options);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}

interface Batch {
  readonly bytes: Buffer;
  readonly end: LogEnd;
}

function encodeBatch(entries: readonly NumberedEntry[], prev: string, names: SideNames): Batch {
  let end: LogEnd = { seq: 0, hash: prev };
  const lines: string[] = [];
  for (const item of entries) {
    const line = encodeLine(item, end.hash, names);
    lines.push(`${line}\n`);
    end = { seq: item.seq, hash: hashLine(line) };
  }
  return { bytes: Buffer.from(lines.join(""), "utf8"), end };
}

/** Adds the bytes and returns the size before. A write that fails half-way is taken back. */
function append(path: string, bytes: Buffer): number {
  mkdirSync(dirname(path), { recursive: true });
  const isNew = !existsSync(path);
  const file = openSync(path, "a");
  try {
    const { size } = fstatSync(file);
    try {
      writeAll(file, bytes);
      fdatasyncSync(file);
    } catch (error) {
      ftruncateSync(file, size);
      throw error;
    }
    if (isNew) syncDirectory(dirname(path));
    return size;
  } finally {
    closeSync(file);
  }
}

/** Room that a run's lines will need at the least. */
const probeBytes = 16_384;

/** Adds bytes and takes them back. Without an end of line: what a crash leaves of them is cut off. */
function probe(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const isNew = !existsSync(path);
  const file = openSync(path, "a");
  try {
    const { size } = fstatSync(file);
    try {
      writeAll(file, Buffer.alloc(probeBytes, " "));
    } finally {
      ftruncateSync(file, size);
    }
  } finally {
    closeSync(file);
    if (isNew) rmSync(path);
  }
}

/** Where the log ends, once its end is whole again; null when it has no line. */
function readEnd(path: string): LogEnd | null {
  if (!existsSync(path)) return null;
  const file = openSync(path, "r+");
  try {
    mendEnd(file);
    let hash: string | null = null;
    for (const { bytes } of linesBackward(file)) {
      hash ??= hashLine(bytes);
      // Somebody may have put lines of their own at the end; ours are before them.
      const place = parsePlace(bytes.toString("utf8"));
      if (place !== null) return { seq: place.seq, hash };
    }
    return hash === null ? null : { seq: 0, hash };
  } finally {
    closeSync(file);
  }
}

/** Cuts off what a crash left of a line. A line that lacks nothing but its end is given one. */
function mendEnd(file: number): void {
  const { size } = fstatSync(file);
  if (size === 0 || readPiece(file, size - 1, 1).toString() === "\n") return;
  const [rest] = linesBackward(file);
  if (rest === undefined) return;
  if (parsePlace(rest.bytes.toString("utf8")) === null) ftruncateSync(file, rest.offset);
  else writeSync(file, "\n", size);
  fdatasyncSync(file);
}

/** Where the newest archive ends: what a log continues that was moved away without its archives. */
function readArchivedEnd(path: string): LogEnd {
  const archive = listArchives(path).at(-1);
  if (archive === undefined) return { seq: 0, hash: noLine };
  const line = readArchive(archive.path).at(-1);
  return { seq: archive.to, hash: line === undefined ? noLine : hashLine(line) };
}

/** The log's lines by number, from its end back to this number. */
function readBackTo(path: string, seq: number): ReadonlyMap<number, string> {
  const lines = new Map<number, string>();
  // The archives alone are there: the log was moved away, and the store begun anew.
  if (!existsSync(path)) return lines;
  const file = openSync(path, "r");
  try {
    for (const { bytes } of linesBackward(file)) {
      const line = bytes.toString("utf8");
      const place = parsePlace(line);
      if (place === null) continue;
      lines.set(place.seq, line);
      if (place.seq <= seq) break;
    }
    return lines;
  } finally {
    closeSync(file);
  }
}

function safely<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    throw new SyncError({
      code: "store_unusable",
      message: `The audit log ${path} cannot be read or written (${String(cause.code)}).`,
      remedy:
        String(cause.code) === "ENOSPC"
          ? "Free some space on the disk; what was not written is written by the next run."
          : "Check that its directory exists, that this user may write there, and that the disk is not full; what was not written is written by the next run.",
      cause,
      context: { path, reason: String(cause.code) },
    });
  }
}
