// The side door: what people and the owner of the workspace do, beside the API.
//
// Everything here is done as a person (`last_edited_by` is not the bot) unless told otherwise, obeys the same
// rules as the API, and may also do what the API cannot: rename options, archive, purge, unshare.
import { makeSchemaDoor, type SchemaDoor } from "./admin-schema.ts";
import { readRow, type RowView } from "./admin-view.ts";
import { trashNode } from "./block-store.ts";
import { createDatabase } from "./database-store.ts";
import { invalid } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import type { Limiter } from "./limiter.ts";
import { changePage, createPage, movePage, purgePage } from "./page-store.ts";
import type { QueryDesk } from "./query.ts";
import { pageTitle } from "./render/object.ts";
import { textItems } from "./rich-text.ts";
import {
  childIds,
  findNode,
  touch,
  type Block,
  type Capabilities,
  type Database,
  type DataSource,
  type Page,
  type Parent,
  type World,
} from "./world.ts";

/** Where a page or database sits; the root page when left out. */
export interface AdminParent {
  readonly pageId?: string;
  readonly dataSourceId?: string;
}

export interface AdminPage {
  readonly parent?: AdminParent;
  /** Property writes in API form, by name or id: `{Cost: {number: 3}}`. */
  readonly properties?: JsonObject;
  /** Short for a title write. */
  readonly title?: string;
  /** Who does it; the workspace's person when left out. */
  readonly byId?: string;
  readonly id?: string;
}

export interface AdminDatabase {
  readonly parentPageId?: string;
  readonly title: string;
  /** Schema in API form; may hold `button` and `verification`. Defaults to a lone title `Name`. */
  readonly properties?: JsonObject;
  readonly isInline?: boolean;
  readonly byId?: string;
  readonly id?: string;
}

export interface NotionAdmin extends SchemaDoor {
  readonly botId: string;
  readonly personId: string;
  readonly rootPageId: string;
  readonly workspaceId: string;
  /** Adds a member and returns the id. */
  addUser(user: {
    readonly name: string;
    readonly email?: string;
    readonly isEmailVerified?: boolean;
    readonly kind?: "person" | "bot";
    readonly id?: string;
  }): string;
  /** Takes a person out of the workspace; values then show a partial user. */
  removeUser(userId: string): void;
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
  /** Takes a page, database or data source away from the integration, or gives it back. */
  unshare(id: string): void;
  share(id: string): void;
  readPage(pageId: string): RowView | null;
  /** Rows of a data source, oldest first; trashed ones only if asked for. */
  rows(dataSourceId: string, options?: { readonly withTrash?: boolean }): RowView[];
  setCapabilities(change: Partial<Capabilities>): void;
  setToken(token: string): void;
  setQueryLag(lagMs: number): void;
  /** Repeats rows of one page at the head of the next, as rows that shift during a scan do. */
  setPageOverlap(rows: number): void;
  /** Makes every query cursor given out so far invalid. */
  dropCursors(): void;
  /** Uses up the present rate-limit window. */
  exhaustBudget(): void;
  /** The next `times` creates are saved but answered with a 503 that names the new id. */
  commitThenFail(times: number): void;
  setBaseUrl(url: string): void;
}

export interface AdminParts {
  readonly world: World;
  readonly desk: QueryDesk;
  readonly limiter: Limiter;
  readonly setToken: (token: string) => void;
  readonly setCommitFailures: (times: number) => void;
}

export function makeAdmin(parts: AdminParts): NotionAdmin {
  const { world } = parts;
  const personId = [...world.users.values()].find(({ kind }) => kind === "person")?.id ?? "";
  const rootPageId = [...world.pages.keys()][0] ?? "";
  return {
    botId: world.botId,
    personId,
    rootPageId,
    workspaceId: world.workspace.id,
    ...makeSchemaDoor(world, personId),
    ...makeUserDoor(world),
    ...makePageDoor(world, { personId, rootPageId }),
    ...makeReadDoor(world),
    ...makeOwnerDoor(parts),
  };
}

type UserDoor = Pick<NotionAdmin, "addUser" | "removeUser">;

function makeUserDoor(world: World): UserDoor {
  return {
    addUser: (user) => {
      const id = user.id ?? world.ids.arbitrary();
      world.users.set(id, {
        id,
        kind: user.kind ?? "person",
        name: user.name,
        email: user.email ?? null,
        isEmailVerified: user.isEmailVerified ?? null,
        isMember: true,
      });
      return id;
    },
    removeUser: (userId) => {
      const user = world.users.get(userId);
      if (user !== undefined) user.isMember = false;
    },
  };
}

type PageDoor = Pick<
  NotionAdmin,
  | "createPage"
  | "createDatabase"
  | "editPage"
  | "trash"
  | "restore"
  | "archivePage"
  | "purgePage"
  | "movePage"
  | "duplicatePage"
>;

function makePageDoor(
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

function needNode(world: World, id: string): Page | Database | DataSource | Block {
  const node = findNode(world, id);
  if (node === null) throw invalid(`The sandbox has nothing with the id ${id}.`);
  return node;
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

type ReadDoor = Pick<NotionAdmin, "readPage" | "rows" | "unshare" | "share">;

function makeReadDoor(world: World): ReadDoor {
  return {
    readPage: (pageId) => {
      const page = world.pages.get(pageId);
      return page === undefined ? null : readRow(world, page);
    },
    rows: (dataSourceId, options = {}) => {
      const ids = world.dataSources.get(dataSourceId)?.rowIds ?? [];
      return ids.flatMap((id) => {
        const page = world.pages.get(id);
        if (page === undefined || (page.isInTrash && options.withTrash !== true)) return [];
        return [readRow(world, page)];
      });
    },
    unshare: (id) => {
      world.unshared.add(needNode(world, id).id);
    },
    share: (id) => {
      world.unshared.delete(id);
    },
  };
}

type OwnerDoor = Pick<
  NotionAdmin,
  | "setCapabilities"
  | "setToken"
  | "setQueryLag"
  | "setPageOverlap"
  | "dropCursors"
  | "exhaustBudget"
  | "commitThenFail"
  | "setBaseUrl"
>;

function makeOwnerDoor(parts: AdminParts): OwnerDoor {
  const { world, desk, limiter } = parts;
  return {
    setCapabilities: (change) => {
      world.capabilities = { ...world.capabilities, ...change };
    },
    setToken: parts.setToken,
    setQueryLag: (lagMs) => {
      desk.index.setLag(lagMs);
    },
    setPageOverlap: (rows) => {
      desk.overlapRows = rows;
    },
    dropCursors: () => {
      desk.sessions.clear();
    },
    exhaustBudget: () => {
      limiter.exhaust();
    },
    commitThenFail: parts.setCommitFailures,
    setBaseUrl: (url) => {
      world.baseUrl = url;
    },
  };
}
