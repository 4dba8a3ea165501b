// Text to text, with the limits of the receiving field: length and line breaks. Formatted text is
// flattened on the way; the copy is then marked lossy, so that an edit of the plain copy does not
// wipe out the formatting of the original.
import type { Bridge, BridgeInput, Carried } from "../bridge.ts";
import { text, valueKey, empty, type Value } from "../value.ts";
import type { Kind } from "../schema.ts";
import { sided } from "../side.ts";

/** Characters of a value that is carried as text; null for a value of another kind. */
export function plainText(value: Value): string | null {
  switch (value.kind) {
    case "empty":
      return "";
    case "text":
      return value.text;
    case "rich":
      return value.markdown;
    case "number":
    case "boolean":
    case "day":
    case "instant":
    case "choice":
    case "choices":
    case "people":
    case "links":
    case "files":
    case "unknown":
      return null;
  }
}

/** A text value that fits a field, or why it does not. */
export function fitText(content: string, kind: Kind, isLossy: boolean): Carried {
  if (kind.kind === "rich") {
    if (content.length > kind.lengthMax) return tooLong(content, kind.lengthMax);
    const value: Value = content === "" ? empty : { kind: "rich", markdown: content };
    return { kind: "value", value, isLossy };
  }
  if (kind.kind !== "text") return { kind: "refused", why: "the field takes no text" };
  const flat = kind.isMultiline ? content : joinLines(content);
  if (flat.length > kind.lengthMax) return tooLong(flat, kind.lengthMax);
  return { kind: "value", value: text(flat), isLossy };
}

function tooLong(content: string, lengthMax: number): Carried {
  return {
    kind: "refused",
    why: `the text has ${content.length} characters, the field takes ${lengthMax}`,
  };
}

/** Line breaks as single blanks: what a one-line field can hold of a longer text. */
export function joinLines(content: string): string {
  return content.replaceAll(/[ \t]*\n[ \t]*/g, " ");
}

export function bridgeTexts(input: BridgeInput): Bridge {
  const kinds = { left: input.left, right: input.right };
  const isOneLine = [input.left, input.right].some(
    (kind) => kind.kind === "text" && !kind.isMultiline,
  );
  const isRich = input.left.kind === "rich" || input.right.kind === "rich";
  const keeps = input.carry.formatting !== "drop";
  const canonOf = (value: Value): string => {
    const content = plainText(value);
    if (content === null) return valueKey(value);
    // Trailing blanks and line ends do not survive every editor, and mean nothing to a reader.
    return (isOneLine ? joinLines(content) : content).trimEnd();
  };
  return {
    grade: isRich || isOneLine ? "lossy" : "exact",
    loss: isRich
      ? "formatting is carried as Markdown signs"
      : isOneLine
        ? "line breaks become blanks"
        : null,
    canon: sided(() => canonOf),
    carry: (to, value) => {
      const content = plainText(value);
      if (content === null) return { kind: "refused", why: "the value is no text" };
      return fitText(content, kinds[to], keeps && value.kind === "text" && value.isStyled);
    },
  };
}
