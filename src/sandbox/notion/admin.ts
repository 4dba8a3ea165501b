// The side door: what people and the owner of the workspace do, beside the API.
//
// Everything here is done as a person (`last_edited_by` is not the bot) unless told otherwise, obeys the same
// rules as the API, and may also do what the API cannot: rename options, archive, purge, unshare.
import { makePageDoor, needNode, type PageDoor } from "./admin-page.ts";
import { makeSchemaDoor, type SchemaDoor } from "./admin-schema.ts";
import { readRow, type RowView } from "./admin-view.ts";
import type { Limiter } from "./limiter.ts";
import type { QueryDesk } from "./query.ts";
import type { Capabilities, World } from "./world.ts";

export interface NotionAdmin extends SchemaDoor, PageDoor {
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
