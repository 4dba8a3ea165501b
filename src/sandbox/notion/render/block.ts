// Blocks as answers carry them; pages and databases appear among a page's blocks too.
import { objectAt, stringAt, type Json, type JsonObject } from "../json.ts";
import { plainText } from "../rich-text.ts";
import { minuteStamp } from "../time.ts";
import type { Block, Database, Page, World } from "../world.ts";
import { renderContent } from "./block-content.ts";
import {
  archivedKey,
  databaseTitle,
  pageTitle,
  readsAsTrashed,
  renderParent,
  type View,
} from "./object.ts";
import { partialUser } from "./user.ts";

type BlockLike = Block | Page | Database;

/** A block, or the `child_page` / `child_database` block of a page or database. */
export function renderBlock(world: World, node: BlockLike, view: View): JsonObject {
  const { type, content } = typeAndContent(world, node);
  const isInTrash = readsAsTrashed(world, node);
  return {
    object: "block",
    id: node.id,
    parent: renderParent(world, node.parent),
    created_time: minuteStamp(node.createdAtMs),
    last_edited_time: minuteStamp(node.editedAtMs),
    created_by: partialUser(node.createdById),
    last_edited_by: partialUser(node.editedById),
    has_children: hasChildren(world, node),
    in_trash: isInTrash,
    type,
    [type]: content,
    ...archivedKey(view, isInTrash),
  };
}

function typeAndContent(
  world: World,
  node: BlockLike,
): { readonly type: string; readonly content: Json } {
  switch (node.kind) {
    case "page":
      return { type: "child_page", content: { title: pageTitle(world, node) } };
    case "database":
      return {
        type: "child_database",
        content: { title: plainText(world, databaseTitle(world, node)) },
      };
    case "block":
      return { type: node.type, content: renderContent(world, node.content) };
  }
}

function hasChildren(world: World, node: BlockLike): boolean {
  if (node.kind === "database") return false;
  // A synced copy shows its original's children.
  if (
    node.kind === "block" &&
    stringAt(objectAt(node.content, "synced_from"), "block_id") !== null
  ) {
    return true;
  }
  return (world.children.get(node.id) ?? []).some((id) => {
    const child = world.blocks.get(id) ?? world.pages.get(id) ?? world.databases.get(id);
    return child !== undefined && !child.isInTrash;
  });
}
