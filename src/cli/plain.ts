// Text from outside, made safe and short for one line of a terminal. Cell values are written by
// anybody with access to a table: what could move the cursor, colour the screen or turn the reading
// direction must not reach the terminal as it is.
import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** One line: line ends become ⏎, tabs a space, control and direction characters are left out. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\r\n|\r|\n|\u2028|\u2029/gu, "⏎")
    .replaceAll("\t", " ")
    .replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "");
}

export function split(text: string): readonly string[] {
  return Array.from(graphemes.segment(text), (part) => part.segment);
}

/** Columns a text takes; colour codes take none. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** The text cut to a width, with … for what is missing. Not for coloured text. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 1) return width === 1 ? "…" : "";
  let used = 0;
  let kept = "";
  for (const part of split(text)) {
    const partWidth = widthOf(part);
    if (used + partWidth > width - 1) break;
    used += partWidth;
    kept += part;
  }
  return `${kept.trimEnd()}…`;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Words broken over lines of at most `width` columns; a longer word stays whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const next = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(next) > width) {
      lines.push(line);
      line = word;
    } else line = next;
  }
  return [...lines, line];
}

/** Wrapped and indented, as one text. */
export function paragraph(text: string, indent: number, width: number): string {
  const margin = " ".repeat(indent);
  return wrap(text, Math.max(20, width - indent))
    .map((line) => margin + line)
    .join("\n");
}

/**
 * Each line over as many as it needs, as far in as it began; a line that began at the edge is moved in
 * by `margin`. Lines of a stack stay as they are, to be copied.
 */
export function wrapLines(
  text: string,
  { margin, width }: { readonly margin: number; readonly width: number },
): string {
  return text
    .split("\n")
    .map((line) => {
      const content = line.trimStart();
      if (content === "" || content.startsWith("at ")) return line;
      const indent = line.length - content.length;
      return paragraph(content, indent === 0 ? margin : indent, width);
    })
    .join("\n");
}

/** Phrases joined by a dot, broken between them only. */
export function phrases(parts: readonly string[], indent: number, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const part of parts) {
    const next = line === "" ? part : `${line} · ${part}`;
    if (line !== "" && indent + widthOf(next) > width) {
      lines.push(line);
      line = part;
    } else line = next;
  }
  return [...lines, line].map((each) => " ".repeat(indent) + each).join("\n");
}
