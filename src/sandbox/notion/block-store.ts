// Blocks below pages: appending (two levels a request), changing, trashing.
//
// Pages and databases are blocks too: trashing a block by id works on all three.
import { failedValidation, invalid } from "./errors.ts";
import { arrayAt, isObject, objectAt, stringAt, type Json } from "./json.ts";
import { checkEditable, touchParent } from "./page-store.ts";
import { isBlockType, mergeContent } from "./render/block-content.ts";
import { tooLong } from "./rich-text.ts";
import { childIds, touch, type Block, type Database, type Page, type World } from "./world.ts";

const childrenMax = 100;
const depthMax = 2;

interface Append {
  readonly children: readonly Json[];
  readonly byId: string;
  /** Id of the sibling to come after, `"start"`, or `null` for the end. */
  readonly after: string | null;
}

/**
 * Appends children and returns the new direct ones and, when they were put in between, every sibling after
 * them (recorded, ultimate-notion test_insert_after_replace_block).
 */
export function appendBlocks(world: World, parent: Page | Block, append: Append): string[] {
  checkEditable(world, parent);
  checkBlocks(append.children, "body.children");
  const made = append.children.map((child) =>
    makeBlock(world, parent, { child, byId: append.byId }),
  );
  const siblings = childIds(world, parent.id);
  const at = append.after === "start" ? 0 : positionAfter(siblings, append.after);
  siblings.splice(at, 0, ...made.map(({ id }) => id));
  touch(world, parent, append.byId);
  return siblings.slice(at);
}

/** Blocks out of Markdown. The limits of a list of children do not hold for a text. */
export function appendMarkdown(world: World, page: Page, children: readonly Json[]): void {
  const siblings = childIds(world, page.id);
  for (const child of children) {
    siblings.push(makeBlock(world, page, { child, byId: world.botId }).id);
  }
  touch(world, page, world.botId);
}

function positionAfter(siblings: readonly string[], after: string | null): number {
  if (after === null) return siblings.length;
  const at = siblings.indexOf(after);
  if (at === -1) throw invalid(`Block ${after} is not a child of the parent block.`);
  return at + 1;
}

/** Refuses children that could not be appended; all are checked before the first is made. */
export function checkBlocks(children: readonly Json[], path: string): void {
  checkChildren(children, path, 0);
}

function checkChildren(children: readonly Json[], path: string, depth: number): void {
  if (children.length > childrenMax) throw tooLong(path, childrenMax, children.length);
  for (const [index, child] of children.entries()) {
    const place = `${path}[${index}]`;
    const type = blockType(child);
    if (type === null || !isObject(child))
      throw failedValidation(`${place}.type`, "a block type", child);
    mergeContent(type, null, objectAt(child, type));
    const below = nested(child, type);
    if (below.length > 0 && depth + 1 >= depthMax + 1) {
      throw failedValidation(`${place}.${type}.children`, "not present", below.length);
    }
    checkChildren(below, `${place}.${type}.children`, depth + 1);
  }
}

function blockType(child: Json): string | null {
  if (!isObject(child)) return null;
  const type =
    stringAt(child, "type") ?? Object.keys(child).find((key) => isBlockType(key)) ?? null;
  return type !== null && isBlockType(type) ? type : null;
}

function nested(child: Json, type: string): Json[] {
  if (!isObject(child)) return [];
  const inside = arrayAt(objectAt(child, type), "children");
  return inside.length > 0 ? inside : arrayAt(child, "children");
}

function makeBlock(
  world: World,
  parent: Page | Block,
  wanted: { readonly child: Json; readonly byId: string },
): Block {
  const { child, byId } = wanted;
  const type = blockType(child) ?? "paragraph";
  const nowMs = world.clock.nowMs();
  const block: Block = {
    kind: "block",
    id: world.ids.sequential(),
    parent: { kind: parent.kind, id: parent.id },
    type,
    content: mergeContent(type, null, isObject(child) ? objectAt(child, type) : {}),
    isInTrash: false,
    createdAtMs: nowMs,
    createdById: byId,
    editedAtMs: nowMs,
    editedById: byId,
  };
  world.blocks.set(block.id, block);
  for (const below of nested(child, type)) {
    childIds(world, block.id).push(makeBlock(world, block, { child: below, byId }).id);
  }
  return block;
}

/** Lays a change over a block's content. */
export function changeBlock(
  world: World,
  block: Block,
  change: { readonly body: Json; readonly byId: string },
): void {
  checkEditable(world, block);
  const content = isObject(change.body) ? objectAt(change.body, block.type) : {};
  block.content = mergeContent(block.type, block.content, content);
  touch(world, block, change.byId);
  touchParent(world, block, change.byId);
}

/** Moves a block, page or database to the trash, or back. */
export function trashNode(
  world: World,
  node: Block | Page | Database,
  trash: { readonly isInTrash: boolean; readonly byId: string },
): void {
  node.isInTrash = trash.isInTrash;
  touch(world, node, trash.byId);
  touchParent(world, node, trash.byId);
}
