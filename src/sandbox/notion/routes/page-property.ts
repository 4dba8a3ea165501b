// One property of one page, whole: the only way to read more than 25 related ids.
//
// Lists for title, rich_text, people, relation and rollup; a bare item for the rest (recorded for every
// type, notion_ruby_mapping retrieve_property_*). A rollup's items carry the target property's id.
import { needPage, pathId, type Call, type Route } from "../call.ts";
import { invalid } from "../errors.ts";
import { encodePropertyId } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";
import { readPageSize } from "../paging.ts";
import { findProperty, type Property } from "../property.ts";
import { renderTyped, rollupSummary } from "../value/render.ts";
import { propertiesOf, type Page } from "../world.ts";

export const pagePropertyRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "pages/:page_id/properties/:property_id",
    needs: "read",
    handler: retrieve,
  },
];

const listTypes: readonly string[] = ["title", "rich_text", "people", "relation"];

function retrieve(call: Call): JsonObject {
  const { world } = call;
  const page = needPage(world, pathId(call, "page_id"));
  const key = call.params["property_id"] ?? "";
  const property = findProperty(propertiesOf(world, page), key);
  if (property === null) throw invalid(`Could not find property with name or id: ${key}`);
  const { type } = property.config;
  const id = encodePropertyId(property.id);
  if (listTypes.includes(type)) {
    const value = renderTyped(world, page, property);
    const items = (Array.isArray(value) ? value : []).map((item): JsonObject => {
      return { object: "property_item", type, id, [type]: item };
    });
    return listAnswer(call, items, { page, id, type, empty: {} });
  }
  if (property.config.type === "rollup") return rollupAnswer(call, page, property);
  return { object: "property_item", type, id, [type]: renderTyped(world, page, property) };
}

function rollupAnswer(call: Call, page: Page, property: Property): JsonObject {
  const summary = rollupSummary(call.world, page, property);
  const items = summary.items.map((item): JsonObject => {
    const { type } = item.property.config;
    return {
      object: "property_item",
      type,
      id: encodePropertyId(item.property.id),
      [type]: renderTyped(call.world, item.page, item.property),
    };
  });
  return listAnswer(call, items, {
    page,
    id: encodePropertyId(property.id),
    type: "rollup",
    empty: summary.result,
  });
}

function listAnswer(
  call: Call,
  items: readonly JsonObject[],
  about: { readonly page: Page; readonly id: string; readonly type: string; readonly empty: Json },
): JsonObject {
  const pageSize = readPageSize(call.query.get("page_size") ?? undefined, "query");
  const start = startOf(call.query.get("start_cursor"));
  const hasMore = items.length > start + pageSize;
  const nextCursor = hasMore ? `P${(start + pageSize).toString(36).padStart(5, "L")}` : null;
  const { page, id, type, empty } = about;
  const path = `${call.world.baseUrl}/v1/pages/${page.id.replaceAll("-", "")}/properties/${id}`;
  return {
    object: "list",
    results: items.slice(start, start + pageSize),
    next_cursor: nextCursor,
    has_more: hasMore,
    type: "property_item",
    property_item: {
      id,
      next_url:
        nextCursor === null ? null : `${path}?start_cursor=${nextCursor}&page_size=${pageSize}`,
      type,
      [type]: empty,
    },
  };
}

/** Cursors are short tokens, as recorded; these hold the offset. */
function startOf(cursor: string | null): number {
  if (cursor === null) return 0;
  const match = /^PL*([0-9a-z]+)$/.exec(cursor);
  if (match === null) throw invalid(`The start_cursor provided is invalid: ${cursor}`);
  return Number.parseInt(match[1] ?? "0", 36);
}
