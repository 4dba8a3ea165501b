// Title and text keep runs and links; url, e-mail and phone are one plain text each. Long texts stay
// whole: what a service takes is for the adapter to know.
import type { TextRun } from "../../../core/oneway/cell.ts";
import { readDateValue, sayDate } from "./date-value.ts";
import {
  cleared,
  type Decoded,
  decoded,
  type DecodeContext,
  isEmpty,
  shown,
  unread,
} from "./decoded.ts";
import type { Token, Tokens } from "../token.ts";

export function decodeText(value: Tokens, context: DecodeContext): Decoded {
  if (isEmpty(value)) return cleared;
  const notes: string[] = [];
  const runs = value.tokens.map((token) => readRun(token, context, notes));
  for (const object of value.objects) {
    const text = sayObject(object);
    if (text === null) return unread("It holds an object where a text should be.");
    notes.push("It was written as text.");
    runs.push({ text, url: null });
  }
  const joined = joinRuns(runs.filter(({ text }) => text !== ""));
  return joined.length === 0
    ? { ...cleared, notes }
    : decoded({ kind: "text", runs: joined }, ...notes);
}

/** A date written to a text column occurs by mistake; its words are better than its placeholder. */
function readRun(token: Token, context: DecodeContext, notes: string[]): TextRun {
  if (token.date !== null) {
    const date = readDateValue(token.date, context.zone);
    notes.push("A date was written as text.");
    return { text: date.cell?.kind === "date" ? sayDate(date.cell) : token.text, url: null };
  }
  if (token.url === null || URL.canParse(token.url)) return { text: token.text, url: token.url };
  notes.push(`The link ${shown(token.url)} is no address, so the text stands without it.`);
  return { text: token.text, url: null };
}

/** Neighbours without a link are one run, so that two ways to say the same text have one hash. */
function joinRuns(runs: readonly TextRun[]): readonly TextRun[] {
  const joined: TextRun[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last !== undefined && last.url === run.url) {
      joined[joined.length - 1] = { text: last.text + run.text, url: last.url };
    } else joined.push(run);
  }
  return joined;
}

function sayObject(object: Readonly<Record<string, unknown>>): string | null {
  const content = object["email"] ?? object["value"] ?? object["name"];
  return typeof content === "string" ? content : null;
}

/** For url columns: a link's target is the address, and its words are only words. */
export function decodeUrl(value: Tokens, context: DecodeContext): Decoded {
  const target = value.tokens.find(({ url }) => url !== null)?.url ?? null;
  if (target === null) return decodePlain(value, context);
  return decoded({ kind: "text", runs: [{ text: target, url: null }] });
}

/** For e-mail and phone. */
export function decodePlain(value: Tokens, context: DecodeContext): Decoded {
  const read = decodeText(value, context);
  if (read.cell?.kind !== "text") return read;
  const text = read.cell.runs
    .map((run) => run.text)
    .join("")
    .trim();
  if (text === "") return cleared;
  return { cell: { kind: "text", runs: [{ text, url: null }] }, notes: read.notes };
}
