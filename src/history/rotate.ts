// Keeps the log file at the last so many runs: older lines go into a compressed file beside it. The
// order survives a crash at any point: first the archive is whole and safe, then the log is replaced
// by its own end. In between both hold the same lines, which `finishRotation` and the readers know by
// the numbers in the archive's name.
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";

import { archivePath, listArchives, readArchive } from "./archive.ts";
import { readPiece } from "./backward.ts";
import { parsePlace } from "./line.ts";

const pieceBytes = 4 * 1024 * 1024;
const lineEnd = 0x0a;
const runStart = Buffer.from('{"type":"run",');

export interface RotateOptions {
  readonly path: string;
  /** Runs that stay in the file. */
  readonly runsKept: number;
}

/** A line's place in the file: `to` is after its line end. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where the lines that end a run stand, in the order of the file. */
function findRuns(file: number): readonly Span[] {
  const runs: Span[] = [];
  for (const { bytes, offset } of linesForward(file)) {
    if (bytes.subarray(0, runStart.length).equals(runStart))
      runs.push({ from: offset, to: offset + bytes.length + 1 });
  }
  return runs;
}

/** How many runs end in the file. */
export function countRuns(path: string): number {
  return withFile(path, (file) => findRuns(file).length);
}

/** Moves all but the last runs into an archive. Does nothing when there are no more than those. */
export function rotate({ path, runsKept }: RotateOptions): void {
  withFile(path, (file) => {
    const last = findRuns(file).at(-1 - runsKept);
    if (last === undefined) return;
    const from = firstSeq(file);
    const to = parsePlace(readPiece(file, last.from, last.to - last.from).toString("utf8"))?.seq;
    if (from === null || to === undefined) return;
    writeWhole(archivePath(path, from, to), file, { from: 0, to: last.to, isCompressed: true });
    const end = fstatSync(file).size;
    writeWhole(path, file, { from: last.to, to: end, isCompressed: false });
  });
}

/**
 * Takes lines out of the log that an archive holds already, after a crash between the two steps. The
 * archive's last line must be among them to the letter; else this is something else, and stays.
 */
export function finishRotation(path: string): void {
  const archive = listArchives(path).at(-1);
  if (archive === undefined) return;
  withFile(path, (file) => {
    const first = firstSeq(file);
    if (first === null || first > archive.to) return;
    for (const { bytes, offset } of linesForward(file)) {
      const content = bytes.toString("utf8");
      if (parsePlace(content)?.seq !== archive.to) continue;
      if (readArchive(archive.path).at(-1) !== content) return;
      const from = offset + bytes.length + 1;
      writeWhole(path, file, { from, to: fstatSync(file).size, isCompressed: false });
      return;
    }
  });
}

function withFile<T>(path: string, work: (file: number) => T): T {
  const file = openSync(path, "r");
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a name in a directory durable. */
export function syncDirectory(path: string): void {
  // Windows opens no directories; there the rename itself is journaled.
  if (process.platform === "win32") return;
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

interface Piece extends Span {
  readonly isCompressed: boolean;
}

/** Copies a part of `source` under another name and renames it, so that only a whole copy is seen. */
function writeWhole(path: string, source: number, { from, to, isCompressed }: Piece): void {
  const draft = `${path}.part`;
  rmSync(draft, { force: true });
  const target = openSync(draft, "wx");
  try {
    for (let start = from; start < to; start += pieceBytes) {
      const piece = readPiece(source, start, Math.min(pieceBytes, to - start));
      // Compressed pieces one after the other are one valid gzip file (RFC 1952, 2.2).
      writeAll(target, isCompressed ? gzipSync(piece) : piece);
    }
    fsyncSync(target);
  } finally {
    closeSync(target);
  }
  renameSync(draft, path);
  syncDirectory(dirname(path));
}

/** Writes every byte; the system may take fewer at a time. */
export function writeAll(file: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

function firstSeq(file: number): number | null {
  for (const { bytes } of linesForward(file)) {
    const place = parsePlace(bytes.toString("utf8"));
    if (place !== null) return place.seq;
  }
  return null;
}

interface ForwardLine {
  readonly bytes: Buffer;
  readonly offset: number;
}

/** Whole lines only: what follows the last line end is left out. */
function* linesForward(file: number): Generator<ForwardLine, void> {
  const { size } = fstatSync(file);
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for (let start = 0; start < size; start += pieceBytes) {
    const piece = readPiece(file, start, Math.min(pieceBytes, size - start));
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let begin = 0;
    for (let end = rest.indexOf(lineEnd); end !== -1; end = rest.indexOf(lineEnd, begin)) {
      yield { bytes: rest.subarray(begin, end), offset: offset + begin };
      begin = end + 1;
    }
    offset += begin;
    rest = rest.subarray(begin);
  }
}
