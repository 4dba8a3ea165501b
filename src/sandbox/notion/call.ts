// One API call as the routes see it, and the look-ups they share: an id from the path to a visible object.
import { failedValidation, multipleSources, notFound, restricted, type Noun } from "./errors.ts";
import { needUuid } from "./ids.ts";
import { isObject, stringAt, type Json, type JsonObject } from "./json.ts";
import { parseRichText, type RichTextItem } from "./rich-text.ts";
import type { QueryDesk } from "./query.ts";
import type { View } from "./render/object.ts";
import {
  isVisible,
  type Database,
  type DataSource,
  type Page,
  type Parent,
  type World,
} from "./world.ts";

export interface Call {
  readonly world: World;
  readonly desk: QueryDesk;
  /** `Notion-Version` of the call. */
  readonly version: string;
  /** Path parts by the name the route gives them. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** Raw body, for uploads. */
  readonly rawBody: string;
}

/** Answers with a JSON object at status 200. */
type Handler = (call: Call) => JsonObject;

export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below `/v1/`, e.g. `pages/:page_id/move`. */
  readonly path: string;
  readonly handler: Handler;
  readonly needs: "read" | "insert" | "update" | "users" | "none";
  /** Templates answer without a `request_id` (recorded). */
  readonly isBare?: boolean;
}

export function viewOf(call: Call): View {
  const only = [
    ...call.query.getAll("filter_properties"),
    ...call.query.getAll("filter_properties[]"),
  ];
  return { version: call.version, only: only.length === 0 ? null : only };
}

/** The uuid under a path parameter, or the validator's 400. */
export function pathId(call: Call, name: string): string {
  return needUuid(call.params[name] ?? "", `path.${name}`);
}

/** An object that is there and shared, or the 404 that tells neither from the other. */
function seen<Found extends Page | Database | DataSource>(
  world: World,
  found: Found | undefined,
  wanted: { readonly noun: Noun; readonly id: string },
): Found {
  if (found === undefined || !isVisible(world, found)) {
    throw notFound(wanted.noun, wanted.id, world.integration);
  }
  return found;
}

export function needPage(world: World, id: string): Page {
  return seen(world, world.pages.get(id), { noun: "page", id });
}

export function needDatabase(world: World, id: string): Database {
  return seen(world, world.databases.get(id), { noun: "database", id });
}

export function needDataSource(world: World, id: string): DataSource {
  return seen(world, world.dataSources.get(id), { noun: "database", id });
}

/** Reads `parent` of a create or move. A database stands for its only data source. */
export function needParent(call: Call, kinds: readonly Parent["kind"][]): Parent {
  const { world } = call;
  const parent = call.body["parent"];
  if (!isObject(parent)) throw failedValidation("body.parent", "defined", parent);
  const id = (key: string): string | null => {
    const text = stringAt(parent, key);
    return text === null ? null : needUuid(text, `body.parent.${key}`);
  };
  const sourceId = id("data_source_id");
  if (sourceId !== null && kinds.includes("data_source")) {
    return { kind: "data_source", id: needDataSource(world, sourceId).id };
  }
  const databaseId = id("database_id");
  if (databaseId !== null) {
    const database = needDatabase(world, databaseId);
    if (kinds.includes("database")) return { kind: "database", id: database.id };
    if (kinds.includes("data_source"))
      return { kind: "data_source", id: onlySource(world, database) };
  }
  const pageId = id("page_id");
  if (pageId !== null && kinds.includes("page")) {
    return { kind: "page", id: needPage(world, pageId).id };
  }
  const blockId = id("block_id");
  if (blockId !== null && kinds.includes("block")) return { kind: "block", id: blockId };
  // Only public connections and personal tokens may write at the top of a workspace.
  if (parent["workspace"] === true) throw restricted();
  throw failedValidation(`body.parent.${kinds[0] ?? "page"}_id`, "defined", undefined);
}

function onlySource(world: World, database: Database): string {
  const live = database.dataSourceIds.filter(
    (id) => world.dataSources.get(id)?.isInTrash === false,
  );
  const [first] = live;
  if (first === undefined || live.length > 1) {
    throw multipleSources(database.id, live);
  }
  return first;
}

/** Rich text under a key, `null` when the key is not there. */
export function richTextAt(body: JsonObject, key: string): RichTextItem[] | null {
  const value: Json | undefined = body[key];
  return value === undefined ? null : parseRichText(value, `body.${key}`);
}
