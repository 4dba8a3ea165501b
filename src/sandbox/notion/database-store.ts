// Life of databases and data sources: create, trash, restore, move.
//
// A database is a container; schema and rows belong to its data sources. The first data source takes the
// database's title and description (recorded).
import { failedValidation, invalid } from "./errors.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { parseLook } from "./look.ts";
import type { RichTextItem } from "./rich-text.ts";
import { changeSchema } from "./schema-change.ts";
import { touchParent } from "./page-store.ts";
import {
  childIds,
  isAtOrBelow,
  touch,
  type Database,
  type DataSource,
  type Parent,
  type World,
} from "./world.ts";

interface NewDatabase {
  readonly parent: Parent;
  readonly title: readonly RichTextItem[];
  readonly description: readonly RichTextItem[];
  readonly properties: JsonObject;
  readonly icon?: Json | undefined;
  readonly cover?: Json | undefined;
  readonly isInline: boolean;
  readonly byId: string;
  readonly isAdmin: boolean;
  readonly id?: string | undefined;
}

export function createDatabase(world: World, wanted: NewDatabase): Database {
  const nowMs = world.clock.nowMs();
  const database: Database = {
    kind: "database",
    id: wanted.id ?? world.ids.arbitrary(),
    parent: wanted.parent,
    title: wanted.title,
    description: wanted.description,
    icon: parseLook(wanted.icon, "body.icon"),
    cover: parseLook(wanted.cover, "body.cover"),
    isInline: wanted.isInline,
    isLocked: false,
    isInTrash: false,
    dataSourceIds: [],
    createdAtMs: nowMs,
    createdById: wanted.byId,
    editedAtMs: nowMs,
    editedById: wanted.byId,
  };
  world.databases.set(database.id, database);
  try {
    const properties =
      Object.keys(wanted.properties).length === 0 ? { Name: { title: {} } } : wanted.properties;
    createDataSource(world, {
      database,
      title: wanted.title,
      description: wanted.description,
      properties,
      byId: wanted.byId,
      isAdmin: wanted.isAdmin,
      id: world.ids.arbitrary(),
    });
  } catch (error) {
    world.databases.delete(database.id);
    throw error;
  }
  if (wanted.parent.kind !== "workspace") childIds(world, wanted.parent.id).push(database.id);
  touchParent(world, database, wanted.byId);
  return database;
}

interface NewDataSource {
  readonly database: Database;
  readonly title: readonly RichTextItem[];
  readonly description?: readonly RichTextItem[];
  readonly properties: JsonObject;
  readonly icon?: Json | undefined;
  readonly byId: string;
  readonly isAdmin: boolean;
  readonly id?: string;
}

/** A data source added later has `000b` at the head of its last group (recorded). */
function laterId(world: World): string {
  const id = world.ids.sequential();
  return `${id.slice(0, 24)}000b${id.slice(28)}`;
}

export function createDataSource(world: World, wanted: NewDataSource): DataSource {
  const hasTitle = Object.values(wanted.properties).some(
    (entry) => isObject(entry) && ("title" in entry || entry["type"] === "title"),
  );
  if (!hasTitle)
    throw failedValidation("body.properties", "a schema with a title property", undefined);
  const nowMs = world.clock.nowMs();
  const source: DataSource = {
    kind: "data_source",
    id: wanted.id ?? laterId(world),
    parent: { kind: "database", id: wanted.database.id },
    title: wanted.title,
    description: wanted.description ?? [],
    icon: parseLook(wanted.icon, "body.icon"),
    cover: null,
    properties: [],
    rowIds: [],
    nextNumber: 1,
    isInTrash: false,
    createdAtMs: nowMs,
    createdById: wanted.byId,
    editedAtMs: nowMs,
    editedById: wanted.byId,
  };
  world.dataSources.set(source.id, source);
  try {
    changeSchema({ world, source, isAdmin: wanted.isAdmin }, wanted.properties);
  } catch (error) {
    world.dataSources.delete(source.id);
    throw error;
  }
  wanted.database.dataSourceIds.push(source.id);
  return source;
}

/** Moves a database below another page. */
export function moveDatabase(
  world: World,
  database: Database,
  to: { readonly pageId: string; readonly byId: string },
): void {
  if (isAtOrBelow(world, to.pageId, database)) {
    throw invalid("Cannot move a database into itself or one of its own pages.");
  }
  if (database.parent.kind !== "workspace") {
    const siblings = childIds(world, database.parent.id).filter((id) => id !== database.id);
    world.children.set(database.parent.id, siblings);
  }
  database.parent = { kind: "page", id: to.pageId };
  childIds(world, to.pageId).push(database.id);
  touchParent(world, database, to.byId);
}

/** Moves a data source into another database. */
export function moveDataSource(
  world: World,
  source: DataSource,
  to: { readonly database: Database; readonly byId: string },
): void {
  const from =
    source.parent.kind === "database" ? world.databases.get(source.parent.id) : undefined;
  if (from === undefined) throw invalid("Data source has no parent database.");
  if (isAtOrBelow(world, to.database.id, source)) {
    throw invalid("Cannot move a data source below one of its own pages.");
  }
  from.dataSourceIds = from.dataSourceIds.filter((id) => id !== source.id);
  to.database.dataSourceIds.push(source.id);
  source.parent = { kind: "database", id: to.database.id };
  touch(world, source, to.byId);
}
