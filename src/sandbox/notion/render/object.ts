// Pages, databases and data sources as answers carry them, in the recorded key order.
//
// Up to version 2025-09-03 every object ends with an `archived` key that repeats `in_trash`; from 2026-03-11
// the key is gone (recorded at both versions). `properties` are in order of raw id.
import { encodePropertyId } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";
import { inWireOrder, type Property } from "../property.ts";
import { plainText, renderRichText, textItems, type RichTextItem } from "../rich-text.ts";
import { renderProperty } from "../schema.ts";
import { exactStamp, minuteStamp } from "../time.ts";
import { renderValue } from "../value/render.ts";
import {
  ancestors,
  propertiesOf,
  type Database,
  type DataSource,
  type Page,
  type Parent,
  type World,
  type WorldNode,
} from "../world.ts";
import { partialUser } from "./user.ts";

/** What an answer's shape depends on beside the object. */
export interface View {
  readonly version: string;
  /** Properties asked for with `filter_properties`; `null` for all. */
  readonly only?: readonly string[] | null;
}

const lastVersionWithArchived = "2025-09-03";

/** The trailing `archived` key, for the versions that have it. */
export function archivedKey(view: View, isInTrash: boolean): JsonObject {
  return view.version <= lastVersionWithArchived ? { archived: isInTrash } : {};
}

export function renderParent(world: World, parent: Parent): JsonObject {
  switch (parent.kind) {
    case "workspace":
      return { type: "workspace", workspace: true };
    case "page":
      return { type: "page_id", page_id: parent.id };
    case "block":
      return { type: "block_id", block_id: parent.id };
    case "database":
      return { type: "database_id", database_id: parent.id };
    case "data_source": {
      const source = world.dataSources.get(parent.id);
      return {
        type: "data_source_id",
        data_source_id: parent.id,
        database_id: source?.parent.kind === "database" ? source.parent.id : null,
      };
    }
  }
}

export function renderPage(world: World, page: Page, view: View): JsonObject {
  const isInTrash = readsAsTrashed(world, page);
  return {
    object: "page",
    id: page.id,
    created_time: minuteStamp(page.createdAtMs),
    last_edited_time: minuteStamp(page.editedAtMs),
    created_by: partialUser(page.createdById),
    last_edited_by: partialUser(page.editedById),
    cover: page.cover,
    icon: page.icon,
    parent: renderParent(world, page.parent),
    in_trash: isInTrash,
    is_archived: page.isArchived,
    is_locked: page.isLocked,
    properties: renderValues(world, page, view),
    url: pageUrl(world, page),
    public_url: null,
    ...archivedKey(view, isInTrash),
  };
}

function renderValues(world: World, page: Page, view: View): JsonObject {
  const only = view.only ?? null;
  const isAsked = (property: Property): boolean =>
    only === null ||
    only.includes(property.id) ||
    only.includes(encodePropertyId(property.id)) ||
    only.includes(property.name);
  const values: JsonObject = {};
  for (const property of inWireOrder(propertiesOf(world, page))) {
    if (isAsked(property)) values[property.name] = renderValue(world, page, property);
  }
  return values;
}

/** The words of a page's title, `""` when it has none. */
export function pageTitle(world: World, page: Page): string {
  const title = page.values.get("title");
  return title?.kind === "text" ? plainText(world, title.items) : "";
}

function pageUrl(world: World, page: Page): string {
  const slug = pageTitle(world, page)
    .replaceAll(/[^A-Za-z0-9_]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const id = page.id.replaceAll("-", "");
  return `https://app.notion.com/p/${slug === "" ? id : `${slug}-${id}`}`;
}

function databaseUrl(id: string): string {
  return `https://app.notion.com/p/${id.replaceAll("-", "")}`;
}

const unnamed = textItems("New database");

function sourceName(source: DataSource): readonly RichTextItem[] {
  return source.title.length === 0 ? unnamed : source.title;
}

/**
 * A database goes by its first data source's title, and an empty one shows as "New database" there, while the
 * data source itself says `[]` (recorded, ultimate-notion test_title_setter and test_db_without_title).
 */
export function databaseTitle(world: World, database: Database): readonly RichTextItem[] {
  const first = world.dataSources.get(database.dataSourceIds[0] ?? "");
  if (first !== undefined) return sourceName(first);
  return database.title.length === 0 ? unnamed : database.title;
}

/** Trash is inherited: what lies below something trashed reads as trashed (recorded for blocks). */
export function readsAsTrashed(world: World, node: WorldNode): boolean {
  return node.isInTrash || ancestors(world, node).some((above) => above.isInTrash);
}

export function renderDatabase(world: World, database: Database, view: View): JsonObject {
  const isInTrash = readsAsTrashed(world, database);
  return {
    object: "database",
    id: database.id,
    title: renderRichText(world, databaseTitle(world, database)),
    description: renderRichText(world, database.description),
    parent: renderParent(world, database.parent),
    is_inline: database.isInline,
    in_trash: isInTrash,
    is_locked: database.isLocked,
    created_time: exactStamp(database.createdAtMs),
    last_edited_time: exactStamp(database.editedAtMs),
    data_sources: database.dataSourceIds.flatMap((id): Json[] => {
      const source = world.dataSources.get(id);
      return source === undefined || source.isInTrash
        ? []
        : [{ id, name: plainText(world, sourceName(source)) }];
    }),
    icon: database.icon,
    cover: database.cover,
    url: databaseUrl(database.id),
    public_url: null,
    ...archivedKey(view, isInTrash),
  };
}

export function renderDataSource(world: World, source: DataSource, view: View): JsonObject {
  const database =
    source.parent.kind === "database" ? world.databases.get(source.parent.id) : undefined;
  const isInTrash = readsAsTrashed(world, source);
  const properties: JsonObject = {};
  for (const property of inWireOrder(source.properties)) {
    properties[property.name] = renderProperty(world, source, property);
  }
  return {
    object: "data_source",
    id: source.id,
    cover: source.cover,
    icon: source.icon,
    created_time: minuteStamp(source.createdAtMs),
    created_by: partialUser(source.createdById),
    last_edited_by: partialUser(source.editedById),
    last_edited_time: minuteStamp(source.editedAtMs),
    title: renderRichText(world, source.title),
    description: renderRichText(world, source.description),
    is_inline: database?.isInline ?? false,
    properties,
    parent: renderParent(world, source.parent),
    database_parent: renderParent(world, database?.parent ?? { kind: "workspace" }),
    url: databaseUrl(source.parent.kind === "workspace" ? source.id : source.parent.id),
    public_url: null,
    in_trash: isInTrash,
    ...archivedKey(view, isInTrash),
  };
}
