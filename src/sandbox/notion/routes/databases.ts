// Databases: the containers. Their schema and rows are in routes/data-sources.ts.
import {
  needDatabase,
  needParent,
  pathId,
  richTextAt,
  viewOf,
  type Call,
  type Route,
} from "../call.ts";
import { createDatabase, moveDatabase } from "../database-store.ts";
import { booleanAt, objectAt, type JsonObject } from "../json.ts";
import { parseLook } from "../look.ts";
import { checkEditable, touchParent } from "../page-store.ts";
import { renderDatabase } from "../render/object.ts";
import { touch, type Database } from "../world.ts";

export const databaseRoutes: readonly Route[] = [
  { method: "POST", path: "databases", needs: "insert", handler: create },
  { method: "GET", path: "databases/:database_id", needs: "read", handler: retrieve },
  { method: "PATCH", path: "databases/:database_id", needs: "update", handler: update },
];

function create(call: Call): JsonObject {
  const { world, body } = call;
  const parent = needParent(call, ["page"]);
  const initial = objectAt(body, "initial_data_source");
  const database = createDatabase(world, {
    parent,
    title: richTextAt(body, "title") ?? [],
    description: richTextAt(body, "description") ?? [],
    properties: objectAt(initial, "properties"),
    icon: body["icon"],
    cover: body["cover"],
    isInline: body["is_inline"] === true,
    byId: world.botId,
    isAdmin: false,
  });
  return renderDatabase(world, database, viewOf(call));
}

function retrieve(call: Call): JsonObject {
  const database = needDatabase(call.world, pathId(call, "database_id"));
  return renderDatabase(call.world, database, viewOf(call));
}

function update(call: Call): JsonObject {
  const { world, body } = call;
  const database = needDatabase(world, pathId(call, "database_id"));
  const isInTrash = booleanAt(body, "in_trash") ?? booleanAt(body, "archived");
  if (isInTrash === false) database.isInTrash = false;
  checkEditable(world, database);
  if ("parent" in body) {
    const parent = needParent(call, ["page"]);
    if (parent.kind === "page") {
      moveDatabase(world, database, { pageId: parent.id, byId: world.botId });
    }
  }
  changeLook(call, database);
  if (isInTrash === true) database.isInTrash = true;
  if (isInTrash !== null) {
    touch(world, database, world.botId);
    touchParent(world, database, world.botId);
  }
  // Other changes leave `last_edited_time` of a database where it was (recorded).
  return renderDatabase(world, database, viewOf(call));
}

function changeLook(call: Call, database: Database): void {
  const { world, body } = call;
  const first = world.dataSources.get(database.dataSourceIds[0] ?? "");
  const title = richTextAt(body, "title");
  if (title !== null) {
    database.title = title;
    if (first !== undefined) first.title = title;
  }
  const description = richTextAt(body, "description");
  if (description !== null) {
    database.description = description;
    if (first !== undefined) first.description = description;
  }
  if ("icon" in body) database.icon = parseLook(body["icon"], "body.icon");
  if ("cover" in body) database.cover = parseLook(body["cover"], "body.cover");
  database.isInline = booleanAt(body, "is_inline") ?? database.isInline;
  database.isLocked = booleanAt(body, "is_locked") ?? database.isLocked;
}
