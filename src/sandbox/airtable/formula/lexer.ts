// Splits a formula into tokens. Rules: Airtable reference, section 6.1.

export type Token =
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "text"; readonly text: string }
  /** `{Name}` or `{fld…}`; braces always name a field. */
  | { readonly kind: "field"; readonly name: string }
  /** A bare word: a function when `(` follows, else a field. */
  | { readonly kind: "word"; readonly name: string }
  | { readonly kind: "mark"; readonly mark: string };

/** The formula has no meaning; the service names no place either. */
export class FormulaSyntaxError extends Error {}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };
const marks = ["!=", "<=", ">=", "+", "-", "*", "/", "&", "=", "<", ">", "(", ")", ","];
const wordPattern = /[\p{L}_][\p{L}\p{N}_.]*/uy;
const numberPattern = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;

/** Throws `FormulaSyntaxError` on an unknown character or an unclosed quote or brace. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const char = source.charAt(at);
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    const read = readToken(source, at, char);
    tokens.push(read.token);
    at = read.next;
  }
  return tokens;
}

interface Read {
  readonly token: Token;
  readonly next: number;
}

function readToken(source: string, at: number, char: string): Read {
  if (char === '"' || char === "'") return readQuoted(source, at, char);
  if (char === "{") return readField(source, at);
  const number = match(numberPattern, source, at);
  if (number !== null) {
    return { token: { kind: "number", number: Number(number) }, next: at + number.length };
  }
  const word = match(wordPattern, source, at);
  if (word !== null) return { token: { kind: "word", name: word }, next: at + word.length };
  const mark = marks.find((candidate) => source.startsWith(candidate, at));
  if (mark === undefined) throw new FormulaSyntaxError(`unexpected ${char}`);
  return { token: { kind: "mark", mark }, next: at + mark.length };
}

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}

function readQuoted(source: string, start: number, quote: string): Read {
  let text = "";
  for (let at = start + 1; at < source.length; at += 1) {
    const char = source.charAt(at);
    if (char === quote) return { token: { kind: "text", text }, next: at + 1 };
    if (char === "\\" && at + 1 < source.length) {
      at += 1;
      const escaped = source.charAt(at);
      text += escapes[escaped] ?? escaped;
      continue;
    }
    text += char;
  }
  throw new FormulaSyntaxError("unclosed quote");
}

function readField(source: string, start: number): Read {
  let name = "";
  for (let at = start + 1; at < source.length; at += 1) {
    const char = source.charAt(at);
    if (char === "}") return { token: { kind: "field", name }, next: at + 1 };
    if (char === "\\" && at + 1 < source.length) {
      at += 1;
      name += source.charAt(at);
      continue;
    }
    name += char;
  }
  throw new FormulaSyntaxError("unclosed brace");
}
