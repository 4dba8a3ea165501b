// What stands under a block's type: reading it from a write, and printing it.
//
// Rich text is parsed like everywhere else and kept in parsed form under a marked key; every other key is
// kept as given, with the defaults recorded answers show. Rules between block types are not checked.
import { isObject, objectAt, stringAt, type Json, type JsonObject } from "../json.ts";
import { parseRichText, renderRichText } from "../rich-text.ts";
import type { World } from "../world.ts";

/** Keys that hold rich text in some block type. */
const textKeys: readonly string[] = ["rich_text", "caption"];

/** Keys each type always answers, in recorded order; `[]` marks rich text. */
const defaults: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  paragraph: { rich_text: [], icon: null, color: "default" },
  heading_1: { rich_text: [], is_toggleable: false, color: "default" },
  heading_2: { rich_text: [], is_toggleable: false, color: "default" },
  heading_3: { rich_text: [], is_toggleable: false, color: "default" },
  heading_4: { rich_text: [], is_toggleable: false, color: "default" },
  bulleted_list_item: { rich_text: [], color: "default" },
  numbered_list_item: { rich_text: [], color: "default" },
  quote: { rich_text: [], color: "default" },
  toggle: { rich_text: [], color: "default" },
  to_do: { rich_text: [], checked: false, color: "default" },
  callout: { rich_text: [], icon: { type: "emoji", emoji: "💡" }, color: "default" },
  code: { caption: [], rich_text: [], language: "plain text" },
  equation: { expression: "" },
  bookmark: { caption: [], url: "" },
  embed: { caption: [], url: "" },
  image: { caption: [], type: "external", external: {} },
  video: { caption: [], type: "external", external: {} },
  pdf: { caption: [], type: "external", external: {} },
  audio: { caption: [], type: "external", external: {} },
  file: { caption: [], type: "external", external: {}, name: "" },
  table: { table_width: 0, has_column_header: false, has_row_header: false },
  table_row: { cells: [] },
  table_of_contents: { color: "default" },
  synced_block: { synced_from: null },
  divider: {},
  breadcrumb: {},
  column_list: {},
  column: {},
  tab: {},
  link_to_page: {},
};

export function isBlockType(type: string): boolean {
  return type in defaults;
}

/** The content of a new block, or of an old one with a change laid over it. */
export function mergeContent(
  type: string,
  before: JsonObject | null,
  change: JsonObject,
): JsonObject {
  const base = before ?? { ...defaults[type] };
  const merged: JsonObject = { ...base };
  for (const [key, value] of Object.entries(change)) {
    if (key !== "children") merged[key] = checked(key, value, `body.${type}.${key}`);
  }
  if (type === "file") merged["name"] = fileName(merged);
  return inOrder(type, merged);
}

/** A file block is named after its address unless told; a bare name gets the address's ending (recorded). */
function fileName(content: JsonObject): string {
  const url = stringAt(objectAt(content, "external"), "url") ?? "";
  const last = decodeURIComponent(url.split(/[?#]/, 1)[0]?.split("/").at(-1) ?? "");
  const name = stringAt(content, "name") ?? "";
  if (name === "") return last;
  const ending = /\.[^.]+$/.exec(last)?.[0] ?? "";
  return name.includes(".") ? name : `${name}${ending}`;
}

function checked(key: string, value: Json, path: string): Json {
  if (textKeys.includes(key)) parseRichText(value, path);
  if (key === "cells" && Array.isArray(value)) {
    for (const [index, cell] of value.entries()) parseRichText(cell, `${path}[${index}]`);
  }
  return value;
}

function inOrder(type: string, content: JsonObject): JsonObject {
  const ordered: JsonObject = {};
  const order = Object.keys(defaults[type] ?? {});
  for (const key of [...order, ...Object.keys(content)]) {
    const value = content[key];
    if (value !== undefined) ordered[key] = value;
  }
  return ordered;
}

/** Prints stored content: rich text completed, mentions resolved. */
export function renderContent(world: World, content: JsonObject): JsonObject {
  const printed: JsonObject = {};
  for (const [key, value] of Object.entries(content)) {
    if (textKeys.includes(key)) printed[key] = renderRichText(world, parseRichText(value, key));
    else if (key === "cells" && Array.isArray(value)) {
      printed[key] = value.map((cell) => renderRichText(world, parseRichText(cell, key)));
    } else printed[key] = isObject(value) ? { ...value } : value;
  }
  return printed;
}
