// Formula text to a tree: the part of Notion's formula language that recorded databases use, and its
// neighbours. What it cannot read is `null`, and the formula then answers `unsupported`.
import { tokenPattern, tokenProperty } from "./reference.ts";

export type Formula =
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  | { readonly kind: "property"; readonly id: string }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly Formula[];
      /** Written `a.f(b)`; the first argument is `a`. */
      readonly isMethod?: boolean;
    }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Formula }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Formula;
      readonly right: Formula;
    };

type Token =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "property"; readonly id: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "sign"; readonly sign: string };

const numberPattern = /\d+(?:\.\d+)?/y;
const stringPattern = /"((?:[^"\\]|\\.)*)"/y;
const namePattern = /[A-Za-z_]\w*/y;
const signPattern = /==|!=|>=|<=|&&|\|\||[-+*/%^()<>,?:!.=]/y;
const spacePattern = /\s+/y;

/** Loosest first; operators of one row bind alike. */
const binaryRows: readonly (readonly string[])[] = [
  ["or", "||"],
  ["and", "&&"],
  ["==", "!="],
  [">", ">=", "<", "<="],
  ["+", "-"],
  ["*", "/", "%"],
  ["^"],
];

const parsed = new Map<string, Formula | null>();
const parsedMax = 1000;

/** Parses once and remembers. */
export function parseFormula(expression: string): Formula | null {
  const known = parsed.get(expression);
  if (known !== undefined) return known;
  const tokens = tokenize(expression.replace(/^=/, ""));
  let formula: Formula | null = null;
  if (tokens !== null) {
    const cursor = { tokens, at: 0 };
    formula = parseConditional(cursor);
    if (cursor.at < tokens.length) formula = null;
  }
  if (parsed.size >= parsedMax) parsed.clear();
  parsed.set(expression, formula);
  return formula;
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

function tokenize(text: string): Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  while (at < text.length) {
    if (match(spacePattern) !== null) continue;
    const reference = match(tokenPattern);
    if (reference !== null) {
      tokens.push({ kind: "property", id: tokenProperty(reference[1] ?? "") });
      continue;
    }
    const token = readToken(match);
    if (token === null) return null;
    tokens.push(token);
  }
  return tokens;
}

function readToken(match: (pattern: RegExp) => RegExpExecArray | null): Token | null {
  const number = match(numberPattern);
  if (number !== null) return { kind: "number", value: Number(number[0]) };
  const string = match(stringPattern);
  if (string !== null) {
    return { kind: "string", value: (string[1] ?? "").replaceAll(/\\(.)/g, "$1") };
  }
  const name = match(namePattern);
  if (name !== null) return { kind: "name", name: name[0] };
  const sign = match(signPattern);
  return sign === null ? null : { kind: "sign", sign: sign[0] };
}

function takeSign(cursor: Cursor, signs: readonly string[]): string | null {
  const token = cursor.tokens[cursor.at];
  const sign = token?.kind === "sign" ? token.sign : token?.kind === "name" ? token.name : null;
  if (sign === null || !signs.includes(sign)) return null;
  cursor.at += 1;
  return sign;
}

function parseConditional(cursor: Cursor): Formula | null {
  const test = parseBinary(cursor, 0);
  if (test === null || takeSign(cursor, ["?"]) === null) return test;
  const yes = parseConditional(cursor);
  if (takeSign(cursor, [":"]) === null) return null;
  const no = parseConditional(cursor);
  return yes === null || no === null ? null : { kind: "call", name: "if", args: [test, yes, no] };
}

function parseBinary(cursor: Cursor, row: number): Formula | null {
  const operators = binaryRows[row];
  if (operators === undefined) return parseUnary(cursor);
  let left = parseBinary(cursor, row + 1);
  // Bound: every round takes an operator off the tokens, or ends.
  for (;;) {
    const operator = takeSign(cursor, operators);
    if (left === null || operator === null) return left;
    const right = parseBinary(cursor, row + 1);
    if (right === null) return null;
    left = { kind: "binary", operator, left, right };
  }
}

function parseUnary(cursor: Cursor): Formula | null {
  const operator = takeSign(cursor, ["-", "!", "not", "+"]);
  if (operator === null) return parsePostfix(cursor);
  const operand = parseUnary(cursor);
  return operand === null ? null : { kind: "unary", operator, operand };
}

/** `a.f(b)` is `f(a, b)`. */
function parsePostfix(cursor: Cursor): Formula | null {
  let formula = parsePrimary(cursor);
  while (formula !== null && takeSign(cursor, ["."]) !== null) {
    const token = cursor.tokens[cursor.at];
    if (token?.kind !== "name") return null;
    cursor.at += 1;
    const args = takeSign(cursor, ["("]) === null ? null : parseArguments(cursor);
    if (args === null) return null;
    formula = { kind: "call", name: token.name, args: [formula, ...args], isMethod: true };
  }
  return formula;
}

function parsePrimary(cursor: Cursor): Formula | null {
  const token = cursor.tokens[cursor.at];
  if (token === undefined) return null;
  cursor.at += 1;
  switch (token.kind) {
    case "number":
    case "string":
      return { kind: "literal", value: token.value };
    case "property":
      return token;
    case "name": {
      if (token.name === "true" || token.name === "false") {
        return { kind: "literal", value: token.name === "true" };
      }
      const args = takeSign(cursor, ["("]) === null ? null : parseArguments(cursor);
      return args === null ? null : { kind: "call", name: token.name, args };
    }
    case "sign": {
      if (token.sign !== "(") return null;
      const inner = parseConditional(cursor);
      return takeSign(cursor, [")"]) === null ? null : inner;
    }
  }
}

function parseArguments(cursor: Cursor): Formula[] | null {
  const args: Formula[] = [];
  if (takeSign(cursor, [")"]) !== null) return args;
  // Bound: every round takes an argument off the tokens, or ends.
  for (;;) {
    const arg = parseConditional(cursor);
    if (arg === null) return null;
    args.push(arg);
    if (takeSign(cursor, [")"]) !== null) return args;
    if (takeSign(cursor, [","]) === null) return null;
  }
}
