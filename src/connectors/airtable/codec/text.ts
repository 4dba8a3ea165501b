// Plain text of every kind: single line, long text, e-mail, URL, phone. Airtable checks no format on
// any of them, and clears a cell by null or "".
import { empty, text } from "../../../core/value.ts";
import { cell, oddCell, refused, refusedKind, type Codec } from "./codec.ts";
import { limits } from "../limits.ts";

/** Mentions stand in long text as tokens that plain text elsewhere cannot hold (recorded). */
const mention = /<airtable:mention /;

export const textCodec: Codec = {
  absent: empty,
  decode: (content) =>
    typeof content === "string" ? text(content, mention.test(content)) : oddCell(content),
  encode: (value) => {
    if (value.kind === "empty") return cell(null);
    if (value.kind !== "text") return refusedKind(value, "text");
    if (value.text.length > limits.textCharsMax) return refused(tooLong(value.text));
    return cell(value.text);
  },
};

function tooLong(content: string): string {
  return `the text has ${content.length} characters, Airtable takes ${limits.textCharsMax}`;
}
