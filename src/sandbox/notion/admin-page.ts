// The side door's hand on pages: what people do with them in the app, as a person unless told otherwise.
//
// The rules are page-store.ts's and database-store.ts's; this file only says who, and copies pages.
import { trashNode } from "./block-store.ts";
import { createDatabase } from "./database-store.ts";
import { invalid } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import { changePage, createPage, movePage, purgePage } from "./page-store.ts";
import { pageTitle } from "./render/object.ts";
import { textItems } from "./rich-text.ts";
import { setRelation } from "./value/relation.ts";
import {
  childIds,
  findNode,
  propertiesOf,
  touch,
  type Block,
  type Page,
  type Parent,
  type World,
  type WorldNode,
} from "./world.ts";

/** Where a page or database sits; the root page when left out. */
interface AdminParent {
  readonly pageId?: string;
  readonly dataSourceId?: string;
}

interface AdminPage {
  readonly parent?: AdminParent;
  /** Property writes in API form, by name or id: `{Cost: {number: 3}}`. */
  readonly properties?: JsonObject;
  /** Short for a title write. */
  readonly title?: string;
  /** Who does it; the workspace's person when left out. */
  readonly byId?: string;
  readonly id?: string;
}

interface AdminDatabase {
  readonly parentPageId?: string;
  readonly title: string;
  /** Schema in API form; may hold `button` and `verification`. Defaults to a lone title `Name`. */
  readonly properties?: JsonObject;
  readonly isInline?: boolean;
  readonly byId?: string;
  readonly id?: string;
}

/** Pages and databases, and everything people do to them. */
export interface PageDoor {
  createPage(page: AdminPage): string;
  createDatabase(database: AdminDatabase): {
    readonly databaseId: string;
    readonly dataSourceId: string;
  };
  /** Writes properties of a page in API form. */
  editPage(pageId: string, properties: JsonObject, byId?: string): void;
  /** Trash and restore take pages, databases, data sources and blocks. */
  trash(id: string, byId?: string): void;
  restore(id: string, byId?: string): void;
  archivePage(pageId: string, isArchived: boolean, byId?: string): void;
  /** Deletes a page for good. */
  purgePage(pageId: string): void;
  movePage(pageId: string, parent: AdminParent, byId?: string): void;
  /** Copies a row with all its values, and returns the copy's id. */
  duplicatePage(pageId: string, byId?: string): string;
}

export function makePageDoor(
  world: World,
  home: { readonly personId: string; readonly rootPageId: string },
): PageDoor {
  const parentOf = (parent: AdminParent | undefined): Parent =>
    parent?.dataSourceId === undefined
      ? { kind: "page", id: parent?.pageId ?? home.rootPageId }
      : { kind: "data_source", id: parent.dataSourceId };
  return {
    createPage: (wanted) => {
      const title =
        wanted.title === undefined ? {} : { title: [{ text: { content: wanted.title } }] };
      return createPage(world, {
        parent: parentOf(wanted.parent),
        properties: { ...title, ...wanted.properties },
        byId: wanted.byId ?? home.personId,
        id: wanted.id,
      }).id;
    },
    createDatabase: (wanted) => {
      const database = createDatabase(world, {
        parent: { kind: "page", id: wanted.parentPageId ?? home.rootPageId },
        title: textItems(wanted.title),
        description: [],
        properties: wanted.properties ?? {},
        isInline: wanted.isInline ?? false,
        byId: wanted.byId ?? home.personId,
        isAdmin: true,
        id: wanted.id,
      });
      return { databaseId: database.id, dataSourceId: database.dataSourceIds[0] ?? "" };
    },
    editPage: (pageId, properties, byId = home.personId) => {
      changePage(world, needPage(world, pageId), { byId, properties });
    },
    trash: (id, byId = home.personId) => {
      setTrash(world, id, { isInTrash: true, byId });
    },
    restore: (id, byId = home.personId) => {
      setTrash(world, id, { isInTrash: false, byId });
    },
    archivePage: (pageId, isArchived, byId = home.personId) => {
      changePage(world, needPage(world, pageId), { byId, isArchived });
    },
    purgePage: (pageId) => {
      purgePage(world, needPage(world, pageId));
    },
    movePage: (pageId, parent, byId = home.personId) => {
      movePage(world, needPage(world, pageId), { parent: parentOf(parent), byId });
    },
    duplicatePage: (pageId, byId = home.personId) =>
      duplicate(world, needPage(world, pageId), byId),
  };
}

function needPage(world: World, id: string): Page {
  const page = world.pages.get(id);
  if (page === undefined) throw invalid(`The sandbox has no page ${id}.`);
  return page;
}

function setTrash(
  world: World,
  id: string,
  trash: { readonly isInTrash: boolean; readonly byId: string },
): void {
  const node = needNode(world, id);
  if (node.kind === "data_source") {
    node.isInTrash = trash.isInTrash;
    touch(world, node, trash.byId);
    return;
  }
  trashNode(world, node, trash);
}

/** People's copies keep every stored value but the number; two-way relations are written through. */
function duplicate(world: World, page: Page, byId: string): string {
  const copy = createPage(world, { parent: page.parent, properties: {}, byId });
  for (const [id, cell] of page.values) {
    if (cell.kind !== "sequence" && cell.kind !== "relation") copy.values.set(id, cell);
  }
  for (const property of propertiesOf(world, page)) {
    const cell = page.values.get(property.id);
    if (cell?.kind === "relation") setRelation(world, copy, { property, pageIds: cell.pageIds });
  }
  copy.icon = page.icon;
  copy.cover = page.cover;
  for (const id of world.children.get(page.id) ?? []) {
    const block = world.blocks.get(id);
    if (block === undefined || block.isInTrash) continue;
    const made: Block = {
      ...block,
      id: world.ids.sequential(),
      parent: { kind: "page", id: copy.id },
    };
    world.blocks.set(made.id, made);
    childIds(world, copy.id).push(made.id);
  }
  const title = pageTitle(world, page);
  if (title !== "") copy.values.set("title", { kind: "text", items: textItems(`${title} (1)`) });
  touch(world, copy, byId);
  return copy.id;
}

/** Anything by its id, or an error that says the test is wrong. */
export function needNode(world: World, id: string): WorldNode {
  const node = findNode(world, id);
  if (node === null) throw invalid(`The sandbox has nothing with the id ${id}.`);
  return node;
}
