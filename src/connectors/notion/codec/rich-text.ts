// Rich text as plain text. The service joins and splits runs as it likes (community reports), so only
// the joined `plain_text` counts; what plain text cannot hold is told apart by `isStyled`.
import { text, unknown, type Value } from "../../../core/value.ts";
import { limits } from "../limits.ts";
import { asList, content, isRecord, refused, refusedKind, type Codec } from "./codec.ts";

/** Notion gives hosts a closing slash and escapes what is not ASCII; neither makes a link styled. */
function bareLink(url: string): string {
  let plain = url;
  try {
    plain = decodeURI(url);
  } catch {
    /* a stray percent sign: compare as it is */
  }
  return plain
    .replace(/^(?:https?:\/\/|mailto:|tel:)/i, "")
    .replace(/\/$/, "")
    .toLowerCase();
}

function isAnnotated(annotations: unknown): boolean {
  if (!isRecord(annotations)) return false;
  return Object.entries(annotations).some(([name, setting]) =>
    name === "color" ? setting !== "default" && setting !== undefined : setting === true,
  );
}

function isStyled(element: Readonly<Record<string, unknown>>, plain: string): boolean {
  const { type, annotations, href } = element;
  if (type !== "text" && type !== undefined) return true; /* mention, equation */
  if (isAnnotated(annotations)) return true;
  return typeof href === "string" && bareLink(href) !== bareLink(plain.trim());
}

/** One element's text; null when it has none. Elements of a write have no `plain_text` yet. */
function plainTextOf(element: Readonly<Record<string, unknown>>): string | null {
  const { plain_text: plain, text: inner } = element;
  if (typeof plain === "string") return plain;
  if (isRecord(inner) && typeof inner["content"] === "string") return inner["content"];
  return null;
}

function decodeRichText(elements: unknown): Value {
  const list = asList(elements);
  if (list === null) return unknown("undecodable");
  let joined = "";
  let styled = false;
  for (const element of list) {
    if (!isRecord(element)) return unknown("undecodable");
    const plain = plainTextOf(element);
    if (plain === null) return unknown("undecodable");
    joined += plain;
    styled ||= isStyled(element, plain);
  }
  return text(joined, styled);
}

/** Cuts a text into elements, never inside a pair of surrogates. */
export function chunks(whole: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  while (start < whole.length) {
    let end = Math.min(whole.length, start + limits.textElementMax);
    const last = whole.charCodeAt(end - 1);
    const isHighSurrogate = last >= 0xd800 && last <= 0xdbff;
    if (isHighSurrogate && end < whole.length) end -= 1;
    parts.push(whole.slice(start, end));
    start = end;
  }
  return parts;
}

/** The elements of a plain text, for writes. */
function richTextOf(whole: string): readonly unknown[] {
  return chunks(whole).map((part) => ({ type: "text", text: { content: part } }));
}

export const richTextCodec: Codec = {
  decode: decodeRichText,
  encode: (value) => {
    if (value.kind === "empty") return content([]);
    if (value.kind !== "text") return refusedKind(value, "text");
    const elements = richTextOf(value.text);
    if (elements.length > limits.textElementsMax) {
      return refused(`${value.text.length} characters, the property takes ${limits.textMax}`);
    }
    return content(elements);
  },
};
