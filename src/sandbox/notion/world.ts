// The workspace itself: users, pages, databases, data sources, blocks, and who may see them.
//
// Plain mutable maps. Rules live in the files that change them (page-store.ts, schema-change.ts, …); this
// file only knows how things hang together: parents, sharing, trash above.
import type { SandboxClock } from "../clock.ts";
import type { IdSource } from "./ids.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Property } from "./property.ts";
import type { RichTextItem } from "./rich-text.ts";
import type { CellValue } from "./value/cell.ts";

export interface User {
  readonly id: string;
  readonly kind: "person" | "bot";
  name: string;
  email: string | null;
  /** `null` leaves the key out, as answers before July 2026 did. */
  isEmailVerified: boolean | null;
  /** False for a person removed from the workspace: a partial user from then on. */
  isMember: boolean;
}

export type Parent =
  | { readonly kind: "workspace" }
  | { readonly kind: "page" | "block" | "database" | "data_source"; readonly id: string };

interface Node {
  readonly id: string;
  parent: Parent;
  isInTrash: boolean;
  readonly createdAtMs: number;
  readonly createdById: string;
  editedAtMs: number;
  editedById: string;
}

export interface Page extends Node {
  readonly kind: "page";
  /** Position in the order of creation; queries list the newest first. */
  readonly order: number;
  /** By raw property id. A page outside a data source has `title` alone. */
  values: Map<string, CellValue>;
  icon: Json;
  cover: Json;
  isArchived: boolean;
  isLocked: boolean;
}

export interface Database extends Node {
  readonly kind: "database";
  title: readonly RichTextItem[];
  description: readonly RichTextItem[];
  icon: Json;
  cover: Json;
  isInline: boolean;
  isLocked: boolean;
  dataSourceIds: string[];
}

export interface DataSource extends Node {
  readonly kind: "data_source";
  title: readonly RichTextItem[];
  description: readonly RichTextItem[];
  icon: Json;
  cover: Json;
  properties: Property[];
  rowIds: string[];
  nextNumber: number;
}

export interface Block extends Node {
  readonly kind: "block";
  readonly type: string;
  content: JsonObject;
}

export interface Comment {
  readonly id: string;
  readonly parent: Parent;
  readonly discussionId: string;
  readonly createdAtMs: number;
  editedAtMs: number;
  readonly createdById: string;
  items: readonly RichTextItem[];
}

export interface FileUpload {
  readonly id: string;
  readonly createdAtMs: number;
  editedAtMs: number;
  status: "pending" | "uploaded" | "failed";
  readonly mode: string;
  filename: string | null;
  contentType: string | null;
  contentLength: number | null;
  readonly partsMax: number | null;
}

/** What the token may do. */
export interface Capabilities {
  readonly read: boolean;
  readonly insert: boolean;
  readonly update: boolean;
  readonly users: "none" | "no-email" | "email";
}

export interface World {
  readonly clock: SandboxClock;
  readonly ids: IdSource;
  readonly workspace: { readonly id: string; readonly name: string };
  readonly integration: { readonly id: string; readonly name: string };
  readonly botId: string;
  capabilities: Capabilities;
  readonly users: Map<string, User>;
  readonly pages: Map<string, Page>;
  readonly databases: Map<string, Database>;
  readonly dataSources: Map<string, DataSource>;
  readonly blocks: Map<string, Block>;
  readonly comments: Map<string, Comment>;
  readonly fileUploads: Map<string, FileUpload>;
  /** Asynchronous changes by task id. */
  readonly tasks: Map<string, { readonly pageId: string; readonly createdAtMs: number }>;
  /** Children of a page or block in reading order: blocks, pages and databases alike. */
  readonly children: Map<string, string[]>;
  /** Ids taken away from the integration; everything below them is gone for it too. */
  readonly unshared: Set<string>;
  /** Called after every change of a row; the lagging query index hangs here. */
  onPageChange: (page: Page) => void;
  nextOrder: number;
  /** How long a search does not find something new. */
  readonly searchLagMs: number;
  /** Where the sandbox can be reached; answers that print links to themselves use it. */
  baseUrl: string;
}

export type WorldNode = Page | Database | DataSource | Block;

export function findNode(world: World, id: string): WorldNode | null {
  return (
    world.pages.get(id) ??
    world.databases.get(id) ??
    world.dataSources.get(id) ??
    world.blocks.get(id) ??
    null
  );
}

/** Everything above a node, nearest first. */
export function ancestors(world: World, node: WorldNode): WorldNode[] {
  const found: WorldNode[] = [];
  let parent = node.parent;
  while (parent.kind !== "workspace") {
    const above = findNode(world, parent.id);
    if (above === null) break;
    found.push(above);
    parent = above.parent;
  }
  return found;
}

/** Whether an id is the node's own or that of something below it. */
export function isAtOrBelow(world: World, id: string, node: WorldNode): boolean {
  const found = findNode(world, id);
  return found === node || (found !== null && ancestors(world, found).includes(node));
}

/** Whether the integration can see a node. Sharing flows down from what was shared. */
export function isVisible(world: World, node: WorldNode): boolean {
  if (world.unshared.size === 0) return true;
  if (world.unshared.has(node.id)) return false;
  return !ancestors(world, node).some((above) => world.unshared.has(above.id));
}

/** Marks a change of a node, and tells the index when it is a page. */
export function touch(world: World, node: WorldNode, byId: string): void {
  node.editedAtMs = world.clock.nowMs();
  node.editedById = byId;
  if (node.kind === "page") world.onPageChange(node);
}

export function childIds(world: World, id: string): string[] {
  const known = world.children.get(id);
  if (known !== undefined) return known;
  const made: string[] = [];
  world.children.set(id, made);
  return made;
}

/** The data source a page is a row of, or `null`. */
export function sourceOf(world: World, page: Page): DataSource | null {
  return page.parent.kind === "data_source"
    ? (world.dataSources.get(page.parent.id) ?? null)
    : null;
}

/** The properties a page carries: its data source's, or the lone title. */
export function propertiesOf(world: World, page: Page): readonly Property[] {
  return sourceOf(world, page)?.properties ?? loneTitle;
}

const loneTitle: readonly Property[] = [
  { id: "title", name: "title", description: null, config: { type: "title" } },
];
