// A property value in the SDK's token form: a list of `[text, annotations]`. Read leniently, because
// modules build tokens by hand too: a bare text, a number, a null in a token, an object where a text
// should be. What a part means is for the decoder of its column's type.

/** One token. `date` is the content of a date annotation, unread. */
export interface Token {
  readonly text: string;
  readonly url: string | null;
  readonly date: unknown;
}

export interface Tokens {
  readonly tokens: readonly Token[];
  /** Parts that are no token: e-mail objects, places, references to rows. */
  readonly objects: readonly Readonly<Record<string, unknown>>[];
}

export function readTokens(raw: unknown): Tokens {
  const parts: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const tokens: Token[] = [];
  const objects: Readonly<Record<string, unknown>>[] = [];
  for (const part of parts) {
    if (isRecord(part)) objects.push(part);
    else tokens.push(readToken(part));
  }
  const isSomething = ({ text, url, date }: Token): boolean =>
    text !== "" || url !== null || date !== null;
  return { tokens: tokens.filter(isSomething), objects };
}

function readToken(part: unknown): Token {
  if (!Array.isArray(part)) return { text: plainOf(part), url: null, date: null };
  const [text, annotations]: readonly unknown[] = part;
  let url: string | null = null;
  let date: unknown = null;
  for (const annotation of Array.isArray(annotations) ? annotations : []) {
    if (!Array.isArray(annotation)) continue;
    const [code, content]: readonly unknown[] = annotation;
    if (code === "a" && typeof content === "string") url = content;
    if (code === "d") date = content ?? null;
  }
  return { text: plainOf(text), url, date };
}

/** Null and undefined stand for nothing, as in the token of a helper that was handed null. */
function plainOf(part: unknown): string {
  if (typeof part === "string") return part.toWellFormed();
  return typeof part === "number" || typeof part === "boolean" ? String(part) : "";
}

/** All the text of a value, without links. */
export function textOf({ tokens }: Tokens): string {
  return tokens.map(({ text }) => text).join("");
}

export function isRecord(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}
