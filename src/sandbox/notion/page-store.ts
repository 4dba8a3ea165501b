// Life and change of pages: create, write, trash, archive, lock, move, purge.
//
// One set of rules for the API and the side door; `byId` tells who did it. Every change ends in `touch`, so
// edit times and the query index cannot be forgotten.
import { inTrash, invalid } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";
import { parseLook } from "./look.ts";
import { findProperty, type Property } from "./property.ts";
import { setRelation } from "./value/relation.ts";
import { writeProperties } from "./value/write.ts";
import {
  ancestors,
  childIds,
  isAtOrBelow,
  propertiesOf,
  sourceOf,
  touch,
  type Page,
  type Parent,
  type World,
  type WorldNode,
} from "./world.ts";

interface NewPage {
  readonly parent: Parent;
  readonly properties: JsonObject;
  readonly icon?: Json | undefined;
  readonly cover?: Json | undefined;
  readonly byId: string;
  readonly id?: string | undefined;
}

export function createPage(world: World, wanted: NewPage): Page {
  const nowMs = world.clock.nowMs();
  const page: Page = {
    kind: "page",
    id: wanted.id ?? world.ids.sequential(),
    parent: wanted.parent,
    order: world.nextOrder,
    values: new Map(),
    icon: parseLook(wanted.icon, "body.icon"),
    cover: parseLook(wanted.cover, "body.cover"),
    isInTrash: false,
    isArchived: false,
    isLocked: false,
    createdAtMs: nowMs,
    createdById: wanted.byId,
    editedAtMs: nowMs,
    editedById: wanted.byId,
  };
  // The page must be known before its relations are written: mirrors point back at it.
  world.pages.set(page.id, page);
  try {
    writeProperties(world, page, {
      properties: propertiesOf(world, page),
      body: wanted.properties,
      byId: wanted.byId,
    });
  } catch (error) {
    world.pages.delete(page.id);
    throw error;
  }
  world.nextOrder += 1;
  enterParent(world, page);
  world.onPageChange(page);
  touchParent(world, page, wanted.byId);
  return page;
}

function enterParent(world: World, page: Page): void {
  const source = sourceOf(world, page);
  if (source === null) {
    if (page.parent.kind !== "workspace") childIds(world, page.parent.id).push(page.id);
    return;
  }
  source.rowIds.push(page.id);
  for (const property of source.properties) {
    if (property.config.type !== "unique_id" || page.values.has(property.id)) continue;
    page.values.set(property.id, { kind: "sequence", number: source.nextNumber });
    source.nextNumber += 1;
  }
}

function leaveParent(world: World, page: Page): void {
  const source = sourceOf(world, page);
  const without = (ids: string[]): string[] => ids.filter((id) => id !== page.id);
  if (source !== null) source.rowIds = without(source.rowIds);
  else if (page.parent.kind !== "workspace") {
    world.children.set(page.parent.id, without(childIds(world, page.parent.id)));
  }
}

/**
 * A page counts as edited when a direct child comes, changes or goes (recorded: the root page of every suite).
 * What happens below one of its blocks leaves it alone (recorded, ultimate-notion test_modify_column_blocks).
 */
export function touchParent(world: World, node: WorldNode, byId: string): void {
  const page = node.parent.kind === "page" ? world.pages.get(node.parent.id) : undefined;
  if (page !== undefined) touch(world, page, byId);
}

/** Throws when the node, or anything above it, lies in the trash. */
export function checkEditable(world: World, node: WorldNode): void {
  if (node.isInTrash) throw inTrash("self");
  if (ancestors(world, node).some((above) => above.isInTrash)) throw inTrash("ancestor");
}

interface PageChange {
  readonly byId: string;
  readonly properties?: JsonObject | undefined;
  readonly icon?: Json | undefined;
  readonly cover?: Json | undefined;
  readonly isInTrash?: boolean | null;
  readonly isArchived?: boolean | null;
  readonly isLocked?: boolean | null;
}

/** Carries out a page update. Restoring comes first, so it can be combined with an edit. */
export function changePage(world: World, page: Page, change: PageChange): void {
  const wasInTrash = page.isInTrash;
  if (change.isInTrash === false) page.isInTrash = false;
  try {
    checkEditable(world, page);
  } catch (error) {
    page.isInTrash = wasInTrash;
    throw error;
  }
  writeProperties(world, page, {
    properties: propertiesOf(world, page),
    body: change.properties ?? {},
    byId: change.byId,
  });
  if (change.icon !== undefined) page.icon = parseLook(change.icon, "body.icon");
  if (change.cover !== undefined) page.cover = parseLook(change.cover, "body.cover");
  if (typeof change.isLocked === "boolean") page.isLocked = change.isLocked;
  if (typeof change.isArchived === "boolean") archive(world, page, change.isArchived);
  if (change.isInTrash === true) page.isInTrash = true;
  touch(world, page, change.byId);
  if (typeof change.isInTrash === "boolean") touchParent(world, page, change.byId);
}

/** Archiving a page takes its subpages along (Notion docs: Archive a page). */
function archive(world: World, page: Page, isArchived: boolean): void {
  page.isArchived = isArchived;
  world.onPageChange(page);
  for (const id of world.children.get(page.id) ?? []) {
    const child = world.pages.get(id);
    if (child !== undefined) archive(world, child, isArchived);
  }
}

/** Deletes for good: the id answers 404 from now on, relations to it are empty. */
export function purgePage(world: World, page: Page): void {
  for (const property of propertiesOf(world, page)) {
    if (property.config.type === "relation") setRelation(world, page, { property, pageIds: [] });
  }
  leaveParent(world, page);
  world.pages.delete(page.id);
}

/** Moves a page; into a data source only properties of the same name and type keep their values. */
export function movePage(
  world: World,
  page: Page,
  to: { readonly parent: Parent; readonly byId: string },
): void {
  checkEditable(world, page);
  if (to.parent.kind !== "workspace" && isAtOrBelow(world, to.parent.id, page)) {
    throw invalid("Cannot move a page into itself or one of its subpages.");
  }
  const before = propertiesOf(world, page);
  const values = page.values;
  leaveParent(world, page);
  page.parent = to.parent;
  page.values = new Map();
  for (const property of propertiesOf(world, page)) {
    const kept = sameProperty(before, property);
    const cell = kept === null ? undefined : values.get(kept.id);
    if (cell !== undefined && cell.kind !== "sequence") page.values.set(property.id, cell);
  }
  enterParent(world, page);
  touch(world, page, to.byId);
  touchParent(world, page, to.byId);
}

function sameProperty(before: readonly Property[], property: Property): Property | null {
  if (property.config.type === "title") return findProperty(before, "title");
  const found = before.find(({ name }) => name === property.name) ?? null;
  return found?.config.type === property.config.type ? found : null;
}
