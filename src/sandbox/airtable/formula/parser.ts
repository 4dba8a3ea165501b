// Turns tokens into a tree, by precedence: unary minus, `* /`, `+ -`, `&`, comparisons.
//
// Function names and argument counts are checked here, so that a bad formula is refused whether or not
// any row would have met it.
import { FormulaSyntaxError, tokenize, type Token } from "./lexer.ts";
import { findFunction } from "./library.ts";
import type { BinaryMark, Node } from "./tree.ts";

const levels: readonly (readonly BinaryMark[])[] = [
  ["=", "!=", "<", "<=", ">", ">="],
  ["&"],
  ["+", "-"],
  ["*", "/"],
];

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

/** Parses a formula; throws `FormulaSyntaxError`. */
export function parseFormula(source: string): Node {
  const reader: Reader = { tokens: tokenize(source), at: 0 };
  const node = parseLevel(reader, 0);
  if (reader.at < reader.tokens.length) throw new FormulaSyntaxError("unexpected rest");
  return node;
}

function parseLevel(reader: Reader, level: number): Node {
  const marks = levels[level];
  if (marks === undefined) return parseUnary(reader);
  const nextMark = (): BinaryMark | undefined => marks.find((mark) => isMark(reader, mark));
  let left = parseLevel(reader, level + 1);
  for (let mark = nextMark(); mark !== undefined; mark = nextMark()) {
    reader.at += 1;
    left = { kind: "binary", mark, left, right: parseLevel(reader, level + 1) };
  }
  return left;
}

function parseUnary(reader: Reader): Node {
  if (takeMark(reader, "-")) return { kind: "negate", inner: parseUnary(reader) };
  if (takeMark(reader, "+")) return parseUnary(reader);
  return parsePrimary(reader);
}

function parsePrimary(reader: Reader): Node {
  const token = reader.tokens[reader.at];
  if (token === undefined) throw new FormulaSyntaxError("unexpected end");
  reader.at += 1;
  switch (token.kind) {
    case "number":
      return { kind: "number", number: token.number };
    case "text":
      return { kind: "text", text: token.text };
    case "field":
      return { kind: "field", name: token.name };
    case "word":
      return takeMark(reader, "(")
        ? parseCall(reader, token.name)
        : { kind: "field", name: token.name };
    case "mark": {
      if (token.mark !== "(") throw new FormulaSyntaxError(`unexpected ${token.mark}`);
      const inner = parseLevel(reader, 0);
      needMark(reader, ")");
      return inner;
    }
  }
}

function parseCall(reader: Reader, written: string): Node {
  const name = written.toUpperCase();
  const found = findFunction(name);
  if (found === null) throw new FormulaSyntaxError(`unknown function ${written}`);
  const args: Node[] = [];
  if (!takeMark(reader, ")")) {
    do args.push(parseLevel(reader, 0));
    while (takeMark(reader, ","));
    needMark(reader, ")");
  }
  if (args.length < found.argsMin || args.length > found.argsMax) {
    throw new FormulaSyntaxError(`wrong number of arguments for ${written}`);
  }
  return { kind: "call", name, args };
}

function isMark(reader: Reader, mark: string): boolean {
  const token = reader.tokens[reader.at];
  return token?.kind === "mark" && token.mark === mark;
}

function takeMark(reader: Reader, mark: string): boolean {
  if (!isMark(reader, mark)) return false;
  reader.at += 1;
  return true;
}

function needMark(reader: Reader, mark: string): void {
  if (!takeMark(reader, mark)) throw new FormulaSyntaxError(`expected ${mark}`);
}
