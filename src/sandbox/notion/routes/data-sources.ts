// Data sources: schema, rows, and the (empty) list of templates.
import {
  needDatabase,
  needDataSource,
  needParent,
  pathId,
  richTextAt,
  viewOf,
  type Call,
  type Route,
} from "../call.ts";
import { createDataSource, moveDataSource } from "../database-store.ts";
import { invalidUrl } from "../errors.ts";
import { booleanAt, objectAt, type JsonObject } from "../json.ts";
import { parseLook } from "../look.ts";
import { checkEditable } from "../page-store.ts";
import { queryEnvelope, queryRows } from "../query.ts";
import { renderDataSource, renderPage } from "../render/object.ts";
import { changeSchema } from "../schema-change.ts";
import { touch } from "../world.ts";

export const dataSourceRoutes: readonly Route[] = [
  { method: "POST", path: "data_sources", needs: "insert", handler: create },
  { method: "GET", path: "data_sources/:data_source_id", needs: "read", handler: retrieve },
  { method: "PATCH", path: "data_sources/:data_source_id", needs: "update", handler: update },
  { method: "POST", path: "data_sources/:data_source_id/query", needs: "read", handler: query },
  {
    method: "GET",
    path: "data_sources/:data_source_id/templates",
    needs: "read",
    handler: listTemplates,
    isBare: true,
  },
];

function create(call: Call): JsonObject {
  const { world, body } = call;
  const parent = needParent(call, ["database"]);
  if (parent.kind !== "database") throw invalidUrl();
  const database = needDatabase(world, parent.id);
  checkEditable(world, database);
  const source = createDataSource(world, {
    database,
    title: richTextAt(body, "title") ?? [],
    properties: objectAt(body, "properties"),
    icon: body["icon"],
    byId: world.botId,
    isAdmin: false,
  });
  return renderDataSource(world, source, viewOf(call));
}

function retrieve(call: Call): JsonObject {
  const source = needDataSource(call.world, pathId(call, "data_source_id"));
  return renderDataSource(call.world, source, viewOf(call));
}

function update(call: Call): JsonObject {
  const { world, body } = call;
  const source = needDataSource(world, pathId(call, "data_source_id"));
  const isInTrash = booleanAt(body, "in_trash") ?? booleanAt(body, "archived");
  if (isInTrash === false) source.isInTrash = false;
  checkEditable(world, source);
  if ("parent" in body) {
    const parent = needParent(call, ["database"]);
    if (parent.kind === "database") {
      moveDataSource(world, source, {
        database: needDatabase(world, parent.id),
        byId: world.botId,
      });
    }
  }
  changeSchema({ world, source, isAdmin: false }, objectAt(body, "properties"));
  source.title = richTextAt(body, "title") ?? source.title;
  if ("icon" in body) source.icon = parseLook(body["icon"], "body.icon");
  if (isInTrash === true) source.isInTrash = true;
  touch(world, source, world.botId);
  return renderDataSource(world, source, viewOf(call));
}

function query(call: Call): JsonObject {
  const { world, body, desk } = call;
  const source = needDataSource(world, pathId(call, "data_source_id"));
  const page = queryRows(world, desk, { source, body });
  const view = viewOf(call);
  return queryEnvelope(
    page,
    page.rows.map((row) => renderPage(world, row, view)),
  );
}

function listTemplates(call: Call): JsonObject {
  needDataSource(call.world, pathId(call, "data_source_id"));
  return { templates: [], has_more: false, next_cursor: null };
}
