// Page content as Markdown: one line a block, children indented by a tab (recorded spelling).
//
// Plain block types only; the others are named in `unknown_block_ids`, as the real service does with what it
// cannot print. Colours, captions and column layouts are left out.
import { arrayAt, stringAt } from "../json.ts";
import { parseRichText, plainText, type RichTextItem } from "../rich-text.ts";
import type { Block, World } from "../world.ts";

export interface PrintedMarkdown {
  readonly markdown: string;
  readonly unknownBlockIds: readonly string[];
}

const prefixes: Readonly<Record<string, string>> = {
  heading_1: "# ",
  heading_2: "## ",
  heading_3: "### ",
  heading_4: "#### ",
  bulleted_list_item: "- ",
  numbered_list_item: "1. ",
  quote: "> ",
  paragraph: "",
};

/** Prints what stands below a page or block. */
export function printMarkdown(world: World, parentId: string): PrintedMarkdown {
  const unknownBlockIds: string[] = [];
  const lines: string[] = [];
  const visit = (id: string, indent: string): void => {
    for (const childId of world.children.get(id) ?? []) {
      const block = world.blocks.get(childId);
      if (block === undefined || block.isInTrash) continue;
      const printed = printBlock(world, block);
      if (printed === null) unknownBlockIds.push(block.id);
      else lines.push(...printed.split("\n").map((line) => `${indent}${line}`));
      visit(block.id, `${indent}\t`);
    }
  };
  visit(parentId, "");
  return { markdown: lines.join("\n"), unknownBlockIds };
}

function printBlock(world: World, block: Block): string | null {
  const { type, content } = block;
  const items = parseRichText(arrayAt(content, "rich_text"), "rich_text");
  const text = items.map((item) => printItem(world, item)).join("");
  const prefix = prefixes[type];
  if (prefix !== undefined) return text === "" && prefix === "" ? "<empty-block/>" : prefix + text;
  switch (type) {
    case "to_do":
      return `- [${content["checked"] === true ? "x" : " "}] ${text}`;
    case "code":
      return `\`\`\`${stringAt(content, "language") ?? ""}\n${plainText(world, items)}\n\`\`\``;
    case "divider":
      return "---";
    case "equation":
      return `$$\n${stringAt(content, "expression") ?? ""}\n$$`;
  }
  return null;
}

function printItem(world: World, item: RichTextItem): string {
  const words = plainText(world, [item]);
  if (item.kind === "equation") return `$${words}$`;
  const { bold, italic, strikethrough, code } = item.annotations;
  let text = words;
  if (code) text = `\`${text}\``;
  if (strikethrough) text = `~~${text}~~`;
  if (italic) text = `*${text}*`;
  if (bold) text = `**${text}**`;
  return item.kind === "text" && item.url !== null ? `[${text}](${item.url})` : text;
}
