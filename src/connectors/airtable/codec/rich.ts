// Rich text, as the Markdown that Airtable gives out. It always ends in a line end, and a cell that
// was cleared reads back as "\n" rather than absent (recorded); line ends at the end are therefore no
// part of the value. Bullets come back as "-" whatever sign was written; that is left as it comes.
import { empty, type Value } from "../../../core/value.ts";
import { cell, oddCell, refused, refusedKind, type Codec } from "./codec.ts";
import { limits } from "../limits.ts";

function rich(markdown: string): Value {
  const normal = markdown
    .normalize("NFC")
    .replaceAll("\r\n", "\n")
    .replaceAll("\r", "\n")
    .replace(/\n+$/, "");
  return normal === "" ? empty : { kind: "rich", markdown: normal };
}

export const richCodec: Codec = {
  absent: empty,
  decode: (content) => (typeof content === "string" ? rich(content) : oddCell(content)),
  encode: (value) => {
    if (value.kind === "empty") return cell(null);
    if (value.kind !== "rich") return refusedKind(value, "rich text");
    if (value.markdown.length > limits.textCharsMax) {
      return refused(
        `the text has ${value.markdown.length} characters, Airtable takes ${limits.textCharsMax}`,
      );
    }
    return cell(value.markdown);
  },
};
