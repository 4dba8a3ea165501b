// Blocks: retrieve, change, trash, and the children of pages and blocks.
import { pathId, viewOf, type Call, type Route } from "../call.ts";
import { appendBlocks, changeBlock, trashNode } from "../block-store.ts";
import { failedValidation, invalid, inTrash, notFound } from "../errors.ts";
import { arrayAt, booleanAt, isObject, objectAt, stringAt, type JsonObject } from "../json.ts";
import { listOf, readPageSize, sliceById } from "../paging.ts";
import { renderBlock } from "../render/block.ts";
import { parseUuid } from "../ids.ts";
import { isVisible, type Block, type Database, type Page, type World } from "../world.ts";

export const blockRoutes: readonly Route[] = [
  { method: "GET", path: "blocks/:block_id", needs: "read", handler: retrieve },
  { method: "PATCH", path: "blocks/:block_id", needs: "update", handler: update },
  { method: "DELETE", path: "blocks/:block_id", needs: "update", handler: remove },
  { method: "GET", path: "blocks/:block_id/children", needs: "read", handler: listChildren },
  { method: "PATCH", path: "blocks/:block_id/children", needs: "insert", handler: append },
];

const firstVersionWithPosition = "2026-03-11";

function needNode(call: Call): Block | Page | Database {
  const { world } = call;
  const id = pathId(call, "block_id");
  const node = world.blocks.get(id) ?? world.pages.get(id) ?? world.databases.get(id);
  if (node === undefined || !isVisible(world, node)) throw notFound("block", id, world.integration);
  return node;
}

function retrieve(call: Call): JsonObject {
  return renderBlock(call.world, needNode(call), viewOf(call));
}

function update(call: Call): JsonObject {
  const { world, body } = call;
  const node = needNode(call);
  const isInTrash = booleanAt(body, "in_trash") ?? booleanAt(body, "archived");
  if (isInTrash !== null) trashNode(world, node, { isInTrash, byId: world.botId });
  else if (node.kind === "block") changeBlock(world, node, { body, byId: world.botId });
  return renderBlock(world, node, viewOf(call));
}

function remove(call: Call): JsonObject {
  const { world } = call;
  const node = needNode(call);
  if (node.isInTrash) throw inTrash("self");
  trashNode(world, node, { isInTrash: true, byId: world.botId });
  return renderBlock(world, node, viewOf(call));
}

function listChildren(call: Call): JsonObject {
  const { world, query } = call;
  const node = needNode(call);
  const startCursor = query.get("start_cursor");
  const cursorId = startCursor === null ? null : parseUuid(startCursor);
  if (startCursor !== null && cursorId === null) {
    throw failedValidation("query.start_cursor", "a valid uuid or `undefined`", startCursor);
  }
  const children = childrenOf(world, world.children.get(node.id) ?? []);
  const slice = sliceById(children, ({ id }) => id, {
    startCursor: cursorId,
    pageSize: readPageSize(query.get("page_size") ?? undefined, "query"),
  });
  const view = viewOf(call);
  return listOf(
    "block",
    slice.items.map((child) => renderBlock(world, child, view)),
    slice,
  );
}

/** Live children; one that is not shared simply is not there (community report, measured). */
function childrenOf(world: World, ids: readonly string[]): (Block | Page | Database)[] {
  return ids.flatMap((id) => {
    const child = world.blocks.get(id) ?? world.pages.get(id) ?? world.databases.get(id);
    return child === undefined || child.isInTrash || !isVisible(world, child) ? [] : [child];
  });
}

function append(call: Call): JsonObject {
  const { world, body } = call;
  const node = needNode(call);
  if (node.kind === "database") throw invalid("Blocks cannot be appended to a database.");
  if (!Array.isArray(body["children"])) {
    throw failedValidation("body.children", "an array", body["children"]);
  }
  const made = appendBlocks(world, node, {
    children: arrayAt(body, "children"),
    byId: world.botId,
    after: readPosition(call),
  });
  const view = viewOf(call);
  return listOf(
    "block",
    childrenOf(world, made).map((child) => renderBlock(world, child, view)),
    { nextCursor: null },
  );
}

/** `after` up to 2025-09-03, a `position` object from 2026-03-11. */
function readPosition(call: Call): string | null {
  const { body } = call;
  if ("after" in body) {
    if (call.version >= firstVersionWithPosition) {
      throw failedValidation("body.after", "not present", body["after"]);
    }
    return parseUuid(stringAt(body, "after") ?? "");
  }
  const position = body["position"];
  if (!isObject(position)) return null;
  if (position["type"] === "start" || position["type"] === "page_start") return "start";
  return parseUuid(stringAt(objectAt(position, "after_block"), "id") ?? "");
}
