// Rich text: what may be written, and how it reads back.
//
// A write needs little more than `text.content`; an answer always carries all six annotations,
// `plain_text` and `href`. `plain_text` is derived on reading, so a mention shows the page's present title.
import { failedValidation, invalid } from "./errors.ts";
import { isObject, objectAt, stringAt, type Json, type JsonObject } from "./json.ts";
import { parseUuid } from "./ids.ts";
import { renderUser } from "./render/user.ts";
import type { World } from "./world.ts";

interface Annotations {
  readonly bold: boolean;
  readonly italic: boolean;
  readonly strikethrough: boolean;
  readonly underline: boolean;
  readonly code: boolean;
  readonly color: string;
}

export type RichTextItem =
  | {
      readonly kind: "text";
      readonly content: string;
      readonly url: string | null;
      readonly annotations: Annotations;
    }
  | { readonly kind: "mention"; readonly mention: JsonObject; readonly annotations: Annotations }
  | { readonly kind: "equation"; readonly expression: string; readonly annotations: Annotations };

const contentLengthMax = 2000;
const urlLengthMax = 2000;
const expressionLengthMax = 1000;
const itemsMax = 100;

const plainAnnotations: Annotations = {
  bold: false,
  italic: false,
  strikethrough: false,
  underline: false,
  code: false,
  color: "default",
};

/** Reads a rich text array out of a write, or throws the validator's 400. `path` is for the message. */
export function parseRichText(value: Json | undefined, path: string): RichTextItem[] {
  if (!Array.isArray(value)) throw failedValidation(path, "an array", value);
  if (value.length > itemsMax) throw tooLong(path, itemsMax, value.length);
  return value
    .map((item, index) => parseItem(item, `${path}[${index}]`))
    .filter((item) => item.kind !== "text" || item.content !== "");
}

function parseItem(value: Json, path: string): RichTextItem {
  if (!isObject(value)) throw failedValidation(path, "an object", value);
  const annotations = parseAnnotations(objectAt(value, "annotations"));
  const { text, mention, equation } = value;
  if (isObject(text)) {
    const content = text["content"];
    if (typeof content !== "string") {
      throw failedValidation(`${path}.text.content`, "a string", content);
    }
    if (content.length > contentLengthMax) {
      throw tooLong(`${path}.text.content`, contentLengthMax, content.length);
    }
    const url = stringAt(objectAt(text, "link"), "url");
    if (url !== null && url.length > urlLengthMax) {
      throw tooLong(`${path}.text.link.url`, urlLengthMax, url.length);
    }
    return { kind: "text", content, url, annotations };
  }
  if (isObject(equation)) {
    const expression = stringAt(equation, "expression") ?? "";
    if (expression.length > expressionLengthMax) {
      throw tooLong(`${path}.equation.expression`, expressionLengthMax, expression.length);
    }
    return { kind: "equation", expression, annotations };
  }
  if (isObject(mention)) return { kind: "mention", mention, annotations };
  throw failedValidation(`${path}.text`, "defined", undefined);
}

export function tooLong(path: string, most: number, was: number): Error {
  const place = path.split(/[.[]/, 1)[0] ?? path;
  return invalid(
    `${place} failed validation: ${path}.length should be ≤ \`${most}\`, instead was \`${was}\`.`,
  );
}

function parseAnnotations(value: JsonObject): Annotations {
  return {
    bold: value["bold"] === true,
    italic: value["italic"] === true,
    strikethrough: value["strikethrough"] === true,
    underline: value["underline"] === true,
    code: value["code"] === true,
    color: stringAt(value, "color") ?? "default",
  };
}

/** Plain words as rich text. */
export function textItems(content: string): RichTextItem[] {
  return content === ""
    ? []
    : [{ kind: "text", content, url: null, annotations: plainAnnotations }];
}

/** The words of rich text, mentions resolved. */
export function plainText(world: World, items: readonly RichTextItem[]): string {
  return items.map((item) => plainItem(world, item)).join("");
}

export function renderRichText(world: World, items: readonly RichTextItem[]): Json[] {
  return items.map((item): JsonObject => {
    const tail = {
      annotations: { ...item.annotations },
      plain_text: plainItem(world, item),
    };
    switch (item.kind) {
      case "text":
        return {
          type: "text",
          text: { content: item.content, link: item.url === null ? null : { url: item.url } },
          ...tail,
          href: item.url,
        };
      case "mention":
        return {
          type: "mention",
          mention: renderMention(world, item.mention),
          ...tail,
          href: mentionHref(item.mention),
        };
      case "equation":
        return { type: "equation", equation: { expression: item.expression }, ...tail, href: null };
    }
  });
}

function plainItem(world: World, item: RichTextItem): string {
  switch (item.kind) {
    case "text":
      return item.content;
    case "equation":
      return item.expression;
    case "mention":
      return plainMention(world, item.mention);
  }
}

function mentionedId(mention: JsonObject, key: string): string | null {
  const text = stringAt(objectAt(mention, key), "id");
  return text === null ? null : (parseUuid(text) ?? text);
}

function plainMention(world: World, mention: JsonObject): string {
  const userId = mentionedId(mention, "user");
  if (userId !== null) return `@${world.users.get(userId)?.name ?? "Anonymous"}`;
  const page = world.pages.get(mentionedId(mention, "page") ?? "");
  if (page !== undefined) {
    const title = page.values.get("title");
    const words = title?.kind === "text" ? plainText(world, title.items) : "";
    return words === "" ? "Untitled" : words;
  }
  const database = world.databases.get(mentionedId(mention, "database") ?? "");
  if (database !== undefined) {
    const first = world.dataSources.get(database.dataSourceIds[0] ?? "");
    return plainText(world, first?.title ?? database.title);
  }
  const date = objectAt(mention, "date");
  const start = stringAt(date, "start");
  if (start !== null) {
    const end = stringAt(date, "end");
    return end === null ? start : `${start} → ${end}`;
  }
  return "Untitled";
}

function renderMention(world: World, mention: JsonObject): JsonObject {
  const userId = mentionedId(mention, "user");
  if (userId !== null) return { type: "user", user: renderUser(world, userId) };
  for (const type of ["page", "database"]) {
    const id = mentionedId(mention, type);
    if (id !== null) return { type, [type]: { id } };
  }
  if (isObject(mention["date"])) {
    const date = mention["date"];
    return {
      type: "date",
      date: {
        start: date["start"] ?? null,
        end: date["end"] ?? null,
        time_zone: date["time_zone"] ?? null,
      },
    };
  }
  const type =
    stringAt(mention, "type") ?? Object.keys(mention).find((key) => key !== "type") ?? "page";
  return { type, [type]: mention[type] ?? {} };
}

function mentionHref(mention: JsonObject): string | null {
  const id = mentionedId(mention, "page") ?? mentionedId(mention, "database");
  return id === null ? null : `https://app.notion.com/p/${id.replaceAll("-", "")}`;
}
