// Reads a file's lines from its end, in pieces, so that the newest lines of a large log cost no more
// than those of a small one. Synchronous: it also runs inside the store's write lock.
import { fstatSync, readSync } from "node:fs";

const pieceBytes = 64 * 1024;
const lineEnd = 0x0a;

export interface RawLine {
  /** Without its line end. */
  readonly bytes: Buffer;
  /** Where the line begins in the file. */
  readonly offset: number;
}

/**
 * The lines of an open file, last first. What follows the last line end comes as a line of its own,
 * unless it is empty.
 */
export function* linesBackward(file: number): Generator<RawLine, void> {
  let start = fstatSync(file).size;
  // Bytes from `start` on that belong to a line whose beginning was not met yet, in file order.
  let rest: Buffer[] = [];
  let isAtEnd = true;
  while (start > 0) {
    const size = Math.min(pieceBytes, start);
    start -= size;
    const piece = readPiece(file, start, size);
    let end = piece.length;
    for (let at = piece.lastIndexOf(lineEnd); at !== -1; at = lastLineEnd(piece, at)) {
      const bytes = Buffer.concat([piece.subarray(at + 1, end), ...rest]);
      rest = [];
      end = at;
      if (!isAtEnd || bytes.length > 0) yield { bytes, offset: start + at + 1 };
      isAtEnd = false;
    }
    rest.unshift(piece.subarray(0, end));
  }
  const bytes = Buffer.concat(rest);
  if (!isAtEnd || bytes.length > 0) yield { bytes, offset: 0 };
}

function lastLineEnd(piece: Buffer, before: number): number {
  return before === 0 ? -1 : piece.lastIndexOf(lineEnd, before - 1);
}

/** Exactly `size` bytes, or fewer when the file became shorter meanwhile. */
export function readPiece(file: number, start: number, size: number): Buffer {
  const piece = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(file, piece, filled, size - filled, start + filled);
    if (count === 0) break;
    filled += count;
  }
  return piece.subarray(0, filled);
}
