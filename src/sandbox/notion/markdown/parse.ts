// Markdown to blocks in the form an append takes: the same plain types that print.ts prints.
//
// Blank lines only separate. A tab more than the line before makes a child. Inline marks do not nest.
import type { Json, JsonObject } from "../json.ts";

interface Line {
  readonly depth: number;
  readonly block: JsonObject;
  readonly type: string;
}

const starts: readonly (readonly [RegExp, string])[] = [
  [/^#### +/, "heading_4"],
  [/^### +/, "heading_3"],
  [/^## +/, "heading_2"],
  [/^# +/, "heading_1"],
  [/^[-*+] +/, "bulleted_list_item"],
  [/^\d+[.)] +/, "numbered_list_item"],
  [/^> ?/, "quote"],
];

export function parseMarkdown(markdown: string): JsonObject[] {
  return nest(readLines(markdown.split("\n")));
}

function readLines(rows: readonly string[]): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? "";
    const indent = /^\t*/.exec(row)?.[0] ?? "";
    const text = row.slice(indent.length).trimEnd();
    if (text === "") continue;
    const fence = /^```(.*)$/.exec(text);
    if (fence === null) {
      lines.push({ depth: indent.length, ...readLine(text) });
      continue;
    }
    const code: string[] = [];
    for (at += 1; at < rows.length && (rows[at] ?? "").trim() !== "```"; at += 1) {
      code.push((rows[at] ?? "").slice(indent.length));
    }
    const content = { rich_text: plain(code.join("\n")), language: fence[1] || "plain text" };
    lines.push({ depth: indent.length, type: "code", block: content });
  }
  return lines;
}

function readLine(text: string): Omit<Line, "depth"> {
  if (text === "---") return { type: "divider", block: {} };
  if (text === "<empty-block/>") return { type: "paragraph", block: { rich_text: [] } };
  const todo = /^[-*+] \[([ xX])\] ?/.exec(text);
  if (todo !== null) {
    const block = { rich_text: inline(text.slice(todo[0].length)), checked: todo[1] !== " " };
    return { type: "to_do", block };
  }
  for (const [pattern, type] of starts) {
    const start = pattern.exec(text);
    if (start !== null) return { type, block: { rich_text: inline(text.slice(start[0].length)) } };
  }
  return { type: "paragraph", block: { rich_text: inline(text) } };
}

function nest(lines: readonly Line[]): JsonObject[] {
  const roots: JsonObject[] = [];
  const open: { readonly depth: number; readonly children: Json[] }[] = [];
  for (const { depth, type, block } of lines) {
    const children: Json[] = [];
    while ((open.at(-1)?.depth ?? -1) >= depth) open.pop();
    const made: JsonObject = { type, [type]: { ...block, children } };
    const parent = open.at(-1);
    if (parent === undefined) roots.push(made);
    else parent.children.push(made);
    open.push({ depth, children });
  }
  return roots;
}

const marks =
  /\*\*(?<bold>.+?)\*\*|~~(?<struck>.+?)~~|`(?<code>[^`]+)`|\*(?<italic>[^*]+)\*|\[(?<words>[^\]]*)\]\((?<url>[^)\s]+)\)/g;

function inline(text: string): Json[] {
  const items: Json[] = [];
  let at = 0;
  for (const match of text.matchAll(marks)) {
    items.push(...plain(text.slice(at, match.index)));
    items.push(marked(match.groups ?? {}));
    at = match.index + match[0].length;
  }
  return [...items, ...plain(text.slice(at))];
}

function marked(groups: Record<string, string | undefined>): Json {
  const { bold, struck, code, italic, words, url } = groups;
  if (url !== undefined) return { text: { content: words ?? url, link: { url } } };
  const content = bold ?? struck ?? code ?? italic ?? "";
  return {
    text: { content },
    annotations: {
      bold: bold !== undefined,
      strikethrough: struck !== undefined,
      code: code !== undefined,
      italic: italic !== undefined,
    },
  };
}

function plain(text: string): Json[] {
  return text === "" ? [] : [{ text: { content: text } }];
}
