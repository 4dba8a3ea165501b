// Pages: create, retrieve, update, move.
import { needPage, needParent, pathId, viewOf, type Call, type Route } from "../call.ts";
import { appendBlocks, appendMarkdown, checkBlocks } from "../block-store.ts";
import { failedValidation, inTrash } from "../errors.ts";
import {
  arrayAt,
  booleanAt,
  isObject,
  objectAt,
  stringAt,
  type Json,
  type JsonObject,
} from "../json.ts";
import { parseUuid } from "../ids.ts";
import { parseMarkdown } from "../markdown/parse.ts";
import { changePage, createPage, movePage } from "../page-store.ts";
import { renderPage } from "../render/object.ts";
import { ancestors, childIds, findNode, type Parent, type World } from "../world.ts";

export const pageRoutes: readonly Route[] = [
  { method: "POST", path: "pages", needs: "insert", handler: create },
  { method: "GET", path: "pages/:page_id", needs: "read", handler: retrieve },
  { method: "PATCH", path: "pages/:page_id", needs: "update", handler: update },
  { method: "POST", path: "pages/:page_id/move", needs: "update", handler: move },
];

function create(call: Call): JsonObject {
  const { world, body } = call;
  const parent = needParent(call, ["data_source", "page"]);
  checkParent(world, parent);
  const markdown = readMarkdown(body);
  const children = arrayAt(body, "children" in body ? "children" : "content");
  // Everything is checked before anything is made.
  checkBlocks(children, "body.children");
  const siblings = parent.kind === "page" ? childIds(world, parent.id) : [];
  const place = readPlace(siblings, parent.kind === "page" ? body["position"] : undefined);
  const page = createPage(world, {
    parent,
    properties: { ...markdown.title, ...propertiesOf(body) },
    icon: body["icon"],
    cover: body["cover"],
    byId: world.botId,
  });
  // `content` is the newer name of `children`.
  if (children.length > 0) {
    appendBlocks(world, page, { children, byId: world.botId, after: null });
  }
  if (markdown.children.length > 0) appendMarkdown(world, page, markdown.children);
  if (parent.kind === "page") siblings.splice(place, 0, ...siblings.splice(-1));
  return renderPage(world, page, viewOf(call));
}

/** Where a new subpage goes among its siblings: `page_start`, `page_end` (the default), `after_block`. */
function readPlace(siblings: readonly string[], position: Json | undefined): number {
  if (!isObject(position) || position["type"] === "page_end") return siblings.length;
  if (position["type"] === "page_start") return 0;
  const afterId = parseUuid(stringAt(objectAt(position, "after_block"), "id") ?? "");
  const at = siblings.indexOf(afterId ?? "");
  if (at === -1) {
    throw failedValidation("body.position.after_block.id", "a block of the parent", position);
  }
  return at + 1;
}

/** `markdown` of a create. Its first heading becomes the title, unless one is given (recorded). */
function readMarkdown(body: JsonObject): {
  readonly title: JsonObject;
  readonly children: readonly JsonObject[];
} {
  const [first, ...rest] = parseMarkdown(stringAt(body, "markdown") ?? "");
  if (first === undefined) return { title: {}, children: [] };
  const heading = objectAt(first, "heading_1");
  const hasTitle = "title" in (propertiesOf(body) ?? {});
  if (hasTitle || first["type"] !== "heading_1") return { title: {}, children: [first, ...rest] };
  return { title: { title: arrayAt(heading, "rich_text") }, children: rest };
}

function checkParent(world: World, parent: Parent): void {
  const node = parent.kind === "workspace" ? null : findNode(world, parent.id);
  if (node === null) return;
  if (node.isInTrash) throw inTrash("self");
  if (ancestors(world, node).some((above) => above.isInTrash)) throw inTrash("ancestor");
}

function propertiesOf(body: JsonObject): JsonObject | undefined {
  const properties = body["properties"];
  if (properties === undefined) return undefined;
  if (!isObject(properties)) throw failedValidation("body.properties", "an object", properties);
  return properties;
}

function retrieve(call: Call): JsonObject {
  return renderPage(call.world, needPage(call.world, pathId(call, "page_id")), viewOf(call));
}

function update(call: Call): JsonObject {
  const { world, body } = call;
  const page = needPage(world, pathId(call, "page_id"));
  changePage(world, page, {
    byId: world.botId,
    properties: propertiesOf(body),
    icon: body["icon"],
    cover: body["cover"],
    isInTrash: booleanAt(body, "in_trash") ?? booleanAt(body, "archived"),
    isArchived: booleanAt(body, "is_archived"),
    isLocked: booleanAt(body, "is_locked"),
  });
  return renderPage(world, page, viewOf(call));
}

function move(call: Call): JsonObject {
  const { world } = call;
  const page = needPage(world, pathId(call, "page_id"));
  const parent = needParent(call, ["data_source", "page"]);
  checkParent(world, parent);
  movePage(world, page, { parent, byId: world.botId });
  return renderPage(world, page, viewOf(call));
}
