// Texts for text fields. Plain ones lose their links; a long text with formatting takes Markdown, in which
// signs that people meant as signs are escaped (Airtable docs: Rich text).
import { plainText, type TextRun } from "../../../core/oneway/cell.ts";
import { limits } from "../limits.ts";
import type { TextType } from "./column.ts";

export interface EncodedText {
  readonly text: string;
  readonly isCut: boolean;
}

/** The beginning of a text, never half a pair of surrogates. */
function headOf(text: string): EncodedText {
  const { textCharsMax } = limits;
  if (text.length <= textCharsMax) return { text, isCut: false };
  const head = text.slice(0, textCharsMax);
  const isWhole = head.isWellFormed() || !text.isWellFormed();
  return { text: isWhole ? head : head.slice(0, -1), isCut: true };
}

function escaped(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]~]/g, (sign) => `\\${sign}`)
    .replaceAll(/^(\s*)([#>+-])/gm, "$1\\$2");
}

function markdown(runs: readonly TextRun[]): string {
  return runs
    .map(({ text, url }) => {
      const words = escaped(text);
      // An address with a bracket or blank in it would end the link too early.
      return url === null || /[()\s]/.test(url) ? words : `[${words}](${url})`;
    })
    .join("");
}

export function encodeText(type: TextType, runs: readonly TextRun[]): EncodedText {
  return headOf(type === "richText" ? markdown(runs) : plainText(runs));
}
